"""What people send by mistake, twice, or to do harm: each time a kind sentence, and nothing that was typed is lost."""

import io
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.ideas.models import Idea, IdeaObjection, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.putting import NewIdea, PutIdea, SaidAlready, enter, put
from cdv_civic.ideas.operations.supporting import Supporter, support
from cdv_civic.ideas.rules.ideas import Area
from tests import factories as make
from tests.conftest import TODAY
from tests.ideas.boxes import BoxWithPeople, a_point, an_idea, make_a_box, put_one, stored_idea
from tests.ideas.test_entering import browser
from tests.ideas.test_grouping import a_group, choose, retain, token
from tests.ideas.test_pages import OURS, follow, key_in, send

#: Turns the line round, joins nothing, and is not seen.
TRICKS = "\u202e\u2066\u200b\u2069\u061c"


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def at_once(app: Flask, acts: list[Callable[[], object]]) -> tuple[list[object], list[Exception]]:
    """What acts give that begin in the same moment, and what they are refused for."""
    ready = threading.Barrier(len(acts))
    done: list[object] = []
    refused: list[Exception] = []

    def do(act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                done.append(act())
            except Exception as error:
                refused.append(error)

    with clock.frozen_everywhere(TODAY):
        threads = [threading.Thread(target=do, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return done, refused


def sends(*ideas: NewIdea) -> list[Callable[[], object]]:
    return [lambda each=each: put(each) for each in ideas]  # type: ignore[misc]


@pytest.mark.parametrize("many", [50])
def test_one_form_sent_fifty_times_at_once_is_one_idea_and_one_receipt(
    app: Flask, box: BoxWithPeople, session: Session, many: int
) -> None:
    one = an_idea(box)
    done, refused = at_once(app, sends(*[one] * many))
    assert refused == []
    assert len(set(done)) == 1
    assert count(session, Idea) == 1


def test_the_same_idea_from_fifty_forms_at_once_is_one_and_the_others_are_told(
    app: Flask, box: BoxWithPeople, session: Session
) -> None:
    first = an_idea(box)
    forms = [replace(first, client_key=f"un-autre-formulaire-{each:04}") for each in range(50)]
    done, refused = at_once(app, sends(*forms))
    assert (len(done), len(refused)) == (1, 49)
    assert {type(each) for each in refused} == {SaidAlready}
    assert count(session, Idea) == 1
    assert isinstance(done[0], PutIdea)


def test_two_texts_without_a_letter_are_not_the_same_words(session: Session, box: BoxWithPeople) -> None:
    idea = put_one(box, "Des bancs").idea_id
    for words in ("👍", "👎", "☺"):
        make_point(a_point(idea, words))
    session.rollback()
    assert session.execute(select(func.count(IdeaPoint.id))).scalar_one() == 3


def test_too_long_a_text_comes_back_whole_wherever_it_is_typed(
    app: Flask, client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    long = "mot " * 5000
    got = put_one(box)
    a_group(box, "Un", got.idea_id)
    answers = [
        send(client, box, title="Un parc", words=long),
        send(client, box, title=long, words="Un parc."),
        client.post(
            f"{box.url}/{got.idea_id}/point",
            data={
                "client_key": key_in(client.get(f"{box.url}/{got.idea_id}/point").text),
                "side": "pour",
                "words": long,
            },
            headers=OURS,
        ),
        client.post("/fr/idees/suivi/objection", data={"receipt": got.receipt, "words": long}, headers=OURS),
    ]
    desk = browser(app, box, box.place.member)
    url = f"/fr/relais/idees/{box.slug}/papier"
    page = desk.get(url).text
    typed = {"client_key": key_in(page), "title": "Un parc", "words": long, "theme": "sante"}
    answers.append(desk.post(url, data={**typed, "channel": "papier", **token(desk, url)}))
    for answer in answers:
        assert answer.status_code == 422
        assert answer.text.count("mot ") >= 5000, "all of it comes back"
    assert (count(session, Idea), count(session, IdeaPoint), count(session, IdeaObjection)) == (1, 0, 0)


def test_no_title_turns_a_page_round(client: FlaskClient, box: BoxWithPeople) -> None:
    assert send(client, box, title=f"Un{TRICKS} parc", words="Des arbres").status_code == 200
    enter(box.moderator, an_idea(box, f"Un{TRICKS} banc", "Du bois."), "papier")
    pages = [
        client.get(url).text for url in (box.url, f"{box.url}/1", f"{box.url}/2", f"/ar/idees/{box.slug}")
    ]
    assert not set(TRICKS) & set("".join(pages))
    assert "Un parc" in pages[0]
    assert "Un banc" in pages[0]
    assert 'dir="auto"' in pages[0], "a title in Arabic keeps to itself"


def test_a_title_of_nothing_but_tricks_is_no_title(client: FlaskClient, box: BoxWithPeople) -> None:
    answer = send(client, box, title=TRICKS)
    assert answer.status_code == 422
    assert "Donnez un titre à votre idée" in answer.text
    assert "à l’ombre" in answer.text


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#4f8a4b").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("parc.jpg", b"<html><script>alert(1)</script></html>"),
        ("parc.jpg", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
        ("parc.jpg", _jpeg()[:120]),
        ("parc.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
        ("parc.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("parc.jpg", b"MZ" + b"\0" * 200),
    ],
)
def test_a_photo_that_is_none_is_refused_and_the_words_stay(
    client: FlaskClient, box: BoxWithPeople, session: Session, name: str, content: bytes
) -> None:
    answer = send(client, box, photo=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert "Des bancs" in answer.text
    assert "à l’ombre" in answer.text
    assert "field-wrong" in answer.text
    assert (count(session, Idea), count(session, StoredFile)) == (0, 0)


def test_a_flood_of_supports_from_one_browser_counts_once(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    put_one(box)
    answers = [client.post(f"{box.url}/1/soutenir", headers=OURS) for _each in range(40)]
    assert "Vous souteniez déjà" in answers[1].text
    assert "puis essayez de nouveau" in answers[-1].text
    assert "Des bancs" in answers[-1].text
    assert count(session, IdeaSupport) == 1


def test_a_flood_of_supports_from_one_account_at_once_counts_once(
    app: Flask, box: BoxWithPeople, session: Session
) -> None:
    idea = put_one(box).idea_id
    who = Supporter(make.make_account(role=None))
    done, refused = at_once(app, [lambda: support(idea, who)] * 30)
    assert refused == []
    assert sorted(map(str, done)) == ["False"] * 29 + ["True"]
    assert count(session, IdeaSupport) == 1


def test_browsers_that_keep_nothing_are_told_to_come_back_later(
    app: Flask, box: BoxWithPeople, session: Session
) -> None:
    """Whoever throws the mark away each time is held by the network that they come from."""
    put_one(box)
    answers = [app.test_client().post(f"{box.url}/1/soutenir", headers=OURS) for _each in range(200)]
    late = [each for each in answers if each.status_code == 429]
    assert late, "nothing holds them"
    assert late[0].headers["Retry-After"]
    assert "puis essayez de nouveau" in late[0].text
    assert count(session, IdeaSupport) == len(answers) - len(late) < 200


def test_an_objection_after_the_choice_opened_is_refused_and_comes_back(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    got = [put_one(box, title) for title in ("Des bancs", "Une fontaine")]
    retain(box, *(a_group(box, f"Groupe {each.idea_id}", each.idea_id) for each in got))
    choose(box)
    sent = {"receipt": got[0].receipt, "words": "Je parlais d’ombre."}
    late = client.post("/fr/idees/suivi/objection", data=sent, headers=OURS)
    assert late.status_code == 409
    assert "Le choix entre les groupes est ouvert" in late.text
    assert count(session, IdeaObjection) == 0
    assert "les idées ne bougent plus" in follow(client, got[0].receipt)


def test_a_place_in_another_town_is_refused_with_what_to_do_and_the_words_stay(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    limiter.reset()
    box = make_a_box(area=Area(48.7, 2.3, 48.8, 2.5))
    elsewhere = make.make_contract("ailleurs")
    make.make_quartier(elsewhere, "La Plaine", [make.make_commune(elsewhere, name="Grigny")])
    for place, said in (
        ({"place_kind": "repere", "landmark": "place de la mairie, Grigny"}, "une autre ville"),
        ({"place_kind": "point", "point": "45.76, 4.84"}, "en dehors des quartiers"),
        ({"place_kind": "point", "point": "1e999, nan"}, "pas lisible"),
        ({"place_kind": "point", "point": "nan, nan"}, "pas lisible"),
    ):
        answer = send(client, box, **place)
        assert (answer.status_code, said in answer.text, "à l’ombre" in answer.text) == (422, True, True), (
            place
        )
    desk = browser(app, box, box.place.member)
    url = f"/fr/relais/idees/{box.slug}/papier"
    page = desk.get(url).text
    typed = {"client_key": key_in(page), "title": "Un parc", "words": "Vert.", "theme": "sante"}
    slip = {**typed, "channel": "papier", "landmark": "gare de Grigny", **token(desk, url)}
    answer = desk.post(url, data=slip)
    assert (answer.status_code, "une autre ville" in answer.text, "Vert." in answer.text) == (422, True, True)
    assert count(session, Idea) == 0


def test_what_is_refused_once_is_taken_with_the_next_tap(client: FlaskClient, box: BoxWithPeople) -> None:
    """The same form, put right, is one idea."""
    assert send(client, box, title="").status_code == 422
    assert send(client, box).status_code == 200
    assert stored_idea(1).title == "Des bancs"
