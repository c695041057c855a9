"""The desk of draws, their public page and files, and the command that does them again."""

import io
import json
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.draws.candidates import MOST_DOUBTS
from cdv_civic.draws.queries import candidates_of
from cdv_civic.draws.rules import fingerprint
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.draws.draws import RULE, SEED_DAY, at_desk, make_draw, make_drawn, make_published, make_seat
from tests.draws.spreadsheets import spreadsheet
from tests.signing_in import open_browser, send

PLACE = "/fr/contrats/val/instances/conseil"
AFTER = TODAY.replace(month=12, day=6)
PLAN = {
    "title": "Habitants 2027",
    "college": "habitants",
    "seats": "2",
    "substitutes": "1",
    "name_1": "Genre",
    "values_1": "Femmes : 1\nHommes : 1",
    "client_key": "c" * 32,
}
TABLE = "Awa;Diop;awa@example.org;Femmes\nJean;Roy;;Hommes\nInès;Silva;;femme\nPaul;Petit;;Hommes"


def address(body: Body, rest: str = "") -> str:
    return f"/fr/bureau/instances/{body.id}/tirages{rest}"


def confirmed(answer: TestResponse) -> str:
    """What the page that shows a table gives back with it."""
    found = re.search(r'name="confirmed"[^>]*value="(\w+)"', answer.text)
    assert found
    return found.group(1)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2068", "").replace("\u2069", "")


def labels_on(page: str, title: str) -> list[str]:
    part = page.partition(f">{title}</h")[2].partition("</ol>")[0]
    return re.findall(r'<strong dir="ltr">(\d+)</strong>', part)


def test_a_moderator_goes_from_the_first_form_to_the_seats(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    made = send(desk, address(body, "/nouveau"), **PLAN)
    assert made.status_code == 303
    place = made.location
    review = send(desk, f"{place}/personnes/importer", table=TABLE)
    assert (review.status_code, "4 personnes comprises" in review.text) == (200, True)
    assert candidates_of(int(place.rsplit("/", 1)[1])) == []
    added = send(desk, f"{place}/personnes/importer", table=TABLE, confirmed=confirmed(review))
    assert added.status_code == 303
    one = send(desk, f"{place}/personnes/nouvelle", first_name="Zoé", last_name="Blanc", profile_0="Femmes")
    assert one.status_code == 303
    page = desk.get(place).text
    assert "5 personnes sur la liste" in page
    assert "awa@example.org" in page
    preview = plain(desk.get(f"{place}/publier").text)
    assert "sieges | 2" in preview
    assert "Diop" not in preview.partition("<pre")[2].partition("</pre>")[0]
    day = SEED_DAY.isoformat()
    version = at_desk(body, int(place.rsplit("/", 1)[1])).version
    early = send(desk, f"{place}/publier", seed_rule=RULE, seed_day="2026-11-20", version=version)
    assert (early.status_code, RULE in plain(early.text)) == (422, True)
    published = send(desk, f"{place}/publier", seed_rule=RULE, seed_day=day, version=version)
    assert published.status_code == 303
    public = f"{PLACE}/tirages/{place.rsplit('/', 1)[1]}"
    assert "Le tirage n’est pas encore fait" in desk.get(public).text
    assert "Tirage au sort annoncé pour le" in desk.get(PLACE).text
    with clock.frozen_everywhere(AFTER):
        open_browser(desk, moderator)
        asked = send(desk, f"{place}/hasard", seed="3, 17, 22, 41")
        assert (asked.status_code, "3-17-22-41" in asked.text) == (200, True)
        drawn = send(desk, f"{place}/hasard", seed="3, 17, 22, 41", confirmed="3-17-22-41")
        assert drawn.status_code == 303
        late = send(desk, f"{place}/hasard", page=f"{place}", seed="1 2 3 4 5 6", confirmed="1-2-3-4-5-6")
        assert (late.status_code, "3-17-22-41" in late.text) == (409, True)
        seated = send(desk, f"{place}/sieges", page=place)
        assert seated.status_code == 303
        page = desk.get(seated.location).text
        assert "2 sièges sont proposés. Rien n’est public" in page
        assert page.count("La personne dit oui") == 3
        assert "membre depuis" not in page
        assert send(desk, f"{place}/sieges/annuler", page=place).status_code == 303
        assert "3 propositions sont annulées." in desk.get(place).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Donnez un titre au tirage."),
        ({"seats": "deux"}, "Écrivez un nombre entier"),
        ({"seats": "0"}, "Écrivez un nombre de 1 à 200."),
        ({"values_1": "Femmes : six"}, "Ligne 1 : « six » n’est pas compris."),
        ({"values_1": "Femmes : 3 à 1"}, "le plus petit nombre vient d’abord"),
        ({"values_1": ""}, "Écrivez une valeur par ligne."),
        ({"name_1": ""}, "Donnez un nom court à ce critère."),
    ],
)
def test_a_plan_with_a_mistake_keeps_what_was_typed(
    desk: FlaskClient, body: Body, wrong: dict[str, str], said: str
) -> None:
    answer = send(desk, address(body, "/nouveau"), **{**PLAN, **wrong}, name_2="Secteur", values_2="Nord")
    assert answer.status_code == 422
    assert said in plain(answer.text)
    assert "Secteur" in answer.text


