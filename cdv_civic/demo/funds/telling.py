"""The three funds of the demo, with their envelopes, commissions and rounds."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.sessions import SignedIn, account_who_acts
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor, CommandLine, Role, Scope, ScopeKind
from cdv_civic.demo.accounts import MODERATOR, RESIDENT
from cdv_civic.demo.funds.commissions import ToldMeeting
from cdv_civic.demo.funds.projects import ToldProject
from cdv_civic.demo.funds.story import Cast, Entry, Event, FundStory, play
from cdv_civic.fund.desk.operations.envelopes import NewEnvelope, make_envelope
from cdv_civic.fund.desk.operations.funds import (
    FundPlace,
    FundSettings,
    make_fund,
    publish_fund,
    set_fund_rules,
)
from cdv_civic.fund.desk.operations.rounds import RoundSettings, make_round, open_round
from cdv_civic.fund.imported.operations import ImportedBefore, import_round
from cdv_civic.fund.juries.operations.members import MemberDraft, add_member
from cdv_civic.fund.models.choosing import JuryMember
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.rules.calendars import RoundCalendar
from cdv_civic.fund.rules.fund_rules import as_data, from_data
from cdv_civic.fund.rules.templates import TEMPLATES, EnvelopeScope, FundKind
from cdv_civic.territory.models import Body, Commune, Contract, Organisation, Quartier

ELECTIONS: Final = Path(__file__).parents[1] / "data" / "elections"
#: Days of a calendar that a story may say.
_DAYS: Final = {"choice": "choice_on", "review": "review_until"}


def tell_of_funds(staff: Actor, content: Entry) -> None:
    """Bring the funds of a file to the database, as far as an earlier load did not."""
    for entry in content["funds"]:
        _Fund(staff, entry).tell()


def _acting(email: str) -> SignedIn:
    account_id = db.session.execute(select(Account.id).where(Account.email == email)).scalar_one()
    found = account_who_acts(account_id)
    if found is None:
        raise RuntimeError("an account of the demo is disabled")
    return found


class _Fund:
    """One fund of the file."""

    def __init__(self, staff: Actor, entry: Entry) -> None:
        self._staff = staff
        self._entry = entry
        self._now = clock.now()
        self._contract_id = db.session.execute(
            select(Contract.id).where(Contract.slug == entry["contract"])
        ).scalar_one()
        slugs = {*entry["bodies"], *(each["body"] for each in entry["members"] if "body" in each)}
        found = select(Body.slug, Body.id).where(Body.contract_id == self._contract_id, Body.slug.in_(slugs))
        self._bodies: dict[str, int] = dict(db.session.execute(found).all())
        db.session.rollback()

    def _day(self, days_ago: int) -> date:
        return (self._now - timedelta(days=days_ago)).astimezone(clock.zone()).date()

    def tell(self) -> None:
        """All of it."""
        entry = self._entry
        with clock.frozen_everywhere(self._now - timedelta(days=entry["made"])):
            fund_id = self._make()
            members = self._seat(fund_id)
        if "archive" in entry:
            self._import(fund_id)
        cast = Cast(self._staff, self._speaking(), _acting(RESIDENT))
        for each in entry["rounds"]:
            with clock.frozen_everywhere(self._now - timedelta(days=each["opens"])):
                round_id = self._open(fund_id, each)
            stage = FundStory(
                cast,
                self._contract_id,
                fund_id,
                round_id,
                members,
                self._bodies,
                [self._bodies[slug] for slug in entry["bodies"]],
            )
            play(_events(stage, each))

    def _speaking(self) -> Actor:
        """Who speaks for the bodies that the fund asks: the moderator of the demo, who does so for these too."""
        found = _acting(MODERATOR)
        for slug in self._entry["bodies"]:
            scope = Scope(ScopeKind.BODY, self._bodies[slug])
            if (Role.MODERATOR, scope) not in {(each.role, each.scope) for each in found.grants}:
                grant_role(CommandLine(), found.actor_id, Role.MODERATOR, scope)
                found = _acting(MODERATOR)
        return found

    def _ids(self, kind: Any, slugs: list[str]) -> list[int]:
        found = select(kind.id).where(kind.contract_id == self._contract_id, kind.slug.in_(slugs))
        return list(db.session.execute(found).scalars())

    def _make(self) -> int:
        entry = self._entry
        commune = entry.get("commune")
        commune_id = (
            db.session.execute(select(Commune.id).where(Commune.slug == commune)).scalar_one()
            if commune
            else None
        )
        owners = self._ids(Organisation, [entry["owner"]]) if "owner" in entry else [None]
        settings = FundSettings(
            entry["name"],
            entry["words"],
            entry["help"],
            entry["elsewhere"],
            owner_id=owners[0],
            part_of=entry.get("part_of", ""),
            payer=entry["payer"],
            funders=self._ids(Organisation, entry["funders"]),
            quartiers=self._ids(Quartier, entry["quartiers"]),
            bodies=[self._bodies[slug] for slug in entry["bodies"]],
        )
        db.session.rollback()
        kind = FundKind(entry["kind"])
        place = FundPlace(self._contract_id, commune_id, owners[0])
        slug = make_fund(self._staff, place, settings, kind=kind, client_key=f"demo-fonds-{entry['key']}")
        fund = db.session.execute(select(Fund).where(Fund.slug == slug)).scalar_one()
        fund_id, version, public = fund.id, fund.version, fund.published_at is not None
        db.session.rollback()
        if not public:
            if entry["rules"]:
                rules = from_data({**as_data(TEMPLATES[kind].rules), **entry["rules"]})
                set_fund_rules(self._staff, fund_id, rules, version=version)
                version += 1
            publish_fund(self._staff, fund_id, version=version)
        return fund_id

    def _seat(self, fund_id: int) -> dict[str, int]:
        """The members of its commission, by the names that the story gives them."""
        seated: dict[str, int] = {}
        for each in self._entry["members"]:
            key = f"demo-membre-{self._entry['key']}-{each['key']}"
            known = db.session.execute(select(JuryMember.id).where(JuryMember.client_key == key)).scalar()
            db.session.rollback()
            draft = MemberDraft(
                each["name"],
                each["side"],
                each["represents"],
                email=each.get("email", ""),
                body_id=self._bodies[each["body"]] if "body" in each else None,
            )
            seated[each["key"]] = known or add_member(self._staff, fund_id, draft, client_key=key)
        return seated

    def _import(self, fund_id: int) -> None:
        slug = db.session.execute(select(Fund.slug).where(Fund.id == fund_id)).scalar_one()
        db.session.rollback()
        try:
            import_round(self._staff, slug, (ELECTIONS / self._entry["archive"]).read_bytes())
        except ImportedBefore:
            return

    def _open(self, fund_id: int, entry: Entry) -> int:
        year = clock.today().year
        for number, each in enumerate(self._entry["envelopes"]):
            (quartier_id,) = self._ids(Quartier, [each["quartier"]]) if "quartier" in each else [None]
            db.session.rollback()
            make_envelope(
                self._staff,
                fund_id,
                NewEnvelope(year, EnvelopeScope(each["scope"]), each["euros"] * 100, quartier_id),
                client_key=f"demo-enveloppe-{self._entry['key']}-{year}-{number}",
            )
        calendar = RoundCalendar(
            opens_on=clock.today(),
            closes_on=self._day(entry["closes"]),
            **{field: self._day(entry[name]) for name, field in _DAYS.items() if name in entry},
        )
        slug = make_round(
            self._staff,
            fund_id,
            RoundSettings(entry["title"], year, calendar),
            client_key=f"demo-appel-{self._entry['key']}-{entry['key']}",
        )
        row = db.session.execute(select(FundRound).where(FundRound.slug == slug)).scalar_one()
        round_id, version, public = row.id, row.version, row.published_at is not None
        db.session.rollback()
        if not public:
            open_round(self._staff, round_id, version=version)
        return round_id


def _events(stage: FundStory, entry: Entry) -> Iterator[Event]:
    projects: Mapping[str, ToldProject] = {
        each["key"]: ToldProject(stage, each) for each in entry["projects"]
    }
    yield from chain.from_iterable(each.events() for each in projects.values())
    for meeting in entry["meetings"]:
        yield from ToldMeeting(stage, meeting, projects).events()
