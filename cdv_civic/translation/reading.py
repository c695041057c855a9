"""Files of translations (gettext's PO format): read from strangers, and written."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileParser, write_po

from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.i18n.plurals import is_rule_of, plural_locale, plural_rule
from cdv_civic.translation.rules import MOST_BYTES, MOST_ENTRIES

#: Of each translation, whatever the language says of itself.
_HEADER: Final = """\
# Interface of cdv_civic in {language}. Source strings are French.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


_PLURAL_FORMS: Final = re.compile(r"nplurals\s*=\s*(\d{1,2})\s*;\s*plural\s*=([^;]{1,1000});?\s*")


class BadFile(ValueError):
    """Not a file of translations that can be read; the words are for whoever runs the command."""


class _Received(Catalog):
    """Takes the messages of a file as they come, and nothing of its header, which may ask for a billion plurals."""

    def __init__(self, locale: Locale) -> None:
        super().__init__(locale=locale)
        self.received: list[Message] = []
        self.headers: dict[str, str] = {}

    def __setitem__(self, id: Any, message: Message) -> None:  # noqa: A002  (as Babel names it)
        if id:
            if len(self.received) == MOST_ENTRIES:
                raise BadFile(f"more than {MOST_ENTRIES} messages")
            self.received.append(message)
        else:
            for line in str(message.string).splitlines():
                name, _colon, value = line.partition(":")
                self.headers[name.strip().lower()] = value.strip()


def read_translations(content: bytes, language: str) -> tuple[Entry, ...]:
    """The translations of a file, unchecked, without those that are marked as uncertain (« fuzzy »).

    Raises `BadFile` where it is too large, cannot be read, or says that it is in another language.
    """
    if len(content) > MOST_BYTES:
        raise BadFile(f"more than {MOST_BYTES} bytes")
    received = _Received(plural_locale(language))
    try:
        text = _without_obsolete(content.decode("utf-8-sig"))
        PoFileParser(received, abort_invalid=True).parse(io.StringIO(text, newline="\n"))
    except BadFile:
        raise
    except Exception as error:  # the parser knows many ways to fail, and a file that fails is bad
        raise BadFile(f"not a PO file in UTF-8 ({type(error).__name__}: {error!s:.200})") from error
    said = received.headers.get("language")
    if said and not _is_language(said, language):
        raise BadFile(f"it says that it is in {said[:40]!r}, not in {language!r}")
    plurals = received.headers.get("plural-forms")
    if plurals and not _are_plurals_of(plurals, language):
        raise BadFile(f"its plural forms are not {plural_rule(language).header!r}")
    return tuple(_entries(received.received))


def _without_obsolete(text: str) -> str:
    """A file without the messages that are gone (`#~`) and the comments above them; lines end with LF.

    Babel stumbles over what they were before (`#~|`) and over plural forms of another time.
    """
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.startswith("#~"):
            kept.append(line)
            continue
        while kept and kept[-1].startswith("#"):
            kept.pop()
    return "\n".join(kept)


def _is_language(said: str, language: str) -> bool:
    """Whether a header names the language, maybe as one country writes it: `en_GB` is English."""
    if said.replace("_", "-").lower() == language.lower():
        return True
    if "@" in said:  # in other letters, most often
        return False
    try:
        named, known = Locale.parse(said.replace("-", "_")), Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return (named.language, named.script) == (known.language, known.script) and (
        known.territory in (None, named.territory)
    )


def _are_plurals_of(header: str, language: str) -> bool:
    found = _PLURAL_FORMS.fullmatch(header)
    return found is not None and is_rule_of(language, int(found[1]), found[2])


def _entries(messages: Iterable[Message]) -> Iterator[Entry]:
    for message in messages:
        if message.fuzzy:
            continue
        if message.context is not None or not (isinstance(message.id, str) or len(message.id) == 2):
            raise BadFile(f"a message with a context, or with more than one plural: {message.id!r:.80}")
        if isinstance(message.id, str):
            yield Entry(message.id, None, (str(message.string),))
        else:
            yield Entry(message.id[0], message.id[1], tuple(message.string or ()))


def text_of(shown: Mapping[str, Entry], said: Mapping[str, str | None], language: str) -> str:
    """A file of all that the program says, translated where `shown` has a translation; sorted."""
    catalogue = Catalog(locale=plural_locale(language))
    for source, plural in said.items():
        entry = shown.get(source)
        if plural is None:
            catalogue.add(source, entry.forms[0] if entry else "")
        else:
            catalogue.add((source, plural), entry.forms if entry else ("",) * catalogue.num_plurals)
    body = io.BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, sort_output=True, no_location=True)
    header = _HEADER.format(language=language, plural_forms=plural_rule(language).header)
    return header + body.getvalue().decode()
