// What improves every page. Each module looks for its own marks and does nothing without them.
import { cardCode } from "./card.js";
import { fileField } from "./files.js";
import { draftSent, eraseDrafts, forgetOldDrafts } from "./forget-drafts.js";
import { filters } from "./filters.js";
import { focusSummary } from "./summary.js";
import { listen } from "./listen.js";
import { print } from "./print.js";
import { suggest } from "./suggest.js";
import { term } from "./term.js";

const each = (selector, improve) => document.querySelectorAll(selector).forEach(improve);

each("[data-suggest]", suggest);
each("[data-term]", term);
each("[data-listen]", listen);
each("[data-print]", print);
each("[data-open-wide]", filters);
each("[data-focus]", focusSummary);
each("[data-file-picker]", fileField);
each("[data-card-code]", cardCode);
each("[data-erase-drafts]", eraseDrafts);
each("[data-draft-sent]", draftSent);
forgetOldDrafts();

// A menu made of <details> closes when one looks elsewhere.
each("[data-close-outside]", (menu) => {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
