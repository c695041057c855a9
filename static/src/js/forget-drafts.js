// What ends drafts of this device, on any page: a quick exit, leaving, a form that was sent, their age.
import { erase, eraseAll, eraseOld } from "./draft-store.js";

/** A link or a form erases all drafts when it is used; anything else as soon as the page is there. */
export function eraseDrafts(place) {
  if (place.matches("a")) place.addEventListener("click", eraseAll);
  else if (place.matches("form")) place.addEventListener("submit", eraseAll);
  else eraseAll();
}

export const draftSent = (place) => erase(place.dataset.draftSent);

export const forgetOldDrafts = eraseOld;
