"""Ideas and their moderation with the people who do it: an idea from post to fate, an hour on a phone, a report and an
appeal without an account. No step needs a script but where a test says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.operations import create_account, disable_account
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor, CommandLine, Role, Scope, ScopeKind
from cdv_civic.demo.accounts import CONTRACT, PASSWORD
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_box, publish_box, withdraw_box
from cdv_civic.moderation.charter.operations import CharterOf, adopt_example, publish_charter
from cdv_civic.territory.models import Body, Contract
from tests.browser.acts import follow, go_by, press, send
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings

BOX = "une-boite-pour-les-essais"
#: A body that no other test works for: one moderator, so that the staff answers appeals.
BODY, MODERATOR = "conseil-des-seniors", "animation-boite@example.org"


def the_body() -> Body:
    wanted = select(Body).join(Contract).where(Body.slug == BODY, Contract.slug == CONTRACT)
    return db.session.execute(wanted).scalar_one()


def the_box(slug: str) -> IdeaBox:
    wanted = select(IdeaBox).where(IdeaBox.slug == slug)
    return db.session.execute(wanted, execution_options={"populate_existing": True}).scalar_one()


def the_moderator() -> Actor:
    wanted = select(Account.id).where(Account.email == MODERATOR)
    who = account_who_acts(db.session.execute(wanted).scalar_one())
    assert who is not None
    return who


def open_a_box() -> int:
    """A moderator of the body opens a box of ideas; the id of the body."""
    body = the_body()
    create_account(
        CommandLine(), email=MODERATOR, password=PASSWORD, name="Essai",
        organisation_name="Conseil des seniors", role=Role.MODERATOR, scope=Scope(ScopeKind.BODY, body.id),
    )  # fmt: skip
    who, whose = the_moderator(), CharterOf(body.contract_id, body.id)
    adopt_example(who, whose, version=0)
    publish_charter(who, whose, version=1)
    settings = BoxSettings(
        title={"fr": "Une boîte pour les essais"}, question={"fr": "Que changer près de chez vous ?"},
        answerer={"fr": "Le conseil des seniors"}, answer_days=60,
    )  # fmt: skip
    slug = make_box(who, Keeper(body.contract_id, body.id), settings, client_key="une-boite-pour-les-essais")
    assert slug == BOX
    publish_box(who, the_box(BOX).id, version=the_box(BOX).version)
    return body.id


def withdraw_the_box() -> None:
    """Other tests go to the body that residents speak to: it is one again."""
    withdraw_box(the_moderator(), the_box(BOX).id, version=the_box(BOX).version)
    disable_account(CommandLine(), MODERATOR)


@dataclass(frozen=True)
class Box:
    """A box of a body, open to everybody."""

    site: Served
    body_id: int

    def at(self, path: str, language: str = "fr") -> str:
        return f"{self.site.address}/{language}{path}"

    @property
    def queue(self) -> str:
        return self.at(f"/bureau/instances/{self.body_id}/moderation")


@pytest.fixture(scope="module")
def box(served: Served) -> Iterator[Box]:
    with served.inside():
        body_id = open_a_box()
    yield Box(served, body_id)
    with served.inside():
        withdraw_the_box()


def propose(page: Page, box: Box, title: str, words: str) -> str:
    """Put an idea as anybody may, without an account; its receipt."""
    page.goto(box.at(f"/idees/{BOX}"))
    follow(page, "Proposer une idée")
    page.fill("[name=title]", title)
    page.fill("[name=words]", words)
    page.select_option("[name=theme]", "ecologie")
    send(page)
    expect(page.locator("h1")).to_have_text("Votre idée est arrivée. Merci.")
    return page.locator(".receipt strong").inner_text()


def follow_receipt(page: Page, box: Box, receipt: str) -> None:
    page.goto(box.at("/parole/suivi"))
    page.fill("[name=receipt]", receipt.lower())
    send(page)


def open_case(page: Page, box: Box, title: str, shown: str = "") -> None:
    """A text of the queue, by what it says."""
    page.goto(f"{box.queue}{f'?quoi={shown}' if shown else ''}")
    go_by(page.get_by_role("link", name=title, exact=True))


def say_why(page: Page, principle: re.Pattern[str], facts: str) -> None:
    page.get_by_label(principle).check()
    page.fill("[name=facts_fr]", facts)
    send(page)


def fits(page: Page) -> bool:
    """Whether nothing is beyond the edge of a phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("script", [True, False])
