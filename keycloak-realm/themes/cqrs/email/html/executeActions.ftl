<#import "template.ftl" as mail>
<#-- A new person confirms the address and sets a password; a password alone was forgotten; else an administrator asks. -->
<#assign asked = requiredActions![]>
<#assign sets = asked?seq_contains("UPDATE_PASSWORD")>
<#assign kind = (sets && asked?seq_contains("VERIFY_EMAIL"))?then("welcome", (sets && asked?size == 1)?then("reset", "actions"))>
<#-- Whoever accepted an invitation asked for nothing that could be approved. -->
<#assign happened = (kind == "welcome" && (user.attributes.invitation)?has_content)?then("invited", kind)>
<@mail.emailLayout heading=msg("executeActionsSubject")>
<@mail.paragraph text=msg("cqrsDear", (user.firstName)!, (user.lastName)!)/>
<@mail.paragraph text=msg(happened + "Happened")/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg(kind + "ToDo")/>
<@mail.button text=msg(kind + "Button") href=link/>
<@mail.paragraph text=msg("cqrsLinkLife", linkExpirationFormatter(linkExpiration))/>
<#if kind != "reset" && msg("cqrsPortalUrl")?has_content><@mail.paragraph text=msg("cqrsNewLink", msg("cqrsPortalUrl") + "/register/new-link")/></#if>
<@mail.paragraph text=msg(kind + "Otherwise")/>
</@mail.emailLayout>
