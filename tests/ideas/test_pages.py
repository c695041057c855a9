"""Pages of ideas without an account: read, put, support, weigh up, follow with the receipt."""

import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.ideas.models import Idea, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support
from cdv_civic.ideas.rules.ideas import Area
from tests import factories as make
from tests.conftest import TODAY
from tests.ideas.boxes import BoxWithPeople, a_point, decide, make_a_box, put_one, stored_idea

OURS = {"Sec-Fetch-Site": "same-origin"}
FOLLOW = "/fr/parole/suivi"


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def key_in(page: str) -> str:
    found = re.search(r'name="client_key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(client: FlaskClient, box: BoxWithPeople, **fields: object) -> TestResponse:
    url = f"{box.url}/proposer"
    page = client.get(url).text
    data = {
        "client_key": key_in(page),
        "title": "Des bancs",
        "words": "Devant l’école, à l’ombre.",
        "theme": "ecologie",
        "contact_language": "fr",
        **fields,
    }
    return client.post(url, data=data, headers=OURS)


def receipt_in(answer: TestResponse) -> str:
    found = re.search(r'<strong dir="ltr">([0-9A-Z-]{11})</strong>', answer.text)
    assert found is not None, answer.text
    return found[1]


def follow(client: FlaskClient, receipt: str) -> str:
    return client.post(FOLLOW, data={"receipt": receipt}, headers=OURS).text


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_idea_is_put_without_an_account_and_read_by_everybody(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    answer = send(client, box)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "Tout le monde peut la lire" in answer.text
    assert "Des bancs" in client.get(box.url).text
    assert "Des bancs" in client.get(f"{box.url}/1").text
    followed = follow(client, receipt_in(answer))
    assert "Voir mon idée" in followed
    assert "à l’ombre" not in followed, "a receipt may be lost"


def test_what_looks_alike_is_shown_once_before_anything_is_sent(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    send(client, box)
    like = {"title": "Bancs à l’école", "words": "Des bancs devant l’école pour les parents."}
    asked = send(client, box, **like)
    assert "Ces idées ressemblent à la vôtre" in asked.text
    assert like["words"] in asked.text, "nothing that was typed is lost"
    assert count(session, Idea) == 1
    sent = client.post(
        f"{box.url}/proposer",
        data={"client_key": key_in(asked.text), "looked_at": "oui", "theme": "ecologie", **like},
        headers=OURS,
    )
    assert "Votre idée est arrivée" in sent.text
    assert count(session, Idea) == 2


def test_twenty_thousand_characters_come_back_with_a_kind_sentence(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    answer = send(client, box, words="mot " * 5000)
    assert answer.status_code == 422
    assert "Gardez 3000 caractères" in answer.text
    assert answer.text.count("mot ") >= 5000
    assert count(session, Idea) == 0


def test_a_photo_waits_for_a_moderator_and_goes_with_the_idea(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#4f8a4b").save(out, "JPEG")
    answer = send(client, box, photo=(io.BytesIO(out.getvalue()), "parc.jpg"))
    assert "Une personne la lit avant" in answer.text
    photo = f"{box.url}/1/photo/petite"
    assert client.get(photo).status_code == 404
    case = stored_idea(1).case_id
    decide(case, "publie")
    assert client.get(photo).status_code == 200
    decide(case, "masque")
    assert client.get(photo).status_code == 404


def test_what_is_hidden_is_hidden_everywhere_and_can_be_shown_again(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    got = put_one(box, "Des bancs", "Sous le tilleul du square.")
    case = stored_idea(got.idea_id).case_id
    pages = (box.url, f"{box.url}/{got.idea_id}", f"{box.url}?q=tilleul", f"{box.url}?ordre=soutiens")
    for state, seen in (("masque", False), ("publie", True), ("a_reformuler", False), ("publie", True)):
        decide(case, state)
        assert [("Des bancs" in client.get(page).text) for page in pages] == [seen] * 4


def test_a_hidden_part_is_not_found_by_its_words(client: FlaskClient, box: BoxWithPeople) -> None:
    got = put_one(box, "Des bancs", "Madame Tilleul du square.")
    decide(stored_idea(got.idea_id).case_id, "publie", shown_words="[…] du square.")
    assert "Tilleul" not in client.get(f"{box.url}/{got.idea_id}").text
    assert "Rien ne correspond" in client.get(f"{box.url}?q=tilleul").text
    assert "Des bancs" in client.get(f"{box.url}?q=square").text


def test_the_list_is_searched_narrowed_and_paged(client: FlaskClient, box: BoxWithPeople) -> None:
    for number in range(25):
        put_one(box, f"Idée numéro {number}", f"Mots {number}", theme="sante" if number % 2 else "emploi")
    first = client.get(box.url).text
    assert "Idée numéro 24" in first
    assert "Idée numéro 4<" not in first
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found is not None
    second = client.get(found[1].replace("&amp;", "&")).text
    assert "Idée numéro 4<" in second
    assert "Idée numéro 24" not in second
    assert "Idée numéro 24" not in client.get(f"{box.url}?theme=sante").text
    assert "Idée numéro 7<" in client.get(f"{box.url}?q=numero+7").text


def test_a_support_is_one_tap_and_one_tap_back(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    put_one(box)
    yes, no = f"{box.url}/1/soutenir", f"{box.url}/1/ne-plus-soutenir"
    first = client.post(yes, headers=OURS)
    assert "Vous soutenez cette idée" in first.text
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "Vous souteniez déjà" in client.post(yes, headers=OURS).text
    assert count(session, IdeaSupport) == 1
    assert "Vous ne soutenez plus" in client.post(no, headers=OURS).text
    assert count(session, IdeaSupport) == 0


def test_a_shared_device_keeps_no_mark(client: FlaskClient, box: BoxWithPeople) -> None:
    put_one(box)
    answer = client.post(f"{box.url}/1/soutenir?poste=partage", headers=OURS)
    assert "Set-Cookie" not in answer.headers


def test_another_site_supports_nothing(client: FlaskClient, box: BoxWithPeople, session: Session) -> None:
    put_one(box)
    answer = client.post(f"{box.url}/1/soutenir", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 422
    assert count(session, IdeaSupport) == 0


def test_supports_are_told_in_steps_and_a_job_counts_them(client: FlaskClient, box: BoxWithPeople) -> None:
    put_one(box)
    page = f"{box.url}/1"
    for _each in range(14):
        support(1, Supporter(make.make_account(role=None)))
    assert "Moins de 10 soutiens" in client.get(page).text, "a support moves no page"
    assert count_supports() == 1
    assert "Au moins 10 soutiens" in client.get(page).text
    assert count_supports() == 0


def test_supports_are_not_told_before_closing_where_the_box_says_so(app: Flask, client: FlaskClient) -> None:
    limiter.reset()
    box = make_a_box(supports_shown="apres", closes_on=date(2026, 12, 1))
    for title in ("Un", "Deux"):
        put_one(box, title, f"{title} mots")
    for _each in range(10):
        support(1, Supporter(make.make_account(role=None)))
    count_supports()
    listed = client.get(f"{box.url}?ordre=soutiens").text
    assert "soutiens<" not in listed
    assert "Les plus soutenues" not in listed
    assert listed.index("Deux") < listed.index(">Un<"), "the newest first, whatever is asked"
    assert "Les soutiens seront montrés après" in client.get(f"{box.url}/1").text


def test_points_stand_in_two_columns_without_a_thread(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    put_one(box)
    url = f"{box.url}/1/point?cote=contre"
    page = client.get(url).text
    answer = client.post(
        url,
        data={"client_key": key_in(page), "side": "contre", "words": "Le bruit, le soir."},
        headers=OURS,
    )
    assert "Votre point est arrivé" in answer.text
    shown = client.get(f"{box.url}/1").text
    assert shown.index("Des points contre") < shown.index("Le bruit, le soir.")
    decide(session.execute(select(IdeaPoint.case_id)).scalar_one(), "masque")
    assert "Le bruit" not in client.get(f"{box.url}/1").text
    assert "Masqué" in follow(client, receipt_in(answer))


def test_an_author_who_is_asked_writes_it_otherwise(client: FlaskClient, box: BoxWithPeople) -> None:
    receipt = receipt_in(send(client, box))
    assert "à l’ombre" in client.get(f"{box.url}/1").text
    decide(stored_idea(1).case_id, "a_reformuler")
    assert client.get(f"{box.url}/1").status_code == 404
    assert "à l’ombre" not in client.get(box.url).text
    asked = follow(client, receipt)
    assert "L’écrire autrement" in asked
    assert "à l’ombre" in asked
    refused = client.post(
        "/fr/idees/suivi/reformuler",
        data={"receipt": receipt, "title": "", "words": "Des mots neufs"},
        headers=OURS,
    )
    assert refused.status_code == 422
    assert "Des mots neufs" in refused.text
    client.post(
        "/fr/idees/suivi/reformuler",
        data={"receipt": receipt, "title": "Des bancs", "words": "Des mots neufs"},
        headers=OURS,
    )
    assert "Une personne va la lire" in follow(client, receipt)
    again = client.post(
        "/fr/idees/suivi/reformuler", data={"receipt": receipt, "title": "X", "words": "Y"}, headers=OURS
    )
    assert again.status_code == 409
    assert (stored_idea(1).words, stored_idea(1).title) == ("Des mots neufs", "Des bancs")


def test_an_author_takes_an_idea_back_and_its_words_are_gone(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    answer = send(client, box, contact="awa@example.org", signed="Awa")
    receipt = receipt_in(answer)
    support(1, Supporter(None, "0" * 32))
    away = "/fr/idees/suivi/retirer"
    asked = client.post(away, data={"receipt": receipt}, headers=OURS)
    assert "Retirer cette idée\u00a0?" in asked.text
    assert stored_idea(1).words
    client.post(away, data={"receipt": receipt, "sure": "oui"}, headers=OURS)
    idea = stored_idea(1)
    assert (idea.title, idea.words, idea.search_text, idea.contact, idea.signed) == ("", "", "", None, None)
    assert count(session, IdeaSupport) == 0
    assert "Des bancs" not in client.get(box.url).text
    assert "Retirée par vous" in follow(client, receipt)
    assert "arrivée" in send(client, box).text, "the same words may come again"


def test_a_wrong_receipt_does_nothing(client: FlaskClient, box: BoxWithPeople) -> None:
    send(client, box)
    for path in ("retirer", "reformuler", "objection", "reformuler-un-point"):
        answer = client.post(
            f"/fr/idees/suivi/{path}",
            data={"receipt": "22222-22222", "sure": "oui", "title": "a", "words": "b"},
            headers=OURS,
        )
        assert answer.status_code == 422
        assert "Relisez le code" in answer.text or "ne va pas" in answer.text
    assert stored_idea(1).taken_back_at is None


def test_a_closed_box_gives_back_what_was_typed(app: Flask, client: FlaskClient) -> None:
    limiter.reset()
    box = make_a_box(closes_on=date(2026, 11, 19))
    answer = client.post(
        f"{box.url}/proposer",
        data={"client_key": "une-cle-de-formulaire", "title": "Un banc", "words": "Ici", "theme": "sante"},
        headers=OURS,
    )
    assert answer.status_code == 409
    assert "Un banc" in answer.text
    assert "copiez-les" in answer.text


def test_points_of_a_hidden_idea_are_not_made(client: FlaskClient, box: BoxWithPeople) -> None:
    put_one(box)
    make_point(a_point(1))
    decide(stored_idea(1).case_id, "masque")
    assert client.get(f"{box.url}/1/point").status_code == 404
    assert client.post(f"{box.url}/1/soutenir", headers=OURS).status_code == 404


def test_only_the_form_of_a_box_with_a_map_may_ask_where_a_phone_is(
    app: Flask, client: FlaskClient, box: BoxWithPeople
) -> None:
    with_map = make_a_box(box.place, title={"fr": "Sur la carte"}, area=Area(48.6, 2.3, 48.8, 2.5))
    asked = {
        url: "geolocation=(self)" in client.get(url).headers["Permissions-Policy"]
        for url in (f"{with_map.url}/proposer", with_map.url, f"{box.url}/proposer", "/fr")
    }
    assert [url for url, may in asked.items() if may] == [f"{with_map.url}/proposer"]


def test_a_closed_box_shows_no_form_of_a_point_and_gives_its_words_back(
    app: Flask, client: FlaskClient
) -> None:
    limiter.reset()
    box = make_a_box(closes_on=date(2026, 11, 25))
    put_one(box)
    url = f"{box.url}/1/point?cote=pour"
    key = key_in(client.get(url).text)
    with clock.frozen_everywhere(TODAY + timedelta(days=10)):
        page = client.get(url).text
        assert "ne reçoit rien en ce moment" in page
        assert "<textarea" not in page
        answer = client.post(
            url, data={"client_key": key, "side": "pour", "words": "C’est utile."}, headers=OURS
        )
        assert answer.status_code == 409
        assert "C’est utile." in answer.text
        assert "copiez-les" in answer.text
        shown = client.get(f"{box.url}/1").text
        assert "Cette idée vous plaît" not in shown, "nobody can say so any more"
        assert "publiques tout de suite" not in client.get(box.url).text


def test_the_receipt_of_a_point_leads_back_to_its_idea_or_to_the_box(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    put_one(box)
    receipt = make_point(a_point(1)).receipt
    assert f'href="{box.url}/1"' in follow(client, receipt)
    decide(stored_idea(1).case_id, "masque")
    followed = follow(client, receipt)
    assert f'href="{box.url}"' in followed
    assert f'href="{box.url}/1"' not in followed
