"""What a consultation does with a box of ideas, each within the consultation's own transaction.

The consultation is held first, then the box, so that the choice among groups opens before somebody objects, or after,
never meanwhile.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection
from cdv_civic.ideas.operations.locking import (
    asked_in,
    held_box,
    is_shown,
    kept_box,
    raise_box_tags,
    record_of_box,
    refuse_hiding,
)
from cdv_civic.ideas.rules.boxes import SupportsShown
from cdv_civic.ideas.rules.grouping import WhyNoChoice, why_no_choice
from cdv_civic.participation.speaking import AskedOfSpeakers

#: What keeps residents from choosing among the groups of a box, in sentences.
WHY_NO_CHOICE: Final = {
    WhyNoChoice.NOT_SHOWN: _l("Montrez d’abord la boîte à idées à tout le monde."),
    WhyNoChoice.OBJECTIONS_WAIT: _l(
        "Des personnes attendent une réponse sur leur groupe\u00a0: répondez d’abord."
    ),
    WhyNoChoice.FEW_GROUPS: _l("Retenez au moins deux groupes\u00a0: on choisit entre plusieurs."),
}


class NoChoice(Conflict):
    """Residents cannot choose among the groups yet; `why` says what is missing."""

    def __init__(self, why: WhyNoChoice) -> None:
        super().__init__(WHY_NO_CHOICE[why])
        self.why = why


def give_to_consultation(session: Session, actor: Actor, box_id: int) -> IdeaBox:
    """Let a consultation say when a box opens and who sees it: one that nobody else has seen yet.

    Raises `NotFound`, `Forbidden`, `DomainError` with the field `box`.
    """
    box = kept_box(session, actor, box_id)
    if box.by_consultation or box.published_at is not None:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="box")
    box.by_consultation = True
    box.version += 1
    return box


def take_from_consultation(session: Session, box_id: int) -> None:
    """Let a box go that a consultation no longer asks for ideas in: a draft as before, for its keeper alone. Raises
    `ChoiceStands`.
    """
    box = held_box(session, box_id)
    refuse_hiding(box)
    box.by_consultation, box.account_asked, box.least_age = False, False, 0
    if is_shown(box):
        box.withdrawn_at = clock.now()
        raise_box_tags(session, box)
    box.version += 1


def follow_consultation(
    session: Session,
    box_id: int,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    asked: AskedOfSpeakers,
    shown: bool,
) -> None:
    """Give a box the moments of its consultation and what that asks of people, and show it as long as everybody sees
    that (`shown`).
    """
    box = held_box(session, box_id)
    before = is_shown(box)
    if (box.opens_at, box.closes_at, asked_in(box), before) == (opens_at, closes_at, asked, shown):
        return
    if closes_at is None and box.supports_shown == SupportsShown.AFTER_CLOSING:
        # A draft that does not say it any more: nobody sees the box, and its supports wait.
        box.supports_shown = SupportsShown.IN_STEPS.value
    box.opens_at, box.closes_at = opens_at, closes_at
    box.account_asked, box.least_age = asked.account, asked.age
    if shown:
        box.published_at = box.published_at or clock.now()
        box.withdrawn_at = None
    elif before:
        box.withdrawn_at = clock.now()
    box.version += 1
    raise_box_tags(session, box)


def require_choosable(session: Session, box: IdeaBox) -> None:
    """Raise `NoChoice` unless residents can choose among the groups of a box that is held."""
    waiting = session.execute(
        select(func.count(IdeaObjection.id))
        .join(Idea, Idea.id == IdeaObjection.idea_id)
        .where(Idea.box_id == box.id, Idea.taken_back_at.is_(None), IdeaObjection.answered_at.is_(None))
    ).scalar_one()
    retained = session.execute(
        select(func.count(IdeaGroup.id)).where(IdeaGroup.box_id == box.id, IdeaGroup.retained)
    ).scalar_one()
    why = why_no_choice(shown=is_shown(box), waiting=waiting, retained=retained)
    if why is not None:
        raise NoChoice(why)


def open_choice(session: Session, actor: Actor, box_id: int) -> None:
    """Let residents choose among the retained groups: from now on no idea moves and nobody objects any more.

    Refused while an objection waits for its answer. Raises `NotFound`, `Forbidden`, `NoChoice`.
    """
    box = kept_box(session, actor, box_id)
    if box.choice_opened_at is not None:
        return
    require_choosable(session, box)
    box.choice_opened_at = clock.now()
    box.version += 1
    raise_box_tags(session, box)
    record_of_box(session, actor, box, {"choice": True})


def take_choice_back(session: Session, actor: Actor, box_id: int) -> None:
    """Let groups change again, where the consultation that asked to choose is prepared anew, or was withdrawn."""
    box = held_box(session, box_id)
    if box.choice_opened_at is None:
        return
    box.choice_opened_at = None
    box.version += 1
    raise_box_tags(session, box)
    record_of_box(session, actor, box, {"choice": False})
