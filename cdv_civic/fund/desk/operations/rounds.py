"""A round is made, given its calendar and its rules, opened, closed for good."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_folding import fold
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.fund.desk.operations.envelopes import YEARS
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import (
    NO_ROUND,
    held_round,
    kept_fund,
    raise_fund_tags,
    record_of_fund,
)
from cdv_civic.fund.rule_words import DAYS, undefined_names
from cdv_civic.fund.rules import names
from cdv_civic.fund.rules.calendars import CalendarDay, RoundCalendar
from cdv_civic.fund.rules.fund_rules import FundRules, as_data, from_data
from cdv_civic.fund.scopes import EDIT
from cdv_civic.participation.rules.phases import closing, first_day, opening

LONGEST_TITLE: Final = 120
_ATTEMPTS: Final = 4
#: Columns of a round that hold a day as it was typed.
_PLAIN_DAYS: Final = tuple(
    each for each in CalendarDay if each not in (CalendarDay.OPENS, CalendarDay.CLOSES)
)


@dataclass(frozen=True)
class RoundSettings:
    """How a round is; the title is by language tag."""

    title: Mapping[str, str]
    year: int
    calendar: RoundCalendar


class RoundOver(Conflict):
    """The round was closed for good."""

    def __init__(self) -> None:
        super().__init__(_l("Cet appel à projets est fermé pour de bon\u00a0: il ne change plus."))


class RulesFrozen(Conflict):
    """Somebody gave an opinion, a mark or a ballot by these rules."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Un premier avis, une première note ou un premier vote est arrivé\u00a0: les règles ne changent plus."
            )
        )


def make_round(actor: Actor, fund_id: int, settings: RoundSettings, *, client_key: str) -> str:
    """A round that nobody else sees yet, with the rules of its fund; its slug. The same `client_key` again makes no
    other. Raises `NotFound`, `Forbidden`, `DomainError` with the fields of the form."""
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):  # the same form came twice at once, or another round took its name
            return _make(actor, fund_id, settings, client_key)
    return _make(actor, fund_id, settings, client_key)


def _make(actor: Actor, fund_id: int, settings: RoundSettings, client_key: str) -> str:
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id)
        known = made_before(
            session, FundRound, key=(FundRound.client_key, client_key), owner=(FundRound.fund_id, fund_id)
        )
        if known is not None:
            return known.slug
        row = new_round(session, actor, fund, settings, client_key)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"made": True})
        return row.slug


def new_round(
    session: Session, actor: Actor, fund: Fund, settings: RoundSettings, key: str, **values: Any
) -> FundRound:
    """A round of a fund that the caller holds, not published; `values` say more of it. Raises `DomainError`,
    `IntegrityError` where another round takes its name meanwhile."""
    round_id = reserve_ids(session, FundRound)[0]
    wanted = names.slug_of(fold(settings.title.get(SOURCE_LANGUAGE, "")), "appel")
    taken = set(session.execute(select(FundRound.slug).where(FundRound.slug.startswith(wanted))).scalars())
    rules = from_data(fund.rules)
    row = FundRound(
        **{
            "id": round_id,
            "slug": names.free_slug(wanted, taken),
            "fund_id": fund.id,
            "title_id": None,
            "rules": fund.rules,
            "opinion_asked": rules.opinion_asked,
            "personal": rules.person is not None,
            "published_at": None,
            "frozen_at": None,
            "closed_at": None,
            "created_at": clock.now(),
            "created_by": actor.actor_id,
            "client_key": key,
            "version": 1,
            **values,
        }
    )
    _write(session, actor, fund, row, settings)
    session.add(row)
    session.flush()
    return row


def describe_round(actor: Actor, round_id: int, settings: RoundSettings, *, version: int) -> None:
    """Say anew when a round takes projects, and what follows. Raises `NotFound`, `Forbidden`, `Conflict`,
    `DomainError`."""
    with transaction() as session:
        fund, row = _kept_round(session, actor, round_id, version)
        if row.frozen_at is not None and settings.year != row.year:
            raise DomainError(
                _l("L’année ne change plus\u00a0: des avis, des notes ou des votes sont déjà arrivés."),
                field="year",
            )
        _write(session, actor, fund, row, settings)
        if row.published_at is not None:
            if row.opens_at is None:
                raise DomainError(_l("Cet appel est ouvert\u00a0: gardez un premier jour."), field="opens_on")
            _check_envelopes(session, row, field="year")
        row.version += 1
        session.flush()
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"described": True})


def _kept_round(session: Session, actor: Actor, round_id: int, version: int) -> tuple[Fund, FundRound]:
    """A round that is not closed, and its fund, both held."""
    fund_id = session.execute(select(FundRound.fund_id).where(FundRound.id == round_id)).scalar()
    if fund_id is None:
        raise NotFound(NO_ROUND)
    fund = kept_fund(session, actor, fund_id)
    row = held_round(session, round_id)
    if row.version != version:
        raise ChangedMeanwhile
    if row.closed_at is not None:
        raise RoundOver
    return fund, row


