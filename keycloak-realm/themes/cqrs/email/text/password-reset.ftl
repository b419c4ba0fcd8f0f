<#ftl output_format="plainText">
${msg("passwordResetHappened")}

${msg("cqrsToDo")}

${msg("passwordResetToDo")}

${link}

${msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))}

${msg("passwordResetOtherwise")}
<#include "footer.ftl">
