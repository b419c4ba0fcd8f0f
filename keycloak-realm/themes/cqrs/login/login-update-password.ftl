<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#-- A password that breaks the rules comes back as a message of the page; it belongs to the first field. -->
<#assign refused = (message?has_content && message.type == "error" && !messagesPerField.existsError("password", "password-confirm"))?then(message.summary, "")>
<#assign newError = messagesPerField.existsError("password")?then(messagesPerField.get("password"), refused)>
<#if newError == msg("missingPasswordMessage")><#assign newError = msg("cqrsMissingNewPassword")></#if>
<#assign againError = messagesPerField.existsError("password-confirm")?then(messagesPerField.get("password-confirm"), "")>
<@layout.registrationLayout displayMessage=!(newError?has_content || againError?has_content || (message.type)! == "warning"); section>
  <#if section = "header">
    ${isAppInitiatedAction???then(msg("cqrsChangePasswordTitle"), msg("updatePasswordTitle"))}
  <#elseif section = "problem" && newError?has_content>
    <@parts.problem text=newError field="password-new"/>
  <#elseif section = "problem" && againError?has_content>
    <@parts.problem text=againError field="password-confirm"/>
  <#elseif section = "form">
    <p>${msg("cqrsPasswordRules")}</p>
    <ul class="nhsuk-list nhsuk-list--bullet">
      <#list 1..5 as rule><li>${msg("cqrsPasswordRule" + rule)}</li></#list>
    </ul>
    <p>${msg("cqrsPasswordNot")}</p>
    <form id="kc-passwd-update-form" action="${url.loginAction}" method="post" novalidate>
      <#-- Lets a password manager know whose password it keeps. -->
      <input type="text" name="username" value="${(auth.attemptedUsername)!}" autocomplete="username" hidden readonly>
      <@parts.passwordField id="password-new" label=msg("passwordNew") autocomplete="new-password" error=newError/>
      <@parts.passwordField id="password-confirm" label=msg("passwordConfirm") autocomplete="new-password" error=againError/>
      <@parts.logoutOthers/>
      <@parts.submitOrCancel text=msg("cqrsSavePassword") name="login" value="save"/>
    </form>
  </#if>
</@layout.registrationLayout>
