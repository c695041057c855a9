"""What is typed is kept on the device, found again, and gone once it was sent, left, or quickly left."""

import re

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.acts import follow, go_by, press
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.drafts import PAUSE, drafts, until_forgotten, until_kept
from tests.browser.signing_in import sign_in

MODERATOR = "animation@demo.invalid"
WORDS = "Le jardin ouvre au printemps, avec les familles."
MENTIONS = "/fr/mentions-legales"
SPEAK = "/fr/contrats/grand-orly-seine-bievre-2024-2030/instances/conseil-de-quartier/parole"


@pytest.fixture
def staff(signed_in: SignedIn) -> StorageState:
    return signed_in("ville@demo.invalid")


def a_form(page: Page, site: Served, code: str = "ORL-EST-EMA-07") -> str:
    """The form of news of a commitment; its address."""
    page.goto(f"{site.address}/fr/bureau/engagements?q={code}")
    go_by(page.locator("main table a").first)
    follow(page, "Dire où ça en est")
    page.wait_for_url("**/avancement*")
    return page.url


def write(page: Page, words: str = WORDS) -> None:
    page.locator("[name=sentence]").fill(words)
    until_kept(page, words)
    assert len(drafts(page)) == 1


def an_announcement(page: Page, site: Served) -> str:
    """The form of a new meeting of the body that the demonstration shows; its address."""
    page.goto(f"{site.address}/fr/bureau/instances")
    go_by(page.locator("main tbody a[href*='/bureau/instances/']").first)
    follow(page, "Annoncer une rencontre")
    page.wait_for_url("**/rencontres/nouvelle")
    return page.url


