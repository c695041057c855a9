"""Which bodies listen, who reads, and what their forms offer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from cdv_civic.accounts.reach import has_moderator
from cdv_civic.bodies.models import BodyLife
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import bodies_of_quartiers, bodies_within
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS
from cdv_civic.voices.models import VoiceSettings


@dataclass(frozen=True)
class HeardQuartier:
    """A quartier that a body hears."""

    id: int
    name: str


@dataclass(frozen=True)
class ListeningBody:
    """A body as the form of residents sees it."""

    id: int
    slug: str
    name: str
    contract: str
    contract_title: str
    #: Whether its people have opened the form.
    is_open: bool
    #: Whether anybody is there to read.
    has_readers: bool
    due_days: int | None
    readers: Words | None
    contact: Words | None

    @property
    def listens(self) -> bool:
        """Whether the form takes words."""
        return self.is_open and self.has_readers


@dataclass(frozen=True)
class VoiceOptions:
    """How a body listens, as its moderators set it."""

    is_open: bool = True
    due_days: int | None = None
    readers_id: int | None = None
    version: int = 0


def listening_body(contract: str, slug: str, language: str) -> ListeningBody | None:
    """A body where residents are heard, by its address; 1 statement."""
    readers = Localized("readers", VoiceSettings.readers_id, language)
    contact = Localized("contact", BodyLife.contact_id, language)
    statement = (
        select(
            Body.id,
            Body.slug,
            Body.name,
            Contract.slug.label("contract"),
            Contract.short_title,
            VoiceSettings.is_open,
            VoiceSettings.due_days,
            has_moderator().label("has_readers"),
            *readers.columns,
            *contact.columns,
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(
            Contract.slug == contract,
            Body.slug == slug,
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
            Body.retired_at.is_(None),
        )
    )
    row = db.session.execute(
        contact.join(readers.join(statement, optional=True), optional=True)
    ).one_or_none()
    if row is None:
        return None
    return ListeningBody(
        row.id,
        row.slug,
        row.name,
        row.contract,
        row.short_title,
        row.is_open is not False,
        bool(row.has_readers),
        row.due_days,
        readers.words_or_none(row),
        contact.words_or_none(row),
    )


def listens(body_id: int) -> bool:
    """Whether the form of a body takes words on the site; 1 statement."""
    row = db.session.execute(
        select(VoiceSettings.is_open, has_moderator().label("has_readers"))
        .select_from(Body)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .where(Body.id == body_id, Body.retired_at.is_(None))
    ).one_or_none()
    return row is not None and row.is_open is not False and bool(row.has_readers)


@dataclass(frozen=True)
class ListeningPlace:
    """A body that listens, and where its form is."""

    contract: str
    slug: str
    name: str


def bodies_that_listen(*, quartiers: Sequence[int] = (), body_id: int | None = None) -> list[ListeningPlace]:
    """The body, or those of some quartiers and their whole towns, whose forms take words; 1 statement."""
    rows = db.session.execute(
        select(Contract.slug.label("contract"), Body.slug, Body.name)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .where(
            Body.id == body_id if body_id is not None else Body.id.in_(bodies_of_quartiers(quartiers)),
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
            Body.retired_at.is_(None),
            VoiceSettings.is_open.is_not(False),
            has_moderator(),
        )
        .order_by(Body.contract_id, Body.position, Body.id)
    )
    return [ListeningPlace(row.contract, row.slug, row.name) for row in rows]


def options_of(body_id: int) -> VoiceOptions:
    """How a body listens; 1 statement."""
    row = db.session.execute(
        select(VoiceSettings).where(VoiceSettings.body_id == body_id),
        execution_options={"populate_existing": True},
    ).scalar()
    return VoiceOptions(row.is_open, row.due_days, row.readers_id, row.version) if row else VoiceOptions()


def quartiers_heard(body_id: int) -> list[HeardQuartier]:
    """The quartiers of a body; of one for whole communes, all of theirs. 1 statement."""
    own = select(body_quartier.c.quartier_id).where(body_quartier.c.body_id == body_id)
    towns = (
        select(quartier_commune.c.quartier_id)
        .join(body_commune, body_commune.c.commune_id == quartier_commune.c.commune_id)
        .where(body_commune.c.body_id == body_id, ~exists().where(body_quartier.c.body_id == body_id))
    )
    rows = db.session.execute(
        select(Quartier.id, Quartier.name)
        .where(Quartier.id.in_(own.union(towns)), Quartier.retired_at.is_(None))
        .order_by(Quartier.position, Quartier.id)
    )
    return [HeardQuartier(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class RelaisBody:
    """A body that a relais may write to."""

    id: int
    name: str
    #: Names of its quartiers, or of its communes.
    places: tuple[str, ...]


def relais_bodies(reach: Reach) -> list[RelaisBody]:
    """The bodies within reach that hear residents; 2 statements."""
    rows = db.session.execute(
        select(Body.id, Body.name)
        .where(bodies_within(reach), Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), Body.retired_at.is_(None))
        .order_by(Body.contract_id, Body.position, Body.id)
    ).all()
    ids = [row.id for row in rows]
    places: dict[int, list[str]] = {body_id: [] for body_id in ids}
    named = (
        select(body_quartier.c.body_id, Quartier.name)
        .join(Quartier, Quartier.id == body_quartier.c.quartier_id)
        .where(body_quartier.c.body_id.in_(ids))
        .union_all(
            select(body_commune.c.body_id, Commune.name)
            .join(Commune, Commune.id == body_commune.c.commune_id)
            .where(
                body_commune.c.body_id.in_(ids),
                ~exists().where(body_quartier.c.body_id == body_commune.c.body_id),
            )
        )
    )
    for body_id, name in db.session.execute(named) if ids else ():
        places[body_id].append(name)
    return [RelaisBody(row.id, row.name, tuple(sorted(places[row.id]))) for row in rows]
