"""Each act that changes what anybody reads of comments is shown at once by pages that are kept."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.consultations.kinds.comments.operations import reword, take_comment_back
from cdv_civic.core.db import db
from cdv_civic.participation.rules.receipts import read_receipt
from tests.consultations.kinds.comments.commented import Commented, comments, decide
from tests.pages.test_kept_pages import made_anew, made_of_nothing_kept

LIST = "/fr/consultations/avis/avis"
#: The page of one thing is kept by nobody: these are.
PAGES = (LIST, f"{LIST}.csv", f"{LIST}.json", "/fr/consultations/avis")


def test_pages_of_comments_show_each_act_at_once(app: Flask, client: FlaskClient) -> None:
    asked = Commented()
    asked.publishes_at_once()
    receipts: list[str] = []

    def say() -> None:
        receipts.append(read_receipt(asked.say("Il manque de l’ombre.").receipt))

    def say_another() -> None:
        receipts.append(read_receipt(asked.say("Le soir, on ne voit rien.").receipt))

    def case() -> int:
        return comments()[0].case_id

    # What everybody reads after each act.
    first, second, other = "Il manque de l’ombre.", "Le soir, on ne voit rien.", "Il faut des arbres."
    acts: list[tuple[str, Callable[[], object], set[str]]] = [
        ("_comment", say, {first}),
        ("_comment again", say_another, {first, second}),
        ("asked to write it otherwise", lambda: decide(case(), "a_reformuler"), {second}),
        ("reword", lambda: reword(receipts[0], other), {second}),
        ("published", lambda: decide(case()), {second, other}),
        ("take_comment_back", lambda: take_comment_back(receipts[0]), {second}),
    ]
    fresh = made_anew(app, client, PAGES)[0]
    assert made_anew(app, client, PAGES)[1] == set(), "pages that nobody keeps try nothing"
    stale, unseen, read = {}, set(), {}
    for name, act, _words in acts:
        before = fresh
        act()
        db.session.rollback()
        shown = made_anew(app, client, PAGES)[0]
        fresh = made_of_nothing_kept(app, client, PAGES)
        stale[name] = {page for page in PAGES if shown[page] != fresh[page]}
        table, counted = shown[f"{LIST}.csv"].decode(), shown[LIST].decode()
        read[name] = {words for words in (first, second, other) if words in table}
        assert f"{len(read[name])} commentaire" in counted, name
        if fresh == before:
            unseen.add(name)
    assert {name: found for name, found in stale.items() if found} == {}
    assert read == {name: words for name, _act, words in acts}
    # It waits for a moderator: nobody reads anything else.
    assert unseen == {"reword"}
