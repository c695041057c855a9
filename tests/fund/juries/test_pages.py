"""Pages of commissions: the secretary's, those of whoever sits, the minutes and their PDF."""

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.marking import mark_project
from cdv_civic.fund.juries.operations.meetings import publish_minutes
from cdv_civic.fund.rules.fund_rules import (
    AmountLimit,
    CarrierKind,
    ChoiceMode,
    FundRules,
    JuryRules,
    PersonRules,
)
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds
from tests.fund.juries.commissions import WHY, Commission, carried, make_commission
from tests.fund.opinions.test_giving import number_of
from tests.signing_in import open_browser, send, token_of

Counting = Callable[[], AbstractContextManager[list[str]]]
DESK = "/fr/bureau/commissions"
SMALL_GRANTS = FundRules(
    carriers=frozenset(CarrierKind),
    largest=AmountLimit(760_00),
    choice=ChoiceMode.JURY,
    jury=JuryRules(members=12, residents=6, quorum=3),
)


def meeting(made: Commission, rest: str = "") -> str:
    return f"{DESK}/reunions/{made.meeting_id}{rest}"


def test_a_commission_is_made_met_and_told_by_the_pages_alone(app: Flask, client: FlaskClient) -> None:
    made = make_commission(rules=SMALL_GRANTS)
    with transaction() as session:
        session.get_one(type(made.fund), made.fund.id).rules = made.round.rules
    open_browser(client, made.secretary)
    assert "Fonds des habitants" in client.get(DESK).text
    fund = f"{DESK}/fonds/{made.fund.id}"
    page = client.get(fund)
    assert "La commission a 4 membres. Les règles du fonds en demandent 12." in page.text
    added = send(
        client,
        f"{fund}/membres/nouveau",
        version="0",
        name="Une nouvelle",
        side="landlord",
        represents="Bailleur d’exemple",
        client_key="un-membre-de-page",
    )
    assert added.status_code == 303
    assert "Bailleur d’exemple" in client.get(fund).text
    later = funds.make_project(made.round, ProjectState.IN_CHOICE, title="Un projet tardif")
    new = send(
        client,
        f"{fund}/reunions/nouvelle",
        version="0",
        round=made.round.id,
        day="2026-12-01",
        hour="18:30",
        place="Mairie",
        method="hands",
        quorum="3",
        client_key="une-reunion-de-page",
    )
    assert new.status_code == 303
    page = client.get(new.location)
    assert "Un projet tardif" in page.text
    assert "1 décembre 2026, 18:30" in page.text or "1er décembre 2026, 18:30" in page.text
    assert later.title in client.get(f"{new.location}/invitation").text


def test_a_decision_is_entered_and_a_refusal_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    made = make_commission()
    open_browser(client, made.secretary)
    address = meeting(made, f"/projets/{made.items[0].id}")
    typed: dict[str, Any] = {
        "version": "2",
        "yes": "3",
        "no": "0",
        "envelope": made.envelope.id,
        "reason_fr": "Mes mots",
    }
    wrong = send(client, address, amount="beaucoup", **(typed | {"version": "1"}))
    assert wrong.status_code == 422
    assert "Mes mots" in wrong.text
    too_much = send(client, address, amount="1 500", **(typed | {"version": "1"}))
    assert "au plus ce que le projet demande" in too_much.text
    done = send(client, address, amount="450,50", **(typed | {"version": "1"}))
    assert done.status_code == 303
    page = client.get(done.location).text
    assert "450,50\u00a0€" in page
    assert "549,50\u00a0€" in page, "what is left, the decision counted"
    conflict = send(client, address, amount="100", **(typed | {"version": "1"}))
    assert conflict.status_code == 409


