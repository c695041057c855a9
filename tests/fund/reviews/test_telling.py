"""A carrier tells what happened, once, and corrects it until the desk took it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.uploads.file_store import FAR
from cdv_civic.core.uploads.stored_files import StoredFile, store
from cdv_civic.fund.models.projects import ProjectCost
from cdv_civic.fund.reviews.operations.deciding import take
from cdv_civic.fund.reviews.operations.finding import by_account, by_receipt
from cdv_civic.fund.reviews.operations.telling import tell, tell_at_desk
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.fund.reviews.reviews import PaidProject, captions, make_paid, photo, proof, tell_all, told


def fields(refused: DomainError) -> list[str | None]:
    return [each.field for each in refused.refusals]


@pytest.fixture
def paid(app: Flask) -> PaidProject:
    return make_paid()


def spent(paid: PaidProject) -> list[int | None]:
    return list(
        db.session.execute(select(ProjectCost.spent_cents).where(ProjectCost.project_id == paid.id)).scalars()
    )


def files_in_store() -> set[str]:
    return set(store().older_than(clock.now() + FAR))


def test_a_carrier_tells_by_the_receipt_what_happened(paid: PaidProject) -> None:
    tell_all(paid, 480_00, files=[photo(), proof()])
    review = paid.review
    assert review is not None
    assert (review.words, review.people, review.lang) == ("Il y avait du monde, et de la musique.", 80, "fr")
    assert review.happened_on == clock.today() - timedelta(days=3)
    assert spent(paid) == [480_00]
    assert captions(paid.files) == [("photo", "La place, pleine de monde"), ("proof", "Facture")]
    assert paid.row.state == "done"
    assert paid.steps[-1] == ("done", clock.today() - timedelta(days=3))


def test_a_project_may_take_place_before_its_money_came(paid: PaidProject) -> None:
    before = clock.today() - timedelta(days=40)
    tell_all(paid, happened_on=before)
    assert paid.review is not None
    assert paid.review.happened_on == before
    assert paid.steps[-1] == ("done", clock.today() - timedelta(days=30)), "states stay in their order"


def test_the_same_form_sent_twice_tells_once(paid: PaidProject) -> None:
    form, before = told(paid, files=[photo()]), files_in_store()
    tell(by_receipt(paid.code), form)
    again = replace(form, files=[photo()])
    assert tell(by_receipt(paid.code), again) == paid.id
    assert paid.review is not None
    assert paid.review.version == 1
    assert len(paid.files) == 1
    assert len(files_in_store() - before) == 2, "the two sizes of one photo"


def test_it_is_corrected_until_the_desk_took_it(paid: PaidProject) -> None:
    tell_all(paid, 480_00, files=[photo(), proof()])
    first, second = paid.files
    tell_all(
        paid,
        500_00,
        version=1,
        people=90,
        files=[photo("photo_2", "Le concert")],
        removed=[second.id],
        captions={first.id: "La place du marché"},
    )
    assert paid.review is not None
    assert (paid.review.people, paid.review.version, spent(paid)) == (90, 2, [500_00])
    assert captions(paid.files) == [("photo", "La place du marché"), ("photo", "Le concert")]
    assert paid.row.state == "done"
    take(paid.staff, paid.id, 100_00, {}, version=2)
    with pytest.raises(Conflict):
        tell_all(paid, version=3)


def test_who_corrects_what_was_changed_meanwhile_is_told_so(paid: PaidProject) -> None:
    tell_all(paid)
    with pytest.raises(ChangedMeanwhile):
        tell_all(paid, people=12)
    assert paid.review is not None
    assert paid.review.people == 80


def test_all_that_is_wrong_is_said_at_once(paid: PaidProject) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(DomainError) as refused:
        tell_all(paid, None, words=" ", people=100_001, happened_on=tomorrow)
    assert fields(refused.value) == ["happened_on", "words", "people", f"spent_{paid.lines[0]}"]
    with pytest.raises(DomainError) as refused:
        tell_all(paid, happened_on=clock.today() - timedelta(days=91))
    assert fields(refused.value) == ["happened_on"]
    assert paid.review is None
    assert paid.row.state == "paid"


def test_what_is_refused_keeps_no_file(paid: PaidProject) -> None:
    before = files_in_store()
    with pytest.raises(DomainError):
        tell_all(paid, words="", files=[photo()])
    assert files_in_store() == before
    assert db.session.execute(select(func.count()).select_from(StoredFile)).scalar_one() == 0


def test_a_line_may_cost_more_than_was_planned(paid: PaidProject) -> None:
    tell_all(paid, 720_00)
    assert spent(paid) == [720_00]


def test_a_photo_is_no_document_and_six_are_enough(paid: PaidProject) -> None:
    document = replace(proof(), kind=photo().kind, field="photo_1")
    with pytest.raises(DomainError) as refused:
        tell_all(paid, files=[document])
    assert fields(refused.value) == ["photo_1"]
    with pytest.raises(DomainError) as refused:
        tell_all(paid, files=[photo(f"photo_{number}") for number in range(1, 8)])
    assert fields(refused.value) == ["photo_1"]
    assert paid.files == []


def test_money_for_a_person_is_told_without_photos(app: Flask) -> None:
    paid = make_paid(of_round={"personal": True})
    with pytest.raises(DomainError):
        tell_all(paid, files=[photo()])
    tell_all(paid, files=[proof()])
    assert captions(paid.files) == [("proof", "Facture")]


def test_only_its_carrier_tells_of_a_project(paid: PaidProject) -> None:
    with pytest.raises(NotFound):
        tell(by_receipt("ACE34HJK79"), told(paid))
    author, other = make.make_account(role=None), make.make_account(role=None)
    own = make_paid(author_id=author.actor_id)
    assert other.actor_id is not None
    assert author.actor_id is not None
    with pytest.raises(NotFound):
        tell(by_account(other.actor_id, own.id), told(own), other)
    tell(by_account(author.actor_id, own.id), told(own), author)
    assert own.row.state == "done"


def test_the_desk_types_in_what_was_brought_on_paper(paid: PaidProject) -> None:
    with pytest.raises(Forbidden):
        tell_at_desk(make_paid().staff, paid.id, told(paid))
    tell_at_desk(paid.staff, paid.id, told(paid))
    assert paid.row.state == "done"


@pytest.mark.parametrize("state", [ProjectState.SELECTED, ProjectState.NOTIFIED])
def test_nothing_is_told_before_the_money_came(app: Flask, state: ProjectState) -> None:
    with pytest.raises(Conflict):
        tell_all(make_paid(state))
