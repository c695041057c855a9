"""How much the page of a quartier shows at once, and the pages that have the rest: one row, none, many."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.commitments.queries.summaries.news import news_page
from cdv_civic.core.paging import Cursor
from cdv_civic.territory.models import Contract, Quartier
from cdv_civic.voices.addressees import open_until
from cdv_civic.voices.queries.listening import ListeningPlace
from tests import factories as make
from tests.bodies.bodies import announce, at, make_body

PAGE = "/fr/quartiers/est"


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def quartier(contract: Contract) -> Quartier:
    return make.make_quartier(contract, slug="est")


def main_of(client: FlaskClient, path: str = PAGE) -> str:
    return client.get(path).text.partition("<main")[2].replace("\u00a0", " ")


def section_of(page: str, title: str) -> str:
    """A section of a page, by the id of its title."""
    return page.partition(f'id="{title}"')[2].partition("</section>")[0]


def tell(contract: Contract, quartier: Quartier, *days: date) -> None:
    told = make.make_commitment(contract, "Refaire le parc", quartiers=[quartier])
    for number, day in enumerate(days, start=1):
        make.make_progress(told, "en_cours", day, f"Nouvelle {number}.")


def days_of(page: str, title: str) -> list[str]:
    return re.findall(r'<time datetime="([^"]+)"', section_of(page, title))


# --- news ---------------------------------------------------------------------------------------------


def test_the_two_latest_news_are_shown_and_all_are_a_tap_away(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    tell(contract, quartier, *(date(2026, 10, day) for day in (1, 2, 3)))
    page = main_of(client)
    assert days_of(page, "nouvelles-titre") == ["2026-10-03", "2026-10-02"]
    assert f'href="{PAGE}/nouvelles"' in page
    everything = main_of(client, f"{PAGE}/nouvelles")
    assert [each in everything for each in ("Nouvelle 1.", "Nouvelle 2.", "Nouvelle 3.")] == [True] * 3


def test_a_quartier_without_news_says_so_and_leads_nowhere_else(
    client: FlaskClient, quartier: Quartier
) -> None:
    page = main_of(client)
    assert "Pas encore de nouvelles ici" in page
    assert f"{PAGE}/nouvelles" not in page
    assert "Pas encore de nouvelles ici" in main_of(client, f"{PAGE}/nouvelles")
    for path in ("nouvelles", "dates"):
        assert client.get(f"/fr/quartiers/rien/{path}").status_code == 404


def test_all_news_are_read_page_by_page_each_once(contract: Contract, quartier: Quartier) -> None:
    other = make.make_quartier(contract)
    tell(contract, other, date(2026, 10, 2))
    # Two of one day: the number of an entry parts them.
    tell(contract, quartier, *(date(2026, 10, day) for day in (1, 2, 2, 3, 4)))
    first = news_page(quartier.id, "fr", size=2)
    assert first.previous_key is None
    assert first.next_key is not None
    second = news_page(quartier.id, "fr", Cursor(first.next_key), size=2)
    assert second.next_key is not None
    third = news_page(quartier.id, "fr", Cursor(second.next_key), size=2)
    assert third.next_key is None
    pages = [[item.sentence.text for item in page.rows] for page in (first, second, third)]
    assert pages == [["Nouvelle 5.", "Nouvelle 4."], ["Nouvelle 3.", "Nouvelle 2."], ["Nouvelle 1."]]
    assert third.previous_key is not None
    assert news_page(quartier.id, "fr", Cursor(third.previous_key, before=True), size=2).rows == second.rows


@pytest.mark.parametrize("place", ["0-1", "999999999-1", "x", "5"])
def test_a_place_that_nobody_wrote_shows_a_page_all_the_same(
    client: FlaskClient, quartier: Quartier, place: str
) -> None:
    assert client.get(f"{PAGE}/nouvelles?apres={place}").status_code == 200


# --- dates --------------------------------------------------------------------------------------------


def test_the_dates_that_follow_are_those_that_en_ce_moment_does_not_show(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    staff, body = make.make_account(), make_body(contract, quartiers=[quartier])
    for day in (date(2026, 11, 24), date(2027, 1, 12), date(2027, 2, 9)):
        announce(staff, body, day, starts_at=at(day, 18), ends_at=at(day, 20))
    make.make_commitment(
        contract, "La crèche", quartiers=[quartier], deadline_text="janvier", deadline_date=date(2027, 1, 31)
    )
    page = main_of(client)
    assert "Les dates suivantes" in page
    assert days_of(page, "dates-titre") == ["2027-01-12", "2027-01-31"]
    everything = main_of(client, f"{PAGE}/dates")
    assert days_of(everything, "rencontres-titre") == ["2026-11-24", "2027-01-12", "2027-02-09"]
    assert days_of(everything, "prevues-titre") == ["2027-01-31"]


def test_where_all_dates_are_shown_already_the_list_of_all_is_still_a_tap_away(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    announce(make.make_account(), make_body(contract, quartiers=[quartier]), date(2026, 11, 24))
    page = main_of(client)
    assert "Les dates suivantes" not in page
    assert f'href="{PAGE}/dates"' in page


# --- who is heard -------------------------------------------------------------------------------------


def test_three_bodies_are_shown_those_that_do_not_meet_last(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    staff = make.make_account()
    asleep = make_body(contract, "Endormi", quartiers=[quartier])
    make_body(contract, "Fini", quartiers=[quartier], active=False)
    woken = make_body(contract, "Réveillé", quartiers=[quartier], active=False)
    for name in ("Un", "Deux"):
        make_body(contract, name, quartiers=[quartier])
    for body, state in ((asleep, "en_sommeil"), (woken, "actif")):
        describe_body(staff, body.id, version=0, state=state, contact={}, joining={})
    shown, _details, folded = section_of(main_of(client), "represente-titre").partition("<details")
    assert re.findall(r"<bdi>([^<]+)</bdi>", shown) == ["Réveillé", "Un", "Deux"]
    assert re.findall(r"<bdi>([^<]+)</bdi>", folded) == ["Endormi", "Fini"]
    assert "2 autres conseils et groupes" in folded


def test_one_body_alone_folds_nothing(client: FlaskClient, contract: Contract, quartier: Quartier) -> None:
    make_body(contract, "Le seul", quartiers=[quartier])
    section = section_of(main_of(client), "represente-titre")
    assert "Le seul" in section
    assert "<details" not in section


def test_until_when_words_are_taken_is_said_where_all_who_listen_stop() -> None:
    def place(closes: date | None) -> ListeningPlace:
        return ListeningPlace(1, "val", "conseil", "Conseil", None, at(closes, 0) if closes else None)  # type: ignore[arg-type]

    sooner, later = date(2026, 12, 1), date(2026, 12, 9)
    assert open_until([]) is None
    assert open_until([place(sooner)]) == at(sooner, 0)
    assert open_until([place(later), place(sooner)]) == at(later, 0)
    assert open_until([place(sooner), place(None)]) is None
