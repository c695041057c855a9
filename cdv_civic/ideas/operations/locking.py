"""What verbs about ideas share: the box and the idea held still, the tags of a box, and its lines in the trail."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint
from cdv_civic.ideas.rules.boxes import box_phases
from cdv_civic.ideas.scopes import ACTION, contract_slug, touched_box
from cdv_civic.participation.speaking import AskedOfSpeakers
from cdv_civic.territory.cache_tags import contract_tag

NO_BOX: Final = _l("Cette boîte à idées n’existe pas.")
NO_IDEA: Final = _l("Cette idée n’est plus ici.")
#: What to do first, where a box is to be taken off the site.
STANDS: Final = _l(
    "Un choix entre les groupes de la boîte à idées est publié, et tout le monde doit pouvoir les lire. "
    "Retirez d’abord la consultation de ce choix."
)


class BoxClosed(Conflict):
    """The box takes nothing at the moment."""

    def __init__(self) -> None:
        super().__init__(
            _l("Cette boîte à idées ne reçoit plus rien. Gardez vos mots\u00a0: ils sont encore là.")
        )


class ChoiceStands(Conflict):
    """Residents choose among the groups of the box, or have: everybody reads what they choose among."""

    def __init__(self) -> None:
        super().__init__(STANDS)


def held_box(session: Session, box_id: int, *, shared: bool = False) -> IdeaBox:
    """The box, its row locked (`shared`: nobody changes it meanwhile, others come by); raises `NotFound`."""
    box: IdeaBox | None = session.execute(
        select(IdeaBox).where(IdeaBox.id == box_id).with_for_update(read=shared, key_share=not shared),
        execution_options={"populate_existing": True},
    ).scalar()
    if box is None:
        raise NotFound(NO_BOX)
    return box


def kept_box(session: Session, actor: Actor, box_id: int, version: int | None = None) -> IdeaBox:
    """The box, locked, for whoever keeps it; `version` is the page's. Raises `NotFound`, `Forbidden`, `Conflict`."""
    box = held_box(session, box_id)
    require(actor, ACTION, touched_box(session, box))
    if version is not None and box.version != version:
        raise ChangedMeanwhile
    return box


def is_shown(box: IdeaBox) -> bool:
    """Whether everybody sees the box: the same as `queries.boxes.box_is_public` says of rows."""
    return box.published_at is not None and box.withdrawn_at is None


def require_published(box: IdeaBox) -> None:
    """Raise `NotFound` where nobody sees the box."""
    if not is_shown(box):
        raise NotFound(NO_BOX)


def raise_box_tags(session: Session, box: IdeaBox) -> None:
    """Make anew the pages of a box and those of its contract that name it. 1 statement."""
    raise_tags(session, box_tag(box.id), contract_tag(contract_slug(session, box.contract_id)))


def record_of_box(session: Session, actor: Actor, box: IdeaBox, after: dict[str, object]) -> None:
    """Say in the audit trail what somebody did with a box. 1 statement."""
    scope = contract_slug(session, box.contract_id)
    record(session, actor, ACTION, "idea_box", box.id, scope=scope, after=after)


def require_open(box: IdeaBox, act: str, at: datetime) -> None:
    """Raise `NotFound` where nobody sees the box, `BoxClosed` where it does not allow an act at a moment."""
    require_published(box)
    if not box_phases(box.opens_at, box.closes_at).allows(act, at):
        raise BoxClosed


def refuse_hiding(box: IdeaBox) -> None:
    """Raise `ChoiceStands` where a box that is held cannot be taken off the site."""
    if is_shown(box) and box.choice_opened_at is not None:
        raise ChoiceStands


def asked_in(box: IdeaBox) -> AskedOfSpeakers:
    """What is asked of whoever puts an idea in a box, supports one or makes a point."""
    return AskedOfSpeakers(box.account_asked, box.least_age)


def hold_many(session: Session, table: type[Idea | IdeaPoint], which: ColumnElement[bool]) -> None:
    """Lock the rows of a condition by id, before an UPDATE of them, which takes them as they happen to be stored."""
    session.execute(select(table.id).where(which).order_by(table.id).with_for_update(key_share=True)).all()


def held_idea(session: Session, idea_id: int) -> Idea:
    """The idea, its row locked; raises `NotFound`."""
    idea: Idea | None = session.execute(
        select(Idea).where(Idea.id == idea_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if idea is None:
        raise NotFound(NO_IDEA)
    return idea
