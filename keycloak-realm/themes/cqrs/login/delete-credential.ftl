<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#-- The name that the person gave it; without one Keycloak says only of what kind it is. -->
<#assign named = msg(credentialLabel + "-display-name")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("deleteCredentialTitle")}
  <#elseif section = "form">
    <p>${msg("deleteCredentialMessage")}</p>
    <p><strong>${named?ends_with("-display-name")?then(credentialLabel, named)}</strong></p>
    <form action="${url.loginAction}" method="post">
      <div class="nhsuk-button-group">
        <@parts.submit text=msg("doConfirmDelete") name="accept" value="yes" variant="warning"/>
        <@parts.submit text=msg("doCancel") name="cancel-aia" value="true" variant="secondary"/>
      </div>
    </form>
  </#if>
</@layout.registrationLayout>
