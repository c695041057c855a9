"""Support for ideas: once for each person, and no longer wanted as easily as given."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import background, clock, ledger
from cdv_civic.core.db import db, insert_once, raise_tags, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.settings import current_settings
from cdv_civic.core.suppression import step_count
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaSupport
from cdv_civic.ideas.operations.locking import NO_IDEA, asked_in, held_box, require_open
from cdv_civic.ideas.rules.boxes import SUPPORT
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public

#: The line of the ledger.
WITHDRAWN: Final = "idea_support.withdrawn"


@dataclass(frozen=True)
class Supporter:
    """Who supports: an account, or else the mark of a browser."""

    author: SignedIn | None
    #: Random, and kept by this browser alone.
    mark: str = ""
    #: Whether whoever supports says that they are old enough.
    old_enough: bool = False

    @property
    def account_id(self) -> int | None:
        """The account; None: the browser's mark tells who it is."""
        return self.author.actor_id if self.author is not None else None


def browser_hash(box_id: int, mark: str) -> str:
    """What is kept of a browser's mark: within one box alone, so that nobody follows it to another."""
    return keyed_hash("browser of a supporter", str(box_id), mark)


def of_supporter(box_id: int, who: Supporter) -> ColumnElement[bool]:
    """The condition that an `IdeaSupport` is somebody's."""
    if who.account_id is not None:
        return IdeaSupport.account_id == who.account_id
    return IdeaSupport.browser_hash == browser_hash(box_id, who.mark)


def _shown_idea(session: Session, idea_id: int, at: datetime) -> IdeaBox:
    """The box of an idea that everybody reads, held still; raises `NotFound`, `BoxClosed`."""
    box_id = session.execute(
        select(Idea.box_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.id == idea_id, is_public())
    ).scalar()
    if box_id is None:
        raise NotFound(NO_IDEA)
    box = held_box(session, box_id, shared=True)
    require_open(box, SUPPORT, at)
    # Its author takes it back before or after, never meanwhile: a support that came in between would stay.
    taken_back = session.execute(
        select(Idea.taken_back_at).where(Idea.id == idea_id).with_for_update(read=True)
    ).scalar()
    if taken_back is not None:
        raise NotFound(NO_IDEA)
    return box


def support(idea_id: int, who: Supporter) -> bool:
    """Support an idea; whether it is new. A second time changes nothing. Raises `NotFound`, `BoxClosed`,
    `AccountNeeded`, `DomainError`.
    """
    at = clock.now()
    require(who.author, "idea.put")
    with transaction() as session:
        box = _shown_idea(session, idea_id, at)
        asked_in(box).require(signed_in=who.author is not None, old_enough=who.old_enough)
        made = insert_once(
            session,
            IdeaSupport,
            {
                "idea_id": idea_id,
                "account_id": who.account_id,
                "browser_hash": None if who.account_id is not None else browser_hash(box.id, who.mark),
                "supported_on": clock.today(),
            },
        )
    return made is not None


def withdraw_support(idea_id: int, who: Supporter) -> bool:
    """Support it no longer; whether there was any support. Raises `NotFound`, `BoxClosed`."""
    at = clock.now()
    require(who.author, "idea.put")
    with transaction() as session:
        box = _shown_idea(session, idea_id, at)
        gone = session.execute(
            delete(IdeaSupport)
            .where(IdeaSupport.idea_id == idea_id, of_supporter(box.id, who))
            .returning(IdeaSupport.id, IdeaSupport.supported_on)
        ).first()
        if gone is not None:
            ledger.note(session, WITHDRAWN, gone.id, born=born_of(idea_id, gone.supported_on))
    return gone is not None


def born_of(idea_id: int, supported_on: date) -> str:
    """How a line of the ledger tells a support from a later one with its number: it has no moment, on purpose."""
    return f"{idea_id} {supported_on.isoformat()}"


def supports_to_count() -> bool:
    """Whether there is any box whose supports may have moved. 1 statement."""
    return db.session.execute(select(IdeaBox.id).where(_countable()).limit(1)).first() is not None


def _countable() -> ColumnElement[bool]:
    return IdeaBox.published_at.is_not(None) & IdeaBox.withdrawn_at.is_(None)


def count_supports() -> int:
    """Say of each idea how many support it, in steps of the threshold; of how many boxes a count moved. A job.

    Whoever supports waits for nobody, no page moves with them, and nobody sees whose support it was that made a step.
    May be run again.
    """
    ids = list(db.session.execute(select(IdeaBox.id).where(_countable()).order_by(IdeaBox.id)).scalars())
    return background.one_by_one("counting the supports of box", ids, _count_box)


def _count_box(box_id: int) -> bool:
    threshold = current_settings().small_count
    counted = db.session.execute(
        select(Idea.id, Idea.supports, func.count(IdeaSupport.id).label("now"))
        .outerjoin(IdeaSupport, IdeaSupport.idea_id == Idea.id)
        .where(Idea.box_id == box_id)
        .group_by(Idea.id, Idea.supports)
    ).all()
    moved = {row.id: step for row in counted if (step := step_count(row.now, threshold)) != row.supports}
    if not moved:
        return False
    with transaction() as session:
        for idea_id, step in sorted(moved.items()):
            session.execute(
                update(Idea)
                .where(Idea.id == idea_id)
                .values(supports=step)
                .execution_options(synchronize_session=False)
            )
        raise_tags(session, box_tag(box_id))
    return True


def forget_supports(session: Session, idea_id: int) -> None:
    """Delete the supports of an idea that is taken back, within the caller's transaction."""
    session.execute(delete(IdeaSupport).where(IdeaSupport.idea_id == idea_id))
