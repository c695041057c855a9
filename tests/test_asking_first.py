"""Acts that delete, withdraw, end or seat: each asks first on a page of its own, or can be undone on the page after it.

A route whose address says such an act stands in one of the tables below; a new one fails here until it does.
"""

import re
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from markupsafe import Markup

from cdv_civic.core.settings import ROOT
from tests.permissions.test_permissions import no_tokens as no_tokens
from tests.permissions.test_permissions import nothing_is_kept, routes
from tests.permissions.world import make_world
from tests.signing_in import open_browser

pytestmark = pytest.mark.one_database

#: Words of addresses that end something.
_ENDS: Final = re.compile(
    r"/(effacer|retirer|annuler|enlever|fermer|fin|non|oui|appeler|defaire|arreter|sieges|perdue|sans-suite"
    r"|finie|reprendre|verifies|telephone|oublier|embargo)(?=/|$)"
)
#: They ask on their own page: a question, what will be lost, and a way out.
ASKING: Final = {
    "bodies_desk.cancel",
    "bodies_desk.cancel_occurrence",
    "bodies_desk.withdraw_publication",
    "cards_desk.close",
    "commitments_desk.withdraw_progress",
    "commitments_desk.withdraw_value",
    "consultation_comments_desk.embargo",
    "consultation_comments_desk.remove",
    "consultation_in_person.remove",
    "consultation_in_person.remove_table",
    "consultation_in_person.remove_workshop",
    "consultation_paper.take_back",
    "consultation_voices.remove",
    "consultations_desk.delete_option",
    "consultations_desk.delete_question",
    "consultations_desk.delete_step",
    "consultations_desk.discard",
    "consultations_desk.publish",
    "consultations_desk.take_back",
    "consultations_desk.withdraw",
    "drafts.erase",
    "draws_desk.discard",
    "draws_desk.remove",
    "draws_desk.withdraw",
    "funds_desk.close_round",
    "funds_desk.delete_envelope",
    "funds_desk.withdraw",
    "ideas_desk.withdraw",
    "juries_desk.cancel_meeting",
    "juries_desk.end_member",
    "my_space.erase",
    "my_space.leave",
    "my_space.remove_way",
    "own_consultation_answers.take_away",
    "own_consultation_answers.take_text_back",
    "own_voices.take_away",
    "role_desk.close",
    "role_desk.end",
    "role_desk.unlink",
    "seats_desk.accept",
    "seats_desk.call",
    "seats_desk.decline",
    "seats_desk.end",
    "second_factor.reset",
}
#: They ask for words, a code or a password on their own page, which says what follows.
TYPED_FIRST: Final = {
    "cards_desk.lost",
    "own_reviews.stop_own",
    "reviews_desk.stop",
    "second_factor.authenticator",
    "second_factor.set_up",
    "second_factor.turn_off",
    "voices_desk.close",
}
#: The page after them undoes them: by which route.
UNDONE: Final = {
    "commitments_desk.publish_many": "commitments_desk.undo",
    "commitments_desk.take_off": "commitments_desk.hang",
    "draws_desk.seat": "draws_desk.unseat",
    "draws_desk.unseat": "draws_desk.seat",
    "follows.end": "follows.add",
    "language_help_desk.withdraw": "language_help_desk.put_back",
    "hint_list_desk.withdraw": "hint_list_desk.restore",
}
#: Nothing is lost by them; why.
HARMLESS: Final = {
    "consultation_comments.take_back": "asks before it takes words back, at the receipt "
    "(`tests/consultations/kinds/comments/test_commenting.py`)",
    "consultation_receipts.take_away": "asks before it takes an answer away, at the receipt "
    "(`tests/consultations/answering/test_receipts.py`)",
    "cards_desk.printed": "forgets codes that the page has just asked about: « Tout est sur papier ? »",
    "charter_desk.retire": "decisions that name the principle keep it, and its words can be added again",
    "commitments_desk.undo": "is itself the undoing",
    "juries_desk.take_link_back": "the link is noted again on the same page",
    "juries_desk.undecide": "a decision is entered anew until the meeting is closed",
    "idea_choices_desk.renew": "groups that are still retained keep their answer and its picture; the rest could not be "
    "published (`tests/ideas/test_choice.py`)",
    "fund_projects.give_up": "asks before it stops a project, at the receipt "
    "(`tests/fund/projects/test_own_pages.py`)",
    "ideas.take_back": "asks before it takes words back, at the receipt (`tests/ideas/test_pages.py`)",
    "open_sessions.close": "one signs in again; whoever closes a stranger's session must be quick",
    "open_sessions.close_all": "the same",
    "seats_desk.numbers": "a number, which its form changes back",
    "voices.take_away": "asks before it takes words away, at the receipt (`tests/voices/test_taken_away.py`)",
    "voices_desk.take_back": "is itself the undoing",
    "voices_desk.take_back_one": "is itself the undoing",
}
#: Questions of which the page can be shown in the world of the permission tests: the rest have tests of their own.
_NOT_IN_THE_WORLD: Final = {
    "bodies_desk.cancel_occurrence",
    "draws_desk.discard",
    "draws_desk.remove",
    "my_space.leave",
    "own_consultation_answers.take_away",
    "own_consultation_answers.take_text_back",
    "own_voices.take_away",
    "second_factor.reset",
    "voices_desk.withdraw",
}


