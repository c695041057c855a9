"""What a meeting decides of a project: entered at the meeting, corrected as often as needed until it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext as _ln
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.fund.juries.operations.linking import clear_outcome, note_what_follows
from cdv_civic.fund.juries.operations.locking import fund_of_meeting, held_item, item_place, open_meeting
from cdv_civic.fund.linked import carries, links_of_projects
from cdv_civic.fund.models.choosing import (
    JuryItem,
    JuryMeeting,
    JuryMember,
    JuryPresence,
    ProjectOpinion,
)
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.granting import EnvelopeEmpty
from cdv_civic.fund.operations.locking import NO_ENVELOPE, held_project, record_of_fund
from cdv_civic.fund.operations.moving import LONGEST_REASON, StateGone
from cdv_civic.fund.rules.juries import (
    JuryMethod,
    JuryOutcome,
    members_aside,
    show_of_hands,
    taking_part,
)
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import EDIT

_NO_TEXTS: Final[Mapping[str, str]] = {}
NO_OPINION: Final = _l(
    "Les règles demandent l’avis d’un groupe avant la décision, et il n’est pas encore là. "
    "Laissez ce projet pour une autre réunion."
)
LINKED: Final = _l("Vous êtes lié à ce projet\u00a0: une autre personne entre cette décision.")


@dataclass(frozen=True)
class ItemDecision:
    """What was decided of a project; texts are by language tag."""

    heard: bool = False
    #: By a show of hands.
    yes: int | None = None
    no: int | None = None
    #: By marks: whether the commission selects it, the mean being its advice.
    selected: bool | None = None
    cents: int | None = None
    envelope_id: int | None = None
    reason: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def decide(actor: Actor, item_id: int, said: ItemDecision, *, version: int) -> JuryOutcome:
    """Enter what was decided of a project, or correct it: nobody else is told before the meeting is closed.

    Without a quorum, or at a tie, the project stays in choice, whatever else was typed. Raises `NotFound`, `Forbidden`,
    `Conflict`, `DomainError` with the fields of the form.
    """
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        project = held_project(session, place.project_id)
        meeting = open_meeting(session, place.meeting_id)
        item = held_item(session, item_id, version)
        _require_decidable(session, actor, project)
        note_what_follows(session, fund.id, [project.id])
        links = links_of_projects(session, fund.id, FundProject.id == project.id)
        there = session.execute(
            select(JuryPresence.member_id).where(JuryPresence.meeting_id == meeting.id)
        ).scalars()
        present = frozenset(there)
        part = len(taking_part(present, links, project.id))
        outcome = _outcome(meeting, said, part)
        with Refusals() as refused:
            reasons = {
                name: refused.unless(_put, session, actor, fund, item, name, texts)
                for name, texts in (("reason", said.reason), ("elsewhere", said.elsewhere))
            }
            if outcome is JuryOutcome.SELECTED:
                refused.unless(_check_money, session, fund, project, item, said)
            if outcome is JuryOutcome.NOT_SELECTED and not said.reason.get(SOURCE_LANGUAGE, "").strip():
                refused.add(
                    DomainError(
                        _l("Écrivez pourquoi, en français\u00a0: la personne lira ces mots."),
                        field="reason_fr",
                    )
                )
        selected = outcome is JuryOutcome.SELECTED
        before = item.reason_id, item.elsewhere_id
        item.heard = said.heard
        item.yes, item.no = (said.yes, said.no) if meeting.method == JuryMethod.HANDS.value else (None, None)
        item.taking_part, item.aside = part, len(present & members_aside(links, project.id))
        item.outcome = outcome.value
        item.amount_cents = said.cents if selected else None
        item.envelope_id = said.envelope_id if selected else None
        item.reason_id, item.elsewhere_id = reasons["reason"], reasons["elsewhere"]
        item.version += 1
        session.flush()
        for old, new in zip(before, (item.reason_id, item.elsewhere_id), strict=True):
            if new is None:
                forget_text(session, old)
        record_of_fund(
            session,
            actor,
            fund,
            EDIT,
            "fund_jury_item",
            item.id,
            {"outcome": item.outcome, "cents": item.amount_cents},
        )
        return outcome


def undecide(actor: Actor, item_id: int, *, version: int) -> None:
    """Take back what was entered of a project: it is not decided. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        place = item_place(session, item_id)
        fund = fund_of_meeting(session, actor, place.meeting_id)
        if carries(session, actor.actor_id, place.project_id):
            raise Forbidden(LINKED)
        held_project(session, place.project_id)
        open_meeting(session, place.meeting_id)
        item = held_item(session, item_id, version)
        clear_outcome(item)
        record_of_fund(session, actor, fund, EDIT, "fund_jury_item", item_id, {"outcome": None})


