"""Words that the English of the interface does without: calques of the French, and two names for one thing."""

import re
from typing import Final

import pytest
from babel.messages.pofile import read_po

from cdv_civic.core.settings import ROOT

#: What is said no more, and what is said.
GIVEN_UP: Final = {
    r"\b[Cc](?:ome|omes|ame) in(?!\s*%|\s+less)\b": "sign in",
    r"\bhow far\b|\bHow far\b": "progress",
    r"(?<!%\()(?<!, )\b[Bb]od(?:y|ies)\b(?!:)": "group, organisation",
    r"\bcitizens?\b": "resident",
    r"\b[Ss]igns? (?:of this code|by sign)|hidden signs": "character",
    r"\b[Aa]nswers? to (?:a |the |your )?messages?\b": "reply",
    r"\b[Ee]ras(?:e|es|ed|ing)\b": "delete",
    r"\b[Ee]-mail": "email",
    r"\bby SMS\b": "by text message",
    r"\bquartiers?\b(?!:)": "neighbourhood",
    r"(?<!%\()\bcommunes?\b(?!:)": "town",
    r"[Pp]ersonal card": "access card",
    r"\b[Pp]erson who (?:looks after|manages|runs) the site\b": "the site manager",
    r"leave to publish": "permission to publish",
    r"[Nn]othing (?:will )?follows?": "no further action",
    r"[Oo]utreach|\bRelay\b": "community link worker",
    r"under watch": "former priority neighbourhood",
    r"\binvented\b": "made up",
    r"neighbourhood (?:house|centre)": "community centre",
    r"give it to (?:nobody|anyone)|Give it to": "do not share it with anyone",
}


@pytest.mark.parametrize("given_up", GIVEN_UP)
def test_one_thing_has_one_english_word(given_up: str) -> None:
    with (ROOT / "translations" / "en" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id and message.string]
    said = [
        text
        for message in messages
        for text in ([message.string] if isinstance(message.string, str) else message.string or ())
    ]
    assert [text for text in said if re.search(given_up, text)] == [], GIVEN_UP[given_up]
