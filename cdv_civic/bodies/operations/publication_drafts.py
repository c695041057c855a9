"""What somebody wants a body to publish: texts by language, decisions, files; and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from cdv_civic.bodies.rules import MINUTES, OF_A_MEETING, PUBLICATION_KINDS
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import said_in
from cdv_civic.core.uploads.receiving import Upload

MOST_FILES: Final = 6
MOST_DECISIONS: Final = 12
LONGEST_DECISION: Final = 200
LONGEST_WHO: Final = 120
LONGEST_CAPTION: Final = 200


@dataclass(frozen=True)
class NewDecision:
    """One thing that was decided. The sentence is by language tag."""

    sentence: Mapping[str, str]
    who: str = ""
    by_day: date | None = None
    #: The form's fields for errors: what the names of those of the sentence begin with, and that of `who`.
    field: str = "decision"
    who_field: str = "who"


@dataclass(frozen=True)
class NewPublicationFile:
    """A photo or a document."""

    upload: Upload
    #: The name of the document, or what the photo shows.
    caption: str
    #: The form's field for errors of the caption.
    field: str = "caption"


@dataclass(frozen=True)
class PublicationDraft:
    """What is published. Texts are by language tag."""

    kind: str
    summary: Mapping[str, str]
    #: Of what belongs to no meeting.
    title: Mapping[str, str] = field(default_factory=dict)
    said_on: date | None = None
    #: Of an agenda or of minutes: the meeting, and the day that its series gives.
    meeting_id: int | None = None
    meeting_day: date | None = None
    #: Of minutes.
    decisions: Sequence[NewDecision] = ()
    files: Sequence[NewPublicationFile] = ()


def check_draft(draft: PublicationDraft) -> None:
    """Raise `DomainError` with the field of the form where something is missing, too long or not to be."""
    of_a_meeting = draft.meeting_id is not None and draft.meeting_day is not None
    with Refusals() as refused:
        if draft.kind not in PUBLICATION_KINDS or (draft.kind in OF_A_MEETING) != of_a_meeting:
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="kind"))
        if not said_in(draft.summary).get(SOURCE_LANGUAGE):
            refused.add(
                DomainError(
                    _l("Écrivez un résumé en mots simples : rien ne paraît sans lui."),
                    field=f"summary_{SOURCE_LANGUAGE}",
                )
            )
        if draft.meeting_id is None:
            _check_title_and_date(draft, refused)
        _check_decisions(draft, refused)
        for file in draft.files:
            refused.unless(_check_caption, file)


def _check_title_and_date(draft: PublicationDraft, refused: Refusals) -> None:
    if not said_in(draft.title).get(SOURCE_LANGUAGE):
        refused.add(DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}"))
    if draft.said_on is None:
        refused.add(DomainError(_l("Écrivez la date, par exemple 31/12/2026."), field="said_on"))
    elif draft.said_on > clock.today():
        refused.add(DomainError(_l("Cette date est à venir : écrivez celle du document."), field="said_on"))


def _check_decisions(draft: PublicationDraft, refused: Refusals) -> None:
    if draft.decisions and draft.kind != MINUTES:
        refused.add(DomainError(_l("Les décisions vont avec un compte rendu.")))
    if len(draft.decisions) > MOST_DECISIONS:
        refused.add(DomainError(_l("Écrivez au plus %(most)s décisions.", most=MOST_DECISIONS)))
    for decision in draft.decisions:
        if not said_in(decision.sentence).get(SOURCE_LANGUAGE):
            refused.add(
                DomainError(
                    _l("Écrivez d’abord ce texte en français."), field=f"{decision.field}_{SOURCE_LANGUAGE}"
                )
            )
        if len(decision.who.strip()) > LONGEST_WHO:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long : %(most)s caractères au plus.", most=LONGEST_WHO),
                    field=decision.who_field,
                )
            )


def _check_caption(file: NewPublicationFile) -> None:
    caption = file.caption.strip()
    if not caption and file.upload.kind == "photo":
        raise DomainError(
            _l("Dites ce que la photo montre, pour les personnes qui ne la voient pas."), field=file.field
        )
    if not caption:
        raise DomainError(_l("Donnez un nom à ce document."), field=file.field)
    if len(caption) > LONGEST_CAPTION:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_CAPTION),
            field=file.field,
        )
