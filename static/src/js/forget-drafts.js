// What ends drafts of this device, on any page: a quick exit, leaving, a form that was sent, their age.
import { erase, eraseAll, eraseOld } from "./draft-store.js";
import { forgetMyList, visit } from "./my-list.js";

const LEFT = "fresh"; // a word that tells nobody anything

function forgetAll() {
  eraseAll();
  forgetMyList();
  visit((kept) => kept.setItem(LEFT, "1"));
}

/** The page gives its place in the history to the next one; those before it come back empty (`comeBackEmpty`). */
export function leave(address) {
  visit((kept) => kept.setItem(LEFT, "1"));
  [...document.forms].forEach((form) => form.reset());
  location.replace(address);
}

function quickly(event) {
  forgetAll();
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave(event.currentTarget.href);
}

/** After a quick exit, what the browser kept of this visit's pages is not shown on the way back: each is asked for anew. */
export function comeBackEmpty() {
  addEventListener("pageshow", ({ persisted }) => {
    const back = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (!back || !visit((kept) => kept.getItem(LEFT))) return;
    document.documentElement.hidden = true;
    location.replace(location.href);
  });
}

/** A link or a form erases all drafts, and what this visit has looked for, when it is used; anything else as soon as the page is there. */
export function eraseDrafts(place) {
  if (place.matches("a")) place.addEventListener("click", quickly);
  else if (place.matches("form")) place.addEventListener("submit", forgetAll);
  else forgetAll();
}

export const draftSent = (place) => erase(place.dataset.draftSent);

export const forgetOldDrafts = eraseOld;
