<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign error = messagesPerField.existsError("username")?then(messagesPerField.get("username"), "")>
<@layout.registrationLayout displayMessage=!error?has_content; section>
  <#if section = "header">
    ${msg("emailForgotTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="username"/>
  <#elseif section = "form">
    <p>${msg("emailInstruction")}</p>
    <form id="kc-reset-password-form" action="${url.loginAction}" method="post" novalidate>
      <@parts.textField id="username" label=msg("email") value=error?has_content?then("", auth.attemptedUsername!"") type="email" autocomplete="username" error=error/>
      <@parts.submit text=msg("cqrsSendLink")/>
    </form>
    <p><a href="${url.loginUrl}">${msg("backToLogin")}</a></p>
  </#if>
</@layout.registrationLayout>
