// Every page works without this. It starts the design system's own components, such as "Show password".
import { initAll } from "../nhsuk/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

// Keycloak asks for this by a script in the page, which the realm's policy lets nobody run: so that neither Back
// nor reloading sends a form again.
const asking = [...document.scripts].find((one) => !one.src && one.text.includes("history.replaceState"));
const address = asking?.text.match(/"([^"]*\/login-actions\/[^"]*)"/)?.[1];
if (address) {
  history.replaceState({}, "", address);
}
