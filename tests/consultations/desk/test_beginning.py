"""How a consultation is begun: from a starter, or as a copy of an older one."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
)
from cdv_civic.consultations.operations.editing import (
    creating,
    options,
    publishing,
)
from cdv_civic.consultations.operations.editing import settings as settings_operations
from cdv_civic.consultations.operations.editing.copying import copy
from cdv_civic.consultations.operations.editing.creating import Organiser, create
from cdv_civic.consultations.operations.locking import calendar_of
from cdv_civic.consultations.queries.desk_choices import axis_choices, first_axes
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.starters import starters
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import Forbidden, NotFound
from cdv_civic.core.i18n.translation_check import problems
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES, StoredFile
from cdv_civic.territory.models import Commune, Contract, Quartier
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.consultations.desk.preparing import (
    TITLE,
    WORDS,
    asked,
    begun,
    in_days,
    on_day,
    opened,
    refused,
    stored,
    words,
)
from tests.core.uploads.files import delete_files, files, kept, picture, read
from tests.races import at_once, write_once_all_have_looked


@pytest.mark.parametrize("code", list(starters()))
def test_each_starter_begins_a_consultation_in_all_our_languages(
    staff: SignedIn, contract: Contract, code: str
) -> None:
    row = begun(staff, contract, code)
    assert row.published_at is None
    assert row.slug.startswith("la-placette-quel-nom")
    for language in ("fr", "en", "ar"):
        definition = asked(row, language)
        assert all(each.translated for each in definition.words_shown()), language
    assert len(definition.questions) == sum(len(step.questions) for step in starters()[code].steps)


def test_texts_of_starters_lose_nothing_in_translation() -> None:
    for starter in starters().values():
        for step in starter.steps:
            for question in step.questions:
                for text in (question.text, question.hint, question.easy, *question.options):
                    for tag in set(text) - {"fr"}:
                        assert not problems(text["fr"], text[tag], tag), text
        for text in starter.texts.values():
            assert set(text) == {"fr", "en", "ar"}


def test_the_school_gate_asks_only_drivers_why_they_drive(staff: SignedIn, contract: Contract) -> None:
    definition = asked(begun(staff, contract, "school_gate"))
    why = definition.questions[1]
    assert why.rule.condition == definition.questions[0].options[3].id


def test_the_priorities_are_axes_of_the_contract_with_their_translations(
    staff: SignedIn, contract: Contract
) -> None:
    axes = [make.make_axis(contract, translations={"ar": "محور"}) for _each in range(3)]
    slug = create(
        staff,
        Organiser(contract.id),
        starters()["priorities"],
        TITLE,
        client_key="des-priorites",
        axes=first_axes(axis_choices(contract.id, "fr")),
    )
    rank = asked(stored(slug), "ar").questions[0]
    assert {option.axis_id for option in rank.options} == {axis.id for axis in axes}
    assert {str(option.words) for option in rank.options} == {"محور"}
    assert all(option.words.translated for option in rank.options)


def test_the_same_form_sent_twice_makes_one(staff: SignedIn, contract: Contract, session: Session) -> None:
    made = [
        create(staff, Organiser(contract.id), starters()["name"], TITLE, client_key="deux-fois")
        for _each in range(2)
    ]
    assert made[0] == made[1]
    assert session.execute(select(func.count()).select_from(Consultation)).scalar() == 1


@pytest.mark.parametrize(("keys", "made"), [(("une-fois", "une-fois"), 1), (("une-fois", "deux-fois"), 2)])
def test_two_that_are_begun_at_once_with_one_title_are_told_apart_by_their_forms(
    app: Flask,
    staff: SignedIn,
    contract: Contract,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, str],
    made: int,
) -> None:
    def begin(key: str) -> str:
        return create(staff, Organiser(contract.id), starters()["one_question"], TITLE, client_key=key)

    write_once_all_have_looked(monkeypatch, creating, 2)
    slugs = at_once(app, *(partial(begin, key) for key in keys))
    assert set(map(type, slugs)) == {str}
    assert len(set(slugs)) == made


def test_two_of_the_same_title_have_two_names(staff: SignedIn, contract: Contract) -> None:
    first, second = begun(staff, contract), begun(staff, contract)
    assert first.slug != second.slug
    assert second.slug == f"{first.slug}-2"


def test_a_commune_runs_its_consultations_without_the_intercommunality(
    contract: Contract, commune: Commune, quartier: Quartier
) -> None:
    town = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, commune.id))
    row = opened(town, contract, [quartier], commune_id=commune.id)
    assert row.commune_id == commune.id
    assert calendar_of(row).stage_at(clock.now()) is ConsultationStage.OPEN
    publishing.prolong(
        town,
        row.id,
        closes_at=in_days(20),
        paper_until=None,
        answer_due_on=on_day(70),
        reason=WORDS,
        version=row.version,
    )
    refused(lambda: begun(town, contract), Forbidden)
    other = make.make_commune(contract, "Ailleurs")
    refused(lambda: begun(town, contract, commune_id=other.id), Forbidden)


def test_a_commune_asks_in_its_own_quartiers_alone(contract: Contract, commune: Commune) -> None:
    town = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, commune.id))
    row = begun(town, contract, commune_id=commune.id)
    elsewhere = make.make_quartier(contract, communes=[make.make_commune(contract, "Ailleurs")])
    wrong = refused(
        lambda: settings_operations.choose_quartiers(town, row.id, [elsewhere.id], version=row.version)
    )
    assert wrong.field == "quartiers"


def test_the_moderators_of_a_body_make_its_own(contract: Contract, quartier: Quartier) -> None:
    body, other = make_body(contract, quartiers=[quartier]), make_body(contract)
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    row = begun(moderator, contract, body_id=body.id)
    assert row.body_id == body.id
    refused(lambda: begun(moderator, contract, body_id=other.id), Forbidden)
    refused(lambda: begun(moderator, make.make_contract(), body_id=body.id), NotFound)


def test_a_copy_asks_the_same_with_conditions_and_translations(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    source = opened(staff, contract, [quartier], starter="school_gate")
    slug = copy(staff, Organiser(contract.id), source.id, TITLE, client_key="une-copie", as_wave="2027")
    row = stored(slug)
    assert (row.wave_of_id, row.wave, row.published_at) == (source.id, "2027", None)
    for language in ("fr", "ar"):
        assert words(row, language) == words(source, language)
    definition = asked(row)
    assert definition.questions[1].rule.condition == definition.questions[0].options[3].id
    assert {each.id for each in definition.questions}.isdisjoint(each.id for each in asked(source).questions)


@pytest.mark.parametrize("again", [True, False])
def test_the_same_form_twice_at_once_makes_one(
    app: Flask, staff: SignedIn, contract: Contract, again: bool
) -> None:
    source = begun(staff, contract)
    organiser = Organiser(contract.id)

    def act() -> str:
        if again:
            return copy(staff, organiser, source.id, TITLE, client_key="deux-fois")
        return create(staff, organiser, starters()["one_question"], TITLE, client_key="deux-fois")

    assert at_once(app, act, act, act) == ["autre-chose"] * 3


def with_a_picture(staff: SignedIn, contract: Contract) -> Consultation:
    """A draft, the first option of whose question is shown in a picture: the only one that is kept."""
    delete_files()
    row = begun(staff, contract)
    option = asked(row).questions[0].options[0].id
    shown = options.option_version(db.session.get_one(ConsultationOption, option))
    db.session.rollback()
    options.change_option(
        staff, row.id, option, {"fr": "Un banc"}, picture=read(picture()), picture_words=WORDS, version=shown
    )
    return stored(row.slug)


def pictures(row: Consultation) -> list[StoredFile]:
    """The files of the pictures of a consultation."""
    db.session.rollback()
    return list(
        db.session.execute(
            select(StoredFile)
            .join(ConsultationOption, ConsultationOption.picture_id == StoredFile.id)
            .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
            .where(ConsultationQuestion.consultation_id == row.id)
        ).scalars()
    )


def forget_unnamed_files() -> None:
    """What the job does to files of rows that are gone, some days later."""
    with clock.frozen_everywhere(clock.now() + timedelta(days=400)):
        remove_orphans()


def there(file: StoredFile) -> bool:
    """Whether both sizes of a photo can be opened."""
    return all(kept(file, size).width > 0 for size in PHOTO_SIZES)


def test_a_copy_has_pictures_of_its_own_which_stay_when_those_of_the_older_one_go(
    staff: SignedIn, contract: Contract
) -> None:
    source = with_a_picture(staff, contract)
    slugs = {copy(staff, Organiser(contract.id), source.id, TITLE, client_key="une-copie") for _ in range(2)}
    row = stored(slugs.pop())
    assert not slugs, "sent twice, it is one copy"
    assert len(files()) == 2 * len(PHOTO_SIZES), "the second one kept nothing"
    (old,), (new,) = pictures(source), pictures(row)
    assert (new.kind, new.size, new.width, new.height) == (old.kind, old.size, old.width, old.height)
    option = asked(row, "ar").questions[0].options[0]
    assert (str(option.picture_words), option.picture) == (WORDS["ar"], new.key)
    publishing.discard(staff, source.id, version=stored(source.slug).version)
    forget_unnamed_files()
    assert there(pictures(row)[0])
    again = stored(copy(staff, Organiser(contract.id), row.id, TITLE, client_key="une-autre-copie"))
    publishing.discard(staff, again.id, version=again.version)
    forget_unnamed_files()
    assert there(pictures(row)[0])
    assert len(files()) == len(PHOTO_SIZES)


def test_a_copy_goes_without_a_picture_that_is_lost(staff: SignedIn, contract: Contract) -> None:
    source = with_a_picture(staff, contract)
    delete_files()
    row = stored(copy(staff, Organiser(contract.id), source.id, TITLE, client_key="une-copie"))
    assert (pictures(row), str(asked(row).questions[0].options[0].words)) == ([], "Un banc")
