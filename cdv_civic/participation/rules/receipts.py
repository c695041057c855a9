"""Receipts: a code that whoever took part keeps, and by which they find it again without an account."""

from collections.abc import Callable
from typing import Final

from cdv_civic.core import pasted_text

#: No two characters that look or sound alike (0 O, 1 I L, 2 Z, 5 S, 8 B, G 6, Q, U V…): 23, a prime.
ALPHABET: Final = "23456789ACEFHJKMNPRTVXY"
_LENGTH: Final = 9
RECEIPT_LENGTH: Final = _LENGTH + 1


class BadReceipt(ValueError):
    """What was typed cannot be a receipt: it says so without a look into the database."""


def _check_character(body: str) -> str:
    """A weighted sum over a prime: every single wrong character and every pair swapped changes it."""
    return ALPHABET[sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, 2)) % len(ALPHABET)]


def make_receipt(draw: Callable[[int], int]) -> str:
    """A receipt of 9 characters (41 bits) and a check character; `draw(n)` gives a number below n."""
    body = "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(_LENGTH))
    return body + _check_character(body)


def receipt_from(digest: bytes) -> str:
    """The receipt that 32 bytes give: the same bytes, the same receipt."""
    number = int.from_bytes(digest, "big")

    def draw(size: int) -> int:
        nonlocal number
        number, drawn = divmod(number, size)
        return drawn

    return make_receipt(draw)


def read_receipt(typed: str) -> str:
    """A receipt as people type it (spaces, dashes, small letters); raises `BadReceipt`."""
    code = pasted_text.code(typed).upper()
    if len(code) != RECEIPT_LENGTH or not set(code) <= set(ALPHABET):
        raise BadReceipt
    if _check_character(code[:-1]) != code[-1]:
        raise BadReceipt
    return code


def written(code: str) -> str:
    """A receipt in two groups, as it is printed."""
    return f"{code[:5]}-{code[5:]}"
