"""Choices of residents among groups of ideas, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from cdv_civic.consultations.choices.operations import Ballot, draft_choice
from cdv_civic.consultations.idea_models import ConsultationIdeaChoice, ConsultationIdeaOption
from cdv_civic.consultations.models import Consultation, consultation_quartier
from cdv_civic.consultations.operations.editing.publishing import publish
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.ideas.operations.grouping import describe_group
from tests.consultations import factories as consultations
from tests.ideas.boxes import BoxWithPeople, put_one
from tests.ideas.test_grouping import a_group

PICK = Ballot(QuestionKind.PICK, 1)


@dataclass(frozen=True)
class Grouped:
    """A box whose ideas stand in two retained groups, « S’asseoir » and « De l’ombre », and one that is not."""

    box: BoxWithPeople
    groups: Sequence[int]
    other: int
    receipts: Sequence[str]


def grouped(box: BoxWithPeople) -> Grouped:
    ideas = [put_one(box, title) for title in ("Des bancs", "Un arbre", "Un jeu")]
    titles = ("S’asseoir", "De l’ombre", "Jouer")
    groups = [a_group(box, title, idea.idea_id) for title, idea in zip(titles, ideas, strict=True)]
    for group, title in zip(groups[:2], titles, strict=False):
        describe_group(box.moderator, box.id, group, {"fr": title}, {}, retained=True, version=1)
    return Grouped(box, groups[:2], groups[2], [idea.receipt for idea in ideas])


def row_of(slug: str) -> Consultation:
    db.session.rollback()
    return db.session.execute(
        select(Consultation).where(Consultation.slug == slug).execution_options(populate_existing=True)
    ).scalar_one()


def complete(slug: str, box: BoxWithPeople) -> None:
    """Say of a draft all that it cannot be published without; it is open for ten days from yesterday on."""
    with transaction() as session:
        row = session.execute(select(Consultation).where(Consultation.slug == slug)).scalar_one()
        for field in ("purpose", "negotiable", "settled", "decider", "readers"):
            owner = TextOwner("consultation", row.id, field, row.contract_id)
            setattr(row, f"{field}_id", write_original(session, "Ce qui compte.", owner).id)
        row.power, row.proof = "consulter", "aucune"
        row.opens_at, row.closes_at = clock.now() - timedelta(days=1), clock.now() + timedelta(days=9)
        row.answer_due_on = clock.today() + timedelta(days=60)
        row.age_to_answer = row.age_for_name = row.age_for_photo = 15
        row.reaches_nobody = True
        row.version += 1
        session.execute(
            insert(consultation_quartier).values(
                consultation_id=row.id, quartier_id=box.place.quartier.id, position=0
            )
        )


def draft(ready: Grouped, ballot: Ballot = PICK) -> str:
    slug = draft_choice(ready.box.moderator, ready.box.id, ballot)
    complete(slug, ready.box)
    return slug


def published(ready: Grouped, ballot: Ballot = PICK) -> Consultation:
    row = row_of(draft(ready, ballot))
    publish(ready.box.moderator, row.id, version=row.version)
    return row_of(row.slug)


def option_of(row: Consultation, group: int) -> int:
    option, choice = ConsultationIdeaOption, ConsultationIdeaChoice
    found = db.session.execute(
        select(option.option_id)
        .join(choice, choice.question_id == option.question_id)
        .where(choice.consultation_id == row.id, option.group_id == group)
    ).scalar_one()
    db.session.rollback()
    return found


def count(row: Consultation, ready: Grouped, *chosen: int) -> Consultation:
    """So many people choose each of the groups, then it is closed and counted."""
    for group, people in zip(ready.groups, chosen, strict=True):
        if people:
            consultations.make_answers(row, people, choices={option_of(row, group): None})
    with transaction() as session:
        stored = session.get_one(Consultation, row.id)
        stored.closes_at = clock.now() - timedelta(minutes=5)
    publish_results(ACTOR, row.id)
    return row_of(row.slug)
