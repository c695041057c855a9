// A form keeps what is typed on this device, and gives it back on the next visit. Only what was changed is kept, beside
// what the page said then: where the page says something else by now, what was typed is offered, not put in.
import { erase, keep, onceErased, read } from "./draft-store.js";

const PAUSE = 600; // milliseconds without a key before it is kept
const TYPED = /^(textarea|text|url|number|date|time|radio|checkbox|select-one|select-multiple)$/;

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Neither secrets, nor ways to reach somebody, nor what nobody typed. */
const isKept = (field) => field.name && TYPED.test(field.type) && field.autocomplete !== "off" && !/password|code|cc-/.test(field.autocomplete);

/** What the fields of one name say now, or (first) what the page gave them. */
function values(fields, first = false) {
  return fields.flatMap((field) => {
    if (/^(radio|checkbox)$/.test(field.type)) return (first ? field.defaultChecked : field.checked) ? [field.value] : [];
    if (!field.options) return [first ? field.defaultValue : field.value];
    const options = [...field.options];
    const given = options.filter((option) => (first ? option.defaultSelected : option.selected));
    // Where the page chooses none, a list shows its first one.
    return (given.length || field.multiple ? given : options.slice(0, 1)).map(({ value }) => value);
  });
}

function put(fields, wanted) {
  fields.forEach((field) => {
    if (/^(radio|checkbox)$/.test(field.type)) field.checked = wanted.includes(field.value);
    else if (field.options) [...field.options].forEach((option) => (option.selected = wanted.includes(option.value)));
    else [field.value] = wanted;
    for (let at = field; wanted.some(Boolean) && (at = at.parentElement.closest("details")); ) at.open = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function draft(form) {
  const name = form.dataset.draft;
  const fields = new Map();
  [...form.elements].filter(isKept).forEach((field) => fields.set(field.name, [...(fields.get(field.name) ?? []), field]));

  const again = "draftShownAgain" in form.dataset;
  // Offered, and not decided when the form was sent: what was sent goes by its name, this stays.
  const left = `${name} left`;
  if (!again && read(left)) {
    keep(name, { ...read(left), ...read(name) });
    erase(left);
  }
  const found = Object.fromEntries(Object.entries(read(name) ?? {}).filter(([field]) => fields.has(field)));
  // What the page said when each draft of a field was begun.
  const first = new Map([...fields].map(([field, those]) => [field, values(those, true)]));
  // Refused, the form says itself what was typed: the draft goes on from what the page said before.
  if (again) Object.entries(found).forEach(([field, [before]]) => first.set(field, before));
  // The fields whose draft this window has seen: another window of the same form keeps its own.
  const seen = new Set();
  let undecided = {};
  let timer = 0;
  let dirty = false;
  let over = false;

  function save() {
    clearTimeout(timer);
    if (!dirty || over) return;
    dirty = false;
    const kept = read(name) ?? {};
    fields.forEach((those, field) => {
      const now = values(those);
      if (!same(now, first.get(field))) {
        kept[field] = [first.get(field), now];
        seen.add(field);
      } else if (seen.has(field)) delete kept[field];
    });
    if (Object.keys(kept).length) keep(name, kept);
    else erase(name);
  }

  function giveBack(typed) {
    Object.entries(typed).forEach(([field, [, wanted]]) => put(fields.get(field), wanted));
    save();
  }

  function say(typed, changed) {
    const notice = form.ownerDocument.querySelector("[data-draft-found]").content.firstElementChild.cloneNode(true);
    notice.querySelectorAll("[data-draft-changed]").forEach((part) => (part.hidden = !changed));
    const end = () => {
      undecided = {};
      notice.remove();
      const [[field]] = Object.entries(typed);
      fields.get(field)[0].focus();
    };
    notice.querySelector("[data-draft-take]").addEventListener("click", () => {
      giveBack(typed);
      end();
    });
    notice.querySelector("[data-draft-erase]").addEventListener("click", () => {
      Object.keys(typed).forEach((field) => seen.add(field));
      if (!changed) Object.keys(typed).forEach((field) => put(fields.get(field), first.get(field)));
      dirty = true;
      save();
      end();
    });
    form.before(notice);
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => Object.keys(undecided).length && keep(left, undecided));
  addEventListener("pagehide", save);
  onceErased(() => (over = true));

  Object.keys(found).forEach((field) => seen.add(field));
  if (again) return;
  const typed = Object.fromEntries(
    Object.entries(found).filter(([field, [, wanted]]) => !same(wanted, first.get(field))),
  );
  if (!Object.keys(typed).length) return erase(name);
  const changed = Object.entries(typed).some(([field, [before]]) => !same(before, first.get(field)));
  // Not decided yet, what is offered stays as it is.
  if (changed) {
    undecided = typed;
    Object.keys(typed).forEach((field) => seen.delete(field));
  } else giveBack(typed);
  say(typed, changed);
}

// Beside a quick exit nothing is kept.
if (!document.querySelector(".quick-exit")) document.querySelectorAll("form[data-draft]").forEach(draft);
