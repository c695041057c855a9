"""What the desk may do with a project where it stands, and whose transports are counted. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.fund.rules.projects import ProjectState

LONGEST_SERVICE: Final = 100
LONGEST_REFERENCE: Final = 100
LONGEST_TITLE: Final = 120
LONGEST_SUMMARY: Final = 200
#: Projects that one act of the list takes.
MOST_AT_ONCE: Final = 100


class InstructionAct(StrEnum):
    """An act on a project, as its address says it."""

    ASSIGN = "attribuer"  #: to a service, with the day on which it is to answer
    RETURN = "retour"  #: that day alone
    ADMIT = "recevable"
    MISSING = "manque"  #: say to the carrier what is missing
    REFUSE = "irrecevable"
    REINSTATE = "reprendre"  #: what was refused by mistake; what was incomplete and is complete
    TO_OPINION = "avis"
    TO_CHOICE = "choix"
    NOTIFY = "notifier"
    PAY = "payer"
    CO_FUNDERS = "cofinanceurs"  #: what others granted
    CORRECT = "corriger"  #: obvious mistakes, and the numbers of the carrier


#: Where an act leads from a state; what changes no state is not there.
LEADS: Final[Mapping[InstructionAct, Mapping[ProjectState, ProjectState]]] = {
    InstructionAct.ADMIT: {ProjectState.SUBMITTED: ProjectState.ADMISSIBLE},
    InstructionAct.MISSING: {
        ProjectState.SUBMITTED: ProjectState.INCOMPLETE,
        ProjectState.ADMISSIBLE: ProjectState.INCOMPLETE,
    },
    InstructionAct.REFUSE: {
        ProjectState.SUBMITTED: ProjectState.INADMISSIBLE,
        ProjectState.INCOMPLETE: ProjectState.INADMISSIBLE,
        ProjectState.ADMISSIBLE: ProjectState.INADMISSIBLE,
    },
    InstructionAct.REINSTATE: {
        ProjectState.INADMISSIBLE: ProjectState.ADMISSIBLE,
        ProjectState.INCOMPLETE: ProjectState.SUBMITTED,
    },
    InstructionAct.TO_OPINION: {ProjectState.ADMISSIBLE: ProjectState.OPINION},
    InstructionAct.TO_CHOICE: {
        ProjectState.ADMISSIBLE: ProjectState.IN_CHOICE,
        ProjectState.OPINION: ProjectState.IN_CHOICE,
    },
    InstructionAct.NOTIFY: {ProjectState.SELECTED: ProjectState.NOTIFIED},
    InstructionAct.PAY: {ProjectState.NOTIFIED: ProjectState.PAID},
}
#: States in which somebody still works on a project: a service answers, or its carrier does.
AT_WORK: Final = frozenset(
    {
        ProjectState.SUBMITTED,
        ProjectState.INCOMPLETE,
        ProjectState.ADMISSIBLE,
        ProjectState.OPINION,
        ProjectState.IN_CHOICE,
        ProjectState.SELECTED,
        ProjectState.NOTIFIED,
    }
)
#: States in which a day of return that is past is late.
AWAITS_RETURN: Final = frozenset({ProjectState.SUBMITTED, ProjectState.INCOMPLETE, ProjectState.ADMISSIBLE})
#: Nothing more is expected of it: what others granted says nothing any more.
_OVER: Final = frozenset(
    {
        ProjectState.INADMISSIBLE,
        ProjectState.NOT_SELECTED,
        ProjectState.CLOSED,
        ProjectState.ABANDONED,
    }
)
#: Acts that the list does on several projects at once.
BULK_ACTS: Final = (
    InstructionAct.ASSIGN,
    InstructionAct.RETURN,
    InstructionAct.ADMIT,
    InstructionAct.TO_OPINION,
    InstructionAct.TO_CHOICE,
    InstructionAct.NOTIFY,
    InstructionAct.PAY,
)
#: Acts that a button does, without a form of their own.
BUTTONS: Final = frozenset(
    {
        InstructionAct.ADMIT,
        InstructionAct.REINSTATE,
        InstructionAct.TO_OPINION,
        InstructionAct.TO_CHOICE,
    }
)


@dataclass(frozen=True)
class ProjectStanding:
    """What of a project its acts depend on."""

    state: ProjectState
    opinion_asked: bool  #: by the rules of its round
    has_opinion: bool
    has_co_funders: bool
    frozen: bool  #: its content stays as it is


def acts_on(standing: ProjectStanding) -> tuple[InstructionAct, ...]:
    """What may be done with a project, in the order of the page."""
    return tuple(act for act in InstructionAct if act is not InstructionAct.RETURN and _may(act, standing))


def _may(act: InstructionAct, standing: ProjectStanding) -> bool:
    state = standing.state
    match act:
        case InstructionAct.ASSIGN:
            return state in AT_WORK
        case InstructionAct.CO_FUNDERS:
            return standing.has_co_funders and state not in _OVER
        case InstructionAct.CORRECT:
            return state is not ProjectState.ABANDONED
        case InstructionAct.TO_OPINION:
            return state in LEADS[act] and standing.opinion_asked
        case InstructionAct.TO_CHOICE:
            # Where an opinion is asked, the way leads by whoever gives it.
            return state in LEADS[act] and (
                not standing.opinion_asked or standing.has_opinion or state is ProjectState.OPINION
            )
        case _:
            return state in LEADS[act]


@dataclass(frozen=True)
class TransportCarrier:
    """Whose a project with a transport is: what it is known by, each None where it was not given."""

    project_id: int
    rna: str | None
    siret: str | None
    name: str | None  #: folded


def transports_of(one: TransportCarrier, all_of_the_year: Collection[TransportCarrier]) -> int:
    """Projects of the year that pay for a transport of the same carrier, itself included.

    The same by its RNA, its SIRET or its name. Whoever has none of them (a group of residents) is like nobody else.
    """
    same = {one.project_id}
    for other in all_of_the_year:
        if any(
            getattr(one, known) is not None and getattr(one, known) == getattr(other, known)
            for known in ("rna", "siret", "name")
        ):
            same.add(other.project_id)
    return len(same)
