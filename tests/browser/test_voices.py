"""« La parole », from the word to the answer: a visitor, a relais with one hand, the moderators' desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import ColumnElement, select

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.operations import create_account
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.demo.accounts import PASSWORD
from cdv_civic.territory.models import Body, Contract, Organisation, Quartier
from cdv_civic.voices.operations.receiving import NewVoice
from cdv_civic.voices.operations.receiving import say as keep_voice
from tests.browser.acts import enter, follow, go_by, press, send
from tests.browser.conftest import OpenContext, Served, until
from tests.browser.look import View, in_views_of_the_desk, look
from tests.browser.signing_in import come_in_by_mail, give_password, set_up_telephone
from tests.browser.test_my_data import fits

CONTRACT = "/contrats/grand-orly-seine-bievre-2024-2030"
BODY = f"{CONTRACT}/instances/conseil-de-quartier"
MODERATOR, RELAIS = "animation-parole@example.org", "relais-parole@example.org"
LANDLORD, LANDLORDS_NAME = "bailleur-parole@example.org", "Valophis Habitat"


def make_people() -> int:
    """The people, and a word of one of them; the id of the body."""
    contract = (
        select(Contract.id).where(Contract.slug == "grand-orly-seine-bievre-2024-2030").scalar_subquery()
    )

    def found(table: Any, *where: ColumnElement[bool]) -> int:
        return int(db.session.execute(select(table.id).where(*where)).scalar_one())

    body = found(Body, Body.slug == "conseil-de-quartier", Body.contract_id == contract)
    quartier = found(Quartier, Quartier.slug == "orly-quartier-est")
    landlord = found(Organisation, Organisation.name == LANDLORDS_NAME, Organisation.contract_id == contract)
    db.session.rollback()
    for email, role, scope in (
        (MODERATOR, Role.MODERATOR, Scope(ScopeKind.BODY, body)),
        (RELAIS, Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier)),
        (LANDLORD, Role.HOLDER, Scope(ScopeKind.ORGANISATION, landlord)),
    ):
        create_account(
            CommandLine(), email=email, password=PASSWORD, name="Essai",
            organisation_name="Conseil de quartier", role=role, scope=scope,
        )  # fmt: skip
    keep_voice(
        NewVoice(
            body, "Une parole pour les essais des pages.", "difficulte", "femmes", "un-formulaire-1",
            contact="01 44 38 38 38", agrees_public=True,
        )
    )  # fmt: skip
    return body


@dataclass(frozen=True)
class Listening:
    """A served site with a body that listens."""

    site: Served
    body_id: int

    def at(self, path: str, language: str = "fr") -> str:
        return f"{self.site.address}/{language}{path}"

    @property
    def desk(self) -> str:
        return f"/bureau/instances/{self.body_id}/parole"


@pytest.fixture(scope="module")
def listening(served: Served) -> Listening:
    with served.inside():
        return Listening(served, make_people())


def come_in(page: Page, site: Served, email: str) -> None:
    give_password(page, site, email)
    if page.url.endswith("/connexion/equipe/telephone"):
        set_up_telephone(page)
    page.wait_for_url(re.compile("/fr/(bureau|relais)"))


#: A resident with an account.
RESIDENT = "fatou@example.org"


def end_sessions_of(email: str) -> None:
    with transaction() as session:
        who = session.execute(select(Account.id).where(Account.email == email)).scalar_one()
        assert end_sessions(session, who)


@pytest.fixture(scope="module")
def moderator(listening: Listening, browser: object) -> Iterator[BrowserContext]:
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    come_in(page, listening.site, MODERATOR)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def relais(listening: Listening, browser: object) -> Iterator[BrowserContext]:
    context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 740})  # type: ignore[attr-defined]
    page = context.new_page()
    come_in(page, listening.site, RELAIS)
    page.close()
    yield context
    context.close()


def open_part(page: Page, name: str) -> None:
    """Open what a field lies in, where it is closed: one tap, with or without a script."""
    part = page.locator(f"details:not([open]):has([name={name}])")
    if part.count():
        part.locator("summary").click()


def say(page: Page, words: str, kind: str, theme: str, **fields: str) -> str:
    """Fill the form in and send it; the receipt."""
    page.fill("[name=words]", words)
    page.check(f"[name=kind][value={kind}]")
    open_part(page, "theme")
    page.check(f"[name=theme][value={theme}]")
    for name, value in fields.items():
        open_part(page, name)
        page.fill(f"[name={name}]", value)
    send(page)
    return page.locator(".receipt strong").inner_text()


def test_a_question_goes_from_a_visitor_to_the_moderators_and_comes_back_answered(
    open_context: OpenContext, listening: Listening, moderator: BrowserContext
) -> None:
    phone = open_context().new_page()
    phone.goto(listening.at(BODY))
    go_by(phone.get_by_role("link", name="Dire quelque chose"))
    phone.wait_for_url("**/parole")
    open_part(phone, "agrees_public")
    phone.check("[name=agrees_public]")
    question = "Quand rouvre le parc des Essais ?"
    code = say(phone, question, "question", "ecologie", contact="amie@example.org")
    assert phone.context.cookies() == []

    desk = moderator.new_page()
    desk.goto(listening.at(listening.desk))
    go_by(desk.get_by_role("link", name=question))
    follow(desk, "Transmettre")
    desk.locator("[name=organisation]").select_option(label="Valophis Habitat")
    desk.fill("[name=sentence_fr]", "La ville regarde et vous répond.")
    send(desk)
    follow(desk, "Répondre")
    desk.fill("[name=answer_fr]", "Le parc rouvre le 3 mai, de 8 h à 20 h.")
    desk.fill("[name=answer_ar]", "تفتح الحديقة يوم 3 مايو، من الساعة 8 إلى الساعة 20.")
    send(desk)
    expect(desk.locator("main")).to_contain_text("La personne le reçoit par e-mail")
    follow(desk, "Publier sans nom")
    desk.check("[name=read_again]")
    send(desk)
    expect(desk.locator("main")).to_contain_text("C’est public")
    desk.close()

    phone.goto(listening.at("/parole/suivi"))
    phone.fill("[name=receipt]", code.lower().replace("-", " "))
    send(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Répondu")
    expect(phone.locator("main")).to_contain_text("La ville regarde et vous répond.")
    expect(phone.locator("main")).to_contain_text("Le parc rouvre le 3 mai")
    phone.goto(listening.at(f"{BODY}/paroles", "ar"))
    expect(phone.locator("main")).to_contain_text("تفتح الحديقة يوم 3 مايو، من الساعة 8 إلى الساعة 20.")
    expect(phone.locator("main")).to_contain_text(question)
    phone.goto(listening.at(BODY))
    expect(phone.locator("main")).to_contain_text(question)
    phone.goto(listening.at("/messages-envoyes"))
    expect(phone.locator("main")).to_contain_text("Le parc rouvre le 3 mai")
    assert phone.context.cookies() == []


def test_a_word_goes_to_the_landlord_who_answers_and_its_name_comes_back(
    open_context: OpenContext, listening: Listening, moderator: BrowserContext
) -> None:
    phone = open_context().new_page()
    phone.goto(listening.at("/"))
    go_by(phone.locator("a.door", has_text="Dire quelque chose"))
    go_by(phone.locator("main .row-link", has_text="Conseil de Quartier"))
    phone.wait_for_url("**/conseil-de-quartier/parole")
    word = "La porte du hall B ne ferme plus depuis un mois."
    code = say(phone, word, "difficulte", "habitat")

    desk = moderator.new_page()
    desk.goto(listening.at(listening.desk))
    go_by(desk.get_by_role("link", name=word))
    follow(desk, "Transmettre")
    desk.locator("[name=organisation]").select_option(label=LANDLORDS_NAME)
    desk.fill("[name=sentence_fr]", "Votre bailleur lit votre message.")
    send(desk)
    desk.wait_for_url(re.compile(r"/parole/\d+$"))
    one = desk.url

    landlord = open_context(1280, 900).new_page()
    come_in(landlord, listening.site, LANDLORD)
    landlord.goto(listening.at("/bureau"))
    go_by(landlord.locator("main a[href$='/transmis']").first)
    card = landlord.locator(".card", has_text=word)
    expect(card).to_be_visible()
    go_by(card.get_by_role("link", name="Répondre"))
    landlord.fill("[name=reply]", "Un serrurier vient lundi 3 mai, le matin.")
    press(landlord, "Envoyer au groupe")
    expect(landlord.locator(".notice-success")).to_contain_text("Il donne votre réponse à la personne")
    assert landlord.goto(one).status == 403  # type: ignore[union-attr]

    desk.goto(one)
    follow(desk, "Répondre")
    expect(desk.locator("main")).to_contain_text(f"{LANDLORDS_NAME} a répondu")
    expect(desk.locator("[name=answer_fr]")).to_have_value("Un serrurier vient lundi 3 mai, le matin.")
    send(desk)
    desk.wait_for_url(re.compile(r"/parole/\d+$"))
    desk.close()

    phone.goto(listening.at("/parole/suivi"))
    phone.fill("[name=receipt]", code)
    send(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Répondu")
    answer = phone.locator(".story-entry", has_text="Un serrurier vient lundi 3 mai")
    expect(answer).to_contain_text(LANDLORDS_NAME)
    assert phone.context.cookies() == []


def test_a_resident_goes_from_home_to_the_form_of_a_body_and_its_receipt(
    open_context: OpenContext, listening: Listening
) -> None:
    phone = open_context().new_page()
    phone.goto(listening.at("/"))
    go_by(phone.locator("a.door", has_text="Dire quelque chose"))
    phone.wait_for_url("**/fr/dire")
    go_by(phone.locator("main .row-link", has_text="Conseil de Quartier"))
    phone.wait_for_url("**/conseil-de-quartier/parole")
    code = say(phone, "Le hall reste noir le soir.", "difficulte", "habitat")
    phone.goto(listening.at("/parole/suivi"))
    phone.fill("[name=receipt]", code)
    send(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Reçu")
    assert phone.context.cookies() == []


def test_a_resident_reads_the_reply_on_the_first_page_of_the_account_and_goes_on(
    open_context: OpenContext, listening: Listening, moderator: BrowserContext
) -> None:
    phone = open_context().new_page()
    come_in_by_mail(phone, listening.site, "fr", "fatou@example.org")
    phone.goto(listening.at("/moi"))
    expect(phone.locator("main")).to_contain_text("Vous n’avez pas encore écrit ici")
    fits(phone)
    phone.goto(listening.at("/"))
    go_by(phone.locator("a.door", has_text="Dire quelque chose"))
    go_by(phone.locator("main .row-link", has_text="Conseil de Quartier"))
    phone.wait_for_url("**/conseil-de-quartier/parole")
    question = "Qui répare le portail des Essais ?"
    say(phone, question, "question", "habitat")
    follow(phone, "Mes messages")
    phone.wait_for_url("**/fr/moi/messages")
    expect(phone.locator("main")).to_contain_text("Pas encore de réponse")

    desk = moderator.new_page()
    desk.goto(listening.at(listening.desk))
    go_by(desk.get_by_role("link", name=question))
    follow(desk, "Répondre")
    desk.fill("[name=answer_fr]", "Le bailleur répare le portail lundi.")
    send(desk)
    desk.wait_for_url(re.compile(r"/parole/\d+$"))
    desk.close()

    go_by(phone.locator("a.site-my-space"))
    phone.wait_for_url("**/fr/moi")
    reply = phone.locator("main .row-link", has_text="Vous avez une réponse")
    expect(reply).to_contain_text("Le bailleur répare le portail lundi.")
    fits(phone)
    go_by(reply)
    phone.wait_for_url("**/fr/moi/messages/*")
    expect(phone.locator("main")).to_contain_text("Le bailleur répare le portail lundi.")
    fits(phone)
    follow(phone, "Poser une autre question")
    phone.wait_for_url("**/conseil-de-quartier/parole?suite=*")
    words = phone.locator("[name=words]")
    assert "À la suite de mon message" in words.input_value()
    words.fill(f"{words.input_value()}Et la serrure ?")
    send(phone)
    go_by(phone.locator("a.site-my-space"))
    expect(phone.locator("main")).to_contain_text("Et la serrure ?")
    expect(phone.locator("main")).to_contain_text("Vous avez une réponse")


@pytest.mark.parametrize("script", [True, False])
def test_from_a_commitment_the_form_begins_with_what_it_is_about(
    open_context: OpenContext, listening: Listening, script: bool
) -> None:
    phone = open_context(java_script_enabled=script).new_page()
    phone.goto(listening.at(f"{CONTRACT}/engagements/ORL-EST-EMA-07"))
    door = phone.get_by_role("link", name="Dire quelque chose")
    box = door.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640, "in the first view of a small phone"
    go_by(door)
    phone.wait_for_url("**/conseil-de-quartier/parole?engagement=ORL-EST-EMA-07")
    words = phone.locator("[name=words]")
    begun = words.input_value()
    assert "médiathèque" in begun
    phone.check("[name=kind][value=question]")
    send(phone)
    expect(phone.locator(".field-error").first).to_have_text("Écrivez ce que vous voulez dire.")
    words.fill(f"{words.input_value()}Les étages auront-ils un ascenseur ?")
    send(phone)
    assert phone.locator(".receipt strong").inner_text()


def test_without_script_and_in_arabic_it_is_the_same(open_context: OpenContext, listening: Listening) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(listening.at(f"{BODY}/parole", "ar"))
    send(page)
    assert page.locator(".field-error:not([hidden])").count() == 2, (
        "the words and their kind; the rest is free"
    )
    code = say(page, "أين يمكنني أن أتعلم الفرنسية؟", "question", "emancipation")
    page.goto(listening.at("/parole/suivi", "ar"))
    page.fill("[name=receipt]", code)
    send(page)
    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.locator(".story-entry")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_one_question_fills_the_first_view_and_help_comes_with_the_subject(
    open_context: OpenContext, listening: Listening, script: bool
) -> None:
    phone = open_context(java_script_enabled=script).new_page()
    phone.goto(listening.at(f"{BODY}/parole"))
    words, danger = phone.locator("[name=words]"), phone.locator("summary", has_text="en danger")
    for each in (words, danger):
        box = each.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640, "in the first view of a small phone"
    expect(phone.locator("[name=theme]").first).to_be_hidden()
    open_part(phone, "theme")
    expect(phone.locator("a[href='tel:3919']:visible")).to_have_count(0)
    phone.check("[name=theme][value=femmes]")
    expect(phone.locator("a[href='tel:3919']:visible")).to_have_count(1)
    phone.fill("[name=words]", "J’ai besoin d’aide.")
    send(phone)
    expect(phone.locator("[name=words]")).to_have_value("J’ai besoin d’aide.")
    expect(phone.locator("a[href='tel:3919']:visible")).to_have_count(1)
    phone.check("[name=kind][value=difficulte]")
    send(phone)
    call, receipt = (
        phone.locator("a[href='tel:3919']:visible").bounding_box(),
        phone.locator(".receipt").bounding_box(),
    )
    assert call is not None
    assert receipt is not None
    assert call["y"] < receipt["y"], "help first"


def test_a_session_that_ended_while_somebody_typed_loses_nothing(
    open_context: OpenContext, listening: Listening
) -> None:
    """The word leaves, and says that it is not linked; what only the account may do waits for whoever signs in again."""
    context = open_context()
    page = context.new_page()
    come_in_by_mail(page, listening.site, "fr", RESIDENT, then="**/fr/moi**")
    page.goto(listening.at(f"{BODY}/parole"))
    expect(page.locator("[name=sent_as][value=linked]")).to_be_checked()
    page.fill("[name=words]", "Le square n’a plus de lumière le soir.")
    page.check("[name=kind][value=difficulte]")
    naming = context.new_page()
    naming.goto(listening.at("/moi/nom"))
    naming.fill("[name=name]", "Fatou du Quartier Est")
    with listening.site.inside():
        end_sessions_of(RESIDENT)

    send(page)
    expect(page.locator("main")).to_contain_text("Votre compte s’est fermé avant l’envoi")
    code = page.locator(".receipt strong").inner_text()
    page.goto(listening.at("/parole/suivi"))
    page.fill("[name=receipt]", code)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Reçu")

    go_by(naming.locator("main form button[type=submit]").first)
    expect(naming.locator("main [name=name]")).to_have_value("Fatou du Quartier Est")
    come_in_by_mail(page, listening.site, "fr", RESIDENT, then="**/fr/moi**")
    press(naming, "Envoyer de nouveau")
    expect(naming.locator("main")).to_contain_text(
        "Rien n’est perdu"
    )  # the page was that of the session before
    expect(naming.locator("main [name=name]")).to_have_value("Fatou du Quartier Est")
    send(naming)
    expect(naming.locator("main [name=name]")).to_have_count(0)
    page.goto(listening.at("/moi/nom"))
    expect(page.locator("[name=name]")).to_have_value("Fatou du Quartier Est")


def test_a_relais_writes_with_one_hand(listening: Listening, relais: BrowserContext) -> None:
    page = relais.new_page()
    page.goto(listening.at("/relais"))
    go_by(page.locator(f"a[href$='/relais/{listening.body_id}']"))
    go_by(page.get_by_role("link", name="العربية").last)
    expect(page.locator(".aloud")).to_contain_text("أكتب ما تقولونه")
    go_by(page.get_by_role("link", name="Français").last)
    yes = page.get_by_role("link", name="La personne dit oui")
    box = yes.bounding_box()
    assert box is not None
    assert box["y"] > 740 * 0.6, "under the thumb"
    assert box["height"] >= 44
    assert box["width"] > 300
    go_by(yes)
    page.check("[name=channel][value=marche]")
    code = say(page, "Un banc devant le marché, pour s’asseoir.", "idee", "habitat")
    assert re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}", code)
    expect(page.locator("main")).to_contain_text("1 message écrit")
    assert page.goto(listening.at(listening.desk)).status == 403  # type: ignore[union-attr]
    page.close()


def voices_written(listening: Listening, moderator: BrowserContext, words: str) -> int:
    """How many words of the register say this."""
    page = moderator.new_page()
    page.goto(listening.at(f"{listening.desk}?q={words.replace(' ', '+')}"))
    count = page.locator("#paroles tbody tr").count()
    page.close()
    return count


@pytest.mark.parametrize("online", [False, True], ids=["the phone knows", "the phone does not know"])
def test_a_relais_whose_network_goes_away_loses_nothing_and_sends_once(
    listening: Listening, relais: BrowserContext, moderator: BrowserContext, online: bool
) -> None:
    page = relais.new_page()
    page.goto(listening.at(f"/relais/{listening.body_id}/ecrire?accord=spoken"))
    words = f"Un abri pour les poussettes {'demain' if online else 'vite'}."
    page.fill("[name=words]", words)
    page.check("[name=kind][value=idee]")
    page.check("[name=theme][value=habitat]")
    page.check("[name=channel][value=marche]")
    send = page.get_by_role("button", name="Envoyer")
    address = page.url
    said = page.locator("[data-unsent]")
    if online:  # bars on the screen, and nothing behind them
        page.route("**/*", lambda route: route.abort("connectionfailed"))
    else:
        relais.set_offline(True)
    send.click()
    expect(said).to_be_visible()
    expect(said).to_contain_text("rien n’est parti")
    assert page.url == address
    expect(page.locator("[name=words]")).to_have_value(words)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert words not in kept, "the words of somebody else stay on no device"
    assert voices_written(listening, moderator, words) == 0

    # It comes back, and goes away again once the form has left: the answer is lost, not the word.
    page.unroute_all()
    relais.set_offline(False)
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "POST" and not sent:
            sent.append(route.fetch().text())
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/ecrire*", cut)
    send.click(no_wait_after=True)
    until(page, "location.href.startsWith('chrome-error:')")
    # A browser keeps what it could not send: loaded anew, its page of errors sends the same form once more.
    page.unroute_all()
    page.reload()
    receipt = page.locator(".receipt strong").inner_text()
    assert receipt in sent[0], "the same receipt"
    assert voices_written(listening, moderator, words) == 1
    page.close()


def test_the_desk_takes_ten_words_in_a_row_by_keyboard_and_passes_several_on(
    listening: Listening, moderator: BrowserContext
) -> None:
    page = moderator.new_page()
    page.goto(listening.at(f"{listening.desk}/saisir"))
    page.locator("[name=channel]").select_option("reunion")
    for number in range(3):
        page.locator("[name=words]").fill(f"Parole dite à la réunion, numéro {number}")
        page.locator("[name=kind][value=idee]").press("Space")
        page.locator("[name=theme][value=sante]").press("Space")
        enter(page)
    assert page.locator("[name=channel]").input_value() == "reunion"
    expect(page.locator("main")).to_contain_text("vous avez noté 3 messages")
    page.goto(listening.at(f"{listening.desk}?q=dite+à+la+réunion"))
    for box in page.locator("[name=voice]").all():
        box.check()
    page.locator("[name=organisation]").select_option(label="Valophis Habitat")
    press(page, "Transmettre")
    expect(page.locator("main")).to_contain_text("3 messages transmis.")
    press(page, "Annuler la transmission")
    expect(page.locator("main")).to_contain_text("3 messages repris.")
    page.close()


def test_a_sheet_of_paper_is_one_page(listening: Listening, moderator: BrowserContext) -> None:
    page = moderator.new_page()
    page.goto(listening.at(f"{listening.desk}/feuilles?combien=3"))
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 3
    page.close()


@pytest.mark.looks
@in_views_of_the_desk
def test_the_pages_of_the_register_are_in_order(
    listening: Listening, moderator: BrowserContext, relais: BrowserContext, view: View
) -> None:
    language, width = view.language, view.width
    wrong: dict[str, list[str]] = {}
    page = moderator.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(listening.at(listening.desk, language))
    hrefs = page.eval_on_selector_all(
        "#paroles th a", "links => links.map(link => link.getAttribute('href'))"
    )
    one = hrefs[0].removeprefix(f"/{language}")
    acts = ("", "/repondre", "/transmettre", "/sans-suite", "/corriger", "/publier", "/rouvrir")
    paths = [
        listening.desk,
        *(f"{listening.desk}{part}" for part in ("?q=zzz", "/saisir", "/feuilles", "/reglages")),
        *(f"{one}{act}" for act in acts),
    ]
    for path in paths:
        wrong[path] = look(page, listening.site, f"/{language}{path}", language)
    page.close()
    hand = relais.new_page()
    hand.set_viewport_size({"width": width, "height": 740})
    start = f"/relais/{listening.body_id}"
    for path in ("/relais", start, f"{start}/ecrire?accord=signed"):
        wrong[path] = look(hand, listening.site, f"/{language}{path}", language)
    hand.close()
    assert {path: found for path, found in wrong.items() if found} == {}
