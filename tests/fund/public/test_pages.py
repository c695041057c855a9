"""Public pages of funds: what each shows, and what none ever shows."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.fund.models.funds import FundEnvelope, FundRound
from cdv_civic.fund.public.queries.projects import PER_PAGE
from cdv_civic.fund.rules.fund_rules import PersonRules
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.fund import funds as given
from tests.fund.public.lives import WAY, live, tell, until

pytestmark = pytest.mark.usefixtures("app")


def said(client: FlaskClient, path: str) -> str:
    """The words of a page, made anew: what is written straight into the database raises no tag."""
    client.application.extensions["page_store"].clear()
    answer = client.get(path)
    assert answer.status_code == 200, path
    words = html.unescape(re.sub("<[^>]+>", " ", answer.text[answer.text.index("<main") :]))
    return re.sub(r"[\s\u00a0\u202f]+", " ", words)


class Place:
    """A fund with a round and an envelope."""

    def __init__(self) -> None:
        self.contract: Contract = make.make_contract("val")
        self.fund = given.make_fund(self.contract, part_of="Appel annuel de l’État")
        self.envelope: FundEnvelope = given.make_envelope(self.fund, 2000_00)
        self.round: FundRound = given.make_round(self.fund)

    @property
    def url(self) -> str:
        return f"/fr/fonds/{self.fund.slug}"

    @property
    def round_url(self) -> str:
        return f"{self.url}/{self.round.slug}"

    def live(self, *states: str, **values: object):  # type: ignore[no-untyped-def]
        return live(self.round, *states, envelope=self.envelope, contract_id=self.contract.id, **values)  # type: ignore[arg-type]

    def page_of(self, project: object) -> str:
        return f"{self.round_url}/{project.number}"  # type: ignore[attr-defined]


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def test_the_list_says_what_is_open_and_what_is_left(client: FlaskClient, place: Place) -> None:
    text = said(client, "/fr/fonds")
    assert "Fonds des habitants" in text
    assert "Appel de l’automne" in text
    assert "Il reste 2 000 € cette année" in text
    assert "encore 30 jours" in text
    assert "Une commission décide" in text


def test_the_list_is_narrowed_to_a_place(client: FlaskClient, place: Place) -> None:
    quartier = make.make_quartier(place.contract, slug="est")
    elsewhere = make.make_quartier(make.make_contract("mont"), slug="ouest")
    assert place.fund.slug in client.get(f"/fr/fonds?quartier={quartier.slug}").text
    assert place.fund.slug not in client.get(f"/fr/fonds?quartier={elsewhere.slug}").text
    assert place.fund.slug in client.get("/fr/fonds?contrat=val").text
    assert "Aucun fonds n’est encore public ici" in said(client, "/fr/fonds?contrat=perdu")


def test_a_fund_tells_its_rules_and_its_money_once(client: FlaskClient, place: Place) -> None:
    text = said(client, place.url)
    assert "1 500 € au plus pour un projet." in text
    assert "Il reste 2 000 € sur 2 000 €" in text
    assert "« Appel annuel de l’État » : chaque euro compte une seule fois." in text
    assert "Combien de temps" not in text


def test_days_are_told_once_three_projects_were_paid(client: FlaskClient, place: Place) -> None:
    for days in (2, 3):
        place.live(*until("paid"), step_days=days)
    assert "médiane" not in said(client, place.url)
    place.live(*until("paid"), step_days=10)
    text = said(client, place.url)
    assert f"15 jours du dépôt au paiement, médiane {clock.today().year}" in text
    assert "La loi donne 60 jours au plus pour payer une association" in text
    assert "mesuré sur 3 projets" in text


def test_a_project_is_public_once_the_desk_took_it(client: FlaskClient, place: Place) -> None:
    hidden = [
        place.live(title="Caché déposé"),
        place.live("incomplete", title="Caché incomplet"),
        place.live("inadmissible", title="Caché refusé"),
        place.live("abandoned", title="Caché arrêté"),
    ]
    shown = [
        place.live("admissible", title="Montré accepté"),
        place.live("admissible", "abandoned", title="Montré arrêté"),
    ]
    text = said(client, place.round_url)
    assert "Caché" not in text
    assert "2 projets acceptés, pour 1 000 € demandés." in text
    for project in shown:
        assert project.title in text
        assert client.get(place.page_of(project)).status_code == 200
    for project in hidden:
        assert client.get(place.page_of(project)).status_code == 404
    assert "Caché" not in client.get(f"{place.round_url}/projets.csv").text
    assert "Caché" not in client.get("/fr/fonds?q=cache").text


def test_nothing_of_a_withdrawn_fund_or_an_unpublished_round_is_shown(
    client: FlaskClient, place: Place
) -> None:
    project = place.live("admissible")
    draft = given.make_round(place.fund, published_at=None)
    assert client.get(f"{place.url}/{draft.slug}").status_code == 404
    with transaction() as session:
        session.merge(place.fund).withdrawn_at = clock.now()
    for path in (place.url, place.round_url, place.page_of(project), f"{place.round_url}/projets.json"):
        assert client.get(path).status_code == 404
    assert place.fund.slug not in client.get("/fr/fonds").text


def test_money_for_persons_is_counted_and_never_listed(client: FlaskClient, place: Place) -> None:
    rules = replace(given.RULES, person=PersonRules(16, 25, "Aider."))
    place.round = given.make_round(place.fund, "Bourses", rules)
    project = place.live("admissible", title="Mon permis", age=18)
    text = said(client, place.round_url)
    assert "leurs demandes ne sont pas publiques" in text
    assert "1 projet accepté" in text
    for path in (place.round_url, f"{place.round_url}/projets.csv", "/fr/fonds?q=permis"):
        assert "Mon permis" not in client.get(path).text
    assert client.get(place.page_of(project)).status_code == 404


def test_a_project_from_its_idea_to_its_review(client: FlaskClient, place: Place) -> None:
    quartier = make.make_quartier(place.contract, "Quartier Est", slug="est")
    project = place.live(
        *WAY,
        title="Une fête",
        carrier_kind="association",
        carrier_name="Les Voisins",
        quartier_id=quartier.id,
    )
    tell(project, "Tout le monde a dansé.")
    text = said(client, place.page_of(project))
    for words in (
        "Une fête",
        "Les Voisins",
        "Quartier Est",
        "300 €",
        "Tout le monde a dansé.",
        "42 personnes ont participé",
        "L’argent est versé",
        "Terminé",
    ):
        assert words in text, words
    assert "Personne d’exemple" not in text
    assert "Sans nouvelles" not in text


def test_a_review_is_public_once_the_desk_took_it(client: FlaskClient, place: Place) -> None:
    project = place.live(*until("reviewed"))
    tell(project, "Pas encore lu.", taken=False)
    assert "Pas encore lu." not in client.get(place.page_of(project)).text


def test_an_opinion_is_read_with_the_decision_and_never_before(client: FlaskClient, place: Place) -> None:
    body = make_body(place.contract, slug="conseil")
    project = place.live("admissible", "in-choice")
    given.make_opinion(project, body.id)
    assert "Ce projet réunit les familles." not in client.get(place.page_of(project)).text
    other = place.live("admissible", "in-choice", "not-selected")
    given.make_opinion(other, body.id, "against")
    text = said(client, place.page_of(other))
    assert "Ce projet réunit les familles." in text
    assert "Avis contre" in text
    assert "Trop de projets pour peu d’argent." in text


def test_what_was_missing_stays_between_the_carrier_and_the_desk(client: FlaskClient, place: Place) -> None:
    project = place.live("incomplete", "submitted", "admissible", "abandoned")
    text = said(client, place.page_of(project))
    assert "Trop de projets" not in text
    assert "À compléter" not in text
    assert text.count("Déposé") == 2


def test_a_project_that_nobody_tells_of_says_since_when(client: FlaskClient, place: Place) -> None:
    begins = clock.today() - timedelta(400)
    silent = place.live(*until("paid"), begins=begins)
    assert "Sans nouvelles depuis le" in said(client, place.page_of(silent))
    over = place.live(*WAY, begins=begins)
    assert "Sans nouvelles" not in said(client, place.page_of(over))


def test_projects_are_narrowed_by_state_and_read_page_by_page(client: FlaskClient, place: Place) -> None:
    for number in range(PER_PAGE + 2):
        place.live("admissible", title=f"Idée {number:02}")
    place.live(*until("selected"), title="Choisi")
    text = said(client, f"{place.round_url}?etat=retenus")
    assert "Choisi" in text
    assert "Idée" not in text
    first = client.get(place.round_url).text
    assert first.count("fund-project-card") == PER_PAGE
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    rest = client.get(html.unescape(following[1])).text
    assert rest.count("fund-project-card") == 3
    assert client.get(f"{place.round_url}?etat=perdu").status_code == 200


def test_a_first_name_is_shown_as_wished_and_is_in_no_file(client: FlaskClient, place: Place) -> None:
    project = place.live("admissible", signed="Awa", carrier_kind="resident", title="=2+2")
    assert "Awa" in said(client, place.page_of(project))
    answer = client.get(f"{place.round_url}/projets.csv")
    assert "Awa" not in answer.text
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert row["title"] == "'=2+2"
    assert (row["asked_eur"], row["state"], row["carrier"]) == ("500", "admissible", "")
    data = client.get(f"{place.round_url}/projets.json").get_json()
    assert data["projects"][0]["number"] == project.number
    assert "signed" not in data["projects"][0]


def test_search_finds_funds_and_projects(client: FlaskClient, place: Place) -> None:
    place.live("admissible", title="Des ruches sur le toit")
    text = said(client, "/fr/fonds?q=ruche")
    assert "Des ruches sur le toit" in text
    assert "1 projet d’habitants parle de « ruche »" in said(client, "/fr/engagements?q=ruche")
    assert "1 fonds de projets parle de « habitant »" in said(client, "/fr/engagements?q=habitant")
    assert "Rien ne correspond" in said(client, "/fr/fonds?q=zzzz")


def test_an_open_round_is_something_to_do_now(client: FlaskClient, place: Place) -> None:
    quartier = make.make_quartier(place.contract, slug="est")
    for path in ("/fr/en-ce-moment", f"/fr/quartiers/{quartier.slug}"):
        assert "Un projet à proposer" in said(client, path), path
    with transaction() as session:
        session.merge(place.round).closed_at = clock.now()
    assert "Un projet à proposer" not in said(client, "/fr/en-ce-moment")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_are_read_in_each_language(client: FlaskClient, place: Place, language: str) -> None:
    project = place.live(*until("paid"), lang="fr")
    tell(project)
    for path in ("/fr/fonds", place.url, place.round_url, place.page_of(project)):
        answer = client.get(path.replace("/fr/", f"/{language}/"))
        assert answer.status_code == 200
    assert 'lang="fr"' in answer.text
