"""Who is told: those who answered with an account, once; those who make a consultation, before its answer is due. Jobs.

Followers learn of an answer by their digest, at the rhythm that they chose. Whoever answered with an account and does
not follow the consultation gets one mail, which they may refuse. Accounts are taken in the order of their ids, and each
step says up to which it came, in the transaction of its mails: cut off or run again, nobody is told twice.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.consultations.models import Consultation, ConsultationAnswer, consultation_quartier
from cdv_civic.consultations.operations.reminders import CONSULTATION
from cdv_civic.consultations.public.queries.places import TitledConsultation, titled
from cdv_civic.consultations.restitution.letters import due_letter, reply_letter
from cdv_civic.consultations.restitution.models import AnswerReminder, Restitution
from cdv_civic.consultations.restitution.rules import REMINDED, reminder_of
from cdv_civic.consultations.restitution.topics import DUE, REPLIES
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.core import background, clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import ScopeKind
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.follows.models import Follow, NewsChoice
from cdv_civic.notices.follows.rules import NewsChannel
from cdv_civic.notices.letters import mail_language, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.territory.models import quartier_commune

#: How the ledger names those who were told; its code says up to which account, and whether these were all.
TOLD: Final = "restitution.told"
TOLD_ALL: Final = "all"
#: How it names a reminder of those who make a consultation.
REMINDER: Final = "restitution.reminded"
#: Accounts that one step writes to.
BATCH: Final = 200


def _to_tell() -> ColumnElement[bool]:
    return and_(
        Restitution.published_at.is_not(None),
        Restitution.told_at.is_(None),
        Consultation.withdrawn_at.is_(None),
    )


def replies_to_tell() -> bool:
    """Whether an answer is published of which not everybody was told. 1 statement."""
    if not current_settings().mails:
        return False
    statement = (
        select(Restitution.consultation_id)
        .join(Consultation, Consultation.id == Restitution.consultation_id)
        .where(_to_tell())
        .limit(1)
    )
    return db.session.execute(statement).first() is not None


def tell_who_answered() -> int:
    """Write to whoever answered with an account; how many mails. May be run again, or cut off."""
    if not current_settings().mails:
        return 0
    return background.one_by_one("telling of the answer to consultation", _waiting(), _tell_all)


def _tell_all(consultation_id: int) -> int:
    written, more = 0, True
    while more:
        with transaction() as session:
            count, more = _tell_some(session, consultation_id)
        written += count
        more = more and background.goes_on()
    return written


def _waiting() -> list[int]:
    statement = (
        select(Restitution.consultation_id)
        .join(Consultation, Consultation.id == Restitution.consultation_id)
        .where(_to_tell())
        .order_by(Restitution.published_at)
    )
    found = list(db.session.execute(statement).scalars())
    db.session.rollback()
    return found


def _tell_some(session: Session, consultation_id: int) -> tuple[int, bool]:
    """The next accounts of one; how many mails, and whether there are more."""
    row = session.execute(
        select(Restitution)
        .where(Restitution.consultation_id == consultation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if row.told_at is not None:
        return 0, False
    follows = exists().where(
        Follow.account_id == Account.id,
        Follow.kind == CONSULTATION,
        Follow.target_id == consultation_id,
        NewsChoice.channel != NewsChannel.NONE.value,
    )
    # Their language is kept nowhere but with the news that they chose.
    people = session.execute(
        select(Account.id, Account.email, NewsChoice.language)
        .join(ConsultationAnswer, ConsultationAnswer.account_id == Account.id)
        .outerjoin(NewsChoice, NewsChoice.account_id == Account.id)
        .where(
            ConsultationAnswer.consultation_id == consultation_id,
            ConsultationAnswer.evidence != AnswerEvidence.WITNESSED.value,
            Account.id > row.told_up_to,
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
            ~follows,
        )
        .order_by(Account.id)
        .limit(BATCH)
    ).all()
    contract_id = session.execute(
        select(Consultation.contract_id).where(Consultation.id == consultation_id)
    ).scalar_one()
    titles: dict[str, TitledConsultation | None] = {}
    written = 0
    for person in people:
        tag = mail_language(person.language or current_settings().default_language)
        if tag not in titles:
            titles[tag] = titled([consultation_id], tag).get(consultation_id)
        written += _write_reply(session, person.email, tag, titles[tag], contract_id)
        row.told_up_to = person.id
    if len(people) < BATCH:
        row.told_at = clock.now()
    if row.published_at is not None:
        code = f"{row.told_up_to} {TOLD_ALL}" if row.told_at is not None else str(row.told_up_to)
        ledger.note(session, TOLD, consultation_id, born=row.published_at, code=code)
    return written, len(people) == BATCH


def _write_reply(
    session: Session, address: str, tag: str, each: TitledConsultation | None, contract_id: int
) -> int:
    if each is None:
        return 0
    with written_in(tag):
        letter = reply_letter(each.title, each.slug, tag)
        notice = write_mail(session, address, tag, letter, topic=REPLIES, contract_id=contract_id)
    return 1 if notice is not None else 0


def _due() -> list[tuple[int, int]]:
    """Consultations whose answer is due soon and of which nobody was reminded yet: id, days before; 2 statements."""
    today = clock.today()
    rows = db.session.execute(
        select(Consultation.id, Consultation.answer_due_on).where(
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
            Consultation.answered_at.is_(None),
            Consultation.closes_at <= clock.now(),
            Consultation.answer_due_on >= today,
            Consultation.answer_due_on <= today + timedelta(days=max(REMINDED)),
        )
    ).all()
    sent = {
        tuple(row)
        for row in db.session.execute(
            select(AnswerReminder.consultation_id, AnswerReminder.due_on, AnswerReminder.days_before).where(
                AnswerReminder.consultation_id.in_([row.id for row in rows])
            )
        )
    }
    return [
        (row.id, days)
        for row in rows
        for days in [reminder_of(row.answer_due_on, today)]
        if days is not None and (row.id, row.answer_due_on, days) not in sent
    ]


def reminders_due() -> bool:
    """Whether somebody is to be reminded that an answer is due. 2 statements."""
    return current_settings().mails and bool(_due())


def remind_of_answers() -> int:
    """Remind those who make a consultation 14 and 3 days before its answer is due; how many mails. May be run again."""
    if not current_settings().mails:
        return 0
    due = dict(_due())
    db.session.rollback()
    return background.one_by_one(
        "reminding of the answer to consultation", due, lambda number: _remind(number, due[number])
    )


def _remind(consultation_id: int, days: int) -> int:
    with transaction() as session:
        row = session.execute(
            select(Consultation)
            .where(Consultation.id == consultation_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar_one()
        due_on = row.answer_due_on
        if row.answered_at is not None or row.withdrawn_at is not None or due_on is None:
            return 0
        key = (consultation_id, due_on, days)
        if reminder_of(due_on, clock.today()) != days or session.get(AnswerReminder, key) is not None:
            return 0
        session.add(
            AnswerReminder(
                consultation_id=consultation_id, due_on=due_on, days_before=days, sent_at=clock.now()
            )
        )
        if row.published_at is not None:
            about = f"{consultation_id}:{due_on.isoformat()}:{days}"
            ledger.note(session, REMINDER, about, born=row.published_at)
        tag = current_settings().default_language
        each = titled([consultation_id], tag)[consultation_id]
        left = (due_on - clock.today()).days
        written = 0
        for address in makers_of(session, row):
            with written_in(tag):
                letter = due_letter(each.title, each.slug, due_on, left, tag)
                sent = write_mail(
                    session,
                    address,
                    tag,
                    letter,
                    topic=DUE,
                    contract_id=row.contract_id,
                    about=f"{CONSULTATION}:{consultation_id}:due",
                )
            written += sent is not None
        return written


def _scopes(row: Consultation) -> Iterator[ColumnElement[bool]]:
    """The roles that reach a consultation first: of its body, of its commune, else of its contract or its places."""
    if row.body_id is not None:
        yield RoleGrant.body_id == row.body_id
    elif row.commune_id is not None:
        yield RoleGrant.commune_id == row.commune_id
    else:
        places = select(quartier_commune.c.commune_id).join(
            consultation_quartier, consultation_quartier.c.quartier_id == quartier_commune.c.quartier_id
        )
        yield RoleGrant.contract_id == row.contract_id
        yield RoleGrant.commune_id.in_(places.where(consultation_quartier.c.consultation_id == row.id))


def makers_of(session: Session, row: Consultation) -> list[str]:
    """The addresses of those who make a consultation; where nobody does, of its contract's, then of the site's.

    3 statements at most.
    """
    roles = [role.value for role in ACTIONS["consultation.edit"].roles]
    for scopes in (
        list(_scopes(row)),
        [RoleGrant.contract_id == row.contract_id],
        [RoleGrant.scope_kind == ScopeKind.SITE.value],
    ):
        found = session.execute(
            select(Account.email)
            .join(RoleGrant, RoleGrant.account_id == Account.id)
            .where(
                RoleGrant.role.in_(roles),
                or_(*scopes),
                in_force(clock.now()),
                Account.email.is_not(None),
                Account.disabled_at.is_(None),
            )
            .distinct()
            .order_by(Account.email)
        ).scalars()
        addresses = [address for address in found if address]
        if addresses:
            return addresses
    return []
