// The answers to a consultation, kept on this device from the first screen to the last, so that an empty battery, or the
// browser's own way back, loses nothing. What the page says goes before what is kept; what it leaves empty is given back.
import { erase, keep, onceErased, read } from "./draft-store.js";

const PAUSE = 600; // milliseconds without a key before it is kept
const ASKED = /^q\d/;
const form = document.querySelector("form[data-answers]");
const name = form?.dataset.answers;
let over = false;
let timer = 0;
let pressed = {}; // what the button says that sent the screen

const hidden = (field) => field.type === "hidden";
const isTicked = (field) => /^(radio|checkbox)$/.test(field.type);
const asked = () => [...form.elements].filter((field) => field.type !== "submit" && (ASKED.test(field.name) || /^(quartier|age)$/.test(field.name)));

/** Values by the name of their field: those of this screen, or those that it carries for others. */
function values(of) {
  const found = {};
  asked().filter(of).forEach((field) => {
    const said = isTicked(field) ? (field.checked ? [field.value] : []) : field.value ? [field.value] : [];
    found[field.name] = [...(found[field.name] ?? []), ...said];
  });
  return found;
}

function save() {
  clearTimeout(timer);
  if (over) return;
  const kept = read(name) ?? {};
  Object.entries({ ...values(hidden), ...values((field) => !hidden(field)), ...pressed }).forEach(([field, said]) => {
    if (said.length) kept[field] = said;
    else delete kept[field];
  });
  if (!Object.keys(kept).some((field) => ASKED.test(field))) return erase(name);
  keep(name, { ...kept, client_key: [form.elements.client_key.value], shown: [form.elements.shown.value] });
}

function put(field, said) {
  const those = asked().filter((each) => each.name === field);
  if (!those.length) {
    said.forEach((value) => {
      const carried = document.createElement("input");
      Object.assign(carried, { type: "hidden", name: field, value });
      form.prepend(carried);
    });
  } else if (!those.some(hidden) && !values((each) => each.name === field)[field]?.length) {
    those.forEach((each) => {
      if (isTicked(each)) each.checked = said.includes(each.value);
      else [each.value] = said;
      each.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

function say({ shown: [shown] = [] }) {
  const notice = document.querySelector("[data-answers-found]").content.firstElementChild.cloneNode(true);
  const go = notice.querySelector("[data-answers-go]");
  go.hidden = !shown || shown === form.elements.shown.value;
  go.addEventListener("click", () => {
    const to = document.createElement("input");
    Object.assign(to, { type: "hidden", name: "to", value: shown });
    const way = Object.assign(document.createElement("input"), { type: "hidden", name: "go", value: "aller" });
    form.append(to, way);
    HTMLFormElement.prototype.submit.call(form);
  });
  notice.querySelector("[data-answers-erase]").addEventListener("click", () => {
    over = true;
    erase(name);
    location.replace(location.href);
  });
  form.before(notice);
}

function giveBack() {
  const kept = read(name);
  if (!kept) return;
  const { client_key: [key] = [], shown: _shown, ...said } = kept;
  // Sent, and the answer of the site lost: the same form again is the same answer.
  if (key) form.elements.client_key.value = key;
  Object.entries(said).forEach(([field, typed]) => put(field, typed));
  if ("fresh" in form.dataset) say(kept);
}

/** Whoever passes takes back what this screen holds; several people on one device leave nothing on it. */
function sent({ submitter }) {
  if (submitter?.value === "passer") {
    asked().filter((field) => !hidden(field)).forEach((field) => (isTicked(field) ? (field.checked = false) : (field.value = "")));
  }
  pressed = ASKED.test(submitter?.name) ? { [submitter.name]: [submitter.value] } : {};
  save();
}

function shared({ target }) {
  if (target.name !== "shared") return;
  over = target.checked;
  if (over) erase(name);
}

if (form) {
  giveBack();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("change", shared);
  form.addEventListener("submit", sent);
  addEventListener("pagehide", save);
  // The browser's own way back may show this page as it was left: what was answered since is carried again.
  addEventListener("pageshow", ({ persisted }) => persisted && giveBack());
  onceErased(() => (over = true));
}
