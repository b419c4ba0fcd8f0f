<#-- Asked after the e-mail address, or alone, when a flow has them on pages of their own. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign error = messagesPerField.existsError("password")?then(messagesPerField.get("password"), "")>
<@layout.registrationLayout displayMessage=!error?has_content displayInfo=true; section>
  <#if section = "header">
    ${msg("cqrsConfirmPasswordTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="password"/>
  <#elseif section = "form">
    <form id="kc-form-login" action="${url.loginAction}" method="post" novalidate>
      <@parts.passwordField id="password" label=msg("password") error=error/>
      <@parts.submit text=msg("doContinue") name="login" value="login"/>
    </form>
  <#elseif section = "info">
    <@parts.forgotten/>
  </#if>
</@layout.registrationLayout>
