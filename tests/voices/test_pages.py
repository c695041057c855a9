"""The pages of « la parole », as visitors, residents, relais and moderators use them."""

import html
import io
import re
import string
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.consents import Consent, GivenConsent
from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.links import choose_password
from cdv_civic.accounts.operations import close_account
from cdv_civic.accounts.roles import grant_role
from cdv_civic.core import clock
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.participation.help_numbers import CALLS
from cdv_civic.participation.rules.themes import OTHER_THEME, SENSITIVE, THEMES
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping, publishing
from cdv_civic.voices.operations.receiving import assist, say
from cdv_civic.voices.wording import calls_about
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import counting
from tests.mail_server import MailBox, send_mails
from tests.signing_in import open_browser, send, token_of
from tests.voices.voices import BodyWithPeople, a_voice, make_place, make_voices, said, stored

SPEAK = "/fr/contrats/val/instances/conseil/parole"
INDEX = "/fr/contrats/val/instances/conseil/paroles"
BODY = "/fr/contrats/val/instances/conseil"
FOLLOW = "/fr/parole/suivi"
SAID = {"words": "Quand rouvre le parc ?", "kind": "question", "theme": "ecologie"}


WHY = {"ground": "loi-vie_privee", "facts_fr": "Une personne est reconnaissable."}


def hiding(voice_id: int) -> str:
    voice = stored(voice_id)
    return f"/fr/bureau/instances/{voice.body_id}/moderation/{voice.case_id}/masquer"


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


