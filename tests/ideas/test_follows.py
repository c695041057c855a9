"""What followers of a box learn: groups, answers, the choice; nothing of what is hidden, no words of residents."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.limits import limiter
from cdv_civic.ideas.follows import news
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.operations.grouping import merge_groups
from cdv_civic.notices.follows.kinds import NewsEvent
from tests.conftest import TODAY
from tests.ideas.boxes import BoxWithPeople, decide, make_a_box, put_one, stored_box, stored_idea
from tests.ideas.test_grouping import a_group, choose, retain

Counting = Callable[[], AbstractContextManager[list[str]]]
HOUR = timedelta(hours=1)


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def news_of(*boxes: int, newest: int | None = None) -> list[NewsEvent]:
    return list(news({"idea_box": boxes}, TODAY - HOUR, TODAY + HOUR, "fr", newest))


def answer(box: BoxWithPeople, idea_id: int) -> None:
    answer_idea(
        box.moderator, idea_id, {"fr": "Oui."}, answered_by="Ville", version=stored_idea(idea_id).version
    )


def test_groups_answers_and_the_choice_are_news_of_a_box(box: BoxWithPeople) -> None:
    idea = put_one(box).idea_id
    groups = [a_group(box, each, *([idea] if each == "Un" else [])) for each in ("Un", "Deux")]
    answer(box, idea)
    retain(box, *groups)
    choose(box)
    said = {(event.key, event.title.text, event.said) for event in news_of(box.id)}
    assert said == {
        (f"idea_group:{groups[0]}", f"Groupe {groups[0]}", "Un groupe d’idées est fait"),
        (f"idea_group:{groups[1]}", f"Groupe {groups[1]}", "Un groupe d’idées est fait"),
        (f"idea:{idea}:reponse", "Une idée pour le quartier", "Une idée a sa réponse · Ville"),
        (
            f"idea_box:{box.id}:choix",
            "Une idée pour le quartier",
            "Le choix entre les groupes retenus est ouvert",
        ),
    }
    assert len(news_of(box.id, newest=2)) == 2
    assert news({"idea_box": [box.id]}, TODAY, TODAY + HOUR, "fr", None) == []


def test_what_is_hidden_merged_or_withdrawn_is_no_news(box: BoxWithPeople) -> None:
    idea = put_one(box).idea_id
    answer(box, idea)
    decide(stored_idea(idea).case_id, "masque")
    first, second = a_group(box, "Un"), a_group(box, "Deux")
    merge_groups(box.moderator, box.id, first, second, version=1)
    assert [event.key for event in news_of(box.id)] == [f"idea_group:{second}"]
    withdraw_box(box.moderator, box.id, version=stored_box(box.slug).version)
    assert news_of(box.id) == []


def test_as_many_statements_for_many_boxes_as_for_one(
    app: Flask, box: BoxWithPeople, count_statements: Counting
) -> None:
    boxes = [box, *(make_a_box(box.place, title={"fr": f"Boîte {each}"}) for each in range(4))]
    # Said otherwise in each: what looks alike waits for a moderator.
    said = ("Des bancs", "Une fontaine", "Plus de lumière", "Un marché bio", "Trois composteurs")
    for each, words in zip(boxes, said, strict=True):
        answer(each, put_one(each, words, f"{words}, vite.").idea_id)
        a_group(each, "Un")
    with count_statements() as one:
        assert len(news_of(box.id)) == 2
    with count_statements() as many:
        assert len(news_of(*(each.id for each in boxes))) == 10
    assert len(one) == len(many) == 3


def test_a_box_is_followed_and_its_feed_says_no_word_of_a_resident(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    idea = put_one(box, "Des bancs", "À l’ombre du tilleul.").idea_id
    answer(box, idea)
    page = client.get(box.url).text
    assert "Suivre cette boîte à idées" in page
    feed = page.partition('type="application/atom+xml"')[2].partition('href="')[2].partition('"')[0]
    told = client.get(feed).text
    assert "Une idée a sa réponse" in told
    assert "tilleul" not in told
    assert "Des bancs" not in told
    withdraw_box(box.moderator, box.id, version=stored_box(box.slug).version)
    assert client.get(feed).status_code == 404
