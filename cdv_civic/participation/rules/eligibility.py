"""Who may take part, from plain values. Roles of staff never give it: nothing here knows of any.

A requirement is data that a consultation, a vote or a register declares; `reasons_against` says all that stands
against somebody, so that a page can say it at once. Voting in somebody's place is refused whatever is required.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

from cdv_civic.participation.rules.channels import Channel, counted_as


class Proof(StrEnum):
    """How it is known that somebody belongs to a quartier."""

    DECLARED = "declared"
    #: They declared it, and have a telephone that answered.
    PHONE = "phone"
    #: A relais vouched for them.
    RELAIS = "relais"
    #: They came with a card that was handed over there.
    CARD = "card"


class ProofLevel(IntEnum):
    """How much a proof is worth; whoever has more has enough."""

    DECLARED = 1
    #: One person for each telephone, wherever they live.
    REACHED = 2
    #: Somebody of the quartier knows them.
    VOUCHED = 3


_WORTH: Final = {
    Proof.DECLARED: ProofLevel.DECLARED,
    Proof.PHONE: ProofLevel.REACHED,
    Proof.RELAIS: ProofLevel.VOUCHED,
    Proof.CARD: ProofLevel.VOUCHED,
}


class AgeBand(StrEnum):
    """An age as coarse as it is asked."""

    UNDER_11 = "moins_11"
    FROM_11_TO_14 = "11_14"
    FROM_15_TO_17 = "15_17"
    FROM_18_TO_24 = "18_24"
    FROM_25_TO_64 = "25_64"
    FROM_65 = "65_plus"

    @property
    def minor(self) -> bool:
        """Whether everybody of that age is under 18."""
        return self in (AgeBand.UNDER_11, AgeBand.FROM_11_TO_14, AgeBand.FROM_15_TO_17)


class Part(StrEnum):
    """What somebody does."""

    #: Say something, answer, give an opinion, report.
    ANSWER = "answer"
    VOTE = "vote"


@dataclass(frozen=True)
class Participant:
    """What is known of whoever wants to take part."""

    #: Told apart from others: they have an account or a card. A visitor is not.
    known: bool = False
    #: Ids of their quartiers, each with the best proof of it.
    quartiers: Mapping[int, Proof] = field(default_factory=dict)
    #: None: they did not say.
    age: AgeBand | None = None
    answered_before: bool = False


@dataclass(frozen=True)
class Requirement:
    """Who may take part; by itself, everybody."""

    part: Part = Part.ANSWER
    #: Any of these quartiers; None: wherever they live.
    quartiers: frozenset[int] | None = None
    #: What is asked of the proof of the quartier (any quartier, where none is named); None: nothing.
    proof: ProofLevel | None = None
    #: None: whatever their age.
    ages: frozenset[AgeBand] | None = None
    once: bool = False
    #: Those of `channels.COUNTED`; None: all.
    channels: frozenset[Channel] | None = None
    #: Whether somebody else may enter it for the person, who agreed. Never a vote.
    assisted: bool = True

    @property
    def asks_who(self) -> bool:
        """Whether anything of the person must be known."""
        return self.quartiers is not None or self.proof is not None or self.once


@dataclass(frozen=True)
class EntryMode:
    """How it is entered."""

    channel: Channel = Channel.ONLINE
    #: By somebody else than the person: a relais, with consent.
    assisted: bool = False


class Ineligibility(StrEnum):
    """Why somebody may not take part."""

    #: Of none of the quartiers that are asked.
    ELSEWHERE = "elsewhere"
    #: Declared, and more is asked.
    NOT_PROVEN = "not_proven"
    AGE = "age"
    AGE_NOT_SAID = "age_not_said"
    ANSWERED_BEFORE = "answered_before"
    #: One voice for each person: whoever is not told apart from others has none.
    NOT_KNOWN = "not_known"
    CHANNEL = "channel"
    NOT_FOR_OTHERS = "not_for_others"
    #: Nobody votes in anybody's place.
    VOTE_FOR_OTHERS = "vote_for_others"


def reasons_against(
    requirement: Requirement, who: Participant, entry: EntryMode
) -> tuple[Ineligibility, ...]:
    """All that stands against it, in the order of `Ineligibility`; empty: they may."""
    found = {
        *_about_place(requirement, who),
        *_about_age(requirement, who),
        *_about_once(requirement, who),
        *_about_entry(requirement, entry),
    }
    return tuple(reason for reason in Ineligibility if reason in found)


def _about_place(requirement: Requirement, who: Participant) -> set[Ineligibility]:
    if requirement.quartiers is None and requirement.proof is None:
        return set()
    proofs = [
        proof
        for quartier, proof in who.quartiers.items()
        if requirement.quartiers is None or quartier in requirement.quartiers
    ]
    if not proofs:
        return {Ineligibility.ELSEWHERE}
    if requirement.proof is not None and max(_WORTH[proof] for proof in proofs) < requirement.proof:
        return {Ineligibility.NOT_PROVEN}
    return set()


def _about_age(requirement: Requirement, who: Participant) -> set[Ineligibility]:
    if requirement.ages is None or who.age in requirement.ages:
        return set()
    return {Ineligibility.AGE_NOT_SAID if who.age is None else Ineligibility.AGE}


def _about_once(requirement: Requirement, who: Participant) -> set[Ineligibility]:
    if not requirement.once:
        return set()
    if not who.known:
        return {Ineligibility.NOT_KNOWN}
    return {Ineligibility.ANSWERED_BEFORE} if who.answered_before else set()


def _about_entry(requirement: Requirement, entry: EntryMode) -> set[Ineligibility]:
    found = set()
    if requirement.channels is not None and counted_as(entry.channel) not in requirement.channels:
        found.add(Ineligibility.CHANNEL)
    if entry.assisted and requirement.part is Part.VOTE:
        found.add(Ineligibility.VOTE_FOR_OTHERS)
    elif entry.assisted and not requirement.assisted:
        found.add(Ineligibility.NOT_FOR_OTHERS)
    return found
