<#ftl output_format="plainText">
<#setting time_zone="Europe/London">
${msg("eventUpdatePasswordHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventUpdatePasswordToDo")}
<#include "footer.ftl">
