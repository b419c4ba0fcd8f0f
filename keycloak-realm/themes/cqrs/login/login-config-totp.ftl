<#-- An authenticator app is set up: of one's own accord, or because one's role demands a second factor. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign codeError = messagesPerField.existsError("totp")?then(messagesPerField.get("totp"), "")>
<#assign nameError = messagesPerField.existsError("userLabel")?then(messagesPerField.get("userLabel"), "")>
<#assign byHand = (mode!"") == "manual">
<@layout.registrationLayout displayMessage=!(codeError?has_content || nameError?has_content || (message.type)! == "warning"); section>
  <#if section = "header">
    ${msg("loginTotpTitle")}
  <#elseif section = "problem" && codeError?has_content>
    <@parts.problem text=codeError field="totp"/>
  <#elseif section = "problem" && nameError?has_content>
    <@parts.problem text=nameError field="userLabel"/>
  <#elseif section = "form">
    <#if !isAppInitiatedAction??>
      <p>${msg("cqrsFactorDemanded")}</p>
      <#if parts.portal()?has_content><p>${msg("cqrsFactorChoice")} <a href="${parts.portal()}/signin?factor=passkey">${msg("cqrsUsePasskeyInstead")}</a></p></#if>
    </#if>
    <ol class="nhsuk-list nhsuk-list--number">
      <li>${msg("cqrsTotpApp")}</li>
      <#if byHand>
        <li>${msg("cqrsTotpType")}<p class="cqrs-secret" id="kc-totp-secret-key">${totp.totpSecretEncoded}</p><p><a href="${totp.qrUrl}" id="mode-barcode">${msg("loginTotpScanBarcode")}</a></p></li>
      <#else>
        <li>${msg("cqrsTotpScan")}<p><img class="cqrs-qr-code" id="kc-totp-secret-qr-code" src="data:image/png;base64, ${totp.totpSecretQrCode}" alt="${msg("cqrsTotpQrCode")}"></p><p><a href="${totp.manualUrl}" id="mode-manual">${msg("loginTotpUnableToScan")}</a></p></li>
      </#if>
      <li>${msg("cqrsTotpEnter")}</li>
    </ol>
    <form id="kc-totp-settings-form" action="${url.loginAction}" method="post" novalidate>
      <@parts.textField id="totp" label=msg("loginOtpOneTime") hint=msg("cqrsOtpHint") autocomplete="one-time-code" inputmode="numeric" error=codeError classes="nhsuk-input--width-10"/>
      <@parts.textField id="userLabel" label=msg("loginTotpDeviceName") hint=msg("cqrsTotpNameHint") error=nameError/>
      <input type="hidden" name="totpSecret" value="${totp.totpSecret}">
      <#if mode??><input type="hidden" name="mode" value="${mode}"></#if>
      <@parts.logoutOthers/>
      <@parts.submitOrCancel text=msg("cqrsTotpSave")/>
    </form>
  </#if>
</@layout.registrationLayout>
