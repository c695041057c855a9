// A button that prints the page; hidden where no script runs. What is folded is unfolded for the paper (print.css says it
// too, to browsers that know the inside of <details>).
export function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  unfolded.forEach((part) => (part.open = true));
});
addEventListener("afterprint", () => unfolded.forEach((part) => (part.open = false)));
