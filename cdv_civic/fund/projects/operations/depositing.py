"""A project comes in: by its carrier, with an account or without; written by a relais for somebody who agreed."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import GivenConsent, record_consent
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.receiving import stored
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import NO_ROUND, held_fund, held_round, record_of_fund
from cdv_civic.fund.operations.moving import first_step
from cdv_civic.fund.projects.operations.checking import CHOOSE, CheckedProject, TypedProject, checked
from cdv_civic.fund.projects.operations.content import add_lines, add_quotes, named, placed
from cdv_civic.fund.projects.rules import DEPOSIT, RELAIS_CHANNELS, deposit_phases
from cdv_civic.fund.rules.admissibility import FundBreach
from cdv_civic.fund.rules.fund_rules import from_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import ENTER, touched_by_entering
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.public_names import is_minor
from cdv_civic.participation.rules.receipts import written

PUT: Final = "project.put"
#: What a relais agrees on with somebody (`accounts.consents.ASSISTED`).
CONSENT: Final = "project"


class RoundClosed(Conflict):
    """The round takes no project at the moment."""

    def __init__(self) -> None:
        super().__init__(
            _l("Cet appel à projets ne reçoit plus rien. Gardez vos mots\u00a0: ils sont encore là.")
        )


@dataclass(frozen=True)
class DepositedProject:
    """What the person gets in return. The receipt is nowhere else but in their hands."""

    project_id: int
    number: int
    receipt: str
    #: What the desk will look at, and is told at once.
    later: frozenset[FundBreach]


@dataclass(frozen=True)
class _Way:
    """Whose project it is, by which way it came, and who typed it in."""

    author: SignedIn | None = None
    scribe: Actor | None = None
    channel: str = Channel.ONLINE.value
    consent: GivenConsent | None = None
    #: Who has a draft of the form, and which.
    drafter: Actor | None = None
    draft: SentDraft | None = None


def deposit(
    typed: TypedProject,
    author: SignedIn | None = None,
    *,
    at: datetime | None = None,
    drafter: SignedIn | None = None,
    draft: SentDraft | None = None,
) -> DepositedProject:
    """Take a project, with an account or without; the same form again takes nothing more, and gives its receipt again.

    `at`: when the request came in (None: now), which decides whether the round is open. `drafter`: whose `draft` goes
    with the form, also where the project is not linked to the account. Raises `RoundClosed`, `NotFound`, `DomainError`.
    """
    require(author, PUT)
    if author is not None:
        require(author, "part.take")
    return _once(typed, _Way(author, drafter=drafter, draft=draft), at or clock.now())


def assist(
    actor: Actor, typed: TypedProject, channel: str, consent: GivenConsent, *, at: datetime | None = None
) -> DepositedProject:
    """Write the project of somebody who agreed; a contact may be missing, for the receipt says all.

    Raises `Forbidden`, `RoundClosed`, `NotFound`, `DomainError`.
    """
    if channel not in [each.value for each in RELAIS_CHANNELS]:
        raise DomainError(CHOOSE, field="channel")
    return _once(typed, _Way(scribe=actor, channel=channel, consent=consent), at or clock.now())


def _once(typed: TypedProject, way: _Way, at: datetime) -> DepositedProject:
    try:
        return _deposit(typed, way, at)
    except IntegrityError:
        # The same form, sent at the same moment, was faster.
        return _deposit(typed, way, at)


def require_published(fund: Fund, fund_round: FundRound) -> None:
    """Raise `NotFound` where nobody sees the round: the same as `queries.rounds.round_is_public` says of rows."""
    if fund.published_at is None or fund.withdrawn_at is not None or fund_round.published_at is None:
        raise NotFound(NO_ROUND)


def _require_open(fund_round: FundRound, at: datetime) -> None:
    phases = deposit_phases(fund_round.opens_at, fund_round.closes_at)
    if fund_round.closed_at is not None or not phases.allows(DEPOSIT, at):
        raise RoundClosed


def fund_of_round(session: Session, round_id: int) -> int:
    """The fund of a round; raises `NotFound`. 1 statement."""
    found = session.execute(select(FundRound.fund_id).where(FundRound.id == round_id)).scalar()
    if found is None:
        raise NotFound(NO_ROUND)
    return found


def _deposit(typed: TypedProject, way: _Way, at: datetime) -> DepositedProject:
    author, scribe = way.author, way.scribe
    raw = bound_key(read_key(typed.client_key), typed.round_id, typed.title, typed.words)
    key, code = stored_key(raw), receipt_for(raw)
    uploads = [*([typed.photo] if typed.photo else []), *(upload for upload, _name in typed.quotes)]
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(*uploads)) if uploads else None
        session = kept.enter_context(transaction())
        fund = held_fund(session, fund_of_round(session, typed.round_id), shared=True)
        fund_round = held_round(session, typed.round_id)
        if scribe is not None:
            require(scribe, ENTER, touched_by_entering(session, fund, fund.id))
        require_published(fund, fund_round)
        known = session.execute(
            select(FundProject.id, FundProject.number).where(FundProject.client_key == key)
        ).one_or_none()
        if known is not None:
            return DepositedProject(known.id, known.number, written(code), frozenset())
        _require_open(fund_round, at)
        said = checked(
            typed,
            from_data(fund_round.rules),
            choice_on=fund_round.choice_on,
            contact_asked=scribe is None,
            minor=is_minor(author.minor if author else None),
        )
        places = placed(session, fund, fund_round, typed)
        project = _new(session, fund_round, typed, way, said)
        for name, value in places.items():
            setattr(project, name, value)
        project.submitted_at, project.state_on = at, at.astimezone(clock.zone()).date()
        project.client_key, project.receipt_hash = key, receipt_hash(code)
        files = rows_of(session) if rows_of else []
        if typed.photo is not None:
            project.photo_id = files[0].id
        session.add(project)
        session.flush()
        first_step(session, project, scribe.actor_id if scribe is not None else None)
        add_lines(session, project.id, said)
        quotes = files[1:] if typed.photo is not None else files
        add_quotes(session, project.id, quotes, [name for _upload, name in typed.quotes])
        if scribe is not None:
            after = {"channel": way.channel, "number": project.number}
            record_of_fund(session, scribe, fund, ENTER, "fund_project", project.id, after)
        if way.drafter is not None:
            forget_sent(session, way.drafter, way.draft)
        return DepositedProject(project.id, project.number, written(code), said.later)


def _new(
    session: Session, fund_round: FundRound, typed: TypedProject, way: _Way, said: CheckedProject
) -> FundProject:
    """The row of a project; its round is held, so that its number is nobody else's."""
    languages = current_settings().languages
    last = session.execute(
        select(func.max(FundProject.number)).where(FundProject.round_id == fund_round.id)
    ).scalar()
    consent_id = None
    if way.consent is not None and way.scribe is not None:
        given = way.consent
        consent_id = record_consent(session, way.scribe, CONSENT, given.form, given.language).id
    columns = named(session, said.columns)
    if columns["contact_language"] not in languages:
        columns = {**columns, "contact_language": languages[0]}
    return FundProject(
        **columns,
        fund_id=fund_round.fund_id,
        round_id=fund_round.id,
        number=(last or 0) + 1,
        personal=fund_round.personal,
        lang=typed.lang if typed.lang in SPOKEN else None,
        contact_kind=said.contact[0] if said.contact else None,
        contact=said.contact[1] if said.contact else None,
        granted_cents=0,
        returned_cents=0,
        decision_reference="",
        photo_id=None,
        state=ProjectState.SUBMITTED.value,
        service="",
        return_by=None,
        review_due_on=None,
        reminded_on=None,
        frozen_at=None,
        channel=way.channel,
        author_id=way.author.actor_id if way.author else None,
        entered_by=way.scribe.actor_id if way.scribe else None,
        relayed=consent_id is not None,
        consent_id=consent_id,
        version=1,
    )
