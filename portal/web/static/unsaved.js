// A form whose changes are lost unless it is sent: leaving asks first, once there is something to lose.
export function warnOfUnsaved(form) {
  const warn = (event) => event.preventDefault();
  const leave = () => removeEventListener("beforeunload", warn);
  let typed = false;
  const change = () => {
    typed = true;
    addEventListener("beforeunload", warn);
  };
  if (form.dataset.unsaved === "staged") addEventListener("beforeunload", warn);
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  form.addEventListener("submit", leave);
  // The page that this leads to warns by itself, but knows only of what was sent.
  document.querySelectorAll("a[href$='/leave']").forEach((link) =>
    link.addEventListener("click", () => { if (!typed) leave(); }));
}
