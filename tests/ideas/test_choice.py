"""Residents choose among groups: nothing moves from then on, what came of it is read everywhere, and the contract has a
part for each group that was chosen."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.commitments.models import AxisOrigin, commitment_axis
from cdv_civic.commitments.operations.axes import hang_commitment, take_commitment_off
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.choices.operations import Ballot, draft_choice, make_tree, renew_options
from cdv_civic.consultations.choices.rules import CountedBy, OptionOutcome, outcomes
from cdv_civic.consultations.idea_models import ConsultationIdeaAxis, ConsultationIdeaChoice
from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationStep
from cdv_civic.consultations.operations.editing import options as option_operations
from cdv_civic.consultations.operations.editing.building import NewOption
from cdv_civic.consultations.operations.editing.publishing import discard, publish, take_back, withdraw
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.ideas import choice_faults
from cdv_civic.consultations.results.published import QuestionResult
from cdv_civic.consultations.rules.checklist import ChoiceFault
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.localized import change_originals
from cdv_civic.ideas.models import IdeaBox, IdeaGroup, IdeaObjection, IdeaPlacing
from cdv_civic.ideas.operations.grouping import ChoiceOpen, describe_group, place_ideas
from cdv_civic.ideas.operations.holding import NoChoice
from cdv_civic.ideas.operations.objecting import TooLate, object_to_group
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Axis
from tests import factories as make
from tests.consultations import factories as consultations
from tests.core.uploads.files import picture, read
from tests.ideas.boxes import make_a_box, stored_box
from tests.ideas.choices import (
    PICK,
    Grouped,
    complete,
    count,
    draft,
    grouped,
    option_of,
    published,
    row_of,
)
from tests.ideas.test_grouping import retain
from tests.ideas.test_pages import follow
from tests.role_desk.test_role_races import at_once
from tests.signing_in import open_browser


@pytest.fixture
def ready(app: Flask) -> Grouped:
    limiter.reset()
    return grouped(make_a_box())


def options_said(row: Consultation) -> list[str]:
    found = definition_of(row.id, "fr").questions[0]
    db.session.rollback()
    return [str(option.words) for option in found.offered]


def test_a_draft_offers_the_retained_groups_once(ready: Grouped, session: Session) -> None:
    slug = draft_choice(ready.box.moderator, ready.box.id, PICK)
    assert draft_choice(ready.box.moderator, ready.box.id, PICK) == slug
    assert session.execute(select(func.count(Consultation.id))).scalar_one() == 1
    assert options_said(row_of(slug)) == ["S’asseoir", "De l’ombre"]
    assert stored_box(ready.box.slug).choice_opened_at is None, "a draft holds nothing still"


def test_it_is_drafted_by_whoever_keeps_the_box_and_asks_residents(ready: Grouped) -> None:
    for stranger in (ready.box.place.member, ready.box.place.relais, make.make_account(role=None)):
        with pytest.raises(Forbidden):
            draft_choice(stranger, ready.box.id, PICK)
    with pytest.raises(DomainError):
        draft_choice(ready.box.moderator, ready.box.id, Ballot(QuestionKind.SINGLE))


def test_objections_are_answered_first(ready: Grouped) -> None:
    object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe.")
    with pytest.raises(NoChoice):
        draft_choice(ready.box.moderator, ready.box.id, PICK)


def test_an_objection_that_comes_while_it_is_prepared_is_answered_before_it_is_published(
    ready: Grouped,
) -> None:
    row = row_of(draft(ready))
    object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe.")
    with pytest.raises(NoChoice):
        publish(ready.box.moderator, row.id, version=row.version)
    assert row_of(row.slug).published_at is None
    assert stored_box(ready.box.slug).choice_opened_at is None


def test_what_is_offered_is_what_is_retained(ready: Grouped) -> None:
    row = row_of(draft(ready))
    assert choice_faults(row.id) == []
    retain(ready.box, ready.other)
    assert choice_faults(row.id) == [ChoiceFault.OTHER_GROUPS]
    with pytest.raises(DomainError):
        publish(ready.box.moderator, row.id, version=row.version)
    renew_options(ready.box.moderator, row.id, version=row.version)
    assert options_said(row) == ["S’asseoir", "De l’ombre", f"Groupe {ready.other}"]
    assert choice_faults(row.id) == []
    option = db.session.execute(select(ConsultationOption.id).limit(1)).scalar_one()
    row = row_of(row.slug)
    option_operations.delete_option(ready.box.moderator, row.id, option, version=row.version)
    assert choice_faults(row.id) == [ChoiceFault.OTHER_GROUPS]


def test_to_take_the_groups_again_loses_nothing_of_those_that_stay(ready: Grouped) -> None:
    row, who = row_of(draft(ready)), ready.box.moderator
    option = option_of(row, ready.groups[0])
    version = option_operations.option_version(db.session.get_one(ConsultationOption, option))
    option_operations.change_option(
        who,
        row.id,
        option,
        {"fr": "Un banc"},
        picture=read(picture()),
        picture_words={"fr": "Un banc vert"},
        version=version,
    )
    question = definition_of(row.id, "fr").questions[0].id
    option_operations.add_options(
        who, row.id, question, [NewOption({"fr": "Autre"})], version=row_of(row.slug).version
    )
    retain(ready.box, ready.other)
    renew_options(who, row.id, version=row_of(row.slug).version)
    assert options_said(row) == ["S’asseoir", "De l’ombre", f"Groupe {ready.other}"]
    assert option_of(row, ready.groups[0]) == option
    assert db.session.get_one(ConsultationOption, option).picture_id is not None
    assert choice_faults(row.id) == []


def test_a_group_on_which_a_question_depends_is_not_let_go(ready: Grouped, session: Session) -> None:
    row, who = row_of(draft(ready)), ready.box.moderator
    option = option_of(row, ready.groups[0])
    step = session.execute(
        select(ConsultationStep).where(ConsultationStep.consultation_id == row.id)
    ).scalar_one()
    consultations.make_question(step, "Assis où ?", asked_after=option)
    retain(ready.box, ready.other)
    renew_options(who, row.id, version=row_of(row.slug).version)
    assert option_of(row, ready.groups[0]) == option
    session.rollback()
    version = session.get_one(IdeaGroup, ready.groups[0], populate_existing=True).version
    describe_group(
        who, ready.box.id, ready.groups[0], {"fr": "S’asseoir"}, {}, retained=False, version=version
    )
    with pytest.raises(DomainError) as refused:
        renew_options(who, row.id, version=row_of(row.slug).version)
    assert "Assis où" in str(refused.value.sentence)
    assert option_of(row, ready.groups[0]) == option


def test_nothing_moves_once_it_is_published(client: FlaskClient, ready: Grouped, session: Session) -> None:
    row = published(ready)
    assert stored_box(ready.box.slug).choice_opened_at is not None
    with pytest.raises(TooLate):
        object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe.")
    with pytest.raises(ChoiceOpen):
        place_ideas(ready.box.moderator, ready.box.id, ready.groups[1], [1])
    page = follow(client, ready.receipts[0])
    assert "On choisit entre le groupe de votre idée et d’autres" in page
    assert "On choisit jusqu’au" in page
    assert "les idées ne bougent plus" in page
    assert "Parlez à" in page
    assert ready.box.place.body.name in page
    assert "n’est pas soumis au choix" in follow(client, ready.receipts[2])
    for group in ready.groups:
        here = client.get(f"{ready.box.url}/groupes/{group}").text
        assert f"/fr/consultations/{row.slug}" in here
        assert f"{ready.box.url}/groupes/{group}" in client.get(f"/fr/consultations/{row.slug}").text
        assert f"{ready.box.url}/groupes/{group}" in client.get(f"/fr/consultations/{row.slug}/repondre").text
    assert "On choisit entre les groupes" in client.get(ready.box.url).text
    assert "On choisit jusqu’au" in client.get(f"{ready.box.url}/1").text


def test_groups_move_again_once_it_is_prepared_anew_or_withdrawn(ready: Grouped, session: Session) -> None:
    row = published(ready)
    take_back(ready.box.moderator, row.id, version=row.version)
    assert stored_box(ready.box.slug).choice_opened_at is None
    row = row_of(row.slug)
    publish(ready.box.moderator, row.id, version=row.version)
    assert stored_box(ready.box.slug).choice_opened_at is not None
    row = row_of(row.slug)
    withdraw(ready.box.moderator, row.id, {"fr": "Une erreur."}, version=row.version)
    assert stored_box(ready.box.slug).choice_opened_at is None
    again = draft_choice(ready.box.moderator, ready.box.id, PICK)
    assert again != row.slug
    row = row_of(again)
    discard(ready.box.moderator, row.id, version=row.version)
    session.rollback()
    assert session.execute(select(func.count(ConsultationIdeaChoice.box_id))).scalar_one() == 0


def test_what_came_of_it_is_read_on_each_page(client: FlaskClient, ready: Grouped) -> None:
    row = count(published(ready), ready, 30, 12)
    first = "Place 1 sur 2. Choisi par 30 personnes."
    for page in (
        client.get(ready.box.url).text,
        client.get(f"{ready.box.url}/groupes/{ready.groups[0]}").text,
        client.get(f"{ready.box.url}/1").text,
        follow(client, ready.receipts[0]),
    ):
        assert first in page
    assert (
        "Place 2 sur 2. Choisi par 12 personnes."
        in client.get(f"{ready.box.url}/groupes/{ready.groups[1]}").text
    )
    assert f"/fr/consultations/{row.slug}/resultats" in client.get(ready.box.url).text
    assert client.get(f"/fr/consultations/{row.slug}/resultats").status_code == 200


def test_a_small_count_hides_all_ranks(client: FlaskClient, ready: Grouped) -> None:
    count(published(ready), ready, 30, 2)
    page = client.get(f"{ready.box.url}/groupes/{ready.groups[0]}").text
    assert "Les nombres ne sont pas publiés" in page
    assert "Place 1" not in page + client.get(ready.box.url).text


@pytest.mark.parametrize(
    ("kind", "answers", "scores", "expected"),
    [
        (QuestionKind.PICK, (30, 12), None, {7: (1, 30, CountedBy.PEOPLE), 8: (2, 12, CountedBy.PEOPLE)}),
        (QuestionKind.PICK, (15, 15), None, {7: (1, 15, CountedBy.PEOPLE), 8: (1, 15, CountedBy.PEOPLE)}),
        (QuestionKind.RANK, (30, 12), None, {7: (1, 30, CountedBy.FIRST), 8: (2, 12, CountedBy.FIRST)}),
        (QuestionKind.RANK, (30, 12), (40, 90), {7: (2, 40, CountedBy.PLACES), 8: (1, 90, CountedBy.PLACES)}),
        (
            QuestionKind.PICK,
            (30, None),
            None,
            {7: (None, None, CountedBy.HIDDEN), 8: (None, None, CountedBy.HIDDEN)},
        ),
    ],
)
def test_outcomes_come_from_public_counts_alone(
    kind: QuestionKind,
    answers: tuple[int | None, ...],
    scores: tuple[int, ...] | None,
    expected: dict[int, tuple[int | None, int | None, CountedBy]],
) -> None:
    result = QuestionResult(1, kind, 42, (7, 8), answers, 0)
    found: dict[int, OptionOutcome] = dict(outcomes(result, scores))
    assert {key: (each.rank, each.count, each.by) for key, each in found.items()} == expected


def test_the_contract_has_a_part_for_each_group_once(
    client: FlaskClient, ready: Grouped, session: Session
) -> None:
    staff = ready.box.place.staff
    row = published(ready)
    with pytest.raises(NotFound):
        make_tree(staff, row.id, ready.groups)
    count(row, ready, 30, 12)
    with pytest.raises(Forbidden):
        make_tree(ready.box.moderator, row.id, ready.groups)
    with pytest.raises(DomainError):
        make_tree(staff, row.id, [ready.other])
    contract = f"/fr/contrats/{ready.box.place.contract.slug}"
    group = f"{ready.box.url}/groupes/{ready.groups[0]}"
    for kept in (f"{contract}?arbre=habitants", group):
        assert "habitants-" not in client.get(kept).text
    code = make_tree(staff, row.id, ready.groups)
    assert make_tree(staff, row.id, ready.groups[:1]) == code
    session.rollback()
    axes = session.execute(select(Axis).order_by(Axis.id)).scalars().all()
    assert [(axis.tree, axis.parent_id) for axis in axes] == [
        ("habitants", None),
        ("habitants", axes[0].id),
        ("habitants", axes[0].id),
    ]
    assert set(session.execute(select(AxisOrigin.how)).scalars()) == {"habitants"}
    assert "Né de la consultation" in client.get(f"{contract}?arbre=habitants").text
    root = client.get(f"{contract}?axe={code}").text
    assert f"/fr/consultations/{row.slug}" in root
    leaf = client.get(f"{contract}?axe={axes[1].code}").text
    assert f"{ready.box.url}/groupes/{ready.groups[0]}" in leaf
    assert f"axe={axes[1].code}" in client.get(f"{ready.box.url}/groupes/{ready.groups[0]}").text


def test_a_part_says_the_title_of_its_consultation_as_it_is_now(client: FlaskClient, ready: Grouped) -> None:
    row = published(ready)
    count(row, ready, 30, 12)
    code = make_tree(ready.box.place.staff, row.id, ready.groups)
    kept = f"/fr/contrats/{ready.box.place.contract.slug}?axe={code}"
    assert "Le choix corrigé" not in client.get(kept).text
    with transaction() as session:
        # As a correction of its words does.
        change_originals(session, {row.title_id: "Le choix corrigé"})
        raise_tags(session, consultation_tag(row.id))
    assert "Le choix corrigé" in client.get(kept).text


def test_commitments_hang_on_a_part_that_residents_chose(
    client: FlaskClient, ready: Grouped, session: Session
) -> None:
    place = ready.box.place
    row = count(published(ready), ready, 30, 12)
    make_tree(place.staff, row.id, ready.groups)
    commitment = make.make_commitment(place.contract)
    axis_id = session.execute(
        select(ConsultationIdeaAxis.axis_id).where(ConsultationIdeaAxis.group_id == ready.groups[0])
    ).scalar_one()
    before = session.execute(select(func.count()).select_from(commitment_axis)).scalar_one()
    code = session.get_one(Axis, axis_id).code
    session.rollback()
    url = f"/fr/contrats/{place.contract.slug}?axe={code}"
    assert commitment.code not in client.get(url).text
    for _time in range(2):
        hang_commitment(place.staff, axis_id, commitment.code.lower())
    session.rollback()
    assert session.execute(select(func.count()).select_from(commitment_axis)).scalar_one() == before + 1
    assert commitment.code in client.get(url).text
    with pytest.raises(DomainError):
        hang_commitment(place.staff, axis_id, "AUCUN-99")
    with pytest.raises(Forbidden):
        hang_commitment(place.moderator, axis_id, commitment.code)
    take_commitment_off(place.staff, axis_id, commitment.id)
    assert commitment.code not in client.get(url).text
    session.rollback()
    assert session.execute(select(func.count()).select_from(commitment_axis)).scalar_one() == before


@pytest.mark.parametrize("act", ["objection", "move"])
def test_an_act_on_groups_comes_before_the_choice_opens_or_is_refused(
    app: Flask, ready: Grouped, session: Session, act: str
) -> None:
    row = row_of(draft(ready))
    number, version = row.id, row.version
    acts: dict[str, Callable[[], object]] = {
        "objection": lambda: object_to_group(read_receipt(ready.receipts[0]), "Pas ce groupe."),
        "move": lambda: place_ideas(ready.box.moderator, ready.box.id, ready.groups[1], [1]),
    }
    db.session.rollback()
    ended = at_once(app, [acts[act], lambda: publish(ready.box.moderator, number, version=version)])
    session.rollback()
    box = session.get_one(IdeaBox, ready.box.id, populate_existing=True)
    objected = session.execute(select(func.count(IdeaObjection.id))).scalar_one()
    moved_at = session.execute(select(func.max(IdeaPlacing.placed_at))).scalar_one()
    if act == "objection":
        assert len([each for each in ended if each is not None]) == 1
        assert (box.choice_opened_at is None) == (objected == 1)
    else:
        assert box.choice_opened_at is not None
        assert moved_at <= box.choice_opened_at


def test_it_is_drafted_and_its_tree_is_made_once_however_often_it_is_pressed(
    app: Flask, ready: Grouped, session: Session
) -> None:
    moderator, staff = ready.box.moderator, ready.box.place.staff
    at_once(app, [lambda: draft_choice(moderator, ready.box.id, PICK)] * 3)
    session.rollback()
    assert session.execute(select(func.count(Consultation.id))).scalar_one() == 1
    number = count(published(ready), ready, 30, 12).id
    assert at_once(app, [lambda: make_tree(staff, number, ready.groups)] * 3) == [None] * 3
    session.rollback()
    assert session.execute(select(func.count(Axis.id))).scalar_one() == 3


def test_the_desk_leads_from_a_box_to_the_parts_of_the_contract(app: Flask, ready: Grouped) -> None:
    desk = app.test_client()
    open_browser(desk, ready.box.moderator)
    url = f"/fr/bureau/idees/{ready.box.slug}"
    assert f"{url}/choix" in desk.get(url).text
    page = desk.get(f"{url}/choix").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    sent = desk.post(f"{url}/choix", data={"kind": "rank", "most": "", "csrf_token": token})
    assert sent.status_code == 303, sent.text
    slug = sent.location.rpartition("/")[2]
    assert "en préparation" in desk.get(f"{url}/choix").text
    complete_and_count(ready, slug)
    assert "Place 1 sur 2" in desk.get(f"{url}/choix").text
    assert desk.get(f"{url}/choix/contrat").status_code == 403
    staff = app.test_client()
    open_browser(staff, ready.box.place.staff)
    page = staff.get(f"{url}/choix/contrat").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    done = staff.post(
        f"{url}/choix/contrat", data={"groups": list(map(str, ready.groups)), "csrf_token": token}
    )
    assert done.status_code == 303, done.text
    assert "Né de la consultation" in staff.get(done.location).text
    assert staff.get(f"{url}/choix/contrat").status_code == 303
    axis = db.session.execute(select(Axis.id).order_by(Axis.id.desc())).scalars().first()
    db.session.rollback()
    assert staff.get(f"/fr/bureau/themes/{axis}/engagements").status_code == 200


def complete_and_count(ready: Grouped, slug: str) -> None:
    complete(slug, ready.box)
    row = row_of(slug)
    publish(ready.box.moderator, row.id, version=row.version)
    both = [option_of(row, group) for group in ready.groups]
    consultations.make_answers(row, 20, choices={both[0]: 1, both[1]: 2})
    consultations.make_answers(row, 10, choices={both[1]: 1, both[0]: 2})
    count(row, ready, 0, 0)
