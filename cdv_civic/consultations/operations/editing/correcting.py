"""Correct the words of a consultation that somebody has answered: one person proposes, another one decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.building import LONGEST_QUESTION
from cdv_civic.consultations.operations.editing.holding import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Texts,
    editing,
    has_answers,
    put_field,
)
from cdv_civic.consultations.operations.editing.settings import TEXTS
from cdv_civic.consultations.organiser_models import ConsultationCorrection, CorrectionState
from cdv_civic.consultations.queries.preparation import texts_of
from cdv_civic.consultations.rules.editing import changed
from cdv_civic.core import clock
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText, put_text, said_in, texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner


class SecondPerson(Conflict):
    """Whoever proposed a correction does not decide on it."""

    def __init__(self) -> None:
        super().__init__(
            _l("Vous avez proposé cette correction. Une autre personne de l’équipe doit l’accepter.")
        )


#: How long a text of a table may be, by its field, where that is not `LONGEST_TEXT`.
_LONGEST: Final[Mapping[tuple[str, str], int]] = {
    **{("consultation", field): longest for field, longest in TEXTS.items()},
    ("consultation_step", "title"): LONGEST_LINE,
    ("consultation_question", "text"): LONGEST_QUESTION,
    ("consultation_question", "easy"): LONGEST_QUESTION,
    ("consultation_option", "text"): LONGEST_LINE,
    ("consultation_option", "picture_words"): LONGEST_LINE,
}


@dataclass(frozen=True)
class CorrectedText:
    """A text as it stands: which it is, and its words by language tag."""

    owner_kind: str
    owner_id: int
    field: str
    texts: Texts

    @property
    def longest(self) -> int:
        """How long it may be: as long as in its form, or as what came from the contract is already."""
        bound = _LONGEST.get((self.owner_kind, self.field), LONGEST_TEXT)
        return max([bound, *map(len, self.texts.values())])


def text_to_correct(consultation_id: int, text_id: int) -> CorrectedText:
    """A text of a consultation; 3 statements. Raises `NotFound`."""
    found = next((each for each in texts_of(consultation_id) if each.id == text_id), None)
    if found is None or found.field == "withdrawn_reason":
        raise NotFound(_l("Ce texte n’existe pas."))
    (texts,) = texts_in_all(text_id)
    return CorrectedText(found.owner_kind, found.owner_id, found.field, texts)


def propose(
    actor: Actor, consultation_id: int, text_id: int, texts: Texts, reason: Texts, *, version: int
) -> int:
    """Propose other words for a text, and say why; its id. Nothing changes before somebody else accepts.

    Raises as `holding.editing` does, and `DomainError` with the fields of the form.
    """
    trace: dict[str, object] = {"text": text_id, "reason": said_in(reason)}
    with editing(actor, consultation_id, version=version, said="consultation.correct", trace=trace) as (
        session,
        row,
    ):
        _refuse_too_early_or_late(session, row)
        now = text_to_correct(row.id, text_id)
        new = said_in(texts)
        if SOURCE_LANGUAGE not in new:
            raise DomainError(_l("Écrivez d’abord ce texte en français."), field=f"text_{SOURCE_LANGUAGE}")
        _refuse_too_long(new, now.longest)
        if not changed(now.texts, new):
            raise DomainError(
                _l("Ce texte est le même\u00a0: rien à corriger."), field=f"text_{SOURCE_LANGUAGE}"
            )
        if _waiting(session, now) is not None:
            raise DomainError(_l("Une correction de ce texte attend déjà."))
        correction = ConsultationCorrection(
            id=reserve_ids(session, ConsultationCorrection)[0],
            consultation_id=row.id,
            owner_kind=now.owner_kind,
            owner_id=now.owner_id,
            field=now.field,
            before=dict(now.texts),
            after=new,
            state=CorrectionState.PROPOSED.value,
            proposed_at=clock.now(),
            proposed_by=actor.actor_id,
            decided_at=None,
            decided_by=None,
            reason_id=None,
        )
        put_field(
            session,
            actor,
            correction,
            "reason",
            reason,
            longest=LONGEST_TEXT,
            contract_id=row.contract_id,
            must=_l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent."),
        )
        session.add(correction)
        session.flush()
        return correction.id


def decide(actor: Actor, consultation_id: int, correction_id: int, *, accept: bool) -> None:
    """Accept a correction, which changes the text at once and is said in public; or refuse it.

    Never by whoever proposed it: the database keeps that too. Raises as `holding.editing` does, `SecondPerson`,
    `ChangedMeanwhile` where the text is not what was corrected any more.
    """
    trace: dict[str, object] = {"correction": correction_id, "accepted": accept}
    with editing(actor, consultation_id, said="consultation.correct", trace=trace) as (session, row):
        correction = session.get(ConsultationCorrection, correction_id, populate_existing=True)
        if correction is None or correction.consultation_id != row.id:
            raise NotFound(_l("Cette correction n’existe pas."))
        if correction.state != CorrectionState.PROPOSED.value:
            raise ChangedMeanwhile
        if actor.actor_id is None or correction.proposed_by == actor.actor_id:
            raise SecondPerson
        if accept:
            _refuse_too_early_or_late(session, row)
            _write(session, actor, row, correction)
        correction.state = (CorrectionState.ACCEPTED if accept else CorrectionState.REFUSED).value
        correction.decided_at, correction.decided_by = clock.now(), actor.actor_id
        session.flush()


def _write(session: Session, actor: Actor, row: Consultation, correction: ConsultationCorrection) -> None:
    text_id = session.execute(
        select(LocalizedText.id).where(
            LocalizedText.owner_kind == correction.owner_kind,
            LocalizedText.owner_id == correction.owner_id,
            LocalizedText.field == correction.field,
        )
    ).scalar()
    if text_id is None:
        raise ChangedMeanwhile
    (now,) = texts_in_all(text_id)
    if changed(now, correction.before):
        raise ChangedMeanwhile
    owner = TextOwner(correction.owner_kind, correction.owner_id, correction.field, row.contract_id)
    put_text(session, text_id, correction.after, "text", LONGEST_TEXT, owner, actor)


def _refuse_too_long(texts: Texts, longest: int) -> None:
    with Refusals() as refused:
        for tag, words in texts.items():
            if len(words) > longest:
                said = _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=longest)
                refused.add(DomainError(said, field=f"text_{tag}"))


def _waiting(session: Session, text: CorrectedText) -> int | None:
    table = ConsultationCorrection
    return session.execute(
        select(table.id).where(
            table.owner_kind == text.owner_kind,
            table.owner_id == text.owner_id,
            table.field == text.field,
            table.state == CorrectionState.PROPOSED.value,
        )
    ).scalar()


def _refuse_too_early_or_late(session: Session, row: Consultation) -> None:
    if not has_answers(session, row.id):
        raise DomainError(_l("Personne n’a encore répondu\u00a0: changez ce texte dans son formulaire."))
    if row.frozen_at is not None:
        raise DomainError(_l("Ses résultats sont déjà comptés."))
