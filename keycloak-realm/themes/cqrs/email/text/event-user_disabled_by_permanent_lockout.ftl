<#ftl output_format="plainText">
${msg("eventUserDisabledByPermanentLockoutHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventUserDisabledByPermanentLockoutToDo")}
<#include "footer.ftl">
