<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#import "passkeys.ftl" as passkeys>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("webauthn-registration-title")}
  <#elseif section = "form">
    <p>${msg("cqrsPasskeyWhat")}</p>
    <p>${msg("cqrsPasskeyHow")}</p>
    <@passkeys.unsupported/>
    <@parts.textField id="passkey-name" label=msg("cqrsPasskeyName") hint=msg("cqrsPasskeyNameHint") autocomplete="off"/>
    <form id="passkey" action="${url.loginAction}" method="post" data-passkey="make" data-challenge="${challenge}" data-rp-id="${rpId}"
          data-rp-name="${rpEntityName}" data-user-id="${userid}" data-user-name="${username}" data-algorithms="<#list signatureAlgorithms as one>${one?c}<#sep>,</#list>"
          data-user-verification="${(userVerificationRequirement == "not specified")?then("preferred", userVerificationRequirement)}"
          data-timeout="${createTimeout}" data-known="${excludeCredentialIds}" data-usual-name="${msg("cqrsPasskey")}">
      <#list ["clientDataJSON", "attestationObject", "publicKeyCredentialId", "authenticatorLabel", "transports", "authenticatorAttachment", "error"] as name>
        <input type="hidden" name="${name}">
      </#list>
      <@parts.logoutOthers/>
      <@passkeys.press text=msg("doRegisterSecurityKey")/>
    </form>
    <@passkeys.script/>
    <#if isAppInitiatedAction??><@parts.cancel/><#elseif parts.portal()?has_content><p><a href="${parts.portal()}/signin">${msg("cqrsUseAppInstead")}</a></p></#if>
  </#if>
</@layout.registrationLayout>
