"""Finding one's way on a phone: a quartier, its actions, one of them, and back to the list as it was left."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import arriving, enter, follow, go_by
from tests.browser.conftest import OpenContext, Served
from tests.browser.suggestions import suggestions
from tests.demo_pages import CONTRACT

QUARTIER = "orly-quartier-est"
ACTION = f"{CONTRACT}/engagements/ORL-EST-EMA-07"
DRAW = f"{CONTRACT}/instances/conseil-de-quartier/tirages/1"


def way_back(page: Page) -> Locator:
    """The one step of the breadcrumb that a phone shows."""
    return page.locator(".breadcrumb a:visible")


def question_of(page: Page) -> str:
    return page.evaluate("location.search")  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "typed", ["villeneuve st georges", "Villeneuve St Georges ", "Villeneuve saint-george"]
)
def test_villeneuve_st_georges_is_found_as_a_phone_types_it(phone: Page, served: Served, typed: str) -> None:
    phone.goto(f"{served.address}/fr/")
    found = suggestions(phone.locator("main input[type=search]").first, typed)
    expect(found.first).to_contain_text("Villeneuve-Saint-Georges")
    assert found.count() > 1, "the town has several quartiers"
    assert all("Villeneuve-Saint-Georges" in each for each in found.all_inner_texts())
    go_by(found.last)
    phone.wait_for_url("**/fr/quartiers/*")
    quartier = phone.url.rpartition("/")[2]

    go_by(phone.locator(f"main a[href*='engagements?'][href*='quartier={quartier}']").first)
    phone.wait_for_url(f"**/engagements?*quartier={quartier}*")
    listed = question_of(phone)
    go_by(phone.locator("main .commitment-card a").first)
    phone.wait_for_url("**/contrats/**/engagements/*")
    expect(way_back(phone)).to_have_text("Revenir à ma liste")
    go_by(way_back(phone))
    phone.wait_for_url("**/engagements?*")
    assert question_of(phone) == listed
    go_by(way_back(phone))
    phone.wait_for_url(f"**/quartiers/{quartier}")
    assert phone.context.cookies() == []


def test_one_comes_back_to_the_list_with_its_filters_and_its_page(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/fr/engagements?quartier={QUARTIER}&theme=emancipation")
    go_by(phone.locator("a[rel=next]"))
    phone.wait_for_url("**apres=**")
    listed = question_of(phone)
    go_by(phone.locator("main .commitment-card a").last)
    phone.wait_for_url("**/contrats/**/engagements/*")
    assert question_of(phone) == "", (
        "the address of an action holds no filter: it is shared and kept as it is"
    )

    follow(phone, "العربية")
    phone.wait_for_url("**/ar/contrats/**")
    go_by(way_back(phone))
    phone.wait_for_url("**/ar/engagements?**")
    assert question_of(phone) == listed


def test_without_script_an_action_of_one_quartier_leads_back_there(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/engagements?quartier={QUARTIER}&etat=en_cours")
    go_by(page.get_by_role("link", name="Ouvrir une nouvelle médiathèque de quartier"))
    page.wait_for_url(f"**{ACTION}")
    expect(way_back(page)).to_have_text("Les actions du quartier")
    go_by(way_back(page))
    page.wait_for_url(f"**/engagements?quartier={QUARTIER}")
    go_by(way_back(page))
    page.wait_for_url(f"**/quartiers/{QUARTIER}")


def test_whoever_comes_from_elsewhere_is_led_to_the_list_of_the_quartier(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/fr/engagements?q=jardin")
    phone.goto(f"{served.address}/fr/quartiers/{QUARTIER}")
    with arriving(phone):
        phone.evaluate(f"location.href = '/fr{ACTION}'")
    phone.wait_for_url(f"**{ACTION}")
    expect(way_back(phone)).to_have_text("Les actions du quartier")


def test_the_last_list_is_forgotten_with_the_visit(open_context: OpenContext, served: Served) -> None:
    context = open_context()
    page = context.new_page()
    page.goto(f"{served.address}/fr/engagements?quartier={QUARTIER}&etat=en_cours")
    go_by(page.locator("main .commitment-card a").first)
    page.wait_for_url("**/contrats/**/engagements/*")
    expect(way_back(page)).to_have_text("Revenir à ma liste")
    kept = "[Object.keys(sessionStorage), Object.keys(localStorage)]"
    assert page.evaluate(kept) == [["my-list"], []]
    page.close()
    later = context.new_page()
    later.goto(f"{served.address}/fr{ACTION}")
    assert later.evaluate(kept) == [[], []]
    expect(way_back(later)).to_have_text("Les actions du quartier")
    assert context.cookies() == []


def test_the_search_of_the_header_begins_in_ones_quartier(phone: Page, served: Served) -> None:
    phone.goto(f"{served.address}/fr/quartiers/{QUARTIER}")
    follow(phone, "Chercher dans ce quartier")
    phone.wait_for_url(f"**/engagements?quartier={QUARTIER}")
    phone.get_by_role("searchbox", name="Chercher un mot dans ce quartier").fill("jardin")
    enter(phone)
    phone.wait_for_url("**q=jardin**")
    assert f"quartier={QUARTIER}" in phone.url
    follow(phone, "Chercher dans tout le site")
    phone.wait_for_url(re.compile(r"/engagements\?q=jardin$"))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_word_opens_on_its_own_address(open_context: OpenContext, served: Served, script: bool) -> None:
    page = open_context(java_script_enabled=script).new_page()
    page.goto(f"{served.address}/fr/mots")
    word = page.locator("#qpv dd")
    expect(word).to_be_hidden()
    page.get_by_role("link", name="Q", exact=True).click()
    expect(page.get_by_role("link", name="QVA", exact=True)).to_be_visible()
    page.get_by_role("link", name="QPV", exact=True).click()
    expect(word).to_contain_text("quartier prioritaire")
    expect(word).to_be_in_viewport()
    page.get_by_role("link", name="Tous les mots : Q").click()
    expect(page.get_by_role("link", name="QVA", exact=True)).to_be_visible()
    page.goto(f"{served.address}/fr/vie-privee")
    page.goto(f"{served.address}/fr/mots#cispd")
    expect(page.locator("#cispd dd")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_draw_answers_ones_number_and_prints_its_proof(
    open_context: OpenContext, served: Served, tmp_path: Path, script: bool
) -> None:
    page = open_context(java_script_enabled=script).new_page()
    page.goto(f"{served.address}/fr{DRAW}")
    code = page.locator("code.hash").first
    expect(code).to_be_hidden()
    number = page.locator("ol.drawn strong").first.inner_text()
    page.get_by_role("searchbox", name="Votre numéro ?").fill(f"{number[:2]} {number[2:]}")
    enter(page)
    expect(page.locator("main [role=status]")).to_contain_text("est tiré")
    assert "numero=" in page.url

    sheet = tmp_path / "sheet.pdf"
    page.pdf(path=sheet)
    printed = "".join(subprocess.run(["pdftotext", "-raw", sheet, "-"], capture_output=True, text=True, check=True).stdout.split())  # fmt: skip
    proof = code.text_content()
    assert proof is not None
    assert proof in printed
    assert "Commentvérifier" in printed
    page.get_by_text("Vérifier ce tirage").click()
    expect(code).to_be_visible()
