"""What stands beside the state of a project: services, mistakes, co-funders, photos; and several projects at once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from cdv_civic.fund.instruction.operations import keeping
from cdv_civic.fund.instruction.operations.keeping import Assignment, ProjectCorrection
from cdv_civic.fund.instruction.operations.many import ActedOnMany, BulkAct, act_on_many
from cdv_civic.fund.instruction.rules import InstructionAct
from cdv_civic.fund.models.projects import FundProject, ProjectCoFunder, ProjectFile
from cdv_civic.fund.operations.moving import StateGone
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds
from tests.fund.instruction.desk import (
    FundDesk,
    make_co_funder,
    make_desk,
    make_project_file,
    make_stored,
    steps_of,
    stored_project,
)

SAME = ProjectCorrection("Un goûter au pied des tours", "Un après-midi pour se rencontrer.", "", "")


@pytest.fixture
def desk(app: Flask) -> FundDesk:
    return make_desk()


def test_a_project_is_given_to_a_service_with_a_day(desk: FundDesk) -> None:
    project, day = funds.make_project(desk.round), clock.today() + timedelta(days=7)
    keeping.assign(desk.staff, project.id, Assignment("  Jeunesse et  sports ", day), version=1)
    row = stored_project(project)
    assert (row.service, row.return_by, row.version) == ("Jeunesse et sports", day, 2)
    keeping.assign(desk.staff, project.id, Assignment(None, day + timedelta(days=1)), version=2)
    assert stored_project(project).service == "Jeunesse et sports"
    keeping.assign(desk.staff, project.id, Assignment("", None, no_day=True), version=3)
    row = stored_project(project)
    assert (row.service, row.return_by) == ("", None)


def test_a_day_of_return_that_is_past_is_refused_unless_it_stands(desk: FundDesk) -> None:
    past = clock.today() - timedelta(days=1)
    project = funds.make_project(desk.round)
    with pytest.raises(DomainError) as refused:
        keeping.assign(desk.staff, project.id, Assignment("x" * 101, past), version=1)
    assert {each.field for each in refused.value.refusals} == {"service", "return_by"}
    late = funds.make_project(desk.round, return_by=past)
    keeping.assign(desk.staff, late.id, Assignment("Jeunesse", past), version=1)
    assert stored_project(late).service == "Jeunesse"


def test_what_is_over_is_given_to_nobody(desk: FundDesk) -> None:
    project = funds.make_project(desk.round, ProjectState.NOT_SELECTED)
    with pytest.raises(StateGone):
        keeping.assign(desk.staff, project.id, Assignment("Jeunesse", None), version=1)


def test_obvious_mistakes_are_corrected_until_somebody_gave_an_opinion(desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    said = ProjectCorrection("Un goûter", "Une phrase.", "w913 001 234", "732 829 320 00074")
    keeping.correct(desk.staff, project.id, said, version=1)
    row = stored_project(project)
    assert (row.title, row.summary, row.rna, row.siret) == (
        "Un goûter",
        "Une phrase.",
        "W913001234",
        "73282932000074",
    )
    funds.freeze_project(project)
    with pytest.raises(DomainError) as refused:
        keeping.correct(desk.staff, project.id, ProjectCorrection("Autre", "Une phrase.", "", ""), version=2)
    assert "ne changent plus" in str(refused.value.sentence)
    keeping.correct(desk.staff, project.id, ProjectCorrection("Un goûter", "Une phrase.", "", ""), version=2)
    assert stored_project(project).siret is None


def test_all_that_is_wrong_with_a_correction_is_said_at_once(desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    with pytest.raises(DomainError) as refused:
        keeping.correct(
            desk.staff, project.id, ProjectCorrection("x" * 121, "  ", "12", "7328293200007"), version=1
        )
    assert {each.field for each in refused.value.refusals} == {"title", "summary", "rna", "siret"}
    assert stored_project(project).title == project.title


def granted(project: FundProject) -> list[int | None]:
    db.session.rollback()
    return list(
        db.session.execute(
            select(ProjectCoFunder.granted_cents).where(ProjectCoFunder.project_id == project.id)
        ).scalars()
    )


def test_what_others_granted_is_noted_even_once_all_is_frozen(desk: FundDesk) -> None:
    project = funds.make_project(desk.round, asked_cents=500_00, own_cents=50_00)
    other = make_co_funder(project, 50_00)
    funds.freeze_project(project)
    keeping.note_co_funders(desk.staff, project.id, {other.id: 20_00}, version=1)
    assert granted(project) == [20_00]
    keeping.note_co_funders(desk.staff, project.id, {other.id: None}, version=2)
    assert granted(project) == [None]
    for wrong in (50_01, -1):
        with pytest.raises(DomainError) as refused:
            keeping.note_co_funders(desk.staff, project.id, {other.id: wrong}, version=3)
        assert refused.value.field == f"granted_{other.id}"


def test_others_never_grant_more_than_the_project_costs(desk: FundDesk) -> None:
    project = funds.make_project(desk.round, asked_cents=500_00, own_cents=100_00)
    other = make_co_funder(project, 80_00)
    with pytest.raises(DomainError) as refused:
        keeping.note_co_funders(desk.staff, project.id, {other.id: 10_00}, version=1)
    assert "plus d’argent qu’il ne coûte" in str(refused.value.sentence)
    assert granted(project) == [None]


def test_a_photo_is_taken_off_the_public_page_and_put_back(desk: FundDesk) -> None:
    photo = make_stored("photo")
    project = funds.make_project(desk.round, photo_id=photo.id)
    keeping.hide_photo(desk.staff, project.id, version=1)
    assert stored_project(project).photo_id is None
    (row,) = db.session.execute(select(ProjectFile)).scalars()
    assert (row.file_id, row.kind, row.hidden_at is not None) == (photo.id, "photo", True)
    with pytest.raises(NotFound):
        keeping.hide_photo(desk.staff, project.id, version=2)
    keeping.show_or_hide(desk.staff, project.id, photo.id, hidden=False, version=2)
    assert stored_project(project).photo_id == photo.id
    assert db.session.execute(select(ProjectFile)).scalars().all() == []


def test_photos_of_a_review_are_hidden_and_shown_and_quotes_never(desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    photo, quote = make_project_file(project, "photo"), make_project_file(project)
    keeping.show_or_hide(desk.staff, project.id, photo.file_id, hidden=True, version=1)
    db.session.rollback()
    assert db.session.get_one(ProjectFile, photo.id, populate_existing=True).hidden_at is not None
    keeping.show_or_hide(desk.staff, project.id, photo.file_id, hidden=False, version=2)
    db.session.rollback()
    assert db.session.get_one(ProjectFile, photo.id, populate_existing=True).hidden_at is None
    for other in (quote.file_id, 999_999):
        with pytest.raises(NotFound):
            keeping.show_or_hide(desk.staff, project.id, other, hidden=False, version=3)
    elsewhere = funds.make_project(desk.round)
    with pytest.raises(NotFound):
        keeping.show_or_hide(desk.staff, elsewhere.id, photo.file_id, hidden=True, version=1)


def test_who_may_not_act_and_who_comes_second_change_nothing(desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    with pytest.raises(Forbidden):
        keeping.assign(desk.other, project.id, Assignment("Jeunesse", None), version=1)
    with pytest.raises(ChangedMeanwhile):
        keeping.correct(desk.staff, project.id, SAME, version=5)
    assert stored_project(project).version == 1


def many(desk: FundDesk, act: BulkAct, *projects: FundProject, who: object = None) -> ActedOnMany:
    return act_on_many(desk.staff, desk.round.id, act, {each.id: 1 for each in projects})


def test_one_act_goes_over_many_and_says_what_it_could_not_do(desk: FundDesk) -> None:
    came = [funds.make_project(desk.round) for _ in range(3)]
    gone = funds.make_project(desk.round, ProjectState.NOT_SELECTED)
    changed = funds.make_project(desk.round, version=2)
    ended = many(desk, BulkAct(InstructionAct.ADMIT), *came, gone, changed)
    assert list(ended.done) == [each.id for each in came]
    assert [each.number for each in ended.not_done] == [gone.number, changed.number]
    assert "étape" in str(ended.not_done[0].why)
    assert "une autre personne" in str(ended.not_done[1].why)
    assert steps_of(gone) == steps_of(changed) == []


def test_many_are_given_to_a_service_get_a_day_are_notified_and_paid(desk: FundDesk) -> None:
    day = clock.today() + timedelta(days=3)
    two = [funds.make_project(desk.round) for _ in range(2)]
    many(desk, BulkAct(InstructionAct.ASSIGN, service="Jeunesse"), *two)
    act_on_many(
        desk.staff,
        desk.round.id,
        BulkAct(InstructionAct.RETURN, return_by=day),
        {each.id: 2 for each in two},
    )
    assert {(stored_project(each).service, stored_project(each).return_by) for each in two} == {
        ("Jeunesse", day)
    }
    won = [
        funds.make_project(desk.round, ProjectState.SELECTED, desk.envelope, granted_cents=100_00)
        for _ in range(2)
    ]
    many(desk, BulkAct(InstructionAct.NOTIFY, on=clock.today(), reference="DEL 3"), *won)
    ended = act_on_many(
        desk.staff,
        desk.round.id,
        BulkAct(InstructionAct.PAY, on=clock.today()),
        {each.id: stored_project(each).version for each in won},
    )
    assert len(ended.done) == 2
    assert {(stored_project(each).state, stored_project(each).decision_reference) for each in won} == {
        ("paid", "DEL 3")
    }


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (BulkAct(None), "act"),
        (BulkAct(InstructionAct.REFUSE), "act"),
        (BulkAct(InstructionAct.ASSIGN), "service"),
        (BulkAct(InstructionAct.RETURN), "return_by"),
        (BulkAct(InstructionAct.NOTIFY), "on"),
        (BulkAct(InstructionAct.PAY), "on"),
    ],
)
def test_an_act_on_many_says_what_it_lacks(desk: FundDesk, act: BulkAct, field: str) -> None:
    project = funds.make_project(desk.round)
    with pytest.raises(DomainError) as refused:
        many(desk, act, project)
    assert refused.value.field == field
    with pytest.raises(DomainError) as none_chosen:
        many(desk, BulkAct(InstructionAct.ADMIT))
    assert "une ligne" in str(none_chosen.value.sentence)


def test_projects_of_another_round_are_left_out_and_others_may_not(desk: FundDesk) -> None:
    elsewhere = funds.make_project(funds.make_round(desk.fund))
    ended = many(desk, BulkAct(InstructionAct.ADMIT), elsewhere)
    assert (list(ended.done), list(ended.not_done)) == ([], [])
    project = funds.make_project(desk.round)
    with pytest.raises(Forbidden):
        act_on_many(desk.other, desk.round.id, BulkAct(InstructionAct.ADMIT), {project.id: 1})


def test_the_missing_opinion_is_said_of_each_of_many(app: Flask) -> None:
    desk = make_desk(opinion_asked=True)
    project = funds.make_project(desk.round, ProjectState.OPINION)
    ended = many(desk, BulkAct(InstructionAct.TO_CHOICE), project)
    assert desk.body.name in str(ended.not_done[0].why)
