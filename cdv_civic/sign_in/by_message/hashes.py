"""What is kept of links, codes and the addresses they went to, in place of them."""

from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import hashed
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.sign_in.by_message.rules import DIGITS


def code_of(token: str) -> str:
    """The code that goes with a link: whoever holds the link may read it, nobody can go the other way."""
    return f"{int(keyed_hash('code of a link', token), 16) % 10**DIGITS:0{DIGITS}d}"


def code_hash(ref: str, code: str) -> str:
    """What a row keeps of its code."""
    return keyed_hash("sign-in code", ref, code)


def address_hash(way: Way, address: str) -> str:
    """What a row keeps of an address for good."""
    return keyed_hash("sign-in address", way.value, address)


def bound_to(account_id: int) -> str:
    """In place of a browser: such a code is good in this account alone, and never to come in by."""
    return hashed(f"added to account {account_id}")
