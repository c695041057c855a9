"""Entering what somebody says to a relais in the street, and what a group says with one voice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import record_consent
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.keeping import KeptAnswer, NewAnswer, check_quartier, keep_answer
from cdv_civic.consultations.operations.locking import NotOpen, calendar_of, hold_alone, hold_shared
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.rules.calendar import ENTER
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import Answers, QuestionRule, Speaker, faults
from cdv_civic.consultations.scopes import contract_slug, touched_by_answers
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.participation.rules.channels import Channel

#: Where a relais stands when somebody answers: somebody else types, so that no proof of the person is asked.
STREET: Final = (
    Channel.STREET,
    Channel.MARKET,
    Channel.SCHOOL_GATE,
    Channel.DOOR,
    Channel.HOME,
    Channel.PERMANENCE,
    Channel.TELEPHONE,
)
#: A group is larger than a table and smaller than a town.
LARGEST_GROUP: Final = 500


@dataclass(frozen=True)
class HeardAnswer:
    """What was answered, as whoever was there typed it."""

    consultation_id: int
    answers: Answers
    client_key: str
    lang: str
    quartier_id: int | None = None
    #: The day it was said; None: today.
    said_on: date | None = None


class NothingChanges(Conflict):
    """What was entered stays as it is: the consultation takes no answers in."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Cette consultation ne reçoit pas de réponses en ce moment\u00a0: ce qui est noté ne change pas. "
                "Après la fermeture, ce sont les résultats que l’on corrige."
            )
        )


@contextmanager
def entering(
    actor: Actor, consultation_id: int, *, alone: bool = False, again: bool = False
) -> Iterator[tuple[Session, Consultation, Sequence[QuestionRule]]]:
    """A transaction in which answers given in person may be entered: the consultation is held, and still takes them.

    `alone`: nobody else enters or answers meanwhile, so that of two equal forms at once the second finds what the first
    made. `again`: something that was entered is changed. Raises `NotFound`, `Forbidden`, `NotOpen` (`NothingChanges`).
    """
    at = clock.now()
    with transaction() as session:
        row = (hold_alone if alone else hold_shared)(session, consultation_id)
        require(actor, "consultation.enter", touched_by_answers(session, row))
        calendar = calendar_of(row)
        if not calendar.allows(ENTER, at):
            raise NothingChanges if again else NotOpen(calendar.stage_at(at))
        yield session, row, definition_of(row.id, SOURCE_LANGUAGE).rules


def note_entered(
    session: Session,
    actor: Actor,
    row: Consultation,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Say on the trail of the contract what somebody entered or took out: numbers, nobody's words."""
    record(
        session,
        actor,
        "consultation.enter",
        "consultation",
        row.id,
        scope=contract_slug(session, row.contract_id),
        before=before,
        after=after,
    )


def refuse_faults(questions: Sequence[QuestionRule], answers: Answers) -> None:
    """Raise `DomainError` where an answer is not one of the questions: the form says which beforehand."""
    if faults(questions, answers):
        raise DomainError(_l("Une réponse ne va pas. Relisez les questions marquées."))


def said_on(day: date | None, row: Consultation) -> date:
    """The day on which something was said; raises `DomainError` for one to come, or before the consultation opened."""
    today = clock.today()
    if day is None:
        return today
    if day > today:
        raise DomainError(_l("Cette date est dans le futur : corrigez-la."), field="said_on")
    if row.opens_at is not None and day < row.opens_at.astimezone(clock.zone()).date():
        raise DomainError(
            _l("Ce jour-là, la consultation n’était pas encore ouverte\u00a0: corrigez la date."),
            field="said_on",
        )
    return day


def check_channel(channel: Channel) -> None:
    """Raise `DomainError` for a way by which nobody is met in person."""
    if channel not in STREET:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="channel")


def check_size(people: int) -> None:
    """Raise `DomainError` for a number that is no group’s."""
    if not 2 <= people <= LARGEST_GROUP:
        raise DomainError(
            _l("Un groupe compte de 2 à %(most)s personnes.", most=LARGEST_GROUP), field="people"
        )


def assist(actor: Actor, heard: HeardAnswer, channel: Channel, *, form: str, read_in: str) -> KeptAnswer:
    """Write the answer of somebody who agreed, in the street, at the door or on the telephone.

    `form`: how they agreed; `read_in`: the language it was read in. Of the person nothing is kept but the answer.
    Raises `Forbidden`, `NotFound`, `NotOpen`, `DomainError`.
    """
    with entering(actor, heard.consultation_id) as (session, row, questions):
        check_channel(channel)
        refuse_faults(questions, heard.answers)
        check_quartier(session, row.id, heard.quartier_id)
        consent = record_consent(session, actor, "answer", form, read_in)
        kept = keep_answer(
            session,
            questions,
            NewAnswer(
                heard.consultation_id,
                heard.answers,
                heard.client_key,
                heard.lang,
                channel=channel,
                evidence=AnswerEvidence.WITNESSED,
                quartier_id=heard.quartier_id,
                entered_by=actor.actor_id,
                consent_id=consent.id,
                received_on=said_on(heard.said_on, row),
            ),
        )
        if kept.again:
            session.delete(consent)  # the form came twice: its first consent stands
        else:
            note_entered(session, actor, row, after={"assisted": 1})
        return kept


def enter_group(actor: Actor, heard: HeardAnswer, people: int) -> KeptAnswer:
    """Write what a group says with one voice (a class, a council of children), with how many they are.

    Raises `Forbidden`, `NotFound`, `NotOpen`, `DomainError`.
    """
    with entering(actor, heard.consultation_id) as (session, row, questions):
        check_size(people)
        refuse_faults(questions, heard.answers)
        check_quartier(session, row.id, heard.quartier_id)
        kept = keep_answer(
            session,
            questions,
            NewAnswer(
                heard.consultation_id,
                heard.answers,
                heard.client_key,
                heard.lang,
                speaker=Speaker.GROUP,
                people=people,
                channel=Channel.GROUP,
                evidence=AnswerEvidence.WITNESSED,
                quartier_id=heard.quartier_id,
                entered_by=actor.actor_id,
                received_on=said_on(heard.said_on, row),
                receipted=False,
            ),
        )
        if not kept.again:
            note_entered(session, actor, row, after={"group": people})
        return kept
