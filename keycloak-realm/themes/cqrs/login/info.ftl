<#-- Where Keycloak stops to say something: before a mailed link's work, and after it. Always with a way on. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign before = actionUri?has_content && requiredActions??>
<#assign resets = before && requiredActions?size == 1 && requiredActions?first == "UPDATE_PASSWORD">
<#assign done = message.summary == msg("accountUpdatedMessage")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    <#if resets>${msg("cqrsResetTitle")}<#elseif before>${msg("cqrsSetUpTitle")}<#elseif done>${msg("cqrsReadyTitle")}<#elseif messageHeader??>${kcSanitize(msg(messageHeader))?no_esc}<#else>${message.summary}</#if>
  <#elseif section = "form">
    <#if before>
      <p>${msg(resets?then("cqrsResetText", "cqrsSetUpText"))}</p>
      <ul class="nhsuk-list nhsuk-list--bullet">
        <#list requiredActions as action><li>${msg("requiredAction." + action)}</li></#list>
      </ul>
    <#elseif done || messageHeader??>
      <p>${kcSanitize(message.summary)?no_esc}</p>
    </#if>
    <#if !skipLink??>
      <#if actionUri?has_content>
        <@parts.linkButton text=msg("doContinue") href=actionUri/>
      <#elseif parts.portal()?has_content>
        <#-- Not pageRedirectUri: it is where a sign-in ends, and none has begun. -->
        <@parts.linkButton text=msg("cqrsContinueToSignIn") href=parts.portal() + "/signin"/>
      <#elseif pageRedirectUri?has_content>
        <@parts.linkButton text=msg("cqrsContinueToSignIn") href=pageRedirectUri/>
      </#if>
    </#if>
  </#if>
</@layout.registrationLayout>
