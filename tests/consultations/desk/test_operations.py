"""What an organiser does to a consultation that nobody has answered, and what is refused."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import (
    ConsultationCondition,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.operations.editing import (
    options,
    publishing,
    questions,
)
from cdv_civic.consultations.operations.editing import settings as settings_operations
from cdv_civic.consultations.operations.editing import steps as steps_operations
from cdv_civic.consultations.operations.editing.building import NewOption, NewQuestion
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.territory.models import Contract, Quartier
from tests import factories as make
from tests.consultations.desk.preparing import (
    asked,
    begun,
    in_days,
    opened,
    ready,
    refused,
    said,
    stored,
    words,
)


def test_what_a_condition_looks_at_is_neither_moved_behind_nor_deleted(
    staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract, "school_gate")
    first, why, *_others = asked(row).questions
    for act in (
        lambda: questions.move_question(staff, row.id, why.id, up=True),
        lambda: questions.delete_question(staff, row.id, first.id, version=stored(row.slug).version),
        lambda: options.delete_option(staff, row.id, first.options[3].id, version=stored(row.slug).version),
    ):
        assert str(why.words) in str(refused(act).sentence)
    assert words(row)[:2] == [str(first.words), str(why.words)]
    options.delete_option(staff, row.id, first.options[0].id, version=stored(row.slug).version)
    questions.delete_question(staff, row.id, why.id, version=stored(row.slug).version)
    questions.delete_question(staff, row.id, first.id, version=stored(row.slug).version)
    assert len(words(row)) == 4


def test_a_step_is_not_moved_before_what_its_questions_depend_on(
    staff: SignedIn, contract: Contract, session: Session
) -> None:
    row = begun(staff, contract)
    first = asked(row).questions[0]
    step = steps_operations.add_step(staff, row.id, "questionnaire", {"fr": "Après"}, {}, version=row.version)
    questions.add_question(
        staff,
        row.id,
        step,
        NewQuestion(QuestionKind.SHORT, {"fr": "Pourquoi non ?"}, condition=first.options[1].id),
        version=stored(row.slug).version,
    )
    wrong = refused(lambda: steps_operations.move_step(staff, row.id, step, up=True))
    assert "Pourquoi non ?" in str(wrong.sentence)
    refused(
        lambda: steps_operations.delete_step(staff, row.id, first.step_id, version=stored(row.slug).version)
    )
    steps_operations.delete_step(staff, row.id, step, version=stored(row.slug).version)
    steps_operations.delete_step(staff, row.id, first.step_id, version=stored(row.slug).version)
    for table in (ConsultationStep, ConsultationQuestion, ConsultationOption, ConsultationCondition):
        assert session.execute(select(func.count()).select_from(table)).scalar() == 0


def test_a_condition_looks_at_earlier_questions_alone(staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract, "school_gate")
    first, _why, safe, *_others = asked(row).questions
    new = NewQuestion(first.kind, {"fr": "Comment ?"}, required=True, condition=safe.options[0].id)
    shown = questions.question_version(db.session.get_one(ConsultationQuestion, first.id), None)
    wrong = refused(lambda: questions.change_question(staff, row.id, first.id, new, version=shown))
    assert wrong.field == "condition"


def test_two_colleagues_at_the_same_question_do_not_overwrite_each_other(
    staff: SignedIn, colleague: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    first = asked(row).questions[0]
    shown = questions.question_version(db.session.get_one(ConsultationQuestion, first.id), None)
    db.session.rollback()
    new = NewQuestion(first.kind, {"fr": "Leur question ?"})
    questions.change_question(colleague, row.id, first.id, new, version=shown)
    with pytest.raises(DomainError) as late:
        questions.change_question(staff, row.id, first.id, new, version=shown)
    assert late.value.status == 409


def test_options_are_quickly_typed_and_stay_few(staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract)
    question = asked(row).questions[0]
    new = options.read_options("Peut-être\n\n  Plus tard  ")
    assert options.add_options(staff, row.id, question.id, new, version=row.version) == 2
    assert [str(each.words) for each in asked(row).questions[0].options][-2:] == ["Peut-être", "Plus tard"]
    many = [NewOption({"fr": f"Réponse {number}"}) for number in range(60)]
    wrong = refused(
        lambda: options.add_options(staff, row.id, question.id, many, version=stored(row.slug).version)
    )
    assert wrong.field == "options"


def test_parts_of_the_contract_are_taken_once(staff: SignedIn, contract: Contract) -> None:
    axis = make.make_axis(contract, translations={"ar": "محور"})
    commitment = make.make_commitment(contract, "Ouvrir une école", translations={"ar": "فتح مدرسة"})
    foreign = make.make_axis(make.make_contract())
    row = begun(staff, contract)
    question = asked(row).questions[0]

    def take() -> int:
        return options.take_from_contract(
            staff,
            row.id,
            question.id,
            axes=[axis.id, foreign.id],
            commitments=[commitment.id],
            version=stored(row.slug).version,
        )

    assert take() == 2
    assert take() == 0
    assert [str(each.words) for each in asked(row, "ar").questions[0].options][-2:] == ["محور", "فتح مدرسة"]


def test_it_is_not_published_before_all_is_said(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = begun(staff, contract)
    refused(lambda: publishing.publish(staff, row.id, version=row.version))
    row = opened(staff, contract, [quartier])
    assert row.published_at is not None
    refused(lambda: publishing.publish(staff, row.id, version=row.version))


def test_a_choice_that_decides_says_what_happens_in_a_tie(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = ready(staff, contract, [quartier], starter="name")
    without = said(power="co_decider")
    texts = {field: text for field, text in without.texts.items() if field != "ties"}
    settings_operations.change_settings(
        staff, row.id, said(power="co_decider", texts=texts), version=row.version
    )
    refused(lambda: publishing.publish(staff, row.id, version=stored(row.slug).version))
    settings_operations.change_settings(
        staff, row.id, said(power="co_decider"), version=stored(row.slug).version
    )
    publishing.publish(staff, row.id, version=stored(row.slug).version)


def test_what_is_public_stays_whole_and_can_be_prepared_again(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    question = asked(row).questions[0]
    wrong = refused(
        lambda: questions.delete_question(staff, row.id, question.id, version=stored(row.slug).version)
    )
    assert "publiée" in str(wrong.sentence)
    assert len(words(row)) == 1
    publishing.take_back(staff, row.id, version=stored(row.slug).version)
    questions.delete_question(staff, row.id, question.id, version=stored(row.slug).version)
    assert words(row) == []


def test_two_moments_that_do_not_follow_are_both_said(staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract)
    wrong = said(closes_at=in_days(-2), paper_until=in_days(-3), age_for_name=-1)
    found = refused(lambda: settings_operations.change_settings(staff, row.id, wrong, version=row.version))
    assert {each.field for each in found.refusals} == {"closes_day", "paper_day", "age_for_name"}
