"""Funds as they were met, as data to begin with: what a contract says of each, and no more.

What its source leaves open stays undefined, and is asked for before a round opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cdv_civic.fund.rules.fund_rules import (
    AmountLimit,
    CarrierKind,
    ChoiceMode,
    FundRules,
    JuryRules,
    PersonRules,
)

#: What the count of a vote begins with: equal shares, completed as suits a small envelope.
RECOMMENDED_COUNTING: Final[Mapping[str, Any]] = {
    "rule": "equal-shares",
    "utility": "cost",
    "completion": "add1+most-votes",
    "ties": ["cost", "votes", "order", "code"],
}


class FundKind(StrEnum):
    """Where a fund's rules were met."""

    FPCC = "fpcc"  #: the State's money inside its yearly call (Essonne)
    MIXED_JURY = (
        "mixed-jury"  #: a commission of State, agglomération, communes and conseil citoyen (Grand Paris Sud)
    )
    SMALL_GRANTS = "small-grants"  #: a committee of residents and partners, small amounts all year
    PARTICIPATORY_BUDGET = "participatory-budget"  #: several envelopes, residents vote (Villejuif)
    PERSONAL_GRANT = "personal-grant"  #: a bourse for one young person, against a counterpart
    LANDLORD = "landlord"  #: a landlord's yearly call, on the tax abatement's axis « animation »


class EnvelopeScope(StrEnum):
    """What an envelope is for."""

    WHOLE = "whole"
    QUARTIER = "quartier"
    YOUTH = "youth"


@dataclass(frozen=True)
class FundTemplate:
    """What a new fund begins with."""

    rules: FundRules
    envelopes: tuple[EnvelopeScope, ...] = (EnvelopeScope.WHOLE,)


TEMPLATES: Final[Mapping[FundKind, FundTemplate]] = {
    FundKind.FPCC: FundTemplate(
        FundRules(
            carriers=frozenset({CarrierKind.ASSOCIATION, CarrierKind.SCHOOL}),
            largest=AmountLimit(2000_00, strict=True),
            purposes=("conviviality", "awareness", "solidarity"),
            objective_asked=True,
            outside_programme=True,
            opinion_asked=True,
            choice=ChoiceMode.JURY,
        )
    ),
    FundKind.MIXED_JURY: FundTemplate(FundRules(choice=ChoiceMode.JURY)),
    FundKind.SMALL_GRANTS: FundTemplate(
        FundRules(
            largest=AmountLimit(760_00),
            whole_cost=False,
            transports_a_year=1,
            deposit_days=30,
            choice=ChoiceMode.JURY,
            jury=JuryRules(members=12, residents=6, meetings_a_year=4, carriers_heard=True),
        )
    ),
    FundKind.PARTICIPATORY_BUDGET: FundTemplate(
        FundRules(choice=ChoiceMode.VOTE, counting=RECOMMENDED_COUNTING),
        (EnvelopeScope.QUARTIER, EnvelopeScope.WHOLE, EnvelopeScope.YOUTH),
    ),
    FundKind.PERSONAL_GRANT: FundTemplate(
        FundRules(choice=ChoiceMode.JURY, person=PersonRules(16, 25, "")), (EnvelopeScope.YOUTH,)
    ),
    FundKind.LANDLORD: FundTemplate(
        FundRules(
            carriers=frozenset({CarrierKind.RESIDENTS, CarrierKind.ASSOCIATION, CarrierKind.COUNCIL}),
            choice=ChoiceMode.JURY,
        ),
        (EnvelopeScope.QUARTIER,),
    ),
}
