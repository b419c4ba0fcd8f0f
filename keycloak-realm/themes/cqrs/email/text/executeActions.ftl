<#ftl output_format="plainText">
<#-- A new person confirms the address and sets a password; a password alone was forgotten; else an administrator asks. -->
<#assign asked = requiredActions![]>
<#assign sets = asked?seq_contains("UPDATE_PASSWORD")>
<#assign kind = (sets && asked?seq_contains("VERIFY_EMAIL"))?then("welcome", (sets && asked?size == 1)?then("reset", "actions"))>
<#-- Whoever accepted an invitation asked for nothing that could be approved. -->
<#assign happened = (kind == "welcome" && (user.attributes.invitation)?has_content)?then("invited", kind)>
${msg("cqrsDear", (user.firstName)!, (user.lastName)!)}

${msg(happened + "Happened")}

${msg("cqrsToDo")}

${msg(kind + "ToDo")}

${link}

${msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))}

<#if kind != "reset" && msg("cqrsPortalUrl")?has_content>
${msg("cqrsNewLink", msg("cqrsPortalUrl") + "/register/new-link")}

</#if>
${msg(kind + "Otherwise")}
<#include "footer.ftl">
