<#import "parts.ftl" as parts>
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<#assign heading><#nested "header"></#assign>
<#assign showMessage = displayMessage && message?has_content && (message.type != "warning" || !isAppInitiatedAction??)>
<#assign wrong = (message?has_content && message.type == "error")>
<!DOCTYPE html>
<html lang="${lang!"en"}">
<head>
  <meta charset="utf-8">
  <title><#if wrong>${msg("cqrsError")} </#if>${heading?markup_string?replace("<[^>]*>", "", "r")?trim?no_esc} - ${msg("cqrsService")}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="robots" content="noindex, nofollow">
  <link rel="icon" href="${url.resourcesPath}/nhsuk/assets/images/favicon.ico" sizes="48x48">
  <link rel="icon" href="${url.resourcesPath}/nhsuk/assets/images/favicon.svg" sizes="any" type="image/svg+xml">
  <link rel="stylesheet" href="${url.resourcesPath}/nhsuk/nhsuk-frontend.min.css">
  <link rel="stylesheet" href="${url.resourcesPath}/css/cqrs.css">
  <script type="module" src="${url.resourcesPath}/js/cqrs.js"></script>
  <#if scripts??><#list scripts as script><script src="${script}"></script></#list></#if>
</head>
<body class="${bodyClass}" data-page-id="login-${pageId!}">
  <a class="nhsuk-skip-link" href="#maincontent" data-module="nhsuk-skip-link">${msg("cqrsSkip")}</a>
  <header class="nhsuk-header" data-module="nhsuk-header">
    <div class="nhsuk-header__container nhsuk-width-container">
      <div class="nhsuk-header__service">
        <#if parts.portal()?has_content>
          <a class="nhsuk-header__service-logo" href="${parts.portal()}/"><@logo/></a>
        <#else>
          <@logo/>
        </#if>
      </div>
    </div>
  </header>
  <div class="nhsuk-width-container">
    <main class="nhsuk-main-wrapper" id="maincontent">
      <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
        <#if showMessage><@said/></#if>
        <#nested "problem">
        <h1 id="kc-page-title">${heading}</h1>
        <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
          <#nested "show-username">
          <p>${msg("cqrsSigningInAs")} <strong>${auth.attemptedUsername}</strong>.
            <a id="reset-login" href="${url.loginRestartFlowUrl}">${msg("cqrsSomebodyElse")}</a></p>
        </#if>
        <#nested "form">
        <#if auth?has_content && auth.showTryAnotherWayLink()>
          <form action="${url.loginAction}" method="post">
            <@parts.submit text=msg("doTryAnotherWay") name="tryAnotherWay" value="on" variant="secondary"/>
          </form>
        </#if>
        <#nested "socialProviders">
        <#if displayInfo><#nested "info"></#if>
      </div></div>
    </main>
  </div>
  <footer class="nhsuk-footer">
    <div class="nhsuk-width-container">
      <#if parts.portal()?has_content>
        <div class="nhsuk-footer__meta">
          <ul class="nhsuk-footer__list">
            <li class="nhsuk-footer__list-item"><a class="nhsuk-footer__list-item-link" href="${parts.portal()}/help">${msg("cqrsHelp")}</a></li>
            <li class="nhsuk-footer__list-item"><a class="nhsuk-footer__list-item-link" href="${parts.portal()}/cookies">${msg("cqrsCookies")}</a></li>
            <li class="nhsuk-footer__list-item"><a class="nhsuk-footer__list-item-link" href="${parts.portal()}/accessibility">${msg("cqrsAccessibility")}</a></li>
          </ul>
        </div>
      </#if>
    </div>
  </footer>
</body>
</html>
</#macro>

<#macro logo>
  <span class="cqrs-logo" role="img" aria-label="NHS"></span>
  <span class="nhsuk-header__service-name">${msg("cqrsService")}</span>
</#macro>

<#-- What Keycloak has to say on this page: a problem, something done, or something to know. -->
<#macro said>
  <#if message.type == "error">
    <@parts.problem text=message.summary/>
  <#elseif message.type == "success">
    <div class="nhsuk-notification-banner nhsuk-notification-banner--success" data-module="nhsuk-notification-banner" role="alert" aria-labelledby="said">
      <div class="nhsuk-notification-banner__header"><h2 class="nhsuk-notification-banner__title" id="said">${msg("cqrsDone")}</h2></div>
      <div class="nhsuk-notification-banner__content"><p class="nhsuk-notification-banner__heading">${kcSanitize(message.summary)?no_esc}</p></div>
    </div>
  <#else>
    <div class="nhsuk-inset-text"><span class="nhsuk-u-visually-hidden">${msg("cqrsInformation")}</span> <p>${kcSanitize(message.summary)?no_esc}</p></div>
  </#if>
</#macro>
