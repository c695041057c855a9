"""What a form shows of some texts, as one number: whether somebody else wrote meanwhile."""

from collections.abc import Iterable
from hashlib import blake2b

from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class TextsChanged(Conflict):
    """Somebody else wrote in the same language since the form was opened, or the original changed."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Une autre personne a changé ces textes ou leur traduction pendant que vous écriviez. "
                "Vos mots sont encore là : relisez, puis enregistrez de nouveau."
            )
        )


def texts_version(shown: Iterable[tuple[object, ...]]) -> int:
    """One number for what a form shows of some texts: it changes as soon as any of it does. For `VersionForm`."""
    told = blake2b(digest_size=8)
    for each in sorted(map(repr, shown)):
        told.update(each.encode() + b"\0")
    return int.from_bytes(told.digest()) % 999_999_999 + 1


def check_texts_version(stored: Iterable[tuple[object, ...]], version: int | None) -> None:
    """Raise `TextsChanged` where a form showed something else than what is stored; None where there was no form."""
    if version is not None and texts_version(stored) != version:
        raise TextsChanged