def test_a_member_marks_on_a_telephone_and_stands_aside(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks", contact_kind="email", contact="porteuse@example.org")
    open_browser(client, made.accounts[0])
    assert "Fonds des habitants" in client.get("/fr/moi").text
    assert "Fonds des habitants" in client.get(f"{DESK}/sieger").text
    here = f"{DESK}/sieger/{made.meeting_id}"
    assert "2 projets à noter" in client.get(here).text
    first, second = (f"{here}/{each.id}" for each in made.items)
    page = client.get(first)
    assert "porteuse@example.org" not in page.text
    assert send(client, first, mark="14").status_code == 303
    assert "Votre note : 14 sur 20" in client.get(here).text.replace("\u00a0", " ")
    assert send(client, first, mark="21").status_code == 422
    asked = client.get(f"{first}/lien")
    assert "La note que vous avez donnée s’efface." in asked.text
    answer = client.post(f"{first}/lien", data={"csrf_token": token_of(asked)})
    assert "Votre note est effacée" in client.get(answer.location).text
    assert client.get(first).status_code == 303
    assert client.get(second).status_code == 200


def test_others_find_nothing_of_a_sitting(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks")
    open_browser(client, made.secretary)
    assert client.get(f"{DESK}/sieger/{made.meeting_id}").status_code == 404
    assert "Aucune réunion pour vous" in client.get(f"{DESK}/sieger").text


def test_a_secretary_who_carries_a_project_sees_none_of_its_marks(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks", projects=1)
    for number, given in enumerate((17, 15, 13)):
        mark_project(made.accounts[number], made.items[0].id, given)
    open_browser(client, made.secretary)
    assert "Note moyenne" in client.get(meeting(made)).text
    carried(made.projects[0], made.secretary)
    page = client.get(meeting(made)).text
    assert "Note moyenne" not in page
    assert "une autre personne entre cette décision" in page
    assert client.get(meeting(made, f"/projets/{made.items[0].id}")).status_code == 303


def finished(made: Commission) -> str:
    """The minutes of a meeting that selected one project and refused the other, published; their address."""
    carried(made.projects[1], made.accounts[0])
    for number, given in enumerate((17, 15, 13)):
        mark_project(made.accounts[number], made.items[0].id, given)
    made.decide(0, heard=True, cents=450_00)
    made.decide(1, selected=False, reason=WHY)
    close_meeting(made.secretary, made.meeting_id)
    publish_minutes(made.secretary, made.meeting_id)
    return f"/fr/fonds/{made.fund.slug}/{made.round.slug}/commissions/{made.meeting_id}"


def test_minutes_say_who_was_there_by_side_and_name_nobody(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks", quorum=3)
    page = client.get(finished(made))
    assert page.status_code == 200
    text = page.text.replace("\u00a0", " ")
    for said in (
        "4 membres présents",
        "Habitantes et habitants : 1 personne",
        "État : 1 personne",
        "Service 3",
        "Note moyenne : 15 sur 20.",
        "4 membres ont pris part à ce choix, il en faut 3 au moins.",
        "1 membre lié au projet n’a pas pris part à ce choix.",
        "450 €",
        WHY["fr"],
        "2 projets à l’ordre du jour, 1 retenu, 450 € en tout.",
    ):
        assert said in text, said
    assert "Membre 0" not in page.text
    assert "Membre 3" not in page.text


def test_minutes_are_a_pdf_too(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks")
    address = finished(made)
    answer = client.get(f"{address}.pdf")
    assert answer.content_type == "application/pdf"
    made_text = subprocess.run(["pdftotext", "-", "-"], input=answer.data, capture_output=True, check=True)
    text = made_text.stdout.decode().replace("\u00a0", " ")
    assert "Compte rendu de la commission" in text
    assert "450 €" in text
    assert "Membre 0" not in text


def test_minutes_of_money_for_persons_show_counts_alone(app: Flask, client: FlaskClient) -> None:
    for_persons = FundRules(choice=ChoiceMode.JURY, person=PersonRules(16, 25, "Aider"))
    made = make_commission(projects=1, rules=for_persons)
    made.decide(0)
    close_meeting(made.secretary, made.meeting_id)
    publish_minutes(made.secretary, made.meeting_id)
    page = client.get(f"/fr/fonds/{made.fund.slug}/{made.round.slug}/commissions/{made.meeting_id}")
    assert "1 projet à l’ordre du jour" in page.text
    assert "Projet 0" not in page.text


def test_before_they_are_published_minutes_are_the_desk_s_alone(app: Flask, client: FlaskClient) -> None:
    made = make_commission(projects=1)
    address = f"/fr/fonds/{made.fund.slug}/{made.round.slug}/commissions/{made.meeting_id}"
    open_browser(client, made.secretary)
    assert client.get(meeting(made, "/compte-rendu")).status_code == 303
    made.decide(0)
    asked = client.get(meeting(made, "/clore"))
    assert "Projet 0" in asked.text
    client.post(meeting(made, "/clore"), data={"csrf_token": token_of(asked)})
    preview = client.get(meeting(made, "/compte-rendu"))
    assert "Pas encore public" in preview.text
    assert client.get(address).status_code == 404
    client.post(meeting(made, "/compte-rendu"), data={"csrf_token": token_of(preview)})
    assert client.get(address).status_code == 200


def test_kept_minutes_go_with_their_fund_and_acts_raise_its_tag(app: Flask, client: FlaskClient) -> None:
    made = make_commission(projects=1)
    address = f"/fr/fonds/{made.fund.slug}/{made.round.slug}/commissions/{made.meeting_id}"
    made.decide(0)
    tag = fund_tag(made.fund.id)
    assert number_of(tag) == 0
    close_meeting(made.secretary, made.meeting_id)
    assert number_of(tag) == 1
    assert client.get(address).status_code == 404
    publish_minutes(made.secretary, made.meeting_id)
    assert number_of(tag) == 2
    for _ in range(2):
        assert client.get(address).status_code == 200
    with transaction(publishes=tag) as session:
        session.get_one(type(made.fund), made.fund.id).withdrawn_at = clock.now()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["/fr/bureau/commissions/reunions/{}", "/fr/bureau/commissions/sieger/{}"])
def test_a_long_agenda_costs_as_many_statements_as_a_short_one(
    app: Flask, client: FlaskClient, count_statements: Counting, page: str
) -> None:
    costs = []
    for projects in (2, 20):
        made = make_commission("marks", projects=projects)
        for item in made.items:
            mark_project(made.accounts[1], item.id, 12)
        open_browser(client, made.secretary if "reunions" in page else made.accounts[0])
        client.get(page.format(made.meeting_id))
        with count_statements() as statements:
            assert client.get(page.format(made.meeting_id)).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_presences_links_and_the_order_are_set_on_pages(app: Flask, client: FlaskClient) -> None:
    made = make_commission("marks", present=0)
    open_browser(client, made.secretary)
    page = client.get(meeting(made, "/presences"))
    done = client.post(
        meeting(made, "/presences"),
        data={
            "csrf_token": token_of(page),
            "version": "1",
            "members": [str(each.id) for each in made.members[:3]],
        },
    )
    assert done.status_code == 303
    assert "3 membres présents" in client.get(meeting(made)).text
    first, second = made.items
    noted = send(client, meeting(made, f"/projets/{first.id}/lien"), member=made.members[1].id)
    page = client.get(noted.location)
    assert "lien déclaré" in page.text
    token = token_of(page)
    client.post(
        meeting(made, f"/projets/{first.id}/lien/retirer"),
        data={"csrf_token": token, "member": made.members[1].id},
    )
    assert "lien déclaré" not in client.get(meeting(made)).text
    client.post(meeting(made, f"/projets/{second.id}/monter"), data={"csrf_token": token})
    assert [each.id for each in made.items] == [second.id, first.id]
    client.post(meeting(made, f"/projets/{second.id}/retirer"), data={"csrf_token": token})
    assert [each.id for each in made.items] == [first.id]
    client.post(meeting(made, "/projets"), data={"csrf_token": token})
    assert len(made.items) == 2
    assert (
        client.post(meeting(made, f"/projets/{first.id}/ailleurs"), data={"csrf_token": token}).status_code
        == 404
    )
