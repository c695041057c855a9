// « Au plus trois »: how many may still be ticked. Nothing is refused here: what is too much is said, and taken away.
import { leftOver } from "./left-over.js";

export function limit(part) {
  const boxes = [...part.querySelectorAll("[type=checkbox]")];
  const say = leftOver(part.querySelector("[data-left]"));
  const count = () => {
    const ticked = boxes.filter(({ checked }) => checked).length;
    say(Number(part.dataset.places) - ticked, ticked);
  };
  part.addEventListener("input", count);
  addEventListener("pageshow", count); // browsers put back what was ticked after the scripts have run
  count();
}
