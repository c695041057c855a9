"""In which language most of a page is: said once at its top, where it is not the reader's.

Templates count what they show as they show it (`components/text.html`), so that the answer costs no statement, and the
layout asks once the content is made. What the interface says does not count: it is translated.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from flask import Flask, g
from markupsafe import Markup

from cdv_civic.core.i18n.languages import current_language

#: Letters in another language under which nothing is said: a title or two that lack a translation are marked.
LEAST_LETTERS: Final = 120
_TAG: Final = re.compile("<[^>]*>")


def other_language(letters: Mapping[str, int], reader: str) -> str | None:
    """The language, other than the reader's, that more than half of the letters shown are in; None where there is none.

    `letters`: how many are shown in each language, by tag.
    """
    others = {tag: count for tag, count in letters.items() if tag != reader}
    foreign = sum(others.values())
    if foreign < LEAST_LETTERS or foreign * 2 <= sum(letters.values()):
        return None
    return max(others, key=lambda tag: (others[tag], tag))


def _letters(text: str) -> int:
    """Letters of a text without its tags: `striptags`, which makes a text of it, takes twenty times as long."""
    return len(text) - sum(map(len, _TAG.findall(text))) if isinstance(text, Markup) else len(text)


def count_shown(text: str, language: str) -> str:
    """Note that the page shows a text in a language; nothing, for templates."""
    if "letters_shown" not in g:
        g.letters_shown = Counter()
    g.letters_shown[language] += _letters(text)
    return ""


def mostly_in() -> str | None:
    """`other_language` of the page at hand, as far as it is made."""
    return other_language(g.get("letters_shown", {}), current_language().tag)


def register(app: Flask) -> None:
    """Let templates count and ask."""
    app.jinja_env.globals.update(count_shown=count_shown, mostly_in=mostly_in)
