<#-- Where a passkey can be used: the form that takes the browser's answer, and the button that asks for one. -->
<#import "parts.ftl" as parts>

<#-- `kind` is "offer" beside a password, "ask" where only a passkey will do. -->
<#macro use kind text variant="">
  <#assign known><#if authenticators??><#list authenticators.authenticators as one>${one.credentialId}<#sep>,</#list></#if></#assign>
  <form id="passkey" action="${url.loginAction}" method="post" data-passkey="${kind}" data-challenge="${challenge}" data-rp-id="${rpId}"
        data-user-verification="${(userVerification == "not specified")?then("preferred", userVerification)}" data-timeout="${createTimeout}" data-known="${known?markup_string?trim}">
    <#list ["clientDataJSON", "authenticatorData", "signature", "credentialId", "userHandle", "error"] as name>
      <input type="hidden" name="${name}">
    </#list>
    <@press text=text variant=variant/>
  </form>
  <@script/>
</#macro>

<#macro press text variant="">
  <button class="nhsuk-button<#if variant?has_content> nhsuk-button--${variant}</#if>" type="button" id="use-passkey" hidden>${text}</button>
</#macro>

<#macro script>
  <script type="module" src="${url.resourcesPath}/js/passkeys.js"></script>
</#macro>

<#-- For a page that is of no use without them. -->
<#macro unsupported>
  <p id="no-passkeys" hidden>${msg("cqrsNoPasskeys")}</p>
  <noscript><p>${msg("cqrsPasskeysNeedScript")}</p></noscript>
</#macro>
