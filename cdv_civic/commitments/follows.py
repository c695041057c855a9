"""What followers learn of commitments: each entry of their stories, for those of a quartier or an organisation too."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import and_, literal, or_, select, union_all

from cdv_civic.commitments.models import Commitment, Progress, commitment_holder, commitment_quartier
from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.notices.follows.kinds import (
    QUARTIER,
    FollowKind,
    NewsEvent,
    Target,
    register_kind,
    register_news,
)
from cdv_civic.notices.follows.rules import Thing
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract, Quartier
from cdv_civic.territory.vocabulary import STATES

COMMITMENT, ORGANISATION = "commitment", "organisation"


def _find(reference: str) -> int | None:
    """By the slug of the contract and the code: "contract/code"."""
    contract, _slash, code = reference.partition("/")
    return db.session.execute(
        select(Commitment.id)
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Contract.slug == contract, Commitment.code == code, Commitment.retired_at.is_(None))
    ).scalar()


def _describe(ids: Collection[int], language: str) -> dict[int, Target]:
    title = Localized("title", Commitment.title_id, language)
    statement = title.join(
        select(Commitment.id, Commitment.code, Contract.slug, *title.columns)
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.id.in_(sorted(ids)))
    )
    return {
        row.id: Target(
            row.id,
            title.words(row),
            f"{row.slug}/{row.code}",
            ("commitments.show", {"contract": row.slug, "code": row.code}),
            contract_tag(row.slug),
        )
        for row in db.session.execute(statement)
    }


def _told_to(things: Mapping[str, Collection[int]]) -> list[Any]:
    """Which entry is told to followers of which thing, one statement for each kind that is asked for."""
    found: list[Any] = []
    entry = Progress.id.label("id")
    standing = Commitment.retired_at.is_(None)
    if ids := things.get(COMMITMENT):
        found.append(
            select(entry, literal(COMMITMENT).label("kind"), Progress.commitment_id.label("target_id")).where(
                Progress.commitment_id.in_(sorted(ids))
            )
        )
    if ids := things.get(QUARTIER):
        covers = commitment_quartier.c
        found.append(
            select(entry, literal(QUARTIER).label("kind"), covers.quartier_id.label("target_id"))
            .join(Commitment, and_(Commitment.id == Progress.commitment_id, standing))
            .join(commitment_quartier, covers.commitment_id == Progress.commitment_id)
            .where(
                covers.quartier_id.in_(sorted(ids)),
                or_(Progress.quartier_id.is_(None), Progress.quartier_id == covers.quartier_id),
            )
        )
    if ids := things.get(ORGANISATION):
        holds = commitment_holder.c
        found.append(
            select(entry, literal(ORGANISATION).label("kind"), holds.organisation_id.label("target_id"))
            .join(Commitment, and_(Commitment.id == Progress.commitment_id, standing))
            .join(commitment_holder, holds.commitment_id == Progress.commitment_id)
            .where(holds.organisation_id.in_(sorted(ids)))
        )
    return found


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None,
) -> Sequence[NewsEvent]:
    """The entries of stories that were published between two moments and stand: see `NewsProvider`. 1 statement."""
    parts = [
        part.where(
            Progress.published_at > since, Progress.published_at <= until, Progress.withdrawn_at.is_(None)
        )
        for part in _told_to(things)
    ]
    if not parts:
        return []
    told = union_all(*parts).subquery("told")
    title = Localized("title", Commitment.title_id, language)
    sentence = Localized("sentence", Progress.sentence_id, language)
    chosen = (
        select(told.c.id)
        .join(Progress, Progress.id == told.c.id)
        .group_by(told.c.id, Progress.published_at)
        .order_by(Progress.published_at.desc(), told.c.id.desc())
        .limit(newest)
    )
    statement = title.join(
        select(
            Progress.id,
            Progress.published_at,
            Progress.state,
            Commitment.code,
            Contract.slug,
            Quartier.name.label("quartier"),
            told.c.kind,
            told.c.target_id,
            *title.columns,
            *sentence.columns,
        )
        .join(told, told.c.id == Progress.id)
        .join(Commitment, Commitment.id == Progress.commitment_id)
        .join(Contract, Contract.id == Commitment.contract_id)
        .outerjoin(Quartier, Quartier.id == Progress.quartier_id)
        .where(Progress.id.in_(chosen))
        .order_by(Progress.published_at.desc(), Progress.id.desc())
    )
    rows = db.session.execute(sentence.join(statement)).all()
    followed: dict[int, set[Thing]] = defaultdict(set)
    for row in rows:
        followed[row.id].add((row.kind, row.target_id))
    return [
        NewsEvent(
            f"progress:{row.id}",
            row.published_at,
            frozenset(followed[row.id]),
            title.words(row),
            " · ".join(filter(None, (str(STATES[row.state].label), row.quartier))),
            ("commitments.show", {"contract": row.slug, "code": row.code}),
            sentence.words(row),
        )
        for row in {row.id: row for row in rows}.values()
    ]


def register(app: Flask) -> None:
    """Let commitments be followed, and tell of them."""
    register_kind(
        app, FollowKind(COMMITMENT, "engagement", _l("Les actions des contrats"), "flag", _find, _describe)
    )
    register_news(app, "commitments", news)
