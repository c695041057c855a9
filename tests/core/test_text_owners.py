"""Each text knows its owner, and goes with it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import RoleGrant
from cdv_civic.bodies.models import (
    BodyLife,
    BodyPublication,
    Decision,
    Meeting,
    MeetingException,
    PublicationFile,
)
from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.consultations.kinds.comments.models import CommentedThing, CommentStep
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.organiser_models import (
    ConsultationCorrection,
    ConsultationProlongation,
    ConsultationPublic,
)
from cdv_civic.consultations.restitution.models import Restitution, RestitutionPoint
from cdv_civic.core.db import Model, db, transaction
from cdv_civic.core.localized import LocalizedText, Translation
from cdv_civic.core.text_owners import text_kinds
from cdv_civic.fund.models.choosing import JuryItem, ProjectOpinion
from cdv_civic.fund.models.projects import ProjectStep
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.moderation.models import CharterPrinciple, ModerationAppeal, ModerationDecision
from cdv_civic.territory.models import Body
from cdv_civic.voices.models import Voice, VoiceSettings, VoiceStep
from tests import factories as make
from tests.conftest import counting
from tests.fund import funds
from tests.texts import BORROWED, make_texts, owners_by_column, owners_by_text, pointing_columns


def test_every_column_that_names_a_text_is_declared_and_nothing_else(app: Flask) -> None:
    columns = {(table.name, column.name) for table, column in pointing_columns()}
    declared = {(kind.kind, f"{field}_id") for kind in text_kinds().values() for field in kind.fields}
    assert columns - BORROWED == declared
    assert columns > BORROWED


def test_whatever_the_features_write_names_its_owner_and_its_contract(app: Flask, session: Session) -> None:
    make_texts()
    by_text = owners_by_text(session)
    assert by_text == owners_by_column(session)
    assert {kind for kind, _id, _field in by_text.values()} == set(text_kinds()), "a text of each kind"
    contracts = session.execute(
        select(LocalizedText.owner_kind, LocalizedText.contract_id).distinct().order_by("contract_id")
    ).all()
    contract = session.execute(select(LocalizedText.owner_id).where(LocalizedText.owner_kind == "contract"))
    here = contract.scalar_one()
    assert dict(contracts) == {kind: None if kind == "glossary_entry" else here for kind in text_kinds()}


def _first(model: type[Model]) -> Callable[[], Any]:
    return lambda: db.session.execute(select(model).limit(1)).scalar_one()


def _last(model: Any) -> Callable[[], Any]:
    return lambda: db.session.execute(select(model).order_by(model.id.desc()).limit(1)).scalar_one()


def _sentence_of_a_voice() -> Any:
    """The step that holds a sentence, and is no answer."""
    answers = select(Voice.answer_id).where(Voice.answer_id.is_not(None))
    held = select(VoiceStep).where(VoiceStep.sentence_id.is_not(None), VoiceStep.sentence_id.not_in(answers))
    return db.session.execute(held.limit(1)).scalar_one()


def _commitment_alone() -> Any:
    return make.make_commitment(make.make_contract(), translations={"ar": "وعد"})


def _progress() -> Any:
    return make.make_progress(_commitment_alone(), detail="Plus de détail.", translations={"ar": "خبر"})


#: A row of each kind that nothing else holds.
ROWS: dict[str, Callable[[], Any]] = {
    "contract": make.make_contract,
    "axis": lambda: make.make_axis(make.make_contract()),
    "axis_origin": _first(AxisOrigin),
    "commitment": _commitment_alone,
    "indicator": lambda: make.make_indicator(make.make_contract()),
    "progress": _progress,
    "evidence": lambda: make.make_evidence(_progress()),
    "glossary_entry": _first(GlossaryEntry),
    "body_life": _first(BodyLife),
    "language_help": _first(LanguageHelp),
    "meeting": _first(Meeting),
    "meeting_exception": _first(MeetingException),
    "body_publication": _first(BodyPublication),
    "body_decision": _first(Decision),
    "body_publication_file": _first(PublicationFile),
    "restitution": _first(Restitution),
    "restitution_point": _first(RestitutionPoint),
    "voice_settings": _first(VoiceSettings),
    "voice_step": _sentence_of_a_voice,
    "consultation": _first(Consultation),
    "consultation_step": _first(ConsultationStep),
    "consultation_comment_step": _first(CommentStep),
    "consultation_commented": _first(CommentedThing),
    "consultation_question": _last(ConsultationQuestion),
    "consultation_option": _last(ConsultationOption),
    "consultation_public": _first(ConsultationPublic),
    "consultation_prolongation": _first(ConsultationProlongation),
    "consultation_correction": _first(ConsultationCorrection),
    "charter_principle": _first(CharterPrinciple),
    "moderation_decision": _last(ModerationDecision),
    "moderation_appeal": _first(ModerationAppeal),
    "idea_box": _last(IdeaBox),
    "idea_group": _last(IdeaGroup),
    "idea": _last(Idea),
    "idea_objection": _first(IdeaObjection),
    "fund": lambda: funds.make_fund(),
    "fund_round": lambda: funds.make_round(funds.make_fund()),
    "fund_project_step": _last(ProjectStep),
    "fund_project_opinion": _first(ProjectOpinion),
    "fund_jury_item": _first(JuryItem),
}


class _TakeBack(Exception):
    """Ends a deletion of which nothing stays."""


def _wrong_once_deleted(session: Session, kind: str, row: Any) -> list[str]:
    """What is wrong with the texts of the site once a row is deleted; it is back after."""
    owner_id = getattr(row, next(iter(row.__table__.primary_key)).name)
    before = owners_by_text(session)
    own = {text_id for text_id, owner in before.items() if owner[:2] == (kind, owner_id)}
    wrong = [] if own else ["it had no text"]
    with suppress(_TakeBack), transaction() as writing:
        writing.delete(row)
        writing.flush()
        after = owners_by_text(writing)
        if own & set(after):
            wrong.append("its texts stay")
        if after != owners_by_column(writing):
            wrong.append("a text is left without its owner, or an owner without its text")
        orphans = select(func.count()).select_from(Translation).where(Translation.text_id.not_in(after))
        if writing.execute(orphans).scalar():
            wrong.append("translations are left without their text")
        raise _TakeBack
    assert owners_by_text(session) == before, "for the next one all is there again"
    return wrong


def test_a_row_that_is_deleted_takes_its_texts_along_and_no_others(app: Flask, session: Session) -> None:
    """Row after row, of texts that are made once."""
    make_texts()
    rows = {kind: find() for kind, find in ROWS.items()}
    assert len({inspect(row).identity_key for row in rows.values()}) == len(ROWS)
    found = {kind: _wrong_once_deleted(session, kind, row) for kind, row in rows.items()}
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


def test_every_kind_is_tried(app: Flask) -> None:
    assert set(ROWS) == set(text_kinds())


def test_a_body_takes_along_the_texts_of_all_that_the_database_deletes_with_it(
    app: Flask, session: Session
) -> None:
    make_texts()
    body = session.execute(select(Body).order_by(Body.id).limit(1)).scalar_one()
    with transaction() as writing:
        writing.execute(delete(RoleGrant))
        writing.delete(body)
    left = {kind for kind, _id, _field in owners_by_text(session).values()}
    assert left == {
        "contract",
        "axis",
        "commitment",
        "indicator",
        "progress",
        "axis_origin",
        "evidence",
        "glossary_entry",
        "language_help",
        "consultation",
        "fund",
        "fund_round",
        "fund_project_step",
        "fund_project_opinion",
        "fund_jury_item",
        "consultation_step",
        "consultation_comment_step",
        "consultation_commented",
        "consultation_question",
        "consultation_option",
        "consultation_public",
        "consultation_prolongation",
        "consultation_correction",
        "restitution",
        "restitution_point",
        "idea_box",
        "idea_group",
        "idea",
        "idea_objection",
    }
    assert owners_by_text(session) == owners_by_column(session)


def test_texts_of_a_deleted_row_cost_two_statements_and_a_table_without_texts_none(app: Flask) -> None:
    make_texts()
    voice = db.session.execute(select(Voice).limit(1)).scalar_one()
    account = make.make_organisation(make.make_contract())
    with transaction() as session, counting(app) as statements:
        session.delete(session.merge(account))
        session.flush()
        assert [each for each in statements if "localized_text" in each] == []
        session.delete(voice)
        session.flush()
    assert len([each for each in statements if "localized_text" in each or "UNION" in each]) == 2
