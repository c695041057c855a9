"""Under embargo a document is read by those who sit in the body or work for it; everybody else learns when it ends."""

import html
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.kinds.comments.operations import CommentsClosed
from cdv_civic.consultations.kinds.comments.preparing import end_embargo
from cdv_civic.consultations.kinds.comments.reach import is_insider
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.paper.printed import page_of as sheet_page
from cdv_civic.consultations.paper.printed import sheets_of_paper
from cdv_civic.consultations.results.operations.closing import ACTOR as STAFF
from cdv_civic.consultations.results.operations.closing import publish_results
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.missing_translations import missing_texts
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.seats.models import Seat
from cdv_civic.territory.models import Body
from tests import factories
from tests.bodies.bodies import make_body
from tests.consultations.answering.answers import SAME_ORIGIN
from tests.consultations.kinds.comments.commented import Commented, comments, publish_all
from tests.draws.draws import make_seat
from tests.page_forms import PageForm
from tests.signing_in import open_browser

SECRET = (
    "Le règlement du parc",
    "terrain de jeux",
    "fontaine est réparée",
    "C’est trop tôt le soir",
    "étape secrète",
)
LIST = "/fr/consultations/avis/avis"
INSIDE = f"{LIST}/embargo"
#: Everything that anybody may ask for, and that could say something of it.
PUBLIC = (
    LIST,
    "/en/consultations/avis/avis",
    f"{LIST}.csv",
    f"{LIST}.json",
    "/fr/consultations/avis",
    "/fr/consultations",
    "/fr/consultations?q=fontaine",
    "/fr/consultations/avis/resultats",
    "/fr/consultations/avis/donnees.csv",
    "/fr/consultations/avis/donnees.json",
    "/fr/recherche?q=fontaine",
    "/fr/recherche?q=reglement",
    "/fr/suivre/consultation/avis.atom",
    "/fr/suivre/consultation/avis",
    "/fr/contrats/val",
    "/fr/",
    "/sitemap.xml",
)


@pytest.fixture
def asked(app: Flask) -> Commented:
    found = Commented(embargo=timedelta(days=2))
    found.publishes_at_once()
    return found


@pytest.fixture
def staff(asked: Commented) -> SignedIn:
    return factories.make_account(contract=asked.contract)


@pytest.fixture
def inside(app: Flask, staff: SignedIn) -> FlaskClient:
    client = app.test_client()
    open_browser(client, staff)
    return client


def passage(asked: Commented) -> str:
    return f"{LIST}/{asked.things[2].id}"


def test_no_public_output_says_anything_of_it(
    app: Flask, client: FlaskClient, asked: Commented, staff: SignedIn, inside: FlaskClient
) -> None:
    asked.say("C’est trop tôt le soir.", 2, staff)
    publish_all()
    (said,) = comments()
    for _twice in range(2):
        for address in (*PUBLIC, passage(asked), INSIDE, f"/fr/signaler/{said.case_id}"):
            page = client.get(address, follow_redirects=True).text
            assert [words for words in SECRET if words in page] == [], address
            # What insiders read is not kept for the next visitor.
            assert inside.get(INSIDE).status_code == 200
            assert inside.get(passage(asked)).status_code == 200
    assert "Un document est sous embargo" in client.get(LIST).text
    with app.test_request_context("/fr/"):
        sheet = sheet_page(sheets_of_paper("avis", ["fr"], []))
    assert [words for words in SECRET if words in sheet] == []
    assert "Poser des bancs" in sheet
    with app.test_request_context("/fr/"):
        lacking = {each.original for each in missing_texts(asked.contract.id, "en").rows}
    assert "Poser des bancs" in lacking
    assert [words for words in SECRET for original in lacking if words in original] == []


def test_results_say_no_more_before_its_end(
    app: Flask, client: FlaskClient, asked: Commented, staff: SignedIn
) -> None:
    asked.say("C’est trop tôt le soir.", 2, staff)
    asked.say("Il manque de l’ombre.", 0)
    publish_all()
    asked.close()
    publish_results(STAFF, asked.row.id)
    page = client.get("/fr/consultations/avis/resultats").text
    assert [words for words in SECRET if words in page] == []
    assert "Un document est sous embargo" in page
    assert "Il manque de l’ombre." in page
    end_embargo(STAFF, asked.row.id, asked.document.id)
    page = client.get("/fr/consultations/avis/resultats").text
    assert "C’est trop tôt le soir." in page


