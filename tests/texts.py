"""Texts for tests: of an owner that no test looks at, and one of each kind, as the features write them."""

import io
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import cancel_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.operations.publication_drafts import NewDecision, NewPublicationFile, PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import monthly
from cdv_civic.commitments.operations.axes import set_axis_origin
from cdv_civic.commitments.operations.progress import EvidenceLink, NewProgress, publish_progress
from cdv_civic.consultations.kinds.comments.documents import add_document
from cdv_civic.consultations.models import ConsultationOption, ConsultationStep
from cdv_civic.consultations.operations.editing.correcting import propose
from cdv_civic.consultations.operations.editing.options import change_option, option_version
from cdv_civic.consultations.operations.editing.publishing import prolong, withdraw
from cdv_civic.consultations.operations.editing.publishing import publish as publish_consultation
from cdv_civic.consultations.operations.editing.steps import change_step
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.core.db import Model, db, transaction
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.localized import LocalizedText, write_original
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.fund.operations.locking import held_project
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.glossary.operations import load
from cdv_civic.ideas.models import IdeaBox, IdeaObjection
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_box, publish_box
from cdv_civic.ideas.operations.grouping import make_group
from cdv_civic.ideas.operations.objecting import answer_objection, object_to_group
from cdv_civic.ideas.operations.putting import NewIdea, put
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal, seen_version
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest
from cdv_civic.moderation.charter.operations import (
    CharterOf,
    Manner,
    add_principle,
    describe_charter,
    publish_charter,
)
from cdv_civic.moderation.models import ModeratedText, ModerationAppeal, ModerationDecision
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Body, Contract
from cdv_civic.voices.operations.answering import answer, reopen
from cdv_civic.voices.operations.keeping import describe_listening
from cdv_civic.voices.operations.publishing import publish as publish_voice
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.consultations.desk.preparing import begun, in_days, on_day, ready, stored
from tests.consultations.factories import make_answer, make_consultation, make_step
from tests.consultations.restitution.replies import make_reply
from tests.core.uploads.files import PDF, picture
from tests.fund import funds
from tests.language_help.services import make_service
from tests.voices.voices import a_voice, hidden
from tests.voices.voices import stored as voice_stored

_numbers = count(1)
#: An answer is the sentence of the step that ended the word.
BORROWED = {("voice", "answer_id")}


def an_owner(contract_id: int | None = None) -> TextOwner:
    """An owner of its own: an entry of the glossary that is not there."""
    return TextOwner("glossary_entry", next(_numbers), "explanation", contract_id)


def write_text(session: Session, text: str) -> int:
    """A new original; its id."""
    return write_original(session, text, an_owner()).id


