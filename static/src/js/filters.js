// Filters stand open beside the list where there is room.
export function filters(sheet) {
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => {
    if (wide.matches) sheet.open = true;
  };
  fit();
  wide.addEventListener("change", fit);
}
