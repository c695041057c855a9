// Drafts on this device: what was typed into a form, under the name that the form bears. The name holds a key of the
// account, so that nobody finds what somebody else typed here. Bounded in number, size and days.
const PREFIX = "draft ";
const MOST = 20;
const LONGEST = 64 * 1024; // letters
const DAY = 24 * 60 * 60 * 1000; // milliseconds
const KEPT_FOR = 14 * DAY;

/** A browser may have no store, refuse it, or find it full: then nothing is kept. */
const attempt = (act) => {
  try {
    return act(window.localStorage);
  } catch {
    return undefined;
  }
};

/** The drafts by age, the oldest first: a draft begins with the moment at which it was kept. */
const drafts = (store) =>
  Object.keys(store)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => [key, parseInt(store.getItem(key))])
    .sort(([, one], [, other]) => one - other);

export const erase = (name) => attempt((store) => store.removeItem(PREFIX + name));

const ERASED = "drafts-erased";

/** All drafts go, and what is open keeps none any more: this page, and those of other tabs. */
export function eraseAll() {
  attempt((store) => {
    drafts(store).forEach(([key]) => store.removeItem(key));
    // Other tabs hear that the store changed.
    store.setItem(ERASED, "1");
    store.removeItem(ERASED);
  });
  dispatchEvent(new Event(ERASED));
}

export function whenAllErased(act) {
  addEventListener(ERASED, act);
  addEventListener("storage", ({ key }) => key === ERASED && act());
}

export function eraseOld() {
  const oldest = Date.now() - KEPT_FOR;
  attempt((store) => drafts(store).forEach(([key, at]) => at > oldest || store.removeItem(key)));
}

/** Each field that was changed, by name: [what the page said, what was typed], as lists; null where there is none. */
export const read = (name) =>
  attempt((store) => JSON.parse(store.getItem(PREFIX + name).replace(/^\d+ /, ""))) ?? null;

export function keep(name, fields) {
  const text = `${Date.now()} ${JSON.stringify(fields)}`;
  if (text.length > LONGEST) return;
  attempt((store) => {
    const others = drafts(store).filter(([key]) => key !== PREFIX + name);
    others.slice(0, Math.max(0, others.length - MOST + 1)).forEach(([key]) => store.removeItem(key));
    store.setItem(PREFIX + name, text);
  });
}
