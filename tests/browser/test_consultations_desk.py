"""A consultation from a model to its publication, in a real browser: by hand, by keyboard, on a telephone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import enter, follow, go_by, press
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def fits(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


def unfold(page: Page) -> None:
    """The parts of a long form that are folded, opened one after the other."""
    folded = page.locator(".settings-parts > details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def heights_of_parts(page: Page) -> list[int]:
    parts = page.locator(".settings-parts > details")
    return [round(each) for each in parts.evaluate_all("all => all.map(it => it.offsetHeight)")]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_consultation_goes_from_a_model_to_the_public(
    open_context: OpenContext, served: Served, signed_in: SignedIn, script: bool
) -> None:
    title = f"La placette {'avec' if script else 'sans'} programme, quel nom ?"
    page = open_context(
        width=1280, height=900, java_script_enabled=script, storage_state=signed_in()
    ).new_page()
    page.goto(f"{served.address}/fr/bureau/consultations")
    follow(page, "Préparer une consultation")
    page.fill("[name=title_fr]", title)
    page.check("[name=starter][value=name]")
    press(page, "Préparer cette consultation")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("La placette"))
    assert axe_findings(page) == [] if script else True
    here = page.url

    page.goto(f"{here}/reglages")
    unfold(page)
    for field in ("purpose", "negotiable", "settled", "decider", "readers", "ties"):
        page.fill(f"[name={field}_fr]", f"Des mots : {field}")
    page.locator("summary", has_text="Dans d’autres langues").first.click()
    page.fill("[name=title_en]", "The small square, which name?")
    page.check("[name=power][value=co_decider]")
    page.fill("[name=opens_day]", day(-1))
    page.fill("[name=closes_day]", day(20))
    page.fill("[name=closes_time]", "18:30")
    page.fill("[name=due_day]", day(60))
    page.check("[name=asks_for][value=aucune]")
    for name, age in (("answer", "0"), ("name", "15"), ("photo", "18")):
        page.fill(f"[name=age_{'to' if name == 'answer' else 'for'}_{name}]", age)
    press(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text("C’est enregistré.")

    page.goto(f"{here}/quartiers")
    page.locator("[name=quartiers]").first.check()
    press(page, "Enregistrer")
    page.goto(f"{here}/publics")
    page.fill("[name=name_1_fr]", "Les jeunes")
    page.select_option("[name=channel_1]", "rue")
    press(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text("Tout est prêt")

    page.goto(f"{here}/questions")
    go_by(page.get_by_role("link", name=re.compile("^Les réponses")).first)
    page.fill("[name=options]", "Place du Tilleul\nPlace des Écoliers")
    press(page, "Ajouter ces réponses")
    expect(page.locator("main")).to_contain_text("2 réponses ajoutées.")
    page.get_by_role("button", name=re.compile("^Monter : Place des Écoliers")).focus()
    enter(page)
    expect(page.locator(".asking-option strong").nth(3)).to_have_text("Place des Écoliers")

    page.set_viewport_size({"width": 360, "height": 640})
    for tag, words in (
        ("fr", "Quel nom choisissez-vous"),
        ("en", "Which name do you choose"),
        ("ar", "أيّ اسم"),
    ):
        page.goto(f"{here.replace('/fr/', f'/{tag}/')}/apercu")
        expect(page.locator("main")).to_contain_text(words)
        assert fits(page), tag
        if script and tag == "ar":
            assert axe_findings(page) == []
    for tag in ("fr", "ar"):
        page.goto(f"{here.replace('/fr/', f'/{tag}/')}/reglages")
        # Nothing is missing: all of it is seen at once, folded; each part is three screens at most.
        assert max(heights_of_parts(page)) < 120, tag
        unfold(page)
        assert max(heights_of_parts(page)) <= 3 * 640, tag
        assert fits(page), tag
        if script and tag == "ar":
            assert axe_findings(page) == []
    for path in ("", "/reglages", "/questions", "/publics", "/quartiers", "/comptage", "/textes", "/publier"):
        page.goto(f"{here}{path}")
        assert fits(page), path
    press(page, "Publier")
    expect(page.locator("main")).to_contain_text("La consultation est publiée et ouverte.")
    expect(page.locator("main .lead")).to_have_text("Ouverte")
