"""Receipts and the site's secret: how one is made from a form, what is kept in its place, and where it leads.

Each feature that gives receipts registers how it shows what one of them leads to: whoever types a receipt need not know
where they took part.
"""

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

from flask import Flask

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.core.errors import DomainError
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.registry import Registry
from cdv_civic.participation.rules.receipts import BadReceipt, read_receipt, receipt_from

Found = TypeVar("Found")
#: The page of what a receipt (as `read_receipt` gives it) leads to; None where it is none of the feature's.
PageOfReceipt: TypeAlias = Callable[[str], str | None]

# What they were called when words alone had receipts: other names would void all that people hold.
_HASH: Final = "voice receipt"
_CODE: Final = "voice code"
_PAGES: Final = Registry[PageOfReceipt]("pages_of_receipts")


def receipt_hash(code: str) -> str:
    """What is kept in place of a receipt (as `read_receipt` gives it)."""
    return keyed_hash(_HASH, code)


def receipt_for(raw_key: str) -> str:
    """The receipt of a form by its own key: sent twice, it gives the same one."""
    return receipt_from(bytes.fromhex(keyed_hash(_CODE, raw_key)))


def register_page(app: Flask, feature: str, page: PageOfReceipt) -> None:
    """Declare how a feature shows what its receipts lead to; raises `RegisteredTwice`."""
    _PAGES.add(app, feature, page)


def page_of(code: str) -> str | None:
    """The page that a receipt leads to, whatever feature gave it; what each feature says until one has it."""
    pages = (page(code) for page in _PAGES.entries().values())
    return next((page for page in pages if page is not None), None)


def asked_for(typed: str, look: Callable[[str], Found | None]) -> tuple[Found, str]:
    """What `look` finds by a receipt as people type it, and the receipt.

    A guess that finds nothing counts against whoever guesses. Raises `TryLater`, and `DomainError` with the field
    `receipt`.
    """
    try:
        code = read_receipt(typed)
    except BadReceipt:
        raise DomainError(
            _l("Une lettre ou un chiffre de ce code ne va pas, ou manque. Relisez-le."), field="receipt"
        ) from None
    with limits.unhurried(AttemptKind.RECEIPT):
        found = look(code)
    if found is None:
        limits.note_failure(AttemptKind.RECEIPT)
        raise DomainError(
            _l("Nous ne trouvons pas ce reçu. Relisez le code, lettre par lettre."), field="receipt"
        )
    return found, code
