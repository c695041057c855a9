"""What whoever runs a fund does: funds, envelopes, rounds, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.ledger import LedgerLine, mark
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.fund.desk.operations import envelopes, funds, rounds
from cdv_civic.fund.desk.operations.envelopes import NewEnvelope
from cdv_civic.fund.desk.operations.funds import WITHDRAWN, FundPlace, FundSettings
from cdv_civic.fund.desk.operations.rounds import RoundOver, RoundSettings, RulesFrozen
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound, fund_funder
from cdv_civic.fund.rules.calendars import RoundCalendar
from cdv_civic.fund.rules.fund_rules import FundRules, PersonRules, from_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.templates import TEMPLATES, EnvelopeScope, FundKind
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.fund import funds as given

SETTINGS = FundSettings(
    name={"fr": "Fonds des voisins"},
    words={"fr": "Pour vos idées."},
    help={},
    elsewhere={"fr": "À la mairie."},
    payer="Ville d’exemple",
    payer_siret="123 456 789 00012",
)


def settings_of_round(**days: object) -> RoundSettings:
    calendar = RoundCalendar(**days)  # type: ignore[arg-type]
    return RoundSettings({"fr": "Appel du printemps"}, clock.today().year, calendar)


def stored(slug: str) -> Fund:
    db.session.rollback()
    return db.session.execute(select(Fund).where(Fund.slug == slug)).scalar_one()


def stored_round(slug: str) -> FundRound:
    db.session.rollback()
    return db.session.execute(select(FundRound).where(FundRound.slug == slug)).scalar_one()


def refused_fields(act: Callable[[], object]) -> set[str | None]:
    with pytest.raises(DomainError) as refused:
        act()
    return {each.field for each in refused.value.refusals}


class Desk:
    """A contract, somebody of its team, and a fund of the template FPCC."""

    def __init__(self) -> None:
        self.contract: Contract = make.make_contract()
        self.staff: SignedIn = make.make_account(
            role=Role.STAFF.value, scope=Scope(ScopeKind.CONTRACT, self.contract.id)
        )

    def make(self, kind: FundKind | None = FundKind.FPCC, **changes: object) -> Fund:
        place = FundPlace(self.contract.id)
        settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
        return stored(funds.make_fund(self.staff, place, settings, kind=kind, client_key=new_key()))

    def public(self) -> Fund:
        fund = self.make()
        funds.publish_fund(self.staff, fund.id, version=fund.version)
        return stored(fund.slug)

    def round(self, fund: Fund, settings: RoundSettings | None = None) -> FundRound:
        settings = settings or settings_of_round()
        return stored_round(rounds.make_round(self.staff, fund.id, settings, client_key=new_key()))

    def envelope(self, fund: Fund, cents: int = 5000_00) -> int:
        new = NewEnvelope(clock.today().year, EnvelopeScope.WHOLE, cents)
        return envelopes.make_envelope(self.staff, fund.id, new, client_key=new_key())


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk()


def test_a_fund_begins_with_the_rules_of_its_template(desk: Desk) -> None:
    fund = desk.make()
    assert (fund.slug, fund.kind, fund.published_at) == ("fonds-des-voisins", "fpcc", None)
    assert from_data(fund.rules) == TEMPLATES[FundKind.FPCC].rules
    assert fund.payer_siret == "12345678900012"
    assert desk.make(None).slug == "fonds-des-voisins-2"


def test_a_form_sent_twice_makes_one_fund_one_round_one_envelope(desk: Desk) -> None:
    key = new_key()
    place = FundPlace(desk.contract.id)
    first, again = (funds.make_fund(desk.staff, place, SETTINGS, kind=None, client_key=key) for _ in range(2))
    assert first == again
    fund = stored(first)
    one, two = (rounds.make_round(desk.staff, fund.id, settings_of_round(), client_key=key) for _ in range(2))
    assert one == two
    new = NewEnvelope(2027, EnvelopeScope.WHOLE, 100)
    assert len({envelopes.make_envelope(desk.staff, fund.id, new, client_key=key) for _ in range(2)}) == 1


def test_all_that_is_wrong_with_a_fund_is_said_at_once(desk: Desk) -> None:
    place = FundPlace(desk.contract.id)
    wrong = replace(SETTINGS, name={}, words={"fr": ""}, payer_siret="12", payer="x" * 200)
    assert refused_fields(
        lambda: funds.make_fund(desk.staff, place, wrong, kind=None, client_key=new_key())
    ) == {"name_fr", "words_fr", "payer_siret", "payer"}
    elsewhere = make.make_organisation(make.make_contract())
    for field in ("funders", "quartiers", "bodies"):
        bad = replace(SETTINGS, **{field: (999_999,)})  # type: ignore[arg-type]
        assert refused_fields(
            lambda bad=bad: funds.make_fund(  # type: ignore[misc]
                desk.staff, place, bad, kind=None, client_key=new_key()
            )
        ) == {field}
    fund = desk.make()
    assert refused_fields(
        lambda: funds.describe_fund(
            desk.staff, fund.id, replace(SETTINGS, owner_id=elsewhere.id), version=fund.version
        )
    ) == {"owner"}


def test_a_fund_is_described_anew_and_keeps_the_order_of_who_gives(desk: Desk) -> None:
    first, second = (make.make_organisation(desk.contract) for _ in range(2))
    fund = desk.make(funders=(second.id, first.id))
    links = select(fund_funder.c.organisation_id).order_by(fund_funder.c.position)
    assert list(db.session.execute(links).scalars()) == [second.id, first.id]
    funds.describe_fund(desk.staff, fund.id, replace(SETTINGS, elsewhere={}), version=fund.version)
    assert stored(fund.slug).elsewhere_id is None
    with pytest.raises(ChangedMeanwhile):
        funds.describe_fund(desk.staff, fund.id, SETTINGS, version=1)


def test_a_landlord_runs_its_own_funds_and_gives_them_to_nobody(desk: Desk) -> None:
    landlord = make.make_organisation(desk.contract)
    contact = make.make_account(role=Role.HOLDER.value, scope=Scope(ScopeKind.ORGANISATION, landlord.id))
    own = replace(SETTINGS, owner_id=landlord.id)
    slug = funds.make_fund(
        contact,
        FundPlace(desk.contract.id, owner_id=landlord.id),
        own,
        kind=FundKind.LANDLORD,
        client_key=new_key(),
    )
    fund = stored(slug)
    funds.publish_fund(contact, fund.id, version=fund.version)
    for owner in (None, make.make_organisation(desk.contract).id):
        with pytest.raises(Forbidden):
            funds.describe_fund(
                contact, fund.id, replace(SETTINGS, owner_id=owner), version=stored(slug).version
            )
    with pytest.raises(Forbidden):
        funds.make_fund(contact, FundPlace(desk.contract.id), SETTINGS, kind=None, client_key=new_key())
    other = desk.make()
    with pytest.raises(Forbidden):
        funds.set_fund_rules(contact, other.id, FundRules(), version=other.version)


def test_a_withdrawn_fund_stays_withdrawn_after_a_restore(desk: Desk) -> None:
    fund = desk.public()
    line = LedgerLine("clef", WITHDRAWN, str(fund.id), mark(fund.created_at), "", clock.now())
    assert ledger.replay([line]).done == {WITHDRAWN: 1}
    assert ledger.replay([replace(line, key="autre")]).done == {}
    assert ledger.replay([replace(line, key="perdu", born="1999")]).done == {}
    assert stored(fund.slug).withdrawn_at is not None
    funds.publish_fund(desk.staff, fund.id, version=stored(fund.slug).version)
    assert stored(fund.slug).withdrawn_at is None
    funds.withdraw_fund(desk.staff, fund.id, version=stored(fund.slug).version)
    assert stored(fund.slug).withdrawn_at is not None


def test_an_envelope_is_never_less_than_what_was_promised(desk: Desk) -> None:
    fund = desk.public()
    envelope_id = desk.envelope(fund)
    row = db.session.get_one(FundEnvelope, envelope_id)
    project = given.make_project(given.make_round(fund), ProjectState.IN_CHOICE)
    with transaction() as session:
        held = session.merge(project)
        held.state, held.granted_cents, held.envelope_id = "selected", 400_00, envelope_id
    assert refused_fields(
        lambda: envelopes.change_envelope(desk.staff, envelope_id, 399_99, version=row.version)
    ) == {"amount"}
    envelopes.change_envelope(desk.staff, envelope_id, 400_00, version=1)
    assert refused_fields(lambda: envelopes.delete_envelope(desk.staff, envelope_id, version=2)) == {None}


def test_an_envelope_that_nothing_counts_on_is_taken_away(desk: Desk) -> None:
    fund = desk.make()
    envelope_id = desk.envelope(fund)
    envelopes.delete_envelope(desk.staff, envelope_id, version=1)
    assert db.session.get(FundEnvelope, envelope_id) is None


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewEnvelope(1999, EnvelopeScope.WHOLE, 100), "year"),
        (NewEnvelope(2027, EnvelopeScope.WHOLE, 0), "amount"),
        (NewEnvelope(2027, EnvelopeScope.WHOLE, 10**12), "amount"),
        (NewEnvelope(2027, EnvelopeScope.QUARTIER, 100), "quartier"),
        (NewEnvelope(2027, EnvelopeScope.WHOLE, 100, quartier_id=1), "quartier"),
        (NewEnvelope(2027, EnvelopeScope.QUARTIER, 100, quartier_id=999_999), "quartier"),
    ],
)
def test_an_envelope_that_cannot_be_is_refused(desk: Desk, new: NewEnvelope, field: str) -> None:
    fund = desk.make()
    assert refused_fields(
        lambda: envelopes.make_envelope(desk.staff, fund.id, new, client_key=new_key())
    ) == {field}


def test_there_is_one_envelope_for_a_year_and_a_use(desk: Desk) -> None:
    fund = desk.make()
    desk.envelope(fund)
    assert refused_fields(lambda: desk.envelope(fund)) == {"scope"}


def test_a_round_opens_once_nothing_is_missing(desk: Desk) -> None:
    fund = desk.make(FundKind.MIXED_JURY)
    row = desk.round(fund)
    with pytest.raises(DomainError) as refused:
        rounds.open_round(desk.staff, row.id, version=row.version)
    said = " ".join(str(each.sentence) for each in refused.value.refusals)
    for part in ("montrez-le d’abord", "qui peut demander, combien au plus", "pas encore d’argent"):
        assert part in said
    funds.publish_fund(desk.staff, fund.id, version=fund.version)
    desk.envelope(fund)
    rounds.set_round_rules(desk.staff, row.id, TEMPLATES[FundKind.FPCC].rules, version=row.version)
    row = stored_round(row.slug)
    assert row.opinion_asked
    rounds.open_round(desk.staff, row.id, version=row.version)
    row = stored_round(row.slug)
    assert row.published_at is not None
    assert row.opens_at is not None
    assert from_data(stored(fund.slug).rules) == TEMPLATES[FundKind.MIXED_JURY].rules, (
        "the fund keeps its own"
    )


def test_a_round_whose_last_day_is_over_does_not_open(desk: Desk) -> None:
    fund = desk.public()
    desk.envelope(fund)
    past = clock.today() - timedelta(1)
    row = desk.round(fund, settings_of_round(opens_on=past, closes_on=past))
    assert refused_fields(lambda: rounds.open_round(desk.staff, row.id, version=row.version)) == {None}


def test_days_that_contradict_each_other_are_said_at_the_later_one(desk: Desk) -> None:
    fund = desk.make()
    today = clock.today()
    wrong = settings_of_round(
        opens_on=today, closes_on=today - timedelta(1), review_until=today - timedelta(9)
    )
    assert refused_fields(lambda: desk.round(fund, wrong)) == {"closes_on", "review_until"}
    assert refused_fields(lambda: desk.round(fund, replace(wrong, title={}, year=1900))) == {
        "closes_on",
        "review_until",
        "title_fr",
        "year",
    }


def test_an_open_round_keeps_a_first_day_and_the_money_of_its_year(desk: Desk) -> None:
    fund = desk.public()
    desk.envelope(fund)
    row = desk.round(fund)
    rounds.open_round(desk.staff, row.id, version=row.version)
    row = stored_round(row.slug)
    assert refused_fields(
        lambda: rounds.describe_round(desk.staff, row.id, settings_of_round(), version=row.version)
    ) == {"opens_on"}
    later = replace(settings_of_round(opens_on=clock.today()), year=clock.today().year + 1)
    assert refused_fields(lambda: rounds.describe_round(desk.staff, row.id, later, version=row.version)) == {
        "year"
    }
    before = row.opens_at
    same_day = settings_of_round(opens_on=clock.today(), closes_on=clock.today())
    rounds.describe_round(desk.staff, row.id, same_day, version=row.version)
    assert stored_round(row.slug).opens_at == before


def test_rules_change_until_the_first_opinion(desk: Desk) -> None:
    fund = desk.public()
    row = given.make_round(fund)
    project = given.make_project(row)
    personal = replace(given.RULES, person=PersonRules(16, 25, "Aider."))
    assert refused_fields(lambda: rounds.set_round_rules(desk.staff, row.id, personal, version=1)) == {
        "person"
    }
    assert refused_fields(lambda: rounds.set_round_rules(desk.staff, row.id, FundRules(), version=1)) == {
        None
    }
    rounds.set_round_rules(desk.staff, row.id, replace(given.RULES, opinion_asked=True), version=1)
    assert stored_round(row.slug).opinion_asked
    given.freeze_project(project)
    with pytest.raises(RulesFrozen):
        rounds.set_round_rules(desk.staff, row.id, given.RULES, version=2)
    assert refused_fields(
        lambda: rounds.describe_round(
            desk.staff,
            row.id,
            replace(settings_of_round(opens_on=clock.today()), year=clock.today().year + 1),
            version=2,
        )
    ) == {"year"}


def test_a_round_that_was_closed_for_good_does_not_change(desk: Desk) -> None:
    fund = desk.public()
    row = desk.round(fund)
    assert refused_fields(lambda: rounds.close_round(desk.staff, row.id, version=row.version)) == {None}
    desk.envelope(fund)
    rounds.open_round(desk.staff, row.id, version=row.version)
    rounds.close_round(desk.staff, row.id, version=2)
    acts: tuple[Callable[[], object], ...] = (
        lambda: rounds.close_round(desk.staff, row.id, version=3),
        lambda: rounds.describe_round(desk.staff, row.id, settings_of_round(), version=3),
        lambda: rounds.set_round_rules(desk.staff, row.id, given.RULES, version=3),
        lambda: rounds.open_round(desk.staff, row.id, version=3),
    )
    for act in acts:
        with pytest.raises(RoundOver):
            act()


def test_each_act_leaves_a_line_in_the_trail_without_words(desk: Desk) -> None:
    fund = desk.public()
    desk.envelope(fund)
    row = desk.round(fund)
    rounds.open_round(desk.staff, row.id, version=row.version)
    entries = db.session.execute(
        select(AuditEntry.object_kind, AuditEntry.after).where(AuditEntry.action == "fund.edit")
    ).all()
    assert {entry.object_kind for entry in entries} == {"fund", "fund_envelope", "fund_round"}
    assert "voisins" not in str(entries)
