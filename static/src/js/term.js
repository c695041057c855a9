// Glossary terms: the link to the glossary becomes a button that shows the meaning on the spot.
let open = null;

function close() {
  if (!open) return;
  open.button.setAttribute("aria-expanded", "false");
  open.meaning.hidden = true;
  open = null;
}

document.addEventListener("click", (event) => {
  if (open && !open.place.contains(event.target)) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open) return;
  const { button } = open;
  close();
  button.focus();
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
  button.addEventListener("click", () => {
    const again = open?.button === button;
    close();
    if (again) return;
    meaning.classList.remove("at-end");
    meaning.hidden = false;
    button.setAttribute("aria-expanded", "true");
    open = { place, button, meaning };
    const { left, right } = meaning.getBoundingClientRect();
    if (left < 0 || right > document.documentElement.clientWidth) meaning.classList.add("at-end");
  });
}
