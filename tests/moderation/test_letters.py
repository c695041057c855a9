"""Whoever wrote a text, or reported it, learns what was decided and why, in their language."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.moderation.kinds import Author
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.moderation.topics import DECISIONS
from cdv_civic.notices.models import Notice
from cdv_civic.notices.refusals import read_token, refuse, token_for
from tests import factories as make
from tests.mail_server import MailBox
from tests.moderation.cases import WORDS, Desk, by_mail, make_desk, make_hint, make_report, make_text

pytestmark = pytest.mark.one_database

WHY = Reasons(law=LegalGround.PRIVACY, facts="Une personne est nommée.")


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


def letters(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.execute(select(Notice).order_by(Notice.id)).scalars())


def said(letter: Notice) -> str:
    assert letter.text_body is not None
    return letter.text_body


def test_the_author_reads_what_for_how_long_why_and_how_to_contest(
    desk: Desk, mail: MailBox, session: Session
) -> None:
    text_id = make_text(desk, state="publie", author=by_mail())
    make_hint(text_id, 0, 14)
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    (letter,) = letters(session)
    assert (letter.recipient, letter.language, letter.topic) == ("autrice@example.org", "fr", "decisions")
    for sentence in (
        "Une boîte à idées",
        "Ce texte est masqué.",
        "Sans limite de durée",
        "Une atteinte à la vie privée",
        "article 9",
        "Une personne est nommée.",
        "L’équipe qui modère l’a lu elle-même.",
        "Un programme avait signalé un passage.",
        "Vous pouvez contester jusqu’au",
        "une autre personne vous répond",
        desk.place.body.name,
        "/fr/parole/suivi",
    ):
        assert sentence in said(letter), sentence
    assert WORDS not in said(letter)


def test_it_is_in_the_language_that_they_chose(desk: Desk, mail: MailBox, session: Session) -> None:
    text_id = make_text(desk, state="publie", author=by_mail(language="ar"))
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1, translations={"ar": "ذُكر اسم شخص."})
    (letter,) = letters(session)
    assert letter.language == "ar"
    assert "ذُكر اسم شخص." in said(letter)
    assert "Ce texte" not in said(letter)
    assert "/ar/" in said(letter)


def test_an_account_without_another_way_is_written_to_at_its_address(
    desk: Desk, mail: MailBox, session: Session
) -> None:
    person = make.make_account()
    text_id = make_text(
        desk,
        state="publie",
        author_id=person.actor_id,
        author=Author(person.actor_id, None, None, "fr", has_receipt=False),
    )
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    assert [letter.recipient for letter in letters(session)] == [person.email]


def test_that_nothing_changes_is_told_to_whoever_reported_and_not_to_the_author(
    desk: Desk, mail: MailBox, session: Session
) -> None:
    text_id = make_text(desk, state="publie", author=by_mail())
    make_report(text_id)
    make_report(text_id, contact=None)
    decide(desk.moderator, text_id, ModerationAct.KEEP, version=1)
    (letter,) = letters(session)
    assert letter.recipient == "voisin@example.org"
    assert "Ce texte reste tel quel." in said(letter)
    assert "Vous pouvez contester jusqu’au" in said(letter)


def test_whoever_reported_reads_the_ground_and_not_the_facts(
    desk: Desk, mail: MailBox, session: Session
) -> None:
    text_id = make_text(desk, state="publie")
    make_report(text_id)
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    (letter,) = letters(session)
    assert "Une atteinte à la vie privée" in said(letter)
    assert WHY.facts not in said(letter)
    assert "contester" not in said(letter), "they got what they asked for"


def test_somebody_in_distress_is_told_where_to_find_help(desk: Desk, mail: MailBox, session: Session) -> None:
    text_id = make_text(desk, author=by_mail())
    decide(desk.moderator, text_id, ModerationAct.PUBLISH, version=1, points_to_help=True)
    (letter,) = letters(session)
    assert "112" in said(letter)
    assert "114" in said(letter)


def test_a_number_gets_a_text_message_that_leads_to_the_decision(
    desk: Desk, mail: MailBox, session: Session
) -> None:
    for tag in ("fr", "ar"):
        phone = Author(None, "phone", "06 12 34 56 78", tag, has_receipt=True)
        text_id = make_text(desk, state="publie", author=phone)
        decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    french, arabic = letters(session)
    assert (french.kind, french.recipient, french.language) == ("sms", "+33612345678", "fr")
    assert "/fr/parole/suivi" in said(french)
    assert WHY.facts not in said(french)
    assert "/ar/" in said(arabic)


def test_a_site_that_sends_nothing_decides_all_the_same(
    desk: Desk, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = dataclasses.replace(app.extensions["settings"], environment="production", smtp_url=None, sms=None)
    monkeypatch.setitem(app.extensions, "settings", quiet)
    text_id = make_text(desk, state="publie", author=by_mail())
    make_report(text_id)
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    assert letters(session) == []


def test_whoever_refused_these_letters_gets_none(desk: Desk, mail: MailBox, session: Session) -> None:
    found = read_token(token_for("autrice@example.org", DECISIONS))
    assert found is not None
    refuse(found, DECISIONS.name)
    text_id = make_text(desk, state="publie", author=by_mail())
    decide(desk.moderator, text_id, ModerationAct.HIDE, WHY, version=1)
    assert letters(session) == []
