"""A draw of lots from the desk to a visitor who checks it, in a real browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, transaction
from cdv_civic.draws.models import Draw
from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings

CONTRACT = "grand-orly-seine-bievre-2024-2030"
BODY = f"/fr/contrats/{CONTRACT}/instances/conseil-de-quartier"


def table(run: str) -> str:
    """Twelve people; others in each run, as one person has one seat."""
    return "\n".join(
        f"Prénom{number};Nom{number} {run};;{'Femmes' if number % 2 else 'Hommes'}" for number in range(1, 13)
    )


def open_draws(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/fr/bureau/instances?contrat={CONTRACT}&q=orly")
    go_by(page.locator("main table a", has_text="Conseil de Quartier").first)
    follow(page, "Tirages")


def make_it_due(site: Served, title: str) -> None:
    """The day of the seed comes: the list keeps what it says, only the desk's calendar moves."""
    with site.inside(), transaction(publishes=SITE) as session:
        session.execute(update(Draw).where(Draw.title == title).values(seed_day=clock.today()))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_draw_goes_from_the_desk_to_whoever_checks_it(
    open_context: OpenContext, served: Served, signed_in: SignedIn, tmp_path: Path, script: bool
) -> None:
    title = f"Deux places au conseil, {'avec' if script else 'sans'} programme"
    page = open_context(
        width=1280, height=900, java_script_enabled=script, storage_state=signed_in()
    ).new_page()
    open_draws(page, served)
    follow(page, "Préparer un tirage au sort")
    page.fill("[name=title]", title)
    page.fill("[name=seats]", "2")
    page.fill("[name=substitutes]", "3")
    page.fill("[name=values_1]", "Femmes : 1\nHommes : 1")
    press(page, "Enregistrer ce tirage")

    follow(page, "Coller un tableau")
    page.fill("[name=table]", table(title) + "\n;Sans prénom;;Femmes")
    press(page, "Relire ce tableau")
    expect(page.locator("main")).to_contain_text("Ligne 13")
    page.fill("[name=table]", table(title))
    press(page, "Relire ce tableau")
    expect(page.locator("main")).to_contain_text("12 personnes comprises")
    assert axe_findings(page) == [] if script else True
    press(page, "Ajouter 12 personnes")
    expect(page.locator("main")).to_contain_text("12 personnes sur la liste")
    follow(page, "Ajouter une personne")
    page.fill("[name=first_name]", "Zoé")
    page.fill("[name=last_name]", title)
    page.select_option("[name=profile_0]", "Femmes")
    press(page, "Mettre sur la liste")
    go_by(page.locator("a.back"))

    follow(page, "Relire et publier la liste")
    page.fill("[name=seed_rule]", "Les numéros d’un tirage public")
    page.fill("[name=seed_day]", (datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    press(page, "Publier la liste")
    expect(page.locator("main")).to_contain_text("La liste est publiée")

    visitor = open_context(java_script_enabled=script).new_page()
    visitor.goto(served.address + BODY)
    go_by(visitor.locator("main a", has_text=title))
    expect(visitor.locator("main")).to_contain_text("Le tirage n’est pas encore fait")
    before = visitor.locator("code.hash").first.inner_text()

    make_it_due(served, title)
    page.reload()
    follow(page, "Écrire les numéros tirés et faire le tirage")
    page.fill("[name=seed]", "3, 17 22 41 49 / 05")
    press(page, "Relire avant de tirer")
    expect(page.locator(".seed")).to_have_text("3-17-22-41-49-5")
    press(page, "Faire le tirage")
    expect(page.locator("main")).to_contain_text("Le tirage est fait")

    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("Tous les critères sont respectés.")
    assert visitor.locator("code.hash").first.inner_text() == before
    assert "Prénom" not in visitor.content()
    labels = visitor.locator("ol.drawn").first.locator("strong").all_inner_texts()
    assert len(labels) == 2
    href = visitor.locator("a[download$='.txt']").get_attribute("href")
    assert href is not None
    listed = visitor.context.request.get(served.address + href)
    file = tmp_path / "list.txt"
    file.write_text(listed.text())
    printed = served.run("body", "draw", str(file), "3 17 22 41 49 5")
    assert before in printed
    assert re.findall(r"^siège \d+ : (\d+)$", printed, re.M) == labels
    assert visitor.context.cookies() == []

    press(page, "Proposer les sièges")
    page.wait_for_url("**/membres")
    expect(page.locator("main")).to_contain_text("Rien n’est public")
    go_by(page.get_by_role("link", name="La personne dit oui").first)
    press(page, "Noter qu’elle dit oui")
    expect(page.locator("main")).to_contain_text("C’est noté")
    go_by(page.get_by_role("link", name="La personne dit non").first)
    press(page, "Noter qu’elle dit non")
    expect(page.locator("main")).to_contain_text("C’est noté")
