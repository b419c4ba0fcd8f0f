<#-- The passkey did not work: again, or another way. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("webauthn-error-title")}
  <#elseif section = "form">
    <p>${msg("cqrsPasskeyAgain")}</p>
    <form action="${url.loginAction}" method="post">
      <input type="hidden" name="authenticationExecution" value="${execution}">
      <input type="hidden" name="isSetRetry" value="retry">
      <@parts.submit text=msg("doTryAgain")/>
    </form>
    <#if isAppInitiatedAction??><@parts.cancel/></#if>
  </#if>
</@layout.registrationLayout>
