"""The receipt's own page: where a project stands in words, what comes next, and what its carrier may do."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import transaction
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.operations.locking import held_project
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.projects.operations.depositing import DepositedProject, deposit
from cdv_civic.fund.rules.projects import HOLDS_MONEY, ProjectState
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.fund.funds import freeze_project, make_envelope, make_fund, make_round
from tests.fund.projects.deposits import FIELDS, FOLLOW, OURS, stored_project, typed
from tests.page_forms import PageForm

_NOTHING: Final[Mapping[str, str]] = {}
CORRECT, GIVE_UP = "/fr/fonds/suivi/corriger", "/fr/fonds/suivi/arreter"


@pytest.fixture
def fund(app: Flask) -> Fund:
    limiter.reset()
    fund = make_fund()
    make_envelope(fund)
    return fund


@pytest.fixture
def fund_round(fund: Fund) -> FundRound:
    return make_round(
        fund,
        instruction_until=TODAY.date() + timedelta(days=12),
        choice_on=TODAY.date() + timedelta(days=40),
        payment_until=TODAY.date() + timedelta(days=60),
    )


def follow(client: FlaskClient, got: DepositedProject, language: str = "fr") -> str:
    answer = client.post(FOLLOW.replace("/fr/", f"/{language}/"), data={"receipt": got.receipt}, headers=OURS)
    assert answer.status_code == 200
    return answer.text


def brought_to(
    got: DepositedProject,
    *states: ProjectState,
    reason: Mapping[str, str] = _NOTHING,
    elsewhere: Mapping[str, str] = _NOTHING,
) -> None:
    desk = make.make_account(role="administrator")
    with transaction() as session:
        project = held_project(session, got.project_id)
        contract_id = session.get_one(Fund, project.fund_id).contract_id
        for state in states:
            if state in HOLDS_MONEY and not project.granted_cents:
                project.granted_cents = 900_00
                project.envelope_id = session.execute(select(FundEnvelope.id)).scalar_one()
            move(session, desk, project, state, contract_id, reason=reason, elsewhere=elsewhere)


def form_of(client: FlaskClient, got: DepositedProject) -> PageForm:
    page = client.post(CORRECT, data={"receipt": got.receipt}, headers=OURS)
    assert page.status_code == 200
    return PageForm(page.text, "sent")


def correct(client: FlaskClient, got: DepositedProject, **changes: str) -> TestResponse:
    return client.post(CORRECT, data=form_of(client, got).filled(changes), headers=OURS)


def test_what_comes_next_is_said_with_the_days_of_the_calendar(
    client: FlaskClient, fund_round: FundRound
) -> None:
    page = follow(client, deposit(typed(fund_round)))
    assert "vous répond ici avant le 2 décembre 2026" in page
    assert "une commission choisit, le 30 décembre 2026" in page
    assert "1\u202f400\u00a0€" in page


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_each_state_has_its_page_in_each_language(
    client: FlaskClient, fund_round: FundRound, language: str
) -> None:
    got = deposit(typed(fund_round))
    states = (
        *(ProjectState.ADMISSIBLE, ProjectState.OPINION, ProjectState.IN_CHOICE, ProjectState.SELECTED),
        *(ProjectState.NOTIFIED, ProjectState.PAID, ProjectState.DONE, ProjectState.REVIEWED),
    )
    for state in (*states, ProjectState.CLOSED):
        brought_to(got, state)
        assert "story-entry" in follow(client, got, language)


def test_a_refusal_says_why_and_where_else_to_ask(client: FlaskClient, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    brought_to(
        got,
        ProjectState.INADMISSIBLE,
        reason={"fr": "Ce fonds ne paie pas de travaux."},
        elsewhere={"fr": "Demandez au bailleur."},
    )
    page = follow(client, got)
    assert "Ce fonds ne paie pas de travaux." in page
    assert "Où demander ailleurs" in page
    assert "Demandez au bailleur." in page
    assert "Corriger" not in page


def test_what_is_missing_is_said_and_completed(client: FlaskClient, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    brought_to(got, ProjectState.INCOMPLETE, reason={"fr": "Il manque un devis."})
    assert "Compléter mon projet" in follow(client, got)
    form = form_of(client, got)
    sent = dict(form.sent)
    assert (sent["title"], sent["amount_2"], sent["asked"]) == (FIELDS["title"], "1200,50", "1400")
    assert sent["contact"] == "", "a receipt may be lost"
    answer = correct(client, got, when_text="En juillet")
    assert answer.status_code == 200
    assert "Votre projet est à jour" in answer.text
    project = stored_project(got.project_id)
    assert (project.state, project.when_text, project.contact) == (
        "submitted",
        "En juillet",
        "quelqu-un@example.org",
    )


def test_a_correction_that_is_wrong_comes_back_whole(client: FlaskClient, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    answer = correct(client, got, asked="beaucoup", words="Autre chose.")
    assert answer.status_code == 422
    assert "Écrivez le montant en chiffres" in answer.text
    assert "Autre chose." in answer.text
    assert stored_project(got.project_id).version == 1


def test_what_cannot_be_kept_any_more_is_given_back(client: FlaskClient, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    sent = form_of(client, got).filled({"words": "Trop tard."})
    freeze_project(stored_project(got.project_id))
    answer = client.post(CORRECT, data=sent, headers=OURS)
    assert answer.status_code == 409
    assert "ne change plus" in answer.text
    assert "Trop tard." in answer.text
    assert "Corriger mon projet" not in follow(client, got)


def test_giving_up_is_asked_first(client: FlaskClient, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    asked = client.post(GIVE_UP, data={"receipt": got.receipt}, headers=OURS)
    assert "Arrêter ce projet\u00a0?" in asked.text
    assert stored_project(got.project_id).state == "submitted"
    for _twice in range(2):
        done = client.post(GIVE_UP, data={"receipt": got.receipt, "sure": "oui"}, headers=OURS)
        assert done.status_code == 200
        assert "Arrêté" in done.text
    assert stored_project(got.project_id).state == "abandoned"


def test_a_receipt_that_is_none_leads_to_the_page_where_it_is_typed(client: FlaskClient, fund: Fund) -> None:
    for url in (CORRECT, GIVE_UP):
        assert client.get(url).location == "/fr/parole/suivi"
        assert client.post(url, data={"receipt": "ACE34-HJK79"}, headers=OURS).status_code == 422


def test_the_page_costs_as_much_for_many_projects_as_for_one(
    app: Flask, client: FlaskClient, fund_round: FundRound
) -> None:
    got = deposit(typed(fund_round))
    follow(client, got)
    with counting(app) as few:
        follow(client, got)
    for number in range(20):
        deposit(typed(fund_round, title=f"Projet {number}"))
    with counting(app) as many:
        follow(client, got)
    assert len(few) == len(many)
