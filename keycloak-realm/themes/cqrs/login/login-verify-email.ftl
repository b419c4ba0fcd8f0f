<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<@layout.registrationLayout displayMessage=!(message?has_content && message.type == "warning"); section>
  <#if section = "header">
    ${msg("emailVerifyTitle")}
  <#elseif section = "form">
    <#if verifyEmail??>
      <p>${msg("emailVerifyInstruction1", verifyEmail)}</p>
    <#else>
      <p>${msg("emailVerifyInstruction4", user.email)}</p>
    </#if>
    <#if isAppInitiatedAction??>
      <form id="kc-verify-email-form" action="${url.loginAction}" method="post">
        <div class="nhsuk-button-group">
          <@parts.submit text=verifyEmail???then(msg("emailVerifyResend"), msg("emailVerifySend"))/>
          <@parts.submit text=msg("doCancel") name="cancel-aia" value="true" variant="secondary"/>
        </div>
      </form>
    <#else>
      <p>${msg("emailVerifyInstruction2")} <a href="${url.loginAction}">${msg("emailVerifyInstruction3")}</a>.</p>
    </#if>
  </#if>
</@layout.registrationLayout>
