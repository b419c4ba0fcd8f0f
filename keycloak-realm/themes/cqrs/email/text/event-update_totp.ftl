<#ftl output_format="plainText">
${msg("eventUpdateTotpHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventUpdateTotpToDo")}
<#include "footer.ftl">
