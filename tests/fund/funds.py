"""Funds, rounds and projects for tests, made straight in the database: only what a test does not name is invented."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryMember, ProjectOpinion
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectStep
from cdv_civic.fund.operations.locking import held_project, held_round
from cdv_civic.fund.operations.moving import freeze
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind, ChoiceMode, FundRules, as_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Contract
from tests import factories as make

_numbers = count(1)
#: Rules of which nothing is left open.
RULES: Final = FundRules(
    carriers=frozenset(CarrierKind), largest=AmountLimit(1500_00), choice=ChoiceMode.JURY
)


def _key() -> str:
    return f"une-clef-de-fonds-{next(_numbers):08}"


def make_fund(contract: Contract | None = None, name: str = "Fonds des habitants", **values: Any) -> Fund:
    """A fund that everybody sees."""
    contract = contract or make.make_contract()
    with transaction() as session:
        fund_id = reserve_ids(session, Fund)[0]
        texts = {
            field: write_original(session, text, TextOwner("fund", fund_id, field, contract.id)).id
            for field, text in (("name", name), ("words", "De l’argent pour vos idées."))
        }
        fund = Fund(
            **{
                "id": fund_id,
                "slug": f"fonds-{next(_numbers)}",
                "contract_id": contract.id,
                "name_id": texts["name"],
                "words_id": texts["words"],
                "part_of": "",
                "payer": "Ville d’exemple",
                "rules": as_data(RULES),
                "published_at": clock.now(),
                "created_at": clock.now(),
                "client_key": _key(),
                "version": 1,
                **values,
            }
        )
        session.add(fund)
    return fund


def make_envelope(fund: Fund, cents: int = 10_000_00, **values: Any) -> FundEnvelope:
    """The money of this year."""
    with transaction() as session:
        envelope = FundEnvelope(
            **{
                "fund_id": fund.id,
                "year": clock.today().year,
                "scope": "whole",
                "cents": cents,
                "client_key": _key(),
                "version": 1,
                **values,
            }
        )
        session.add(envelope)
    return envelope


def make_round(
    fund: Fund, title: str = "Appel de l’automne", rules: FundRules = RULES, **values: Any
) -> FundRound:
    """A round that takes projects since yesterday, for 30 days."""
    with transaction() as session:
        round_id = reserve_ids(session, FundRound)[0]
        owner = TextOwner("fund_round", round_id, "title", fund.contract_id)
        row = FundRound(
            **{
                "id": round_id,
                "slug": f"appel-{next(_numbers)}",
                "fund_id": fund.id,
                "title_id": write_original(session, title, owner).id,
                "year": clock.today().year,
                "rules": as_data(rules),
                "opinion_asked": rules.opinion_asked,
                "personal": rules.person is not None,
                "opens_at": clock.now() - timedelta(days=1),
                "closes_at": clock.now() + timedelta(days=30),
                "published_at": clock.now(),
                "created_at": clock.now(),
                "client_key": _key(),
                "version": 1,
                **values,
            }
        )
        session.add(row)
    return row


def make_project(
    fund_round: FundRound,
    state: ProjectState = ProjectState.SUBMITTED,
    envelope: FundEnvelope | None = None,
    title: str = "Un goûter au pied des tours",
    **values: Any,
) -> FundProject:
    """A project of a group of residents that asks 500 euros of 600, in one step of its way."""
    with transaction() as session:
        number = next(_numbers)
        project = FundProject(
            **{
                "fund_id": fund_round.fund_id,
                "round_id": fund_round.id,
                "envelope_id": envelope.id if envelope is not None else None,
                "number": number,
                "personal": fund_round.personal,
                "title": title,
                "summary": "Un après-midi pour se rencontrer.",
                "words": "Un goûter, des jeux, de la musique.",
                "for_whom": "Les familles",
                "place": "La place du marché",
                "when_text": "En juin",
                "purposes": [],
                "in_programme": False,
                "transport": False,
                "counterpart": "",
                "carrier_kind": CarrierKind.RESIDENTS.value,
                "carrier_name": "",
                "contact_name": "Personne d’exemple",
                "contact_language": "fr",
                "minor": False,
                "accompanist": "",
                "asked_cents": 500_00,
                "own_cents": 100_00,
                "cost_cents": 600_00,
                "decision_reference": "",
                "state": state.value,
                "state_on": clock.today(),
                "service": "",
                "channel": "en_ligne",
                "submitted_at": clock.now(),
                "relayed": False,
                "client_key": _key(),
                "receipt_hash": f"recu-{number}",
                "version": 1,
                **values,
            }
        )
        session.add(project)
        session.flush()
        session.add(
            ProjectStep(
                project_id=project.id,
                position=1,
                state=ProjectState.SUBMITTED.value,
                on_day=project.state_on,
                entered_at=clock.now(),
            )
        )
        session.add(
            ProjectCost(project_id=project.id, position=1, label="Le goûter", cents=project.cost_cents)
        )
    return project


def freeze_project(project: FundProject) -> None:
    """As the first opinion or mark does."""
    with transaction() as session:
        freeze(session, held_round(session, project.round_id), held_project(session, project.id))


def make_opinion(project: FundProject, body_id: int, stance: str = "for") -> ProjectOpinion:
    """The opinion of a body; the project and its round are frozen."""
    freeze_project(project)
    with transaction() as session:
        opinion_id = reserve_ids(session, ProjectOpinion)[0]
        contract_id = session.execute(select(Fund.contract_id).where(Fund.id == project.fund_id)).scalar_one()
        owner = TextOwner("fund_project_opinion", opinion_id, "reasons", contract_id)
        opinion = ProjectOpinion(
            id=opinion_id,
            project_id=project.id,
            body_id=body_id,
            stance=stance,
            reasons_id=write_original(session, "Ce projet réunit les familles.", owner).id,
            given_on=clock.today(),
            aside=0,
            entered_at=clock.now(),
            client_key=_key(),
            version=1,
        )
        session.add(opinion)
    return opinion


def make_member(fund: Fund, name: str = "Membre d’exemple", **values: Any) -> JuryMember:
    """Somebody who sits in the commission of a fund."""
    with transaction() as session:
        member = JuryMember(
            **{
                "fund_id": fund.id,
                "name": name,
                "side": "resident",
                "represents": "",
                "since_on": clock.today(),
                "client_key": _key(),
                "version": 1,
                **values,
            }
        )
        session.add(member)
    return member


@dataclass(frozen=True)
class Agenda:
    """A meeting of a commission with one project."""

    meeting: JuryMeeting
    item: JuryItem


def make_meeting(project: FundProject, method: str = "marks", **values: Any) -> Agenda:
    """A meeting of today with a project on its agenda."""
    with transaction() as session:
        meeting = JuryMeeting(
            **{
                "fund_id": project.fund_id,
                "round_id": project.round_id,
                "starts_at": clock.now(),
                "place": "Maison du projet",
                "method": method,
                "created_at": clock.now(),
                "client_key": _key(),
                "version": 1,
                **values,
            }
        )
        session.add(meeting)
        session.flush()
        item = JuryItem(
            round_id=project.round_id,
            meeting_id=meeting.id,
            project_id=project.id,
            position=1,
            heard=False,
            version=1,
        )
        session.add(item)
    return Agenda(meeting, item)


def make_mark(agenda: Agenda, member: JuryMember, mark: int = 12) -> JuryMark:
    """What a member thinks a project is worth."""
    with transaction() as session:
        given = JuryMark(item_id=agenda.item.id, member_id=member.id, mark=mark)
        session.add(given)
    return given
