"""E-mail addresses: one plain form for one mailbox, so that nobody holds two accounts that look the same."""

import re
import unicodedata
from typing import Final

import idna

from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

LONGEST: Final = 254
#: What mail servers in use accept, less what nobody types on purpose; letters of other alphabets can be
#: drawn like ours, so an address holds none. Nor does it hold the start of an encoded word (RFC 2047, 5): programs
#: that write and read mails decode it, and see another address than the server was given.
_ADDRESS: Final = re.compile(
    r"(?![^@]*=\?)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


class BadEmail(DomainError):
    """Not an e-mail address that can be kept."""


def _is_latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")


def _ascii_domain(domain: str) -> str:
    """A domain in ASCII; as it is where it has no such form, for `fold_email` to refuse.

    Letters of other alphabets stay what they are: some are drawn like ours.
    """
    if domain.isascii() or len(domain) > LONGEST or not all(map(_is_latin, domain)):
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def fold_email(typed: str) -> str:
    """The form under which an address is kept and looked for: as typed or pasted, without case; raises `BadEmail`.

    A domain with accents is kept as servers ask for it (RFC 5891): « mairie-évry.fr » is "xn--mairie-vry-c7a.fr".
    """
    local, at, domain = pasted_text.email(typed).casefold().rpartition("@")
    folded = f"{local}{at}{_ascii_domain(domain)}"
    if len(folded) > LONGEST or not _ADDRESS.fullmatch(folded):
        raise BadEmail(
            _l(
                "Cette adresse e-mail n’est pas complète, ou contient un caractère en trop. "
                "Écrivez-la sans espace ni accent, comme prenom.nom@ville.fr."
            ),
            field="email",
        )
    return folded
