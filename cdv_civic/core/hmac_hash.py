"""What is kept in place of a value that could be guessed: an address, a telephone number, a code of six digits.

A plain hash of such a value gives it away to whoever tries them all; this one needs SECRET_KEY too.
"""

import hashlib
import hmac

from cdv_civic.core.settings import current_settings


def keyed_hash(purpose: str, *parts: str) -> str:
    """A hash under SECRET_KEY; the same parts for two purposes have two hashes that nobody can join."""
    secret = current_settings().secret_key.encode()
    # Each part says its length: ("ab", "c") and ("a", "bc") are two things.
    said = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()
