"""A fund from a template to its first open round, in a real browser; everybody then reads it on a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def fits(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_fund_goes_from_a_template_to_an_open_round(
    open_context: OpenContext, served: Served, signed_in: SignedIn, script: bool
) -> None:
    name = f"Le fonds {'avec' if script else 'sans'} programme"
    desk = open_context(
        width=1280, height=900, java_script_enabled=script, storage_state=signed_in()
    ).new_page()
    desk.goto(f"{served.address}/fr/bureau/fonds")
    follow(desk, "Nouveau fonds")
    # Grand Paris Sud leaves open who can ask, and how much.
    desk.check("[name=kind][value=mixed-jury]")
    desk.fill("[name=name_fr]", name)
    desk.fill("[name=words_fr]", "De petits projets, avec une commission.")
    desk.fill("[name=part_of]", "L’appel de l’année")
    press(desk, "Préparer ce fonds")
    expect(desk.locator("main")).to_contain_text("Il reste à définir")
    expect(desk.locator("main")).to_contain_text("qui peut demander, combien au plus")
    here = desk.url

    press(desk, "Le montrer à tout le monde")
    follow(desk, "Préparer un appel à projets")
    desk.fill("[name=title_fr]", f"Appel {name}")
    desk.fill("[name=closes_on]", day(20))
    desk.fill("[name=choice_on]", day(10))
    press(desk, "Préparer cet appel")
    expect(desk.locator("main")).to_contain_text("Ce jour vient avant")
    assert axe_findings(desk) == [] if script else True
    desk.fill("[name=choice_on]", day(50))
    press(desk, "Préparer cet appel")
    press(desk, "Ouvrir cet appel à projets")
    expect(desk.locator("main")).to_contain_text("Il manque encore dans les règles")

    follow(desk, "Changer les règles de cet appel")
    desk.check("[name=carriers][value=association]")
    desk.check("[name=carriers][value=residents]")
    desk.fill("[name=largest]", "1 500")
    assert axe_findings(desk) == [] if script else True
    press(desk, "Enregistrer les règles")
    press(desk, "Ouvrir cet appel à projets")
    expect(desk.locator("main")).to_contain_text("ajoutez d’abord une enveloppe")

    round_here = desk.url
    desk.goto(here)
    follow(desk, "Ajouter une enveloppe")
    desk.fill("[name=amount]", "12 000,50 €")
    press(desk, "Ajouter cette enveloppe")
    desk.goto(round_here)
    press(desk, "Ouvrir cet appel à projets")
    expect(desk.locator("main")).to_contain_text("L’appel à projets est public.")

    phone = open_context(java_script_enabled=script).new_page()
    phone.goto(f"{served.address}/fr/fonds")
    go_by(phone.get_by_role("link", name=name, exact=True))
    expect(phone.locator("main")).to_contain_text(re.compile(r"12.000,50.€"))
    expect(phone.locator("main")).to_contain_text("chaque euro compte une seule fois")
    follow(phone, f"Appel {name}")
    expect(phone.locator("main")).to_contain_text("encore 20 jours")
    expect(phone.locator("main")).to_contain_text(re.compile(r"1.500.€ au plus pour un projet"))
    assert fits(phone)
    if script:
        assert axe_findings(phone) == []
        phone.goto(phone.url.replace("/fr/", "/ar/"))
        assert fits(phone)
        assert axe_findings(phone) == []
