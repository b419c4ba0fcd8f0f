<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#import "passkeys.ftl" as passkeys>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("webauthn-login-title")}
  <#elseif section = "form">
    <p>${msg("cqrsPasskeyUse")}</p>
    <@passkeys.unsupported/>
    <@passkeys.use kind="ask" text=msg("webauthn-doAuthenticate")/>
  </#if>
</@layout.registrationLayout>
