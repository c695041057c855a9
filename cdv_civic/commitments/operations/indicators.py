"""Enter what was measured; take back a wrong figure."""

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Indicator, IndicatorValue, indicator_quartier
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import check_line
from cdv_civic.commitments.rules.values import read_value
from cdv_civic.commitments.scopes import touched_indicator
from cdv_civic.commitments.wording import RuleRefusals, refusals_in_words
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract, Quartier

ACTION: Final = "indicator.enter"
LONGEST_SOURCE: Final = 200
#: Nothing in these contracts was measured before.
_EARLIEST: Final = date(1990, 1, 1)


def _locked_indicator(session: Session, actor: Actor, indicator_id: int | None) -> tuple[Indicator, Contract]:
    found = session.execute(
        select(Indicator, Contract)
        .join(Contract, Contract.id == Indicator.contract_id)
        .where(Indicator.id == indicator_id)
        .with_for_update(of=Indicator, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_l("Cet indicateur n’existe pas."))
    require(actor, ACTION, touched_indicator(session, found[0].id, found[0].contract_id))
    return found


def _check_day(measured_on: date) -> None:
    if measured_on > clock.today():
        raise BrokenRule(Breach.DAY_TO_COME, "measured_on")
    if measured_on < _EARLIEST:
        raise BrokenRule(Breach.YEAR_OUT_OF_RANGE, "measured_on")


@refusals_in_words()
def enter_indicator_value(
    actor: Actor,
    indicator_id: int,
    *,
    value: str,
    measured_on: date,
    quartier_id: int | None = None,
    source: str = "",
) -> IndicatorValue:
    """Enter one measure, as typed (see `read_value`); the same measure sent twice is kept once.

    Raises `RuleRefused` with the field of the form, `Forbidden`, `NotFound`.
    """
    require(actor, ACTION)
    with transaction() as session:
        indicator, contract = _locked_indicator(session, actor, indicator_id)
        raise_tags(session, contract_tag(contract.slug))
        with RuleRefusals() as refused:
            number, text = refused.unless(read_value, indicator.value_kind, value) or (None, None)
            refused.unless(_check_day, measured_on)
            if quartier_id is not None:
                refused.unless(_check_quartier, session, indicator, quartier_id)
        known = session.execute(
            select(IndicatorValue).where(
                IndicatorValue.indicator_id == indicator.id,
                IndicatorValue.quartier_id.is_(None)
                if quartier_id is None
                else IndicatorValue.quartier_id == quartier_id,
                IndicatorValue.measured_on == measured_on,
                IndicatorValue.number.is_(None) if number is None else IndicatorValue.number == number,
                IndicatorValue.text.is_(None) if text is None else IndicatorValue.text == text,
                IndicatorValue.withdrawn_at.is_(None),
            )
        ).scalar()
        if known is not None:
            return known
        measure = IndicatorValue(
            indicator_id=indicator.id,
            quartier_id=quartier_id,
            measured_on=measured_on,
            number=number,
            text=text,
            source=check_line(source, "source", longest=LONGEST_SOURCE),
            actor_id=actor.actor_id,
            entered_at=clock.now(),
            withdrawn_at=None,
        )
        session.add(measure)
        session.flush()
        trail.record(
            session,
            actor,
            ACTION,
            "indicator",
            indicator.id,
            scope=contract.slug,
            after={
                "value": measure.id,
                "measured_on": measured_on.isoformat(),
                "quartier": quartier_id,
                "number": number,
                "text": text,
            },
        )
    return measure


def _check_quartier(session: Session, indicator: Indicator, quartier_id: int) -> None:
    """The quartier is one of the indicator's, or (where it names none) one of the contract's."""
    named = set(
        session.execute(
            select(indicator_quartier.c.quartier_id).where(indicator_quartier.c.indicator_id == indicator.id)
        ).scalars()
    )
    contract_id = session.execute(select(Quartier.contract_id).where(Quartier.id == quartier_id)).scalar()
    if contract_id != indicator.contract_id or (named and quartier_id not in named):
        raise BrokenRule(Breach.QUARTIER_NOT_MEASURED, "quartier")


def withdraw_indicator_value(actor: Actor, value_id: int) -> IndicatorValue:
    """Take a wrong figure off the public pages; it stays in the database. Raises `NotFound`, `Forbidden`."""
    require(actor, ACTION)
    with transaction() as session:
        indicator_id = session.execute(
            select(IndicatorValue.indicator_id).where(IndicatorValue.id == value_id)
        ).scalar()
        indicator, contract = _locked_indicator(session, actor, indicator_id)
        raise_tags(session, contract_tag(contract.slug))
        measure = session.execute(
            select(IndicatorValue)
            .where(IndicatorValue.id == value_id)
            .execution_options(populate_existing=True)
        ).scalar_one()
        if measure.withdrawn_at is None:
            measure.withdrawn_at = clock.now()
            ledger.note(session, "indicator_value.withdrawn", measure.id, born=measure.entered_at)
            trail.record(
                session,
                actor,
                ACTION,
                "indicator",
                indicator.id,
                scope=contract.slug,
                before={"value": measure.id, "number": measure.number, "text": measure.text},
                after={"value": measure.id, "withdrawn": True},
            )
    return measure
