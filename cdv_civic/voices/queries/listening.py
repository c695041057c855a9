"""Which bodies listen, when, who reads, and what their forms offer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)

from cdv_civic.accounts.invitations import Moment, not_over
from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.reach import has_moderator
from cdv_civic.bodies.models import BodyLife
from cdv_civic.bodies.wording import BODY_STATES
from cdv_civic.commitments.models import Commitment, commitment_commune, commitment_quartier
from cdv_civic.core import clock
from cdv_civic.core.db import UtcDateTime, db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Role
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only, valid_until
from cdv_civic.participation.rules.phases import Stage
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import (
    Body,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import bodies_of_quartiers
from cdv_civic.territory.vocabulary import BODY_KINDS, RESIDENTS_BODY_KINDS, CodedTerm
from cdv_civic.voices import rules
from cdv_civic.voices.models import VoiceSettings


@dataclass(frozen=True)
class HeardQuartier:
    """A quartier that a body hears."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Listening:
    """Whether the form of a body takes words on the site at a moment, and what its people said of it."""

    #: Whether its people have opened the form.
    is_open: bool
    #: Whether anybody is there to read.
    has_readers: bool
    opens_at: datetime | None
    closes_at: datetime | None
    #: Where the moment lies.
    stage: Stage

    @property
    def meant(self) -> bool:
        """Whether it takes words at one time or another: its days are worth saying."""
        return self.is_open and self.has_readers

    @property
    def listens(self) -> bool:
        """Whether it takes words at that moment."""
        return self.meant and self.stage is Stage.OPEN


@dataclass(frozen=True)
class ListeningBody:
    """A body as the form of residents sees it."""

    id: int
    slug: str
    name: str
    contract: str
    contract_title: str
    listening: Listening
    due_days: int | None
    readers: Words | None
    contact: Words | None

    @property
    def listens(self) -> bool:
        """Whether the form takes words now."""
        return self.listening.listens


@dataclass(frozen=True)
class VoiceOptions:
    """How a body listens, as its moderators set it."""

    is_open: bool = True
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    due_days: int | None = None
    readers_id: int | None = None
    version: int = 0


def _readers_change(now: Moment) -> ScalarSelect[datetime]:
    """The next moment at which some moderator of a body begins or ends."""
    return (
        select(func.min(case((RoleGrant.starts_at > now, RoleGrant.starts_at), else_=RoleGrant.ends_at)))
        .where(
            RoleGrant.body_id == Body.id,
            RoleGrant.role == Role.MODERATOR.value,
            not_over(now),
            RoleGrant.waits_until.is_(None),
        )
        .correlate(Body)
        .scalar_subquery()
    )


#: The moment at which a statement that is built once is asked.
_NOW: Final = bindparam("now", type_=UtcDateTime())


@cache
def _listening_columns() -> tuple[ColumnElement[Any], ...]:
    """What `_listening` reads of a row; the statement takes the moment as `now`."""
    return (
        VoiceSettings.is_open.expression,
        VoiceSettings.opens_at.expression,
        VoiceSettings.closes_at.expression,
        has_moderator(_NOW).label("has_readers"),
        _readers_change(_NOW).label("readers_change"),
    )


def _listening(row: Any, at: datetime) -> Listening:
    phases = rules.listening_phases(row.opens_at, row.closes_at)
    for change in (phases.next_change(at), row.readers_change):
        if change is not None:
            valid_until(change)
    return Listening(
        row.is_open is not False,
        bool(row.has_readers),
        row.opens_at,
        row.closes_at,
        phases.state_at(at).stage,
    )


def address_of_body(body_id: int) -> tuple[str, str] | None:
    """The slugs of a body's contract and of a body where residents are heard; 1 statement."""
    row = db.session.execute(
        select(Contract.slug, Body.slug)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.id == body_id, Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), Body.retired_at.is_(None))
    ).first()
    return (row[0], row[1]) if row else None


