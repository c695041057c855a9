// After a form was refused, the eye and the screen reader go to what is to be corrected.
export function focusSummary(summary) {
  summary.focus();
}
