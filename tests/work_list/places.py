"""A place where one of everything waits, for tests of what each person is told of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.work_sources import work_of
from cdv_civic.draws.models import Draw
from cdv_civic.fund.models.funds import fund_body
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.grouping import make_group
from cdv_civic.ideas.operations.objecting import object_to_group
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.bodies.bodies import announce
from tests.consultations.desk.preparing import make_correction
from tests.consultations.factories import make_consultation
from tests.draws.draws import make_published
from tests.fund import funds
from tests.fund.instruction.desk import completed_once
from tests.ideas.boxes import make_a_box, put_one
from tests.moderation.cases import declare, make_case
from tests.moderation.notes import make_appeal
from tests.voices.voices import BodyWithPeople, make_place, make_voice

#: Stands in all that residents and staff typed: no list of counts, and no mail, may hold it.
MARK = "MOTSECRET"


@dataclass(frozen=True)
class BusyPlace:
    """One of everything waits here."""

    people: BodyWithPeople
    state: SignedIn
    translator: SignedIn
    local: SignedIn


def make_busy_place(slug: str = "val") -> BusyPlace:
    place = make_place(slug, f"conseil-{slug}")
    contract = place.contract

    def person(role: Role, scope: Scope) -> SignedIn:
        return make.make_account(role=role.value, scope=scope)

    local = person(Role.ADMINISTRATOR, Scope(ScopeKind.CONTRACT, contract.id))
    make.make_commitment(contract, f"{MARK} à vérifier", state="a_verifier", quartiers=[place.quartier])
    make.make_commitment(
        contract,
        f"{MARK} en retard",
        state="en_cours",
        deadline_date=date(2026, 3, 1),
        holders=[place.town],
        quartiers=[place.quartier],
    )
    with transaction() as session:
        received, passed = make_voice(session, place.body), make_voice(session, place.body)
        session.execute(update(Voice).where(Voice.id.in_([received, passed])).values(words=f"{MARK} au parc"))
        session.execute(
            update(Voice)
            .where(Voice.id == passed)
            .values(state="transmis", transmitted_to_id=place.town.id, due_on=date(2026, 12, 1))
        )
    announce(place.moderator, place.body, date(2026, 11, 10), title={"fr": f"{MARK} du 10"})
    make_consultation(
        contract,
        quartiers=[place.quartier],
        stage="closed",
        title=f"{MARK} la rue",
        answer_due_on=clock.today() + timedelta(days=5),
    )
    draw = make_published(place.moderator, place.body)
    with transaction() as session:
        session.execute(update(Draw).where(Draw.id == draw).values(seed_day=date(2026, 11, 19)))
    make.make_notice(contract_id=contract.id, failed_at=clock.now(), last_error="451", subject=MARK)
    invited = make.make_account(role="member", scope=Scope(ScopeKind.BODY, place.body.id), name=MARK)
    with transaction() as session:
        grant = session.execute(
            select(RoleGrant).where(RoleGrant.account_id == invited.actor_id)
        ).scalar_one()
        grant.granted_by = place.moderator.actor_id
        grant.waits_until = grant.ends_at = clock.now() + timedelta(days=2)
    make_correction(make_consultation(contract, quartiers=[place.quartier], title=f"{MARK} au square"))
    declare()
    make_appeal(place.body, f"{MARK} contesté")
    box = make_a_box(place, title={"fr": "La place"}, answer_days=30)
    late = put_one(box, f"{MARK} bancs")
    put_one(box, f"{MARK} fontaine")
    make_group(box.moderator, box.id, {"fr": f"{MARK} assis"}, {}, [late.idea_id], client_key=new_key())
    object_to_group(read_receipt(late.receipt), f"{MARK} pas ce groupe.")
    with transaction() as session:
        session.execute(update(Idea).where(Idea.id == late.idea_id).values(received_on=date(2026, 10, 1)))
    make_projects(place)
    for body_id in (place.body.id, None):
        make_case(contract.id, body_id)
    make_waiting_projects(place)
    return BusyPlace(
        place,
        person(Role.STATE, Scope(ScopeKind.CONTRACT, contract.id)),
        person(Role.TRANSLATOR, Scope(ScopeKind.LANGUAGE, "en")),
        local,
    )


def make_waiting_projects(place: BodyWithPeople) -> None:
    """A project to look at, one that was completed, one that is late, one to notify, one to pay."""
    fund = funds.make_fund(place.contract, f"{MARK} fonds")
    fund_round = funds.make_round(fund, "L’appel de l’automne")
    granted: dict[str, Any] = {"envelope": funds.make_envelope(fund), "granted_cents": 100_00}
    titled: dict[str, Any] = {"title": f"{MARK} goûter", "contact_name": MARK}
    funds.make_project(fund_round, **titled)
    completed_once(funds.make_project(fund_round, **titled))
    funds.make_project(fund_round, return_by=date(2026, 11, 1), **titled)
    for state in (ProjectState.SELECTED, ProjectState.NOTIFIED):
        funds.make_project(fund_round, state, **granted, **titled)


def make_projects(place: BodyWithPeople) -> None:
    """A project for the body to judge, one that waits for a meeting of the commission, and one on an open agenda."""
    fund = funds.make_fund(place.contract)
    with transaction() as session:
        session.execute(insert(fund_body).values(fund_id=fund.id, body_id=place.body.id, position=0))
    fund_round = funds.make_round(fund)
    funds.make_project(fund_round, ProjectState.OPINION, title=f"{MARK} à juger")
    funds.make_project(fund_round, ProjectState.IN_CHOICE, title=f"{MARK} à choisir")
    funds.make_meeting(funds.make_project(fund_round, ProjectState.IN_CHOICE, title=f"{MARK} à décider"))


def told(who: SignedIn) -> dict[str, int]:
    """How many things wait for somebody, by source."""
    db.session.rollback()
    found: dict[str, int] = {}
    for item in work_of(db.session(), who):
        found[item.source.name] = found.get(item.source.name, 0) + item.count
    return found
