"""Passwords: argon2id, and the rules that a new one keeps."""

import re
import unicodedata
from contextlib import nullcontext
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, has_app_context

from cdv_civic.core.concurrency import ConcurrencyLimit
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_folding import fold

SHORTEST: Final = 12
#: Beyond this nobody types a password; it bounds the work that one request can ask for.
LONGEST: Final = 256

#: RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes.
CAREFUL: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
#: For tests alone: the same kind of hash, with as little work as the library allows.
QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

#: Strangers may try passwords as often as they like: one is looked at in each process, with all its lanes, and two more
#: wait. The other threads answer pages.
_limit: Final = ConcurrencyLimit(at_once=1, waiting=2, timeout=5)


class WeakPassword(DomainError):
    """A new password that does not keep the rules."""


_NO_DIGITS: Final = str.maketrans("", "", "0123456789")


def _hasher() -> PasswordHasher:
    return QUICK if current_app.testing else CAREFUL


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))


def _bare(password: str) -> str:
    """A password as a guesser sees it: without case, accents, spaces, marks."""
    return fold(password).replace(" ", "")


#: Rows of keyboards, the alphabet, the digits: what fingers follow.
_ROWS: Final = (
    *("01234567890", "abcdefghijklmnopqrstuvwxyz"),
    *("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop"),
)
_NEIGHBOURS: Final = frozenset(
    pair for row in _ROWS for one, two in pairwise(row) for pair in ((one, two), (two, one))
)
#: How much of a password may follow such a row, or repeat a character.
_MOST_NEIGHBOURS: Final = 0.75
_REPEATED: Final = re.compile(r"(.{1,8})\1{2,}.{0,7}")


def _is_predictable(bare: str) -> bool:
    """Whether a password follows a row of the keyboard, or says the same thing again and again."""
    pairs = list(pairwise(bare))
    followed = sum(pair in _NEIGHBOURS or pair[0] == pair[1] for pair in pairs)
    return _REPEATED.fullmatch(bare) is not None or (
        len(pairs) > 1 and followed > _MOST_NEIGHBOURS * len(pairs)
    )


def _is_common(bare: str) -> bool:
    """Whether a password is one or two of the words that guessers begin with, digits anywhere among them."""
    known = _common() | _of_this_site()
    letters = bare.translate(_NO_DIGITS)
    return (
        bare in known
        or letters in known
        or any(letters[:cut] in known and letters[cut:] in known for cut in range(1, len(letters)))
    )


def _of_this_site() -> frozenset[str]:
    """The name that the city gave the site, and where it stands."""
    if not has_app_context():
        return frozenset()
    settings = current_settings()
    names = {_bare(settings.site_name), _bare(urlsplit(settings.base_url).hostname or "")}
    return frozenset(names - {""})


def check_new_password(password: str, *, email: str = "") -> None:
    """Raise `WeakPassword`, with what to do, unless `password` may be set."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            _l(
                "Ce mot de passe est trop court. Choisissez au moins 12 lettres ou chiffres : une "
                "phrase de quatre mots convient bien."
            ),
            field="password",
        )
    if len(password) > LONGEST:
        raise WeakPassword(
            _l("Ce mot de passe est trop long. Choisissez au plus 256 caractères."), field="password"
        )
    bare = _bare(password)
    if (
        len(set(password)) < 5
        or _is_predictable(bare)
        or _is_common(bare)
        or (email and bare in (_bare(email), _bare(email.partition("@")[0])))
    ):
        raise WeakPassword(
            _l(
                "Ce mot de passe est trop facile à deviner. "
                "Choisissez une phrase que vous seule ou vous seul connaissez."
            ),
            field="password",
        )


def hash_password(password: str) -> str:
    """The argon2id hash to keep: of the password in NFKC, for keyboards write « é » as one character or as two."""
    return _hasher().hash(unicodedata.normalize("NFKC", password))


def _spellings(password: str) -> tuple[str, ...]:
    """How a password may have been hashed: in NFKC, and as some keyboard wrote it before that was so."""
    forms = (unicodedata.normalize("NFKC", password), password, unicodedata.normalize("NFD", password))
    return tuple(dict.fromkeys(forms))


def matches(password_hash: str | None, password: str, *, may_wait: bool = True) -> bool:
    """Whether `password` is the one of `password_hash`; as long a work where there is no hash.

    One with accents costs up to three times as much, whatever the account.
    Raises `core.concurrency.TooManyAtOnce` where too many are being tried; at once for whoever may not wait.
    """
    # The work is bounded; what is beyond the longest password is nobody's, whatever it begins with.
    known = bool(password_hash) and len(password) <= LONGEST
    # The quick hash of tests costs nothing, and they try fifty at once.
    with nullcontext() if current_app.testing else _limit.slot(may_wait=may_wait):
        return any(_verified(password_hash, each) for each in _spellings(password[:LONGEST])) and known


def _verified(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher().verify(password_hash or dummy_hash(current_app.testing), password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with less work than today's."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def dummy_hash(_testing: bool) -> str:
    """What is compared where there is no account, so that it takes as long."""
    return hash_password("nobody has this password")
