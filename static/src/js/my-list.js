// The way back from an action: to the list that one came from, with its filters. Without the script, or for who came from
// elsewhere, the link leads to the list of the quartier or of the contract. The question of the list is kept for this
// visit alone, so that it outlives a change of language and a look at a neighbouring action.
const KEY = "my-list";
const LONGEST = 500;

/** What `act` does with the memory of this visit; null where the browser has none for us. */
export function visit(act) {
  try {
    return act(window.sessionStorage);
  } catch {
    return null;
  }
}

export const forgetMyList = () => visit((kept) => kept.removeItem(KEY));

export function myList(link) {
  const list = link.pathname;
  // The same page in any language.
  const any = (path) => path.replace(/^\/[^/]+\//, "/*/");
  const from = document.referrer ? new URL(document.referrer) : null;
  const at = from && from.origin === location.origin ? any(from.pathname) : "";
  if (at === any(list)) {
    visit((kept) => kept.setItem(KEY, from.search.slice(0, LONGEST)));
  } else if (!/^\/\*\/contrats\/[^/]+\/engagements\/[^/]+$/.test(at)) {
    forgetMyList();
  }
  const question = visit((kept) => kept.getItem(KEY));
  if (question === null) return;
  link.href = list + question;
  link.querySelector("span").textContent = link.dataset.myList;
  const quartier = new URLSearchParams(question).get("quartier");
  const search = document.querySelector(".site-search");
  if (quartier && search) search.search = new URLSearchParams({ quartier });
}
