"""Files of a project."""

from enum import StrEnum
from typing import Final


class ProjectFileKind(StrEnum):
    """What a file is, and so who sees it."""

    QUOTE = "quote"  #: a price asked for; the desk
    PROOF = "proof"  #: an invoice or a receipt of the review; the desk
    PHOTO = "photo"  #: of the review; everybody


#: Files of each kind that a project may have.
MOST_FILES: Final = 6
#: The place among photos of the one that came with the deposit, once it is hidden: those of a review begin at 1.
OF_THE_DEPOSIT: Final = 0
#: What everybody sees.
PUBLIC_FILES: Final = frozenset({ProjectFileKind.PHOTO})
