"""Sheets of paper typed in one after the other, in a real browser, by somebody who never touches the mouse."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationChoice
from cdv_civic.core.db import db
from cdv_civic.territory.models import Contract
from tests.browser.acts import enter
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.look import BUILT_AS_ANOTHER
from tests.consultations.paper.sheets import make_asked

CONTRACT = "grand-orly-seine-bievre-2024-2030"
#: What a sheet says, in the order of its questions.
ANSWERS = ("b", "ac", "12", "cab", "7 3")


def make_consultation(site: Served, slug: str) -> None:
    """An open consultation with twenty printed sheets and a question of each kind."""
    with site.inside():
        contract = db.session.execute(select(Contract).where(Contract.slug == CONTRACT)).scalar_one()
        db.session.rollback()
        make_asked(contract=contract, quartiers=[], slug=slug)


def answers_in(site: Served, slug: str) -> tuple[list[int], int]:
    """The sheets that are kept, and how many choices they hold."""
    kept = select(Consultation.id).where(Consultation.slug == slug).scalar_subquery()
    sheets = select(ConsultationAnswer.sheet_number).where(ConsultationAnswer.consultation_id == kept)
    held = select(func.count()).where(ConsultationChoice.consultation_id == kept)
    with site.inside():
        numbers = sorted(number or 0 for number in db.session.execute(sheets).scalars())
        return numbers, db.session.execute(held).scalar_one()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def type_a_sheet(page: Page, words: str, *, script: bool) -> None:
    """From the number of the sheet to the next one, by keys alone."""
    assert focused(page) == "sheet"
    for answer in ANSWERS:
        page.keyboard.press("Enter" if script else "Tab")
        page.keyboard.type(answer)
    page.keyboard.press("Enter" if script else "Tab")
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    assert focused(page) == "BUTTON"
    enter(page)


@pytest.mark.parametrize(("script", "last"), [(True, 10), (False, 3)], ids=["with script", "without script"])
def test_sheets_by_the_keyboard_alone(
    open_context: OpenContext, served: Served, signed_in: SignedIn, script: bool, last: int
) -> None:
    slug = f"clavier-{'avec' if script else 'sans'}-programme"
    make_consultation(served, slug)
    page = open_context(
        width=1280, height=900, java_script_enabled=script, storage_state=signed_in()
    ).new_page()
    page.goto(f"{served.address}/fr/bureau/consultations/{slug}/papier/saisir")
    for number in range(1, last + 1):
        expect(page.locator("[name=sheet]")).to_have_value(str(number))
        type_a_sheet(page, f"Des bancs {number}", script=script)
        expect(page.locator("main")).to_contain_text(f"La feuille {number} est gardée.")
    # 1 + 2 + 3 + 2 choices on each sheet.
    assert answers_in(served, slug) == (list(range(1, last + 1)), 8 * last)
    if script:
        assert axe_findings(page) == []
        # What is wrong is said, and nothing that was typed is lost.
        page.keyboard.press("Enter")
        page.keyboard.type("z")
        page.locator("main form button[type=submit]").focus()
        enter(page)
        expect(page.locator(".error-summary")).to_contain_text("Écrivez une lettre entre A et D.")
        expect(page.locator(".sheet-code").first).to_have_value("z")


def test_the_pages_of_paper_fit_a_phone(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    slug = "petit-ecran"
    make_consultation(served, slug)
    page = open_context(width=360, height=640, storage_state=signed_in()).new_page()
    for lang in ("fr", "ar"):
        for place in ("", "/imprimer", "/saisir", "/ecarter", "/tableau", "/affiches", "/comparer"):
            page.goto(f"{served.address}/{lang}/bureau/consultations/{slug}/papier{place}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, (lang, place)
            if lang != BUILT_AS_ANOTHER.language:
                assert axe_findings(page) == [], (lang, place)
