"""A step of ideas: its box opens, closes and shows with the consultation, and what came of it is read in the results."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.idea_models import ConsultationIdeaStep
from cdv_civic.consultations.kinds.ideas.operations import choose_box, prepare_box
from cdv_civic.consultations.kinds.ideas.rules import IdeasShortcoming, shortcomings
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing import publishing, steps
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.operations.boxes import (
    BoxSettings,
    Keeper,
    describe_box,
    make_box,
    publish_box,
    withdraw_box,
)
from cdv_civic.ideas.operations.locking import BoxClosed
from cdv_civic.ideas.operations.putting import NewIdea, put
from tests import factories as make
from tests.consultations import factories as consultations
from tests.ideas.boxes import SETTINGS, BoxWithPeople, put_one, stored_box
from tests.ideas.test_grouping import a_group, retain
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, make_place


class Asked:
    """A draft of a body with a step of ideas, complete but for its box."""

    def __init__(self, **values: Any) -> None:
        self.place: BodyWithPeople = make_place()
        self.row: Consultation = consultations.make_consultation(
            self.place.contract,
            quartiers=[self.place.quartier],
            slug="vos-idees",
            stage="open",
            published_at=None,
            reaches_nobody=True,
            body_id=self.place.body.id,
            **values,
        )
        self.step = consultations.make_step(self.row, "ideas", "Vos idées")

    def box(self, **changes: object) -> IdeaBox:
        number = len(db.session.execute(select(IdeaBox.id)).all())
        db.session.rollback()
        keeper = Keeper(self.place.contract.id, body_id=self.place.body.id)
        slug = make_box(
            self.place.moderator,
            keeper,
            BoxSettings(**{**SETTINGS.__dict__, **changes}),
            client_key=f"une-boite-d-etape-{number:08}",
        )
        return stored_box(slug)

    def stored(self) -> Consultation:
        db.session.rollback()
        return db.session.get_one(Consultation, self.row.id, populate_existing=True)

    def version(self) -> int:
        return self.stored().version

    def choose(self, box: IdeaBox) -> None:
        number = box.id
        choose_box(self.place.moderator, self.row.id, self.step.id, number, version=self.version())

    def publish(self) -> None:
        publishing.publish(self.place.moderator, self.row.id, version=self.version())

    def box_with_people(self, box: IdeaBox) -> BoxWithPeople:
        return BoxWithPeople(self.place, box.slug, box.id)


@pytest.fixture
def asked(app: Flask) -> Asked:
    limiter.reset()
    return Asked()


def test_a_step_says_what_it_lacks() -> None:
    assert shortcomings(box=False, answerer=False) == [IdeasShortcoming.NO_BOX]
    assert shortcomings(box=True, answerer=False) == [IdeasShortcoming.NO_ANSWERER]
    assert shortcomings(box=True, answerer=True) == []


def test_it_is_published_with_a_box_and_somebody_who_answers(app: Flask, asked: Asked) -> None:
    desk = app.test_client()
    open_browser(desk, asked.place.moderator)
    with pytest.raises(DomainError):
        asked.publish()
    assert (
        "Choisissez la boîte où les idées arrivent"
        in desk.get("/fr/bureau/consultations/vos-idees/questions").text
    )
    asked.choose(asked.box(answerer={}))
    assert "dites qui répond aux idées" in desk.get("/fr/bureau/consultations/vos-idees/questions").text
    with pytest.raises(DomainError):
        asked.publish()
    asked.choose(asked.box(title={"fr": "Une autre boîte"}))
    asked.publish()


def test_one_calendar(asked: Asked) -> None:
    box = asked.box()
    asked.choose(box)
    shown = stored_box(box.slug)
    assert shown.by_consultation
    assert (shown.opens_at, shown.closes_at) == (asked.stored().opens_at, asked.stored().closes_at)
    assert shown.published_at is None
    asked.publish()
    shown = stored_box(box.slug)
    assert shown.published_at is not None
    assert shown.withdrawn_at is None
    row = asked.stored()
    assert row.closes_at is not None
    assert row.answer_due_on is not None
    publishing.prolong(
        asked.place.moderator,
        row.id,
        closes_at=row.closes_at + timedelta(days=5),
        paper_until=row.paper_until + timedelta(days=5) if row.paper_until else None,
        answer_due_on=row.answer_due_on,
        reason={"fr": "Les vacances."},
        version=row.version,
    )
    assert stored_box(box.slug).closes_at == asked.stored().closes_at
    moved = BoxSettings(
        **{**SETTINGS.__dict__, "opens_on": clock.today(), "closes_on": clock.today() + timedelta(days=90)}
    )
    describe_box(asked.place.moderator, box.id, moved, version=stored_box(box.slug).version)
    assert stored_box(box.slug).closes_at == asked.stored().closes_at
    for act in (publish_box, withdraw_box):
        with pytest.raises(DomainError):
            act(asked.place.moderator, box.id, version=stored_box(box.slug).version)
    publishing.take_back(asked.place.moderator, row.id, version=asked.version())
    assert stored_box(box.slug).withdrawn_at is not None
    with pytest.raises(DomainError):
        put_one(asked.box_with_people(box))


def test_ideas_come_in_while_answers_do(client: FlaskClient, asked: Asked) -> None:
    box = asked.box()
    asked.choose(box)
    asked.publish()
    put_one(asked.box_with_people(box))
    page = client.get("/fr/consultations/vos-idees").text
    assert f"/fr/idees/{box.slug}" in page
    assert "Répondre" not in page, "it asks nothing else"
    sent = client.get("/fr/consultations/vos-idees/repondre")
    assert (sent.status_code, sent.location) == (303, f"/fr/idees/{box.slug}"), "where one takes part"
    with pytest.raises(AlreadyAnswered):
        steps.delete_step(asked.place.moderator, asked.row.id, asked.step.id, version=asked.version())
    with pytest.raises(AlreadyAnswered):
        publishing.take_back(asked.place.moderator, asked.row.id, version=asked.version())
    publishing.withdraw(asked.place.moderator, asked.row.id, {"fr": "Une erreur."}, version=asked.version())
    with pytest.raises(DomainError):
        put_one(asked.box_with_people(box), "Un arbre")
    assert client.get(f"/fr/idees/{box.slug}").status_code == 404


def ways_into(box: IdeaBox, page: str) -> list[str]:
    """What a page says where it leads to a box."""
    return re.findall(rf'href="/fr/idees/{box.slug}">.*?<span>(.*?)</span>', page)


def test_several_boxes_are_called_by_their_titles(client: FlaskClient, asked: Asked) -> None:
    boxes: list[IdeaBox] = []
    for step in (asked.step, consultations.make_step(asked.row, "ideas")):
        boxes.append(asked.box(title={"fr": f"Boîte {len(boxes)}"}))
        number = boxes[-1].id
        choose_box(asked.place.moderator, asked.row.id, step.id, number, version=asked.version())
    asked.publish()
    page = client.get("/fr/consultations/vos-idees").text
    assert [ways_into(stored_box(box.slug), page) for box in boxes] == [["Boîte 0"], ["Boîte 1"]]
    sent = client.get("/fr/consultations/vos-idees/repondre")
    assert (sent.status_code, sent.location) == (303, "/fr/consultations/vos-idees"), "it leads to both"


@pytest.mark.parametrize(
    ("closes_in", "said"),
    [(1, "Proposer et soutenir des idées"), (-1, "Lire les idées")],
    ids=["open", "closed"],
)
def test_the_way_into_the_box_stays_once_it_closed(
    client: FlaskClient, asked: Asked, closes_in: int, said: str
) -> None:
    box = asked.box()
    asked.choose(box)
    asked.publish()
    with transaction() as session:
        for row in (session.get_one(Consultation, asked.row.id), session.get_one(IdeaBox, box.id)):
            row.closes_at = clock.now() + timedelta(minutes=closes_in)
    assert ways_into(stored_box(box.slug), client.get("/fr/consultations/vos-idees").text) == [said]


def test_nothing_comes_in_once_it_closed(asked: Asked) -> None:
    box = asked.box()
    asked.choose(box)
    asked.publish()
    with transaction() as session:
        for row in (session.get_one(Consultation, asked.row.id), session.get_one(IdeaBox, box.id)):
            row.closes_at = clock.now() - timedelta(minutes=1)
    with pytest.raises(BoxClosed):
        put(NewIdea(box.id, "Des bancs", "Devant l’école.", "ecologie", "une-idee-tardive"))


def test_a_box_goes_back_to_its_keeper(asked: Asked, session: Session) -> None:
    first, second = asked.box(), asked.box(title={"fr": "Une autre boîte"})
    asked.choose(first)
    asked.choose(second)
    assert not stored_box(first.slug).by_consultation
    assert stored_box(second.slug).by_consultation
    steps.delete_step(asked.place.moderator, asked.row.id, asked.step.id, version=asked.version())
    assert not stored_box(second.slug).by_consultation
    assert session.execute(select(func.count(ConsultationIdeaStep.step_id))).scalar_one() == 0
    step = consultations.make_step(asked.row, "ideas")
    choose_box(asked.place.moderator, asked.row.id, step.id, first.id, version=asked.version())
    publishing.discard(asked.place.moderator, asked.row.id, version=asked.version())
    assert not stored_box(first.slug).by_consultation


def test_only_a_new_box_of_the_same_keeper_is_taken(asked: Asked) -> None:
    place = asked.place
    shown = asked.box()
    publish_box(place.moderator, shown.id, version=1)
    team = make_box(place.staff, Keeper(place.contract.id), SETTINGS, client_key="la-boite-de-l-equipe")
    with pytest.raises(DomainError):
        asked.choose(stored_box(shown.slug))
    with pytest.raises(Forbidden):
        asked.choose(stored_box(team))
    with pytest.raises(DomainError):
        choose_box(place.staff, asked.row.id, asked.step.id, stored_box(team).id, version=asked.version())
    other = make.make_contract("ailleurs")
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            ConsultationIdeaStep(
                step_id=asked.step.id,
                consultation_id=asked.row.id,
                box_id=stored_box(team).id,
                contract_id=other.id,
            )
        )


def test_a_box_is_prepared_with_the_step_once(app: Flask, asked: Asked, session: Session) -> None:
    desk = app.test_client()
    open_browser(desk, asked.place.moderator)
    url = f"/fr/bureau/consultations/vos-idees/idees/{asked.step.id}"
    page = desk.get(url).text

    def value(name: str) -> str:
        tag: str = next(each for each in re.findall("<input[^>]*>", page) if f'name="{name}"' in each)
        return tag.partition('value="')[2].partition('"')[0]

    sent = {
        "csrf_token": value("csrf_token"),
        "version": value("version"),
        "client_key": value("client_key"),
        "box": "nouvelle",
        "title_fr": "Vos idées",
        "question_fr": "Que changer ?",
        "answerer_fr": "Le conseil",
    }
    missing = desk.post(url, data={**sent, "title_fr": ""})
    assert missing.status_code == 422, missing.status_code
    assert desk.post(url, data=sent).status_code == 303
    assert session.execute(select(func.count(IdeaBox.id))).scalar_one() == 1
    session.rollback()
    for _time in range(2):
        prepare_box(
            asked.place.moderator,
            asked.row.id,
            asked.step.id,
            SETTINGS,
            client_key="une-autre-boite-prete",
            version=asked.version(),
        )
    session.rollback()
    assert session.execute(select(func.count(IdeaBox.id))).scalar_one() == 2
    assert desk.get(url).status_code == 200


def test_results_say_how_many_ideas_and_which_groups(client: FlaskClient, asked: Asked) -> None:
    box = asked.box()
    asked.choose(box)
    asked.publish()
    people = asked.box_with_people(box)
    ideas = [put_one(people, title) for title in ("Des bancs", "Un arbre", "=1+1")]
    with transaction() as session:
        for row in (session.get_one(Consultation, asked.row.id), session.get_one(IdeaBox, box.id)):
            row.closes_at = clock.now() - timedelta(minutes=5)
            if isinstance(row, Consultation):
                row.paper_until = None
    publish_results(ACTOR, asked.row.id)
    page = client.get("/fr/consultations/vos-idees/resultats").text
    assert "3 idées sont arrivées." in page
    assert "Trop peu de réponses" not in page
    group = a_group(people, "S’asseoir", ideas[0].idea_id)
    retain(people, group)
    page = client.get("/fr/consultations/vos-idees/resultats").text
    assert "1 groupe est retenu." in page
    assert f"/fr/idees/{box.slug}/groupes/{group}" in page
    assert client.get("/fr/consultations/vos-idees/donnees.json").status_code == 200
    lines = list(csv.DictReader(io.StringIO(client.get(f"/fr/idees/{box.slug}/donnees.csv").text)))
    assert [line["id"] for line in lines] == [str(idea.idea_id) for idea in ideas]
    assert lines[2]["title"] != "=1+1", "no spreadsheet runs what somebody wrote"
    assert lines[0]["group_title"] == f"Groupe {group}"
    content = json.loads(client.get(f"/fr/idees/{box.slug}/donnees.json").text)
    assert content["groups"][0]["ideas"] == 1
    assert content["groups"][0]["retained"]
    assert {each["title"] for each in content["ideas"]} >= {"Des bancs", "Un arbre"}
