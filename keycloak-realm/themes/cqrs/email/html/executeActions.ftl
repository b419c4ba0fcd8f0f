<#import "template.ftl" as mail>
<#-- A new person confirms the address and sets a password; anything else is an administrator's own request. -->
<#assign kind = (requiredActions?? && requiredActions?seq_contains("VERIFY_EMAIL") && requiredActions?seq_contains("UPDATE_PASSWORD"))?then("welcome", "actions")>
<@mail.emailLayout heading=msg("executeActionsSubject")>
<@mail.paragraph text=msg("cqrsDear", (user.firstName)!, (user.lastName)!)/>
<@mail.paragraph text=msg(kind + "Happened")/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg(kind + "ToDo")/>
<@mail.button text=msg(kind + "Button") href=link/>
<@mail.paragraph text=msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))/>
<#if msg("cqrsPortalUrl")?has_content><@mail.paragraph text=msg("cqrsNewLink", msg("cqrsPortalUrl") + "/register/new-link")/></#if>
<@mail.paragraph text=msg("actionsOtherwise")/>
</@mail.emailLayout>
