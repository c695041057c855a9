"""Whoever puts an idea in the box of a consultation, supports one or makes a point is asked what comments ask: an
account where it asks who takes part, and its age; what a relais writes was said before a witness.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.operations.editing import steps
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.ideas.operations.putting import assist, enter, put
from cdv_civic.ideas.operations.supporting import Supporter, support, withdraw_support
from cdv_civic.participation.speaking import AccountNeeded
from tests import factories as make
from tests.consultations.kinds.ideas.test_step import Asked
from tests.ideas.boxes import BoxWithPeople, a_point, an_idea, make_a_box, put_one, stored_box
from tests.ideas.test_entering import AGREED
from tests.ideas.test_pages import OURS, key_in
from tests.page_forms import PageForm
from tests.signing_in import open_browser

SIGN_IN = "Pour participer ici, connectez-vous"
AGE = 'name="age"'


def a_box(**asked: object) -> BoxWithPeople:
    limiter.reset()
    consultation = Asked(**asked)
    box = consultation.box()
    consultation.choose(box)
    consultation.publish()
    return consultation.box_with_people(stored_box(box.slug))


def counted(session: Session) -> list[int]:
    session.rollback()
    kinds = (Idea, IdeaSupport, IdeaPoint)
    return [session.execute(select(func.count()).select_from(each)).scalar_one() for each in kinds]


@pytest.mark.parametrize("proof", ["message", "carte", "franceconnect"])
def test_where_it_is_asked_who_takes_part_nobody_does_without_an_account(
    app: Flask, session: Session, proof: str
) -> None:
    box = a_box(proof=proof)
    resident = make.make_account(role=None)
    with pytest.raises(AccountNeeded):
        put_one(box)
    idea = enter(box.moderator, an_idea(box), "papier").idea_id
    with pytest.raises(AccountNeeded):
        support(idea, Supporter(None, "a" * 32))
    with pytest.raises(AccountNeeded):
        make_point(a_point(idea))
    assert counted(session) == [1, 0, 0]
    put(an_idea(box, "Un arbre"), resident)
    assert support(idea, Supporter(resident))
    make_point(a_point(idea), resident)
    assert counted(session) == [2, 1, 1]


def test_the_account_that_is_asked_for_is_named_to_nobody(client: FlaskClient) -> None:
    box = a_box(proof="message")
    named = make.make_account("voisine@example.org", role=None, name="Prénom Inventé", organisation_name="")
    idea = put(an_idea(box), named).idea_id
    support(idea, Supporter(named))
    make_point(a_point(idea), named)
    for url in (box.url, f"{box.url}/{idea}", f"{box.url}/donnees.csv", f"{box.url}/donnees.json"):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert "Inventé" not in answer.text
        assert "voisine@" not in answer.text


def test_the_age_of_the_consultation_is_asked_of_everybody(app: Flask, session: Session) -> None:
    box = a_box(age_to_answer=11)
    acts: tuple[Callable[[], object], ...] = (
        lambda: put_one(box),
        lambda: enter(box.moderator, an_idea(box), "papier"),
        lambda: assist(box.place.relais, an_idea(box), "rue", AGREED),
    )
    for act in acts:
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.field == "age"
    idea = put_one(box, old_enough=True).idea_id
    with pytest.raises(DomainError):
        support(idea, Supporter(None, "a" * 32))
    with pytest.raises(DomainError):
        make_point(a_point(idea))
    assert counted(session) == [1, 0, 0]
    assert support(idea, Supporter(None, "a" * 32, old_enough=True))
    make_point(a_point(idea, old_enough=True))
    assert withdraw_support(idea, Supporter(None, "a" * 32)), "to give it up, nothing is asked"
    assert counted(session) == [1, 0, 1]


def test_what_was_said_before_a_witness_needs_no_account(app: Flask, session: Session) -> None:
    box = a_box(proof="carte", age_to_answer=11)
    enter(box.moderator, an_idea(box, old_enough=True), "papier")
    assist(box.place.relais, an_idea(box, "Un arbre", old_enough=True), "rue", AGREED)
    assert counted(session)[0] == 2


def test_the_same_form_again_gives_its_receipt_although_nobody_is_signed_in_any_more(app: Flask) -> None:
    box = a_box(proof="message")
    new = an_idea(box)
    assert put(new, make.make_account(role=None)) == put(new)


def test_no_form_is_shown_that_would_be_refused(client: FlaskClient) -> None:
    box = a_box(proof="message")
    idea = enter(box.moderator, an_idea(box), "papier").idea_id
    shown = client.get(f"{box.url}/{idea}").text
    assert f'action="{box.url}/{idea}/soutenir"' not in shown
    assert f'href="{box.url}/{idea}/soutenir"' in shown
    assert "Sans compte" not in shown
    for url in (f"{box.url}/proposer", f"{box.url}/{idea}/point?cote=pour", f"{box.url}/{idea}/soutenir"):
        page = client.get(url)
        assert page.status_code == 200, url
        assert SIGN_IN in page.text, url
        assert "retour=" in page.text
        assert "<textarea" not in page.text
        assert f'action="{box.url}/{idea}/soutenir"' not in page.text
        assert "no-" in page.headers["Cache-Control"]
    for url in (box.url, f"{box.url}/{idea}"):
        assert "Un compte" in client.get(url).text, "what is asked is said before"


def test_what_was_typed_stays_where_somebody_is_not_signed_in_any_more(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    box = a_box(proof="message", age_to_answer=11)
    here = app.test_client()
    open_browser(here, make.make_account(role=None))
    url = f"{box.url}/proposer"
    page = here.get(url).text
    assert SIGN_IN not in page
    assert AGE in page
    assert 'name="sent_as"' not in page, "the account is what was asked for"
    form = PageForm(page, "client_key").filled(
        {"title": "Des bancs", "words": "Devant l’école.", "theme": "ecologie", "age": "y"}
    )
    refused = client.post(url, data=form, headers=OURS)
    assert refused.status_code == 403
    assert "Devant l’école." in refused.text
    assert SIGN_IN in refused.text
    assert "Envoyer mon idée" not in refused.text
    assert here.post(url, data=form, headers=OURS).status_code == 200
    session.rollback()
    idea = session.execute(select(Idea)).scalar_one()
    assert idea.author_id is not None
    for url, sent in ((f"{box.url}/{idea.id}/point", {"side": "pour", "words": "Utile."}),):
        kept = client.post(url, data={"client_key": key_in(here.get(url).text), **sent}, headers=OURS)
        assert kept.status_code == 403
        assert "Utile." in kept.text
        assert SIGN_IN in kept.text
    assert client.post(f"{box.url}/{idea.id}/soutenir", headers=OURS).status_code == 403


def test_each_form_asks_the_age(app: Flask, client: FlaskClient, session: Session) -> None:
    box = a_box(age_to_answer=11)
    idea = put_one(box, old_enough=True).idea_id
    assert "11 ans" in client.get(box.url).text
    for url in (f"{box.url}/proposer", f"{box.url}/{idea}/point", f"{box.url}/{idea}/soutenir"):
        page = client.get(url).text
        assert AGE in page, url
        assert "J’ai 11 ans ou plus" in page
    url = f"{box.url}/{idea}/soutenir"
    without = client.post(url, headers=OURS)
    assert without.status_code == 422
    assert "Cochez cette case" in without.text
    assert AGE in without.text
    done = client.post(url, data={"age": "y"}, headers=OURS)
    assert "Vous soutenez cette idée" in done.text
    gone = client.post(f"{box.url}/{idea}/ne-plus-soutenir", headers=OURS)
    assert f'href="{url}"' in gone.text, "asked again, on a page of its own"
    relais = app.test_client()
    open_browser(relais, box.place.relais)
    for page in ("papier", "ecrire?accord=spoken"):
        shown = relais.get(f"/fr/relais/idees/{box.slug}/{page}").text
        assert "La personne a 11 ans ou plus" in shown
    assert "11 ans" in relais.get(f"/fr/relais/idees/{box.slug}").text
    form = PageForm(relais.get(f"/fr/relais/idees/{box.slug}/papier").text, "client_key").filled(
        {"title": "Un arbre", "words": "Ici.", "theme": "ecologie", "age": "y"}
    )
    next_one = relais.post(f"/fr/relais/idees/{box.slug}/papier", data=form)
    assert "Cette idée est notée" in next_one.text
    assert (
        "checked"
        in next_one.text.partition(AGE)[0].rpartition("<input")[2]
        + next_one.text.partition(AGE)[2].partition(">")[0]
    )


def test_a_box_of_all_year_asks_nothing(client: FlaskClient, app: Flask) -> None:
    limiter.reset()
    box = make_a_box()
    idea = put_one(box).idea_id
    shown = client.get(f"{box.url}/{idea}").text
    assert f'action="{box.url}/{idea}/soutenir"' in shown
    assert (
        AGE not in shown + client.get(f"{box.url}/proposer").text + client.get(f"{box.url}/{idea}/point").text
    )
    stored = stored_box(box.slug)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(IdeaBox).where(IdeaBox.id == stored.id).values(account_asked=True))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(IdeaBox).where(IdeaBox.id == stored.id).values(least_age=11))


def test_a_box_asks_what_its_consultation_asks_as_long_as_it_is_its_own(app: Flask) -> None:
    limiter.reset()
    asked = Asked(proof="message", age_to_answer=11)
    box = asked.box()
    asked.choose(box)
    here = stored_box(box.slug)
    assert (here.account_asked, here.least_age) == (True, 11)
    steps.delete_step(asked.place.moderator, asked.row.id, asked.step.id, version=asked.version())
    here = stored_box(box.slug)
    assert (here.account_asked, here.least_age) == (False, 0)
