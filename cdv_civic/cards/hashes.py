"""How the code of a card is kept: argon2id with a salt of the site, so that a card is found by its hash.

A salt for each card would need a second, fast hash to find the card by, and whoever stole the database and
SECRET_KEY would try codes against that one. With one salt for the site every try costs an argon2id. What salts
are for, tables made beforehand and equal secrets, does not arise: a code is 61 random bits, never chosen, never used
twice. The salt comes from SECRET_KEY: without it, a stolen database is of no use at all.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, NamedTuple

from argon2.low_level import Type, hash_secret_raw
from flask import current_app

from cdv_civic.core.concurrency import ConcurrencyLimit
from cdv_civic.core.settings import current_settings


class _Work(NamedTuple):
    passes: int
    kibibytes: int


#: OWASP's smallest recommendation: 19 MiB, 2 passes, 1 lane; a fifth of a password's work, for a secret that has
#: three times the bits of a good one. Changing it closes all cards.
_CAREFUL: Final = _Work(2, 19 * 1024)
#: For tests alone.
_QUICK: Final = _Work(1, 8)
#: Strangers may try codes as often as they like: one is looked at in each process, and two more wait.
_limit: Final = ConcurrencyLimit(at_once=1, waiting=2, timeout=5)


def _salt() -> bytes:
    secret = current_settings().secret_key.encode()
    return hmac.new(secret, b"the salt of personal cards", hashlib.sha256).digest()[:16]


def _hash(code: str, salt: bytes, work: _Work) -> str:
    return hash_secret_raw(
        code.encode("ascii"), salt, work.passes, work.kibibytes, parallelism=1, hash_len=32, type=Type.ID
    ).hex()


def hash_codes(codes: Sequence[str]) -> list[str]:
    """The hashes of many codes, in order; not within a transaction: it takes 10 to 20 ms a code.

    One after the other: whoever makes cards leaves the other cores to pages.
    """
    salt, work = _salt(), _QUICK if current_app.testing else _CAREFUL
    return [_hash(code, salt, work) for code in codes]


def hash_code(code: str, *, may_wait: bool = True) -> str:
    """What a card of this code is found by; not within a transaction.

    Raises `core.concurrency.TooManyAtOnce` where too many are being tried; at once for whoever may not wait.
    """
    if current_app.testing:
        return _hash(code, _salt(), _QUICK)
    with _limit.slot(may_wait=may_wait):
        return _hash(code, _salt(), _CAREFUL)
