"""Short sentences on a phone, answered with one thumb: three buttons in reach, back and forth, and one’s own sentence."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import follow, go_by, press, send
from tests.browser.conftest import OpenContext, Served, axe_findings

CONSULTATION = "/consultations/evry-les-soirs-d-ete"
TARGET = 44  # pixels, DESIGN 3
SCREEN = 640
WORDS = {
    "fr": ("D’accord", "Pas d’accord", "Je passe", "votre réponse"),
    "ar": ("موافق", "غير موافق", "أتجاوز", "إجابتكم"),
}


def in_reach(page: Page) -> None:
    """The three buttons stand on the first screen, side by side, large enough for a thumb."""
    boxes = [each.bounding_box() for each in page.locator(".stances button").all()]
    assert len(boxes) == 3
    for box in boxes:
        assert box
        assert min(box["width"], box["height"]) >= TARGET
        assert box["y"] + box["height"] <= SCREEN, "no scrolling between two sentences"
    assert len({box["y"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def say(page: Page, stance: str) -> None:
    press(page, stance)


@pytest.mark.parametrize(("language", "script"), [("fr", True), ("fr", False), ("ar", True)])
def test_sentences_are_answered_with_one_hand_back_and_forth(
    open_context: OpenContext, served: Served, language: str, script: bool
) -> None:
    agree, disagree, skip, yours = WORDS[language]
    page = open_context(has_touch=True, java_script_enabled=script).new_page()
    page.goto(f"{served.address}/{language}{CONSULTATION}/repondre")
    first = page.get_by_role("heading", level=1).inner_text()
    in_reach(page)
    if script:
        assert axe_findings(page) == []
    say(page, agree)
    second = page.get_by_role("heading", level=1).inner_text()
    assert second != first
    in_reach(page)
    say(page, disagree)
    in_reach(page)
    press(page, {"fr": "Retour", "ar": "رجوع"}[language])
    expect(page.get_by_role("heading", level=1)).to_have_text(second)
    chosen = page.locator(".stance-chosen")
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text(disagree)
    expect(chosen).to_contain_text(yours)
    say(page, skip)
    while page.locator(".stances").count():
        in_reach(page)
        say(page, agree)
    expect(page.locator("main form")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if script:
        assert axe_findings(page) == []


def test_whoever_has_answered_proposes_a_sentence_and_follows_it(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/fr{CONSULTATION}/phrase")
    phone.fill("[name=words]", "Il faut un coin calme pour lire dehors le soir.")
    phone.get_by_label("ans ou plus").check()
    send(phone)
    expect(phone.locator("h1")).to_have_text("Votre phrase est arrivée. Merci.")
    receipt = phone.locator(".receipt strong").inner_text()
    assert axe_findings(phone) == []
    follow(phone, "Suivre avec mon reçu")
    phone.fill("[name=receipt]", receipt)
    send(phone)
    expect(phone.locator("main")).to_contain_text("Une personne qui modère va lire votre phrase.")
    go_by(phone.get_by_role("link", name="Voir la consultation"))
    # Nobody reads it yet.
    expect(phone.locator("main")).not_to_contain_text("Il faut un coin calme")
