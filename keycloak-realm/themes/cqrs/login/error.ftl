<#-- Something went wrong, most often with a mailed link: what it is, and every way on from here. -->
<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign oldLink = [msg("expiredActionMessage"), msg("expiredActionTokenNoSessionMessage"), msg("expiredActionTokenSessionExistsMessage"), msg("invalidTokenRequiredActions"), msg("staleEmailVerificationLink")]?seq_contains(message.summary)>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${oldLink?then(msg("cqrsOldLinkTitle"), msg("errorTitle"))}
  <#elseif section = "form">
    <#if oldLink>
      <p>${msg("cqrsOldLinkText")}</p>
    <#else>
      <p>${kcSanitize(message.summary)?no_esc}</p>
    </#if>
    <#if !skipLink?? && parts.portal()?has_content>
      <h2>${msg("cqrsWhatToDo")}</h2>
      <ul class="nhsuk-list nhsuk-list--bullet">
        <#if oldLink><li><a href="${parts.portal()}/register/new-link">${msg("cqrsNewLink")}</a></li></#if>
        <li><a href="${parts.portal()}/signin">${msg("cqrsSignIn")}</a>${msg("cqrsSignInOrReset")}</li>
      </ul>
    </#if>
    <h2>${msg("cqrsNeedHelp")}</h2>
    <p>${msg("cqrsAskServiceDesk")}</p>
    <@parts.serviceDesk/>
    <#if traceId??><p class="nhsuk-body-s">${msg("traceIdSupportMessage", traceId)}</p></#if>
  </#if>
</@layout.registrationLayout>
