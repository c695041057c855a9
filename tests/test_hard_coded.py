"""No page says a word that gettext did not pass through.

The catalogue is replaced by one that puts every string between ⟦ and ⟧, all data is in Greek letters, and dates are
in Arabic: Latin letters outside the brackets are words that nobody could translate.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.accounts.rules import code_at, step_at
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import announce_meeting, cancel_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, enter_attendance
from cdv_civic.bodies.operations.publication_drafts import NewDecision, PublicationDraft
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.bodies.rules import monthly
from cdv_civic.cards.operations.batches import print_batch
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.i18n.catalogue import Catalogue
from cdv_civic.core.i18n.catalogues import Catalogues
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.draws.operations.drawing import seed_draw
from cdv_civic.draws.operations.preparing import DrawPlan, add_candidates, prepare_draw
from cdv_civic.draws.operations.publishing import publish_list, withdraw_candidate
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.queries import candidates_of
from cdv_civic.draws.rules import Category, Value
from cdv_civic.seats.operations.members import end_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.territory.models import Body
from cdv_civic.voices.operations import answering, keeping, publishing, receiving
from cdv_civic.voices.operations.receiving import NewVoice
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, make_body
from tests.cards.cards import an_order
from tests.conftest import TODAY, PostgresServer, Site
from tests.draws.draws import make_seat
from tests.signing_in import current_code, open_browser, send

#: Pages for who is not signed in.
WAYS_IN = (
    "/connexion",
    "/connexion?retour=/fr/bureau",
    "/connexion/equipe",
    "/connexion/e-mail",
    "/connexion/sms",
    "/connexion/code/nonsense",
    "/connexion/lien/nonsense",
)
#: What holds no words: a program, or the text of a file.
SILENT = ("script", "style", "template", "pre")
ATTRIBUTES = {"aria-label", "title", "alt", "placeholder", "data-too-heavy", "data-label"}
#: Marks of settings and formats that are the same in every language.
ALLOWED = re.compile(
    r"English|Français|[2-9A-Z]{5}-[2-9A-Z]{5}|\b(?:Firefox|Linux|FR|HTML5|CSS|SVG|JavaScript|PDF|CSV|QPV|AGPL|RGAA|WCAG|JPEG|PNG|WebP|Mo|E|AX)\b|[A-Z]+-\d+|[0-9a-f]{64}|https?://\S*|\S+@\S+"
)


class BracketingCatalogue(Catalogue):
    """Says every string back, between brackets."""

    def text(self, source: str) -> str:
        return f"⟦{source}⟧"

    def counted_text(self, singular: str, plural: str, num: int) -> str:
        return f"⟦{singular if num == 1 else plural}⟧"

    def markup(self, source: str) -> Markup:
        return Markup(self.text(source))

    def counted_markup(self, singular: str, plural: str, num: int) -> Markup:
        return Markup(self.counted_text(singular, plural, num))


class Reader(HTMLParser):
    """Collects what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        named = dict(attributes)
        self.said += [value for name, value in attributes if name in ATTRIBUTES and value]
        if (
            tag == "meta"
            and "content" in named
            and (named.get("name") == "description" or "og:title" in named.values())
        ):
            self.said.append(named["content"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def outside_brackets(text: str) -> str:
    depth, kept = 0, []
    for letter in text:
        depth += letter == "⟦"
        if not depth:
            kept.append(letter)
        depth -= letter == "⟧"
    return "".join(kept)


def hard_coded(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    # One text may be cut by tags inside its brackets: join first, then cut.
    left = ALLOWED.sub(" ", outside_brackets("\n".join(reader.said)))
    return re.findall(r"[^\n]*[A-Za-zÀ-ÿ]{2,}[^\n]*", left)


def greek_members_and_draws(account: SignedIn, body: Body) -> list[str]:
    """The pages of members and draws of lots, with one of each of their states."""
    seat = make_seat(account, body, "Μαρία", last_name="Ράλλη", gender="femme", phone="06 00 00 00 00")
    make_seat(account, body, "Λίνα", substitute=True, hidden=True)
    make_seat(account, body, "Νίκος", college="acteurs_locaux", represents="Σύλλογος", minor=True)
    end_seat(account, make_seat(account, body, "Άννα"), "mandat", version=0)
    set_numbers(account, body.id, {"habitants": 12})
    category = Category("Φύλο", (Value("Γυναίκες", 1, 2), Value("Άνδρες", 1), Value("Άλλο", 0, 1)))
    people = [
        NewCandidate(
            "Πρόσωπο", f"Α{each}", phone=f"06 00 00 00 1{each}", profile=(category.values[each % 2].name,)
        )
        for each in range(4)
    ]
    draws: list[int] = []
    for published in (False, True, True):
        plan = DrawPlan("Κλήρωση", "habitants", 3, 2, (category,))
        draws.append(prepare_draw(account, body.id, plan, client_key=f"κλήρωση-δοκιμή-{len(draws)}"))
        add_candidates(account, draws[-1], people)
        if published:
            publish_list(account, draws[-1], seed_rule="Κανόνας", seed_day=date(2026, 12, 5), version=1)
    person = candidates_of(draws[1])[0].id
    withdraw_candidate(account, draws[2], candidates_of(draws[2])[0].id, seed_rule="Κανόνας", seed_day=date(2026, 12, 5), version=2)  # fmt: skip
    with clock.frozen_everywhere(TODAY.replace(month=12, day=6)):
        seed_draw(account, draws[2], "3 17 22 41")
    here, public = f"/bureau/instances/{body.id}", "/contrats/c/instances/s/tirages"
    return [
        f"{here}/membres",
        f"{here}/membres/nouveau",
        f"{here}/membres/sieges",
        *(f"{here}/membres/{seat}/{act}" for act in ("modifier", "fin", "compte")),
        f"{here}/tirages",
        f"{here}/tirages/nouveau",
        f"{here}/tirages/{draws[0]}/personnes/nouvelle",
        f"{here}/tirages/{draws[0]}/personnes/importer",
        f"{here}/tirages/{draws[0]}/publier",
        f"{here}/tirages/{draws[0]}/modifier",
        f"{here}/tirages/{draws[1]}/personnes/{person}/retirer",
        *(f"{here}/tirages/{each}" for each in draws),
        *(f"{here}/tirages/{each}/hasard" for each in draws),
        *(f"{public}/{each}" for each in draws[1:]),
    ]


@pytest.fixture
def greek_site(
    tmp_path: Path, postgres: PostgresServer | None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[FlaskClient, list[str]]]:
    """A site with Greek data, a client signed in, and the addresses of its pages."""
    bracketing = BracketingCatalogue("fr", {}, {})
    monkeypatch.setattr(Catalogues, "of", lambda _self, _tag: bracketing)
    greek = Site(
        tmp_path, postgres, site_name="Η γειτονιά", page_cache=False, demo=True, help_phone="01 99 00 12 34"
    )
    with clock.frozen_everywhere(TODAY), greek.app.app_context():
        contract = make.make_contract("c", title="Σύμβαση", territory="Περιοχή", source_document="Έγγραφο")
        commune = make.make_commune(contract, "Πόλη", "p")
        quartier = make.make_quartier(contract, "Γειτονιά", [commune], population=1200, slug="q")
        holder = make.make_organisation(contract, "Δήμος", slug="o")
        axis = make.make_axis(contract, "Άξονας", code="AX-1", theme="ecologie")
        commitment = make.make_commitment(
            contract,
            "Δέσμευση",
            code="E-1",
            axes=[axis],
            holders=[holder],
            partners=[holder],
            quartiers=[quartier],
            communes=[commune],
            deadline_text="Προθεσμία",
            condition="Όρος",
            recurrence="Ετησίως",
            budget_text="Ποσό",
            budget_certainty="plafond",
            theme="ecologie",
        )
        make.make_commitment(contract, "Ιδέα", code="E-2", axes=[axis], state="a_verifier", nature="idee")
        make.make_progress(commitment, sentence="Άρχισε.", organisation_name="Δήμος")
        account = make.make_account(name="Υπάλληλος", organisation_name="Δήμος", role="administrator")
        make.make_notice(subject="Γεια", failed_at=TODAY, last_error="451")
        with transaction() as session:
            link = issue(session, account.actor_id, Purpose.PASSWORD)
        body = make_body(contract, "Συμβούλιο", slug="s", quartiers=[quartier], communes=[commune])
        make_body(contract, "Επιτροπή", "comite_pilotage", slug="e")
        describe_body(
            account, body.id, version=0, state="actif", contact={"fr": "Εδώ"}, joining={"fr": "Έλα"}
        )
        words: dict[str, Any] = {
            "title": {"fr": "Πάρκο"},
            "place": "Οδός",
            "childcare": True,
            "step_free": True,
            "interpreter": True,
            "spoken": ("ar", "sgn"),
        }
        day = date(2026, 12, 5)
        rule = monthly(day, except_months=frozenset({8}), until=date(2027, 6, 30))
        meeting = announce_meeting(
            account, body.id, an_event(day, recurrence=rule, **words), client_key="α" * 16, zone=PARIS
        )
        off = announce_meeting(account, body.id, an_event(**words), client_key="β" * 16, zone=PARIS)
        cancel_meeting(account, off, {"fr": "Κλειστά"}, sequence=0)
        cancel_occurrence(account, meeting, date(2027, 1, 2), {"fr": "Κλειστά"}, sequence=0, zone=PARIS)
        past = announce_meeting(
            account, body.id, an_event(date(2026, 11, 7), recurrence=monthly(date(2026, 11, 7)), **words),
            client_key="γ" * 16, zone=PARIS,
        )  # fmt: skip
        enter_attendance(account, past, date(2026, 11, 7), present=5, first_time=2, version=0, zone=PARIS)
        minutes = publish(
            account,
            body.id,
            PublicationDraft(
                "compte_rendu",
                {"fr": "Είπαμε"},
                meeting_id=past,
                meeting_day=date(2026, 11, 7),
                decisions=[NewDecision({"fr": "Ναι"}, "Δήμος", date(2027, 3, 1))],
            ),
            client_key="praktika-1",
            zone=PARIS,
        )
        place = f"/bureau/instances/{body.id}"
        members_and_draws = greek_members_and_draws(account, body)
        voice, asleep = _voices(account, body.id)
        held = f"{place}/rencontres/{past}/dates/2026-11-07"
        grant_id = grant_role(account, account.actor_id, Role.STAFF, Scope()).id
        with clock.frozen_everywhere(TODAY + timedelta(days=1)):
            end_role(
                account,
                grant_role(account, account.actor_id, Role.MODERATOR, Scope(ScopeKind.BODY, body.id)).id,
            )
        client = greek.app.test_client()
        open_browser(client, account)
        order = an_order(quartier, 6, purpose="Ψήφος", handed_out_by="Δήμος", body_id=body.id)
        cards, forgotten = print_batch(account, order), print_batch(account, order)
        with client.session_transaction() as cookie:
            cookie["card_sheets"] = {str(cards.batch_id): cards.key}
        act = f"/bureau/engagements/{commitment.id}"
        yield (
            client,
            [
                "/",
                "/quartiers",
                "/quartiers?q=xyz",
                "/quartiers/q",
                "/contrats",
                "/contrats/c",
                "/contrats/c?axe=AX-1",
                "/contrats/c/organisations",
                "/contrats/c/organisations/o",
                "/contrats/c/engagements/E-1",
                "/contrats/c/engagements/E-2",
                "/engagements",
                "/engagements?q=xyz&etat=nonsense",
                "/engagements?tout=1",
                "/mots",
                "/mentions-legales",
                "/vie-privee",
                "/accessibilite",
                "/nowhere",
                "/bureau",
                "/bureau/engagements",
                act,
                f"{act}/avancement",
                f"{act}/modifier",
                f"{act}/traductions",
                f"{act}/indicateurs",
                "/bureau/compte",
                "/bureau/compte/telephone",
                "/bureau/compte/telephone/retirer",
                "/bureau/compte/codes",
                "/deconnexion",
                "/bureau/comptes",
                "/bureau/comptes?q=xyz",
                f"/bureau/comptes/{account.actor_id}",
                f"/bureau/comptes/{account.actor_id}/role",
                f"/bureau/comptes/{account.actor_id}/role?role=relais&sorte=quartier",
                f"/bureau/comptes/{account.actor_id}/role?role=relais&sorte=quartier&q=xyz",
                f"/bureau/comptes/{account.actor_id}/role?role=staff",
                f"/bureau/comptes/{account.actor_id}/role?role=relais&portee=quartier:{quartier.id}",
                f"/bureau/comptes/{account.actor_id}/roles/{grant_id}/fin",
                "/bureau/comptes/inviter",
                "/bureau/comptes/inviter?role=translator",
                f"/bureau/comptes/inviter?role=relais&portee=quartier:{quartier.id}",
                "/bureau/comptes/inviter?role=staff&portee=site",
                "/bureau/droits",
                "/bureau/comptes-inutilises",
                "/bureau/messages",
                "/moi",
                "/moi/bienvenue",
                "/moi/nom",
                "/moi/quartiers?q=γειτονια",
                "/moi/quartiers?q=xyz",
                "/moi/quartiers/propositions?q=γειτονια",
                "/moi/joindre/email",
                "/moi/joindre/telephone",
                "/moi/joindre/email/effacer",
                "/moi/donnees",
                "/moi/effacer",
                "/compte-efface",
                "/mot-de-passe-oublie",
                "/mot-de-passe/nonsense",
                f"/mot-de-passe/{link.token}",
                "/contrats/c/instances",
                "/contrats/c/instances/s",
                "/contrats/c/instances/e",
                "/carte",
                "/bureau/cartes",
                "/bureau/cartes/nouvelles",
                "/bureau/cartes/perdue",
                f"/bureau/cartes/{cards.batch_id}/fermer",
                f"/bureau/cartes/{cards.batch_id}/feuille",
                f"/bureau/cartes/{forgotten.batch_id}/feuille",
                "/bureau/instances",
                "/bureau/instances?q=xyz",
                place,
                "/contrats/c/instances/s/parole",
                "/contrats/c/instances/s/paroles",
                "/contrats/c/instances/s/paroles?theme=sante",
                "/parole/suivi",
                f"{place}/parole",
                f"{place}/parole?q=xyz",
                f"{place}/parole?transmis={voice}",
                f"{place}/parole/saisir",
                f"{place}/parole/feuilles",
                f"{place}/parole/reglages",
                *(
                    f"{place}/parole/{voice}{act}"
                    for act in ("", "/repondre", "/transmettre", "/publier", "/sans-suite")
                ),
                *(f"{place}/parole/{asleep}{act}" for act in ("", "/corriger", "/rouvrir")),
                "/relais",
                f"/relais/{body.id}",
                f"/relais/{body.id}/ecrire?accord=spoken",
                *members_and_draws,
                f"{place}/modifier",
                f"{place}/rencontres/nouvelle",
                f"{place}/rencontres/{meeting}/modifier",
                f"{place}/rencontres/{meeting}/annuler",
                f"/contrats/c/instances/s/rencontres/{past}",
                f"/contrats/c/instances/s/rencontres/{meeting}",
                "/contrats/c/instances/s/publications",
                f"/contrats/c/instances/s/publications/{minutes}",
                f"{place}/rencontres/{past}",
                f"{place}/rencontres/{meeting}",
                f"{place}/rencontres/{meeting}/dates/2027-02-06/annuler",
                f"{place}/rencontres/{meeting}/dates/2027-02-06/deplacer",
                f"{place}/rencontres/{meeting}/dates/2027-01-02/retablir",
                f"{held}/presents",
                f"{held}/feuille",
                f"{place}/publications",
                f"{place}/publications/nouvelle",
                f"{place}/publications/nouvelle?rencontre={past}&date=2026-11-07&sorte=compte_rendu",
                f"{place}/publications/{minutes}/modifier",
                f"{place}/publications/{minutes}/retirer",
                f"{place}/chiffres",
            ],
        )


def _voices(account: SignedIn, body_id: int) -> tuple[int, int]:
    """Two words of a body that listens: one that waits and is public, one that is done."""
    make.make_account(
        role="moderator", scope=Scope(ScopeKind.BODY, body_id), name="Μέλος", organisation_name="Δήμος"
    )
    keeping.describe_listening(
        account, body_id, is_open=True, due_days=30, readers={"fr": "Εμείς."}, version=0
    )
    ids = [
        receiving.say(
            NewVoice(
                body_id,
                words,
                "question",
                "femmes",
                new_key(),
                contact=contact,
                agrees_public=True,
                minor=True,
            )
        ).voice_id
        for words, contact in (("Πότε;", "a@example.org"), ("Πού;", "01 44 38 38 38"))
    ]
    for voice_id in ids:
        publishing.publish(account, voice_id, "", read_again=True, confirmed=True, version=1)
    answering.answer(account, ids[1], {"fr": "Εδώ."}, answered_by="Δήμος", version=2)
    return ids[0], ids[1]


def test_no_word_escapes_translation(greek_site: tuple[FlaskClient, list[str]]) -> None:
    client, pages = greek_site
    found = {}
    for path in [*pages, *WAYS_IN]:
        visitor = client.application.test_client() if path in WAYS_IN else client
        answer = visitor.get(f"/ar{path}")
        assert answer.status_code in (200, 404, 410), path
        if words := hard_coded(answer.get_data(as_text=True)):
            found[path] = words
    assert found == {}, found


def test_no_word_of_the_second_step_escapes_translation(greek_site: tuple[FlaskClient, list[str]]) -> None:
    client, _pages = greek_site
    account = make.make_account(name="Υπάλληλος", organisation_name="Δήμος")
    found = {}

    def read(path: str, html: str) -> None:
        if words := hard_coded(html):
            found[path] = words

    visitor = client.application.test_client()
    send(
        visitor, "/ar/connexion/equipe?poste=partage", email=account.email, password=make.PASSWORD, shared="y"
    )
    first = "/ar/connexion/equipe/telephone"
    page = send(visitor, first, code="000000")
    read(first, page.text)
    key = re.search(r'class="key" dir="ltr">([A-Z2-7 ]+)<', page.text)
    assert key
    send(visitor, first, code=current_code(key.group(1).replace(" ", "")))
    read(
        "codes", re.sub(r"<code>[A-Z0-9 ]+</code>", "", visitor.get("/ar/bureau/compte/codes/nouveaux").text)
    )
    read("account", visitor.get("/ar/bureau/compte").text)
    read("leaving", visitor.get("/ar/deconnexion").text)
    for how in ("sortie", "inactif", "partage", "partout"):
        read(how, client.application.test_client().get(f"/ar/connexion/equipe?fin={how}").text)
    other = client.application.test_client()
    send(other, "/ar/connexion/equipe", email=account.email, password=make.PASSWORD)
    drifted = code_at(key.group(1).replace(" ", ""), step_at(TODAY) + 8)
    for path, code in (("/code", "000000"), ("/code", drifted), ("/secours", "A")):
        read(f"{path} {code}", send(other, f"/ar/connexion/equipe{path}", code=code).text)
    assert {path: [word for word in words if word not in key.group(1)] for path, words in found.items()} == {
        first: []
    }


def test_the_check_sees_words_that_escape() -> None:
    assert hard_coded('<p>⟦Bonjour⟧ <b title="Aller">Γεια</b></p><p>le monde</p>') == ["Aller", "le monde"]
