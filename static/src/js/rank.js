// Ranks by touch: a tap gives the next rank, another takes it away; two buttons, or dragging, change the order.
// The lists of the form stay where they are, out of sight, and hold what is sent.

export function rank(part) {
  const status = part.querySelector("[role=status]");
  const [order, item] = [...part.querySelector("template").content.children];
  const list = order.querySelector("ol");
  const { ranked, unranked, full } = part.dataset;
  const rows = [...part.querySelectorAll(".rank-row")].map((row) => made(row));
  const places = Math.max(...rows.map(({ select }) => select.options.length)) - 1;
  let chosen = [];
  let writing = false;

  function made(row) {
    const [label, select] = [row.querySelector("label"), row.querySelector("select")];
    const tap = document.createElement("button");
    const number = document.createElement("span");
    const said = document.createElement("span");
    tap.type = "button";
    tap.className = "choice rank-tap";
    tap.dataset.read = "";
    number.className = "rank-number";
    said.append(...label.childNodes);
    tap.append(number, said);
    label.replaceWith(tap);
    select.hidden = true;
    const one = { select, tap, number, words: said.textContent.trim(), said };
    tap.addEventListener("click", () => toggle(one));
    return one;
  }

  const fill = (sentence, one) =>
    sentence.replace("{words}", one.words).replace("{rank}", String(chosen.indexOf(one) + 1));

  function toggle(one) {
    if (chosen.includes(one)) {
      chosen = chosen.filter((each) => each !== one);
      show(fill(unranked, one));
    } else if (chosen.length < places) {
      chosen.push(one);
      show(fill(ranked, one));
    } else status.textContent = full;
  }

  /** Puts one at a place of the order; the button that was pressed keeps the focus. */
  function put(one, place, way) {
    if (place < 0 || place >= chosen.length) return;
    chosen = chosen.filter((each) => each !== one);
    chosen.splice(place, 0, one);
    show(fill(ranked, one));
    if (way) list.children[place].querySelector(way).focus();
  }

  function line(one, place) {
    const made = document.createElement("li");
    made.className = item.className;
    made.append(...item.cloneNode(true).childNodes);
    made.querySelector(".rank-number").textContent = place + 1;
    made.querySelector(".rank-words").append(...[...one.said.childNodes].map((node) => node.cloneNode(true)));
    [[".rank-up", -1], [".rank-down", 1]].forEach(([way, step]) => {
      const button = made.querySelector(way);
      const next = place + step;
      button.setAttribute("aria-label", button.dataset.label.replace("{words}", one.words));
      button.setAttribute("aria-disabled", next < 0 || next >= chosen.length);
      button.addEventListener("click", () => put(one, next, way));
    });
    made.draggable = true;
    made.addEventListener("dragstart", ({ dataTransfer }) => dataTransfer.setData("text/plain", place));
    made.addEventListener("dragover", (event) => event.preventDefault());
    made.addEventListener("drop", (event) => {
      event.preventDefault();
      const moved = chosen[Number(event.dataTransfer.getData("text/plain"))];
      if (moved) put(moved, place);
    });
    return made;
  }

  /** Writes the ranks into the lists of the form. */
  function write() {
    writing = true;
    rows.forEach((one) => {
      const rank = String(chosen.indexOf(one) + 1 || "");
      if (one.select.value === rank) return;
      one.select.value = rank;
      one.select.dispatchEvent(new Event("input", { bubbles: true }));
    });
    writing = false;
  }

  /** Draws the ranks; `said`: they were changed here, which is kept and read out. */
  function show(said) {
    if (said) write();
    rows.forEach((one) => {
      const place = chosen.indexOf(one) + 1;
      one.number.textContent = place || "";
      one.tap.setAttribute("aria-pressed", place > 0);
    });
    list.replaceChildren(...chosen.map(line));
    order.hidden = chosen.length < 2;
    if (said) status.textContent = said;
  }

  /** What the form holds: as it came, as the browser or a draft put it back. */
  function read() {
    if (writing) return;
    const held = rows.filter(({ select }) => Number(select.value) > 0);
    chosen = held.sort((one, other) => one.select.value - other.select.value).slice(0, places);
    show();
  }

  status.before(order);
  part.addEventListener("input", read);
  addEventListener("pageshow", () => {
    read();
    write(); // ranks that were given twice, or left one out, are sent as they are shown
  });
  read();
}
