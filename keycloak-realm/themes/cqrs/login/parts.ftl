<#-- What several pages share: addresses, whom to ask, and the parts of a form. -->

<#-- The portal's address, as the realm sets it; empty where it does not. -->
<#function portal>
  <#return msg("cqrsPortalUrl")>
</#function>

<#-- The portal's page, which answers everybody alike; Keycloak's own is off. -->
<#macro forgotten>
  <#if portal()?has_content><p><a href="${portal()}/forgotten-password">${msg("doForgotPassword")}</a></p></#if>
</#macro>

<#macro serviceDesk>
  <#if msg("cqrsServiceDeskPhone")?has_content || msg("cqrsServiceDeskEmail")?has_content>
    <ul class="nhsuk-list">
      <#if msg("cqrsServiceDeskPhone")?has_content><li>${msg("cqrsPhone")} ${msg("cqrsServiceDeskPhone")}</li></#if>
      <#if msg("cqrsServiceDeskEmail")?has_content>
        <li>${msg("cqrsEmail")} <a href="mailto:${msg("cqrsServiceDeskEmail")}">${msg("cqrsServiceDeskEmail")}</a></li>
      </#if>
    </ul>
  </#if>
</#macro>

<#-- The summary at the top of a page. `field` is the id of the field it leads to, empty when there is none. -->
<#macro problem text field="">
  <div class="nhsuk-error-summary" data-module="nhsuk-error-summary">
    <div role="alert">
      <h2 class="nhsuk-error-summary__heading">${msg("cqrsProblem")}</h2>
      <div class="nhsuk-error-summary__body">
        <ul class="nhsuk-list nhsuk-error-summary__list">
          <li><#if field?has_content><a href="#${field}">${kcSanitize(text)?no_esc}</a><#else>${kcSanitize(text)?no_esc}</#if></li>
        </ul>
        <#nested>
      </div>
    </div>
  </div>
</#macro>

<#macro fieldError id error>
  <#if error?has_content>
    <span class="nhsuk-error-message" id="${id}-error"><span class="nhsuk-u-visually-hidden">${msg("cqrsError")}</span> ${kcSanitize(error)?no_esc}</span>
  </#if>
</#macro>

<#-- The attributes that tie a field to its hint and its error. -->
<#macro described id hint error>
  <#if hint?has_content || error?has_content>aria-describedby="<#if hint?has_content>${id}-hint</#if><#if error?has_content> ${id}-error</#if>"</#if>
</#macro>

<#macro textField id label name=id value="" type="text" autocomplete="off" inputmode="" hint="" error="" classes="">
  <div class="nhsuk-form-group<#if error?has_content> nhsuk-form-group--error</#if>">
    <label class="nhsuk-label" for="${id}">${label}</label>
    <#if hint?has_content><div class="nhsuk-hint" id="${id}-hint">${hint}</div></#if>
    <@fieldError id error/>
    <input class="nhsuk-input<#if error?has_content> nhsuk-input--error</#if> ${classes}" id="${id}" name="${name}" type="${type}" value="${value}"
           autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"<#if inputmode?has_content> inputmode="${inputmode}"</#if> <@described id hint error/>>
  </div>
</#macro>

<#macro passwordField id label name=id autocomplete="current-password" hint="" error="">
  <div class="nhsuk-form-group nhsuk-password-input<#if error?has_content> nhsuk-form-group--error</#if>" data-module="nhsuk-password-input">
    <label class="nhsuk-label" for="${id}">${label}</label>
    <#if hint?has_content><div class="nhsuk-hint" id="${id}-hint">${hint}</div></#if>
    <@fieldError id error/>
    <div class="nhsuk-input-wrapper">
      <input class="nhsuk-input nhsuk-password-input__input nhsuk-js-password-input-input<#if error?has_content> nhsuk-input--error</#if>" id="${id}" name="${name}" type="password"
             autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false" <@described id hint error/>>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small nhsuk-password-input__toggle nhsuk-js-password-input-toggle"
              data-module="nhsuk-button" aria-controls="${id}" aria-label="${msg("showPassword")}" hidden>${msg("cqrsShow")}</button>
    </div>
  </div>
</#macro>

<#macro submit text name="" value="" variant="">
  <button class="nhsuk-button<#if variant?has_content> nhsuk-button--${variant}</#if>" type="submit" data-module="nhsuk-button" data-prevent-double-click="true"<#if name?has_content> name="${name}" value="${value}"</#if>>${text}</button>
</#macro>

<#-- With the way out of something that one began oneself. -->
<#macro submitOrCancel text name="" value="">
  <div class="nhsuk-button-group">
    <@submit text=text name=name value=value/>
    <#if isAppInitiatedAction??><@submit text=msg("doCancel") name="cancel-aia" value="true" variant="secondary"/></#if>
  </div>
</#macro>

<#-- The same where it can't stand in the page's own form. -->
<#macro cancel>
  <form action="${url.loginAction}" method="post"><@submit text=msg("doCancel") name="cancel-aia" value="true" variant="secondary"/></form>
</#macro>

<#macro logoutOthers>
  <div class="nhsuk-form-group">
    <div class="nhsuk-checkboxes nhsuk-checkboxes--small" data-module="nhsuk-checkboxes">
      <div class="nhsuk-checkboxes__item">
        <input class="nhsuk-checkboxes__input" id="logout-sessions" name="logout-sessions" type="checkbox" value="on" checked>
        <label class="nhsuk-label nhsuk-checkboxes__label" for="logout-sessions">${msg("logoutOtherSessions")}</label>
      </div>
    </div>
  </div>
</#macro>

<#macro linkButton text href variant="">
  <a class="nhsuk-button<#if variant?has_content> nhsuk-button--${variant}</#if>" href="${href}" role="button" draggable="false" data-module="nhsuk-button">${text}</a>
</#macro>