def listening_body(contract: str, slug: str, language: str) -> ListeningBody | None:
    """A body where residents are heard, by its address; 1 statement."""
    readers = Localized("readers", VoiceSettings.readers_id, language)
    contact = Localized("contact", BodyLife.contact_id, language)
    statement: Any = (
        select(
            Body.id,
            Body.slug,
            Body.name,
            Contract.slug.label("contract"),
            Contract.short_title,
            *_listening_columns(),
            VoiceSettings.due_days,
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
    row = rows_of(
        contact.join(readers.join(statement, optional=True), optional=True), {"now": clock.now()}
    ).one_or_none()
    if row is None:
        return None
    return ListeningBody(
        row.id,
        row.slug,
        row.name,
        row.contract,
        row.short_title,
        _listening(row, clock.now()),
        row.due_days,
        readers.words_or_none(row),
        contact.words_or_none(row),
    )


def listening_at(body_id: int, at: datetime) -> Listening | None:
    """Whether the form of a body takes words on the site at a moment; None: there is no such body. 1 statement."""
    row = rows_of(
        select(*_listening_columns())
        .select_from(Body)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .where(Body.id == body_id, Body.retired_at.is_(None)),
        {"now": clock.now()},
    ).one_or_none()
    return _listening(row, at) if row else None


@dataclass(frozen=True)
class ListeningPlace:
    """A body that listens, where its form is, and until when it is open (None: nobody said)."""

    id: int
    contract: str
    slug: str
    name: str
    kind: CodedTerm
    closes_at: datetime | None = None


class _Asked(StrEnum):
    """Of what those are asked that listen; the parameter of the statement has this name."""

    BODY = "body"
    QUARTIERS = "quartiers"
    COMMITMENT = "commitment"
    CONTRACT = "contract"
    ANYWHERE = "anywhere"


def bodies_that_listen(*, quartiers: Sequence[int] = (), body_id: int | None = None) -> list[ListeningPlace]:
    """The body, or those of some quartiers and their whole towns, whose forms take words; 1 statement."""
    if body_id is not None:
        return _found(_Asked.BODY, body=body_id)
    return _found(_Asked.QUARTIERS, quartiers=sorted(quartiers))


@dataclass(frozen=True)
class HeardInQuartier:
    """The bodies of a quartier and of its whole towns where residents are heard."""

    #: Those whose forms take words.
    listening: list[ListeningPlace]
    #: What staff said of any of them, by slug.
    states: Mapping[str, CodedTerm]


def heard_in(quartier_id: int) -> HeardInQuartier:
    """Who listens in a quartier, and how its bodies are; 1 statement."""
    now = clock.now()
    rows = rows_of(_that_listen(_Asked.QUARTIERS), {"now": now, "quartiers": [quartier_id]}).all()
    return HeardInQuartier(
        _listening_of(rows, now),
        {row.slug: BODY_STATES[row.state] for row in rows if row.state is not None},
    )


def bodies_to_ask_about(commitment_id: int) -> list[ListeningPlace]:
    """Those that listen where a commitment is: in its quartiers; where it names none, in its communes; where it names
    no place at all, anywhere in its contract. 1 statement."""
    return _found(_Asked.COMMITMENT, commitment=commitment_id)


def anybody_listens(contract: str) -> bool:
    """Whether a body of a contract, by its slug, takes words now; kept in memory, 1 statement where it is made."""

    def make() -> bool:
        shows_only(contract_tag(contract))
        return bool(_found(_Asked.CONTRACT, contract=contract))

    return kept(("anybody listens", contract), make)


def all_that_listen() -> list[ListeningPlace]:
    """All bodies of the site whose forms take words; 1 statement."""
    return _found(_Asked.ANYWHERE)


def _found(asked: _Asked, **values: Any) -> list[ListeningPlace]:
    now = clock.now()
    return _listening_of(rows_of(_that_listen(asked), {"now": now, **values}), now)


def _listening_of(rows: Iterable[Any], now: datetime) -> list[ListeningPlace]:
    return [
        ListeningPlace(row.id, row.contract, row.slug, row.name, BODY_KINDS[row.kind], row.closes_at)
        for row in rows
        if _listening(row, now).listens
    ]


@cache
def _that_listen(asked: _Asked) -> Select[Any]:
    """Built once: each page of a quartier and of a commitment asks it."""
    where: dict[_Asked, Callable[[], ColumnElement[bool]]] = {
        _Asked.BODY: lambda: Body.id == bindparam(asked.value),
        _Asked.QUARTIERS: lambda: Body.id.in_(bodies_of_quartiers(bindparam(asked.value, expanding=True))),
        _Asked.COMMITMENT: lambda: _where_it_is(bindparam(asked.value)),
        _Asked.CONTRACT: lambda: Contract.slug == bindparam(asked.value),
        _Asked.ANYWHERE: true,
    }
    return (
        select(
            Body.id,
            Contract.slug.label("contract"),
            Body.slug,
            Body.name,
            Body.kind,
            BodyLife.state,
            *_listening_columns(),
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(VoiceSettings, VoiceSettings.body_id == Body.id)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(where[asked](), Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), Body.retired_at.is_(None))
        .order_by(Body.contract_id, Body.position, Body.id)
    )


def _where_it_is(commitment_id: BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a body is for a place of the commitment."""
    own = commitment_quartier.c
    towns = commitment_commune.c
    quartiers = select(own.quartier_id).where(own.commitment_id == commitment_id)
    of_towns = (
        select(quartier_commune.c.quartier_id)
        .join(commitment_commune, towns.commune_id == quartier_commune.c.commune_id)
        .where(towns.commitment_id == commitment_id, ~quartiers.exists())
    )
    contract = select(Commitment.contract_id).where(Commitment.id == commitment_id)
    no_place = (
        ~quartiers.exists() & ~select(towns.commune_id).where(towns.commitment_id == commitment_id).exists()
    )
    return and_(
        Body.contract_id.in_(contract),
        or_(Body.id.in_(bodies_of_quartiers(quartiers.union_all(of_towns))), no_place),
    )


def options_of(body_id: int) -> VoiceOptions:
    """How a body listens; 1 statement."""
    row = db.session.execute(
        select(VoiceSettings).where(VoiceSettings.body_id == body_id),
        execution_options={"populate_existing": True},
    ).scalar()
    if row is None:
        return VoiceOptions()
    return VoiceOptions(row.is_open, row.opens_at, row.closes_at, row.due_days, row.readers_id, row.version)


def quartiers_heard(body_id: int) -> list[HeardQuartier]:
    """The quartiers of a body; of one for whole communes, all of theirs in its contract. 1 statement."""
    own = select(body_quartier.c.quartier_id).where(body_quartier.c.body_id == body_id)
    towns = (
        select(quartier_commune.c.quartier_id)
        .join(body_commune, body_commune.c.commune_id == quartier_commune.c.commune_id)
        .where(body_commune.c.body_id == body_id, ~exists().where(body_quartier.c.body_id == body_id))
    )
    rows = rows_of(
        select(Quartier.id, Quartier.slug, Quartier.name)
        .join(Body, and_(Body.id == body_id, Body.contract_id == Quartier.contract_id))
        .where(Quartier.id.in_(own.union(towns)), Quartier.retired_at.is_(None))
        .order_by(Quartier.position, Quartier.id)
    )
    return [HeardQuartier(row.id, row.slug, row.name) for row in rows]
