"""Change what a commitment says, keep what it said, and let nobody overwrite anybody."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import (
    Commitment,
    CommitmentSearch,
    CommitmentVersion,
    IndicatorValue,
    commitment_holder,
)
from cdv_civic.commitments.operations.axes import set_axis_theme
from cdv_civic.commitments.operations.editing import Edit, EditConflict, edit_commitment, set_links
from cdv_civic.commitments.operations.indicators import enter_indicator_value, withdraw_indicator_value
from cdv_civic.commitments.operations.translating import translate_commitment
from cdv_civic.commitments.queries.desk_translations import texts_to_translate
from cdv_civic.commitments.wording import RuleRefused
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import db
from cdv_civic.core.errors import Forbidden, NotFound
from cdv_civic.core.localized import Translation, TranslationState, words_of
from cdv_civic.core.texts_version import TextsChanged, texts_version
from tests.factories import (
    make_account,
    make_axis,
    make_commitment,
    make_contract,
    make_evidence,
    make_indicator,
    make_organisation,
    make_progress,
    make_quartier,
)
from tests.publishing import publications, seen_at_once
from tests.races import at_once

WHY = "Le titre disait le contraire."
AS_IT_IS = Edit(title="Une école", nature="engagement")


def again(commitment: Commitment) -> Commitment:
    statement = select(Commitment).where(Commitment.id == commitment.id)
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def versions(session: Session) -> list[CommitmentVersion]:
    return list(session.execute(select(CommitmentVersion).order_by(CommitmentVersion.number)).scalars())


def test_the_old_text_is_kept_as_a_version(app: Flask, session: Session) -> None:
    commitment = make_commitment(make_contract(), "Une école", translations={"en": "A school"})
    before = publications()
    edit = Edit(
        title="Deux écoles",
        nature="piste",
        theme="emancipation",
        deadline_text="dès 2027",
        deadline_date=date(2027, 12, 31),
        budget_cents=50_000_00,
        budget_certainty="plafond",
        partners_text=("les parents", "les enfants"),
    )
    edit_commitment(make_account(), commitment.id, edit, version=1, reason=WHY)
    assert publications() == before + 1
    (version,) = versions(session)
    assert (version.number, version.origin, version.reason) == (2, "staff", WHY)
    assert version.changes == {
        "title": ["Une école", "Deux écoles"],
        "nature": ["engagement", "piste"],
        "theme": [None, "emancipation"],
        "deadline_text": [None, "dès 2027"],
        "deadline_date": [None, "2027-12-31"],
        "budget_cents": [None, 5000000],
        "budget_certainty": [None, "plafond"],
        "partners_text": [[], ["les parents", "les enfants"]],
    }
    now = again(commitment)
    assert (now.version, now.nature, now.partners_text) == (2, "piste", ["les parents", "les enfants"])
    english = words_of([now.title_id], "en")[now.title_id]
    assert (english.text, english.stale) == ("A school", True)
    document = session.execute(select(CommitmentSearch.document)).scalar_one()
    assert "deu ecole" in document
    assert verify(session) == (1, None)


def test_saving_without_a_change_writes_nothing(app: Flask, session: Session) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    edit_commitment(make_account(), commitment.id, AS_IT_IS, version=1, reason="")
    assert again(commitment).version == 1
    assert versions(session) == []
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 601}, "title"),
        ({"title": "Une <script>école"}, "title"),
        ({"title": "Une éc\u202eole"}, "title"),
        ({"nature": "promesse"}, "nature"),
        ({"theme": "sport"}, "theme"),
        ({"deadline_date": date(1815, 6, 18)}, "deadline_date"),
        ({"budget_certainty": "sûre"}, "budget_certainty"),
        ({"condition": "x" * 2001}, "condition"),
        ({"partners_text": ("<b>gras</b>",)}, "partners_text"),
    ],
)
def test_a_bad_field_is_refused_by_its_name(
    app: Flask, session: Session, wrong: dict[str, Any], field: str
) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    with pytest.raises(RuleRefused) as refused:
        edit_commitment(make_account(), commitment.id, replace(AS_IT_IS, **wrong), version=1, reason=WHY)
    assert refused.value.field == field
    assert again(commitment).version == 1
    assert versions(session) == []


def test_a_change_needs_a_reason(app: Flask) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    with pytest.raises(RuleRefused) as refused:
        edit_commitment(
            make_account(), commitment.id, replace(AS_IT_IS, title="Deux écoles"), version=1, reason=""
        )
    assert refused.value.field == "reason"
    assert words_of([commitment.title_id], "fr")[commitment.title_id].text == "Une école"


def test_a_long_imported_title_does_not_stop_another_correction(app: Flask) -> None:
    title = "Une très longue phrase du contrat. " * 40
    commitment = make_commitment(make_contract(), title)
    edit = Edit(title=title, nature="engagement", theme="sante")
    edit_commitment(make_account(), commitment.id, edit, version=1, reason=WHY)
    assert again(commitment).theme == "sante"


def test_whoever_comes_second_is_told(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract(), "Une école"), make_account()
    edit_commitment(actor, commitment.id, replace(AS_IT_IS, title="Deux écoles"), version=1, reason=WHY)
    with pytest.raises(EditConflict) as conflict:
        edit_commitment(actor, commitment.id, replace(AS_IT_IS, title="Trois écoles"), version=1, reason=WHY)
    assert conflict.value.version == 2
    assert words_of([commitment.title_id], "fr")[commitment.title_id].text == "Deux écoles"


def test_of_two_racing_editors_one_wins_and_one_is_told(app: Flask, session: Session) -> None:
    commitment, actor = make_commitment(make_contract(), "Une école"), make_account()
    commitment_id = commitment.id
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def edit(title: str) -> None:
        with app.app_context():
            start.wait()
            try:
                edit_commitment(actor, commitment_id, replace(AS_IT_IS, title=title), version=1, reason=WHY)
                outcomes.append("saved")
            except EditConflict:
                outcomes.append("told")

    session.rollback()
    threads = [threading.Thread(target=edit, args=(title,)) for title in ("Deux écoles", "Trois écoles")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert again(commitment).version == 2
    assert (
        session.execute(
            select(func.count(CommitmentVersion.id)).where(CommitmentVersion.commitment_id == commitment_id)
        ).scalar()
        == 1
    )


def test_holders_partners_and_quartiers_are_set_in_one_version(app: Flask, session: Session) -> None:
    contract = make_contract()
    old, kept, new = (make_organisation(contract, name) for name in ("ancien", "garde", "nouveau"))
    here, there = make_quartier(contract, "ici"), make_quartier(contract, "la-bas")
    commitment = make_commitment(contract, "Une école", holders=[old, kept], quartiers=[here])
    set_links(
        make_account(),
        commitment.id,
        version=1,
        reason=WHY,
        holders=[new.id, kept.id],
        partners=[old.id],
        quartiers=[here.id, there.id],
    )
    (version,) = versions(session)
    assert version.changes == {
        "holders": [["ancien", "garde"], ["garde", "nouveau"]],
        "partners": [[], ["ancien"]],
        "quartiers": [["ici"], ["ici", "la-bas"]],
    }
    order = session.execute(
        select(commitment_holder.c.organisation_id).order_by(commitment_holder.c.position)
    ).scalars()
    assert list(order) == [kept.id, new.id]
    document = session.execute(select(CommitmentSearch.document)).scalar_one()
    assert new.name.split()[-1] in document


def test_an_organisation_of_another_contract_is_refused(app: Flask) -> None:
    commitment = make_commitment(make_contract())
    stranger = make_organisation(make_contract())
    with pytest.raises(RuleRefused) as refused:
        set_links(make_account(), commitment.id, version=1, reason=WHY, holders=[stranger.id])
    assert refused.value.field == "holders"


def test_a_quartier_with_news_of_its_own_stays(app: Flask) -> None:
    contract = make_contract()
    here, there = make_quartier(contract), make_quartier(contract)
    commitment = make_commitment(contract, quartiers=[here, there])
    make_progress(commitment, quartier=here)
    with pytest.raises(RuleRefused) as refused:
        set_links(make_account(), commitment.id, version=1, reason=WHY, quartiers=[there.id])
    assert refused.value.field == "quartiers"
    set_links(make_account(), commitment.id, version=1, reason=WHY, quartiers=[here.id])


def test_a_translation_stands_beside_the_original(app: Flask, session: Session) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    progress = make_progress(commitment, detail="Le détail")
    evidence = make_evidence(progress)
    actor = make_account()
    count = translate_commitment(
        actor,
        commitment.id,
        "ar",
        {commitment.title_id: "مدرسة", progress.sentence_id: "بدأ العمل", evidence.caption_id: "المحضر"},
    )
    assert count == 3
    assert words_of([commitment.title_id], "ar")[commitment.title_id].text == "مدرسة"
    assert "مدرسه" in session.execute(select(CommitmentSearch.document)).scalar_one()
    assert translate_commitment(actor, commitment.id, "ar", {commitment.title_id: "مدرسة"}) == 0


def test_a_draft_is_not_shown_and_an_emptied_translation_goes(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract(), "Une école"), make_account()
    text_id = commitment.title_id
    translate_commitment(actor, commitment.id, "en", {text_id: "A school"}, state=TranslationState.DRAFT)
    assert not words_of([text_id], "en")[text_id].translated
    translate_commitment(actor, commitment.id, "en", {text_id: "A school"})
    assert words_of([text_id], "en")[text_id].translated
    translate_commitment(actor, commitment.id, "en", {text_id: "  "})
    assert not words_of([text_id], "en")[text_id].translated


def test_a_draft_of_one_text_leaves_the_others_public(app: Flask) -> None:
    commitment, actor = make_commitment(make_contract(), "Une école"), make_account()
    told = make_progress(commitment, sentence="Les travaux commencent.").sentence_id
    translate_commitment(actor, commitment.id, "en", {commitment.title_id: "A school"})
    both = {commitment.title_id: "A school", told: "Work begins."}
    assert translate_commitment(actor, commitment.id, "en", both, state=TranslationState.DRAFT) == 1
    assert words_of([commitment.title_id], "en")[commitment.title_id].translated
    assert not words_of([told], "en")[told].translated


def test_a_translation_says_who_wrote_it_and_who_reviewed_it(app: Flask, session: Session) -> None:
    commitment, author, reviewer = make_commitment(make_contract()), make_account(), make_account()
    text = {commitment.title_id: "A school"}
    translate_commitment(author, commitment.id, "en", text, state=TranslationState.DRAFT)
    translate_commitment(reviewer, commitment.id, "en", text)
    row = session.get_one(Translation, (commitment.title_id, "en"), populate_existing=True)
    assert (row.author_id, row.reviewer_id, row.renders_version) == (author.actor_id, reviewer.actor_id, 1)


def test_a_stale_translation_that_is_saved_as_it_stands_is_right_again(app: Flask) -> None:
    commitment, actor = (
        make_commitment(make_contract(), "Une école", translations={"en": "A school"}),
        make_account(),
    )
    edit_commitment(actor, commitment.id, replace(AS_IT_IS, title="L’école"), version=1, reason=WHY)
    assert words_of([commitment.title_id], "en")[commitment.title_id].stale
    assert translate_commitment(actor, commitment.id, "en", {commitment.title_id: "A school"}) == 1
    assert not words_of([commitment.title_id], "en")[commitment.title_id].stale
    assert translate_commitment(actor, commitment.id, "en", {commitment.title_id: "A school"}) == 0


def form_of(commitment: Commitment, language: str) -> int:
    """The version of the form of its translations, as somebody opens it now."""
    db.session.rollback()
    shown = texts_to_translate(commitment.id, commitment.title_id, language)
    return texts_version((each.text_id, each.original, each.translated, each.state) for each in shown)


def test_of_two_who_translate_at_once_one_is_told_and_the_other_is_kept(app: Flask) -> None:
    commitment, actors = make_commitment(make_contract(), "Une école"), [make_account() for _ in range(4)]
    version = form_of(commitment, "en")

    def said_by(actor: SignedIn) -> str:
        return f"A school, says {'abcd'[actors.index(actor)]}"

    def act(actor: SignedIn) -> Callable[[], object]:
        texts = {commitment.title_id: said_by(actor)}
        return lambda: translate_commitment(actor, commitment.id, "en", texts, version=version)

    ended = at_once(app, *map(act, actors))
    assert sorted(type(each).__name__ for each in ended) == [*["TextsChanged"] * 3, "int"]
    kept = actors[ended.index(1)]
    db.session.rollback()
    assert words_of([commitment.title_id], "en")[commitment.title_id].text == said_by(kept)


@pytest.mark.parametrize("what", ["original", "state", "news", "another language"])
def test_whoever_translates_is_told_what_changed_meanwhile(app: Flask, what: str) -> None:
    commitment, actor = (
        make_commitment(make_contract(), "Une école", translations={"en": "A school"}),
        make_account(),
    )
    if what == "state":
        text = {commitment.title_id: "A school at last"}
        translate_commitment(actor, commitment.id, "en", text, state=TranslationState.DRAFT)
    version, texts = form_of(commitment, "en"), {commitment.title_id: "The school"}
    if what == "original":
        edit_commitment(actor, commitment.id, replace(AS_IT_IS, title="L’école"), version=1, reason=WHY)
    elif what == "state":
        translate_commitment(actor, commitment.id, "en", text)
    elif what == "news":
        texts[make_progress(commitment, translations={"en": "News"}).sentence_id] = ""
    else:
        translate_commitment(actor, commitment.id, "ar", {commitment.title_id: "مدرسة"})
        assert translate_commitment(actor, commitment.id, "en", texts, version=version) == 1
        return
    with pytest.raises(TextsChanged):
        translate_commitment(actor, commitment.id, "en", texts, version=version)


def test_an_emptied_translation_takes_no_other_with_it(app: Flask) -> None:
    contract, actor = make_contract(), make_account()
    one, other = (make_commitment(contract, title) for title in ("Une école", "Un parc"))
    for commitment in (one, other):
        for language in ("en", "ar"):
            translate_commitment(actor, commitment.id, language, {commitment.title_id: language})
    translate_commitment(actor, one.id, "en", {one.title_id: ""})
    assert not words_of([one.title_id], "en")[one.title_id].translated
    assert words_of([one.title_id], "ar")[one.title_id].text == "ar"
    assert words_of([other.title_id], "en")[other.title_id].text == "en"


def test_only_texts_of_the_commitment_are_translated(app: Flask) -> None:
    contract = make_contract()
    commitment, other = make_commitment(contract), make_commitment(contract)
    actor = make_account()
    for language, text_id in (
        ("en", other.title_id),
        ("fr", commitment.title_id),
        ("xx", commitment.title_id),
    ):
        with pytest.raises(RuleRefused):
            translate_commitment(actor, commitment.id, language, {text_id: "A school"})


def test_a_measure_is_entered_once_and_can_be_withdrawn(app: Flask, session: Session) -> None:
    indicator, actor = make_indicator(make_contract(), value_kind="amount"), make_account()

    def enter() -> IndicatorValue:
        return enter_indicator_value(
            actor, indicator.id, value="1 250,50", measured_on=date(2026, 1, 31), source="Le bilan"
        )

    first, second = enter(), enter()
    assert (first.id, first.number) == (second.id, 125050.0)
    assert withdraw_indicator_value(actor, first.id).withdrawn_at is not None
    withdraw_indicator_value(actor, first.id)
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 2
    assert enter().id != first.id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "beaucoup"}, "value"),
        ({"measured_on": date(2026, 11, 21)}, "measured_on"),
        ({"measured_on": date(1815, 6, 18)}, "measured_on"),
        ({"quartier_id": 999}, "quartier"),
    ],
)
def test_a_bad_measure_is_refused(app: Flask, wrong: dict[str, Any], field: str) -> None:
    indicator = make_indicator(make_contract())
    values: dict[str, Any] = {"value": "12", "measured_on": date(2026, 1, 31), **wrong}
    with pytest.raises(RuleRefused) as refused:
        enter_indicator_value(make_account(), indicator.id, **values)
    assert refused.value.field == field


def test_the_theme_of_an_axis_goes_to_those_that_had_it(app: Flask) -> None:
    contract = make_contract()
    axis = make_axis(contract, theme="sante")
    follows = make_commitment(contract, theme="sante", axes=[axis])
    chosen = make_commitment(contract, theme="emploi", axes=[axis])
    assert set_axis_theme(make_account(), axis.id, "ecologie") == 1
    assert (again(follows).theme, again(chosen).theme) == ("ecologie", "emploi")
    assert set_axis_theme(make_account(), axis.id, "ecologie") == 0


def test_a_grant_on_one_contract_changes_nothing_of_another(app: Flask, session: Session) -> None:
    mine, other = make_contract(), make_contract()
    elsewhere, indicator, axis = make_commitment(other, "Une école"), make_indicator(other), make_axis(other)
    actor = make_account(contract=mine)
    acts: list[Any] = [
        lambda: edit_commitment(
            actor, elsewhere.id, replace(AS_IT_IS, title="Deux écoles"), version=1, reason=WHY
        ),
        lambda: set_links(actor, elsewhere.id, version=1, reason=WHY, holders=[]),
        lambda: translate_commitment(actor, elsewhere.id, "en", {elsewhere.title_id: "A school"}),
        lambda: enter_indicator_value(actor, indicator.id, value="1", measured_on=date(2026, 1, 1)),
        lambda: set_axis_theme(actor, axis.id, "sante"),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 0


def test_what_does_not_exist_is_not_found(app: Flask) -> None:
    actor = make_account()
    acts: list[Any] = [
        lambda: edit_commitment(actor, 999, AS_IT_IS, version=1, reason=WHY),
        lambda: enter_indicator_value(actor, 999, value="1", measured_on=date(2026, 1, 1)),
        lambda: withdraw_indicator_value(actor, 999),
        lambda: set_axis_theme(actor, 999, None),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_what_changes_around_a_commitment_is_seen_at_once_and_told_in_the_trail(
    app: Flask, session: Session
) -> None:
    actor, contract = make_account(), make_contract()
    axis, indicator, quartier = make_axis(contract), make_indicator(contract), make_quartier(contract)
    commitment = make_commitment(contract, "Une école", axes=[axis])
    with seen_at_once():
        set_axis_theme(actor, axis.id, "ecologie")
    with seen_at_once():
        set_links(
            actor, commitment.id, version=again(commitment).version, reason=WHY, quartiers=[quartier.id]
        )
    with seen_at_once():
        translate_commitment(actor, commitment.id, "en", {commitment.title_id: "A school"})
    with seen_at_once():
        value = enter_indicator_value(actor, indicator.id, value="12", measured_on=date(2026, 1, 31))
    with seen_at_once():
        withdraw_indicator_value(actor, value.id)
    lines = session.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars().all()
    assert lines == [
        "axis.edit", "commitment.edit", "commitment.translate", "indicator.enter", "indicator.enter",
    ]  # fmt: skip
