"""Linking things that have to do with each other, within the transaction of the feature that knows why."""

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import raise_tags
from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind


def link(session: Session, actor: Actor, one: Thing, kind: LinkKind, other: Thing) -> bool:
    """Say what one thing is to another; whether it was not said before. 2 statements at most.

    Within the caller's transaction, which has locked `one`, checked the actor's right on both, and writes its line of
    the audit trail. Pages that show either are made anew. Raises `Conflict` for a thing with itself.
    """
    if one == other:
        raise Conflict(_l("Une chose ne peut pas être reliée à elle-même."))
    if session.execute(select(ParticipationLink.id).where(_between(one, kind, other))).first() is not None:
        return False
    session.add(
        ParticipationLink(
            from_kind=one.kind.value,
            from_id=one.id,
            to_kind=other.kind.value,
            to_id=other.id,
            kind=kind.value,
            created_at=clock.now(),
            created_by=actor.actor_id,
        )
    )
    session.flush()
    raise_tags(session, links_tag(one), links_tag(other))
    return True


def unlink(session: Session, one: Thing, kind: LinkKind, other: Thing) -> bool:
    """Take back what was said of two things, as `link` says it; whether it was said. 1 statement."""
    return _delete(session, _between(one, kind, other))


def forget_links(session: Session, thing: Thing) -> bool:
    """Delete all links of a thing that is deleted, within the caller's transaction; whether it had any. 1 statement."""
    return _delete(
        session,
        or_(
            and_(ParticipationLink.from_kind == thing.kind.value, ParticipationLink.from_id == thing.id),
            and_(ParticipationLink.to_kind == thing.kind.value, ParticipationLink.to_id == thing.id),
        ),
    )


def _between(one: Thing, kind: LinkKind, other: Thing) -> ColumnElement[bool]:
    return and_(
        ParticipationLink.from_kind == one.kind.value,
        ParticipationLink.from_id == one.id,
        ParticipationLink.to_kind == other.kind.value,
        ParticipationLink.to_id == other.id,
        ParticipationLink.kind == kind.value,
    )


def _delete(session: Session, which: ColumnElement[bool]) -> bool:
    gone = session.execute(
        delete(ParticipationLink)
        .where(which)
        .returning(
            ParticipationLink.from_kind,
            ParticipationLink.from_id,
            ParticipationLink.to_kind,
            ParticipationLink.to_id,
        )
        .execution_options(synchronize_session=False)
    ).all()
    for row in gone:
        one, other = Thing(ThingKind(row.from_kind), row.from_id), Thing(ThingKind(row.to_kind), row.to_id)
        raise_tags(session, links_tag(one), links_tag(other))
    return bool(gone)
