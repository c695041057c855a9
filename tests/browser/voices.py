"""A browser that speaks without a sound: what it is given to say is noted, with the voice that says it."""

from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.conftest import OpenContext

LOCAL: Final = [{"lang": "fr-FR", "localService": True}, {"lang": "ar-SA", "localService": True}]
#: Voices of a company’s servers, which would be sent what is read.
REMOTE: Final = [{"lang": "fr-FR", "localService": False}, {"lang": "ar-SA", "localService": False}]
#: What was said since it was last asked: the voice, the words.
HEARD: Final = "window.heard.splice(0)"
_STUB: Final = """
(() => {
  const voices = %s;
  window.heard = [];
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    speak: ({ text, voice }) => window.heard.push([voice ? `${voice.lang} ${voice.localService ? "local" : "remote"}` : "any", text]),
    cancel: () => {},
    addEventListener: () => {},
  } });
})();
"""


def speaking_browser(open_context: OpenContext, *, voices: list[dict[str, Any]] = LOCAL) -> Page:
    """A page on a phone that has these voices."""
    page = open_context(has_touch=True).new_page()
    listed = ", ".join(
        f'{{lang: "{each["lang"]}", localService: {str(each["localService"]).lower()}}}' for each in voices
    )
    page.add_init_script(_STUB % f"[{listed}]")
    return page
