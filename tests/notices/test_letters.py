"""A letter has the language of its reader, whoever asks for it and from which page; one that can be refused says how."""

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.ledger import LedgerLine
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.notices import refusals
from cdv_civic.notices.follows.topics import NEWS, REMINDERS
from cdv_civic.notices.letters import Letter, written_in
from cdv_civic.notices.models import Notice, NoticeRefusal
from cdv_civic.notices.operations import refusal_url, write_mail, write_text
from cdv_civic.notices.queries import given_up
from cdv_civic.notices.texts import is_gsm
from cdv_civic.notices.topics import ACCOUNT, ALL, Topic, register_topic, topics
from tests import factories as make
from tests.conftest import TODAY
from tests.mail_server import MailBox, deliver, send_mails

LETTER = Letter("Des nouvelles", ["Le jardin a ouvert."])


@pytest.fixture(autouse=True)
def reader(app: Flask) -> None:
    """News leave for accounts alone."""
    make.make_account("amie@example.org", role=None, password_hash="", organisation_name="")


def write(topic: Topic | None = NEWS, recipient: str = "Amie@example.org") -> Notice | None:
    with transaction() as session, written_in("fr"):
        return write_mail(session, recipient, "fr", LETTER, topic=topic)


def link_of(mail: MailBox) -> str:
    found = re.fullmatch(
        r"<https://site\.example\.org(/fr/desabonnement/[\w.-]+)>", mail.taken[-1]["List-Unsubscribe"]
    )
    assert found, mail.taken[-1]["List-Unsubscribe"]
    return found.group(1)


def test_a_letter_speaks_its_own_language_inside_a_request_for_another(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        with written_in("ar"):
            assert _("Se connecter") == "تسجيل الدخول"
        assert _("Se connecter") == "Se connecter"


def test_news_say_how_to_refuse_them_in_their_head_and_at_their_foot(app: Flask, mail: MailBox) -> None:
    write()
    deliver()
    (message,) = mail.taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = link_of(mail)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert f"https://site.example.org{link}" in body.get_content()
        assert "Ne plus recevoir ces messages" in body.get_content()
    assert "amie" not in link.lower()


@pytest.mark.parametrize("topic", [NEWS, REMINDERS])
@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("a.fr", "a.fr"),
        ("engagements.grand-paris-sud-est-avenir.example.fr",) * 2,
        ("évry.example.fr", "xn--vry-9la.example.fr"),
    ],
)
def test_mail_programs_read_the_way_to_refuse_as_it_stands(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch, topic: Topic, host: str, written: str
) -> None:
    """Not encoded where it is longer than a line (RFC 2047, 5): what is encoded is no address to a mail program."""
    settings = dataclasses.replace(app.extensions["settings"], base_url=f"https://{host}")
    monkeypatch.setitem(app.extensions, "settings", settings)
    write(topic)
    deliver()
    headers = dict(mail.taken[0].raw_items())
    value = str(headers["List-Unsubscribe"])
    assert re.fullmatch(rf"<https://{written}/fr/desabonnement/{topic.name}\.[\w-]+>", value), value
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("topic", [None, ACCOUNT])
def test_what_somebody_asked_for_or_must_know_cannot_be_refused(
    app: Flask, mail: MailBox, topic: Topic | None
) -> None:
    write(topic)
    deliver()
    assert mail.taken[0]["List-Unsubscribe"] is None
    assert mail.taken[0]["List-Unsubscribe-Post"] is None


def test_one_click_of_a_mail_program_refuses_without_cookie_nor_form(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    write()
    deliver()
    link = link_of(mail)
    assert "Ne plus recevoir ces messages" in client.get(link).text
    assert write() is not None, "looking changes nothing"
    answer = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert app.test_client().post(link).status_code == 200, "twice changes nothing"
    assert write() is None
    assert write(recipient="amie@EXAMPLE.org") is None
    assert write(None) is not None
    assert write(ACCOUNT) is not None
    assert write(REMINDERS) is not None, "another topic"
    assert write(recipient="autre@example.org") is not None
    kept = session.execute(select(NoticeRefusal)).scalars().all()
    assert len(kept) == 1
    assert "amie" not in kept[0].address_hash


def test_a_refusal_can_be_taken_back(app: Flask, client: FlaskClient, mail: MailBox) -> None:
    write()
    send_mails()
    link = link_of(mail)
    page = client.post(link)
    assert "Vous ne recevez plus ces messages" in page.text
    assert "Recevoir de nouveau ces messages" in page.text
    assert "vous recevez de nouveau" in client.post(link, data={"encore": "1"}).text
    assert write() is not None


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: "A" + token, lambda _token: "x"])
def test_a_link_that_is_not_ours_refuses_nothing(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox, change: Callable[[str], str]
) -> None:
    write()
    deliver()
    *path, token = link_of(mail).split("/")
    for method in ("GET", "POST"):
        answer = client.open("/".join([*path, change(token)]), method=method)
        assert answer.status_code == 404
        assert "Ce lien n’est pas complet" in answer.text
    assert session.execute(select(func.count()).select_from(NoticeRefusal)).scalar() == 0


