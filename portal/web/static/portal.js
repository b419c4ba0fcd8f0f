// Every page works without this. It starts the NHS components and our own: suggestions, copying a link, unsaved changes.
import { initAll } from "./vendor/nhsuk/nhsuk-frontend.min.js";
import { suggestOrganisations } from "./suggestions.js";
import { offerCopying } from "./copying.js";
import { warnOfUnsaved } from "./unsaved.js";

initAll();
document.querySelectorAll("form[data-unsaved]").forEach(warnOfUnsaved);
document.querySelectorAll("form[data-suggestions]").forEach(suggestOrganisations);
document.querySelectorAll("[data-copies]").forEach(offerCopying);
document.querySelectorAll("[data-ticks-all]").forEach((all) => {
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    const boxes = document.querySelectorAll(`input[name="${all.dataset.ticksAll}"]`);
    boxes.forEach((box) => { box.checked = all.checked; });
  });
});
