<#ftl output_format="plainText">
<#assign kind = (requiredActions?? && requiredActions?seq_contains("VERIFY_EMAIL") && requiredActions?seq_contains("UPDATE_PASSWORD"))?then("welcome", "actions")>
${msg("cqrsDear", (user.firstName)!, (user.lastName)!)}

${msg(kind + "Happened")}

${msg("cqrsToDo")}

${msg(kind + "ToDo")}

${link}

${msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))}

<#if msg("cqrsPortalUrl")?has_content>
${msg("cqrsNewLink", msg("cqrsPortalUrl") + "/register/new-link")}

</#if>
${msg("actionsOtherwise")}
<#include "footer.ftl">
