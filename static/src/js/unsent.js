// Words that somebody typed leave only while the site answers: a browser's page of errors would take their place. Else
// the form stays as it is and says so. Nothing is kept on the device; what is sent twice is done once (`client_key`).
const PATIENCE = 12000; // milliseconds for the site to say that it is there

async function isThere(address) {
  if (!navigator.onLine) return false;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    // The page of a network that wants a password first is another site's, and no answer of ours.
    await fetch(address, { cache: "no-store", credentials: "omit", redirect: "error", signal: giveUp.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the site is there to take a form; if not, the notice of the form says so. */
export async function answers(notice) {
  notice.hidden = true;
  const there = await isThere(notice.dataset.unsent);
  notice.hidden = there;
  if (!there) notice.scrollIntoView({ block: "nearest" });
  return there;
}

const asking = new WeakSet();
const sure = new WeakSet();

export function unsent() {
  if (!HTMLFormElement.prototype.requestSubmit) return; // Safari before 16 sends at once
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const notice = form.querySelector("[data-unsent]");
    if (!notice || !form.querySelector("textarea") || sure.delete(form)) return;
    event.preventDefault();
    if (asking.has(form)) return;
    asking.add(form);
    const there = await answers(notice);
    asking.delete(form);
    if (!there) return;
    sure.add(form);
    form.requestSubmit(submitter);
  });
}
