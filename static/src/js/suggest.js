// Search as one types: asks the form's own address (or the one that data-suggest names) for a list of links or
// buttons and shows it under the field. Arrows walk it, Escape returns to the field, Enter sends the form.
const PAUSE = 180; // milliseconds without a key before we ask
const FEWEST = 2; // letters

export function suggest(form) {
  const field = form.querySelector("input[type=search]");
  const box = form.querySelector("[data-suggestions]");
  const status = form.querySelector("[data-suggest-status]");
  let timer = 0;
  let asked = "";
  let request = null;

  const links = () => [...box.querySelectorAll("a, button")];
  const close = () => {
    box.hidden = true;
    box.replaceChildren();
    status.textContent = "";
  };

  async function ask(text) {
    request?.abort();
    request = new AbortController();
    const address = new URL(form.dataset.suggest || form.action, document.baseURI);
    address.search = new URLSearchParams({ q: text, fragment: "1" });
    try {
      const answer = await fetch(address, { signal: request.signal, credentials: "omit" });
      if (!answer.ok) return close();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      box.replaceChildren(...page.body.childNodes);
      box.hidden = false;
      const { length } = links();
      const { none, one, many } = status.dataset;
      const nothing = box.querySelector(".results-none"); // with links too: to a town, to help
      status.textContent = nothing?.textContent ?? [none, one][length] ?? many.replace("{n}", length);
    } catch (error) {
      if (error.name !== "AbortError") close(); // no network: the form still works by its button
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    const text = field.value.trim();
    if (text.length < FEWEST) {
      request?.abort();
      asked = "";
      close();
    } else if (text !== asked) {
      timer = setTimeout(() => ask((asked = text)), PAUSE);
    }
  });

  form.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    const stops = [field, ...links()];
    const here = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && here >= 0) {
      event.preventDefault();
      stops[Math.max(0, Math.min(stops.length - 1, here + step))].focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
      field.focus();
    }
  });

  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
}
