// « Écouter »: the telephone reads a part of the page aloud, each piece in the language it is written in.
const voice = window.speechSynthesis;

/** The texts under an element with their languages, one after the other. */
function pieces(root) {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    const text = data.replace(/\s+/g, " ").trim();
    if (!text || parentElement.closest("[hidden], [aria-hidden=true], script, button")) continue;
    const language = parentElement.closest("[lang]").lang;
    const block = parentElement.closest("p, li, h1, h2, h3, h4, dt, dd, td, th, figcaption") ?? root;
    const last = found[found.length - 1];
    if (last && last.language === language && last.block === block) last.text += ` ${text}`;
    else found.push({ text, language, block });
  }
  return found;
}

/** Some telephones speak only some languages; an empty list means « not known yet ». */
function canSpeak(language) {
  const voices = voice.getVoices();
  return !voices.length || voices.some(({ lang }) => lang.slice(0, 2).toLowerCase() === language.slice(0, 2));
}

export function listen(button) {
  const target = document.getElementById(button.dataset.listen);
  if (!voice || !target) return;
  const word = button.querySelector("span");
  const start = word.textContent;
  const show = () => {
    button.hidden = !canSpeak(document.documentElement.lang);
  };
  const rest = () => {
    button.setAttribute("aria-pressed", "false");
    word.textContent = start;
  };
  show();
  voice.addEventListener?.("voiceschanged", show);
  addEventListener("pagehide", () => voice.cancel());

  button.addEventListener("click", () => {
    const speaking = button.getAttribute("aria-pressed") === "true";
    voice.cancel();
    if (speaking) return rest();
    const said = pieces(target).map(({ text, language }) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = language;
      return utterance;
    });
    if (!said.length) return;
    said[said.length - 1].onend = rest;
    said.forEach((utterance) => voice.speak(utterance));
    button.setAttribute("aria-pressed", "true");
    word.textContent = button.dataset.stop;
  });
}
