<#ftl output_format="plainText">
<#setting time_zone="Europe/London">
${msg("eventUserDisabledByPermanentLockoutHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventUserDisabledByPermanentLockoutToDo")}
<#include "footer.ftl">
