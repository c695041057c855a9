"""An answer comes in by the site, is changed, is taken back, is found again with an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import locked_account
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering.queries import reached
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, consultation_quartier
from cdv_civic.consultations.operations.keeping import (
    KeptAnswer,
    NewAnswer,
    check_quartier,
    forget_answer,
    keep_answer,
    replace_given,
)
from cdv_civic.consultations.operations.locking import NotOpen, calendar_of, hold_shared
from cdv_civic.consultations.operations.verbatims import join_verbatims
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.consultations.rules.evidence import AnswerEvidence, ProofAsked
from cdv_civic.consultations.rules.questions import Answers, QuestionRule, Speaker, faults, kept, same_answers
from cdv_civic.core import ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.participation.queries import participant
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.eligibility import EntryMode, Proof, ProofLevel, Requirement
from cdv_civic.participation.speaking import require_age
from cdv_civic.participation.taking_part import require_part

TAKEN_AWAY: Final = "consultation_answer.taken_away"
#: What an account is needed for: it is held still before the consultation.
WITH_ACCOUNT: Final = frozenset({ProofAsked.MESSAGE, ProofAsked.CARD})
_GONE: Final = _l("Cette réponse n’est plus ici.")


class AskedOtherwise(Conflict):
    """What is asked was changed while somebody answered: the form must be looked at again."""

    def __init__(self) -> None:
        super().__init__(
            _l("Les questions viennent d’être corrigées. Relisez vos réponses, puis envoyez de nouveau.")
        )


class ProofMissing(DomainError):
    """Whoever answers has not shown what the consultation asks for; `proof` says what it is."""

    status = 403

    def __init__(self, proof: ProofAsked) -> None:
        super().__init__(
            _l("Pour répondre ici, dites d’abord qui vous êtes. Vos réponses restent sur cette page.")
        )
        self.proof = proof


class SentBefore(Conflict):
    """The same form brought another answer before; `version` is that of the answer."""

    def __init__(self, version: int) -> None:
        super().__init__(_l("Cette page a déjà envoyé une réponse. Choisissez celle que vous gardez."))
        self.version = version


@dataclass(frozen=True)
class SentAnswer:
    """What a form says, and what its page knew of the consultation."""

    consultation_id: int
    #: The version of the consultation that the page was drawn from, and what was asked then.
    version: int
    questions: tuple[QuestionRule, ...]
    proof: ProofAsked
    answers: Answers
    client_key: str
    lang: str
    #: When the request came in: what was on its way in time is in time.
    at: datetime
    quartier_id: int | None = None
    #: Whether whoever answers says that they are old enough.
    old_enough: bool = False
    #: HMAC of who they are, for this consultation alone, where FranceConnect said so.
    person_hash: str | None = None
    #: The version of the answer of the same form that this one takes the place of.
    replaces: int | None = None


@dataclass(frozen=True)
class ChangedAnswer:
    """What a form says in place of an answer that is here; `seen` is the version that it was filled with."""

    seen: int | None
    questions: tuple[QuestionRule, ...]
    version: int
    answers: Answers
    lang: str
    at: datetime
    quartier_id: int | None = None


def answer(sent: SentAnswer, author: SignedIn | None = None, draft: SentDraft | None = None) -> KeptAnswer:
    """Take an answer, whoever sends it; the same form again takes nothing more, and gives its receipt again.

    The account is held first where one is asked for, then the consultation, shared: nobody closes it or builds its
    tables meanwhile. Where no account is asked for none is noted, whoever is signed in. Raises `NotOpen`,
    `AskedOtherwise`, `ProofMissing`, `MayNotTakePart`, `AnsweredBefore`, `SentBefore`, `DomainError`.
    """
    require(author, "consultation.answer")
    needed = author if sent.proof in WITH_ACCOUNT else None
    if needed is not None:
        require(needed, "part.take")
    with transaction() as session:
        if needed is not None:
            locked_account(session, needed.actor_id)
        consultation = hold_shared(session, sent.consultation_id)
        if not calendar_of(consultation).allows(ANSWER, sent.at):
            return _after_closing(session, consultation, sent, needed)
        if (consultation.version, consultation.proof) != (sent.version, sent.proof.value):
            raise AskedOtherwise
        _check(session, consultation, sent)
        evidence = _evidence(session, sent, needed)
        new = NewAnswer(
            sent.consultation_id,
            sent.answers,
            _key_of(sent.client_key, sent.person_hash, needed),
            sent.lang,
            evidence=evidence,
            quartier_id=sent.quartier_id,
            account_id=needed.actor_id if needed is not None else None,
            person_hash=sent.person_hash if sent.proof is ProofAsked.FRANCE_CONNECT else None,
        )
        found = keep_answer(session, sent.questions, new)
        if found.again:
            _put_in_place(session, found, sent, new)
        if author is not None:
            forget_sent(session, author, draft)
        return found


def _key_of(client_key: str, person_hash: str | None, account: SignedIn | None) -> str:
    """The key of a form as somebody sends it: on one browser another person does not get the receipt of the first."""
    read_key(client_key)
    owners = [person_hash] if person_hash is not None else []
    owners += [str(account.actor_id)] if account is not None else []
    return stored_key(bound_key(client_key, *owners)) if owners else client_key


def _of_form(session: Session, sent: SentAnswer, account: SignedIn | None) -> KeptAnswer | None:
    raw = bound_key(_key_of(sent.client_key, sent.person_hash, account), sent.consultation_id)
    mine = select(ConsultationAnswer.id).where(ConsultationAnswer.client_key == stored_key(raw))
    answer_id = session.execute(mine).scalar()
    return None if answer_id is None else KeptAnswer(answer_id, receipt_for(raw), again=True)


def _after_closing(
    session: Session, consultation: Consultation, sent: SentAnswer, account: SignedIn | None
) -> KeptAnswer:
    """What came before it closed gets its receipt once more."""
    before = _of_form(session, sent, account)
    if before is None:
        raise NotOpen(calendar_of(consultation).stage_at(sent.at))
    return before


def _check(session: Session, consultation: Consultation, sent: SentAnswer) -> None:
    """Refuse what no page of ours sends, or what its reader forgot."""
    if faults(sent.questions, sent.answers):
        raise DomainError(_l("Une réponse ne va pas. Relisez-les, puis envoyez de nouveau."))
    with Refusals() as refused:
        refused.unless(require_age, consultation.age_to_answer or 0, old_enough=sent.old_enough)
        refused.unless(check_quartier, session, consultation.id, sent.quartier_id)


def _evidence(session: Session, sent: SentAnswer, author: SignedIn | None) -> AnswerEvidence:
    """How it is known who answers; raises where it is not, and is asked. 2 statements at most."""
    if sent.proof is ProofAsked.NONE:
        return AnswerEvidence.NONE
    if sent.proof is ProofAsked.FRANCE_CONNECT:
        if sent.person_hash is None:
            raise ProofMissing(sent.proof)
        return AnswerEvidence.FRANCE_CONNECT
    account_id = author.actor_id if author is not None else None
    if account_id is None:
        raise ProofMissing(sent.proof)
    if sent.proof is ProofAsked.CARD:
        there = consultation_quartier.c
        asked = session.execute(
            select(there.quartier_id).where(there.consultation_id == sent.consultation_id)
        ).scalars()
        require_part(
            Requirement(quartiers=frozenset(asked), proof=ProofLevel.VOUCHED, once=True),
            account_id,
            EntryMode(),
        )
        return AnswerEvidence.CARD
    if reached(account_id):
        return AnswerEvidence.MESSAGE
    # Whoever came with a card has shown more than an address says.
    if Proof.CARD in participant(account_id).quartiers.values():
        return AnswerEvidence.CARD
    raise ProofMissing(sent.proof)


def _put_in_place(session: Session, found: KeptAnswer, sent: SentAnswer, new: NewAnswer) -> None:
    """Where the same form says something else now, let it take the place of what it said, if its reader wants so."""
    row = _locked(session, ConsultationAnswer.id == found.id)
    if row is None:
        raise NotFound(_GONE)
    if _says_the_same(row, sent.questions, new):
        return
    if sent.replaces != row.version:
        raise SentBefore(row.version)
    replace_given(session, sent.questions, row, new)


def _says_the_same(row: ConsultationAnswer, questions: tuple[QuestionRule, ...], new: NewAnswer) -> bool:
    said = kept(questions, new.answers)
    return row.quartier_id == new.quartier_id and same_answers(given_of(row.id), said)


def _locked(session: Session, which: ColumnElement[bool]) -> ConsultationAnswer | None:
    return session.execute(
        select(ConsultationAnswer)
        .where(which)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()


#: Whose answer an act is about, as the database finds it.
Whose = ColumnElement[bool]


def by_receipt(code: str) -> Whose:
    """The answer of a receipt (as `read_receipt` gives it)."""
    return ConsultationAnswer.receipt_hash == receipt_hash(code)


def by_answer(author: Actor, answer_id: int) -> Whose:
    """An answer of an account by its id."""
    require(author, "part.take")
    return (ConsultationAnswer.id == answer_id) & (ConsultationAnswer.account_id == author.actor_id)


def by_account(author: SignedIn, consultation_id: int) -> Whose:
    """The answer of an account to a consultation."""
    require(author, "part.take")
    return (ConsultationAnswer.account_id == author.actor_id) & (
        ConsultationAnswer.consultation_id == consultation_id
    )


def _held(session: Session, whose: Whose) -> tuple[Consultation, ConsultationAnswer]:
    """The consultation of an answer, shared, then the answer, its row locked. Raises `NotFound`."""
    asked = session.execute(select(ConsultationAnswer.consultation_id).where(whose)).scalar()
    if asked is None:
        raise NotFound(_GONE)
    consultation = hold_shared(session, asked)
    row = _locked(session, whose)
    if row is None:
        raise NotFound(_GONE)
    return consultation, row


def change(whose: Whose, changed: ChangedAnswer) -> None:
    """Put another answer in the place of one's own, until it closes. The same again changes nothing.

    Raises `NotFound`, `NotOpen`, `AskedOtherwise`, `ChangedMeanwhile`, `DomainError`.
    """
    with transaction() as session:
        consultation, row = _held(session, whose)
        calendar = calendar_of(consultation)
        if not calendar.allows(ANSWER, changed.at):
            raise NotOpen(calendar.stage_at(changed.at))
        if consultation.version != changed.version:
            raise AskedOtherwise
        if faults(changed.questions, changed.answers):
            raise DomainError(_l("Une réponse ne va pas. Relisez-les, puis envoyez de nouveau."))
        check_quartier(session, consultation.id, changed.quartier_id)
        new = NewAnswer(consultation.id, changed.answers, "", changed.lang, quartier_id=changed.quartier_id)
        if _says_the_same(row, changed.questions, new):
            return
        if row.version != changed.seen:
            raise ChangedMeanwhile
        replace_given(session, changed.questions, row, new)
        # It is in the hands of whoever said it: who wrote it down for them corrects it no more.
        row.entered_by = None


def take_away(whose: Whose, at: datetime) -> None:
    """Delete one's own answer, until it closes.

    Nothing of it stands in the audit trail, for nobody who works here did it. Raises `NotFound`, `NotOpen`.
    """
    with transaction() as session:
        consultation, row = _held(session, whose)
        calendar = calendar_of(consultation)
        if not calendar.allows(ANSWER, at):
            raise NotOpen(calendar.stage_at(at))
        ledger.note(session, TAKEN_AWAY, row.id, born=row.client_key)
        forget_answer(session, row)


def join(author: SignedIn, whose: Whose) -> int:
    """Let an answer be found again with an account; the id of its consultation. How it was proved stays as it was.

    Raises `NotFound`, `Conflict` where it is another account's, or the account has one to the same consultation.
    """
    require(author, "part.take")
    with transaction() as session:
        account = locked_account(session, author.actor_id)
        consultation, row = _held(session, whose)
        if row.account_id == account.id:
            return consultation.id
        if row.account_id is not None:
            raise Conflict(_l("Cette réponse se retrouve déjà avec un autre compte."))
        if row.speaker != Speaker.PERSON.value:
            raise Conflict(_l("C’est la réponse d’un groupe\u00a0: elle n’est à personne en particulier."))
        if consultation.unlinked_at is not None:
            raise Conflict(
                _l("Cette consultation est finie\u00a0: ses réponses ne sont plus liées à personne.")
            )
        other = select(ConsultationAnswer.id).where(
            ConsultationAnswer.consultation_id == consultation.id,
            ConsultationAnswer.account_id == account.id,
        )
        if session.execute(other).scalar() is not None:
            raise Conflict(_l("Votre compte a déjà une réponse à cette consultation."))
        row.account_id = account.id
        join_verbatims(session, row, account.id)
        return consultation.id
