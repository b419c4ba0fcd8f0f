<#ftl output_format="plainText">
${msg("emailUpdateConfirmationHappened", newEmail)}

${msg("cqrsToDo")}

${msg("emailUpdateConfirmationToDo")}

${link}

${msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))}

${msg("emailUpdateConfirmationOtherwise")}
<#include "footer.ftl">
