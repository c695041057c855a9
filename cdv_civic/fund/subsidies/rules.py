"""A subsidy as a row of the SCDL schema « subventions » 2.1.1: its columns, and why a row cannot be published. Pure.

The facts of the schema (names, order, types, patterns, values) are those of schema.data.gouv.fr/scdl/subventions,
version 2.1.1; its words are its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

SCHEMA_VERSION: Final = "2.1.1"
SCHEMA_HOME: Final = "https://schema.data.gouv.fr/scdl/subventions/2.1.1/"
MONEY: Final = "aide en numéraire"
AT_ONCE: Final = "unique"
LONGEST_OBJECT: Final = 256
_SIRET: Final = r"^\d{14}$"
_RNA: Final = r"^W\d{9}$"
_PERIOD: Final = r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$"


@dataclass(frozen=True)
class SubsidyColumn:
    """One column of the schema, as Table Schema describes it."""

    name: str
    kind: str = "string"
    constraints: Mapping[str, Any] | None = None
    more: Mapping[str, Any] | None = None

    @property
    def field(self) -> dict[str, Any]:
        """The field of a Table Schema."""
        return {
            "name": self.name,
            "type": self.kind,
            **(self.more or {}),
            "constraints": dict(self.constraints or {}),
        }


def _must(**more: Any) -> dict[str, Any]:
    return {"required": True, **more}


#: In the order of the schema.
COLUMNS: Final = (
    SubsidyColumn("nomAttribuant", constraints=_must()),
    SubsidyColumn("idAttribuant", constraints=_must(pattern=_SIRET)),
    SubsidyColumn("dateConvention", "date", _must(), {"format": "%Y-%m-%d"}),
    SubsidyColumn("referenceDecision", constraints={"required": False}),
    SubsidyColumn("nomBeneficiaire", constraints=_must()),
    # Required of money by the words of the schema; a subsidy in kind may do without.
    SubsidyColumn("idBeneficiaire", constraints={"required": False, "pattern": _SIRET}),
    SubsidyColumn("rnaBeneficiaire", constraints={"required": False, "pattern": _RNA}),
    SubsidyColumn("objet", constraints=_must(maxLength=LONGEST_OBJECT)),
    SubsidyColumn("montant", "number", _must(), {"decimalChar": "."}),
    SubsidyColumn(
        "nature",
        constraints=_must(
            enum=[
                MONEY,
                "aide en nature",
                "aide en numéraire;aide en nature",
                "aide en nature;aide en numéraire",
            ]
        ),
    ),
    SubsidyColumn("conditionsVersement", constraints=_must(maxLength=256)),
    SubsidyColumn("datesPeriodeVersement", constraints=_must(pattern=_PERIOD)),
    SubsidyColumn("idRAE", constraints={"required": False, "maxLength": 5}),
    SubsidyColumn("notificationUE", "boolean", _must(), {"trueValues": ["oui"], "falseValues": ["non"]}),
    SubsidyColumn("pourcentageSubvention", "number", _must(minimum=0.01, maximum=1), {"decimalChar": "."}),
    SubsidyColumn("dispositifAide", constraints={"required": False}),
)


class SubsidyFault(StrEnum):
    """Why a subsidy cannot be published."""

    NO_PAYER = "no-payer"  #: the fund does not say who pays
    NO_PAYER_SIRET = "no-payer-siret"
    NO_NAME = "no-name"  #: of who received it
    NO_SIRET = "no-siret"  #: money goes to a SIRET
    BAD_RNA = "bad-rna"


@dataclass(frozen=True)
class Subsidy:
    """What a legal person was paid for a project."""

    project_id: int
    payer: str
    payer_siret: str | None
    decided_on: date  #: the letter that told it
    reference: str
    name: str
    siret: str | None
    rna: str | None
    title: str
    summary: str
    cents: int  #: what was granted and did not go back
    paid_on: date


def subsidy_faults(subsidy: Subsidy) -> frozenset[SubsidyFault]:
    """All that keeps a subsidy from being a row of the schema."""
    return frozenset(_faults(subsidy))


def _faults(subsidy: Subsidy) -> Iterator[SubsidyFault]:
    if not subsidy.payer.strip():
        yield SubsidyFault.NO_PAYER
    if re.fullmatch(_SIRET, subsidy.payer_siret or "") is None:
        yield SubsidyFault.NO_PAYER_SIRET
    if not subsidy.name.strip():
        yield SubsidyFault.NO_NAME
    if re.fullmatch(_SIRET, subsidy.siret or "") is None:
        yield SubsidyFault.NO_SIRET
    if subsidy.rna and re.fullmatch(_RNA, subsidy.rna) is None:
        yield SubsidyFault.BAD_RNA


def row_of(subsidy: Subsidy) -> dict[str, Any]:
    """A subsidy without a fault as a row: text as text, amounts as numbers, and no for False."""
    return {
        "nomAttribuant": _one_line(subsidy.payer),
        "idAttribuant": subsidy.payer_siret or "",
        "dateConvention": subsidy.decided_on.isoformat(),
        "referenceDecision": _one_line(subsidy.reference),
        "nomBeneficiaire": _one_line(subsidy.name),
        "idBeneficiaire": subsidy.siret or "",
        "rnaBeneficiaire": subsidy.rna or "",
        "objet": _object(subsidy),
        "montant": Decimal(subsidy.cents).scaleb(-2),
        "nature": MONEY,
        "conditionsVersement": AT_ONCE,
        "datesPeriodeVersement": subsidy.paid_on.isoformat(),
        # Of aid to companies.
        "idRAE": "",
        "notificationUE": False,
        # All of it went to one.
        "pourcentageSubvention": Decimal("1.00"),
        # A number of another register, which funds of this kind have none in.
        "dispositifAide": "",
    }


def _object(subsidy: Subsidy) -> str:
    whole = _one_line(f"{subsidy.title.strip().rstrip('.')}. {subsidy.summary}")
    return whole if len(whole) <= LONGEST_OBJECT else f"{whole[: LONGEST_OBJECT - 1]}…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
