"""Every page that anybody may read is looked at and found: none is forgotten when it is added.

Looked at: its address, or an example of it, stands in `tests/demo_pages.py`. Found: the map of the site leads search
engines there. What is neither says why.
"""

from typing import Final

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.pages.views.robots import public_addresses
from tests.demo_pages import DESK_PAGES, PUBLIC_PAGES
from tests.pages.test_statements import PAGES
from tests.permissions.world import make_world

#: Answers that nobody reads as a page: files, what machines ask for, parts of pages, ways elsewhere.
NOT_PAGES: Final = {
    "consultation_identity.start": "leads on to a service of identity",
    "consultation_identity.back": "leads on to the questions",
    "bodies.body_calendar": "a calendar",
    "bodies.event_calendar": "a calendar",
    "bodies.quartier_calendar": "a calendar",
    "bodies_files.publication_file": "a file",
    "charters.figures_of_body": "a file",
    "charters.figures_of_staff": "a file",
    "commitments.evidence_file": "a file",
    "fund_projects.correct": "behind a receipt: without one it leads to where one is typed",
    "fund_projects.give_up": "behind a receipt: without one it leads to where one is typed",
    "consultation_short.at": "leads to a consultation, from paper",
    "consultation_pictures.show": "a file",
    "consultation_voice_files.play": "a file",
    "consultation_comments.csv": "a file",
    "consultation_comments.json": "a file",
    "consultation_results.csv": "a file",
    "consultation_results.json": "a file",
    "consultation_results.rows": "a file",
    "consultation_results.schema": "a file",
    "draws.list_text": "a file",
    "draws.older_list": "a file",
    "draws.whole": "a file",
    "funds.ballots": "a file",
    "funds.counts": "a file",
    "funds.csv": "a file",
    "funds.json": "a file",
    "funds.kit": "a file",
    "funds.photo": "a file",
    "funds.review_photo": "a file",
    **dict.fromkeys((f"fund_subsidies.{name}" for name in ("csv", "json", "schema")), "a file"),
    "ideas.csv": "a file",
    "ideas.json": "a file",
    "ideas.photo": "a file",
    "follows.news": "a feed",
    "fund_juries.pdf": "a file",
    "fund_reviews.stop": "behind a receipt: without one it leads to where one is typed",
    "fund_reviews.tell": "behind a receipt: without one it leads to where one is typed",
    "health.alive": "for the machine that watches",
    "health.ready": "for the machine that watches",
    "my_space.suggestions": "a part of a page, for a script",
    "oidc.back": "leads elsewhere",
    "oidc.start": "leads elsewhere",
    "pages.favicon": "for browsers",
    "pages.manifest": "for browsers",
    "pages.robots": "for search engines",
    "pages.root": "leads to the home page in the visitor's language",
    "pages.security_txt": "for whoever found a weakness",
    "say.at": "leads to the form of a body, from paper",
    "pages.sitemap": "for search engines",
    "votes.counts": "a file",
    "votes.file": "a file",
    "votes.kit": "a file",
}
#: Pages whose address cannot be written down, and where they are looked at.
LOOKED_AT_ELSEWHERE: Final = {
    "consultation_comments.thing": "of one thing by its number: tests/consultations/kinds/comments/test_commenting.py",
    "notices.one": "a mail, not a page of the site: tests/notices/test_letters.py",
    "notices.stop": "answers the token of a text message only: tests/notices/test_letters.py",
    "notices.unsubscribe": "answers the token of a mail only: tests/notices/test_letters.py",
    "second_factor.code": "after the password only: tests/browser/test_staff_sign_in.py",
    "second_factor.recovery": "after the password only: tests/browser/test_staff_sign_in.py",
    "second_factor.set_up": "after the password only: tests/browser/test_staff_sign_in.py",
}
#: Pages that search engines are not led to.
NOT_SEARCHED: Final = {
    "bodies.dates": "repeats what the body's page and each meeting say",
    "bodies.publications": "repeats what the body's page and each publication say",
    "cards.sign_in": "signing in",
    "charters.of_body": "of those who write to the body: each form leads there",
    "charters.of_staff": "of those who write to the contract: each form leads there",
    "consultation_answer.answer": "a form: the page of the consultation leads there",
    "consultation_comments.csv": "a file",
    "consultation_comments.index": "what residents wrote is read beside its consultation, which leads there",
    "consultation_comments.json": "a file",
    "consultation_comments.thing": "a form: the page of the comments leads there",
    "consultation_results.csv": "a file",
    "consultation_results.json": "a file",
    "consultation_results.rows": "a file",
    "consultation_results.schema": "a file",
    "consultation_results.show": "the page of the consultation leads there",
    "consultation_sentences.add": "a form: the page of the consultation leads there",
    "draws.show": "of those who follow a draw: the body's page leads there",
    "follows.offer": "of those who follow: the page of each thing leads there",
    "funds.count": "of a vote that was held elsewhere: the page of its round leads there",
    "funds.project": "what residents wrote is read beside its round, not found by a name",
    "fund_projects.deposit": "a form: the page of the round leads there",
    "fund_subsidies.index": "open data: the page of funds leads there",
    "fund_juries.minutes": "of those who follow a call for projects: its page leads there",
    "fund_juries.pdf": "a file",
    "ideas.back": "a form: the page of the idea leads there",
    "ideas.group": "what residents wrote is read beside its box, not found by a name",
    "ideas.index": "of those who put ideas: the foot of each page leads there",
    "ideas.one": "what residents wrote is read beside its box, not found by a name",
    "ideas.point": "a form: the page of the idea leads there",
    "ideas.propose": "a form: the page of the box leads there",
    "ideas.show": "what residents wrote is read beside its box, not found by a name",
    "my_space.erased": "says that something was done",
    "notices.one": "while developing only",
    "notices.sent": "while developing only",
    "notices.stop": "of one reader",
    "notices.unsubscribe": "of one reader",
    "pages.components": "for those who build the site",
    "pages.quartier_dates": "repeats what the quartier's page and each meeting say",
    "pages.quartier_news": "repeats what the quartier's page and each commitment say",
    "participation.follow": "of those who have a receipt",
    "reporting.show": "a form: the page of the text leads there",
    "second_factor.code": "signing in",
    "second_factor.recovery": "signing in",
    "second_factor.set_up": "signing in",
    "sign_in.ask_mail": "signing in",
    "sign_in.ask_text": "signing in",
    "sign_in.choose_password": "signing in",
    "sign_in.leaving": "signing out",
    "sign_in.lost_password": "signing in",
    "sign_in.open_link": "signing in",
    "sign_in.type_code": "signing in",
    "sign_in.ways_in": "signing in",
    "sign_in.with_password": "signing in",
    "voices.index": "what residents said is read beside its body, not found by a name",
    "voices.speak": "a form: the body's page leads there",
    "votes.count": "of a vote of the past: its page leads there",
    "votes.index": "shows a vote in demonstrations only",
    "votes.show": "shows a vote in demonstrations only",
}


