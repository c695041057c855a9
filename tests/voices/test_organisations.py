"""« C’est transmis »: the organisation is told, reads, and answers the body. Nothing is called passed on otherwise."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.paging import Cursor
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.notices.models import Notice
from cdv_civic.voices.models import Voice, VoiceReply, VoiceStep
from cdv_civic.voices.operations import answering, keeping, publishing, replying
from cdv_civic.voices.operations.receiving import say
from cdv_civic.voices.operations.replying import Sent
from cdv_civic.voices.queries.organisations import last_reply, transmitted_page
from tests import factories as make
from tests.conftest import counting
from tests.mail_server import MailBox, send_mails
from tests.signing_in import open_browser, send
from tests.voices.test_pages import SPEAK, speak
from tests.voices.voices import BodyWithPeople, a_voice, make_place, said, stored

PILE = "/fr/bureau/transmis"
WORDS = "L’ascenseur du 4 est en panne depuis mars."


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


@pytest.fixture
def landlord(app: Flask, place: BodyWithPeople) -> FlaskClient:
    """A browser of the town's contact."""
    client = app.test_client()
    open_browser(client, place.contact)
    return client


def contact_of(organisation_id: int, **values: Any) -> SignedIn:
    return make.make_account(
        role="holder", scope=Scope(ScopeKind.ORGANISATION, organisation_id), organisation_name="CDC", **values
    )


def passed(place: BodyWithPeople, words: str = WORDS, **values: Any) -> int:
    voice_id = said(place, words, **values).voice_id
    assert answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1) is not Sent.OFF_SITE
    return voice_id


def pile(who: SignedIn) -> list[str]:
    return [each.words for each in transmitted_page(reach_of(who, "voice.reply"), None).rows]


# --- the letter ---------------------------------------------------------------------------------------------------


def test_the_contacts_of_an_organisation_get_a_mail_with_a_number_and_a_link_and_no_word(
    place: BodyWithPeople, mail: MailBox
) -> None:
    second = contact_of(place.town.id)
    voice_id = said(place, WORDS, contact="amina@example.org", theme="conflit_logement").voice_id
    assert answering.transmit(place.moderator, voice_id, place.town.id, {"fr": "Vu."}, version=1) is Sent.MAIL
    more = [said(place, f"Autre mot {each}.").voice_id for each in range(3)]
    answering.transmit_many(place.moderator, place.body.id, more, place.town.id)
    send_mails()
    assert sorted(mail.recipients) == sorted([place.contact.email, second.email] * 2)
    texts = [part.get_content() for each in mail.taken for part in each.walk() if not part.is_multipart()]
    assert texts
    for text in (*texts, *(each["Subject"] for each in mail.taken)):
        for secret in ("ascenseur", "Autre mot", "amina", "Conflit", "ecologie", "Quartier Est"):
            assert secret not in text
    plain = [each.get_body(("plain",)).get_content() for each in mail.taken]  # type: ignore[union-attr]
    assert sum("transmet 1 message" in each for each in plain) == 2
    assert sum("transmet 3 messages" in each for each in plain) == 2
    assert all("https://site.example.org/fr/bureau/transmis" in each for each in plain)


def test_the_link_of_the_letter_asks_who_one_is(client: FlaskClient, place: BodyWithPeople) -> None:
    passed(place)
    answer = client.get(PILE)
    assert answer.status_code == 302
    assert "retour=" in answer.location
    assert WORDS not in answer.text


def test_without_mails_the_organisation_still_reads_here(
    app: Flask, place: BodyWithPeople, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = dataclasses.replace(app.extensions["settings"], environment="production", smtp_url="")
    assert not silent.mails
    voice_id = said(place, WORDS).voice_id
    monkeypatch.setitem(app.extensions, "settings", silent)
    assert answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1) is Sent.DESK
    assert session.execute(select(func.count()).select_from(Notice)).scalar_one() == 0
    assert pile(place.contact) == [WORDS]


# --- an organisation of which nobody reads here -------------------------------------------------------------------


