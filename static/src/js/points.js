// Points that are shared out: a button for one less and one for one more, and how many are left.
import { leftOver } from "./left-over.js";

/** What was typed as a number, in Arabic or Persian digits too. */
const read = ({ value }) =>
  Number(value.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 0xf).trim()) || 0;

export function points(part) {
  const fields = [...part.querySelectorAll("input")];
  const buttons = [...part.querySelectorAll("[data-step]")];
  const say = leftOver(part.querySelector("[data-left]"), { whole: true });
  const left = () => Number(part.dataset.points) - fields.reduce((sum, field) => sum + read(field), 0);
  const fieldOf = (button) => button.parentElement.querySelector("input");
  const possible = (button) => (button.dataset.step > 0 ? left() > 0 : read(fieldOf(button)) > 0);
  const count = () => {
    say(left(), true);
    // Not disabled: what is pressed keeps the focus.
    buttons.forEach((button) => button.setAttribute("aria-disabled", !possible(button)));
  };
  buttons.forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!possible(button)) return;
      const field = fieldOf(button);
      field.value = Math.max(read(field) + Number(button.dataset.step), 0) || "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  part.addEventListener("input", count);
  addEventListener("pageshow", count);
  count();
}