def test_what_is_typed_is_found_again_by_whoever_typed_it_until_it_is_erased(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(360, 640, has_touch=True, storage_state=staff).new_page()
    form = a_form(page, served)
    page.locator("[name=state][value=en_cours]").check()
    write(page)
    page.goto(served.address + MENTIONS)
    page.goto(form)
    found = page.locator(".draft-found")
    expect(found).to_contain_text("Nous avons retrouvé ce que vous aviez écrit sur cet appareil.")
    expect(found).not_to_contain_text("Le texte de la page a changé", use_inner_text=True)
    expect(page.locator("[name=sentence]")).to_have_value(WORDS)
    expect(page.locator("[name=state][value=en_cours]")).to_be_checked()
    assert axe_findings(page) == []

    found.get_by_role("button", name="Effacer").click()
    expect(found).to_have_count(0)
    expect(page.locator("[name=sentence]")).to_have_value("")
    expect(page.locator("[name=state][value=en_cours]")).not_to_be_checked()
    assert drafts(page) == []
    page.reload()
    expect(page.locator(".draft-found")).to_have_count(0)


def test_what_is_left_at_once_is_kept_too(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(storage_state=staff).new_page()
    form = a_form(page, served)
    page.locator("[name=sentence]").fill(WORDS)
    page.goto(served.address + MENTIONS)  # before the module would have kept it by itself
    assert len(drafts(page)) == 1
    page.goto(form)
    expect(page.locator("[name=sentence]")).to_have_value(WORDS)


def test_a_refusal_and_a_lost_connection_keep_it_and_sending_clears_it(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    context = open_context(storage_state=staff)
    page = context.new_page()
    form = a_form(page, served, "ORL-EST-EMA-08")
    write(page)
    send = page.get_by_role("button", name="Publier la nouvelle")
    go_by(send)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator(".draft-found")).to_have_count(0)
    expect(page.locator("[name=sentence]")).to_have_value(WORDS)
    assert len(drafts(page)) == 1

    # Refused once, it goes on from there.
    page.locator("[name=state][value=en_cours]").check()
    until_kept(page, "en_cours")
    context.set_offline(True)
    send.click(no_wait_after=True)
    page.wait_for_timeout(PAUSE)
    context.set_offline(False)
    page.goto(form)
    expect(page.locator("[name=sentence]")).to_have_value(WORDS)
    expect(page.locator("[name=state][value=en_cours]")).to_be_checked()

    go_by(send)
    page.wait_for_url(re.compile(r"/bureau/engagements/\d+$"))
    expect(page.locator(".notice-success")).to_be_visible()
    assert drafts(page) == []
    page.goto(form)
    expect(page.locator("[name=sentence]")).to_have_value("")


def test_what_is_kept_for_later_is_found_on_another_device(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(storage_state=staff).new_page()
    form = a_form(page, served, "ORL-EST-EMA-09")
    write(page)
    press(page, "Garder pour plus tard")
    page.wait_for_url("**/moi/brouillons")
    expect(page.locator(".notice-success")).to_contain_text("C’est gardé.")
    assert drafts(page) == [], "the account has it"
    assert axe_findings(page) == []

    other = open_context(360, 640, has_touch=True, java_script_enabled=False, storage_state=staff).new_page()
    other.goto(f"{served.address}/fr/moi/brouillons")
    go_by(other.get_by_role("link", name="Continuer").first)
    assert other.url == form
    expect(other.locator("main .notice")).to_contain_text("Nous avons retrouvé ce que vous aviez écrit.")
    expect(other.locator("[name=sentence]")).to_have_value(WORDS)
    go_by(other.locator("main .notice").get_by_role("link", name="Effacer"))
    press(other, "Effacer le brouillon")
    other.wait_for_url("**/avancement")
    expect(other.locator("[name=sentence]")).to_have_value("")


def test_a_text_that_changed_meanwhile_is_never_covered(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(storage_state=staff).new_page()
    page.goto(a_form(page, served, "ORL-EST-EMA-10").replace("/avancement", "/modifier"))
    theirs = page.locator("[name=title]").input_value() + " (corrigé)"
    mine = "Mon titre, écrit avant"
    page.locator("[name=title]").fill(mine)
    until_kept(page, mine)

    other = open_context(storage_state=staff).new_page()
    other.goto(page.url)
    other.locator("[name=title]").fill(theirs)
    other.locator("[name=reason]").fill("Une faute de frappe corrigée.")
    press(other, "Enregistrer la nouvelle version")
    other.wait_for_url(re.compile(r"/bureau/engagements/\d+$"))

    page.reload()
    found = page.locator(".draft-found")
    expect(found).to_contain_text("Le texte de la page a changé depuis.")
    expect(page.locator("[name=title]")).to_have_value(theirs)
    # What is typed elsewhere in the form does not cost the offer.
    page.locator("[name=reason]").fill("Encore une raison.")
    until_kept(page, "Encore une raison.")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value(theirs)
    page.locator(".draft-found").get_by_role("button", name="Reprendre mon texte").click()
    expect(page.locator("[name=title]")).to_have_value(mine)


def test_two_windows_of_one_form_lose_none_of_the_words(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    context = open_context(storage_state=staff)
    one, other = context.new_page(), context.new_page()
    form = a_form(one, served)
    other.goto(form)
    write(one)
    one.goto(served.address + MENTIONS)
    # The other window opened before that, and has never seen these words.
    other.get_by_text("Ajouter un lien").click()
    other.locator("[name=link_title]").fill("Le plan du jardin")
    until_kept(other, "Le plan du jardin")
    one.goto(form)
    expect(one.locator("[name=sentence]")).to_have_value(WORDS)
    expect(one.locator("[name=link_title]")).to_have_value("Le plan du jardin")
    other.locator("[name=link_title]").fill("")
    until_forgotten(other, "Le plan du jardin")
    one.reload()
    expect(one.locator("[name=sentence]")).to_have_value(WORDS)
    expect(one.locator("[name=link_title]")).to_have_value("")


def test_once_all_is_erased_no_other_window_keeps_anything(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    context = open_context(storage_state=staff)
    form, other = context.new_page(), context.new_page()
    a_form(form, served)
    write(form)
    other.route(lambda url: not url.startswith(served.address), lambda route: route.fulfill(body="ailleurs"))
    other.goto(served.address + SPEAK)
    other.get_by_role("link", name="Quitter vite cette page").click()
    other.wait_for_url(lambda url: not url.startswith(served.address))
    form.locator("[name=sentence]").fill("Écrit dans une fenêtre restée ouverte.")
    form.wait_for_timeout(PAUSE)
    assert form.evaluate("localStorage.length") == 0
    form.goto(served.address + MENTIONS)
    assert form.evaluate("localStorage.length") == 0


def test_what_was_offered_and_not_decided_outlives_what_is_kept_instead(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(storage_state=staff).new_page()
    form = a_form(page, served, "ORL-EST-EMA-11")
    write(page, "Écrit ici, jamais gardé.")
    other = open_context(storage_state=staff).new_page()
    other.goto(form)
    other.locator("[name=sentence]").fill("Gardé d’ailleurs.")
    press(other, "Garder pour plus tard")
    other.wait_for_url("**/moi/brouillons")

    page.reload()
    expect(page.locator(".draft-found")).to_contain_text("Le texte de la page a changé depuis.")
    page.locator("[name=detail]").fill("Un détail.")
    press(page, "Garder pour plus tard")
    page.wait_for_url("**/moi/brouillons")
    page.goto(form)
    expect(page.locator("[name=sentence]")).to_have_value("Gardé d’ailleurs.")
    page.reload()
    page.locator(".draft-found").get_by_role("button", name="Reprendre mon texte").click()
    expect(page.locator("[name=sentence]")).to_have_value("Écrit ici, jamais gardé.")
    expect(page.locator("[name=detail]")).to_have_value("Un détail.")
    page.reload()
    page.locator(".draft-found").get_by_role("button", name="Effacer").click()
    page.reload()
    expect(page.locator(".draft-found")).to_have_count(0)


def test_signing_out_erases_it_and_nobody_else_ever_finds_it(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context().new_page()
    sign_in(page, served, MODERATOR)
    form = an_announcement(page, served)
    page.locator("[name=title_fr]").fill(WORDS)
    until_kept(page, WORDS)
    kept = page.evaluate("Object.entries(localStorage)")
    assert len(kept) == 1
    assert MODERATOR not in str(kept)
    page.locator("[name=title_fr]").fill("Écrit juste avant de partir.")
    other_tab = page.context.new_page()
    other_tab.goto(form)
    go_by(page.locator(".desk-person").get_by_role("button", name="Se déconnecter"))
    page.wait_for_url("**fin=sortie*")
    assert drafts(page) == []
    other_tab.locator("[name=title_fr]").fill("Écrit dans un onglet resté ouvert.")
    other_tab.wait_for_timeout(PAUSE)
    other_tab.close()
    assert drafts(page) == [], "whoever left keeps nothing here, in no tab"

    # A session that ended by itself leaves it to its author alone.
    page.evaluate("(kept) => kept.forEach(([key, value]) => localStorage.setItem(key, value))", kept)
    page.goto(served.address + MENTIONS)
    page.context.add_cookies(staff["cookies"])  # type: ignore[arg-type]
    page.goto(form)
    expect(page.get_by_role("button", name="Garder pour plus tard")).to_be_visible()
    expect(page.locator("[name=title_fr]")).to_have_value("")
    expect(page.locator(".draft-found")).to_have_count(0)
    assert len(drafts(page)) == 1


def test_a_shared_device_keeps_nothing_and_forgets_what_was_there(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context().new_page()
    page.goto(served.address + MENTIONS)
    page.evaluate("localStorage.setItem('draft of before', `${Date.now()} {}`)")
    sign_in(page, served, MODERATOR, shared=True)
    form = an_announcement(page, served)
    assert drafts(page) == [], "what stood here before somebody said that the device is shared"
    page.locator("[name=title_fr]").fill(WORDS)
    page.wait_for_timeout(PAUSE)
    page.goto(served.address + MENTIONS)
    assert page.evaluate("localStorage.length") == 0
    page.goto(form)
    expect(page.locator("[name=title_fr]")).to_have_value("")


def test_a_quick_exit_erases_all_drafts_and_its_page_keeps_none(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(360, 640, has_touch=True, storage_state=staff).new_page()
    a_form(page, served)
    write(page)
    page.route(lambda url: not url.startswith(served.address), lambda route: route.fulfill(body="ailleurs"))
    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill("Des mots que personne d’autre ne doit lire ici.")
    page.wait_for_timeout(PAUSE)
    assert len(drafts(page)) == 1, "that of before, and nothing of this page"
    page.get_by_role("link", name="Quitter vite cette page").click()
    page.wait_for_url(lambda url: not url.startswith(served.address))
    page.goto(served.address + MENTIONS)
    assert page.evaluate("localStorage.length") == 0


def test_after_a_quick_exit_the_way_back_shows_neither_the_words_nor_the_receipt(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(360, 640, has_touch=True).new_page()
    page.route(lambda url: not url.startswith(served.address), lambda route: route.fulfill(body="ailleurs"))
    words = "Des mots que personne d’autre ne doit lire ici."

    def leave() -> None:
        follow(page, "Quitter vite cette page")
        page.wait_for_url(lambda url: not url.startswith(served.address))
        page.go_back()

    page.goto(served.address + MENTIONS)
    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill(words)
    leave()
    assert page.url.endswith(MENTIONS), "the page that was left is on no way back"

    page.goto(served.address + SPEAK)
    page.locator("[name=words]").fill(words)
    page.locator("[name=kind][value=difficulte]").check(force=True)
    press(page, "Envoyer")
    page.locator(".receipt").wait_for()
    leave()
    assert page.url.endswith(SPEAK)
    # What the browser had typed again is there until the page is asked for anew.
    expect(page.locator("[name=words]")).to_have_value("")


def test_old_drafts_go_on_any_page_and_few_are_kept(
    open_context: OpenContext, served: Served, staff: StorageState
) -> None:
    page = open_context(storage_state=staff).new_page()
    page.goto(served.address + MENTIONS)
    page.evaluate(
        """() => {
            const day = 24 * 3600 * 1000;
            localStorage.setItem("draft old", `${Date.now() - 15 * day} {}`);
            localStorage.setItem("draft young", `${Date.now() - 13 * day} {}`);
            localStorage.setItem("draft broken", "{");
            localStorage.setItem("something else", "1");
        }"""
    )
    page.reload()
    assert drafts(page) == ["draft young"]
    assert page.evaluate("localStorage.length") == 2

    page.evaluate(
        "() => { for (let n = 0; n < 25; n += 1) localStorage.setItem(`draft ${n}`, `${Date.now() - 1000 + n} {}`); }"
    )
    a_form(page, served)
    page.locator("[name=sentence]").fill(WORDS)
    until_kept(page, WORDS)
    kept = drafts(page)
    assert len(kept) == 20
    assert "draft 24" in kept
    assert "draft 0" not in kept
