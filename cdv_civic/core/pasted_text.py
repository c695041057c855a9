"""What people paste into a field of one line, made plain: one cleaner for addresses, numbers, codes and secrets.

Programs that people copy from add what nobody sees (marks of direction, zero-width spaces), put no-break spaces and
dashes of their own, quotes around it, `mailto:` or `tel:` in front. Text that people write to be read is not cleaned
here: `free_text` takes away control characters alone.
"""

import re
import unicodedata
from typing import Final

#: Nobody pastes an address or a code that is longer: it stays as it is, and no reader takes it.
LONGEST_PASTED: Final = 1000
#: Control, format, surrogate and private-use characters.
_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
#: Unseen characters of other categories: fillers, joiners, variation selectors.
UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
#: Dashes that Unicode does not call punctuation.
_OTHER_DASHES: Final = frozenset("\u2212\u2043\u02d7")
_QUOTES: Final = (
    ('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("‘", "’"), ("’", "’"), ("«", "»"), ("‹", "›"), ("<", ">"),
)  # fmt: skip
_SCHEME: Final = re.compile(r"^(?:mailto|tel|sms): *", re.IGNORECASE)
#: « Jean <jean@ville.fr> »: what mail programs copy. The name holds no address of its own.
_NAMED: Final = re.compile(r"[^<>@]*<([^<>]*)>")
_MAILTO: Final = re.compile(r"^mailto: *([^?]*)", re.IGNORECASE)
#: « E-mail : jean@ville.fr (bureau) »: a word before an address, one in brackets after it.
_ADDRESS_IN_WORDS: Final = re.compile(r"(?:[^:@<>]{1,40}: *)?([^:@()<> ]+ ?@ ?[^:@()<> ]+)(?: *\([^()@]*\))?")
#: What ends a sentence that holds an address.
_ENDS: Final = ".,;:!?)"
_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
#: « Tél. : 06 12 34 56 78 (portable) »: a word before a number, one in brackets after it.
_NUMBER_IN_WORDS: Final = re.compile(r"[^\d+(]{0,20}([+(]?\d[\d ().\-/]*?)(?: *\([^()\d]*\))?[ .]*")
#: Bullets of the fonts Symbol and Wingdings as Word pastes them; the mark of byte order.
_WORD_SIGNS: Final = dict.fromkeys((61623, 61607, 61558, 61656, 61692), "•") | {0xFEFF: None}
_BETWEEN_DIGITS: Final = str.maketrans(dict.fromkeys("·•,;_", " "))
#: « Code : 123456 »: words before a code, up to a colon.
_LABEL: Final = re.compile(r"^[^:\d]{1,40}: *")
#: What people put between the groups of a code, besides spaces; quotes go wherever they are.
_BETWEEN_GROUPS: Final = frozenset(" -_./·•:,;") | {quote for pair in _QUOTES for quote in pair}


def plain_character(character: str) -> str:
    """Any space as a plain one, any dash as a hyphen, nothing for what is not seen; `UNSEEN` is looked for besides."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _UNSEEN_CATEGORIES:
        return ""
    return "-" if category == "Pd" or character in _OTHER_DASHES else character


def _plain(text: str) -> str:
    return "".join(map(plain_character, UNSEEN.sub("", text)))


def one_line(typed: str) -> str:
    """`typed` in NFKC, without unseen characters; each space a plain one, each dash a hyphen, no space around it."""
    if len(typed) > LONGEST_PASTED:
        return typed
    # Twice: unseen characters keep letters from being composed, and composing makes spaces and fillers.
    plain = _plain(unicodedata.normalize("NFKC", _plain(typed)))
    return unicodedata.normalize("NFKC", plain).strip(" ")


def _without_quotes(text: str) -> str:
    for opening, closing in _QUOTES:
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            return text[len(opening) : -len(closing)].strip(" ")
    return text


def unquoted(typed: str) -> str:
    """One line, without quotes or angle brackets around it."""
    found = one_line(typed)
    while (plain := _without_quotes(found)) != found:
        found = plain
    return found


def contact(typed: str) -> str:
    """An e-mail address or a telephone number: one line, without quotes around it or `mailto:`, `tel:` before it."""
    found = one_line(typed)
    while (plain := _SCHEME.sub("", _without_quotes(found))) != found:
        found = plain
    return found


def email(typed: str) -> str:
    """An e-mail address, without the name, the `mailto:`, the full stop or the spaces that were copied with it."""
    found = one_line(typed)
    if len(found) > LONGEST_PASTED:
        return found
    # First: two kinds of apostrophe can be a pair of quotes once they are one.
    found = found.translate(_APOSTROPHES)
    while True:
        link = _MAILTO.match(found)
        named = None if link else _NAMED.fullmatch(found) or _ADDRESS_IN_WORDS.fullmatch(found)
        inner = link[1] if link else named[1] if named else found
        plain = _without_quotes(inner.strip(" ").lstrip("(").rstrip(_ENDS).strip(" "))
        if plain == found:
            break
        found = plain
    local, at, domain = found.rpartition("@")
    return f"{local.strip(' ')}{at}{domain.strip(' ')}"


def phone(typed: str) -> str:
    """A telephone number: digits of any script as 0 to 9, spaces between groups, no word before or after it."""
    found = "".join(map(_digit, contact(typed))).translate(_BETWEEN_DIGITS).strip(" ")
    if len(found) > LONGEST_PASTED:
        return found
    number = _NUMBER_IN_WORDS.fullmatch(found)
    return number[1].strip(" .-/(") if number else found


def code(typed: str) -> str:
    """A code: one line without quotes, spaces and what else stands between groups; digits of any script as 0 to 9.

    Words before it go, where a colon parts them from it: « Code : 123456 ».
    """
    line = one_line(typed)
    if len(line) > LONGEST_PASTED:
        return line
    line = _LABEL.sub("", line)
    kept = "".join(_digit(character) for character in line if character not in _BETWEEN_GROUPS)
    # Again: a mark that stood alone now stands behind a letter.
    return unicodedata.normalize("NFKC", kept)


def digits(typed: str, length: int) -> str | None:
    """A code of so many digits, also out of a whole message that holds one such code; None where it is not there."""
    plain = code(typed)
    if len(plain) == length and plain.isascii() and plain.isdigit():
        return plain
    if len(plain) > LONGEST_PASTED:
        return None
    line = "".join(map(_digit, one_line(typed)))
    found = {re.sub(r"\D", "", each) for each in re.findall(r"(?<![\d+⁄/])\d(?:[ -]?\d)*", line)}
    codes = [each for each in found if len(each) == length]
    return codes[0] if len(codes) == 1 else None


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


def free_text(typed: str) -> str:
    """What people write to be read: as typed, but control characters, halves of letters and space around it.

    The bullets of Word, which stand in a private range, become bullets; a mark of byte order goes wherever it is.
    """
    told = typed.replace("\r\n", "\n").replace("\r", "\n").translate(_WORD_SIGNS)
    return "".join(
        character
        for character in told
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co")
    ).strip()