def test_every_act_that_ends_something_is_known(app: Flask) -> None:
    ending = {rule.endpoint for rule, method in routes(app) if method == "POST" and _ENDS.search(rule.rule)}
    known = ASKING | TYPED_FIRST | set(UNDONE) | set(HARMLESS)
    assert sorted(ending - known) == []
    endpoints = {rule.endpoint for rule, method in routes(app) if method == "POST"}
    assert sorted(known - endpoints) == []


def test_what_asks_has_a_page_and_no_other_page_sends_it(app: Flask) -> None:
    with_page = {rule.endpoint for rule, method in routes(app) if method == "GET"}
    assert sorted((ASKING | TYPED_FIRST) - with_page) == []
    sent = re.compile(r"<form[^>]*method=\"post\"[^>]*action=\"\{\{ (?:nav_url|url_for)\(['\"]([\w.]+)['\"]")
    elsewhere = [
        (str(path.relative_to(ROOT)), endpoint)
        for path in Path(ROOT, "templates").rglob("*.html")
        for endpoint in sent.findall(path.read_text(encoding="utf-8"))
        if endpoint in ASKING
    ]
    assert elsewhere == []


def test_a_question_says_what_it_asks_and_how_to_leave_all_as_it_is(app: Flask, no_tokens: None) -> None:
    world = make_world()
    wrong = []
    for endpoint in sorted(ASKING - _NOT_IN_THE_WORLD):
        rule = next(app.url_map.iter_rules(endpoint))
        address = app.url_map.bind("localhost").build(endpoint, world.arguments(endpoint, rule.arguments))
        for who in ("administrator", "resident"):
            client = app.test_client()
            person = world.people[who]
            assert person is not None
            open_browser(client, person)
            answer = client.get(address)
            if answer.status_code == 200:
                break
        page = Markup(answer.text).unescape().partition("<main")[2]
        # What cannot be done now says why, and has nothing to press.
        nothing = "<form" not in page.partition("</main")[0]
        out = (
            nothing
            or "Ne rien changer" in page
            or "Garder mon compte" in page
            or "Revenir à mon compte" in page
        )
        if answer.status_code != 200 or "<h1>" not in page or not out:
            wrong.append((endpoint, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("endpoint", sorted(ASKING & {"commitments_desk.withdraw_value", "role_desk.close"}))
def test_to_read_a_question_changes_nothing(app: Flask, endpoint: str) -> None:
    world = make_world()
    client = app.test_client()
    assert world.people["administrator"] is not None
    open_browser(client, world.people["administrator"])
    rule = next(app.url_map.iter_rules(endpoint))
    address = app.url_map.bind("localhost").build(endpoint, world.arguments(endpoint, rule.arguments))
    with nothing_is_kept():
        assert client.get(address).status_code == 200
