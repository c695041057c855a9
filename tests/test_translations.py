"""Every string a person reads is translated in every shipped language, with the same blanks to fill in."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from cdv_civic.core.config import ROOT

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
}
BLANK = re.compile(r"%\((\w+)\)[sd]|%%")
TRANSLATED = ("en", "ar")


def strings_in_the_source() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for name, line, message, _comments, _context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=lambda path: ".venv" not in path
    ):
        yield f"{name}:{line}", message


def catalogue(tag: str) -> dict[str, Message]:
    with (ROOT / "translations" / tag / "messages.po").open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message
            for message in read_po(file, locale=tag)
            if message.id
        }


def test_the_source_has_strings() -> None:
    assert len(set(message for _, message in strings_in_the_source())) > 200


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_string_is_translated(tag: str) -> None:
    known = catalogue(tag)
    missing = []
    for place, message in strings_in_the_source():
        key = message if isinstance(message, str) else message[0]
        found = known.get(key)
        texts = (
            () if found is None else (found.string if isinstance(found.string, tuple) else (found.string,))
        )
        if found is None or found.fuzzy or not texts or not all(texts):
            missing.append(f"{place}: {key}")
        elif not isinstance(message, str) and len(texts) < 2:
            missing.append(f"{place}: {key} (plural forms)")
    assert missing == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_fill_in_the_same_blanks(tag: str) -> None:
    wrong = []
    for key, message in catalogue(tag).items():
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {name for original in originals for name in BLANK.findall(original)}
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts:
            blanks = set(BLANK.findall(text))
            # A plural form may say « one » in words; nothing else may be left out or added.
            if not blanks <= allowed or (not isinstance(message.id, tuple) and blanks != allowed):
                wrong.append(f"{key} → {text}")
    assert wrong == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_keep_the_same_tags(tag: str) -> None:
    tags = re.compile(r"</?\w+")
    wrong = [
        key
        for key, message in catalogue(tag).items()
        if isinstance(message.id, str)
        and sorted(tags.findall(message.id)) != sorted(tags.findall(str(message.string)))
    ]
    assert wrong == []


def test_french_says_zero_in_the_singular() -> None:
    plural = [message for message in catalogue("fr").values() if isinstance(message.id, tuple)]
    assert plural
    assert all(message.string == tuple(message.id) for message in plural)