def test_a_table_with_mistakes_adds_nobody_and_names_each_line(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    answer = send(desk, page, table=TABLE + "\n;Sans;;Femmes\nLuc;Roy;;", confirmed="oui")
    assert answer.status_code == 422
    said = plain(answer.text)
    assert "2 lignes à corriger" in said
    assert "Ligne 5 : il manque le prénom." in said
    assert "Ligne 6 : il manque « Genre »." in said
    assert "awa@example.org" in said
    assert candidates_of(draw_id) == []
    assert send(desk, page, table="  ").status_code == 422


def test_a_file_is_read_as_a_paste_is(desk: FlaskClient, body: Body, moderator: SignedIn) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    answer = send(desk, page, confirmed="oui", file=(io.BytesIO(TABLE.encode("cp1252")), "liste.csv"))
    assert "4 personnes comprises" in answer.text
    assert "Inès" in answer.text
    assert candidates_of(draw_id) == []


def test_somebody_is_taken_off_before_and_withdrawn_after(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body)
    first = candidates_of(draw_id)[0]
    gone = send(
        desk, address(body, f"/{draw_id}/personnes/{first.id}/enlever"), page=address(body, f"/{draw_id}")
    )
    assert gone.status_code == 303
    assert at_desk(body, draw_id).people == 7
    published = make_published(moderator, body)
    person = candidates_of(published)[0]
    form = address(body, f"/{published}/personnes/{person.id}/retirer")
    version = at_desk(body, published).version
    answer = send(desk, form, seed_rule=RULE, seed_day=SEED_DAY.isoformat(), version=version)
    assert answer.status_code == 303
    page = desk.get(f"{PLACE}/tirages/{published}").text
    assert "Des personnes se sont retirées" in page
    older = desk.get(f"{PLACE}/tirages/{published}/liste-1.txt").text
    assert person.label in older
    assert person.label not in desk.get(f"{PLACE}/tirages/{published}.txt").text
    assert desk.get(f"{PLACE}/tirages/{published}/liste-9.txt").status_code == 404


def test_a_draft_is_seen_by_the_desk_only(
    desk: FlaskClient, app: Flask, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body)
    visitor = app.test_client()
    for end in ("", ".txt", ".json", "/liste-1.txt"):
        assert visitor.get(f"{PLACE}/tirages/{draw_id}{end}").status_code == 404
    assert "Habitants 2027" not in visitor.get(PLACE).text
    assert (
        send(desk, address(body, f"/{draw_id}/effacer"), page=address(body, f"/{draw_id}")).status_code == 303
    )
    assert desk.get(address(body, f"/{draw_id}")).status_code == 404


def test_page_files_and_command_tell_the_same(
    client: FlaskClient, app: Flask, body: Body, moderator: SignedIn, tmp_path: Path
) -> None:
    draw_id = make_drawn(moderator, body)
    page = client.get(f"{PLACE}/tirages/{draw_id}")
    assert page.headers.get("Set-Cookie") is None
    assert "Prénom" not in page.text
    seats, substitutes = (
        labels_on(page.text, "Le résultat"),
        labels_on(page.text, "Les remplacements, dans l’ordre"),
    )
    assert (len(seats), len(substitutes)) == (3, 2)
    listed = client.get(f"{PLACE}/tirages/{draw_id}.txt")
    assert listed.content_type == "text/plain; charset=utf-8"
    sha256 = fingerprint(listed.data.decode())
    assert sha256 in page.text
    whole = json.loads(client.get(f"{PLACE}/tirages/{draw_id}.json").data)
    assert whole["result"]["seats"] == seats
    assert (whole["sha256"], whole["list"]) == (sha256, listed.data.decode())

    text, changed = tmp_path / "liste.txt", tmp_path / "windows.txt"
    machine = tmp_path / "tout.json"
    text.write_bytes(listed.data)
    changed.write_bytes(b"\xef\xbb\xbf" + listed.data.replace(b"\n", b"\r\n"))
    machine.write_text(json.dumps(whole), encoding="utf-8")
    run = app.test_cli_runner()
    for command in (
        [str(text), "3 17 22 41 49 5"],
        [str(changed), "03-17-22-41-49-5"],
        [str(machine), "3,17,22,41,49,5"],
        ["--id", str(draw_id)],
    ):
        answer = run.invoke(args=["body", "draw", *command])
        assert answer.exit_code == 0, answer.output
        assert f"liste : {sha256}" in answer.output
        assert re.findall(r"^siège \d+ : (\d+)$", answer.output, re.M) == seats
        assert re.findall(r"^suppléant \d+ : (\d+)$", answer.output, re.M) == substitutes


def test_the_page_begins_with_what_happened_and_ones_own_number(
    client: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_drawn(moderator, body)
    path = f"{PLACE}/tirages/{draw_id}"
    page = plain(client.get(path).text)
    head, _fold, proof = page.partition("<main")[2].partition("<details")
    assert "3 personnes tirées au sort parmi 8, le" in head
    assert head.index("Votre numéro ?") < head.index("Le résultat")
    for machine in ("SHA-256", 'class="hash"', "flask body draw", "JSON", "cdv-tirage"):
        assert machine not in head, machine
        assert machine in proof, machine
    seats = labels_on(page, "Le résultat")
    second = labels_on(page, "Les remplacements, dans l’ordre")[1]

    def said_of(number: str) -> str:
        return plain(client.get(path, query_string={"numero": number}).text)

    assert f"Le numéro {seats[0]} est tiré : vous avez une place, si vous dites oui." in said_of(seats[0])
    assert f"Le numéro {second} est remplaçant, au rang 2" in said_of(f" {second[:2]} {second[2:]} ")
    assert "n’est pas sur cette liste" in said_of("1")
    assert "Écrivez les chiffres de votre numéro." in said_of("mon numéro")
    assert 'role="status"' not in head


def test_before_the_draw_the_page_says_how_many_will_be_drawn_and_when(
    client: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    path = f"{PLACE}/tirages/{make_published(moderator, body)}"
    page = plain(client.get(path).text)
    assert re.search(r"\d+ personnes seront tirées au sort parmi \d+, le", page)
    number = re.search(r"^candidat \| (\d+)", page, re.MULTILINE)
    assert number is not None
    assert f"Le numéro {number[1]} est sur la liste." in plain(client.get(f"{path}?numero={number[1]}").text)


def test_the_command_says_what_is_wrong(app: Flask, body: Body, moderator: SignedIn, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    broken = tmp_path / "autre.txt"
    for content in (b"nonsense", b"\xff\xfe\x00", b"{}", b"[1]", b'{"list": "cdv-tirage 1"}'):
        broken.write_bytes(content)
        answer = run.invoke(args=["body", "draw", str(broken), "3 17 22"])
        assert (answer.exit_code, "pas une liste publiée" in answer.output) == (1, True), content
    published = make_published(moderator, body)
    answer = run.invoke(args=["body", "draw", "--id", str(published)])
    assert (answer.exit_code, "pas encore connu" in answer.output) == (1, True)
    assert run.invoke(args=["body", "draw", "--id", "999"]).exit_code == 1
    assert run.invoke(args=["body", "draw"]).exit_code == 2


def test_what_is_missing_stands_on_the_page(client: FlaskClient, body: Body, moderator: SignedIn) -> None:
    draw_id = make_drawn(moderator, body, 1)
    page = plain(client.get(f"{PLACE}/tirages/{draw_id}").text)
    assert "2 sièges restent libres." in page
    assert "Il manque 1 personne : Genre, « Hommes »." in page
    assert "Tous les critères sont respectés" not in page


def test_a_draw_is_reached_through_its_own_body_only(
    desk: FlaskClient, contract: Contract, body: Body
) -> None:
    other = make_body(contract, slug="autre")
    draw_id = make_published(make.make_account(), other)
    assert desk.get(address(body, f"/{draw_id}")).status_code == 404
    assert desk.get(f"{PLACE}/tirages/{draw_id}").status_code == 404
    assert desk.get(address(other)).status_code == 403


def test_pages_cost_the_same_with_many_people(
    desk: FlaskClient, body: Body, moderator: SignedIn, count_statements: Any
) -> None:
    few, many = make_drawn(moderator, body, 8), make_drawn(moderator, body, 400)
    desk.get(address(body))  # whether anybody helps in other languages is read once
    costs: list[list[int]] = []
    for draw_id in (few, many):
        costs.append([])
        for path in (
            f"{PLACE}/tirages/{draw_id}",
            address(body, f"/{draw_id}"),
            address(body),
        ):
            desk.application.extensions["page_store"].clear()
            counted: AbstractContextManager[list[str]] = count_statements()
            with counted as statements:
                assert desk.get(path).status_code == 200
            costs[-1].append(len(statements))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 4
    assert max(costs[0]) <= 16


@pytest.mark.parametrize("form", ["/modifier", "/personnes/nouvelle", "/personnes/importer"])
def test_a_list_that_is_published_shows_no_form_that_changes_it(
    desk: FlaskClient, body: Body, moderator: SignedIn, form: str
) -> None:
    place = address(body, f"/{make_published(moderator, body)}")
    answer = desk.get(f"{place}{form}")
    assert (answer.status_code, answer.location) == (303, place)
    assert "La liste est publiée : elle ne change plus." in plain(desk.get(place).text)


def test_questions_are_asked_once_each_and_then_everybody_is_added(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    table = "Prénom;Nom;E-mail 1;Genre;Étage\n" + "".join(
        f"P{each};N{each};;{'H' if each % 2 else 'F'};{each}\n" for each in range(10)
    )
    table += "Awa;Ba;famille.ba@example.org;F;1\nKarim;Ba;famille.ba@example.org;H;1"
    asked = send(desk, page, table=table)
    said = plain(asked.text)
    assert asked.status_code == 422
    assert "6 fois « H » dans « Genre »" in said
    assert "Colonne non lue : « Étage »" in said
    answers = dict(
        re.findall(r'<select id="(value-[^"]+)".*?<option value="([^"]+)" selected', asked.text, re.DOTALL)
    )
    assert sorted(answers.values()) == ["Femmes", "Hommes"]
    again = send(desk, page, table=table, **answers)
    assert again.status_code == 422
    assert "Ligne 13 : Karim Ba a la même adresse ou le même téléphone que Awa Ba, ligne 12." in plain(
        again.text
    )
    (person,) = set(re.findall(r'name="(person-[^"]+)" value="autre"', again.text))
    answers[person] = "autre"
    review = send(desk, page, table=table, **answers)
    assert review.status_code == 200
    assert "12 lignes, 12 personnes nouvelles." in plain(review.text)
    assert candidates_of(draw_id) == []
    db.session.rollback()  # this look is over: the next one sees what came since
    added = send(desk, page, table=table, **answers, confirmed=confirmed(review))
    assert added.status_code == 303
    assert len(candidates_of(draw_id)) == 12
    once_more = send(desk, page, table=table, **answers)
    assert "12 étaient déjà sur la liste." in plain(once_more.text)


def test_another_table_than_the_one_that_was_read_is_shown_first(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    review = send(desk, page, table=TABLE)
    other = send(desk, page, table=TABLE + "\nLuc;Roy;;Hommes", confirmed=confirmed(review))
    assert (other.status_code, "5 personnes comprises" in other.text) == (200, True)
    assert candidates_of(draw_id) == []


def test_a_spreadsheet_is_read_as_a_paste_is(desk: FlaskClient, body: Body, moderator: SignedIn) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    rows = [line.split(";") for line in TABLE.split("\n")]
    answer = send(desk, page, file=(io.BytesIO(spreadsheet(rows)), "liste.xlsx"))
    assert "4 personnes comprises" in answer.text
    refused = send(desk, page, file=(io.BytesIO(b"PK\x03\x04 rien"), "liste.xlsx"), table="")
    assert refused.status_code == 422
    assert "Ce fichier ne se lit pas ici" in plain(refused.text)


def test_somebody_with_the_contact_of_another_is_asked_about_and_added(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/nouvelle")
    wife = {
        "first_name": "Awa",
        "last_name": "Ba",
        "contact": "famille.ba@example.org",
        "profile_0": "Femmes",
    }
    husband = {**wife, "first_name": "Karim", "profile_0": "Hommes"}
    assert send(desk, page, **wife).status_code == 303
    asked = send(desk, page, **husband)
    assert asked.status_code == 409
    assert "Sur la liste, Awa Ba a le même nom" in plain(asked.text)
    number = re.search(r'name="namesakes"[^>]*value="(\d+)"', asked.text)
    assert number
    for status in (303, 409):  # sent twice: one person
        answer = send(desk, page, **husband, distinct="y", namesakes=number.group(1))
        assert answer.status_code == status
    assert len(candidates_of(draw_id)) == 2


def test_a_namesake_is_added_once(desk: FlaskClient, body: Body, moderator: SignedIn) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/nouvelle")
    one = {"first_name": "Fatima", "last_name": "Silva", "profile_0": "Femmes"}
    assert send(desk, page, **one).status_code == 303
    asked = send(desk, page, **one)
    assert asked.status_code == 409
    for status in (303, 409):
        assert send(desk, page, **one, distinct="y", namesakes="1").status_code == status
    assert len(candidates_of(draw_id)) == 2


def test_an_address_that_all_share_is_one_question(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    draw_id = make_draw(moderator, body, 0)
    page = address(body, f"/{draw_id}/personnes/importer")
    table = "\n".join(f"P{each};N{each};contact@asso.example.org;Femmes" for each in range(300))
    asked = send(desk, page, table=table)
    assert asked.text.count('value="autre"') == MOST_DOUBTS + 1
    assert len(asked.data) < 200_000
    review = send(desk, page, table=table, **{"person-all": "autre"})
    assert (review.status_code, "300 lignes, 300 personnes nouvelles." in plain(review.text)) == (200, True)
    assert "(299 lignes)" in plain(review.text)
    db.session.rollback()
    added = send(desk, page, table=table, confirmed=confirmed(review), **{"person-all": "autre"})
    assert added.status_code == 303
    assert len(candidates_of(draw_id)) == 300


def test_who_sits_there_already_is_named_to_the_desk(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    make_seat(moderator, body, "Prénom0", last_name="Nom0", email="personne0@example.org")
    draw_id = make_drawn(moderator, body, 3)
    page = address(body, f"/{draw_id}")
    seated = send(desk, f"{page}/sieges", page=page)
    assert "1 y était déjà. Est-ce bien la même personne ? Vérifiez : Prénom0 Nom0." in plain(
        desk.get(seated.location).text
    )
