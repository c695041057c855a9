"""A link by e-mail opens an account once, for its holder, and says nothing to others."""

import dataclasses
import re
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.links import DeadLink, choose_password
from cdv_civic.accounts.models import Account, AccountLink
from cdv_civic.accounts.operations import disable_account
from cdv_civic.accounts.passwords import WeakPassword
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.notices.models import Notice
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.sign_in.password.operations import send_password_link
from tests.conftest import TODAY
from tests.factories import PASSWORD, make_account, make_contract
from tests.mail_server import MailBox, send_mails
from tests.signing_in import send, sign_in, token_of

NEW = "trois pommes sous la pluie"
LOST = "/fr/mot-de-passe-oublie"


def link_in(mail: MailBox, number: int = -1) -> str:
    """The path of the link of a mail; the text and the HTML hold the same."""
    send_mails()
    text, html = (mail.taken[number].get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    found = re.search(r"https://site\.example\.org(/\w+/mot-de-passe/[\w-]+)", text.get_content())
    assert found, text.get_content()
    assert found.group(0) in html.get_content()
    return found.group(1)


def token_in(mail: MailBox) -> str:
    return link_in(mail).rpartition("/")[2]


def invite_somebody(email: str = "nouvelle@example.org", **values: object) -> Account:
    return invite(CommandLine(), email=email, name="N", organisation_name="Ville", **values)  # type: ignore[arg-type]


def test_who_forgot_a_password_chooses_another_one(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    account = make_account()
    elsewhere = app.test_client()
    sign_in(elsewhere, account)
    page = send(client, LOST, email=account.email)
    assert page.status_code == 200
    assert "Regardez vos e-mails" in page.text
    link = link_in(mail)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200, "looking does not use it"
    answer = send(client, link, password=NEW, again=NEW)
    assert (answer.status_code, answer.location) == (303, "/fr/connexion/equipe")
    assert "Votre mot de passe est enregistré" in client.get("/fr/connexion/equipe").text
    assert elsewhere.get("/fr/bureau").status_code == 302, "open sessions are ended"
    assert sign_in(app.test_client(), account).status_code == 422
    assert sign_in(app.test_client(), account, NEW).status_code == 303
    gone = client.get(link)
    assert gone.status_code == 410
    assert "Ce lien ne sert plus" in gone.text
    session.rollback()
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "account.self")).scalar_one()
    assert (entry.object_id, entry.after) == (account.actor_id, {"password": "chosen", "link": "password"})


def test_only_a_hash_of_the_link_is_kept_once_it_has_left(
    app: Flask, session: Session, mail: MailBox
) -> None:
    send_password_link(make_account().email, "fr")
    token = token_in(mail)
    session.rollback()
    kept = [
        repr(row)
        for table in (AccountLink, Notice, AuditEntry)
        for row in session.execute(select(table.__table__))
    ]
    assert len(kept) == 2
    assert not [row for row in kept if token in row]


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    make_account("agent@example.org")
    make_account("parti@example.org", disabled_at=clock.now())
    pages = {}
    for email in ("agent@example.org", "parti@example.org", "personne@example.org"):
        page = send(client, LOST, email=email)
        assert page.status_code == 200
        pages[email] = re.sub(r'value="[^"]*"', "", page.text).replace(email, "")
    assert len(set(pages.values())) == 1
    send_mails()
    assert mail.recipients == ["agent@example.org"]
    assert session.execute(select(func.count()).select_from(AccountLink)).scalar() == 3
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 1


def test_an_unknown_address_takes_as_long(app: Flask) -> None:
    make_account("agent@example.org")

    def seconds(email: str) -> float:
        start = time.process_time()
        send_password_link(email, "fr")
        return time.process_time() - start

    seconds("agent@example.org"), seconds("personne@example.org")
    pairs = [(seconds("agent@example.org"), seconds("personne@example.org")) for _ in range(30)]
    # The quickest of each: what else the machine does at the moment adds to the others.
    known, unknown = (min(each) for each in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_the_mail_is_in_the_language_of_the_page_that_asked(
    app: Flask, client: FlaskClient, mail: MailBox
) -> None:
    account = make_account()
    send(client, LOST.replace("/fr/", "/ar/"), email=account.email)
    assert link_in(mail).startswith("/ar/")
    assert mail.taken[0]["Content-Language"] == "ar"
    assert "mot de passe" not in mail.taken[0]["Subject"]


def test_the_link_never_leads_where_the_request_says(app: Flask, client: FlaskClient, mail: MailBox) -> None:
    account = make_account()
    token = token_of(client.get(LOST))
    client.post(
        LOST, data={"csrf_token": token, "email": account.email}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert link_in(mail)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Écrivez votre adresse e-mail."),
        ("pas une adresse", "n’est pas complète"),
        ("agent@example.org\r\nBcc: autre@example.org", "n’est pas complète"),
        ("аgent@example.org", "n’est pas complète"),
        ("a" * 1_900 + "@example.org", "n’est pas complète"),
    ],
)
def test_what_is_no_address_is_said_and_kept(
    client: FlaskClient, session: Session, email: str, sentence: str
) -> None:
    page = send(client, LOST, email=email)
    assert page.status_code == 422
    assert sentence in page.text
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 0


def test_an_account_can_be_asked_for_five_times_an_hour_known_or_not(app: Flask, mail: MailBox) -> None:
    make_account("agent@example.org")
    for email in ("agent@example.org", "personne@example.org"):
        for number in range(6):
            page = send(app.test_client(), LOST, email=email)
            assert page.status_code == (429 if number == 5 else 200)
        assert "Trop d’essais. Attendez" in page.text
        assert int(page.headers["Retry-After"]) > 0


