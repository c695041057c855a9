"""Secrets of authenticator apps: sealed with a key derived from SECRET_KEY.

Who reads the database alone makes no code from them. Where SECRET_KEY has changed they cannot be read any more;
recovery codes, which are hashed without it, still open accounts.
"""

import base64
import os
from typing import Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings

_NONCE_BYTES: Final = 12


class UnreadableSecret(DomainError):
    """Sealed by another SECRET_KEY, or not by us at all."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Le site ne sait plus lire les codes de votre téléphone. Prenez un code de secours, "
                "ou demandez à la personne qui gère le site chez vous."
            ),
            field="code",
        )


def _cipher() -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cdv_civic: second factor")
    return AESGCM(key.derive(current_settings().secret_key.encode()))


def seal(text: str, about: str) -> str:
    """`text` so that only this site reads it, and only as what it is about."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text.encode(), about.encode())).decode()


def unseal(sealed: str, about: str) -> str:
    """What was sealed; raises `UnreadableSecret`."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()).decode()
    except (ValueError, InvalidTag):
        raise UnreadableSecret from None


def new_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str, site: str) -> str:
    """What the QR code holds that the authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)