def field_of(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, name
    return html.unescape(found.group(1))


def speak(client: FlaskClient, headers: dict[str, str] | None = None, **fields: object) -> TestResponse:
    key = fields.pop("client_key", None) or field_of(client.get(SPEAK), "client_key")
    data = {**SAID, "client_key": key, **fields}
    return client.post(
        SPEAK,
        data=data,
        content_type="multipart/form-data",
        headers=headers or {"Sec-Fetch-Site": "same-origin"},
    )


def receipt_in(page: TestResponse) -> str:
    found = re.search(r'class="receipt".*?<strong dir="ltr">([^<]+)</strong>', page.text, re.S)
    assert found, page.text[-3000:]
    return found.group(1)


def how_many(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(Voice)).scalar_one()


def test_a_body_listens_only_once_somebody_it_invited_has_come(
    client: FlaskClient, app: Flask, session: Session, mail: MailBox
) -> None:
    contract = make.make_contract("val")
    commune = make.make_commune(contract)
    quartier = make.make_quartier(contract, "Quartier Est", [commune])
    body = make_body(contract, slug="conseil", quartiers=[quartier], communes=[commune])
    account = invite(
        CommandLine(),
        email="moderatrice@example.org",
        name="M",
        organisation_name="Conseil",
        role=Role.MODERATOR,
        scope=Scope(ScopeKind.BODY, body.id),
    )
    assert SPEAK not in client.get(BODY).text
    refused = client.post(
        SPEAK, data={**SAID, "client_key": "un-formulaire-0001"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert (refused.status_code, how_many(session)) == (409, 0)
    send_mails()
    text = mail.taken[-1].get_body(("plain",))
    assert text is not None
    token = re.search(r"/mot-de-passe/([\w-]+)", text.get_content())
    assert token is not None
    choose_password(token.group(1), "trois pommes sous la pluie")
    assert SPEAK in client.get(BODY).text
    close_account(CommandLine(), account.id)
    assert SPEAK not in client.get(BODY).text


def test_a_body_listens_from_the_minute_at_which_its_moderator_begins_to_that_at_which_they_end(
    client: FlaskClient, app: Flask
) -> None:
    contract = make.make_contract("val")
    body = make_body(contract, slug="conseil")
    who = make.make_account(role=None)
    begins, ends = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=5)
    scope = Scope(ScopeKind.BODY, body.id)
    grant_role(CommandLine(), who.actor_id, Role.MODERATOR, scope, starts_at=begins, ends_at=ends)
    minute = timedelta(minutes=1)
    for moment, listens in (
        (clock.now(), False),
        (begins - minute, False),
        (begins, True),
        (ends - minute, True),
        (ends, False),
    ):
        with clock.frozen_everywhere(moment):
            assert (SPEAK in client.get(BODY).text) is listens, moment
            words = client.get(f"{BODY}/paroles").text
            assert (f'href="{SPEAK}"' in words) is listens, moment


def test_a_visitor_says_something_without_a_cookie_and_follows_it(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    form = client.get(SPEAK)
    assert form.status_code == 200
    assert "csrf_token" not in form.text
    assert field_of(form, "client_key") != field_of(client.get(SPEAK), "client_key")
    answer = speak(client)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for each in (form, answer):
        assert "Set-Cookie" not in each.headers
        assert "Cookie" not in each.headers.get("Vary", "")
    code = receipt_in(answer)
    page = client.post(FOLLOW, data={"receipt": code.lower()}, headers={"Origin": "http://localhost"})
    assert page.status_code == 200
    assert "Quand rouvre le parc" not in page.text, "a receipt that is found in the street tells no words"
    assert "Set-Cookie" not in page.headers
    session.rollback()
    voice = session.execute(select(Voice)).scalar_one()
    assert (voice.author_id, voice.entered_by, voice.quartier_id) == (None, None, place.quartier.id)


def test_the_same_form_twice_is_one_word_and_one_receipt(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    key = field_of(client.get(SPEAK), "client_key")
    first, second = (speak(client, client_key=key) for _ in range(2))
    assert receipt_in(first) == receipt_in(second)
    assert how_many(session) == 1


def test_who_goes_back_and_adds_where_to_be_reached_is_not_told_that_it_was_there_already(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    key = field_of(client.get(SPEAK), "client_key")
    speak(client, client_key=key)
    speak(client, client_key=key, contact="samia@example.org")
    assert how_many(session) == 2
    contacts = session.execute(select(Voice.contact)).scalars().all()
    assert "samia@example.org" in contacts


def test_a_form_of_another_site_is_refused_with_all_that_was_typed(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    answer = speak(client, {"Sec-Fetch-Site": "cross-site"}, client_key="a" * 32)
    assert answer.status_code == 422
    assert "Quand rouvre le parc" in answer.text
    assert "autre page que la nôtre" in answer.text
    assert how_many(session) == 0


def test_another_language_keeps_what_is_typed_and_says_nothing_of_it(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    photo = (io.BytesIO(b""), "parc.jpg")  # named, not sent: `languages.js`
    answer = speak(
        client, only_language="1", words="Mes mots à moi", contact="samia@example.org", photo=photo
    )
    assert answer.status_code == 422
    assert "Mes mots à moi" in answer.text
    assert "samia@example.org" in answer.text
    assert "error-summary" not in answer.text
    assert "parc.jpg" in answer.text
    assert how_many(session) == 0


def test_another_language_of_the_page_is_that_of_the_answer_while_nobody_says_how_to_be_answered(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    """The form comes along with the language that its old page proposed: nobody chose that."""

    def shown(contact: str) -> str:
        page = speak(client, only_language="1", words="Mes mots", contact_language="ar", contact=contact)
        return page.text.partition('name="contact_language"')[2].partition("</select>")[0]

    assert 'selected value="fr"' in shown("")
    assert 'selected value="ar"' in shown("samia@example.org"), "it belongs to what was typed"


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    answer = speak(client, kind="", words="Mes mots à moi", contact="pas bon", agrees_public="y")
    assert answer.status_code == 422
    assert "Mes mots à moi" in answer.text
    assert "pas bon" in answer.text
    assert 'id="kind-error"' in answer.text
    assert 'id="contact-error"' in answer.text, "all at once"
    assert field_of(answer, "client_key")


def test_what_is_wrong_with_a_photo_is_said_with_all_the_rest(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    photo = (io.BytesIO(b"ni photo ni PDF"), "parc.jpg")
    answer = speak(client, words="", kind="", contact="pas bon", photo=photo)
    assert answer.status_code == 422
    summary = answer.text.partition("error-summary")[2].partition("</ul>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["words", "kind", "contact", "photo"]


def test_a_photo_is_counted_even_where_the_rest_is_wrong(client: FlaskClient, place: BodyWithPeople) -> None:
    """Reading it is what costs: nobody makes us read as many as they like."""
    for number in range(21):
        photo = (io.BytesIO(b"ni photo ni PDF"), "parc.jpg")
        answer = speak(client, words="", client_key=f"{number:032}", photo=photo)
    assert answer.status_code == 429
    assert "ni une photo ni un PDF" not in answer.text


def test_one_question_stands_first_and_the_rest_is_two_taps_away(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    page = client.get(SPEAK).text
    form = page.partition('<form method="post"')[2].partition("</form>")[0]
    assert re.search(r'<h1><label for="words">', form)
    folded = re.findall(r"<details.*?</details>", form, re.DOTALL)
    assert len(folded) == 3, "whom to call, what it is about, and how to be answered"
    seen = form
    for each in folded:
        assert '<details class="disclosure">' in each, "closed at first"
        seen = seen.replace(each, "")
    names = set(re.findall(r'name="(\w+)"', seen))
    assert names == {"client_key", "words", "kind"}
    assert form.index('name="words"') < form.index('href="tel:17"') < form.index('name="kind"')


def test_a_word_needs_nothing_but_itself_and_its_kind(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    assert speak(client, theme="").status_code == 200
    session.rollback()
    assert session.execute(select(Voice.theme)).scalar_one() == OTHER_THEME


@pytest.mark.parametrize(
    ("typed", "opened"),
    [
        ({}, []),
        ({"theme": "femmes"}, ["theme"]),
        ({"contact": "amie@example.org"}, ["contact"]),
        ({"minor": "y"}, ["contact"]),
        ({"contact": "pas bon", "theme": "sante"}, ["theme", "contact"]),
    ],
)
def test_nothing_that_was_typed_or_is_wrong_comes_back_folded(
    client: FlaskClient, place: BodyWithPeople, typed: dict[str, str], opened: list[str]
) -> None:
    page = speak(client, None, **{"words": "", "theme": "", **typed}).text
    found = re.findall(r'<details class="disclosure" open>.*?</details>', page, re.DOTALL)
    assert [name for each in found for name in ("theme", "contact") if f'name="{name}"' in each] == opened


def test_a_photo_that_is_too_heavy_gets_a_sentence_and_the_words_stay(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "JPEG")
    heavy = out.getvalue() + b"\0" * (10 * 1024 * 1024)
    answer = speak(client, photo=(io.BytesIO(heavy), "parc.jpg"))
    assert answer.status_code == 422
    assert "Cette photo est trop lourde" in answer.text
    assert "«\N{NO-BREAK SPACE}parc.jpg\N{NO-BREAK SPACE}» n’est pas gardé." in answer.text
    assert "Quand rouvre le parc" in answer.text
    assert how_many(session) == 0
    kept = speak(client, photo=(io.BytesIO(out.getvalue()), "parc.jpg"), words="")
    assert "Choisissez de nouveau ce fichier, ou un autre." in kept.text
    assert 'photo-again"' in kept.text
    assert speak(client, photo=(io.BytesIO(out.getvalue()), "parc.jpg")).status_code == 200
    session.rollback()
    assert session.execute(select(Voice.photo_id)).scalar_one() is not None


def test_one_address_says_only_so_much_in_an_hour(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    for number in range(20):
        assert speak(client, words=f"Mot {number}", client_key=f"{number:032}").status_code == 200
    answer = speak(client, words="Un de trop", client_key="b" * 32)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert "Un de trop" in answer.text
    assert how_many(session) == 20


def test_wrong_receipts_are_told_apart_from_typing_errors(client: FlaskClient, place: BodyWithPeople) -> None:
    typo = client.post(FOLLOW, data={"receipt": "AAAAA-AAAAB"})
    assert (typo.status_code, "ne va pas, ou manque" in typo.text) == (422, True)
    with counting(client.application) as statements:
        client.post(FOLLOW, data={"receipt": "AAAAA-AAAAB"})
    assert not [each for each in statements if "voice" in each], "seen without a look into the database"
    unknown = client.post(FOLLOW, data={"receipt": "22222-22222"})
    assert "Nous ne trouvons pas ce reçu" in unknown.text
    for _ in range(9):
        client.post(FOLLOW, data={"receipt": "22222-22222"})
    begun = time.monotonic()
    slow = client.post(FOLLOW, data={"receipt": "22222-22222"})
    assert slow.status_code == 422, "it is never refused to who has the right one"
    assert time.monotonic() - begun >= 0.5, "but guessing is slow from now on"


def test_a_body_that_does_not_listen_says_where_else_to_ask(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    for address in (BODY, INDEX):
        assert "Dire quelque chose" in client.get(address).text
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=False, due_days=None, readers={}, version=0
    )
    assert "Où demander" in client.get(SPEAK).text
    for address in (BODY, INDEX):
        assert "Dire quelque chose" not in client.get(address).text, "no button leads to a closed door"
    answer = speak(client, client_key="c" * 32)
    assert answer.status_code == 409
    assert "Quand rouvre le parc" in answer.text
    assert client.get(SPEAK.replace("conseil", "rien")).status_code == 404


def test_who_is_in_distress_sees_whom_to_call_and_a_way_out(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    form = client.get(SPEAK).text
    for number in ("17", "15", "112", "119", "3919", "115", "0800231313"):
        assert f'href="tel:{number}"' in form
    assert 'href="sms:114"' in form, "it takes no call"
    assert "Quitter vite" in form
    assert "Besoin d’aide maintenant" not in speak(client, theme="emploi").text


def test_help_stands_beside_each_sensitive_subject_and_before_the_receipt(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    form = client.get(SPEAK).text
    for theme in THEMES:
        radio = re.search(rf'<input[^>]*name="theme"[^>]*value="{theme}"[^>]*>', form)
        assert radio
        beside = re.search(r'aria-describedby="([^"]*-help)"', radio[0])
        answer = speak(client, theme=theme, words=f"Le sujet est {theme}.").text
        if not calls_about(theme):
            assert beside is None
            assert "Besoin d’aide maintenant" not in answer
            continue
        assert beside, "also said to whoever hears the page"
        notice = form.partition(f'id="{beside[1]}"')[2].partition("</ul>")[0]
        assert form.index(radio[0]) < form.index(f'id="{beside[1]}"')
        numbers = [call.address for call in calls_about(theme)]
        assert re.findall(r'href="((?:tel|sms):\d+)"', notice) == numbers
        before = answer.partition('class="receipt"')[0]
        assert "Besoin d’aide maintenant" in before
        assert re.findall(r'href="((?:tel|sms):\d+)"', before)[: len(numbers)] == numbers


def test_every_number_says_what_it_is_for_and_each_sensitive_subject_has_some() -> None:
    assert {theme for theme in THEMES if calls_about(theme)} == set(SENSITIVE)
    assert [str(call.words) for call in CALLS if not str(call.words).strip()] == []
    assert calls_about(None) == calls_about("") == ()
    elsewhere = [*Path("static/src/css").rglob("*.css"), *Path("templates").rglob("*.html")]
    told = {path for path in elsewhere for theme in SENSITIVE if f'"{theme}"' in path.read_text()}
    assert told == set(), "the table of numbers is the only one"


def test_a_resident_who_is_signed_in_finds_their_words_again(
    app: Flask, place: BodyWithPeople, session: Session
) -> None:
    resident = make.make_account(role=None, organisation_name="", name="Fatou")
    client = app.test_client()
    open_browser(client, resident)
    assert "/fr/moi/messages" in speak(client, sent_as="linked").text
    assert session.execute(select(Voice.author_id)).scalar_one() == resident.actor_id
    stolen = speak(client, {"Origin": "http://elsewhere.example"}, client_key="d" * 32, words="Volé")
    assert stolen.status_code == 422


def test_what_is_public_is_read_with_its_answer(client: FlaskClient, place: BodyWithPeople) -> None:
    got = said(place, "Quand rouvre le parc ?", agrees_public=True)
    assert "Quand rouvre le parc" not in client.get(BODY).text
    publishing.publish(place.moderator, got.voice_id, "", read_again=True, confirmed=False, version=1)
    assert "Quand rouvre le parc" in client.get(BODY).text
    answering.answer(
        place.moderator, got.voice_id, {"fr": "En mai.", "ar": "في مايو."}, answered_by="Ville", version=2
    )
    assert "En mai." in client.get(INDEX).text
    assert "في مايو." in client.get(INDEX.replace("/fr/", "/ar/")).text
    assert "Quand rouvre le parc" in client.get(f"{INDEX}?theme=ecologie").text
    assert "Rien de public ici" in client.get(f"{INDEX}?theme=emploi").text
    assert "Quand rouvre le parc" in client.get(f"{INDEX}?theme=nonsense&apres=x").text


def test_public_words_come_by_pages(client: FlaskClient, place: BodyWithPeople) -> None:
    make_voices(place.body, 25, published_at=clock.now())
    seen: list[str] = []
    address: str | None = INDEX
    pages = 0
    while address:
        page = client.get(address).text
        seen += re.findall(r"Parole numéro \d+", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found.group(1)) if found else None
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 25


_slugs = count(1)
LETTERS = st.text(string.ascii_letters, min_size=14, max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=LETTERS, mailbox=LETTERS, digits=st.integers(100_000, 999_999))
def test_no_public_page_ever_shows_who_said_it(app: Flask, name: str, mailbox: str, digits: int) -> None:
    app.extensions["page_store"].clear()
    slug = f"contrat-secret-{next(_slugs)}"
    place = make_place(slug, "conseil")
    resident = make.make_account(
        f"{mailbox.lower()}{next(_slugs)}@example.org", role=None, name=name, organisation_name=""
    )
    ids = [
        say(a_voice(place.body, "Un mot.", contact=f"{mailbox}@example.org", agrees_public=True), resident),
        say(a_voice(place.body, "Deux mots.", contact=f"0612{digits}", agrees_public=True)),
        assist(
            place.relais,
            a_voice(place.body, "Trois mots.", channel="rue", agrees_public=True),
            GivenConsent("signed", "fr"),
        ),
    ]
    for got in ids:
        publishing.publish(place.moderator, got.voice_id, "", read_again=True, confirmed=True, version=1)
        answering.transmit(place.moderator, got.voice_id, place.town.id, {"fr": "Vu."}, version=2)
    answering.answer(place.moderator, ids[0].voice_id, {"fr": "Oui."}, version=3)
    client = app.test_client()
    base = f"/fr/contrats/{slug}/instances/conseil"
    pages = [client.get(base), client.get(f"{base}/paroles")]
    pages += [client.post(FOLLOW, data={"receipt": got.receipt}) for got in ids]
    secrets = (name, mailbox, mailbox.lower(), f"12{digits}", place.relais.name, place.moderator.name)
    for page in pages:
        assert page.status_code == 200
        assert not [secret for secret in secrets if secret in page.text]


# --- the desk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(app: Flask, place: BodyWithPeople) -> FlaskClient:
    client = app.test_client()
    open_browser(client, place.moderator)
    return client


def at(place: BodyWithPeople, rest: str = "") -> str:
    return f"/fr/bureau/instances/{place.body.id}/parole{rest}"


def test_staff_and_members_write_down_and_never_read(
    app: Flask, place: BodyWithPeople, session: Session
) -> None:
    got = said(place, "Un secret du quartier.")
    for person in (place.staff, place.member):
        client = app.test_client()
        open_browser(client, person)
        for path in ("", f"/{got.voice_id}", f"/{got.voice_id}/repondre", "/reglages"):
            assert client.get(at(place, path)).status_code == 403, path
        page = client.get(at(place, "/saisir"))
        assert page.status_code == 200
        assert "Un secret" not in page.text
        answer = send(
            client,
            at(place, "/saisir"),
            **SAID,
            channel="marche",
            received_on="2026-11-18",
            client_key="e" * 32,
        )
        assert answer.status_code == 303
        session.rollback()


def test_ten_words_in_a_row_keep_place_and_day(
    desk: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    address = at(place, "/saisir")
    for number in range(10):
        answer = send(
            desk,
            address,
            **{**SAID, "words": f"Parole {number}"},
            channel="marche",
            received_on="2026-11-18",
            quartier=str(place.quartier.id),
            client_key=f"{number:032}",
        )
        assert answer.status_code == 303
        assert answer.location is not None
        address = answer.location
    page = desk.get(address).text
    assert "vous avez noté 10 messages" in page
    assert re.search(r'<option selected[^>]*value="marche"', page)
    assert 'value="2026-11-18"' in page
    assert how_many(session) == 10
    row = session.execute(select(Voice.channel, Voice.quartier_id, Voice.entered_by).limit(1)).one()
    assert tuple(row) == ("marche", place.quartier.id, place.moderator.actor_id)


def test_printed_sheets_have_receipts_of_their_own(desk: FlaskClient, place: BodyWithPeople) -> None:
    page = desk.get(at(place, "/feuilles?combien=3")).text
    codes = re.findall(r'class="intake-big" dir="ltr">([^<]+)<', page)
    assert len(codes) == len(set(codes)) == 3
    assert page.count("<svg") >= 3
    for sentence in ("Votre reçu", "Your receipt", "إيصالكم"):
        assert sentence in page
    answer = send(desk, at(place, "/saisir"), **SAID, channel="papier", receipt=codes[0], client_key="f" * 32)
    assert answer.status_code == 303
    assert (
        desk.post(FOLLOW, data={"receipt": codes[0]}, headers={"Origin": "http://localhost"}).status_code
        == 200
    )
    wrong = send(
        desk, at(place, "/saisir"), **SAID, channel="papier", receipt="AAAAA-AAAAB", client_key="9" * 32
    )
    assert 'id="receipt-error"' in wrong.text
    assert len(re.findall(r'class="intake"', desk.get(at(place, "/feuilles?combien=9999")).text)) == 20


def test_the_register_is_filtered_searched_and_paged(desk: FlaskClient, place: BodyWithPeople) -> None:
    make_voices(place.body, 120)
    got = said(place, "Le gymnase ferme trop tôt", kind="difficulte", theme="sante")
    page = desk.get(at(place)).text
    assert page.index("Le gymnase") < page.index("Parole numéro"), "the newest first"
    for query, there in (
        ("?q=GYMNASE+tot", True),
        (f"?q={got.receipt}", True),
        ("?q=piscine", False),
        ("?theme=sante&sorte=difficulte&etat=recu", True),
        ("?theme=emploi", False),
        ("?retard=1", False),
        ("?etat=nonsense", True),
    ):
        assert ("Le gymnase" in desk.get(at(place, query)).text) is there, query
    seen: list[str] = []
    address: str | None = at(place)
    while address:
        page = desk.get(address).text
        seen += re.findall(r">(Parole numéro \d+)<", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found.group(1)) if found else None
    assert len(seen) == len(set(seen)) == 120


def test_a_page_costs_the_same_for_twenty_words_and_for_two_thousand(
    app: Flask, desk: FlaskClient, client: FlaskClient, place: BodyWithPeople
) -> None:
    def costs() -> list[int]:
        found = []
        client.get(INDEX)  # whether anybody helps in other languages is read once
        for who, address in (
            (desk, at(place)),
            (desk, at(place, "?q=parole&etat=recu&apres=2-3652059-30")),
            (desk, at(place, "/saisir")),
            (client, INDEX),
            (client, BODY),
            (client, SPEAK),
        ):
            app.extensions["page_store"].clear()
            with counting(app) as statements:
                assert who.get(address).status_code == 200
            found.append(len(statements))
        return found

    make_voices(place.body, 20, published_at=clock.now())
    few = costs()
    make_voices(place.body, 1980, published_at=clock.now())
    assert costs() == few
    assert max(few) <= 16, few


def test_several_words_are_passed_on_and_taken_back(desk: FlaskClient, place: BodyWithPeople) -> None:
    ids = [said(place, f"Mot {each}").voice_id for each in range(3)]
    token = token_of(desk.get(at(place)))
    nothing = desk.post(at(place, "/transmettre"), data={"csrf_token": token, "organisation": "1"})
    assert "Choisissez au moins une ligne" in desk.get(nothing.location or "").text
    answer = desk.post(
        at(place, "/transmettre"),
        data={"csrf_token": token, "organisation": place.town.id, "voice": [str(each) for each in ids[:2]]},
    )
    assert answer.status_code == 303
    page = desk.get(answer.location or "").text
    assert "2 messages transmis." in page
    assert "Reprenez ces 2 messages" in page
    desk.post(at(place, "/reprendre"), data={"csrf_token": token, "voices": "-".join(map(str, ids[:2]))})
    assert {stored(each).state for each in ids} == {"recu"}
    again = desk.post(at(place, f"/{ids[0]}/reprendre"), data={"csrf_token": token})
    assert "Rien n’a changé" in desk.get(again.location or "").text


def test_an_act_that_is_over_shows_no_form_but_what_was_done(
    desk: FlaskClient, place: BodyWithPeople
) -> None:
    got = said(place, "Le banc est cassé.")
    one = at(place, f"/{got.voice_id}")

    def refused(act: str) -> str:
        answer = desk.get(f"{one}/{act}")
        assert (answer.status_code, answer.location) == (303, one)
        return desk.get(one).text

    assert "Ce message attend déjà une réponse." in refused("rouvrir")
    assert "pas voulu que ses mots soient publics" in refused("publier")
    assert send(desk, f"{one}/sans-suite", reason_fr="Ce n’est pas à nous.", version="1").status_code == 303
    for act in ("repondre", "sans-suite", "transmettre"):
        assert "Ce message est déjà arrêté, avec une raison." in refused(act)
    late = send(desk, f"{one}/sans-suite", page=one, reason_fr="Mes mots.", version="2")
    assert (late.status_code, "Mes mots." in late.text) == (409, True), "what was typed is not lost"
    assert send(desk, f"{one}/rouvrir", sentence_fr="Pardon.", version="2").status_code == 303
    assert send(desk, f"{one}/repondre", answer_fr="Réparé.", version="3").status_code == 303
    assert "Ce message a déjà sa réponse." in refused("repondre")


def test_words_that_were_published_as_they_were_said_are_shown_before_they_are_hidden(
    desk: FlaskClient, client: FlaskClient, place: BodyWithPeople
) -> None:
    got = said(place, "Le banc est revenu.", agrees_public=True)
    one = at(place, f"/{got.voice_id}")
    assert (
        send(desk, f"{one}/publier", words="Le banc est revenu.", read_again="y", version="1").status_code
        == 303
    )
    assert "Le banc est revenu." in client.get(INDEX).text
    hide = hiding(got.voice_id)
    asked = desk.get(hide)
    assert (asked.status_code, "Le banc est revenu." in asked.text) == (200, True)
    assert send(desk, hide, version=field_of(asked, "version"), **WHY).status_code == 303
    assert "Le banc est revenu." not in client.get(INDEX).text


def test_a_moderator_goes_from_the_word_to_the_answer_and_publishes(
    desk: FlaskClient, client: FlaskClient, place: BodyWithPeople
) -> None:
    got = said(place, "Monsieur Untel crie la nuit.", agrees_public=True, theme="violences")
    one = at(place, f"/{got.voice_id}")
    assert "Sujet délicat" in desk.get(one).text
    assert send(desk, f"{one}/transmettre", organisation="", version="1").status_code == 422
    assert (
        send(
            desk, f"{one}/transmettre", organisation=place.town.id, sentence_fr="La ville lit.", version="1"
        ).status_code
        == 303
    )
    assert 'name="sentence_fr"' in desk.get(f"{one}/transmettre").text
    late = send(desk, f"{one}/repondre", answer_fr="Mes mots.", version="1")
    assert (late.status_code, "Mes mots." in late.text) == (409, True)
    assert "La ville lit." in late.text, "what somebody else said meanwhile stands on the page"
    assert field_of(late, "version") == "2"
    assert send(desk, f"{one}/repondre", answer_fr="La police passe.", version="2").status_code == 303
    assert send(desk, f"{one}/corriger", theme="violences", holds_names="y", version="3").status_code == 303
    refused = send(
        desk,
        f"{one}/publier",
        words="Monsieur Untel crie la nuit.",
        read_again="y",
        confirmed="y",
        version="4",
    )
    assert 'id="words-error"' in refused.text
    assert (
        send(desk, f"{one}/publier", words="Un voisin crie la nuit.", read_again="y", version="4").status_code
        == 422
    )
    assert (
        send(
            desk,
            f"{one}/publier",
            words="Un voisin crie la nuit.",
            read_again="y",
            confirmed="y",
            version="4",
        ).status_code
        == 303
    )
    public = client.get(INDEX).text
    assert "Un voisin crie la nuit." in public
    assert "Untel" not in public
    page = desk.get(one).text
    assert "Monsieur Untel crie la nuit." in page
    hide = hiding(got.voice_id)
    asked = desk.get(hide)
    assert hide in page
    late = desk.post(hide, data={"csrf_token": token_of(asked), "version": "1", **WHY})
    assert "Un voisin" in client.get(INDEX).text, "what was published since was not read before this press"
    assert "Une autre personne a changé la même chose" in late.text
    desk.post(hide, data={"csrf_token": token_of(asked), "version": field_of(asked, "version"), **WHY})
    assert "Un voisin" not in client.get(INDEX).text
    assert send(desk, f"{one}/rouvrir", sentence_fr="La date était fausse.", version="6").status_code == 303
    assert send(desk, f"{one}/sans-suite", reason_fr="", version="7").status_code == 422
    assert send(desk, f"{one}/sans-suite", reason_fr="Pas à nous.", version="7").status_code == 303
    followed = client.post(FOLLOW, data={"receipt": got.receipt}).text
    for sentence in ("La ville lit.", "La police passe.", "La date était fausse.", "Pas à nous."):
        assert sentence in followed


def test_the_settings_of_a_body_are_promised_on_its_form(
    desk: FlaskClient, client: FlaskClient, place: BodyWithPeople
) -> None:
    assert send(desk, at(place, "/reglages"), due_days="999", version="0", is_open="y").status_code == 422
    answer = send(
        desk,
        at(place, "/reglages"),
        is_open="y",
        due_days="30",
        readers_fr="Les six personnes du bureau.",
        version="0",
    )
    assert answer.status_code == 303
    form = client.get(SPEAK).text
    assert "Les six personnes du bureau." in form
    assert "s’est donné 30 jours pour répondre" in form
    assert "20 décembre 2026" in speak(client).text


def test_the_photo_is_for_the_moderators_only(
    app: Flask, desk: FlaskClient, client: FlaskClient, place: BodyWithPeople
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#4f8a4b").save(out, "JPEG")
    speak(client, photo=(io.BytesIO(out.getvalue()), "parc.jpg"))
    address = at(place, "/1/photo/petite")
    answer = desk.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(address).status_code == 302
    assert client.get("/fichiers/1/petite").status_code == 404
    assert desk.get(at(place, "/1/photo/etc")).status_code == 404


# --- the relais ---------------------------------------------------------------------------------------------------


def test_a_relais_asks_writes_and_hands_over_a_receipt(
    app: Flask, place: BodyWithPeople, session: Session
) -> None:
    other = said(place, "Ce que d’autres ont dit.")
    away = make_place("ailleurs", "autre")
    client = app.test_client()
    open_browser(client, place.relais)
    assert client.get("/fr/entree").location == "/fr/relais"
    start = client.get("/fr/relais").text
    assert f'href="/fr/relais/{place.body.id}"' in start
    assert "0 message écrit" in start
    consent = client.get(f"/ar/relais/{place.body.id}")
    assert "أكتب ما تقولونه" in consent.text
    write = f"/fr/relais/{place.body.id}/ecrire"
    assert client.get(write).location == f"/fr/relais/{place.body.id}", (
        "nothing is written before the person agrees"
    )
    form = f"{write}?accord=spoken"
    key = field_of(client.get(form), "client_key")
    fields = {**SAID, "channel": "rue", "consent": "spoken", "read_in": "ar", "client_key": key}
    done = send(client, form, **fields)
    again = send(client, form, **fields)
    assert receipt_in(done) == receipt_in(again)
    assert "1 message écrit" in done.text
    session.rollback()
    assert how_many(session) == 2
    assert [(row.form, row.language) for row in session.execute(select(Consent.form, Consent.language))] == [
        ("spoken", "ar")
    ]
    assert send(client, form, **{**fields, "consent": "", "client_key": "7" * 32}).status_code == 422
    for address in (at(place), at(place, f"/{other.voice_id}"), f"/fr/relais/{away.body.id}"):
        assert client.get(address).status_code == 403
    for page in (start, done.text):
        assert "Ce que d’autres ont dit" not in page
