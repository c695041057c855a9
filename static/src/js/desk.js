// What improves the staff's pages: choosing rows of a table and what is done with them, following what is being made, typing sheets in.
import { sheetEntry } from "./sheet-entry.js";

function selectRows(table) {
  const all = table.querySelector("[data-select-all]");
  const boxes = [...table.querySelectorAll("tbody .select input")];
  const bar = table.closest("form")?.querySelector("[data-bulk-bar]");
  const count = bar?.querySelector("[data-bulk-count]");
  const nothing = count?.textContent;
  let last = -1;

  function say() {
    const chosen = boxes.filter(({ checked }) => checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (count) {
      const { one, many } = count.dataset;
      count.textContent = chosen === 0 ? nothing : chosen === 1 ? one : many.replace("{n}", chosen);
    }
  }

  all.disabled = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    say();
  });
  boxes.forEach((box, index) => {
    // With the shift key, every row from the last one touched to this one follows.
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        boxes.slice(Math.min(last, index), Math.max(last, index) + 1).forEach((between) => (between.checked = box.checked));
      }
      last = index;
      say();
    });
  });

  // Up and down go from row to row, on the box or on the link where one is.
  table.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.target.matches("select, input:not([type=checkbox])")) return;
    const row = cell.parentElement;
    const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    const goal = next?.cells[cell.cellIndex]?.querySelector("a, input, button, select");
    if (!goal) return;
    event.preventDefault();
    goal.focus();
  });
  say();
}

/** What the act that is chosen in the bar needs is shown, and nothing else; without a script all of it is there. */
function showWhatActNeeds(more) {
  const act = more.closest("[data-bulk-bar]").querySelector("select");
  const parts = [...more.querySelectorAll("[data-needed-by]")];
  const show = () => {
    parts.forEach((part) => (part.hidden = !part.dataset.neededBy.split(" ").includes(act.value)));
    more.hidden = parts.every((part) => part.hidden);
    more.open = !more.hidden;
  };
  act.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}

const ASK_EVERY = 2000; // milliseconds
const ASK_AT_MOST = 300;

/** What is being made elsewhere: its part of the page comes anew until it is gone, for ten minutes at most. */
async function followProgress(part) {
  for (let asked = 0; asked < ASK_AT_MOST; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
    if (document.hidden) continue;
    try {
      const answer = await fetch(location.href);
      if (answer.status >= 500) continue; // the site is being started anew: asked again
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-progress]");
      if (!now) return location.reload();
      if (now.textContent !== part.textContent) part.replaceChildren(...now.childNodes);
    } catch {
      // The network is away: asked again.
    }
  }
}

document.querySelectorAll("[data-select-rows]").forEach(selectRows);
document.querySelectorAll("[data-bulk-more]").forEach(showWhatActNeeds);
document.querySelectorAll("[data-progress]").forEach(followProgress);
document.querySelectorAll("[data-sheet-entry]").forEach(sheetEntry);
