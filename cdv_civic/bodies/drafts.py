"""Which forms of a body keep drafts: what it publishes and announces, new or changed."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.bodies.models import BodyPublication, Meeting
from cdv_civic.bodies.wording import PUBLICATION_KINDS
from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.desk import number_in, numbers_in
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind
from cdv_civic.territory.models import Body

NEW_PUBLICATION: Final = "publication.publish"
PUBLICATION: Final = "publication.edit"
NEW_MEETING: Final = "meeting.announce"
MEETING: Final = "meeting.edit"

Described = dict[str, DraftPlace]


def _names(owners: Sequence[str]) -> dict[int, str]:
    """The names of the bodies that owners begin with."""
    ids = numbers_in(owner.split(":")[0] for owner in owners)
    rows = db.session.execute(select(Body.id, Body.name).where(Body.id.in_(ids), Body.retired_at.is_(None)))
    return {row.id: row.name for row in rows}


def _new_publications(owners: Sequence[str], _language: str) -> Described:
    """On its own: the body; of a meeting: the body, the meeting, its day and the kind."""
    names = _names(owners)
    found = {}
    for owner in owners:
        body_id, *of_meeting = owner.split(":")
        name = names.get(number_in(body_id) or 0)
        if name is None:
            continue
        page: dict[str, object] = {"body_id": int(body_id)}
        what = ""
        if len(of_meeting) == 3:
            meeting_id, day, kind = of_meeting
            page |= {"rencontre": meeting_id, "date": day, "sorte": kind}
            what = f"{PUBLICATION_KINDS[kind].label} · {date_text(date.fromisoformat(day), 'long')}"
        found[owner] = DraftPlace(what, name, ("bodies_desk.publish", page))
    return found


def _new_meetings(owners: Sequence[str], _language: str) -> Described:
    return {
        str(body_id): DraftPlace("", name, ("bodies_desk.announce", {"body_id": body_id}))
        for body_id, name in _names(owners).items()
    }


def _publications(owners: Sequence[str], language: str) -> Described:
    title = Localized("title", BodyPublication.title_id, language)
    statement = title.join(
        select(BodyPublication.id, BodyPublication.body_id, BodyPublication.kind, Body.name, *title.columns)
        .join(Body, Body.id == BodyPublication.body_id)
        .where(BodyPublication.id.in_(numbers_in(owners)), BodyPublication.withdrawn_at.is_(None)),
        optional=True,
    )
    return {
        str(row.id): DraftPlace(
            title.words_or_none(row) or str(PUBLICATION_KINDS[row.kind].label),
            row.name,
            ("bodies_desk.change_publication", {"body_id": row.body_id, "publication_id": row.id}),
        )
        for row in db.session.execute(statement)
    }


def _meetings(owners: Sequence[str], language: str) -> Described:
    title = Localized("title", Meeting.title_id, language)
    statement = title.join(
        select(Meeting.id, Meeting.body_id, Body.name, *title.columns)
        .join(Body, Body.id == Meeting.body_id)
        .where(Meeting.id.in_(numbers_in(owners)))
    )
    return {
        str(row.id): DraftPlace(
            title.words(row), row.name, ("bodies_desk.change", {"body_id": row.body_id, "meeting_id": row.id})
        )
        for row in db.session.execute(statement)
    }


def register(app: Flask) -> None:
    """Declare them."""
    described: dict[str, tuple[object, str, Callable[[Sequence[str], str], Described]]] = {
        NEW_PUBLICATION: (_l("Une publication d’un groupe"), "publication.edit", _new_publications),
        PUBLICATION: (_l("Une publication à corriger"), "publication.edit", _publications),
        NEW_MEETING: (_l("Une rencontre à annoncer"), "meeting.edit", _new_meetings),
        MEETING: (_l("Une rencontre à modifier"), "meeting.edit", _meetings),
    }
    for name, (label, action, describe) in described.items():
        register_draft_kind(app, DraftKind(name, label, action, describe))
