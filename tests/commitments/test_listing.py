"""The list: filters, search, pages, and what they cost."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from cdv_civic.commitments.models import Commitment, commitment_quartier
from cdv_civic.commitments.queries.filters import AskedFilters, understand
from cdv_civic.commitments.queries.listing import PER_PAGE, _keys, listing, page_of_keys
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.paging import Cursor
from tests.conftest import Site
from tests.factories import (
    make_axis,
    make_commitment,
    make_commitments,
    make_commune,
    make_contract,
    make_organisation,
    make_progress,
    make_quartier,
)


def titles(**asked: str) -> list[str]:
    """What the list shows for an address."""
    question = understand(AskedFilters(**asked), today=clock.today(), soon_days=60)
    page = listing(
        question.filters,
        [each.id for each in question.contracts],
        language="fr",
        today=clock.today(),
        size=500,
    )
    return [card.title.text for card in page.cards]


def test_the_list_shows_what_the_contract_says_in_its_order(client: FlaskClient) -> None:
    contract = make_contract()
    make_commitment(contract, "Ouvrir une école")
    make_commitment(contract, "Planter des arbres")
    page = client.get("/fr/engagements").text
    assert page.index("Ouvrir une école") < page.index("Planter des arbres")
    assert "2 actions" in page


def test_in_a_quartier_promises_come_before_what_is_none(app: Flask) -> None:
    contract = make_contract()
    quartier = make_quartier(contract, slug="est")
    for title, nature in (
        ("Idée", "idee"),
        ("Promesse", "engagement"),
        ("Piste", "piste"),
        ("Suite", "poursuite"),
    ):
        make_commitment(contract, title, nature=nature, quartiers=[quartier])
    assert titles(quartier="est") == ["Promesse", "Suite", "Idée", "Piste"]
    assert titles() == ["Idée", "Promesse", "Piste", "Suite"]


def test_the_badge_marks_what_is_no_promise_and_says_what_became_of_it(client: FlaskClient) -> None:
    contract = make_contract()
    make_commitment(contract, "Une promesse")
    make_commitment(contract, "Une piste", nature="piste")
    begun = make_commitment(contract, "Une piste prise", nature="piste", state="en_cours")
    make_commitment(contract, "Une idée faite", nature="idee", state="realise")
    page = client.get("/fr/engagements").text
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    badges = [re.findall(r'class="nature [^"]*">.*?<span>(.*?)</span>', card) for card in cards]
    assert badges == [
        [],
        ["Piste à l’étude\u00a0: ce n’est pas une promesse"],
        ["Piste du contrat, devenue un chantier"],
        ["Idée du contrat, devenue réalité"],
    ]
    one = client.get(f"/fr/contrats/{contract.slug}/engagements/{begun.code}").text
    assert "Piste du contrat, devenue un chantier" in one


def test_institutions_promise_only_what_is_a_promise(client: FlaskClient) -> None:
    contract = make_contract()
    three = [make_organisation(contract) for _ in range(3)]
    make_commitment(contract, "Une piste", nature="piste", holders=three)
    page = client.get("/fr/engagements").text
    assert "3 organismes sont cités" in page
    assert "s’engagent" not in page


def test_what_is_to_be_checked_is_explained_once_with_whom_to_ask(client: FlaskClient) -> None:
    contract = make_contract()
    make_quartier(contract, slug="est")
    make_commitment(contract, "Dit")
    for title in ("Un", "Deux"):
        make_commitment(contract, title, state="a_verifier")
    page = client.get("/fr/engagements").text
    assert page.count("to-check-note") == 1
    (asked,) = re.findall(r'<p class="to-check-note">.*?<a href="([^"]*)"', page, re.DOTALL)
    assert asked == "/fr/dire"
    assert client.get(asked).status_code == 200
    assert "to-check-note" not in client.get("/fr/engagements?etat=annonce").text


def test_contracts_of_the_newest_period_come_first(app: Flask) -> None:
    old = make_contract(period_start="2015", period_end="2020")
    new = make_contract(period_start="2024", period_end="2030")
    make_commitment(old, "Ancien")
    make_commitment(new, "Nouveau")
    assert titles() == ["Nouveau", "Ancien"]


def test_what_is_no_longer_in_the_contract_is_not_listed(app: Flask) -> None:
    contract = make_contract()
    make_commitment(contract, "Encore là")
    make_commitment(contract, "Plus là", retired_at=clock.now())
    assert titles() == ["Encore là"]


def test_what_is_to_be_checked_is_listed_and_says_so(client: FlaskClient) -> None:
    make_commitment(make_contract(), "Ouvrir une école", state="a_verifier")
    assert "À vérifier" in client.get("/fr/engagements?etat=a_verifier").text


def test_each_filter_lets_through_what_it_names(app: Flask) -> None:
    contract, other = make_contract("un"), make_contract("deux")
    orly = make_commune(contract, "Orly", "orly")
    east = make_quartier(contract, "Quartier Est", [orly], slug="orly-est")
    city = make_organisation(contract, "Ville d’Orly", slug="ville-d-orly")
    top = make_axis(contract, code="O1")
    below = make_axis(contract, parent=top, code="O1.1")
    make_commitment(contract, "Quartier", quartiers=[east])
    make_commitment(contract, "Commune", communes=[orly])
    make_commitment(contract, "Porteur", holders=[city])
    make_commitment(contract, "Axe", axes=[below])
    make_commitment(contract, "Thème", theme="sante")
    make_commitment(contract, "État", state="realise")
    make_commitment(contract, "Nature", nature="piste")
    make_commitment(contract, "Année", deadline_text="fin 2027", deadline_date=date(2027, 12, 31))
    make_commitment(other, "Autre contrat")
    assert titles(quartier="orly-est") == ["Quartier"]
    assert titles(commune="orly") == ["Commune"]
    assert titles(contrat="un", porteur="ville-d-orly") == ["Porteur"]
    assert titles(contrat="un", axe="O1") == ["Axe"]
    assert titles(theme="sante") == ["Thème"]
    assert titles(etat="realise") == ["État"]
    assert titles(nature="piste") == ["Nature"]
    assert titles(echeance="annee-2027") == ["Année"]
    assert titles(contrat="deux") == ["Autre contrat"]
    assert titles(quartier="orly-est", theme="sante") == []
    assert len(titles()) == 9


def test_deadlines_passed_and_soon_leave_out_what_is_done_or_put_off(app: Flask) -> None:
    contract = make_contract()
    today = clock.today()
    for title, day, state in (
        ("Passée", date(2025, 6, 30), "a_verifier"),
        ("Passée et faite", date(2025, 6, 30), "realise"),
        ("Passée et reportée", date(2025, 6, 30), "reporte"),
        ("Aujourd’hui", today, "annonce"),
        ("Bientôt", date(2027, 1, 19), "en_cours"),
        ("Plus tard", date(2027, 1, 20), "en_cours"),
    ):
        make_commitment(contract, title, state=state, deadline_text="…", deadline_date=day)
    assert titles(echeance="passee") == ["Passée"]
    assert titles(echeance="bientot") == ["Aujourd’hui", "Bientôt"]


def test_in_a_quartier_the_state_told_there_is_the_one_that_counts(app: Flask, client: FlaskClient) -> None:
    contract = make_contract()
    east, west = make_quartier(contract, slug="est"), make_quartier(contract, slug="ouest")
    commitment = make_commitment(contract, "Refaire les halls", state="en_cours", quartiers=[east, west])
    with transaction() as session:
        session.execute(
            update(commitment_quartier)
            .where(commitment_quartier.c.quartier_id == east.id)
            .values(state="realise")
        )
    assert commitment.state == "en_cours"
    assert titles(quartier="est", etat="realise") == ["Refaire les halls"]
    assert titles(quartier="est", etat="en_cours") == []
    assert titles(quartier="ouest", etat="en_cours") == ["Refaire les halls"]
    card = client.get("/fr/engagements?quartier=est").text.split("commitment-card")[1]
    assert "Réalisé" in card
    assert "En cours" not in card


def test_a_deadline_that_passed_in_silence_is_said_in_those_words(client: FlaskClient) -> None:
    contract = make_contract()
    passed: dict[str, Any] = {"deadline_text": "dès 2025", "deadline_date": date(2025, 12, 31)}
    silent = make_commitment(contract, "Sans nouvelle", state="a_verifier", **passed)
    words = "la date prévue est passée, nous ne savons pas où cela en est"
    assert words in client.get("/fr/engagements").text
    make_progress(silent, "en_cours", date(2026, 5, 1))
    page = client.get("/fr/engagements").text
    assert words not in page
    assert "dès 2025" in page


@pytest.mark.parametrize(
    "question",
    [
        "contrat=inconnu",
        "quartier=nulle-part",
        "commune=atlantide",
        "porteur=personne",
        "axe=X9",
        "theme=magie",
        "etat=perdu",
        "nature=chose",
        "echeance=hier",
        "echeance=annee-99999",
        "echeance=annee-٢٠٢٤",
        "q=%3F%21",
    ],
)
def test_a_filter_that_nobody_knows_is_left_aside_and_said(client: FlaskClient, question: str) -> None:
    make_commitment(make_contract(), "Ouvrir une école")
    page = client.get(f"/fr/engagements?{question}")
    assert page.status_code == 200
    assert "Ouvrir une école" in page.text
    assert "notice-warning" in page.text


@pytest.mark.parametrize(
    "question",
    [
        "apres=x",
        "apres=9-9",
        "avant=1",
        "quartier=%00",
        "contrat=%00x",
        "apres=1-2-3",
        "tout=peut-etre",
        "q=%00",
        "q=%22*(",
        "theme=",
    ],
)
def test_a_strange_address_shows_a_page(client: FlaskClient, question: str) -> None:
    make_commitment(make_contract(), "Ouvrir une école")
    assert client.get(f"/fr/engagements?{question}").status_code == 200


def test_each_active_filter_can_be_taken_off_by_itself(client: FlaskClient) -> None:
    contract = make_contract("un", short_title="Contrat Un")
    make_commitment(contract, "Soigner", theme="sante")
    page = client.get("/fr/engagements?contrat=un&theme=sante&q=soigner").text
    chips = page.split("active-filters")[1].split("</ul>")[0]
    assert 'href="/fr/engagements?theme=sante&amp;q=soigner"' in chips
    assert 'href="/fr/engagements?contrat=un&amp;q=soigner"' in chips
    assert 'href="/fr/engagements?contrat=un&amp;theme=sante"' in chips


def main_links(page: str) -> list[tuple[str, str]]:
    """Address and words of each link of a page."""
    return [
        (address.replace("&amp;", "&"), " ".join(re.sub(r"<[^>]+>", " ", said).split()))
        for address, said in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    ]


def test_the_list_of_a_quartier_is_searched_there_or_in_the_whole_site(client: FlaskClient) -> None:
    contract = make_contract("un")
    east = make_quartier(contract, "Quartier Est", slug="est")
    make_commitment(contract, "Ouvrir une école", quartiers=[east])
    links = main_links(client.get("/fr/engagements?quartier=est&theme=sante&q=ecole").text)
    assert ("/fr/engagements?theme=sante&q=ecole", "Chercher dans tout le site") in links
    assert ("/fr/engagements?quartier=est", "Chercher dans ce quartier") in links
    everywhere = main_links(client.get("/fr/engagements?theme=sante").text)
    assert ("/fr/engagements", "Chercher") in everywhere
    assert "Chercher dans tout le site" not in dict(everywhere).values()
    unknown = main_links(client.get("/fr/engagements?quartier=nulle-part").text)
    assert ("/fr/engagements", "Chercher") in unknown


@pytest.mark.parametrize(
    ("question", "above"),
    [
        ("quartier=est&commune=val&contrat=un", ("/fr/quartiers/est", "Quartier Est (Val)")),
        ("commune=val&contrat=un", ("/fr/quartiers?commune=val", "Val")),
        ("contrat=un&theme=sante", ("/fr/contrats/un", "Contrat Un")),
        ("theme=sante", ("/fr/", "Accueil")),
        ("quartier=nulle-part", ("/fr/", "Accueil")),
    ],
)
def test_the_list_leads_back_to_the_place_that_it_is_about(
    client: FlaskClient, question: str, above: tuple[str, str]
) -> None:
    contract = make_contract("un", short_title="Contrat Un")
    commune = make_commune(contract, "Val", "val")
    make_quartier(contract, "Quartier Est", [commune], slug="est")
    page = client.get(f"/fr/engagements?{question}").text
    trail = page.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    assert main_links(trail)[-1] == above


def test_an_empty_result_says_what_to_do(client: FlaskClient) -> None:
    make_commitment(make_contract(), "Ouvrir une école")
    page = client.get("/fr/engagements?etat=realise").text
    assert "Aucune action ne correspond" in page
    assert "Voir toutes les actions" in page


def test_a_site_without_a_contract_has_a_list_all_the_same(client: FlaskClient) -> None:
    page = client.get("/fr/engagements")
    assert page.status_code == 200
    assert "Rien n’est encore en ligne ici" in page.text


def test_titles_come_in_the_readers_language_and_others_are_marked(client: FlaskClient) -> None:
    contract = make_contract()
    make_commitment(contract, "Ouvrir une école", translations={"ar": "فتح مدرسة"})
    make_commitment(contract, "Planter des arbres")
    page = client.get("/ar/engagements").text
    assert "فتح مدرسة" in page
    assert "Ouvrir une école" not in page
    assert '<span lang="fr" dir="ltr">Planter des arbres</span>' in page


def test_the_whole_list_prints_and_says_where_it_stops(client: FlaskClient) -> None:
    contract = make_contract()
    make_commitments(contract, 510)
    page = client.get("/fr/engagements?tout=1").text
    assert page.count("<tr") == 501
    assert "Voici les 500 premiers" in page


def test_a_list_without_end_is_counted_no_further_than_is_useful(client: FlaskClient) -> None:
    make_commitments(make_contract(), 2005, searchable=False)
    assert "Plus de 2 000 actions" in client.get("/fr/engagements").text.replace("\u202f", " ")


# --- Pages ----------------------------------------------------------------------------------------


def test_next_and_previous_lead_through_the_list(client: FlaskClient) -> None:
    make_commitments(make_contract(), 2 * PER_PAGE + 5)
    seen, address = [], "/fr/engagements"
    for _ in range(3):
        page = client.get(address).text
        seen.append(page.count("commitment-card"))
        forward = page.split('rel="next" href="')
        if len(forward) > 1:
            address = forward[1].split('"')[0].replace("&amp;", "&")
    assert seen == [PER_PAGE, PER_PAGE, 5]
    assert 'rel="next"' not in page
    back = page.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(back).text.count("commitment-card") == PER_PAGE


#: Few values, so that filters meet rows.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "contract": st.integers(0, 2),
            "state": st.sampled_from(["annonce", "realise"]),
            "theme": st.sampled_from([None, "sante", "emploi"]),
            "nature": st.sampled_from(["engagement", "piste"]),
            "deadline_date": st.sampled_from([None, date(2025, 1, 1), date(2027, 6, 1)]),
            "retired": st.booleans(),
            "in_quartier": st.booleans(),
        }
    ),
    max_size=30,
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "contrat": st.sampled_from(["c0", "c1", "c2"]),
        "quartier": st.just("q"),
        "theme": st.sampled_from(["sante", "emploi"]),
        "etat": st.sampled_from(["annonce", "realise"]),
        "nature": st.sampled_from(["engagement", "piste"]),
        "echeance": st.sampled_from(["passee", "annee-2027"]),
        "q": st.sampled_from(["engagement", "quartier vie"]),
    },
)


def _passes(row: dict[str, Any], question: dict[str, str]) -> bool:
    day = row["deadline_date"]
    deadline = question.get("echeance")
    return (
        not row["retired"]
        and question.get("contrat", f"c{row['contract']}") == f"c{row['contract']}"
        and (row["in_quartier"] or "quartier" not in question)
        and question.get("theme", row["theme"]) == row["theme"]
        and question.get("etat", row["state"]) == row["state"]
        and question.get("nature", row["nature"]) == row["nature"]
        and (deadline != "annee-2027" or day == date(2027, 6, 1))
        and (deadline != "passee" or (day == date(2025, 1, 1) and row["state"] == "annonce"))
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, questions=st.lists(QUESTIONS, min_size=1, max_size=5), size=st.integers(1, 6))
def test_any_filters_walked_by_any_page_visit_every_row_once(
    app: Flask, site: Site, rows: list[dict[str, Any]], questions: list[dict[str, str]], size: int
) -> None:
    site.empty()
    # The newest first: c1, then c0 and c2 of the same year.
    years = {"c0": "2019", "c1": "2024", "c2": "2019"}
    contracts = [make_contract(slug, period_start=year, period_end="2030") for slug, year in years.items()]
    quartiers = make_quartier(contracts[0], slug="q")
    expected_order = [1, 0, 2]
    keys = []
    for row in rows:
        values = {key: row[key] for key in ("state", "theme", "nature", "deadline_date")}
        (id_,) = make_commitments(
            contracts[row["contract"]],
            1,
            quartier=quartiers if row["in_quartier"] else None,
            retired_at=clock.now() if row["retired"] else None,
            **values,
        )
        keys.append(id_)
    for asked in questions:
        question = understand(AskedFilters(**asked), today=clock.today(), soon_days=60)
        chosen = question.filters.contract_id
        order = [chosen] if chosen else [each.id for each in question.contracts]
        passing = [(row, id_) for row, id_ in zip(rows, keys, strict=True) if _passes(row, asked)]
        # In a quartier, promises come first.
        expected = [
            (contracts[contract].id, lead, id_)
            for _rank, contract, lead, id_ in sorted(
                (
                    expected_order.index(row["contract"]),
                    row["contract"],
                    int("quartier" in asked and row["nature"] == "piste"),
                    id_,
                )
                for row, id_ in passing
            )
        ]
        pages, place = [], None
        while True:
            page = page_of_keys(question.filters, order, place=place, size=size)
            pages.append(page)
            if page.next_key is None:
                break
            place = Cursor(page.next_key)
        assert [key for page in pages for key in page.rows] == expected
        back = [pages[-1]]
        while back[0].previous_key is not None:
            place = Cursor(back[0].previous_key, before=True)
            back.insert(0, page_of_keys(question.filters, order, place=place, size=size))
        assert [page.rows for page in back] == [page.rows for page in pages]
        total = listing(question.filters, order, language="fr", today=clock.today(), size=size).total
        assert total == len(expected)
    db.session.rollback()


# --- Cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?quartier=est",
        "?theme=sante&etat=annonce",
        "?q=engagement",
        "?contrat=un&porteur=ville",
        "?tout=1",
    ],
)
def test_the_list_costs_the_same_statements_for_20_rows_and_2000(
    app: Flask, client: FlaskClient, count_statements: Callable[[], Any], question: str
) -> None:
    contract = make_contract("un")
    east = make_quartier(contract, slug="est")
    city = make_organisation(contract, slug="ville")
    more: dict[str, Any] = {"quartier": east, "holder": city, "theme": "sante", "state": "annonce"}

    def cost() -> int:
        app.extensions["page_store"].clear()
        with count_statements() as statements:
            assert client.get(f"/fr/engagements{question}").status_code == 200
        return len(statements)

    make_commitments(contract, 20, **more)
    few = cost()
    make_commitments(contract, 1980, **more)
    assert cost() == few <= 12


def test_the_first_key_of_the_list_is_found_without_reading_it_all(app: Flask, database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on its statistics")
    contract = make_contract("un")
    make_commitments(contract, 300, searchable=False)

    statement = _keys((), "sqlite", (contract.id,), None, False, 20)
    compiled = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    searches = [step for step in plan if "commitment " in f"{step} "]
    assert any("USING INDEX" in step or "USING COVERING INDEX" in step for step in searches), plan
    assert not any(step.startswith("SCAN commitment") for step in plan), plan
    assert db.session.get(Commitment, 1) is not None


def test_the_form_keeps_what_was_chosen_and_nothing_else(client: FlaskClient) -> None:
    contract = make_contract("un")
    make_quartier(contract, "Les « Saules » & <b>", slug="saules")
    make_commitment(contract, theme="sante")
    make_quartier(make_contract("vieux", period_start="2010", period_end="2014"), "Jadis", slug="jadis")
    for question, chosen in (
        ("?theme=sante&echeance=annee-2027", ["sante", "annee-2027"]),
        ("?quartier=saules", ["saules"]),
        ("?quartier=jadis", ["jadis"]),
        ("?theme=magie", []),
        ("", []),
    ):
        form = (
            client.get(f"/fr/engagements{question}").text.split('class="filter-form"')[1].split("</form>")[0]
        )
        assert [part.rsplit('value="')[-1].split('"')[0] for part in form.split(" selected")[:-1]] == chosen
        assert "Les « Saules » &amp; &lt;b&gt;" in form