def test_a_link_may_refuse_all_at_once_and_the_topic_again(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    write()
    send_mails()
    link = link_of(mail)
    page = client.get(link).text
    assert "Les nouvelles de ce que vous suivez" in page
    page = client.post(link, data={"tout": "1"}).text
    assert "Le site ne vous écrit plus de lui-même" in page
    assert write() is None
    assert write(REMINDERS) is None
    assert write(None) is not None
    client.post(link, data={"encore": "1"})
    assert write() is not None
    assert write(REMINDERS) is not None


def test_one_topic_taken_again_leaves_the_other_refused(app: Flask, client: FlaskClient) -> None:
    for topic in (NEWS, REMINDERS):
        client.post(f"/fr/desabonnement/{refusals.token_for('amie@example.org', topic)}")
    client.post(f"/fr/desabonnement/{refusals.token_for('amie@example.org', NEWS)}", data={"encore": "1"})
    assert write() is not None
    assert write(REMINDERS) is None


def test_the_link_of_one_topic_is_not_that_of_another(app: Flask, client: FlaskClient) -> None:
    _topic, _dot, rest = refusals.token_for("amie@example.org", NEWS).partition(".")
    for forged in (f"reminders.{rest}", f"all.{rest}", f".{rest}", rest):
        assert client.post(f"/fr/desabonnement/{forged}").status_code == 404
    assert write() is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_made_up_link_is_read(app: Flask, typed: str) -> None:
    with pytest.raises(NotFound):
        refusals.read_token(typed)


def test_a_link_of_a_mail_of_before_there_were_topics_refuses_all(app: Flask, client: FlaskClient) -> None:
    older = URLSafeSerializer(app.extensions["settings"].secret_key, salt="mail refusal")
    address_hash = keyed_hash("mail refusal", "amie@example.org")[:40]
    link = f"/fr/desabonnement/{older.dumps(address_hash)}"
    assert "Ne plus recevoir ces messages" in client.get(link).text
    assert client.post(link).status_code == 200
    assert write() is None
    assert write(REMINDERS) is None
    client.post(link, data={"encore": "1"})
    assert write() is not None


def test_a_number_refuses_by_a_short_link_that_leads_to_the_news_too(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    url = refusal_url("+33612345678", "ar", NEWS, short=True)
    assert url is not None
    assert is_gsm(url)
    assert len(url) <= 60, "70 characters are all that an Arabic message holds"
    link = url.removeprefix("https://site.example.org")
    assert "/ar/moi/suivis" in client.get(link).text
    assert client.post(link).status_code == 200
    with transaction() as writing:
        assert write_text(writing, "+33612345678", "fr", "Bonjour", topic=NEWS) is None
        assert write_text(writing, "+33612345678", "fr", "Bonjour", topic=REMINDERS) is not None
        assert write_text(writing, "+33612345679", "fr", "Bonjour", topic=NEWS) is not None
    assert session.execute(select(NoticeRefusal.address_hash)).scalars().all() != ["+33612345678"]


def test_a_topic_that_nobody_registered_is_no_topic(app: Flask) -> None:
    with pytest.raises(ValueError, match="not a registered topic"):
        write(Topic("other", "Autre chose"))
    for name in ("all", "Deux", "un mot", "é", ""):
        with pytest.raises(ValueError, match="not a name"):
            register_topic(app, Topic(name, "Autre chose"))
    with pytest.raises(RegisteredTwice):
        register_topic(app, NEWS)


def test_every_topic_is_of_people_who_may_do_something(app: Flask) -> None:
    assert {topic.action for topic in topics()} <= ACTIONS.keys()
    assert {topic.name for topic in topics() if not topic.refusable} == {"account", "watch"}


def test_a_mail_that_its_reader_refused_meanwhile_is_no_failure(
    app: Flask, mail: MailBox, session: Session
) -> None:
    write()
    refusals.refuse(refusals.refuser_of("amie@example.org", NEWS), NEWS.name)
    deliver()
    assert mail.taken == []
    assert given_up(Reach(everywhere=True)) == []
    assert session.execute(select(Notice.last_error)).scalar() == "RefusedTopic"


def test_a_line_of_the_ledger_of_before_there_were_topics_is_about_all(app: Flask, session: Session) -> None:
    address_hash = refusals.refuser_of("amie@example.org", NEWS).address_hash

    def line(kind: str, key: str, minutes: int, code: str = "") -> LedgerLine:
        return LedgerLine(key, kind, address_hash, "", code, TODAY + timedelta(minutes=minutes))

    replayed = ledger.replay([line("mail.refused", "a", 0), line("mail.refused", "b", 1, "reminders")])
    assert replayed.done == {"mail.refused": 2}
    assert refusals.refused_names(session, "amie@example.org") == {ALL, "reminders"}
    ledger.replay([line("mail.accepted", "c", 2)])
    assert refusals.refused_names(session, "amie@example.org") == {"reminders"}