def test_an_idea_goes_from_the_phone_of_a_resident_to_its_fate(
    open_context: OpenContext, box: Box, signed_in: SignedIn, script: bool
) -> None:
    title, words, group = (
        ("Un jardin derrière la tour", "La cour est vide.", "Planter en ville")
        if script
        else ("Des cours de vélo", "Ma mère voudrait apprendre.", "Rouler sans danger")
    )
    resident = open_context(has_touch=True, java_script_enabled=script).new_page()
    receipt = propose(resident, box, title, words)
    assert fits(resident)
    follow_receipt(resident, box, receipt)
    expect(resident.locator("main")).to_contain_text("devrait être lue avant")

    moderator = open_context(storage_state=signed_in(MODERATOR), java_script_enabled=script).new_page()
    open_case(moderator, box, title)
    press(moderator, "Publier")

    staff = open_context(1200, 900, storage_state=signed_in(), java_script_enabled=script).new_page()
    staff.goto(box.at(f"/bureau/idees/{BOX}"))
    staff.get_by_label(f"Choisir\u00a0: {title}").check()
    staff.select_option("[name=group]", label="Un nouveau groupe")
    go_by(staff.get_by_role("button", name="Ranger"))
    staff.fill("[name=title_fr]", group)
    send(staff)
    staff.goto(box.at(f"/bureau/idees/{BOX}"))
    go_by(staff.get_by_role("link", name=title, exact=True))
    staff.fill("[name=answer_fr]", "Oui : la terre arrive en mars.")
    send(staff)

    follow_receipt(resident, box, receipt)
    fate = resident.locator("main")
    expect(fate).to_contain_text("Oui : la terre arrive en mars.")
    expect(resident.get_by_role("link", name=group)).to_be_visible()
    assert fits(resident)
    if script:
        assert axe_findings(resident) == []
        assert axe_findings(staff) == []
    go_by(resident.get_by_role("link", name="Voir mon idée"))
    expect(resident.locator("h1")).to_have_text(title)