def test_insiders_read_and_comment_and_no_cache_keeps_it(
    client: FlaskClient, asked: Commented, inside: FlaskClient
) -> None:
    page = inside.get(INSIDE)
    assert "Le règlement du parc" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    url = passage(asked)
    form = PageForm(inside.get(url).text, "client_key").filled({"words": "C’est trop tôt le soir."})
    answer = inside.post(url, data=form, headers=SAME_ORIGIN)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Tout le monde le lira après l’embargo." in answer.text
    page = inside.get(url)
    assert "C’est trop tôt le soir." in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_others_neither_read_nor_comment(app: Flask, client: FlaskClient, asked: Commented) -> None:
    url = passage(asked)
    for address in (url, f"{LIST}/999999"):
        assert client.get(address).location == LIST
    resident = factories.make_account(role=None, organisation_name="")
    with pytest.raises(NotFound):
        asked.say("C’est trop tôt le soir.", 2)
    with pytest.raises(NotFound):
        asked.say("C’est trop tôt le soir.", 2, resident)
    visitor = app.test_client()
    open_browser(visitor, resident)
    refused = visitor.get(INSIDE)
    assert (refused.status_code, refused.headers["Cache-Control"]) == (403, "no-store")
    assert visitor.get(url).location == LIST


def test_it_ends_by_itself_at_its_moment(
    client: FlaskClient, asked: Commented, staff: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.say("C’est trop tôt le soir.", 2, staff)
    publish_all()
    assert "Le règlement du parc" not in client.get(LIST).text
    later = clock.now() + timedelta(days=2, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Le règlement du parc" in client.get(LIST).text
    assert "C’est trop tôt le soir." in client.get(f"{LIST}.csv").text
    asked.say("Je suis d’accord avec cela.", 2, at=later)


def test_staff_ends_it_earlier_once(client: FlaskClient, asked: Commented) -> None:
    assert "Le règlement du parc" not in client.get(LIST).text
    end_embargo(STAFF, asked.row.id, asked.document.id)
    assert "Le règlement du parc" in client.get(LIST).text
    assert "terrain de jeux reste ouvert" in client.get(passage(asked)).text
    with pytest.raises(DomainError):
        end_embargo(STAFF, asked.row.id, asked.document.id)


@pytest.mark.parametrize("stage", ["open", "draft"])
def test_the_desk_says_that_everybody_reads_it_where_everybody_does(
    app: Flask, client: FlaskClient, stage: str
) -> None:
    asked = Commented(embargo=timedelta(days=2), stage=stage)
    desk = app.test_client()
    open_browser(desk, factories.make_account(contract=asked.contract))
    step = f"/fr/bureau/consultations/avis/commentaires/{asked.document.id}"
    assert ("Lever l’embargo maintenant" in desk.get(step).text) is (stage == "open")
    asks = html.unescape(desk.get(f"{step}/embargo").text)
    assert ("Tout le monde peut alors lire le document" in asks) is (stage == "open")
    assert ("La consultation n’est pas publique" in asks) is (stage == "draft")
    assert ("Seuls les membres du groupe" in html.unescape(desk.get(step).text)) is (stage == "open")
    form = PageForm(asks, "version").filled({})
    done = desk.post(f"{step}/embargo", data=form, follow_redirects=True).text
    reads = "terrain de jeux reste ouvert" in client.get(passage(asked)).text
    assert ("Tout le monde peut lire le document." in done) is reads is (stage == "open")


def test_before_the_consultation_opens_insiders_comment_the_document_alone(app: Flask) -> None:
    asked = Commented(embargo=timedelta(days=2), stage="coming")
    author = factories.make_account(contract=asked.contract)
    asked.say("C’est trop tôt le soir.", 2, author)
    with pytest.raises(CommentsClosed):
        asked.say("Il manque de l’ombre.", 0, author)


def test_who_sits_in_the_body_reads_it_and_substitutes_wait(app: Flask) -> None:
    asked = Commented(embargo=timedelta(days=2))
    body: Body = make_body(asked.contract)
    other: Body = make_body(asked.contract, "Un autre conseil")
    with transaction() as session:
        session.get_one(Consultation, asked.row.id).body_id = body.id
    row = db.session.get_one(Consultation, asked.row.id, populate_existing=True)
    today = clock.today()
    moderator = factories.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    elsewhere = factories.make_account(role="moderator", scope=Scope(ScopeKind.BODY, other.id))

    def sits(**values: object) -> bool:
        account = factories.make_account(role=None, organisation_name="")
        where = values.pop("body", body)
        seat = {"starts_on": today - timedelta(days=9), "email": account.email, **values}
        seat_id = make_seat(STAFF, where, "Fatima", **seat)  # type: ignore[arg-type]
        with transaction() as session:
            session.get_one(Seat, seat_id).account_id = account.actor_id
        return is_insider(db.session(), account, row)

    assert sits()
    assert not sits(body=other)
    assert not sits(starts_on=today + timedelta(days=3))
    assert not sits(starts_on=date(2025, 1, 1), ends_on=today - timedelta(days=1))
    assert is_insider(db.session(), moderator, row)
    assert not is_insider(db.session(), elsewhere, row)
    assert not is_insider(db.session(), None, row)
