// Glossary terms: the link to the glossary becomes a button that shows the meaning beside the word. It closes by its
// own button, by Escape, by a touch elsewhere, and when the focus goes on.
const GAP = 6; // pixels between the word and its meaning

let open = null;

function close(back = false) {
  if (!open) return;
  const { button, meaning } = open;
  open = null;
  button.setAttribute("aria-expanded", "false");
  meaning.hidden = true;
  if (back) button.focus();
}

/** Below the word, or above it where there is more room: never over it, and never beyond the screen. */
function fit() {
  if (!open) return;
  const { button, meaning } = open;
  const { clientWidth, clientHeight } = document.documentElement;
  const word = button.getBoundingClientRect();
  if (word.bottom < 0 || word.top > clientHeight) return close();
  const rooms = { below: clientHeight - word.bottom - 2 * GAP, above: word.top - 2 * GAP };
  meaning.style.maxHeight = "none";
  const { width, height } = meaning.getBoundingClientRect();
  const below = rooms.below >= Math.min(height, rooms.above);
  const room = below ? rooms.below : rooms.above;
  meaning.style.maxHeight = `${room}px`;
  meaning.style.top = `${below ? word.bottom + GAP : word.top - GAP - Math.min(height, room)}px`;
  const start = document.dir === "rtl" ? word.right - width : word.left;
  meaning.style.left = `${Math.max(GAP, Math.min(start, clientWidth - width - GAP))}px`;
}

addEventListener("scroll", fit, { passive: true, capture: true });
addEventListener("resize", fit);
document.addEventListener("click", (event) => {
  if (open && !open.place.contains(event.target)) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(true);
});

export function term(place, index) {
  const link = place.querySelector("a");
  const meaning = place.querySelector(".term-meaning");
  const button = document.createElement("button");
  button.type = "button";
  button.append(...link.childNodes);
  meaning.id ||= `term-meaning-${index}`;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", meaning.id);
  link.replaceWith(button);
  meaning.querySelector(".term-close").addEventListener("click", () => close(true));
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !place.contains(relatedTarget)) close();
  });
  button.addEventListener("click", () => {
    const again = open?.button === button;
    close();
    if (again) return;
    meaning.hidden = false;
    button.setAttribute("aria-expanded", "true");
    open = { place, button, meaning };
    fit();
  });
}
