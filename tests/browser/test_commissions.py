"""A project from the opinion of a body to the minutes of a commission, one of whose members is linked to it."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import current_app
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import insert

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.fund.models.funds import fund_body
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, Served, axe_findings
from tests.fund import funds
from tests.signing_in import open_browser

GARDEN, FEAST = "Un jardin au pied des tours", "Une fête des voisins"


@dataclass(frozen=True)
class Hall:
    """Who comes to the commission, by what their browsers hold, and where its minutes will be."""

    fund_id: int
    address: str
    today: date
    cookies: dict[str, str]


def make_hall() -> Hall:
    """A fund that asks a council, two projects, a commission of three of whom one carries the second project."""
    contract = make.make_contract("contrat-de-la-commission")
    body = make_body(contract, "Conseil citoyen des Tours")
    fund = funds.make_fund(contract, "Fonds des Tours")
    with transaction() as session:
        session.execute(insert(fund_body).values(fund_id=fund.id, body_id=body.id, position=0))
    funds.make_envelope(fund, 800_00)
    fund_round = funds.make_round(fund, opinion_asked=True)
    member = make.make_account(role=None, password_hash="", organisation_name="")
    funds.make_project(fund_round, ProjectState.OPINION, title=GARDEN)
    funds.make_project(fund_round, ProjectState.OPINION, title=FEAST, author_id=member.actor_id)
    funds.make_member(fund, "Personne du quartier", account_id=member.actor_id)
    for side in ("commune", "state"):
        funds.make_member(fund, f"Personne {side}", side=side, represents=f"Service {side}")
    people = {
        "moderator": make.make_account(
            role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, body.id), organisation_name="Conseil"
        ),
        "secretary": make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.CONTRACT, contract.id)),
        "member": member,
    }
    return Hall(
        fund.id,
        f"/fr/fonds/{fund.slug}/{fund_round.slug}/commissions",
        clock.today(),
        {name: _cookie(who) for name, who in people.items()},
    )


def _cookie(who: SignedIn) -> str:
    client = current_app.test_client()
    open_browser(client, who)
    cookie = client.get_cookie(current_app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


@pytest.fixture
def hall(served: Served) -> Hall:
    with served.inside():
        return make_hall()


def come_in(context: BrowserContext, served: Served, hall: Hall, who: str) -> Page:
    context.add_cookies([{"name": "session", "value": hall.cookies[who], "url": served.address}])
    return context.new_page()


def give_opinion(page: Page, served: Served, title: str, reasons: str) -> None:
    page.goto(f"{served.address}/fr/bureau/avis")
    go_by(page.get_by_role("link", name=title))
    follow(page, "Donner l’avis du groupe")
    page.get_by_label("Avis favorable", exact=True).check()
    page.fill("[name=reasons_fr]", reasons)
    press(page, "Enregistrer l’avis")


def prepare(page: Page, served: Served, hall: Hall) -> str:
    """The secretary prepares a meeting by marks, and notes who is there; its address."""
    page.goto(f"{served.address}/fr/bureau/commissions/fonds/{hall.fund_id}")
    follow(page, "Préparer une réunion")
    page.fill("[name=day]", hall.today.isoformat())
    page.fill("[name=hour]", "00:01")
    page.fill("[name=place]", "Maison du projet")
    page.get_by_label("Avec des notes de 0 à 20, puis une décision").check()
    page.fill("[name=quorum]", "2")
    press(page, "Préparer cette réunion")
    address = page.url
    for title in (GARDEN, FEAST):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    follow(page, "Qui est là ?")
    for box in page.locator("[name=members]").all():
        box.check()
    press(page, "Enregistrer les présences")
    assert axe_findings(page) == []
    return address


def test_an_opinion_then_a_commission_with_a_link_then_its_minutes(
    open_context: OpenContext, served: Served, hall: Hall
) -> None:
    moderator = come_in(open_context(360), served, hall, "moderator")
    give_opinion(moderator, served, GARDEN, "Il verdit le quartier.")
    expect(moderator.get_by_text("Tous les avis sont là")).to_be_visible()
    assert axe_findings(moderator) == []
    give_opinion(moderator, served, FEAST, "Elle réunit tout le monde.")

    secretary = come_in(open_context(1200), served, hall, "secretary")
    meeting = prepare(secretary, served, hall)

    member = come_in(open_context(360, has_touch=True), served, hall, "member")
    member.goto(f"{served.address}/fr/moi")
    go_by(member.get_by_role("link", name="Fonds des Tours"))
    expect(member.get_by_text("1 projet à noter")).to_be_visible()
    expect(member.get_by_text("Vous n’y prenez pas part")).to_be_visible()
    assert axe_findings(member) == []
    go_by(member.get_by_role("link", name=GARDEN))
    member.locator("label", has_text="15").tap()
    assert axe_findings(member) == []
    press(member, "Enregistrer ma note")
    expect(member.get_by_text("Votre note\u00a0: 15 sur 20")).to_be_visible()

    secretary.goto(meeting)
    go_by(secretary.get_by_role("link", name=f"Entrer la décision : {GARDEN}"))
    secretary.get_by_label("Retenir ce projet").check()
    secretary.fill("[name=amount]", "300")
    assert axe_findings(secretary) == []
    press(secretary, "Noter cette décision")
    expect(secretary.get_by_text("il reste 500\u00a0€ sur 800\u00a0€")).to_be_visible()
    go_by(secretary.get_by_role("link", name=f"Entrer la décision : {FEAST}"))
    secretary.get_by_label("Ne pas le retenir").check()
    secretary.fill("[name=reason_fr]", "Une autre fête a lieu le même jour.")
    press(secretary, "Noter cette décision")
    follow(secretary, "Relire et clore la réunion")
    press(secretary, "Clore la réunion")
    follow(secretary, "Relire et publier le compte rendu")
    press(secretary, "Publier le compte rendu")

    visitor = open_context(360).new_page()
    visitor.goto(f"{served.address}{hall.address}/{meeting.rpartition('/')[2]}")
    said = visitor.locator("main")
    for words in (
        "3 membres présents",
        "Retenu · 300\u00a0€",
        "Une autre fête a lieu le même jour.",
        "1 membre lié au projet n’a pas pris part à ce choix.",
    ):
        expect(said.get_by_text(words)).to_be_visible()
    expect(said.get_by_text("Personne du quartier")).to_have_count(0)
    assert axe_findings(visitor) == []
