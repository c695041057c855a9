"""What happened lately to bodies, and what is ahead: for whoever follows them or their quartiers."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from cdv_civic.bodies.models import BodyPublication, Meeting
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Body, Contract, Quartier, body_commune, body_quartier, quartier_commune
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class NewPublication:
    """A publication that stands, as followers hear of it."""

    id: int
    kind: str
    published_at: datetime
    title: Words
    body_id: int
    body_slug: str
    body_name: str
    contract: str


def quartiers_of_bodies(quartier_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """The bodies of some quartiers and of their whole towns, in the same contracts (`scopes.bodies_of_quartiers`), each
    with those of the quartiers it speaks for. 1 statement.
    """
    ids = sorted(quartier_ids)
    own = (
        select(body_quartier.c.body_id, body_quartier.c.quartier_id)
        .join(Quartier, Quartier.id == body_quartier.c.quartier_id)
        .join(Body, (Body.id == body_quartier.c.body_id) & (Body.contract_id == Quartier.contract_id))
        .where(body_quartier.c.quartier_id.in_(ids), Body.retired_at.is_(None))
    )
    town = (
        select(body_commune.c.body_id, quartier_commune.c.quartier_id)
        .join(quartier_commune, quartier_commune.c.commune_id == body_commune.c.commune_id)
        .join(Quartier, Quartier.id == quartier_commune.c.quartier_id)
        .join(Body, (Body.id == body_commune.c.body_id) & (Body.contract_id == Quartier.contract_id))
        .where(
            quartier_commune.c.quartier_id.in_(ids),
            Body.retired_at.is_(None),
            ~exists().where(body_quartier.c.body_id == body_commune.c.body_id),
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for body_id, quartier_id in db.session.execute(own.union(town)):
        found[body_id].add(quartier_id)
    return {body_id: frozenset(quartiers) for body_id, quartiers in found.items()}


def publications_between(
    body_ids: Collection[int], since: datetime, until: datetime, language: str, newest: int | None
) -> list[NewPublication]:
    """What bodies published between two moments (the first excluded) and stands, the newest first. 1 statement."""
    title = Localized("title", func.coalesce(BodyPublication.title_id, Meeting.title_id), language)
    statement = (
        select(
            BodyPublication.id,
            BodyPublication.kind,
            BodyPublication.published_at,
            BodyPublication.body_id,
            Body.slug,
            Body.name,
            Contract.slug.label("contract"),
            *title.columns,
        )
        .join(Body, Body.id == BodyPublication.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(Meeting, Meeting.id == BodyPublication.meeting_id)
        .where(
            BodyPublication.body_id.in_(sorted(body_ids)),
            Body.retired_at.is_(None),
            BodyPublication.published_at > since,
            BodyPublication.published_at <= until,
            BodyPublication.withdrawn_at.is_(None),
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
        )
        .order_by(BodyPublication.published_at.desc(), BodyPublication.id.desc())
        .limit(newest)
    )
    return [
        NewPublication(
            row.id,
            row.kind,
            row.published_at,
            title.words(row),
            row.body_id,
            row.slug,
            row.name,
            row.contract,
        )
        for row in db.session.execute(title.join(statement))
    ]
