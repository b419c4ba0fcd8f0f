// Asks the browser for a passkey, or has it make one, and sends its answer in the page's own form.
// What Keycloak wants of it stands on that form. Nobody who has no script, or no passkey, needs this.

const form = document.getElementById("passkey");
const button = document.getElementById("use-passkey");
const wanted = form.dataset;
let waiting = new AbortController();

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const listed = (ids) =>
  (ids ?? "")
    .split(",")
    .filter(Boolean)
    .map((id) => ({ type: "public-key", id: bytes(id) }));

const common = () => ({
  challenge: bytes(wanted.challenge),
  ...(Number(wanted.timeout) && { timeout: Number(wanted.timeout) * 1000 }),
});

const ask = (mediation) => {
  waiting.abort();
  waiting = new AbortController();
  const publicKey = {
    ...common(),
    rpId: wanted.rpId,
    userVerification: wanted.userVerification,
    allowCredentials: listed(wanted.known),
  };
  return navigator.credentials.get({ publicKey, signal: waiting.signal, ...(mediation && { mediation }) });
};

const make = () =>
  navigator.credentials.create({
    publicKey: {
      ...common(),
      rp: { id: wanted.rpId, name: wanted.rpName },
      user: { id: bytes(wanted.userId), name: wanted.userName, displayName: wanted.userName },
      pubKeyCredParams: wanted.algorithms.split(",").map((alg) => ({ type: "public-key", alg: Number(alg) })),
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: wanted.userVerification,
      },
      excludeCredentials: listed(wanted.known),
    },
  });

const send = (values) => {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.requestSubmit();
};

const sendAnswer = (passkey) =>
  send({
    clientDataJSON: text(passkey.response.clientDataJSON),
    authenticatorData: text(passkey.response.authenticatorData),
    signature: text(passkey.response.signature),
    credentialId: passkey.id,
    userHandle: passkey.response.userHandle ? text(passkey.response.userHandle) : "",
  });

const sendNew = (passkey) =>
  send({
    clientDataJSON: text(passkey.response.clientDataJSON),
    attestationObject: text(passkey.response.attestationObject),
    publicKeyCredentialId: passkey.id,
    transports: passkey.response.getTransports?.().join() ?? "",
    authenticatorAttachment: passkey.authenticatorAttachment ?? "",
    authenticatorLabel: document.getElementById("passkey-name").value.trim() || wanted.usualName,
  });

// Somebody who closed the browser's window stays on the page, and can choose again.
const problem = (fault) => {
  if (!["AbortError", "NotAllowedError"].includes(fault.name)) send({ error: fault.message });
};

const pressed = () =>
  wanted.passkey === "make" ? make().then(sendNew, problem) : ask().then(sendAnswer, problem);

// An offer that nobody asked for: one that fails is none. Telling Keycloak of it would bring this page again,
// which makes the offer again, for ever, in a browser that can't do it though it says so.
const offerInTheField = async () => {
  try {
    if (await PublicKeyCredential.isConditionalMediationAvailable?.()) sendAnswer(await ask("conditional"));
  } catch {
    // The password, and the button, are there still.
  }
};

if (window.PublicKeyCredential) {
  button.hidden = false;
  button.addEventListener("click", pressed);
  if (wanted.passkey === "offer") offerInTheField();
} else {
  document.getElementById("no-passkeys")?.removeAttribute("hidden");
}
