<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("logoutConfirmTitle")}
  <#elseif section = "form">
    <p>${msg("logoutConfirmHeader")}</p>
    <form action="${url.logoutConfirmAction}" method="post">
      <input type="hidden" name="session_code" value="${logoutConfirm.code}">
      <@parts.submit text=msg("doLogout") name="confirmLogout" value="confirm"/>
    </form>
    <#if !logoutConfirm.skipLink && parts.portal()?has_content>
      <p><a href="${parts.portal()}/">${msg("backToApplication")}</a></p>
    </#if>
  </#if>
</@layout.registrationLayout>
