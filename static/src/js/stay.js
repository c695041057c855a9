// A shared device: a key pressed is activity, and a minute before the session ends the page asks whether somebody is
// still there. The server decides; this only tells it, at most once a minute, and leads out when nobody answers.
import { leave } from "./forget-drafts.js";

const MOST_OFTEN = 60 * 1000; // milliseconds between two words to the server
const WARNING = 60 * 1000; // before the end
const TICK = 1000;

function stay(place) {
  const { url, out, seconds, page, session } = place.dataset;
  const dialog = place.querySelector("[data-stay-dialog]");
  const button = dialog.querySelector("button");
  const token = place.querySelector("[name=csrf_token]").value;
  // Other pages of this session: what is done in one of them keeps all.
  const others = "BroadcastChannel" in window ? new BroadcastChannel(`stay ${session}`) : null;
  let end;
  let told = Date.now();
  let typed = false;
  let kept = false;
  let asking = false;
  let before = null;

  function hide() {
    if (dialog.hidden) return;
    dialog.hidden = true;
    before?.focus?.();
  }

  /** The session ends in so many seconds, says the server; the longest time that it lasts may be near. */
  function endsIn(left) {
    end = Date.now() + left * 1000;
    const last = left * 1000 <= WARNING;
    button.hidden = last;
    dialog.querySelector("[data-stay-last]").hidden = !last;
    if (!last) hide();
  }

  function warn() {
    if (!dialog.hidden) return;
    before = document.activeElement;
    dialog.hidden = false;
    (button.hidden ? dialog : button).focus();
  }

  /** Say that somebody is here. The end moves, though never beyond the longest time that a session lasts. */
  async function tell() {
    if (asking) return;
    asking = true;
    told = Date.now();
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ csrf_token: token, page }) });
      if (answer.redirected || !answer.ok) return leave(out);
      const { seconds: left } = await answer.json();
      kept = true;
      endsIn(left);
      others?.postMessage(left);
    } catch {
      // The network is away: the next key, or the button, tries again.
    } finally {
      asking = false;
    }
  }

  endsIn(Number(seconds));
  others?.postMessage(Number(seconds));
  others?.addEventListener("message", ({ data }) => {
    endsIn(data);
    // What was typed here stays here too, though the header of this page would lead out.
    if (typed && !kept) tell();
  });

  const active = () => {
    typed = true;
    if (Date.now() - told >= MOST_OFTEN || (!dialog.hidden && !button.hidden)) tell();
  };
  document.addEventListener("keydown", (event) => event.target !== button && active());
  document.addEventListener("input", active);
  button.addEventListener("click", tell);
  setInterval(() => {
    const left = end - Date.now();
    if (left <= 0) leave(out);
    else if (left <= WARNING) warn();
  }, TICK);
}

document.querySelectorAll("[data-stay]").forEach(stay);
