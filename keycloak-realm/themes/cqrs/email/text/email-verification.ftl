<#ftl output_format="plainText">
${msg("emailVerificationHappened")}

${msg("cqrsToDo")}

${msg("emailVerificationToDo")}

${link}

${msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))}

${msg("emailVerificationOtherwise")}
<#include "footer.ftl">
