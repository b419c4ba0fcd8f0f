<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#-- Keycloak comes here at each sign-in while a change waits for its link. Nobody is to be kept out by one that
     they mistyped: sending the present address drops it, and its link with it. -->
<#assign present = user.attributes.email!"">
<#assign error = messagesPerField.existsError("email")?then(messagesPerField.get("email"), "")>
<#-- Of an address that is another's, what is said of any, also of another within half a minute, which Keycloak
     doesn't mail: by this page nobody is to find out who has an account. -->
<#assign taken = error?has_content && error?contains(msg("emailExistsMessage"))>
<#assign tooSoon = messagesPerField.exists("global") && message.summary?starts_with(msg("emailVerifySendCooldown", "|")?keep_before("|"))>
<#if taken || tooSoon>
  <#global message = {"summary": msg("emailUpdateConfirmationSent"), "type": "info"}>
  <#global messageHeader = msg("emailUpdateConfirmationSentTitle")>
  <#global pageId = "info">
  <#include "info.ftl">
<#else>
<@layout.registrationLayout displayMessage=messagesPerField.exists("global"); section>
  <#if section = "header">
    ${msg("updateEmailTitle")}
  <#elseif section = "problem" && error?has_content>
    <@parts.problem text=error field="email"/>
  <#elseif section = "form">
    <p>${msg("cqrsUpdateEmailText")}</p>
    <form id="kc-update-email-form" action="${url.loginAction}" method="post" novalidate>
      <#list profile.attributes as attribute>
        <#if attribute.name == "email"><@parts.textField id="email" label=msg("cqrsNewEmail") value=(attribute.value!"") type="email" autocomplete="email" error=error/></#if>
      </#list>
      <@parts.logoutOthers/>
      <@parts.submitOrCancel text=msg("doSubmit")/>
    </form>
    <#if !isAppInitiatedAction?? && present?has_content>
      <h2>${msg("cqrsKeepEmailTitle")}</h2>
      <p>${msg("cqrsKeepEmailText", present)}</p>
      <form id="kc-keep-email-form" action="${url.loginAction}" method="post">
        <input type="hidden" name="email" value="${present}">
        <@parts.submit text=msg("cqrsKeepEmail") variant="secondary"/>
      </form>
    </#if>
  </#if>
</@layout.registrationLayout>
</#if>
