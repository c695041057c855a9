"""What followers of a fund learn: rounds that open, decisions, reviews. No words of residents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectReview, ProjectStep
from cdv_civic.fund.public.queries.funds import fund_is_public, project_is_public, round_is_public
from cdv_civic.fund.rules.published import DECIDED
from cdv_civic.notices.follows.kinds import FollowKind, NewsEvent, Target, register_kind, register_news

FUND: Final = "fund"


def _find(slug: str) -> int | None:
    return db.session.execute(select(Fund.id).where(Fund.slug == slug, fund_is_public())).scalar()


def _describe(ids: Collection[int], language: str) -> dict[int, Target]:
    name = Localized("fund_name", Fund.name_id, language)
    rows = rows_of(
        name.join(select(Fund.id, Fund.slug, *name.columns).where(Fund.id.in_(sorted(ids)), fund_is_public()))
    )
    return {
        row.id: Target(
            row.id, name.words(row), row.slug, ("funds.show", {"slug": row.slug}), fund_tag(row.id)
        )
        for row in rows
    }


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None,
) -> Sequence[NewsEvent]:
    """What happened in funds: see `NewsProvider`. Decisions of one day on projects of a round are one piece of news,
    and so are reviews. 3 statements."""
    ids = sorted(things.get(FUND, ()))
    if not ids:
        return []
    events = [
        *_opened(ids, since, until, language, newest),
        *_decided(ids, since, until, language, newest),
        *_reviewed(ids, since, until, language, newest),
    ]
    events.sort(key=lambda event: (event.at, event.key), reverse=True)
    return events[:newest] if newest is not None else events


def _columns(title: Localized) -> tuple[Any, ...]:
    return (FundRound.id, FundRound.fund_id, FundRound.slug.label("round"), Fund.slug, *title.columns)


def _event(row: Any, title: Localized, key: str, at: datetime, said: str) -> NewsEvent:
    page = ("funds.round", {"slug": row.slug, "round_slug": row.round})
    return NewsEvent(key, at, frozenset({(FUND, row.fund_id)}), title.words(row), said, page)


def _opened(
    ids: list[int], since: datetime, until: datetime, language: str, newest: int | None
) -> list[NewsEvent]:
    """A round is news once it takes projects, or was shown after that."""
    title = Localized("round_title", FundRound.title_id, language)
    at = FundRound.published_at
    statement = title.join(
        select(*_columns(title), at)
        .join(Fund, Fund.id == FundRound.fund_id)
        .where(FundRound.fund_id.in_(ids), round_is_public(), at > since, at <= until)
        .order_by(at.desc())
        .limit(newest)
    )
    return [
        _event(row, title, f"fund_round:{row.id}", row.published_at, _("Un appel à projets est publié"))
        for row in rows_of(statement)
    ]


def _decided(
    ids: list[int], since: datetime, until: datetime, language: str, newest: int | None
) -> list[NewsEvent]:
    title = Localized("round_title", FundRound.title_id, language)
    at, projects = func.max(ProjectStep.entered_at).label("at"), func.count(ProjectStep.id).label("projects")
    statement = title.join(
        select(*_columns(title), ProjectStep.on_day, at, projects)
        .join(Fund, Fund.id == FundRound.fund_id)
        .join(FundProject, FundProject.round_id == FundRound.id)
        .join(ProjectStep, ProjectStep.project_id == FundProject.id)
        .where(
            FundRound.fund_id.in_(ids),
            round_is_public(),
            project_is_public(),
            ProjectStep.state.in_(sorted(DECIDED)),
        )
    )
    statement = (
        statement.group_by(*statement.selected_columns[:-2])
        .having(at > since, at <= until)
        .order_by(at.desc())
        .limit(newest)
    )
    return [
        _event(
            row,
            title,
            f"fund_round:{row.id}:choix:{row.on_day.isoformat()}",
            row.at,
            ngettext("%(num)s projet a sa réponse", "%(num)s projets ont leur réponse", row.projects),
        )
        for row in rows_of(statement)
    ]


def _reviewed(
    ids: list[int], since: datetime, until: datetime, language: str, newest: int | None
) -> list[NewsEvent]:
    title = Localized("round_title", FundRound.title_id, language)
    at = func.max(ProjectReview.taken_at).label("at")
    projects = func.count(ProjectReview.project_id).label("projects")
    statement = title.join(
        select(*_columns(title), ProjectReview.taken_on, at, projects)
        .join(Fund, Fund.id == FundRound.fund_id)
        .join(FundProject, FundProject.round_id == FundRound.id)
        .join(ProjectReview, ProjectReview.project_id == FundProject.id)
        .where(
            FundRound.fund_id.in_(ids),
            round_is_public(),
            project_is_public(),
            ProjectReview.taken_at.is_not(None),
        )
    )
    statement = (
        statement.group_by(*statement.selected_columns[:-2])
        .having(at > since, at <= until)
        .order_by(at.desc())
        .limit(newest)
    )
    return [
        _event(
            row,
            title,
            f"fund_round:{row.id}:bilans:{row.taken_on.isoformat()}",
            row.at,
            ngettext(
                "%(num)s projet raconte ce qui s’est passé",
                "%(num)s projets racontent ce qui s’est passé",
                row.projects,
            ),
        )
        for row in rows_of(statement)
    ]


def register(app: Flask) -> None:
    """Let funds be followed, and tell of them."""
    register_kind(app, FollowKind(FUND, "fonds", _l("Les fonds de projets"), "coin", _find, _describe))
    register_news(app, "funds", news)
