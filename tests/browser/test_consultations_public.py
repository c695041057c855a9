"""A visitor finds a consultation, reads what it can change, filters the list, reads an answer and says whether they feel
heard: on a small phone, without an account, in French and in Arabic.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, Served
from tests.browser.consultations_to_read import ANSWERED, LATE, OPEN, QUARTIER, TITLES, make
from tests.browser.look import View, in_views, look
from tests.browser.test_my_data import fits


@pytest.fixture(scope="module")
def asked(served: Served) -> Served:
    """The demonstration, with consultations at three stages."""
    with served.inside():
        make()
    return served


@in_views
def test_one_whose_answer_is_late_is_good_to_look_at(
    open_context: OpenContext, asked: Served, view: View
) -> None:
    """The other stages are in the demonstration, whose pages `test_pages.py` looks at."""
    page = open_context(width=view.width).new_page()
    assert look(page, asked, f"/{view.language}/consultations/{LATE}", view.language) == []


def test_a_visitor_reads_filters_reads_the_answer_and_says_heard(phone: Page, asked: Served) -> None:
    phone.goto(f"{asked.address}/fr/")
    expect(phone.locator("main")).to_contain_text("Donner mon avis")
    expect(phone.locator("main")).to_contain_text(TITLES[LATE][0])
    go_by(phone.locator("a.door", has_text="Donner mon avis"))
    fits(phone)
    expect(phone.locator("main")).to_contain_text("Ouvertes en ce moment")
    expect(phone.locator("main")).to_contain_text("retard")
    phone.locator("details.filter-sheet > summary").click()
    phone.get_by_label("Ville").select_option("ivry-sur-seine")
    press(phone, "Voir les résultats")
    expect(phone.locator("main")).to_contain_text("Aucune consultation ici")
    phone.goto(f"{asked.address}/fr/en-ce-moment?quartier={QUARTIER}")
    go_by(phone.locator("main a", has_text=TITLES[OPEN][0]))
    fits(phone)
    expect(phone.locator("main")).to_contain_text("Ne changera pas")
    phone.goto(f"{asked.address}/fr/consultations/{ANSWERED}")
    follow(phone, "Lire la réponse")
    fits(phone)
    expect(phone.locator("main")).to_contain_text("Nous ne faisons pas, parce que")
    press(phone, "En partie")
    expect(phone.locator("main")).to_contain_text("sans votre nom")
    fits(phone)
    follow(phone, "Revenir à la réponse")
    press(phone, "Oui")
    expect(phone.locator("main")).to_contain_text("déjà répondu")


def test_in_arabic_without_a_script(open_context: OpenContext, asked: Served) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{asked.address}/ar/consultations/{ANSWERED}/reponse")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("main")).to_contain_text("مقاعد في الظل")
    fits(page, script=False)
    go_by(page.locator("button[value=non]"))
    expect(page.locator("main .notice-success")).to_have_count(1)


def test_the_answer_prints_on_one_page(open_context: OpenContext, asked: Served) -> None:
    page = open_context().new_page()
    page.goto(f"{asked.address}/fr/consultations/{ANSWERED}/reponse")
    printed = page.pdf(format="A4")
    assert re.findall(rb"/Count (\d+)", printed) == [b"1"]
