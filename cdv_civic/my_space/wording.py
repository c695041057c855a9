"""What is kept about a person, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.my_space.queries import PartRows


@dataclass(frozen=True)
class Said:
    """One thing that is kept: what it is, and its value in words; empty where nothing is."""

    label: Any
    value: Any
    #: It is as somebody typed it, in a language that we do not know.
    typed: bool


@dataclass(frozen=True)
class PartShown:
    """One part of « Mes données »."""

    key: str
    label: Any
    rows: tuple[tuple[Said, ...], ...]
    stays: Any


def in_words(kept: PartRows) -> PartShown:
    """One part of « Mes données », as the person reads it; what has no word is left to the export."""
    part = kept.part
    return PartShown(
        part.key,
        part.label,
        tuple(tuple(_said(part, name, row[name]) for name in part.words if name in row) for row in kept.rows),
        part.stays,
    )


def _said(part: PersonalPart, name: str, value: object) -> Said:
    codes = part.codes.get(name, _languages() if name == "language" else {})
    if isinstance(value, list | tuple | set | frozenset):
        texts = [_words(codes, each) for each in value]
        return Said(part.words[name], ", ".join(str(text) for text in texts), typed=not codes)
    typed = isinstance(value, str) and value not in codes
    return Said(part.words[name], _words(codes, value), typed)


def _languages() -> Mapping[str, Any]:
    return {each.tag: each.name for each in site_languages()}


def _words(codes: Mapping[str, Any], value: object) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Oui") if value else _("Non")
    if isinstance(value, date):
        return date_text(value, "long")
    return codes.get(str(value), str(value))
