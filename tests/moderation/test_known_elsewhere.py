"""Faults that users of comparable systems reported in public (each test names the report), tried here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from cdv_civic.consultations.operations.editing.copying import copy
from cdv_civic.consultations.operations.editing.creating import Organiser
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.core.db import db, transaction
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.keeping import take_back_idea
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Contract
from tests import factories
from tests.consultations.desk.preparing import stored
from tests.consultations.kinds.statements.test_added import Asked, sentences
from tests.consultations.kinds.statements.test_added import decide as decide_sentence
from tests.ideas.boxes import BoxWithPeople, a_point, make_a_box, put_one, stored_box, stored_idea
from tests.ideas.test_pages import send
from tests.moderation.cases import stored_case
from tests.signing_in import open_browser

INSULT = Reasons(law=LegalGround.INSULT, facts="Le texte insulte une personne.")


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    return make_a_box()


@pytest.fixture
def moderator(app: Flask, box: BoxWithPeople) -> FlaskClient:
    client = app.test_client()
    open_browser(client, box.moderator)
    return client


def queue(box: BoxWithPeople, *more: object) -> str:
    return "/".join(map(str, (f"/fr/bureau/instances/{box.place.body.id}/moderation", *more)))


def hide(box: BoxWithPeople, case_id: int) -> None:
    decide(box.moderator, case_id, ModerationAct.HIDE, INSULT, version=stored_case(case_id).version)


def an_idea(box: BoxWithPeople, title: str, words: str) -> Idea:
    return stored_idea(put_one(box, title, words).idea_id)


def test_what_is_hidden_is_not_proposed_as_alike(client: FlaskClient, box: BoxWithPeople) -> None:
    """decidim/decidim#7975: hidden proposals stood among the similar ones that a form shows."""
    idea = an_idea(box, "Planter des tilleuls", "Il faut planter des tilleuls sur la place du marché.")
    like = {"title": "Planter des tilleuls", "words": "Il faut planter des tilleuls, place du marché."}
    assert "Ces idées ressemblent" in send(client, box, **like).text
    hide(box, idea.case_id)
    page = send(client, box, **like).text
    assert "Ces idées ressemblent" not in page
    assert "Votre idée est arrivée" in page


def test_a_moderator_opens_what_is_hidden_and_no_link_leads_nowhere(
    moderator: FlaskClient, box: BoxWithPeople
) -> None:
    """decidim/decidim#2801: the address of a hidden proposal, in the list of moderators, answered with an error."""
    idea = an_idea(box, "Un banc", "Près de l’école.")
    hide(box, idea.case_id)
    listed = moderator.get(queue(box) + "?quoi=masques").text
    assert "Un banc" in listed
    page = moderator.get(queue(box, idea.case_id))
    assert page.status_code == 200
    assert "Voir sur le site" not in page.text
    assert moderator.get(f"{box.url}/{idea.id}").status_code == 404


def test_hidden_texts_stay_in_the_list_of_moderators(moderator: FlaskClient, box: BoxWithPeople) -> None:
    """mysociety/fixmystreet#367: hidden reports were gone from the pages of administrators."""
    for number in range(3):
        hide(box, an_idea(box, f"Idée numéro {number}", f"Des mots, {number} fois.").case_id)
    listed = moderator.get(queue(box) + "?quoi=masques").text
    assert [f"Idée numéro {number}" in listed for number in range(3)] == [True] * 3


def test_a_text_that_is_gone_breaks_no_list(moderator: FlaskClient, box: BoxWithPeople) -> None:
    """decidim/decidim#15196: one comment whose text could not be read took the whole page of moderation down."""
    idea = an_idea(box, "Un abri", "Il pleut.")
    case_id = idea.case_id
    with transaction() as session:
        session.execute(delete(Idea).where(Idea.id == idea.id))
    for shown in ("attente", "publics"):
        assert moderator.get(f"{queue(box)}?quoi={shown}").status_code == 200
    page = moderator.get(queue(box, case_id))
    assert page.status_code == 200
    assert "la personne les a repris" in page.text


def test_a_text_is_hidden_and_shown_again_as_often_as_somebody_decides(box: BoxWithPeople) -> None:
    """liqd/adhocracy-plus#2377, decidim/decidim#4717: what had been decided once could not be decided otherwise."""
    case_id = an_idea(box, "Des jeux", "Pour les petits.").case_id
    for _ in range(2):
        hide(box, case_id)
        assert stored_case(case_id).state == "masque"
        version = stored_case(case_id).version
        decide(box.moderator, case_id, ModerationAct.SHOW_AGAIN, version=version)
        assert stored_case(case_id).state == "publie"


def test_the_same_words_are_taken_again_once_they_were_taken_back(box: BoxWithPeople) -> None:
    """pol-is/polis-issues#38: whoever withdrew a comment could not put the same one better placed."""
    first = put_one(box, "Une fontaine", "Près des jeux.")
    assert take_back_idea(read_receipt(first.receipt))
    assert put_one(box, "Une fontaine", "Près des jeux.").idea_id != first.idea_id


def test_nothing_but_a_decision_shows_a_hidden_text_again(client: FlaskClient, box: BoxWithPeople) -> None:
    """mysociety/fixmystreet#378: a change of state that came from elsewhere showed hidden reports again."""
    idea = an_idea(box, "Un marché", "Le dimanche.")
    hide(box, idea.case_id)
    version = stored_idea(idea.id).version
    answer_idea(box.moderator, idea.id, {"fr": "Oui."}, answered_by="Le conseil", version=version)
    assert stored_case(idea.case_id).state == "masque"
    assert client.get(f"{box.url}/{idea.id}").status_code == 404


def test_whatever_everybody_reads_can_be_reported(client: FlaskClient, box: BoxWithPeople) -> None:
    """consuldemocracy/consuldemocracy#6177: texts of one kind had no way to those who moderate."""
    idea = an_idea(box, "Un vélo-école", "Pour les mères.")
    make_point(a_point(idea.id))
    page = client.get(f"{box.url}/{idea.id}").text
    links = [part.partition('"')[0] for part in page.split('href="/fr/signaler/')[1:]]
    assert len(links) == 2
    for number in links:
        assert client.get(f"/fr/signaler/{number}").status_code == 200


def test_what_lies_in_a_withdrawn_box_is_read_nowhere(client: FlaskClient, box: BoxWithPeople) -> None:
    """OpenSourcePolitics/decidim#93: what was taken away from its page still stood on another one."""
    idea = an_idea(box, "Une ferme", "Derrière le stade.")
    assert "Derrière le stade." in client.get(f"/fr/signaler/{idea.case_id}").text
    withdraw_box(box.moderator, box.id, version=stored_box(box.slug).version)
    assert client.get(f"/fr/signaler/{idea.case_id}").status_code == 404


def test_a_copy_asks_nothing_that_moderation_hid(app: Flask) -> None:
    """crownshy/comhairle#796: statements that were rejected stood in the poll that was made from the first one."""
    asked = Asked()
    asked.add("Les voisins sont tous des menteurs.")
    (sentence,) = sentences()
    decide_sentence(sentence.case_id, "publie")
    assert len(asked.asks) == 2
    decide_sentence(sentence.case_id, "masque")
    contract = db.session.get_one(Contract, asked.row.contract_id)
    staff = factories.make_account(contract=contract)
    slug = copy(staff, Organiser(contract.id), asked.row.id, {"fr": "La suite"}, client_key="une-copie-1")
    assert [str(each.words) for each in definition_of(stored(slug).id, "fr", hidden=True).questions] == [
        "Il faut plus de bancs."
    ]
