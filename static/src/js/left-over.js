// How much is left to choose or to share, or is too much: a line that is read out as it changes.
export function leftOver(line, { whole = false } = {}) {
  const { left, over, full } = line.dataset;
  return (rest, begun) => {
    const said = rest < 0 ? over : rest === 0 && full ? full : left;
    line.classList.toggle("asked-over", rest < 0);
    const text = begun || whole ? said.replace("{n}", Math.abs(rest).toLocaleString(document.documentElement.lang)) : "";
    if (line.textContent !== text) line.textContent = text;
  };
}
