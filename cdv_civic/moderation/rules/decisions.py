"""Where a text stands with its moderators, what they may do with it, and for what reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class TextState(StrEnum):
    """Where a text stands."""

    WAITING = "en_attente"
    PUBLISHED = "publie"
    #: Its author was asked to write it otherwise; meanwhile nobody else reads it.
    REWORDING = "a_reformuler"
    HIDDEN = "masque"
    #: Another text says the same and stands for both.
    MERGED = "regroupe"
    #: Its author took it back. Nothing more is done with it.
    TAKEN_BACK = "repris"


class ModerationAct(StrEnum):
    """What a moderator does with a text."""

    PUBLISH = "publier"
    #: It stays as it is, after a report.
    KEEP = "garder"
    ASK_TO_REWORD = "reformuler"
    HIDE = "masquer"
    HIDE_PART = "masquer_en_partie"
    MERGE = "regrouper"
    #: A hidden text is shown again.
    SHOW_AGAIN = "remontrer"


class Source(StrEnum):
    """What made a moderator look (art. 17, 3 b)."""

    OWN_LOOK = "regard"
    REPORT = "signalement"
    APPEAL = "recours"


class LegalGround(StrEnum):
    """What the law forbids, as a decision names it (art. 17, 3 d); `wording.LAWS` gives the articles."""

    INSULT = "injure"
    DEFAMATION = "diffamation"
    HATRED = "haine"
    THREAT = "menace"
    PRIVACY = "vie_privee"
    PERSONAL_DATA = "donnees_personnelles"
    PRESUMED_INNOCENCE = "presomption_innocence"
    TERRORISM = "terrorisme"
    CHILDREN = "enfants"
    FRAUD = "fraude"
    COPYRIGHT = "droit_auteur"


STATES: Final = tuple(state.value for state in TextState)
ACTS: Final = tuple(act.value for act in ModerationAct)
SOURCES: Final = tuple(source.value for source in Source)
LEGAL_GROUNDS: Final = tuple(ground.value for ground in LegalGround)
#: What takes something from a text: its author gets a statement of reasons (art. 17).
RESTRICTIONS: Final = frozenset(
    {ModerationAct.ASK_TO_REWORD, ModerationAct.HIDE, ModerationAct.HIDE_PART, ModerationAct.MERGE}
)
#: In these everybody reads it.
PUBLIC_STATES: Final = frozenset({TextState.PUBLISHED})
#: In these it waits for a moderator.
OPEN_STATES: Final = frozenset({TextState.WAITING})
#: What may be done in each state, and where it leads. What is not listed is refused.
LIFE: Final[dict[TextState, dict[ModerationAct, TextState]]] = {
    TextState.WAITING: {
        ModerationAct.PUBLISH: TextState.PUBLISHED,
        ModerationAct.ASK_TO_REWORD: TextState.REWORDING,
        ModerationAct.HIDE: TextState.HIDDEN,
        ModerationAct.HIDE_PART: TextState.PUBLISHED,
        ModerationAct.MERGE: TextState.MERGED,
    },
    TextState.PUBLISHED: {
        ModerationAct.KEEP: TextState.PUBLISHED,
        ModerationAct.ASK_TO_REWORD: TextState.REWORDING,
        ModerationAct.HIDE: TextState.HIDDEN,
        ModerationAct.HIDE_PART: TextState.PUBLISHED,
        ModerationAct.MERGE: TextState.MERGED,
        # Where a part is hidden: see `acts_in`.
        ModerationAct.SHOW_AGAIN: TextState.PUBLISHED,
    },
    TextState.REWORDING: {
        ModerationAct.PUBLISH: TextState.PUBLISHED,
        ModerationAct.HIDE: TextState.HIDDEN,
        ModerationAct.HIDE_PART: TextState.PUBLISHED,
    },
    TextState.HIDDEN: {
        ModerationAct.SHOW_AGAIN: TextState.PUBLISHED,
        ModerationAct.HIDE_PART: TextState.PUBLISHED,
    },
    TextState.MERGED: {ModerationAct.SHOW_AGAIN: TextState.PUBLISHED, ModerationAct.HIDE: TextState.HIDDEN},
    TextState.TAKEN_BACK: {},
}
#: Hours in which a text is read, where the charter sets no others.
READ_WITHIN_HOURS: Final = 72
MOST_HOURS: Final = 24 * 30
LONGEST_FACTS: Final = 1000


class NotInThisState(ValueError):
    """The text is not in a state in which this can be done."""


class Missing(StrEnum):
    """What a decision lacks."""

    GROUND = "ground"
    TWO_GROUNDS = "two_grounds"
    FACTS = "facts"
    PART = "part"
    OTHER_TEXT = "other_text"


@dataclass(frozen=True)
class Reasons:
    """Why a decision is taken: one article of the charter or one of the law, and what was seen."""

    principle_id: int | None = None
    law: LegalGround | None = None
    facts: str = ""


def after(state: str, act: ModerationAct) -> TextState:
    """The state that an act leads to; raises `NotInThisState`."""
    try:
        return LIFE[TextState(state)][act]
    except KeyError:
        raise NotInThisState(f"{act} in {state}") from None


def acts_in(
    state: str, *, part_hidden: bool = False, rewordable: bool = True, overruled: bool = False
) -> tuple[ModerationAct, ...]:
    """What may be done with a text as it stands.

    What stands there whole is not shown again; nobody is asked to write otherwise what cannot be written again.
    `overruled`: an appeal changed what the same person decided; they may leave it as it is, where somebody reports it,
    and the rest is for somebody else. Otherwise whoever decides first would decide last.
    """
    left_out = set(ModerationAct) - {ModerationAct.KEEP} if overruled else set()
    if state == TextState.PUBLISHED and not part_hidden:
        left_out.add(ModerationAct.SHOW_AGAIN)
    if not rewordable:
        left_out.add(ModerationAct.ASK_TO_REWORD)
    return tuple(act for act in LIFE[TextState(state)] if act not in left_out)


def missing_of(
    act: ModerationAct, reasons: Reasons, *, part_said: bool = False, other_text: int | None = None
) -> list[Missing]:
    """What keeps a decision from being taken, all at once; empty: nothing does.

    `part_said`: whether it says what stays, where a part is hidden; `other_text`: what it is merged into. A merge has
    no ground: nothing is held against the text.
    """
    found: list[Missing] = []
    if act in RESTRICTIONS and act is not ModerationAct.MERGE:
        if reasons.principle_id is None and reasons.law is None:
            found.append(Missing.GROUND)
        if reasons.principle_id is not None and reasons.law is not None:
            found.append(Missing.TWO_GROUNDS)
        if not reasons.facts.strip():
            found.append(Missing.FACTS)
    if act is ModerationAct.HIDE_PART and not part_said:
        found.append(Missing.PART)
    if act is ModerationAct.MERGE and other_text is None:
        found.append(Missing.OTHER_TEXT)
    return found


def read_by(received_at: datetime, hours: int = READ_WITHIN_HOURS) -> datetime:
    """When a text that waits should have been read."""
    return received_at + timedelta(hours=hours)


def may_decide(
    moderator_id: int | None, *, author_id: int | None, barred: Collection[int | None] = ()
) -> bool:
    """Whether a moderator may decide: not on their own text nor on one that they chose, and on an appeal not against
    their own decision.

    `barred`: the accounts that chose the text or whose decision is contested; None stands for one that is gone, and
    bars nobody.
    """
    if moderator_id is None:
        return False
    return moderator_id != author_id and moderator_id not in barred


def waits_first(*, read_before: bool, sensitive: bool, minor: bool, hinted: bool = False) -> bool:
    """Whether a text waits to be read before others see it: as its place asks, and always where somebody could be hurt.

    A hint never removes anything that is public; before publication it asks for a look.
    """
    return read_before or sensitive or minor or hinted
