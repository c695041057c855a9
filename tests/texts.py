"""Texts for tests: of an owner that no test looks at, and one of each kind, as the features write them."""

import io
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import cancel_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.operations.publication_drafts import NewDecision, NewPublicationFile, PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import monthly
from cdv_civic.commitments.operations.progress import EvidenceLink, NewProgress, publish_progress
from cdv_civic.core.db import Model
from cdv_civic.core.localized import LocalizedText, write_original
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.glossary.operations import load
from cdv_civic.territory.models import Body
from cdv_civic.voices.operations.answering import answer, reopen
from cdv_civic.voices.operations.keeping import describe_listening
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.core.uploads.files import PDF
from tests.voices.voices import a_voice

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


def make_texts() -> SignedIn:
    """One text of each kind at least, most of them as staff write them; the account that wrote them."""
    staff = make.make_account(role="administrator")
    contract = make.make_contract(translations={"ar": "عقد"})
    make.make_axis(contract, translations={"ar": "محور"})
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
    make_body_texts(staff, make_body(contract))
    load()
    return staff