def _write(session: Session, actor: Actor, fund: Fund, row: FundRound, settings: RoundSettings) -> None:
    """Put settings into a row; raises `DomainError` with the fields of the form."""
    zone, calendar = clock.zone(), settings.calendar
    with Refusals() as refused:
        for later, earlier in calendar.contradictions():
            refused.add(
                DomainError(
                    _l(
                        "Ce jour vient avant «\u00a0%(earlier)s\u00a0»\u00a0: changez un des deux.",
                        earlier=DAYS[earlier],
                    ),
                    field=later.value,
                )
            )
        if settings.year not in YEARS:
            refused.add(DomainError(_l("Écrivez une année entre 2014 et 2099."), field="year"))
        owner = TextOwner("fund_round", row.id, "title", fund.contract_id)
        title_id = refused.unless(
            put_text, session, row.title_id, settings.title, "title", LONGEST_TITLE, owner, actor
        )
        if not settings.title.get(SOURCE_LANGUAGE, "").strip():
            refused.add(DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}"))
    if title_id is not None:
        row.title_id = title_id
    row.year = settings.year
    # A round that opened in the middle of a day keeps its moment.
    if row.opens_at is None or first_day(row.opens_at, zone) != calendar.opens_on:
        row.opens_at = None if calendar.opens_on is None else opening(calendar.opens_on, zone)
    row.closes_at = None if calendar.closes_on is None else closing(calendar.closes_on, zone)
    for each in _PLAIN_DAYS:
        setattr(row, each.value, getattr(calendar, each.value))


def set_round_rules(actor: Actor, round_id: int, rules: FundRules, *, version: int) -> None:
    """Change the rules of a round, while nobody gave an opinion, a mark or a ballot by them. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`."""
    with transaction() as session:
        fund, row = _kept_round(session, actor, round_id, version)
        if row.frozen_at is not None:
            raise RulesFrozen
        if row.published_at is not None:
            _check_defined(rules)
        personal = rules.person is not None
        if personal is not row.personal and _has_projects(session, row):
            raise DomainError(
                _l(
                    "Des projets sont déjà arrivés\u00a0: l’appel reste comme il est, pour des projets ou pour une "
                    "personne."
                ),
                field="person",
            )
        row.rules = as_data(rules)
        row.opinion_asked, row.personal = rules.opinion_asked, personal
        row.version += 1
        raise_fund_tags(session, fund)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"rules": True})


def _has_projects(session: Session, row: FundRound) -> bool:
    found = select(FundProject.id).where(FundProject.round_id == row.id).limit(1)
    return session.execute(found).first() is not None


def _check_defined(rules: FundRules) -> None:
    missing = undefined_names(rules)
    if missing:
        raise DomainError(_l("Il manque encore dans les règles\u00a0: %(missing)s.", missing=missing))


def _check_envelopes(session: Session, row: FundRound, field: str | None = None) -> None:
    found = select(FundEnvelope.id).where(FundEnvelope.fund_id == row.fund_id, FundEnvelope.year == row.year)
    if session.execute(found.limit(1)).first() is None:
        raise DomainError(
            _l(
                "Ce fonds n’a pas encore d’argent pour %(year)s\u00a0: ajoutez d’abord une enveloppe.",
                year=row.year,
            ),
            field=field,
        )


def open_round(actor: Actor, round_id: int, *, version: int) -> None:
    """Show a round to everybody; from its first day on it takes projects (without one: from now on). Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`, which names each rule that is not defined."""
    with transaction() as session:
        fund, row = _kept_round(session, actor, round_id, version)
        now = clock.now()
        with Refusals() as refused:
            if fund.published_at is None or fund.withdrawn_at is not None:
                refused.add(
                    DomainError(
                        _l("Personne ne voit encore ce fonds\u00a0: montrez-le d’abord à tout le monde.")
                    )
                )
            refused.unless(_check_defined, from_data(row.rules))
            refused.unless(_check_envelopes, session, row)
            if row.closes_at is not None and row.closes_at <= now:
                refused.add(
                    DomainError(_l("Le dernier jour pour déposer est passé\u00a0: changez-le d’abord."))
                )
        row.published_at = row.published_at or now
        if row.opens_at is None:
            row.opens_at = now
        row.version += 1
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"public": True})


def close_round(actor: Actor, round_id: int, *, version: int) -> None:
    """Close a round for good: no project comes in or moves to a choice. Raises `NotFound`, `Forbidden`, `Conflict`,
    `DomainError`."""
    with transaction() as session:
        fund, row = _kept_round(session, actor, round_id, version)
        if row.published_at is None:
            raise DomainError(_l("Cet appel à projets n’a jamais été ouvert."))
        row.closed_at = clock.now()
        row.version += 1
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"closed": True})
