<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign error = messagesPerField.existsError("email")?then(messagesPerField.get("email"), "")>
<@layout.registrationLayout displayMessage=messagesPerField.exists("global"); section>
  <#if section = "header">
    ${msg("updateEmailTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="email"/>
  <#elseif section = "form">
    <p>${msg("cqrsUpdateEmailText")}</p>
    <form id="kc-update-email-form" action="${url.loginAction}" method="post" novalidate>
      <#list profile.attributes as attribute>
        <#if attribute.name == "email"><@parts.textField id="email" label=msg("cqrsNewEmail") value=(attribute.value!"") type="email" autocomplete="email" error=error/></#if>
      </#list>
      <@parts.logoutOthers/>
      <@parts.submitOrCancel text=msg("doSubmit")/>
    </form>
  </#if>
</@layout.registrationLayout>
