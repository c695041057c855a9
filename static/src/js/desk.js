// What improves the staff's pages: choosing rows of a table, counting letters.

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

function countLetters(field) {
  const line = document.createElement("p");
  line.className = "count-left";
  const say = () => {
    line.textContent = field.dataset.count.replace("{n}", field.maxLength - field.value.length);
  };
  field.after(line);
  field.addEventListener("input", say);
  say();
}

document.querySelectorAll("[data-select-rows]").forEach(selectRows);
document.querySelectorAll("textarea[data-count]").forEach(countLetters);
