"""Rows of a fund held still, in one order: the fund, its rounds, its envelopes, projects (each by id), its meetings."""

from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import Model, raise_tags
from cdv_civic.core.errors import ChangedMeanwhile, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.scopes import EDIT, contract_slug, touched_fund
from cdv_civic.territory.cache_tags import contract_tag

NO_FUND: Final = _l("Ce fonds n’existe pas.")
NO_ROUND: Final = _l("Cet appel à projets n’existe pas.")
NO_PROJECT: Final = _l("Ce projet n’est pas ici.")
NO_ENVELOPE: Final = _l("Cette enveloppe n’existe pas.")
Row = TypeVar("Row", bound=Model)


def _held(session: Session, kind: type[Row], row_id: int, missing: Any, *, shared: bool) -> Row:
    row: Row | None = session.execute(
        select(kind)
        .where(kind.id == row_id)  # type: ignore[attr-defined]
        .with_for_update(read=shared, key_share=not shared),
        execution_options={"populate_existing": True},
    ).scalar()
    if row is None:
        raise NotFound(missing)
    return row


def held_fund(session: Session, fund_id: int, *, shared: bool = False) -> Fund:
    """The fund, its row locked (`shared`: nobody changes it meanwhile, others come by); raises `NotFound`."""
    return _held(session, Fund, fund_id, NO_FUND, shared=shared)


def held_round(session: Session, round_id: int, *, shared: bool = False) -> FundRound:
    """The same of a round."""
    return _held(session, FundRound, round_id, NO_ROUND, shared=shared)


def held_envelope(session: Session, envelope_id: int) -> FundEnvelope:
    """An envelope, locked; raises `NotFound`."""
    return _held(session, FundEnvelope, envelope_id, NO_ENVELOPE, shared=False)


def held_project(session: Session, project_id: int, version: int | None = None) -> FundProject:
    """A project, locked; `version` is the page's. Raises `NotFound`, `Conflict`."""
    project = _held(session, FundProject, project_id, NO_PROJECT, shared=False)
    if version is not None and project.version != version:
        raise ChangedMeanwhile
    return project


def kept_fund(
    session: Session, actor: Actor, fund_id: int, version: int | None = None, *, action: str = EDIT
) -> Fund:
    """The fund, locked, for whoever may act on it. Raises `NotFound`, `Forbidden`, `Conflict`."""
    fund = held_fund(session, fund_id)
    require(actor, action, touched_fund(fund))
    if version is not None and fund.version != version:
        raise ChangedMeanwhile
    return fund


def fund_of(session: Session, actor: Actor, fund_id: int, action: str) -> Fund:
    """The fund, held against change while others come by, for whoever may act on it. Raises `NotFound`, `Forbidden`."""
    fund = held_fund(session, fund_id, shared=True)
    require(actor, action, touched_fund(fund))
    return fund


def raise_fund_tags(session: Session, fund: Fund, *, listed: bool = False) -> None:
    """Make anew the pages of a fund; with `listed`, those of its contract that name it too."""
    raise_tags(session, fund_tag(fund.id))
    if listed:
        raise_tags(session, contract_tag(contract_slug(session, fund.contract_id)))


def record_of_fund(
    session: Session, actor: Actor, fund: Fund, action: str, kind: str, row_id: int, after: dict[str, Any]
) -> None:
    """A line of the audit trail: what became of a fund, a round, an envelope or a project; no words of residents."""
    record(session, actor, action, kind, row_id, scope=contract_slug(session, fund.contract_id), after=after)
