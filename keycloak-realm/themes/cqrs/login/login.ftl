<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#import "passkeys.ftl" as passkeys>
<#assign again = usernameHidden??>
<#-- A locked account reads like a wrong password, so that the page tells nobody who has an account. -->
<#assign error = messagesPerField.existsError("username", "password")?then(messagesPerField.getFirstError("username", "password"), "")>
<#assign severalTries = error == msg("invalidUserMessage")>
<#-- Keycloak says of an empty field only that something is not right. -->
<#if error?has_content && error == msg("invalidUserMessage")>
  <#if again><#assign error = msg("invalidPasswordMessage")>
  <#elseif !(login.username!"")?trim?has_content><#assign error = msg("missingUsernameMessage")></#if>
</#if>
<@layout.registrationLayout displayMessage=!(error?has_content || (again && (message.type)! == "info")) displayInfo=true; section>
  <#if section = "header">
    ${again?then(msg("cqrsConfirmPasswordTitle"), msg("loginAccountTitle"))}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field=again?then("password", "username")>
      <#if severalTries><p>${msg("cqrsSeveralTries")}</p></#if>
    </@parts.problem>
  <#elseif section = "form">
    <#if again><p>${msg("reauthenticate")}</p></#if>
    <#if realm.password>
      <form id="kc-form-login" action="${url.loginAction}" method="post" novalidate>
        <#if again>
          <#-- Lets a password manager know whose password is asked for. -->
          <input type="text" name="shown-username" value="${(auth.attemptedUsername)!}" autocomplete="username" hidden readonly>
        <#else>
          <@parts.textField id="username" label=msg("email") value=(login.username!"") type="email" autocomplete=enableWebAuthnConditionalUI?has_content?then("username webauthn", "username") error=error/>
        </#if>
        <@parts.passwordField id="password" label=msg("password") error=again?then(error, "")/>
        <input type="hidden" name="credentialId" value="${(auth.selectedCredential)!}">
        <@parts.submit text=again?then(msg("doContinue"), msg("doLogIn")) name="login" value="login"/>
      </form>
    </#if>
    <#if enableWebAuthnConditionalUI?has_content><@passkeys.use kind=again?then("ask", "offer") text=msg("webauthn-doAuthenticate") variant="secondary"/></#if>
  <#elseif section = "info">
    <@parts.forgotten/>
    <#if !again>
      <details class="nhsuk-details">
        <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${msg("cqrsForgottenUserName")}</span></summary>
        <div class="nhsuk-details__text"><p>${msg("cqrsForgottenUserNameText")}</p><@parts.serviceDesk/></div>
      </details>
      <#if parts.portal()?has_content>
        <h2 class="nhsuk-heading-m">${msg("cqrsNoAccount")}</h2>
        <p><a href="${parts.portal()}/register">${msg("cqrsRegister")}</a></p>
      </#if>
    </#if>
  </#if>
</@layout.registrationLayout>
