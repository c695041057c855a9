"""Whatever is deleted, coded or imported beside a choice among groups of ideas, nothing of it is stuck."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.choices.operations import draft_choice, make_tree
from cdv_civic.consultations.idea_models import ConsultationIdeaAxis
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.operations.editing.publishing import prolong, publish
from cdv_civic.consultations.operations.editing.questions import delete_question
from cdv_civic.consultations.operations.editing.steps import delete_step
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.ideas import choice_faults
from cdv_civic.consultations.results.operations.coding import add_option
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.db import db
from cdv_civic.territory.models import Axis
from tests import factories as make
from tests.consultations import factories as consultations
from tests.ideas.boxes import make_a_box, stored_box
from tests.ideas.choices import PICK, Grouped, count, draft, grouped, published, row_of


@pytest.fixture
def ready(app: Flask) -> Grouped:
    limiter.reset()
    return grouped(make_a_box())


def published_with_more(ready: Grouped) -> tuple[Consultation, int]:
    """A choice that is published with a question in words beside it, and another step; and the id of that question."""
    slug = draft(ready)
    row = row_of(slug)
    step = db.session.execute(
        select(ConsultationStep).where(ConsultationStep.consultation_id == row.id)
    ).scalar_one()
    words = consultations.make_question(step, "Autre chose ?", "long").id
    consultations.make_question(step, "Et parmi ceci ?", QuestionKind.PICK.value, most=1)
    consultations.make_question(consultations.make_step(row), "Et encore ?")
    publish(ready.box.moderator, row.id, version=row_of(slug).version)
    return row_of(slug), words


@pytest.mark.parametrize("what", ["question", "step"])
def test_groups_move_again_once_the_question_about_them_is_deleted(ready: Grouped, what: str) -> None:
    row, _words = published_with_more(ready)
    assert stored_box(ready.box.slug).choice_opened_at is not None
    step = definition_of(row.id, "fr").steps[0]
    db.session.rollback()
    if what == "question":
        delete_question(ready.box.moderator, row.id, step.questions[0].id, version=row.version)
    else:
        delete_step(ready.box.moderator, row.id, step.id, version=row.version)
    assert stored_box(ready.box.slug).choice_opened_at is None
    assert draft_choice(ready.box.moderator, ready.box.id, PICK) != row.slug


def test_a_choice_is_prolonged_although_something_came_up_in_words_beside_it(ready: Grouped) -> None:
    row, words = published_with_more(ready)
    add_option(ready.box.place.staff, row.id, words, {"fr": "Des fontaines"})
    assert choice_faults(row.id) == []
    row = row_of(row.slug)
    assert row.closes_at is not None
    assert row.answer_due_on is not None
    later = row.closes_at + timedelta(days=3)
    prolong(
        ready.box.moderator,
        row.id,
        closes_at=later,
        paper_until=None,
        answer_due_on=row.answer_due_on,
        reason={"fr": "Il a plu."},
        version=row.version,
    )
    assert row_of(row.slug).closes_at == later


def test_a_part_of_the_document_that_has_the_code_of_a_tree_does_not_keep_it_from_being_made(
    ready: Grouped, session: Session
) -> None:
    row = count(published(ready), ready, 30, 12)
    taken = {f"habitants-{row.id}", f"habitants-{row.id}-{ready.groups[0]}"}
    for each in sorted(taken):
        make.make_axis(ready.box.place.contract, code=each)
    code = make_tree(ready.box.place.staff, row.id, ready.groups)
    session.rollback()
    codes = set(session.execute(select(Axis.code).where(Axis.tree == "habitants")).scalars())
    assert len(codes) == 3
    assert code in codes
    assert not codes & taken
    assert make_tree(ready.box.place.staff, row.id, ready.groups) == code


def test_what_is_born_of_a_choice_is_of_its_contract(ready: Grouped, session: Session) -> None:
    row = count(published(ready), ready, 30, 12)
    make_tree(ready.box.place.staff, row.id, ready.groups)
    other = make.make_contract("ailleurs")
    elsewhere = make.make_axis(other)
    born = ConsultationIdeaAxis
    for values in (
        {"axis_id": elsewhere.id},
        {"axis_id": elsewhere.id, "contract_id": other.id},
        {"contract_id": other.id},
    ):
        with pytest.raises(IntegrityError):
            session.execute(update(born).where(born.group_id == ready.groups[0]).values(values))
        session.rollback()
