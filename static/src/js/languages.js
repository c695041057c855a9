// Changing the language of a page keeps what was typed on it: the form goes along, marked so that nothing is done with
// it but to show it again. Nothing stays on the device, so that a resident's word beside a quick exit may go along too.
import { answers } from "./unsent.js";

const NOT_TYPED = /^(hidden|submit|button|reset|search)$/;
const MARK = "only_language";

function changed(field) {
  if (!field.name || NOT_TYPED.test(field.type)) return false;
  if (/^(radio|checkbox)$/.test(field.type)) return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (!field.options) return field.value !== field.defaultValue;
  const options = [...field.options];
  return field.value !== (options.find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value;
}

/** A file is named, not sent: no page gives it back, but the next one says that it must be chosen again. */
function nameFiles(form) {
  form.querySelectorAll("input[type=file]").forEach((field) => {
    const names = new DataTransfer();
    [...field.files].forEach(({ name }) => names.items.add(new File([], name)));
    field.files = names.files;
  });
}

/** The form goes to that address, marked. What stays behind is as it was: who comes back finds it, and may send it. */
function goAlong(form, address) {
  const action = form.getAttribute("action");
  const files = [...form.querySelectorAll("input[type=file]")].map((field) => [field, field.files]);
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: MARK, value: "1" });
  form.append(mark);
  form.action = address;
  nameFiles(form);
  HTMLFormElement.prototype.submit.call(form);
  mark.remove();
  if (action === null) form.removeAttribute("action");
  else form.setAttribute("action", action);
  files.forEach(([field, chosen]) => (field.files = chosen));
}

export function keepTyped(nav) {
  nav.addEventListener("click", async (event) => {
    const link = event.target.closest("a[hreflang]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const forms = [...document.querySelectorAll("main form[method=post]")];
    const fields = ({ elements }) => [...elements];
    // What a page that answers a form says is what was typed, though nobody changed it since.
    const form =
      forms.find((one) => fields(one).some(changed)) ??
      ("answer" in nav.dataset && forms.find((one) => one.querySelector("textarea, input:not([type=hidden])")));
    if (!form) return;
    if (new URL(form.action).pathname !== location.pathname) {
      // Its answer is another page: it cannot come along.
      if ("lose" in nav.dataset && !confirm(nav.dataset.lose)) event.preventDefault();
      return;
    }
    event.preventDefault();
    const notice = form.querySelector("[data-unsent]");
    if (!notice || (await answers(notice))) goAlong(form, link.href);
  });
}
