"""Bring translations/*/messages.po to what the code and the templates say.

    python -m tools.catalogues [--check]

New sentences come in with an empty translation, sentences that nobody says any more go, and translations stay. French
is the language of the sources: its catalogue holds plural messages only, each said as in the source. A translation that
the site would not show (`core.i18n.translation_check`) is told; status 1. With `--check` nothing is written; status 1
where a file would change too.
"""

import argparse
import io
import sys
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from cdv_civic.core.i18n.entries import Entry, checked
from cdv_civic.core.i18n.plurals import is_rule_of

ROOT: Final = Path(__file__).resolve().parents[1]
#: The functions that say a sentence, and which of their arguments are sentences.
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "_l": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
SOURCE_LANGUAGE: Final = "fr"

MessageId = str | tuple[str, ...]


@cache
def sentences() -> frozenset[MessageId]:
    """What gettext reads in the code and the templates, once in a process; a counted sentence is its two forms."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return frozenset(message for _file, _line, message, _comments, _context in found if message)


def updated(old: Catalog, said: frozenset[MessageId], language: str) -> Catalog:
    """A catalogue with exactly the sentences of `said`, and the translations that `old` has of them."""
    counted = {message for message in said if not isinstance(message, str)}
    # gettext answers a sentence said alone with the first form of the counted one that begins so.
    alone = {message for message in said if isinstance(message, str)} - {forms[0] for forms in counted}
    new = Catalog(locale=language)
    for message in counted | (set() if language == SOURCE_LANGUAGE else alone):
        kept = old.get(message)
        # A catalogue finds a counted sentence by its first form: the second may differ.
        string = kept.string if kept is not None and kept.id == message else None
        if string is None and language == SOURCE_LANGUAGE:
            string = message
        new.add(message, string or "")
    return new


def faults(catalogue: Catalog, language: str) -> list[str]:
    """What the site would not show of a catalogue, and why: a line for each translation."""
    if not is_rule_of(language, catalogue.num_plurals, catalogue.plural_expr):
        return ["its plural forms are not those of the language"]
    translated = (message for message in catalogue if message.id and message.string and not message.fuzzy)
    entries = [
        Entry(message.id, None, (str(message.string),))
        if isinstance(message.id, str)
        else Entry(message.id[0], message.id[1], tuple(message.string or ()))
        for message in translated
    ]
    # A counted message that nobody translated yet has its forms, all of them empty.
    said = (entry for entry in entries if any(entry.forms))
    return [
        f"{refused.entry.source!r}: "
        + ", ".join(f"{'lacks' if each.missing else each.kind} {each.detail!r}" for each in refused.problems)
        for refused in checked(said, language).refused
    ]


def text_of(catalogue: Catalog, head: str) -> str:
    """A catalogue as its file holds it: the head as it stands, then the messages sorted, without places."""
    body = io.BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, sort_output=True, no_location=True)
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def main() -> int:
    """Write the catalogues, or say which ones are behind."""
    parser = argparse.ArgumentParser(description="Bring the translation catalogues to what the code says.")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where a file is behind")
    check = parser.parse_args().check
    said = sentences()
    behind, refused = [], False
    for path in sorted((ROOT / "translations").glob("*/messages.po")):
        before = path.read_text(encoding="utf-8")
        language = path.parent.name
        old = read_po(io.BytesIO(before.encode()), locale=language)
        for line in faults(old, language):
            refused = True
            print(f"{path.relative_to(ROOT)}: {line}")
        after = text_of(updated(old, said, language), head=before.partition("\n\n")[0])
        if after != before:
            behind.append(str(path.relative_to(ROOT)))
            if not check:
                path.write_text(after, encoding="utf-8")
    if behind:
        print("Behind the code:" if check else "Updated:", *behind)
    return int(refused or (check and bool(behind)))


if __name__ == "__main__":
    sys.exit(main())
