"""How codes wait to be printed: sealed for the one browser that prints them, by whoever makes them.

The browser alone holds a private key (X25519); the database holds its public half, with which codes can be sealed and
never opened. So the process that makes cards, minutes later perhaps, needs no secret, and whoever reads the database
and KEYS_DIR reads no code. Each piece has a key of its own, agreed between the browser's and one that is thrown away.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class NotOpened(Exception):
    """The key opens nothing of this."""


def new_keys(form: str | None = None) -> tuple[str, str]:
    """A private key, for the browser, and its public half. Of the same form (its idempotency key, which only the
    browser keeps) always the same: whichever of two equal answers the browser gets opens the sheet.
    """
    private = (
        X25519PrivateKey.generate() if form is None else X25519PrivateKey.from_private_bytes(_derived(form))
    )
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def seal(codes: Sequence[str], public: str, batch_id: int) -> str:
    """A piece of a batch, as one line; only the private half of `public` opens it."""
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(urlsafe_b64decode(public)))
    sealed = _cipher(shared, batch_id).encrypt(json.dumps(codes).encode())
    return f"{_text(once.public_key().public_bytes_raw())} {sealed.decode()}\n"


def unseal(sealed: str, private: str, batch_id: int) -> list[str]:
    """The codes of all pieces of a batch, in order. Raises `NotOpened`."""
    codes: list[str] = []
    try:
        key = X25519PrivateKey.from_private_bytes(urlsafe_b64decode(private))
        for line in sealed.splitlines():
            once, _space, token = line.partition(" ")
            shared = key.exchange(X25519PublicKey.from_public_bytes(urlsafe_b64decode(once)))
            codes += json.loads(_cipher(shared, batch_id).decrypt(token.encode()))
    except (InvalidToken, ValueError):
        raise NotOpened from None
    return codes


def _derived(form: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"key of the sheet of a form").derive(form.encode())


def _cipher(shared: bytes, batch_id: int) -> Fernet:
    about = f"sheet of the batch of cards {batch_id}".encode()
    return Fernet(urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=about).derive(shared)))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()
