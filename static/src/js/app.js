// What improves every page. Each module looks for its own marks and does nothing without them.
import { forgetDesk, rememberDesk, showAtTheDesk } from "./at-the-desk.js";
import { cardCode } from "./card.js";
import { comeBackEmpty, draftSent, eraseDrafts, forgetOldDrafts } from "./forget-drafts.js";
import { filters } from "./filters.js";
import { listen } from "./listen.js";
import { myList } from "./my-list.js";
import { print } from "./print.js";
import { suggest } from "./suggest.js";
import { term } from "./term.js";

const each = (selector, improve) => document.querySelectorAll(selector).forEach(improve);

each("[data-suggest]", suggest);
each("[data-term]", term);
each("[data-listen]", listen);
each("[data-print]", print);
each("[data-my-list]", myList);
each("[data-open-wide]", filters);
each("[data-card-code]", cardCode);
each("[data-erase-drafts]", eraseDrafts);
each("[data-erase-drafts]", forgetDesk);
each("[data-at-the-desk]", showAtTheDesk);
each("[data-draft-sent]", draftSent);
forgetOldDrafts();
rememberDesk();
comeBackEmpty();

// A menu made of <details> closes when one looks elsewhere, so that it hides nothing that is focused.
each("[data-close-outside]", (menu) => {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
