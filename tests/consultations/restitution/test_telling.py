"""Who is told of an answer, and who is reminded to write one."""

from datetime import timedelta

import pytest
from flask import Flask

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.restitution import telling
from cdv_civic.consultations.restitution.telling import (
    remind_of_answers,
    reminders_due,
    replies_to_tell,
    tell_who_answered,
)
from cdv_civic.consultations.restitution.topics import REPLIES
from cdv_civic.core import background, clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.work_sources import work_of
from cdv_civic.notices import refusals
from cdv_civic.notices.follows.operations import choose_news, follow
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.consultations.factories import make_answer, make_consultation
from tests.consultations.restitution.replies import make_reply
from tests.mail_server import MailBox, send_mails

SOURCE = "consultations-to-answer"


def resident(email: str) -> int:
    return make.make_account(email, role=None, password_hash="", organisation_name="").actor_id


def answered_by(row: Consultation, *emails: str) -> None:
    for email in emails:
        make_answer(row, account_id=resident(email), evidence="message")


def test_whoever_answered_with_an_account_gets_one_mail(app: Flask, mail: MailBox) -> None:
    row = make_consultation(stage="counted", title="La rue")
    answered_by(row, "awa@example.org", "ines@example.org")
    make_answer(row)
    assert not replies_to_tell()
    make_reply(row)
    assert replies_to_tell()
    assert tell_who_answered() == 2
    assert not replies_to_tell()
    assert tell_who_answered() == 0
    send_mails()
    assert sorted(mail.recipients) == ["awa@example.org", "ines@example.org"]
    body = mail.taken[0].get_body(("plain",))
    assert body is not None
    assert "La rue" in body.get_content()
    assert f"/fr/consultations/{row.slug}/reponse" in body.get_content()


def test_in_batches_nobody_is_told_twice_or_forgotten(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    row = make_consultation(stage="counted")
    emails = [f"personne{number}@example.org" for number in range(5)]
    answered_by(row, *emails)
    make_reply(row)
    rounds = iter([True, False])
    with monkeypatch.context() as patch:
        patch.setattr(background, "goes_on", lambda: next(rounds))
        assert tell_who_answered() == 2, "cut off after the first batch"
    assert tell_who_answered() == 3
    send_mails()
    assert sorted(mail.recipients) == emails


def test_followers_learn_by_their_digest_and_who_refused_gets_none(app: Flask, mail: MailBox) -> None:
    row = make_consultation(stage="counted")
    answered_by(row, "awa@example.org", "ines@example.org")
    awa = make.load_actor(1)
    follow(awa, "consultation", row.slug, "fr")
    choose_news(awa, "email", "daily", "fr")
    refusals.refuse(refusals.refuser_of("ines@example.org", REPLIES), REPLIES.name)
    make_reply(row)
    assert tell_who_answered() == 0


def test_an_answer_that_was_taken_in_for_somebody_writes_to_nobody(app: Flask, mail: MailBox) -> None:
    row = make_consultation(stage="counted")
    make_answer(row, entered_by=resident("relais@example.org"), evidence="temoin", channel="marche")
    make_reply(row)
    assert tell_who_answered() == 0


def due_in(days: int, **values: object) -> Consultation:
    return make_consultation(stage="closed", answer_due_on=clock.today() + timedelta(days=days), **values)  # type: ignore[arg-type]


def test_those_who_make_it_are_reminded_14_and_3_days_before_once(app: Flask, mail: MailBox) -> None:
    contract = make.make_contract()
    orly = make.make_commune(contract, "Orly", "orly")
    make.make_account("orly@example.org", role="staff", scope=Scope(ScopeKind.COMMUNE, orly.id))
    make.make_account("contrat@example.org", role="staff", scope=Scope(ScopeKind.CONTRACT, contract.id))
    due_in(20, contract=contract, commune_id=orly.id)
    assert not reminders_due()
    for days, written in ((6, 1), (7, 0), (16, 0), (17, 1), (20, 0)):
        with clock.frozen_everywhere(TODAY + timedelta(days=days)):
            assert (remind_of_answers() if reminders_due() else 0) == written, days
            send_mails()
    assert mail.recipients == ["orly@example.org", "orly@example.org"]
    assert "14 jours" in mail.taken[0]["Subject"]


def test_nobody_is_reminded_of_what_is_open_answered_or_withdrawn(app: Flask, mail: MailBox) -> None:
    make.make_account("site@example.org", role="administrator")
    soon = clock.today() + timedelta(days=3)
    make_consultation(stage="open", answer_due_on=soon)
    make_consultation(stage="answered", answer_due_on=soon)
    make_consultation(stage="closed", answer_due_on=soon, withdrawn_at=clock.now(), withdrawn_reason="Non.")
    assert not reminders_due()
    due_in(3)
    assert remind_of_answers() == 1, "where nobody makes it, those who look after the site do"


def told(who: SignedIn) -> int:
    db.session.rollback()
    return sum(item.count for item in work_of(db.session(), who) if item.source.name == SOURCE)


def test_what_waits_for_an_answer_waits_for_those_who_may_give_it(app: Flask) -> None:
    contract = make.make_contract()
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    est = make.make_quartier(contract, communes=[orly])
    both = make.make_quartier(contract, communes=[ivry])
    body = make_body(contract, quartiers=[est])

    def person(role: str, kind: ScopeKind, id_: int) -> SignedIn:
        return make.make_account(role=role, scope=Scope(kind, id_))

    here = person("staff", ScopeKind.COMMUNE, orly.id)
    there = person("staff", ScopeKind.COMMUNE, ivry.id)
    team = person("staff", ScopeKind.CONTRACT, contract.id)
    moderator = person("moderator", ScopeKind.BODY, body.id)
    due_in(9, contract=contract, commune_id=orly.id, quartiers=[est])
    assert [told(each) for each in (here, there, team, moderator)] == [1, 0, 1, 0]
    due_in(9, contract=contract, quartiers=[est])
    due_in(9, contract=contract, quartiers=[est, both])
    assert [told(each) for each in (here, there, team, moderator)] == [2, 0, 3, 0]
    due_in(-9, contract=contract, body_id=body.id, quartiers=[est])
    assert [told(each) for each in (here, there, team, moderator)] == [2, 0, 3, 1]
    make_consultation(contract, stage="answered", quartiers=[est])
    make_consultation(contract, stage="open", quartiers=[est])
    assert [told(each) for each in (here, there, team, moderator)] == [2, 0, 3, 1]
