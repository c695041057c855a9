// What improves pages with a form to send: `layouts/base.html` brings it where there is one.
import { countCharacters } from "./count.js";
import { focusSummary } from "./summary.js";
import { keepTyped } from "./languages.js";
import { unsent } from "./unsent.js";
import { where } from "./where.js";

const each = (selector, improve) => document.querySelectorAll(selector).forEach(improve);

each("[data-focus]", focusSummary);
each("[data-most]", countCharacters);
each(".languages", keepTyped);
each("[data-where]", where);
unsent();

// A browser brings the line of a long field that is written in to the screen; we bring all of it, clear of what stays.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
});
