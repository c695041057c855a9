"""Languages that people speak in the quartiers, by tag: more than the site is written in."""

from typing import Final

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings

#: Languages that staff can tick: those most spoken in the quartiers; "sgn" is sign language.
SPOKEN: Final = (
    "fr", "ar", "en", "es", "pt", "tr", "ta", "bm", "wo", "ff", "snk", "ln", "ht", "kab", "ro", "zh", "vi",
    "ur", "bn", "ps", "fa", "uk", "ru", "sgn",
)  # fmt: skip


def heard_languages() -> tuple[str, ...]:
    """Tags of the languages in which a voice may speak: those of the site first, then all that are spoken aloud."""
    written = current_settings().languages
    return (*written, *(tag for tag in SPOKEN if tag not in written and tag != "sgn"))


def language_name(tag: str) -> str:
    """A language in the words of the reader."""
    if tag == "sgn":
        return _("langue des signes")
    return str(get_locale().languages.get(tag, tag))


def own_name(tag: str) -> str | None:
    """A language in its own words, as whoever speaks it knows it; None where we do not know them."""
    try:
        return Locale.parse(tag).languages.get(tag)
    except (ValueError, UnknownLocaleError):
        return None
