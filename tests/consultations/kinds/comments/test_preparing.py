"""An organiser chooses what is commented, cuts a document into passages, and sets an embargo."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.kinds.comments import documents, preparing
from cdv_civic.consultations.kinds.comments.models import CommentedThing
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings
from cdv_civic.consultations.kinds.comments.queries.steps import comment_steps
from cdv_civic.consultations.kinds.comments.queries.things import things_of
from cdv_civic.consultations.kinds.comments.rules import MOST_PASSAGES
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered
from cdv_civic.consultations.operations.editing.steps import delete_step
from cdv_civic.consultations.results.operations.closing import ACTOR as STAFF
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.localized import LocalizedText, texts_in_all
from tests import factories
from tests.consultations import factories as make
from tests.consultations.kinds.comments.commented import DOCUMENT, Commented
from tests.page_forms import PageForm
from tests.signing_in import open_browser

TITLE = {"fr": "Le règlement du parc"}


class Prepared:
    """A draft with an empty step."""

    def __init__(self) -> None:
        self.contract = factories.make_contract("val")
        self.row: Consultation = make.make_consultation(self.contract, slug="avis", stage="draft")
        self.step: ConsultationStep = make.make_step(self.row, "comments")

    def do(self, act: Callable[..., object], *arguments: object, **more: object) -> object:
        found = act(STAFF, self.row.id, self.step.id, *arguments, **more)
        db.session.rollback()
        return found

    @property
    def words(self) -> list[str]:
        db.session.rollback()
        return [str(each.words) for each in things_of([self.step.id], "fr")]

    @property
    def ids(self) -> list[int]:
        db.session.rollback()
        return [each.id for each in things_of([self.step.id], "fr")]


@pytest.fixture
def draft(app: Flask) -> Prepared:
    return Prepared()


def test_a_document_is_cut_joined_cut_again_and_moved(draft: Prepared) -> None:
    assert draft.do(documents.add_document, TITLE, DOCUMENT) == 3
    first, second, third = draft.words
    assert first == "Article 1\nLe terrain de jeux reste ouvert le soir."
    ids = draft.ids
    draft.do(documents.join_passage, ids[1])
    assert draft.words == [f"{first}\n{second}", third]
    draft.do(documents.change_passage, ids[0], {"fr": f"{first}\n\n{second}\n\nUne phrase de plus."})
    assert draft.words == [first, second, "Une phrase de plus.", third]
    draft.do(preparing.move_thing, draft.ids[3], up=True)
    assert draft.words == [first, second, third, "Une phrase de plus."]
    draft.do(preparing.remove_thing, draft.ids[0])
    assert draft.words == [second, third, "Une phrase de plus."]
    texts = db.session.query(LocalizedText).filter_by(owner_kind="consultation_commented").count()
    assert texts == 3


def test_translations_are_cut_with_the_passage(draft: Prepared) -> None:
    draft.do(documents.add_document, TITLE, "Le parc ferme. Il ouvre.")
    draft.do(
        documents.change_passage,
        draft.ids[0],
        {
            "fr": "Le parc ferme.\n\nIl ouvre.",
            "en": "The park closes.\n\nIt opens.",
            "ar": "يغلق المنتزه ثم يفتح.",
        },
    )
    texts = texts_in_all(*(db.session.get_one(CommentedThing, each).text_id for each in draft.ids))
    assert texts[0] == {"fr": "Le parc ferme.", "en": "The park closes.", "ar": "يغلق المنتزه ثم يفتح."}
    assert texts[1] == {"fr": "Il ouvre.", "en": "It opens."}


@pytest.mark.parametrize(
    "text", ["", "  \n\n ", "x" * 60_001, "\n\n".join(["Une règle."] * (MOST_PASSAGES + 1)), "x" * 3_001]
)
def test_what_is_no_document_is_refused(draft: Prepared, text: str) -> None:
    with pytest.raises(DomainError) as refused:
        draft.do(documents.add_document, TITLE, text)
    assert refused.value.field == "text"
    assert draft.words == []


def test_a_document_has_a_title(draft: Prepared) -> None:
    with pytest.raises(DomainError) as refused:
        draft.do(documents.add_document, {}, DOCUMENT)
    assert refused.value.field == "title_fr"
    draft.do(documents.add_document, TITLE, DOCUMENT)
    with pytest.raises(DomainError):
        draft.do(preparing.set_step, CommentSettings({}))


def test_what_is_commented_is_public_and_stands_once(draft: Prepared) -> None:
    other = factories.make_contract("ailleurs")
    indicator = factories.make_indicator(draft.contract)
    context = factories.make_indicator(draft.contract, family="contexte")
    commitment = factories.make_commitment(draft.contract, indicators=[indicator, context])
    gone = factories.make_commitment(draft.contract, retired_at=clock.now())
    elsewhere = factories.make_commitment(other)
    draft.do(preparing.add_subject, commitment.id)
    draft.do(preparing.add_subject, commitment.id, indicator.id)
    for arguments in ((commitment.id,), (commitment.id, indicator.id)):
        with pytest.raises(DomainError):
            draft.do(preparing.add_subject, *arguments)
    for arguments in ((gone.id,), (elsewhere.id,), (commitment.id, context.id), (999_999,)):
        with pytest.raises(NotFound):
            draft.do(preparing.add_subject, *arguments)
    assert len(draft.ids) == 2


def test_an_embargo_is_of_a_document_and_bounded(draft: Prepared) -> None:
    now = clock.now()
    until = now + timedelta(days=3)
    with pytest.raises(DomainError) as refused:
        draft.do(preparing.set_step, CommentSettings({}, embargo_until=until))
    assert refused.value.field == "title_fr"
    for moment in (now - timedelta(minutes=1), now + timedelta(days=400)):
        with pytest.raises(DomainError) as refused:
            draft.do(preparing.set_step, CommentSettings(TITLE, embargo_until=moment))
        assert refused.value.field == "embargo_day"
    draft.do(
        preparing.set_step, CommentSettings(TITLE, embargo_until=until, read_before=False, sensitive=True)
    )
    (step,) = comment_steps(draft.row.id, "fr")
    assert (step.embargo_until, step.read_before, step.sensitive) == (until, True, True)
    commitment = factories.make_commitment(draft.contract)
    with pytest.raises(DomainError):
        draft.do(preparing.add_subject, commitment.id)


def test_two_people_at_the_same_page(draft: Prepared) -> None:
    version = db.session.get_one(Consultation, draft.row.id, populate_existing=True).version
    draft.do(documents.add_document, TITLE, DOCUMENT, version=version)
    with pytest.raises(ChangedMeanwhile):
        draft.do(preparing.set_step, CommentSettings(TITLE), version=version)


def test_once_somebody_commented_it_stays(app: Flask) -> None:
    asked = Commented()
    asked.say()
    with pytest.raises(AlreadyAnswered):
        preparing.remove_thing(STAFF, asked.row.id, asked.document.id, asked.things[2].id)
    with pytest.raises(AlreadyAnswered):
        preparing.set_step(STAFF, asked.row.id, asked.document.id, CommentSettings(TITLE))


def test_a_step_that_is_deleted_takes_its_passages_along(draft: Prepared) -> None:
    draft.do(documents.add_document, TITLE, DOCUMENT)
    version = db.session.get_one(Consultation, draft.row.id, populate_existing=True).version
    delete_step(STAFF, draft.row.id, draft.step.id, version=version)
    kinds = ("consultation_commented", "consultation_comment_step")
    assert db.session.query(LocalizedText).filter(LocalizedText.owner_kind.in_(kinds)).count() == 0


@pytest.fixture
def staff(draft: Prepared) -> SignedIn:
    return factories.make_account(contract=draft.contract)


def test_the_pages_of_the_desk(client: FlaskClient, draft: Prepared, staff: SignedIn) -> None:
    open_browser(client, staff)
    indicator = factories.make_indicator(draft.contract, "Bancs posés")
    factories.make_commitment(draft.contract, "Poser des bancs", indicators=[indicator], code="BANCS")
    here = f"/fr/bureau/consultations/avis/commentaires/{draft.step.id}"
    assert "Rien à commenter" in client.get(here).text
    assert here in client.get("/fr/bureau/consultations/avis/questions").text
    page = client.get(f"{here}/ajouter?q=bancs").text
    for having in ("Commenter l’engagement", "Commenter ce chiffre"):
        assert having in page
    client.post(f"{here}/ajouter", data=PageForm(page, "indicator").filled({}))
    assert draft.words == ["Bancs posés"]
    page = client.get(f"{here}/document").text
    answer = client.post(
        f"{here}/document", data=PageForm(page, "text").filled({"title_fr": "Le règlement", "text": DOCUMENT})
    )
    assert answer.status_code == 303
    assert len(draft.ids) == 4
    thing = draft.ids[1]
    page = client.get(f"{here}/{thing}").text
    form = PageForm(page, "text_fr").filled({"text_fr": "Un passage.\n\nUn autre."})
    assert client.post(f"{here}/{thing}", data=form).status_code == 303
    assert draft.words[1:3] == ["Un passage.", "Un autre."]
    page = client.get(f"{here}/{thing}/retirer").text
    assert "Un passage." in page
    client.post(f"{here}/{thing}/retirer", data=PageForm(page, "version").filled({}))
    assert "Un passage." not in draft.words
    form = PageForm(client.get(here).text, "title_fr").filled({"embargo_time": "10:00"})
    answer = client.post(here, data=form)
    assert (answer.status_code, "Choisissez le jour." in answer.text) == (422, True)
    for address in (f"{here}/{draft.ids[0]}", f"{here}/999999", f"{here}0", f"{here}/{thing}/ailleurs"):
        assert client.get(address).status_code in (404, 405)


def test_the_page_of_a_consultation_without_questions_counts_none(app: Flask, client: FlaskClient) -> None:
    asked = Commented()
    open_browser(client, factories.make_account(role="administrator"))
    page = client.get(f"/fr/bureau/consultations/{asked.row.slug}").text
    assert "0 question" not in page
    assert "Réponses reçues" not in page
    assert "Ce qui est demandé" in page
    assert "Titre de l’étape secrète" in page
