<#ftl output_format="plainText">
${msg("eventRemoveTotpHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))}

${msg("cqrsToDo")}

${msg("eventRemoveTotpToDo")}
<#include "footer.ftl">
