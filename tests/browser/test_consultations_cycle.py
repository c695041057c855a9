"""A whole consultation: opened by staff, answered on line, on paper, in the street and in a workshop, closed, counted,
answered. One test, as the people of a town live it; each act is done on the page where they do it.
"""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.core.db import db
from tests.browser.acts import enter, follow, go_by, press
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.test_consultations_desk import day, fits, unfold

TITLE = "Fermer la rue du marché le samedi ?"
#: What is written on sheets 2 to 12, typed in as a table: A is « Oui ».
ON_SHEETS = (*"AAAAAAAB", "", *"BC")


def in_order(page: Page, *, here: str) -> None:
    """Nothing is wider than the screen, nothing stands in anybody’s way."""
    assert fits(page), here
    assert axe_findings(page) == [], here


def prepare_and_publish(page: Page, site: Served) -> str:
    """From a model to a consultation that is open; its address at the desk."""
    page.goto(f"{site.address}/fr/bureau/consultations")
    follow(page, "Préparer une consultation")
    page.fill("[name=title_fr]", TITLE)
    page.check("[name=starter][value=one_question]")
    press(page, "Préparer cette consultation")
    here = page.url
    page.goto(f"{here}/reglages")
    unfold(page)
    for field in ("purpose", "negotiable", "settled", "decider", "readers"):
        page.fill(f"[name={field}_fr]", f"Des mots : {field}")
    page.check("[name=power][value=consulter]")
    page.fill("[name=opens_day]", day(-1))
    page.fill("[name=closes_day]", day(20))
    page.fill("[name=closes_time]", "18:30")
    page.fill("[name=due_day]", day(60))
    page.check("[name=asks_for][value=aucune]")
    for name, age in (("age_to_answer", "0"), ("age_for_name", "15"), ("age_for_photo", "18")):
        page.fill(f"[name={name}]", age)
    press(page, "Enregistrer")
    page.goto(f"{here}/quartiers")
    page.locator("[name=quartiers]").first.check()
    press(page, "Enregistrer")
    page.goto(f"{here}/publics")
    page.fill("[name=name_1_fr]", "Les commerçants")
    page.select_option("[name=channel_1]", "rue")
    press(page, "Enregistrer")
    page.goto(f"{here}/publier")
    press(page, "Publier")
    expect(page.locator("main .lead")).to_have_text("Ouverte")
    return here


def answer_on_line(page: Page, address: str) -> None:
    """On a small phone, from the page of the consultation."""
    page.goto(address)
    go_by(page.locator(f"main a[href$='{address.rpartition('/')[2]}/repondre']").first)
    page.get_by_text("Oui", exact=True).click()
    press(page, "Continuer")
    press(page, "Envoyer ma réponse")
    expect(page.locator(".receipt")).to_be_visible()
    in_order(page, here="receipt")


def answer_on_paper(page: Page, here: str, folder: Path) -> None:
    """Twenty sheets are printed; one is typed in by hand, eleven as a table."""
    page.goto(f"{here}/papier")
    follow(page, "Imprimer des feuilles")
    page.fill("[name=quantity]", "20")
    press(page, "Préparer les feuilles")
    page.goto(f"{here}/papier/saisir")
    page.keyboard.press("Enter")
    page.keyboard.type("A")
    enter(page)
    expect(page.locator("main")).to_contain_text("La feuille 1 est gardée.")

    page.goto(f"{here}/papier/tableau")
    with page.expect_download() as given:
        page.get_by_role("link", name="Modèle CSV").click()
    model = folder / "feuilles.csv"
    given.value.save_as(model)
    lines = model.read_text("utf-8-sig").splitlines()
    first = next(number for number, line in enumerate(lines) if re.match(r'"?2"?;', line))
    for place, answer in enumerate(ON_SHEETS):
        line = lines[first + place]
        lines[first + place] = f"{line.partition(';')[0]};{answer}"
    model.write_text("\n".join(lines), "utf-8")
    page.set_input_files("[name=file]", model)
    press(page, "Envoyer le tableau")
    expect(page.locator("main")).to_contain_text("10 feuilles")