@pytest.mark.parametrize(
    "gone",
    [
        lambda grant: {"ends_at": clock.now()},
        lambda grant: {"starts_at": clock.now() + timedelta(days=3)},
    ],
)
def test_a_role_that_is_over_or_to_come_reads_nothing(
    gone: Callable[[object], dict[str, Any]], place: BodyWithPeople
) -> None:
    with transaction() as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.account_id == place.contact.actor_id).values(**gone(None))
        )
    voice_id = said(place).voice_id
    with pytest.raises(DomainError) as refused:
        answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1)
    assert refused.value.field == "off_site"
    assert stored(voice_id).state == "recu", "nothing is called passed on that reached nobody"


@pytest.mark.parametrize("changes", [{"password_hash": ""}, {"disabled": True}])
def test_an_account_that_was_never_opened_or_is_closed_reads_nothing(
    changes: dict[str, Any], place: BodyWithPeople
) -> None:
    values = {"disabled_at": clock.now()} if "disabled" in changes else changes
    with transaction() as session:
        session.execute(update(Account).where(Account.id == place.contact.actor_id).values(**values))
    voice_id = said(place).voice_id
    with pytest.raises(DomainError):
        answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1)
    with pytest.raises(DomainError):
        answering.transmit_many(place.moderator, place.body.id, [voice_id], place.town.id)


def test_what_the_moderators_passed_on_themselves_says_so_to_everybody(
    app: Flask, client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    school = make.make_organisation(place.contract, "École du parc")
    got = said(place, WORDS, agrees_public=True)
    desk = app.test_client()
    open_browser(desk, place.moderator)
    one = f"/fr/bureau/instances/{place.body.id}/parole/{got.voice_id}"
    form = desk.get(f"{one}/transmettre").text
    assert "École du parc (ne lit pas sur ce site)" in form, "said before it is chosen"
    assert "Ville d’Orly (ne lit pas" not in form
    several = desk.get(f"/fr/bureau/instances/{place.body.id}/parole").text
    assert f'<option value="{school.id}" disabled>' in several
    refused = send(desk, f"{one}/transmettre", organisation=school.id, version="1", sentence_fr="Merci.")
    assert (refused.status_code, 'id="off_site-error"' in refused.text) == (422, True)
    assert "Merci." in refused.text
    done = send(desk, f"{one}/transmettre", organisation=school.id, version="1", off_site="y")
    assert done.status_code == 303
    assert "hors du site" in desk.get(one).text
    voice = stored(got.voice_id)
    assert (voice.state, voice.off_site) == ("transmis", True)
    assert session.execute(select(func.count()).select_from(Notice)).scalar_one() == 0
    publishing.publish(place.moderator, got.voice_id, "", read_again=True, confirmed=False, version=2)
    followed = client.post("/fr/parole/suivi", data={"receipt": got.receipt}).text
    public = client.get("/fr/contrats/val/instances/conseil/paroles").text
    for page in (followed, public):
        assert "École du parc" in page
        assert "par l’animation, hors du site" in page
    late = contact_of(school.id)
    assert pile(late) == [], "it was not given to them by this site"
    answering.transmit(place.moderator, got.voice_id, school.id, {}, version=3)
    assert pile(late) == [WORDS]
    assert [row.off_site for row in session.execute(select(VoiceStep).order_by(VoiceStep.id)).scalars()] == [
        False,
        True,
        False,
    ]


def test_ticking_the_box_for_an_organisation_that_reads_here_hides_nothing_from_it(
    place: BodyWithPeople,
) -> None:
    voice_id = said(place, WORDS).voice_id
    sent = answering.transmit(place.moderator, voice_id, place.town.id, {}, version=1, off_site=True)
    assert sent is not Sent.OFF_SITE
    assert pile(place.contact) == [WORDS]


def test_the_database_itself_knows_no_passing_on_to_nobody(place: BodyWithPeople) -> None:
    voice_id = said(place).voice_id
    for column in ({"off_site": True}, {"transmitted_words": "Rien."}):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(update(Voice).where(Voice.id == voice_id).values(**column))


# --- what it reads ------------------------------------------------------------------------------------------------


def test_the_organisation_reads_the_words_and_nothing_of_who_said_them(
    place: BodyWithPeople, landlord: FlaskClient
) -> None:
    author = make.make_account(
        role=None, organisation_name="", name="Mariam-Secret", email="mariam@example.org"
    )
    got = say(a_voice(place.body, WORDS, contact="06 12 34 56 78"), author)
    answering.transmit(place.moderator, got.voice_id, place.town.id, {}, version=1)
    for address in (PILE, f"{PILE}/{got.voice_id}"):
        page = landlord.get(address)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert WORDS in page.text
        for secret in ("Mariam", "mariam", "612345678", "06 12", got.receipt, place.moderator.name):
            assert secret not in page.text, secret


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("amina@example.org", "mailto:amina@example.org"), ("06 12 34 56 78", "tel:+33612345678")],
)
def test_a_contact_is_shown_where_the_person_agreed_and_gone_once_it_is_erased(
    contact: str, shown: str, place: BodyWithPeople, landlord: FlaskClient, session: Session
) -> None:
    voice_id = passed(place, contact=contact, shares_contact=True)
    assert shown in landlord.get(f"{PILE}/{voice_id}").text
    assert shown not in landlord.get(PILE).text, "a list is seen by who passes behind"
    with transaction() as writing:
        writing.execute(update(Voice).values(received_at=clock.now() - timedelta(days=731)))
    keeping.erase_contacts()
    assert shown not in landlord.get(f"{PILE}/{voice_id}").text
    assert stored(voice_id).shares_contact is False