def test_a_network_address_cannot_ask_for_everybody(app: Flask, client: FlaskClient) -> None:
    limit = int(app.extensions["settings"].code_network_limit.split()[0])
    pages = [send(client, LOST, email=f"a{number}@example.org") for number in range(limit + 1)]
    assert [page.status_code for page in pages] == [200] * limit + [429]


def test_links_are_too_long_to_be_guessed_and_not_counted(client: FlaskClient) -> None:
    codes = {client.get(f"/fr/mot-de-passe/essai-{number}").status_code for number in range(30)}
    assert codes == {410}


@pytest.mark.parametrize(("after", "works"), [(timedelta(minutes=29), True), (timedelta(minutes=30), False)])
def test_a_link_for_a_lost_password_lasts_thirty_minutes(
    app: Flask, mail: MailBox, after: timedelta, works: bool
) -> None:
    send_password_link(make_account().email, "fr")
    link = link_in(mail)
    with clock.frozen_everywhere(TODAY + after):
        assert (app.test_client().get(link).status_code == 200) is works


def test_a_password_that_is_too_weak_does_not_use_the_link(
    app: Flask, client: FlaskClient, mail: MailBox
) -> None:
    send_password_link(make_account("agent@example.org").email, "fr")
    link = link_in(mail)
    page = send(client, link, password="court", again="court")
    assert page.status_code == 422
    assert "Ce mot de passe est trop court." in page.text
    page = send(client, link, password=NEW, again=NEW + "x")
    assert "ne sont pas les mêmes" in page.text
    assert send(client, link, password=NEW, again=NEW).status_code == 303


def test_a_closed_account_has_no_living_link(app: Flask, mail: MailBox) -> None:
    account = make_account()
    send_password_link(account.email, "fr")
    token = token_in(mail)
    disable_account(CommandLine(), account.email)
    with pytest.raises(DeadLink):
        choose_password(token, NEW)


def test_using_one_link_ends_the_others(app: Flask, mail: MailBox) -> None:
    account = make_account()
    for _ in range(2):
        send_password_link(account.email, "fr")
    first, second = link_in(mail, 0), link_in(mail, 1)
    choose_password(first.rpartition("/")[2], NEW)
    with pytest.raises(DeadLink):
        choose_password(second.rpartition("/")[2], PASSWORD)


def test_of_fifty_requests_at_once_one_uses_the_link(app: Flask, session: Session, mail: MailBox) -> None:
    account = make_account()
    send_password_link(account.email, "fr")
    token = token_in(mail)
    session.rollback()
    ready = threading.Barrier(50)
    won: list[str] = []
    lost: list[type[Exception]] = []

    def use(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                choose_password(token, f"{NEW} {number}")
                won.append(f"{NEW} {number}")
            except Exception as error:
                lost.append(type(error))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), set(lost), len(lost)) == (1, {DeadLink}, 49)
    assert sign_in(app.test_client(), account, won[0]).status_code == 303


def test_who_is_invited_chooses_a_password_and_comes_in(
    app: Flask, client: FlaskClient, mail: MailBox
) -> None:
    make_contract("essonne-2024", territory="Territoire")
    result = app.test_cli_runner().invoke(
        args=["staff", "invite", "Nouvelle@example.org", "--contract", "essonne-2024", "--language", "en"]
    )
    assert result.exit_code == 0, result.output
    link = link_in(mail)
    assert link.startswith("/en/")
    for guess in ("", "nobody has this password", PASSWORD):
        assert sign_in(app.test_client(), "nouvelle@example.org", guess).status_code == 422
    with clock.frozen_everywhere(TODAY + timedelta(days=6)):
        assert send(client, link, password=NEW, again=NEW).status_code == 303
        assert sign_in(client, "nouvelle@example.org", NEW).status_code == 303
        assert client.get("/fr/bureau").status_code == 200


def test_an_invitation_lasts_seven_days_and_another_one_replaces_it(app: Flask, mail: MailBox) -> None:
    invite_somebody()
    first = token_in(mail)
    invite_somebody()
    second = token_in(mail)
    with pytest.raises(DeadLink):
        choose_password(first, NEW)
    with clock.frozen_everywhere(TODAY + timedelta(days=7)), pytest.raises(DeadLink):
        choose_password(second, NEW)
    with pytest.raises(WeakPassword):
        choose_password(second, "court")
    choose_password(second, NEW)


def test_a_site_without_mail_says_who_can_help(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(app.extensions["settings"], environment="production")
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert "n’envoie pas encore d’e-mails" in client.get(LOST).text
    result = app.test_cli_runner().invoke(args=["staff", "invite", "a@example.org"])
    assert result.exit_code == 1
    assert "n’envoie pas encore d’e-mails" in result.output


def test_who_was_invited_and_looks_for_another_way_in_is_told_which_one_is_theirs(
    client: FlaskClient, mail: MailBox
) -> None:
    """A lost password is none of theirs: that page, where the letter led, has nothing for them."""
    invite_somebody()
    send_mails()
    make_account("agent@example.org")
    told = {}
    for email in ("nouvelle@example.org", "agent@example.org"):
        send(client, "/fr/connexion/e-mail", email=email)
        send_mails()
        body = mail.taken[-1].get_body(("plain",))
        assert body is not None
        told[mail.recipients[-1]] = " ".join(body.get_content().split())
    assert "Ouvrez le lien de votre invitation" in told["nouvelle@example.org"]
    assert "invitation" not in told["agent@example.org"]
    assert all("il s’ouvre seulement avec votre mot de passe" in each for each in told.values())
