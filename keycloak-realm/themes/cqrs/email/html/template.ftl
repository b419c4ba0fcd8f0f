<#-- Every e-mail in HTML: what happened, what to do, whom to ask. Mail programs read no style sheets, so the
     styles stand on the elements. -->
<#assign font = "font-family: Arial, sans-serif; color: #212b32;">
<#macro emailLayout heading="">
<!DOCTYPE html>
<html lang="${locale.language}" dir="${(ltr)?then('ltr','rtl')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading?has_content?then(heading, msg("cqrsService"))}</title>
</head>
<body style="margin: 0; padding: 0; background-color: #f0f4f5;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td style="background-color: #005eb8; padding: 16px 24px;">
<span style="font-family: Arial, sans-serif; color: #ffffff; font-size: 22px; font-weight: bold;">${msg("cqrsService")}</span>
</td></tr>
<tr><td align="center" style="padding: 24px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width: 640px; background-color: #ffffff;">
<tr><td style="padding: 32px 24px; ${font} font-size: 19px; line-height: 28px;">
<#if heading?has_content><h1 style="${font} font-size: 32px; line-height: 40px; margin: 0 0 24px;">${heading}</h1></#if>
<#nested>
<#if msg("cqrsServiceDeskEmail")?has_content || msg("cqrsServiceDeskPhone")?has_content>
<@section text=msg("cqrsHelpTitle")/>
<p style="margin: 0 0 24px;">${msg("cqrsHelpText")}
<#if msg("cqrsServiceDeskEmail")?has_content><br>${msg("cqrsEmail")} <a href="mailto:${msg("cqrsServiceDeskEmail")}" style="color: #005eb8;">${msg("cqrsServiceDeskEmail")}</a></#if>
<#if msg("cqrsServiceDeskPhone")?has_content><br>${msg("cqrsPhone")} ${msg("cqrsServiceDeskPhone")}</#if></p>
</#if>
<p style="font-size: 16px; line-height: 24px; margin: 32px 0 0;">${msg("cqrsSentBy")}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
</#macro>

<#macro section text>
<h2 style="${font} font-size: 24px; line-height: 32px; margin: 32px 0 16px;">${text}</h2>
</#macro>

<#macro paragraph text>
<p style="margin: 0 0 24px;">${text}</p>
</#macro>

<#macro button text href>
<p style="margin: 0 0 24px;"><a href="${href}" style="font-family: Arial, sans-serif; display: inline-block; background-color: #007f3b; color: #ffffff; font-size: 19px; font-weight: bold; padding: 12px 16px; text-decoration: none; border-radius: 4px;">${text}</a></p>
</#macro>
