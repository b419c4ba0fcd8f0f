<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("loginChooseAuthenticator")}
  <#elseif section = "form">
    <form id="kc-select-credential-form" action="${url.loginAction}" method="post">
      <#list auth.authenticationSelections as way>
        <p id="way-${way?index}" class="nhsuk-u-margin-bottom-2">${msg(way.helpText)}</p>
        <button class="nhsuk-button nhsuk-button--secondary" type="submit" name="authenticationExecution" value="${way.authExecId}" aria-describedby="way-${way?index}">${msg(way.displayName)}</button>
      </#list>
    </form>
  </#if>
</@layout.registrationLayout>
