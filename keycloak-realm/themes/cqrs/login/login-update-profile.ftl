<#import "template.ftl" as layout>
<#import "parts.ftl" as parts>
<#assign wrong = profile.attributes?filter(one -> messagesPerField.existsError(one.name))>
<@layout.registrationLayout displayMessage=messagesPerField.exists("global"); section>
  <#if section = "header">
    ${msg("loginProfileTitle")}
  <#elseif section = "problem" && wrong?has_content>
    <@parts.problem text=messagesPerField.get(wrong?first.name) field=wrong?first.name/>
  <#elseif section = "form">
    <form id="kc-update-profile-form" action="${url.loginAction}" method="post" novalidate>
      <#list profile.attributes as attribute>
        <#if attribute.readOnly>
          <p>${advancedMsg(attribute.displayName!attribute.name)}: <strong>${attribute.value!""}</strong></p>
        <#else>
          <@parts.textField id=attribute.name label=advancedMsg(attribute.displayName!attribute.name) value=(attribute.value!"") autocomplete=(attribute.autocomplete!"off")
            error=messagesPerField.existsError(attribute.name)?then(messagesPerField.get(attribute.name), "")/>
        </#if>
      </#list>
      <@parts.submitOrCancel text=msg("doSubmit")/>
    </form>
  </#if>
</@layout.registrationLayout>
