"""A vote that was held elsewhere becomes a round of a fund: archived, published, closed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.archive.elections import counts_of
from cdv_civic.fund.desk.operations.rounds import LONGEST_TITLE, RoundSettings, new_round
from cdv_civic.fund.imported.ballots import without_voters
from cdv_civic.fund.models.funds import Fund, FundRound, RoundBallots
from cdv_civic.fund.operations.locking import NO_FUND, kept_fund, raise_fund_tags, record_of_fund
from cdv_civic.fund.rules.calendars import RoundCalendar
from cdv_civic.fund.rules.fund_rules import ChoiceMode, FundRules, as_data
from cdv_civic.fund.scopes import EDIT
from cdv_civic.participation.rules.phases import closing, opening

_KEY: Final = "pabulib:"


class ImportedBefore(Conflict):
    """The file made a round already; `slug` names it."""

    def __init__(self, slug: str) -> None:
        super().__init__(_l("Ce fichier est déjà là\u00a0: c’est l’appel %(slug)s.", slug=slug))
        self.slug = slug


@dataclass(frozen=True)
class _Notice:
    title: str
    year: int
    begins: date
    ends: date


def import_round(actor: Actor, fund_slug: str, content: bytes, *, language: str = "fr") -> str:
    """Make a round of a file of Pabulib; its slug. The file is kept without its voters, with what both ways of counting
    make of it. `language`: of the names of its projects.

    Raises `NotFound`, `Forbidden`, `ImportedBefore`, `DomainError`, `BadPabulibFile`.
    """
    kept, published = without_voters(content)
    counts = counts_of(published)
    notice = _notice(published.meta, counts)
    key = _KEY + hashlib.sha256(kept.encode()).hexdigest()
    rules = FundRules(choice=ChoiceMode.VOTE)
    zone, now = clock.zone(), clock.now()
    with transaction() as session:
        fund_id = session.execute(select(Fund.id).where(Fund.slug == fund_slug)).scalar()
        if fund_id is None:
            raise NotFound(NO_FUND)
        fund = kept_fund(session, actor, fund_id)
        known = session.execute(select(FundRound.slug).where(FundRound.client_key == key)).scalar()
        if known is not None:
            raise ImportedBefore(known)
        settings = RoundSettings(
            {"fr": notice.title}, notice.year, RoundCalendar(opens_on=notice.begins, closes_on=notice.ends)
        )
        row = new_round(
            session,
            actor,
            fund,
            settings,
            key,
            rules=as_data(rules),
            opinion_asked=False,
            personal=False,
            opens_at=opening(notice.begins, zone),
            closes_at=closing(notice.ends, zone),
            published_at=now,
            frozen_at=now,
            closed_at=now,
        )
        session.add(
            RoundBallots(
                round_id=row.id, pabulib=kept, counts={**counts, "language": language}, imported_at=now
            )
        )
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund_round", row.id, {"imported": True})
        return row.slug


def _notice(meta: Mapping[str, str], counts: Mapping[str, Any]) -> _Notice:
    """What the round says of itself, from META; raises `DomainError`."""
    begins, ends = (counts[name] and date.fromisoformat(counts[name]) for name in ("begins", "ends"))
    instance = meta.get("instance", "")
    year = int(instance) if instance.isascii() and instance.isdigit() and len(instance) == 4 else None
    if year is None:
        year = (ends or begins or date.min).year
    begins = begins or date(year, 1, 1)
    ends = ends if ends is not None and ends >= begins else max(begins, date(year, 12, 31))
    title = meta.get("description", "").strip() or meta.get("unit", "").strip()
    if not title:
        raise DomainError(
            _l("Le fichier ne dit pas de quel vote il vient\u00a0: il manque «\u00a0description\u00a0».")
        )
    if instance and instance not in title:
        title = f"{title} {instance}"
    return _Notice(title[:LONGEST_TITLE].strip(), year, begins, ends)