def public_routes(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and policy_of(app, rule.endpoint) == PUBLIC
    }


def endpoints_of(app: Flask, paths: tuple[str, ...]) -> set[str]:
    """The routes that answer these addresses of the demonstration."""
    addresses = app.url_map.bind("localhost")
    found = set()
    for path in paths:
        try:
            found.add(str(addresses.match(f"/fr{path.partition('?')[0]}")[0]))
        except (HTTPException, RequestRedirect):
            continue
    return found


def test_every_public_page_is_looked_at(app: Flask) -> None:
    looked_at = endpoints_of(app, (*PUBLIC_PAGES, *DESK_PAGES))
    assert public_routes(app) - looked_at == NOT_PAGES.keys() | LOOKED_AT_ELSEWHERE.keys(), (
        "add an address of the new page to tests/demo_pages.py, or say here why there is none"
    )


def test_search_engines_are_led_to_every_public_page(app: Flask) -> None:
    make_world()
    led_to = {endpoint for endpoint, _arguments in public_addresses()}
    assert public_routes(app) - led_to == NOT_PAGES.keys() | NOT_SEARCHED.keys(), (
        "add the new page to `public_addresses` of pages/views/robots.py, or say here why it is not to be found"
    )
    measured = endpoints_of(app, tuple(path[3:] for path in PAGES if path[3:4] == "/"))
    assert led_to - measured == set(), "add the new page to PAGES of tests/pages/test_statements.py"
