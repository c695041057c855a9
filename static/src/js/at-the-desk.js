// Links to the desk on public pages, which are the same for everybody: they show in a window where somebody has opened
// the desk, and only until it is closed or they sign out. Nothing else is kept, and the desk asks again who is there.
const KEY = "at-the-desk";

function kept() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // the browser refuses it
  }
}

export function rememberDesk() {
  if (document.body.classList.contains("desk")) kept()?.setItem(KEY, "1");
}

export function showAtTheDesk(link) {
  link.hidden = !kept()?.getItem(KEY);
}

export function forgetDesk(leaving) {
  leaving.addEventListener(leaving.tagName === "FORM" ? "submit" : "click", () => kept()?.removeItem(KEY));
}
