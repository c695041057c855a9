// Typing sheets in: Enter goes to the next field, and sends from the last one; a code is chosen whole, to be typed over.
export function sheetEntry(form) {
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), textarea, button[type=submit]")];
  form.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.key !== "Enter" || event.isComposing || !here.matches("input")) return;
    if (event.ctrlKey || event.metaKey) return;
    const all = fields();
    const next = all[all.indexOf(here) + 1];
    if (!next || next.matches("button")) return; // the last field: the form leaves
    event.preventDefault();
    next.focus();
  });
  form.addEventListener("focusin", ({ target }) => {
    if (target.matches("input:not([type=hidden])")) target.select();
  });
  // The browser focused it before this script came.
  if (form.contains(document.activeElement) && document.activeElement.matches("input")) document.activeElement.select();
}
