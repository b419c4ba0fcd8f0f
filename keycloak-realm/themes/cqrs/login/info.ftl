<#-- Where Keycloak stops to say something: before a mailed link's work, and after it. Always with a way on. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign before = actionUri?has_content && requiredActions??>
<#assign done = message.summary == msg("accountUpdatedMessage")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    <#if before>${msg("cqrsSetUpTitle")}<#elseif done>${msg("cqrsReadyTitle")}<#elseif messageHeader??>${kcSanitize(msg(messageHeader))?no_esc}<#else>${message.summary}</#if>
  <#elseif section = "form">
    <#if before>
      <p>${msg("cqrsSetUpText")}</p>
      <ul class="nhsuk-list nhsuk-list--bullet">
        <#list requiredActions as action><li>${msg("requiredAction." + action)}</li></#list>
      </ul>
    <#elseif done || messageHeader??>
      <p>${kcSanitize(message.summary)?no_esc}</p>
    </#if>
    <#if !skipLink??>
      <#if pageRedirectUri?has_content>
        <@parts.linkButton text=msg("cqrsContinueToSignIn") href=pageRedirectUri/>
      <#elseif actionUri?has_content>
        <@parts.linkButton text=msg("doContinue") href=actionUri/>
      <#elseif (client.baseUrl)?has_content && (client.clientId)! == "cqrs-portal">
        <@parts.linkButton text=msg("cqrsContinueToSignIn") href=client.baseUrl/>
      <#elseif parts.portal()?has_content>
        <@parts.linkButton text=msg("cqrsContinueToSignIn") href=parts.portal() + "/signin"/>
      </#if>
    </#if>
  </#if>
</@layout.registrationLayout>
