<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("pageExpiredTitle")}
  <#elseif section = "form">
    <p>${msg("pageExpiredMsg1")}</p>
    <div class="nhsuk-button-group">
      <@parts.linkButton text=msg("cqrsStartAgain") href=url.loginRestartFlowUrl/>
      <@parts.linkButton text=msg("doContinue") href=url.loginAction variant="secondary"/>
    </div>
  </#if>
</@layout.registrationLayout>
