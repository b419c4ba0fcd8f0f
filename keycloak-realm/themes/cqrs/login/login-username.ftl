<#-- The e-mail address alone, when a flow asks for the password on the next page. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign error = messagesPerField.existsError("username")?then(messagesPerField.get("username"), "")>
<@layout.registrationLayout displayMessage=!error?has_content; section>
  <#if section = "header">
    ${msg("loginAccountTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="username"/>
  <#elseif section = "form">
    <form id="kc-form-login" action="${url.loginAction}" method="post" novalidate>
      <@parts.textField id="username" label=msg("email") value=(login.username!"") type="email" autocomplete="username" error=error/>
      <@parts.submit text=msg("doContinue") name="login" value="login"/>
    </form>
  </#if>
</@layout.registrationLayout>
