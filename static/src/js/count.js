// How many characters are left in a field that takes so many, once few are; and how many are too many. Nothing is cut.
const SAID_FROM = 20; // characters left

export function countCharacters(field) {
  const most = Number(field.dataset.most);
  const { left, over } = field.dataset;
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  const say = () => {
    const rest = most - [...field.value.trim()].length;
    line.className = rest < 0 ? "count-left count-over" : "count-left";
    line.textContent =
      rest > Math.max(SAID_FROM, most / 5)
        ? ""
        : (rest < 0 ? over : left).replace("{n}", Math.abs(rest).toLocaleString(document.documentElement.lang));
  };
  field.after(line);
  field.addEventListener("input", say);
  addEventListener("pageshow", say); // browsers put back what was typed after the scripts have run
  say();
}
