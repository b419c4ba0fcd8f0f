// Organisations suggested while somebody types, as a combobox with a list (the ARIA authoring practices' pattern).
// Choosing one sends the form beside the search box; pressing Search without choosing works as without a script.
const WAIT = 200;
const SHORTEST = 2;
const NOTHING = "No organisation found. Check the spelling or use fewer words.";

export function suggestOrganisations(form) {
  const input = form.querySelector("input[name=q]");
  const chosen = form.nextElementSibling;
  if (input && chosen) new Suggestions(form, input, chosen).start();
}

class Suggestions {
  constructor(form, input, chosen) {
    this.input = input;
    this.chosen = chosen;
    this.address = form.dataset.suggestions;
    this.options = [];
    this.current = -1;
    this.asked = 0;
    this.list = document.createElement("ul");
    this.status = document.createElement("div");
  }

  start() {
    this.list.id = `${this.input.id}-suggestions`;
    this.list.className = "portal-suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Organisations");
    this.status.className = "nhsuk-u-visually-hidden";
    this.status.setAttribute("role", "status");
    const box = document.createElement("div");
    box.style.position = "relative";
    this.input.before(box);
    box.append(this.input, this.list, this.status);
    for (const [name, value] of [
      ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id],
    ]) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < SHORTEST) {
      this.say("", false);
      return this.close();
    }
    this.timer = setTimeout(() => this.ask(text), WAIT);
    return undefined;
  }

  async ask(text) {
    const mine = ++this.asked;
    try {
      const answer = await fetch(`${this.address}?q=${encodeURIComponent(text)}`, { credentials: "same-origin" });
      const found = answer.ok ? await answer.json() : { organisations: [] };
      if (mine === this.asked && document.activeElement === this.input) this.show(found);
    } catch {
      this.close();
    }
  }

  show(found) {
    this.options = found.organisations;
    this.current = -1;
    this.list.replaceChildren(...this.options.map((one, at) => this.option(one, at)));
    const count = this.options.length;
    const more = found.more ? ", keep typing to narrow the list" : "";
    this.say(count ? `${count} ${count > 1 ? "organisations" : "organisation"} found${more}` : NOTHING, count === 0);
    this.open(count > 0);
  }

  // Read out; seen only where there is no list that shows the same.
  say(words, seen) {
    this.status.textContent = words;
    this.status.className = seen ? "portal-suggestions__note" : "nhsuk-u-visually-hidden";
  }

  option(one, at) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${at}`;
    item.className = "portal-suggestions__option";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const about = document.createElement("span");
    about.className = "portal-suggestions__about";
    about.textContent = one.about;
    item.append(`${one.name} (${one.code})`, about);
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => this.choose(at));
    return item;
  }

  pressed(event) {
    if (event.key === "Escape") return this.close();
    if (this.list.hidden) return undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      return this.mark((this.current + step + this.options.length) % this.options.length);
    }
    if (event.key === "Enter" && this.current >= 0) {
      event.preventDefault();
      this.choose(this.current);
    }
    return undefined;
  }

  mark(at) {
    this.current = at;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    this.input.setAttribute("aria-activedescendant", this.list.children[at].id);
    this.list.children[at].scrollIntoView({ block: "nearest" });
  }

  choose(at) {
    const one = this.options[at];
    this.input.value = `${one.name} (${one.code})`;
    this.close();
    this.chosen.querySelector("input[name=code]").value = one.code;
    this.chosen.submit();
  }

  open(whether) {
    this.list.hidden = !whether;
    this.input.setAttribute("aria-expanded", String(whether));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.asked += 1;
    this.open(false);
  }
}
