"""Two colleagues tell of the same commitment: the second learns what the first published, and nothing comes twice."""

import html
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.commitments.models import Progress
from cdv_civic.commitments.operations import progress as operations
from cdv_civic.commitments.operations.progress import NewProgress, publish_progress
from cdv_civic.core.db import db
from cdv_civic.core.published_before import LastSeen, PublishedBefore
from tests.factories import make_account, make_commitment, make_contract
from tests.page_forms import PageForm
from tests.races import at_once, write_once_all_have_looked
from tests.signing_in import open_browser

TOLD = {"state": "en_cours", "happened_on": "2026-11-01", "sentence": "Le chantier du square a commencé."}


def told() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(Progress)).scalar_one()


def test_the_second_of_two_forms_keeps_its_words_and_asks(app: Flask) -> None:
    commitment = make_commitment(make_contract())
    address = f"/fr/bureau/engagements/{commitment.id}/avancement"
    pages = []
    for name in ("Ville d’Orly", "Département"):
        client = app.test_client()
        open_browser(client, make_account(organisation_name=name))
        pages.append((client, PageForm(client.get(address).text, "client_key")))
    (first, form), (second, later) = pages
    assert first.post(address, data=form.filled(TOLD)).status_code == 303
    mine = "Les ouvriers sont arrivés au square."
    refused = second.post(address, data=later.filled({**TOLD, "sentence": mine}))
    page = html.unescape(refused.text)
    assert (refused.status_code, told()) == (409, 1)
    assert "Ville d’Orly a publié ceci il y a 1 minute" in page
    assert "« Le chantier du square a commencé »." in page
    assert mine in page
    assert "Publier quand même" in page
    assert second.post(address, data=PageForm(refused.text, "client_key").filled({})).status_code == 303
    assert told() == 2


def test_the_same_news_minutes_later_asks_though_it_stood_on_the_page(app: Flask) -> None:
    commitment = make_commitment(make_contract())
    publish_progress(
        make_account(organisation_name="Ville d’Orly"),
        commitment.id,
        NewProgress("en_cours", date(2026, 11, 1), TOLD["sentence"], "une-clef-de-la-ville"),
    )
    client = app.test_client()
    open_browser(client, make_account())
    address = f"/fr/bureau/engagements/{commitment.id}/avancement"
    form = PageForm(client.get(address).text, "client_key")
    alike = client.post(address, data=form.filled({**TOLD, "sentence": "Le chantier du square a commencé !"}))
    assert (alike.status_code, told()) == (409, 1)
    other = client.post(address, data=form.filled({**TOLD, "sentence": "La première grue est montée."}))
    assert (other.status_code, told()) == (303, 2)


def test_of_two_who_publish_at_once_one_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    commitment = make_commitment(make_contract())
    write_once_all_have_looked(monkeypatch, operations, 2)
    acts = [
        partial(
            publish_progress,
            make_account(),
            commitment.id,
            NewProgress(
                "en_cours", date(2026, 11, 1), TOLD["sentence"], f"une-clef-numero-{each}", seen=LastSeen(0)
            ),
        )
        for each in range(2)
    ]
    ended = at_once(app, *acts)
    assert [type(each) for each in ended].count(PublishedBefore) == 1, ended
    assert told() == 1
