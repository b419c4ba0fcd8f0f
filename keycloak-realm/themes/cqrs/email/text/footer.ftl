<#ftl output_format="plainText">

<#if properties.serviceDeskEmail?has_content || properties.serviceDeskPhone?has_content>
${msg("cqrsHelpTitle")}

${msg("cqrsHelpText")}
<#if properties.serviceDeskEmail?has_content>${msg("cqrsEmail")} ${properties.serviceDeskEmail}
</#if>
<#if properties.serviceDeskPhone?has_content>${msg("cqrsPhone")} ${properties.serviceDeskPhone}
</#if>

</#if>
${msg("cqrsSentBy")}