def test_agreeing_to_a_contact_without_giving_one_is_kept_as_nothing(place: BodyWithPeople) -> None:
    assert stored(said(place, shares_contact=True).voice_id).shares_contact is False


def test_the_box_of_the_form_is_not_ticked_and_counts_where_it_is(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    form = client.get(SPEAK).text
    assert 'name="shares_contact"' in form
    assert 'checked id="shares_contact"' not in form
    speak(client, contact="amina@example.org")
    speak(client, contact="amina@example.org", shares_contact="y", words="Oui.")
    assert [stored(each).shares_contact for each in (1, 2)] == [False, True]


def test_names_are_taken_out_before_an_organisation_reads(place: BodyWithPeople) -> None:
    named = said(place, "Madame Untel crie.").voice_id
    answering.correct(place.moderator, named, theme="conflit_logement", holds_names=True, version=1)
    with pytest.raises(DomainError) as refused:
        answering.transmit(place.moderator, named, place.town.id, {}, version=2)
    assert refused.value.field == "shown"
    assert answering.transmit_many(place.moderator, place.body.id, [named], place.town.id) == ()
    answering.transmit(place.moderator, named, place.town.id, {}, version=2, shown="Une voisine crie.")
    assert pile(place.contact) == ["Une voisine crie."]
    assert stored(named).words == "Madame Untel crie."
    answering.take_back(place.moderator, place.body.id, [named])
    assert stored(named).transmitted_words is None


def test_what_is_not_theirs_any_more_is_gone_from_the_pile_at_once(
    place: BodyWithPeople, landlord: FlaskClient
) -> None:
    other = make.make_organisation(place.contract, "Bailleur")
    contact_of(other.id)
    ends: tuple[Callable[[int], object], ...] = (
        lambda each: answering.take_back(place.moderator, place.body.id, [each]),
        lambda each: answering.answer(place.moderator, each, {"fr": "Fait."}, version=2),
        lambda each: answering.close(place.moderator, each, {"fr": "Non."}, version=2),
        lambda each: answering.transmit(place.moderator, each, other.id, {}, version=2),
    )
    for end in ends:
        voice_id = passed(place)
        address = f"{PILE}/{voice_id}"
        assert landlord.get(address).status_code == 200
        end(voice_id)
        assert landlord.get(address).status_code in (403, 404)
        assert pile(place.contact) == []
        with pytest.raises((NotFound, Forbidden)):
            replying.reply(place.contact, voice_id, "Trop tard.", version=stored(voice_id).version)


def test_erasing_ones_account_takes_the_contact_off_the_pile_at_once(
    place: BodyWithPeople, landlord: FlaskClient
) -> None:
    author = make.make_account(role=None, organisation_name="", name="Mariam")
    got = say(a_voice(place.body, WORDS, contact="amina@example.org", shares_contact=True), author)
    answering.transmit(place.moderator, got.voice_id, place.town.id, {}, version=1)
    assert "amina@example.org" in landlord.get(f"{PILE}/{got.voice_id}").text
    erase_own_account(author)
    assert "amina" not in landlord.get(f"{PILE}/{got.voice_id}").text


# --- who may ------------------------------------------------------------------------------------------------------


def test_only_its_own_contacts_read_what_lies_at_an_organisation(app: Flask, place: BodyWithPeople) -> None:
    away = make_place("ailleurs", "autre")
    neighbour = contact_of(make.make_organisation(place.contract, "Bailleur").id)
    voice_id = passed(place)
    for who in (neighbour, away.contact, place.staff, place.member, place.relais, place.moderator):
        client = app.test_client()
        open_browser(client, who)
        assert client.get(f"{PILE}/{voice_id}").status_code == 403
        assert WORDS not in client.get(PILE).text
        with pytest.raises(Forbidden):
            replying.reply(who, voice_id, "Moi.", version=2)
    for voice in (said(place).voice_id, 9999):
        client = app.test_client()
        open_browser(client, place.contact)
        assert client.get(f"{PILE}/{voice}").status_code == 404


def test_staff_that_reads_no_words_gives_nobody_the_right_to(place: BodyWithPeople) -> None:
    somebody = make.make_account(role=None)
    with pytest.raises(Forbidden):
        grant_role(place.staff, somebody.actor_id, Role.HOLDER, Scope(ScopeKind.ORGANISATION, place.town.id))


def test_a_session_without_a_password_reads_nothing(app: Flask, place: BodyWithPeople) -> None:
    passed(place)
    client = app.test_client()
    open_browser(client, place.contact, way="email")
    assert client.get(PILE).status_code == 403


# --- the answer ---------------------------------------------------------------------------------------------------


def test_the_answer_goes_to_the_body_which_gives_it_to_the_person(
    app: Flask, place: BodyWithPeople, landlord: FlaskClient, mail: MailBox, session: Session
) -> None:
    voice_id = passed(place, contact="amina@example.org")
    send_mails()
    mail.taken.clear()
    mail.recipients.clear()
    assert send(landlord, f"{PILE}/{voice_id}", reply="", version="2").status_code == 422
    done = send(landlord, f"{PILE}/{voice_id}", reply="Réparé le 3 mai.", version="2")
    assert done.status_code == 303
    send_mails()
    assert mail.recipients == [place.moderator.email], "the person hears from the body alone"
    letter = str(mail.taken[0].get_body(("plain",)))
    assert "Réparé" not in letter
    assert "ascenseur" not in letter
    assert stored(voice_id).state == "transmis", "the person has no answer yet"
    assert "Vous avez répondu au groupe" in landlord.get(PILE).text
    desk = app.test_client()
    open_browser(desk, place.moderator)
    register = f"/fr/bureau/instances/{place.body.id}/parole"
    assert "Réponse à envoyer" in desk.get(register).text
    assert "Réparé le 3 mai." in desk.get(f"{register}/{voice_id}").text
    form = desk.get(f"{register}/{voice_id}/repondre").text
    assert "Réparé le 3 mai." in form
    assert "Ville d’Orly" in form
    sent = send(
        desk,
        f"{register}/{voice_id}/repondre",
        answer_fr="Réparé le 3 mai.",
        answered_by="Ville d’Orly",
        version="3",
    )
    assert sent.status_code == 303
    send_mails()
    assert mail.recipients[-1] == "amina@example.org"
    assert "Réparé" not in str(session.execute(select(AuditEntry.before, AuditEntry.after)).all()), (
        "the trail tells acts, not words"
    )


def test_an_answer_to_what_changed_meanwhile_is_kept_to_be_sent_again(
    place: BodyWithPeople, landlord: FlaskClient
) -> None:
    voice_id = passed(place)
    answering.correct(place.moderator, voice_id, theme="habitat", holds_names=False, version=2)
    late = send(landlord, f"{PILE}/{voice_id}", reply="Mes mots.", version="2")
    assert (late.status_code, "Mes mots." in late.text) == (409, True)
    with pytest.raises(Conflict):
        replying.reply(place.contact, voice_id, "Encore.", version=2)


def test_a_second_answer_takes_the_place_of_the_first(place: BodyWithPeople, session: Session) -> None:
    voice_id = passed(place)
    replying.reply(place.contact, voice_id, "En mai.", version=2)
    replying.reply(place.contact, voice_id, "En juin.", version=3)
    reply = last_reply(voice_id)
    assert reply is not None
    assert (reply.words, reply.organisation) == ("En juin.", "Ville d’Orly")
    other = make.make_organisation(place.contract, "Bailleur")
    contact_of(other.id)
    answering.transmit(place.moderator, voice_id, other.id, {}, version=4)
    assert last_reply(voice_id) is None, "what one organisation said is not another’s answer"
    with transaction() as writing:
        writing.delete(writing.get_one(Voice, voice_id))
    assert session.execute(select(func.count()).select_from(VoiceReply)).scalar_one() == 0


@pytest.mark.parametrize("words", ["  ", "x" * 4001])
def test_an_answer_says_something_and_not_too_much(words: str, place: BodyWithPeople) -> None:
    voice_id = passed(place)
    with pytest.raises(DomainError) as refused:
        replying.reply(place.contact, voice_id, words, version=2)
    assert refused.value.field == "reply"


# --- its cost -----------------------------------------------------------------------------------------------------


def test_the_pile_costs_the_same_for_one_message_as_for_many(
    app: Flask, place: BodyWithPeople, landlord: FlaskClient
) -> None:
    passed(place)
    landlord.get(PILE)
    with counting(app) as few:
        landlord.get(PILE)
    for each in range(12):
        voice_id = passed(place, f"Mot {each}.")
        if each % 2:
            replying.reply(place.contact, voice_id, "Oui.", version=2)
    with counting(app) as many:
        page = landlord.get(PILE)
    assert len(few) == len(many)
    assert "7 messages attendent votre réponse" in page.text


def test_the_pile_comes_by_pages_what_waits_first(
    place: BodyWithPeople, landlord: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdv_civic.voices.queries.organisations.PER_PAGE", 3)
    ids = [passed(place, f"Mot numéro {each}.") for each in range(7)]
    replying.reply(place.contact, ids[0], "Oui.", version=2)
    seen: list[str] = []
    reach = reach_of(place.contact, "voice.reply")
    where: Cursor | None = None
    while True:
        page = transmitted_page(reach, where)
        seen += [voice.words for voice in page.rows]
        if page.next_key is None:
            break
        where = Cursor(page.next_key)
    assert seen == [f"Mot numéro {each}." for each in (1, 2, 3, 4, 5, 6, 0)]


# --- the first page of its desk -------------------------------------------------------------------------------------


def test_the_first_page_of_the_desk_says_that_words_wait_and_not_that_nothing_does(
    place: BodyWithPeople, landlord: FlaskClient
) -> None:
    assert "Rien ne vous attend aujourd’hui." in landlord.get("/fr/bureau").text
    passed(place)
    page = landlord.get("/fr/bureau").text
    assert "1 message transmis à votre organisme attend votre réponse" in page
    assert f'href="{PILE}"' in page.partition("<main")[2]
    assert "Rien ne vous attend aujourd’hui." not in page


def test_whom_a_word_goes_to_is_not_called_optional(app: Flask, place: BodyWithPeople) -> None:
    voice_id = said(place, WORDS).voice_id
    browser = app.test_client()
    open_browser(browser, place.moderator)
    page = browser.get(f"/fr/bureau/instances/{place.body.id}/parole/{voice_id}/transmettre").text
    label = page.partition('<label for="organisation">')[2].partition("</label>")[0]
    assert "Transmettre à" in label
    assert "facultatif" not in label
