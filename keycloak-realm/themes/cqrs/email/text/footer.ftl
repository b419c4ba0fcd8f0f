<#ftl output_format="plainText">

<#if msg("cqrsServiceDeskEmail")?has_content || msg("cqrsServiceDeskPhone")?has_content>
${msg("cqrsHelpTitle")}

${msg("cqrsHelpText")}
<#if msg("cqrsServiceDeskEmail")?has_content>${msg("cqrsEmail")} ${msg("cqrsServiceDeskEmail")}
</#if>
<#if msg("cqrsServiceDeskPhone")?has_content>${msg("cqrsPhone")} ${msg("cqrsServiceDeskPhone")}
</#if>

</#if>
${msg("cqrsSentBy")}
