"""What a person does with what they follow, and what is kept of it."""

import json

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.my_space.queries import my_export
from cdv_civic.notices.follows import operations
from cdv_civic.notices.follows.models import NewsChoice
from cdv_civic.notices.follows.operations import choose_news, follow, unfollow
from cdv_civic.notices.follows.queries import choice_of, follows_of, latest_of
from cdv_civic.territory.models import Quartier
from tests import factories as make
from tests.conftest import TODAY
from tests.notices.follows.following import Place, make_follower, make_place
from tests.races import at_once


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def chosen(account_id: int | None) -> tuple[str, str, str]:
    assert account_id is not None
    choice = choice_of(account_id)
    assert choice is not None
    return choice.channel, choice.rhythm, choice.language


def test_following_twice_is_following_once(app: Flask, place: Place) -> None:
    account = make.make_account(role=None)
    for _ in range(2):
        follow(account, "quartier", place.quartier.slug, "fr")
    assert follows_of(account.actor_id) == {("quartier", place.quartier.id): TODAY}


def test_at_once_too(app: Flask, place: Place) -> None:
    account, slug = make.make_account(role=None), place.quartier.slug
    db.session.rollback()
    ended = at_once(app, *[lambda: follow(account, "quartier", slug, "fr")] * 3)
    assert ended == [None, None, None]
    assert len(follows_of(account.actor_id)) == 1


def test_the_first_time_says_how_one_hears_of_it(app: Flask, place: Place) -> None:
    by_mail = make.make_account("amie@example.org", role=None, phone="+33611111111")
    by_text = make.make_account(role=None, phone="+33622222222")
    by_card = make.make_account(role=None)
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id.in_([by_text.actor_id, by_card.actor_id])).values(email=None)
        )
    for account in (by_mail, by_text, by_card):
        follow(account, "quartier", place.quartier.slug, "ar")
    assert chosen(by_mail.actor_id) == ("email", "weekly", "ar")
    assert chosen(by_text.actor_id) == ("sms", "weekly", "ar")
    assert chosen(by_card.actor_id) == ("none", "weekly", "ar")


def test_what_is_not_there_cannot_be_followed(app: Flask, place: Place) -> None:
    account = make.make_account(role=None)
    for kind, reference in (("quartier", "rien"), ("rien", place.quartier.slug)):
        with pytest.raises(NotFound):
            follow(account, kind, reference, "fr")
    with transaction() as session:
        session.execute(update(Quartier).values(retired_at=TODAY))
    with pytest.raises(NotFound):
        follow(account, "quartier", place.quartier.slug, "fr")


def test_there_is_an_end_to_it(app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_FOLLOWED", 1)
    account = make.make_account(role=None)
    follow(account, "quartier", place.quartier.slug, "fr")
    with pytest.raises(Conflict):
        follow(account, "body", place.reference("body"), "fr")
    follow(account, "quartier", place.quartier.slug, "fr")


def test_nobody_follows_without_an_account(app: Flask, place: Place) -> None:
    with pytest.raises((Forbidden, NotFound)):
        follow(CommandLine(), "quartier", place.quartier.slug, "fr")


def test_ending_what_was_not_followed_changes_nothing(app: Flask, place: Place) -> None:
    account = make_follower(place, "quartier")
    unfollow(account, "body", place.body.id)
    assert len(follows_of(account.actor_id)) == 1
    unfollow(account, "quartier", place.quartier.id)
    assert follows_of(account.actor_id) == {}


@pytest.mark.parametrize(
    ("channel", "rhythm", "language", "field"),
    [
        ("pigeon", "weekly", "fr", "channel"),
        ("email", "hourly", "fr", "channel"),
        ("email", "weekly", "tlh", "language"),
        ("sms", "weekly", "fr", "channel"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_beside_its_field(
    app: Flask, place: Place, channel: str, rhythm: str, language: str, field: str
) -> None:
    account = make_follower(place)
    with pytest.raises(DomainError) as refused:
        choose_news(account, channel, rhythm, language)
    assert refused.value.field == field
    assert chosen(account.actor_id) == ("email", "daily", "fr")


def test_no_database_holds_a_daily_text_message(app: Flask, place: Place) -> None:
    account = make_follower(place, phone="+33612345678")
    choose_news(account, "sms", "daily", "fr")
    assert chosen(account.actor_id) == ("sms", "weekly", "fr")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(NewsChoice).values(rhythm="daily"))


def test_the_export_says_what_is_followed_and_how_it_is_heard_of(app: Flask, place: Place) -> None:
    account = make_follower(place, "quartier")
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        parts = json.loads(my_export(account.actor_id, site="Essai"))["parts"]
    (followed,) = parts["follows"]
    assert (followed["kind"], followed["what"]) == ("quartier", "Les Saules")
    assert [(row["channel"], row["rhythm"], row["language"]) for row in parts["news"]] == [
        ("email", "daily", "fr")
    ]


def test_ones_own_page_tells_what_happened_before_one_followed_too(app: Flask, place: Place) -> None:
    make.make_progress(place.commitment)
    account = make_follower(place, "quartier", channel="none")
    assert [event.title.text for event in latest_of(account.actor_id, "fr")] == ["Planter des arbres"]
    assert latest_of(make.make_account(role=None).actor_id, "fr") == []
