// « Écouter »: the telephone reads a part of the page aloud, each piece in the language it is written in.
const voice = window.speechSynthesis;

/** What is not read: what nobody sees, what is pressed or typed in, and a part that is marked, while it is folded. */
const SILENT = "[hidden], [aria-hidden=true], script, template, textarea, select, button:not([data-read]), [data-read-open]:not([open])";

/** The texts under an element with their languages, one after the other. */
function pieces(root) {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    const text = data.replace(/\s+/g, " ").trim();
    if (!text || parentElement.closest(SILENT)) continue;
    const language = parentElement.closest("[lang]").lang;
    const block = parentElement.closest("p, li, h1, h2, h3, h4, dt, dd, td, th, figcaption, label, button") ?? root;
    const last = found[found.length - 1];
    if (last && last.language === language && last.block === block) last.text += ` ${text}`;
    else found.push({ text, language, block });
  }
  return found;
}

/** A voice of the telephone itself that speaks a language; others would send what is read to somebody else. */
const voiceOf = (language) =>
  voice.getVoices().find(({ lang, localService }) => localService && lang.slice(0, 2).toLowerCase() === language.slice(0, 2));

export function listen(button) {
  const target = document.getElementById(button.dataset.listen);
  if (!voice || !target) return;
  const word = button.querySelector("span");
  const start = word.textContent;
  const show = () => {
    button.hidden = !pieces(target).some(({ language }) => voiceOf(language));
  };
  const rest = () => {
    button.setAttribute("aria-pressed", "false");
    word.textContent = start;
  };
  show();
  voice.addEventListener?.("voiceschanged", show);
  setTimeout(show, 1500); // some telephones know their voices late and tell nobody
  addEventListener("pagehide", () => voice.cancel());

  button.addEventListener("click", () => {
    const speaking = button.getAttribute("aria-pressed") === "true";
    voice.cancel();
    if (speaking) return rest();
    const said = pieces(target).flatMap(({ text, language }) => {
      const own = voiceOf(language);
      if (!own) return [];
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = own;
      utterance.lang = own.lang;
      return [utterance];
    });
    if (!said.length) return;
    said[said.length - 1].onend = rest;
    said.forEach((utterance) => voice.speak(utterance));
    button.setAttribute("aria-pressed", "true");
    word.textContent = button.dataset.stop;
  });
}
