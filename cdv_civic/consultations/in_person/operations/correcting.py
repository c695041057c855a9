"""What was entered in person, put right or taken out: by whoever entered it or the organiser, while answers come in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.in_person.operations.entering import (
    HeardAnswer,
    check_channel,
    check_size,
    entering,
    note_entered,
    refuse_faults,
    said_on,
)
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.keeping import NewAnswer, check_quartier, forget_answer, replace_given
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.questions import Speaker, kept, same_answers
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core import ledger
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.participation.rules.channels import Channel


class EnteredByAnother(Forbidden):
    """Somebody else entered it."""

    def __init__(self) -> None:
        super().__init__(
            _l("Une autre personne a noté cela\u00a0: elle seule, ou l’organisateur, peut le corriger.")
        )


class TakenOver(Conflict):
    """An answer that was written for somebody, who has it in their own hands since."""

    def __init__(self) -> None:
        super().__init__(
            _l("La personne tient maintenant cette réponse elle-même\u00a0: elle seule peut la changer.")
        )


def may_correct(session: Session, actor: Actor, row: Consultation, entered_by: int | None) -> bool:
    """Whether somebody may change what was entered: they did it, or read all words of the consultation."""
    own = entered_by is not None and entered_by == actor.actor_id
    return own or may(actor, "consultation.words", touched_consultation(session, row))


def require_entered(session: Session, actor: Actor, row: Consultation, entered_by: int | None) -> None:
    """Raise `EnteredByAnother` unless `may_correct`."""
    if not may_correct(session, actor, row, entered_by):
        raise EnteredByAnother


def require_correctable(
    session: Session, actor: Actor, row: Consultation, answer: ConsultationAnswer
) -> None:
    """Raise `EnteredByAnother`, or `TakenOver` where whoever it was written for changed or joined the answer since."""
    if answer.relayed and (answer.entered_by is None or answer.account_id is not None):
        raise TakenOver
    require_entered(session, actor, row, answer.entered_by)


def correct_group(actor: Actor, answer_id: int, heard: HeardAnswer, people: int, *, version: int) -> None:
    """Put what a group says in place of what was entered; the same again changes nothing.

    Raises `NotFound`, `Forbidden`, `NothingChanges`, `ChangedMeanwhile`, `DomainError`.
    """
    _correct(actor, answer_id, heard, version, speaker=Speaker.GROUP, people=people)


def correct_street(
    actor: Actor, answer_id: int, heard: HeardAnswer, channel: Channel, *, version: int
) -> None:
    """Put what somebody said to a relais in place of what was entered; their receipt and their consent stay.

    Raises `NotFound`, `Forbidden`, `NothingChanges`, `TakenOver`, `ChangedMeanwhile`, `DomainError`.
    """
    check_channel(channel)
    _correct(actor, answer_id, heard, version, speaker=Speaker.PERSON, channel=channel)


def _correct(
    actor: Actor,
    answer_id: int,
    heard: HeardAnswer,
    version: int,
    *,
    speaker: Speaker,
    people: int | None = None,
    channel: Channel = Channel.GROUP,
) -> None:
    with entering(actor, heard.consultation_id, again=True) as (session, row, questions):
        answer = _locked(session, row, answer_id)
        if answer.speaker != speaker.value:
            raise _gone()
        require_correctable(session, actor, row, answer)
        if people is not None:
            check_size(people)
        refuse_faults(questions, heard.answers)
        check_quartier(session, row.id, heard.quartier_id)
        day = answer.received_on if heard.said_on is None else said_on(heard.said_on, row)
        held = (answer.people, answer.channel, answer.received_on, answer.quartier_id)
        if held == (people, channel.value, day, heard.quartier_id) and same_answers(
            given_of(answer.id), kept(questions, heard.answers)
        ):
            return
        if answer.version != version:
            raise ChangedMeanwhile
        before = _noted(answer)
        new = NewAnswer(row.id, heard.answers, "", heard.lang, quartier_id=heard.quartier_id)
        replace_given(session, questions, answer, new)
        answer.people, answer.channel, answer.received_on = people, channel.value, day
        note_entered(session, actor, row, before=before, after=_noted(answer))


def remove_heard(actor: Actor, consultation_id: int, answer_id: int, *, version: int) -> None:
    """Delete what a group said, or what was written for somebody, with their consent and their receipt.

    Raises `NotFound`, `Forbidden`, `NothingChanges`, `TakenOver`, `ChangedMeanwhile`.
    """
    with entering(actor, consultation_id, again=True) as (session, row, _questions):
        answer = _locked(session, row, answer_id)
        require_correctable(session, actor, row, answer)
        if answer.version != version:
            raise ChangedMeanwhile
        ledger.note(session, "consultation.sheet", answer.id, born=answer.client_key)
        before = _noted(answer)
        forget_answer(session, answer)
        note_entered(session, actor, row, before=before)


def _noted(answer: ConsultationAnswer) -> dict[str, object]:
    """What the trail says of an answer: the size of a group, nothing of a person."""
    return {"group": answer.people} if answer.speaker == Speaker.GROUP.value else {"assisted": 1}


def _locked(session: Session, row: Consultation, answer_id: int) -> ConsultationAnswer:
    answer = session.execute(
        select(ConsultationAnswer)
        .where(
            ConsultationAnswer.id == answer_id,
            ConsultationAnswer.consultation_id == row.id,
            (ConsultationAnswer.speaker == Speaker.GROUP.value) | ConsultationAnswer.relayed,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if answer is None:
        raise _gone()
    return answer


def _gone() -> NotFound:
    return NotFound(_l("Cette réponse n’est plus ici."))
