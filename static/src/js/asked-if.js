// A question that is asked of some stays out of sight until its answer is chosen, where the page shows that question too.
export function askedIf(part) {
  const option = part.dataset.askedIf;
  const box = document.querySelector(`[data-asked] input[value="${option}"]:is([type=radio], [type=checkbox])`);
  if (!box) return;
  const earlier = box.closest("[data-asked]");
  const show = () => {
    part.hidden = earlier.hidden || !box.checked;
  };
  document.addEventListener("input", show); // in the order of the page, so that one that is hidden hides what hangs on it
  addEventListener("pageshow", show);
  show();
}