def answer_in_the_street(page: Page, site: Served, slug: str) -> None:
    """A relais reads aloud and writes."""
    page.goto(f"{site.address}/fr/relais/consultations")
    go_by(page.locator(f"main a[href$='/relais/consultations/{slug}']"))
    go_by(page.locator(".thumb a"))
    page.get_by_label("Oui", exact=True).check()
    page.locator("input[name=channel][value=marche]").check()
    press(page, "Envoyer la réponse")
    expect(page.locator(".receipt")).to_be_visible()


def answer_in_a_workshop(page: Page, here: str) -> None:
    """Twelve came; the eight of one table say one thing."""
    page.goto(f"{here}/rencontres")
    follow(page, "Noter un atelier")
    page.fill("[name=place]", "Maison du projet")
    page.fill("[name=present]", "12")
    press(page, "Enregistrer l’atelier")
    follow(page, "Noter ce qu’une table a dit")
    page.fill("[name=people]", "8")
    page.get_by_label("Non", exact=True).check()
    press(page, "Enregistrer cette table")


def let_days_pass(site: Served, slug: str, days: int) -> None:
    """The calendar moves, not the clock: another process shows the page."""
    wanted = select(Consultation).where(Consultation.slug == slug)
    with site.inside():
        row = db.session.execute(wanted).scalar_one()
        for name in ("opens_at", "closes_at", "paper_until", "answer_due_on"):
            if (moment := getattr(row, name)) is not None:
                setattr(row, name, moment - timedelta(days=days))
        db.session.commit()


def publish_the_results(page: Page, here: str) -> None:
    page.goto(f"{here}/resultats")
    press(page, "Publier les résultats")
    expect(page.locator("main")).to_contain_text("Les résultats sont publiés.")


def answer_residents(page: Page, here: str) -> None:
    """What was said, what becomes of it, what comes next."""
    page.goto(f"{here}/reponse")
    page.fill("[name=said_fr]", "Vous voulez traverser sans voitures le jour du marché.")
    page.fill("[name=point_1_fr]", "Fermer la rue le samedi.")
    page.select_option("[name=fate_1]", "retenu")
    page.fill("[name=point_2_fr]", "La fermer aussi le mercredi.")
    page.select_option("[name=fate_2]", "non_retenu")
    page.fill("[name=reason_2_fr]", "Le bus passe ce jour-là, et n’a pas d’autre chemin.")
    page.fill("[name=next_fr]", "La rue ferme dès le mois de mai.")
    page.locator("[name^=reached_][value=oui]").check()
    page.fill("[name=signed_fr]", "La mairie")
    press(page, "Enregistrer")
    follow(page, "Publier la réponse")
    press(page, "Publier la réponse")
    expect(page.locator("main")).to_contain_text("La réponse est publiée.")


def test_a_whole_consultation_on_four_channels(
    open_context: OpenContext, served: Served, signed_in: SignedIn, tmp_path: Path
) -> None:
    desk = open_context(width=1280, height=900, storage_state=signed_in()).new_page()
    here = prepare_and_publish(desk, served)
    slug = here.rpartition("/")[2]
    public = f"{served.address}/fr/consultations/{slug}"

    answer_on_line(open_context(360, 640, has_touch=True).new_page(), public)
    answer_on_paper(desk, here, tmp_path)
    answer_in_the_street(desk, served, slug)
    answer_in_a_workshop(desk, here)
    desk.goto(f"{here}/resultats")
    # 1 on line, 11 on paper, 1 in the street; the workshop stands apart.
    expect(desk.locator("main")).to_contain_text("13 personnes ont répondu")

    resident = open_context(360, 640, has_touch=True).new_page()
    resident.goto(f"{public}/resultats")
    expect(resident.locator("main")).not_to_contain_text("13")
    let_days_pass(served, slug, days=50)
    publish_the_results(desk, here)
    resident.goto(f"{public}/resultats")
    in_order(resident, here="results")
    expect(resident.locator("main")).to_contain_text("13")

    answer_residents(desk, here)
    for language in ("fr", "ar"):
        resident.goto(f"{served.address}/{language}/consultations/{slug}/reponse")
        in_order(resident, here=f"reply in {language}")
    resident.goto(f"{public}/reponse")
    expect(resident.locator("main")).to_contain_text("Le bus passe ce jour-là")
    press(resident, "Oui")
    expect(resident.locator("main")).to_contain_text("sans votre nom")
