"""Residents have one thing, their account, and do one thing to open it, sign in: no second name for either."""

import re
from typing import Final

import pytest
from babel.messages.pofile import read_po

from cdv_civic.core.settings import ROOT

#: What is said no more, in French and in English.
GIVEN_UP: Final = {
    r"\b(?:[Mm]on|[Vv]otre|[Ss]on|[Cc]et|[Uu]n|même) espace\b(?! entre)": "mon compte",
    r"espace des membres": "la page des membres",
    r"\b(?:une autre|l’|cette) ?entrée\b": "une autre façon de se connecter",
    r"(?:façon|moyen)s? d’entrer": "se connecter",
    r"Comment j’entre|[Ee]ntrer avec ma carte|[Vv]enue par": "se connecter",
    r"\b(?:my|your|this|their|own|new|old|same|members’) space\b": "account",
}


@pytest.mark.parametrize("given_up", GIVEN_UP)
def test_an_account_has_one_name_and_one_verb_opens_it(given_up: str) -> None:
    with (ROOT / "translations" / "en" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id]
    said = [
        text
        for message in messages
        for whole in (message.id, message.string)
        for text in ([whole] if isinstance(whole, str) else whole or ())
    ]
    assert [text for text in said if re.search(given_up, text)] == [], GIVEN_UP[given_up]
