"""Receipts and the site's secret: how one is made from a form, and what is kept in its place."""

from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.voices import rules


def receipt_hash(code: str) -> str:
    """What is kept in place of a receipt (as `rules.read_receipt` gives it)."""
    return keyed_hash("voice receipt", code)


def receipt_for(raw_key: str) -> str:
    """The receipt of a form by its own name: sent twice, it gives the same one."""
    return rules.receipt_from(bytes.fromhex(keyed_hash("voice code", raw_key)))
