<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign error = messagesPerField.existsError("totp")?then(messagesPerField.get("totp"), "")>
<@layout.registrationLayout displayMessage=!error?has_content; section>
  <#if section = "header">
    ${msg("cqrsOtpTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="otp"/>
  <#elseif section = "form">
    <form id="kc-otp-login-form" action="${url.loginAction}" method="post" novalidate>
      <#if otpLogin.userOtpCredentials?size gt 1>
        <div class="nhsuk-form-group">
          <fieldset class="nhsuk-fieldset">
            <legend class="nhsuk-fieldset__legend">${msg("cqrsOtpWhich")}</legend>
            <div class="nhsuk-radios" data-module="nhsuk-radios">
              <#list otpLogin.userOtpCredentials as one>
                <div class="nhsuk-radios__item">
                  <input class="nhsuk-radios__input" id="credential-${one?index}" name="selectedCredentialId" type="radio" value="${one.id}"<#if one.id == otpLogin.selectedCredentialId> checked</#if>>
                  <label class="nhsuk-label nhsuk-radios__label" for="credential-${one?index}">${one.userLabel}</label>
                </div>
              </#list>
            </div>
          </fieldset>
        </div>
      </#if>
      <@parts.textField id="otp" label=msg("loginOtpOneTime") hint=msg("cqrsOtpHint") autocomplete="one-time-code" inputmode="numeric" error=error classes="nhsuk-input--width-10"/>
      <@parts.submit text=msg("doContinue") name="login" value="login"/>
    </form>
  </#if>
</@layout.registrationLayout>