def require_opinion(session: Session, project: FundProject) -> None:
    """Raise `Conflict` where the rules ask for an opinion that nobody has given. 1 statement."""
    asked = select(FundRound.id).where(FundRound.id == project.round_id, FundRound.opinion_asked)
    given = select(ProjectOpinion.id).where(ProjectOpinion.project_id == project.id)
    if session.execute(asked.where(~given.exists())).first() is not None:
        raise Conflict(NO_OPINION)


def is_linked(session: Session, account_id: int | None, project: FundProject) -> bool:
    """Whether somebody is linked to a project by their account: they carry it, or sit aside for it. 3 statements."""
    if carries(session, account_id, project.id):
        return True
    aside = members_aside(
        links_of_projects(session, project.fund_id, FundProject.id == project.id), project.id
    )
    own = select(JuryMember.id).where(JuryMember.id.in_(sorted(aside)), JuryMember.account_id == account_id)
    return bool(aside) and session.execute(own).first() is not None


def _require_decidable(session: Session, actor: Actor, project: FundProject) -> None:
    if is_linked(session, actor.actor_id, project):
        raise Forbidden(LINKED)
    if project.state != ProjectState.IN_CHOICE.value:
        raise StateGone
    require_opinion(session, project)


def _outcome(meeting: JuryMeeting, said: ItemDecision, part: int) -> JuryOutcome:
    if meeting.quorum is not None and part < meeting.quorum:
        return JuryOutcome.NO_QUORUM
    if meeting.method == JuryMethod.MARKS.value:
        if part == 0:
            return JuryOutcome.NO_QUORUM
        if said.selected is None:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="selected")
        return JuryOutcome.SELECTED if said.selected else JuryOutcome.NOT_SELECTED
    if said.yes is None or said.no is None:
        raise DomainError(
            _l("Comptez les mains\u00a0: écrivez un nombre, zéro si aucune."),
            field="yes" if said.yes is None else "no",
        )
    try:
        return show_of_hands(said.yes, said.no, taking_part=part, quorum=meeting.quorum)
    except ValueError:
        raise DomainError(
            _ln(
                "Il y a plus de mains que de membres\u00a0: %(num)s membre prend part à ce choix.",
                "Il y a plus de mains que de membres\u00a0: %(num)s membres prennent part à ce choix.",
                part,
            ),
            field="yes",
        ) from None


def _put(
    session: Session, actor: Actor, fund: Fund, item: JuryItem, name: str, texts: Mapping[str, str]
) -> int | None:
    owner = TextOwner("fund_jury_item", item.id, name, fund.contract_id)
    return put_text(session, getattr(item, f"{name}_id"), texts, name, LONGEST_REASON, owner, actor)


def _check_money(
    session: Session, fund: Fund, project: FundProject, item: JuryItem, said: ItemDecision
) -> None:
    """Raise `DomainError` where the amount cannot be granted, as far as is known now: closing looks again."""
    envelope = session.execute(
        select(FundEnvelope)
        .join(FundRound, FundRound.year == FundEnvelope.year)
        .where(
            FundEnvelope.id == said.envelope_id,
            FundEnvelope.fund_id == fund.id,
            FundRound.id == project.round_id,
        ),
        execution_options={"populate_existing": True},
    ).scalar()
    if envelope is None:
        raise DomainError(NO_ENVELOPE, field="envelope")
    if said.cents is None or not 0 < said.cents <= project.asked_cents:
        raise DomainError(
            _l("Écrivez un montant au-dessus de zéro, et au plus ce que le projet demande."), field="amount"
        )
    pending = session.execute(
        select(func.coalesce(func.sum(JuryItem.amount_cents), 0))
        .join(JuryMeeting, JuryMeeting.id == JuryItem.meeting_id)
        .where(JuryItem.envelope_id == envelope.id, JuryItem.id != item.id, JuryMeeting.closed_at.is_(None))
    ).scalar_one()
    left = envelope.cents - envelope.reserved_cents - int(pending or 0)
    if said.cents > left:
        raise EnvelopeEmpty(max(left, 0))
