<#ftl output_format="plainText">
<#assign type = event.getDetail("credential_type")!"">
<#assign kind = (type == "password" || type == "otp")?then(type, "passkey")>
<#setting time_zone="Europe/London">
${msg("eventRemoveCredentialHappened." + kind, event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventCredentialToDo")}
<#include "footer.ftl">