def test_an_hour_of_a_moderator_on_a_phone(open_context: OpenContext, box: Box, signed_in: SignedIn) -> None:
    """A queue of several kinds: two published together, one asked for otherwise, one hidden and shown again."""
    resident = open_context(has_touch=True).new_page()
    plain = ("Une fontaine près des jeux", "Les enfants ont soif l’été.")
    other = ("Un banc devant la poste", "On attend debout, les anciens aussi.")
    named = ("Un passage plus sûr", "Mme Fictif a failli tomber hier, appelez-la au 01 99 00 45 67.")
    angry = ("Moins de bruit le soir", "Ceux de la tour sont des sauvages, tous.")
    receipts = [propose(resident, box, *each) for each in (plain, other, named, angry)]

    page = open_context(has_touch=True, storage_state=signed_in(MODERATOR)).new_page()
    page.goto(box.queue)
    assert fits(page)
    # What a program points to is read alone, and has no box.
    expect(page.get_by_label(f"Choisir\u00a0: {named[0]}")).to_have_count(0)
    for title, _words in (plain, other):
        page.get_by_label(f"Choisir\u00a0: {title}").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("2 lignes choisies")
    press(page, "Publier ces textes")
    expect(page.locator("main")).to_contain_text("2 textes sont publics.")

    open_case(page, box, named[0])
    expect(page.locator(".hint-list")).to_contain_text("Peut-être un nom\u00a0: Mme Fictif")
    assert fits(page)
    assert axe_findings(page) == []
    follow(page, "Demander d’écrire autrement")
    send(page)  # without a reason: nothing happens, and it is said
    expect(page.locator(".error-summary")).to_be_visible()
    say_why(
        page, re.compile("On ne donne pas de nom"), "Le texte donne le nom d’une voisine et son téléphone."
    )
    follow_receipt(resident, box, receipts[2])
    expect(resident.locator("main")).to_contain_text("Le texte donne le nom d’une voisine et son téléphone.")
    resident.fill("[name=words]", "Une voisine a failli tomber hier.")
    go_by(resident.get_by_role("button", name="Envoyer mon idée"))
    open_case(page, box, named[0])
    expect(page.locator(".hinted-text")).to_contain_text("Une voisine a failli tomber hier.")
    press(page, "Publier")

    open_case(page, box, angry[0])
    follow(page, "Masquer")
    say_why(page, re.compile("sans attaquer les personnes"), "Le texte insulte des voisins.")
    follow_receipt(resident, box, receipts[3])
    expect(resident.locator("main")).to_contain_text("Le texte insulte des voisins.")
    resident.goto(box.at(f"/idees/{BOX}"))
    expect(resident.locator("main")).not_to_contain_text(angry[0])
    open_case(page, box, angry[0], "masques")
    follow(page, "Montrer de nouveau")
    send(page)
    resident.goto(box.at(f"/idees/{BOX}"))
    for title in (plain[0], other[0], named[0], angry[0]):
        expect(resident.get_by_role("link", name=title)).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_report_and_an_appeal_without_an_account(
    open_context: OpenContext, box: Box, signed_in: SignedIn, script: bool
) -> None:
    """Anybody reports an idea; it is hidden; its author contests by the receipt; somebody else gives them right."""
    title, words, why = (
        ("Fermer la rue aux autos", "Elles vont trop vite.", "Je parle des autos, pas des gens.")
        if script
        else ("Un ralentisseur au collège", "On y roule trop fort.", "Je ne nomme personne.")
    )
    author, neighbour = (
        open_context(has_touch=True, java_script_enabled=script).new_page() for _ in range(2)
    )
    receipt = propose(author, box, title, words)
    moderator = open_context(storage_state=signed_in(MODERATOR), java_script_enabled=script).new_page()
    open_case(moderator, box, title)
    press(moderator, "Publier")

    neighbour.goto(box.at(f"/idees/{BOX}"))
    go_by(neighbour.get_by_role("link", name=title))
    go_by(neighbour.locator(".report-link").first)
    neighbour.get_by_label("Contraire à la charte").check()
    neighbour.fill("[name=words]", "On accuse les gens en auto.")
    send(neighbour)
    expect(neighbour.locator("h1")).to_have_text("Signalement reçu. Merci.")
    reported = neighbour.locator(".receipt strong").inner_text()

    open_case(moderator, box, title, "signales")
    expect(moderator.locator(".reports")).to_contain_text("On accuse les gens en auto.")
    follow(moderator, "Masquer")
    say_why(moderator, re.compile("sans attaquer les personnes"), "Le texte accuse des personnes.")
    follow_receipt(neighbour, box, reported)
    expect(neighbour.locator("h1")).to_have_text("Votre signalement est lu")

    follow_receipt(author, box, receipt)
    press(author, "Contester la décision")
    author.fill("[name=words]", why)
    press(author, "Envoyer mon recours")
    expect(author.locator("h1")).to_have_text("Recours reçu. Merci.")

    # The only moderator of the body has decided: the staff of the contract answers.
    staff = open_context(1200, 900, storage_state=signed_in(), java_script_enabled=script).new_page()
    staff.goto(box.at("/bureau/recours"))
    go_by(staff.get_by_role("link", name=why))
    staff.get_by_label("La décision est annulée", exact=False).check()
    staff.fill("[name=answer_fr]", "Le texte parle d’autos : il est de nouveau visible.")
    send(staff)
    follow_receipt(author, box, receipt)
    expect(author.locator(".statements")).to_contain_text("Ce texte est de nouveau public.")
    follow_receipt(neighbour, box, reported)
    expect(neighbour.locator("h1")).to_have_text("Votre signalement est lu")
    assert fits(author)
    assert fits(neighbour)
    author.goto(box.at(f"/idees/{BOX}"))
    expect(author.get_by_role("link", name=title)).to_be_visible()
