"""Sixty projects are looked at by keyboard alone: several at once from the list, and one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from cdv_civic.core.db import db, transaction
from cdv_civic.demo.accounts import CONTRACT
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectStep
from cdv_civic.fund.rules.fund_rules import AmountLimit
from cdv_civic.territory.models import Contract
from tests.browser.acts import enter
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.fund import funds

PROJECTS = 60


def make_sixty() -> int:
    """A round with sixty projects; its id."""
    contract = db.session.execute(select(Contract).where(Contract.slug == CONTRACT)).scalar_one()
    rules = replace(funds.RULES, largest=AmountLimit(400_00))
    fund = funds.make_fund(contract, slug="fonds-du-clavier")
    made = funds.make_round(fund, rules=rules, slug="appel-du-clavier")
    for number in range(PROJECTS):
        funds.make_project(made, title=f"Projet {number + 1}", number=number + 1)
    return made.id


def remove_sixty() -> None:
    """Other tests count what waits."""
    with transaction() as session:
        fund = select(Fund.id).where(Fund.slug == "fonds-du-clavier").scalar_subquery()
        projects = select(FundProject.id).where(FundProject.fund_id == fund)
        for table in (ProjectStep, ProjectCost):
            session.execute(
                delete(table)
                .where(table.project_id.in_(projects))
                .execution_options(synchronize_session=False)
            )
        for owned in (FundProject, FundRound):
            session.execute(
                delete(owned).where(owned.fund_id == fund).execution_options(synchronize_session=False)
            )
        session.execute(
            delete(Fund).where(Fund.slug == "fonds-du-clavier").execution_options(synchronize_session=False)
        )


@dataclass(frozen=True)
class KeyboardRound:
    """A round with sixty projects."""

    site: Served
    id: int

    @property
    def address(self) -> str:
        return f"{self.site.address}/fr/bureau/projets/appels/{self.id}"


@pytest.fixture(scope="module")
def sixty(served: Served) -> Iterator[KeyboardRound]:
    with served.inside():
        made = make_sixty()
    yield KeyboardRound(served, made)
    with served.inside():
        remove_sixty()


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Go on by the keyboard until the focus is there."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def typed(page: Page, selector: str, words: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(words)


def test_sixty_projects_are_looked_at_by_keyboard_alone(
    open_context: OpenContext, sixty: KeyboardRound, signed_in: SignedIn
) -> None:
    page = open_context(1280, 800, storage_state=signed_in()).new_page()
    page.goto(sixty.address)
    expect(page.locator("#projets tbody tr")).to_have_count(PROJECTS)
    assert axe_findings(page) == []

    # Twelve go to a service: down the column of boxes, then the bar.
    tab_to(page, "tbody .select input")
    for row in range(12):
        page.keyboard.press("Space")
        if row < 11:
            page.keyboard.press("ArrowDown")
    expect(page.locator("[data-bulk-count]")).to_have_text("12 lignes choisies")
    tab_to(page, "[name=act]", most=3 * PROJECTS)
    page.keyboard.type("Confier")
    typed(page, "[name=service]", "Jeunesse")
    expect(page.locator("[name=on]")).to_be_hidden()
    enter(page)
    expect(page.locator(".notice-success")).to_contain_text("Confier à un service")
    expect(page.get_by_role("cell", name="Jeunesse")).to_have_count(12)

    # The focus is kept in the list: all of it is admitted.
    tab_to(page, "[data-select-all]", most=3)
    page.keyboard.press("Space")
    expect(page.locator("[data-bulk-count]")).to_have_text(f"{PROJECTS} lignes choisies")
    tab_to(page, "[name=act]", most=3 * PROJECTS)
    page.keyboard.type("Accepter")
    tab_to(page, "[data-bulk-bar] button", most=2)
    enter(page)
    expect(page.locator(".notice-success")).to_contain_text(f"{PROJECTS} projets")

    # One after the other, from the first to the third, where something is missing.
    tab_to(page, "tbody th a", most=6)
    enter(page)
    expect(page.locator("h1")).to_have_text("Projet 1")
    assert axe_findings(page) == []
    for number in (2, 3):
        tab_to(page, "a[rel=next]")
        enter(page)
        expect(page.locator("h1")).to_have_text(f"Projet {number}")
    tab_to(page, "a[href*='/manque']")
    enter(page)
    typed(page, "[name=reason_fr]", "Il manque le devis.")
    tab_to(page, "main form button[type=submit]")
    enter(page)
    expect(page.locator(".notice-success")).to_contain_text("prévenue de ce qui manque")
    expect(page.locator("#faire")).to_be_in_viewport()
    tab_to(page, "#faire a, #faire button", most=1)