def pointing_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Each column that names a text of its own row."""
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            named = {key.column.table.name for key in column.foreign_keys}
            if "localized_text" in named and table.name != "translation":
                yield table, column


def owners_by_column(session: Session) -> dict[int, tuple[str, int, str]]:
    """Of each text that a column names, what that column says: kind, id of the owner, field."""
    found: dict[int, tuple[str, int, str]] = {}
    for table, column in pointing_columns():
        if (table.name, column.name) in BORROWED:
            continue
        key = next(iter(table.primary_key))
        series = "day" in table.primary_key
        days = table.c.day if series else key
        for text_id, owner_id, day in session.execute(select(column, key, days).where(column.is_not(None))):
            field = column.name.removesuffix("_id")
            assert text_id not in found, f"{table.name}.{column.name} names a text of another column"
            found[text_id] = (table.name, owner_id, f"{field} {day.isoformat()}" if series else field)
    return found


def owners_by_text(session: Session) -> dict[int, tuple[str, int, str]]:
    """Of each text, what it says itself."""
    rows = session.execute(
        select(LocalizedText.id, LocalizedText.owner_kind, LocalizedText.owner_id, LocalizedText.field)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def make_body_texts(staff: SignedIn, body: Body) -> None:
    """Each kind of text that a body may have, and that what hangs on it may."""
    says = {"fr": "Des mots", "ar": "كلمات"}
    describe_body(staff, body.id, version=0, state=None, contact=says, joining=says)
    first = date(2026, 11, 5)
    series = announce(staff, body, first, recurrence=monthly(first), sentence=says)
    cancel_occurrence(staff, series, date(2026, 12, 3), says, sequence=0, zone=PARIS)
    cancel_meeting(staff, announce(staff, body), says, sequence=0)
    file = NewPublicationFile(read_upload(io.BytesIO(PDF), field="file_1"), "Le plan")
    minutes = PublicationDraft(
        "compte_rendu",
        says,
        meeting_id=series,
        meeting_day=first,
        decisions=[NewDecision(says), NewDecision({"fr": "Une autre"})],
        files=[file],
    )
    publish(staff, body.id, minutes, client_key=f"compte-rendu-{next(_numbers):08}", zone=PARIS)
    opinion = PublicationDraft("avis", says, title=says, said_on=date(2026, 11, 2))
    key = f"avis-{next(_numbers):08}"
    withdraw_publication(staff, publish(staff, body.id, opinion, client_key=key, zone=PARIS), says, version=1)
    # Words are taken where somebody moderates.
    make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    describe_listening(staff, body.id, is_open=True, due_days=None, readers=says, version=0)
    for again in (True, False):
        voice = say(a_voice(body)).voice_id
        answer(staff, voice, says, version=1)
        if again:
            reopen(staff, voice, says, version=2)


def make_moderation_texts(staff: SignedIn, body: Body) -> None:
    """An article of a charter, a decision with its facts, and the answer to the appeal against it."""
    says = {"fr": "Des mots", "ar": "كلمات"}
    whose = CharterOf(body.contract_id, body.id)
    describe_charter(staff, whose, Manner(True, 48, None), version=0)
    add_principle(staff, whose, says, version=1)
    publish_charter(staff, whose, version=2)
    author, moderator = make.make_account(), make.make_account(role="administrator")
    got = say(a_voice(body, agrees_public=True), author)
    publish_voice(staff, got.voice_id, "", read_again=True, confirmed=True, version=1)
    hidden(staff, got.voice_id)
    decision = db.session.execute(select(func.max(ModerationDecision.id))).scalar_one()
    appeal = contest(author, NewAppeal(decision, "Des mots", f"un-recours-{next(_numbers):08}"))
    row = db.session.get_one(ModerationAppeal, appeal)
    case = db.session.get_one(ModeratedText, voice_stored(got.voice_id).case_id)
    seen = seen_version(row.version, case.version)
    decide_appeal(moderator, appeal, AppealAnswer(AppealOutcome.UPHELD, says), version=seen)


def make_consultation_texts(staff: SignedIn, contract: Contract) -> None:
    """Each kind of text that a consultation may have, and that what hangs on it may."""
    says = {"fr": "Des mots", "ar": "كلمات"}
    quartier = make.make_quartier(contract)
    begun(staff, contract, "school_gate")
    row = ready(staff, contract, [quartier], starter="picture")
    step = next(iter(definition_of(row.id, "fr").steps))
    change_step(staff, row.id, step.id, says, says, version=row.version)
    for each in step.questions[0].options:
        option = db.session.get_one(ConsultationOption, each.id)
        chosen = read_upload(io.BytesIO(picture()), field="picture")
        version = option_version(option)
        change_option(staff, row.id, each.id, says, picture=chosen, picture_words=says, version=version)
    publish_consultation(staff, row.id, version=stored(row.slug).version)
    make_answer(row)
    prolong(
        staff,
        row.id,
        closes_at=in_days(20),
        paper_until=None,
        answer_due_on=on_day(90),
        reason=says,
        version=stored(row.slug).version,
    )
    text = db.session.get_one(ConsultationStep, step.id).title_id or 0
    propose(staff, row.id, text, {"fr": "D’autres mots"}, says, version=stored(row.slug).version)
    withdraw(staff, row.id, says, version=stored(row.slug).version)


def make_comment_texts(staff: SignedIn, contract: Contract) -> None:
    """The title and a passage of a document that is commented."""
    row = make_consultation(contract, stage="draft")
    step = make_step(row, "comments")
    add_document(staff, row.id, step.id, {"fr": "Des mots", "ar": "كلمات"}, "Un passage.")


def make_idea_texts(staff: SignedIn, contract: Contract) -> None:
    """Each kind of text that a box of ideas may have, and that what lies in it may; the last of each stands alone."""
    says = {"fr": "Des mots", "ar": "كلمات"}
    described = BoxSettings(says, says, says, read_before=False)
    key = f"une-boite-{next(_numbers):08}"
    slug = make_box(staff, Keeper(contract.id), described, client_key=key)
    box_id = db.session.execute(select(IdeaBox.id).where(IdeaBox.slug == slug)).scalar_one()
    publish_box(staff, box_id, version=1)
    idea = put(NewIdea(box_id, "Des bancs", "Ici.", "sante", f"une-idee-{next(_numbers):08}"))
    make_group(staff, box_id, says, says, [idea.idea_id], client_key=new_key())
    answer_idea(staff, idea.idea_id, says, answered_by="La ville", version=1)
    object_to_group(read_receipt(idea.receipt), "Pas ce groupe.")
    objection = db.session.execute(select(IdeaObjection.id)).scalars().first() or 0
    answer_objection(staff, objection, says, to_group=None, version=1)
    alone = put(NewIdea(box_id, "Un abri", "Là.", "sante", f"une-idee-{next(_numbers):08}"))
    answer_idea(staff, alone.idea_id, says, answered_by="La ville", version=1)
    make_group(staff, box_id, says, says, client_key=new_key())
    make_box(staff, Keeper(contract.id), described, client_key=f"une-boite-{next(_numbers):08}")


def make_fund_texts(staff: SignedIn, contract: Contract) -> None:
    """Each text of a fund: one of each kind that stands alone, with all of them."""
    fund = funds.make_fund(contract)
    fund_round = funds.make_round(fund)
    project = funds.make_project(fund_round)
    with transaction() as session:
        move(
            session,
            staff,
            held_project(session, project.id),
            ProjectState.INCOMPLETE,
            contract.id,
            reason={"fr": "Il manque un devis."},
            elsewhere={"fr": "La Maison du projet aide."},
        )
    funds.make_opinion(project, make_body(contract, "Un autre conseil").id)
    agenda = funds.make_meeting(project)
    with transaction() as session:
        for row, field in (
            (fund, "help"),
            (fund, "elsewhere"),
            (agenda.item, "reason"),
            (agenda.item, "elsewhere"),
        ):
            owner = TextOwner(row.__tablename__, row.id, field, contract.id)
            setattr(row, f"{field}_id", write_original(session, "Un texte.", owner).id)
            session.add(row)


def make_texts() -> SignedIn:
    """One text of each kind at least, most of them as staff write them; the account that wrote them."""
    staff = make.make_account(role="administrator")
    contract = make.make_contract(translations={"ar": "عقد"})
    axis = make.make_axis(contract, translations={"ar": "محور"})
    set_axis_origin(staff, axis.id, "en_partie", {"fr": "Des mots", "ar": "كلمات"}, version=0)
    make.make_indicator(contract)
    commitment = make.make_commitment(contract, "Ouvrir une école", translations={"ar": "فتح مدرسة"})
    news = NewProgress(
        "en_cours",
        date(2026, 11, 10),
        "Le chantier commence enfin.",
        f"une-nouvelle-{next(_numbers):08}",
        translations={"ar": "يبدأ العمل أخيرا"},
        detail="Plus de détail.",
        links=[EvidenceLink("https://example.org/a", "Le plan"), EvidenceLink("https://example.org/b", "")],
    )
    publish_progress(staff, commitment.id, news)
    body = make_body(contract)
    make_body_texts(staff, body)
    make_moderation_texts(staff, body)
    make_idea_texts(staff, contract)
    make_fund_texts(staff, contract)
    make_service(contract)
    make_consultation_texts(staff, contract)
    make_comment_texts(staff, contract)
    make_reply(make_consultation(contract, stage="counted"), who=staff)
    load()
    return staff
