"""E-mail addresses: one plain form for one mailbox, so that nobody holds two accounts that look the same."""

import re
from typing import Final

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


def fold_email(typed: str) -> str:
    """The form under which an address is kept and looked for: as typed or pasted, without case; raises `BadEmail`."""
    folded = pasted_text.contact(typed).casefold()
    if len(folded) > LONGEST or not _ADDRESS.fullmatch(folded):
        raise BadEmail(
            _l(
                "Cette adresse e-mail n’est pas complète ou contient un signe inattendu. "
                "Écrivez-la sans espace ni accent, comme prenom.nom@ville.fr."
            ),
            field="email",
        )
    return folded
