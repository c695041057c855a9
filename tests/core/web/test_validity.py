"""No page is shown that is older than what it shows, or past the moment until which it is right, whatever happens."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from flask import Flask, request
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select

from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.core.availability import DatabaseDown
from cdv_civic.core.db import SITE, TagName, db, raise_tags, transaction
from cdv_civic.core.localized import LocalizedText, change_originals
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import page_cache
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import also_shows, shows_only, valid_until
from tests.conftest import TODAY, Site, counting
from tests.texts import write_text

PAGE: Final = "/fr/mots"
HERE, THERE = TagName("contract:here"), TagName("contract:there")
#: What each page shows: the one says so, the other forgets, the third shows a part that says so; the last ones show
#: something besides, which says of itself alone what it is.
PAGES: Final = {
    "here": (HERE,),
    "there": (THERE,),
    "both": (HERE, THERE),
    "forgets": (HERE, THERE),
    "part": (HERE,),
    "part and own": (HERE, THERE),
    "part that forgets": (HERE, THERE),
    "links": (HERE, THERE),
    "forgets, links": (HERE, THERE),
}
#: Moments, from the beginning, at which something that every page shows begins or ends: minutes.
MOMENTS: Final = (30, 45, 600, 890, 2000)


class Pages:
    """Two processes that serve the same pages: what these show is in the database, and the time."""

    def __init__(self, app: Flask, other: Flask) -> None:
        self.clients = [each.test_client() for each in (app, other)]
        self.now = TODAY
        with transaction() as session:
            self.rows = {tag: write_text(session, "0") for tag in (SITE, HERE, THERE)}
        self.stands: dict[TagName, str] = dict.fromkeys(self.rows, "0")
        #: What happens while a view runs: before it reads anything, then before it reads the rest.
        self.meanwhile: list[Callable[[], None]] = []

    def view(self, **_arguments: Any) -> str:
        asked = request.args["q"]
        self._let_happen()
        said = [self._read(SITE), self._time()]
        self._let_happen()
        if asked.startswith("part"):
            said.append(kept(asked, lambda: self._part(asked)))
            shows_only(*(tag for tag in PAGES[asked][1:] if asked == "part and own"))
            said += [self._read(tag) for tag in PAGES[asked][1:] if asked == "part and own"]
        else:
            said += [self._read(tag) for tag in PAGES[asked]]
            besides = (THERE,) if "links" in asked else ()
            also_shows(*besides)
            if "forgets" not in asked:
                shows_only(*(tag for tag in PAGES[asked] if tag not in besides))
        return " ".join(said)

    def _part(self, asked: str) -> str:
        if asked == "part that forgets":
            return " ".join(self._read(tag) for tag in PAGES[asked])
        shows_only(HERE)
        return self._read(HERE)

    def _let_happen(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def _read(self, tag: TagName) -> str:
        statement = select(LocalizedText.original).where(LocalizedText.id == self.rows[tag])
        return str(db.session.execute(statement).scalar_one())

    def _time(self) -> str:
        now = clock.now()
        moments = [TODAY + timedelta(minutes=each) for each in MOMENTS]
        for each in moments:
            if each > now:
                valid_until(each)
        return f"{clock.today()} {sum(each <= now for each in moments)}"

    def publish(self, *tags: TagName) -> None:
        with transaction() as session:
            for tag in tags:
                change_originals(session, {self.rows[tag]: str(int(self.stands[tag]) + 1)})
            raise_tags(session, *tags)
        for tag in tags:
            self.stands[tag] = str(int(self.stands[tag]) + 1)

    def expected(self, asked: str) -> str:
        with clock.frozen_everywhere(self.now):
            return " ".join([self.stands[SITE], self._time(), *(self.stands[tag] for tag in PAGES[asked])])

    def shown(self, asked: str, process: int) -> str:
        with clock.frozen_everywhere(self.now):
            answer = self.clients[process].get(PAGE, query_string={"q": asked})
        assert answer.status_code == 200
        return answer.text


def _in_another_thread(app: Flask, act: Callable[[], None]) -> None:
    def run() -> None:
        with app.app_context():
            act()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.fixture
def pages(app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Pages]]:
    other = create_app(site.settings)
    other.test_client_class = app.test_client_class
    made: list[Pages] = []
    endpoint, _arguments = app.url_map.bind("localhost").match(PAGE)
    view = policy("public", reads=("q",))(lambda **arguments: made[-1].view(**arguments))
    for each in (app, other):
        monkeypatch.setitem(each.view_functions, endpoint, view)

    def make() -> Pages:
        for each in (app, other):
            each.extensions["page_store"].clear()
        made.append(Pages(app, other))
        return made[-1]

    yield make
    with other.app_context():
        db.engine.dispose()


def test_a_page_shown_is_never_older_than_what_it_shows_nor_past_its_moment(
    app: Flask, pages: Callable[[], Pages]
) -> None:
    tags = st.sets(st.sampled_from([SITE, HERE, THERE]), min_size=1)
    asked, process = st.sampled_from(sorted(PAGES)), st.sampled_from([0, 1])

    class Anything(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.pages = pages()

        @rule(asked=asked, process=process)
        def look(self, asked: str, process: int) -> None:
            for _ in range(2):
                assert self.pages.shown(asked, process) == self.pages.expected(asked)

        @rule(tags=tags)
        def publish(self, tags: set[TagName]) -> None:
            self.pages.publish(*tags)

        @rule(asked=asked, process=process, before=tags, within=tags)
        def publish_while_it_is_made(
            self, asked: str, process: int, before: set[TagName], within: set[TagName]
        ) -> None:
            self.pages.meanwhile = [
                lambda: _in_another_thread(app, lambda: self.pages.publish(*before)),
                lambda: _in_another_thread(app, lambda: self.pages.publish(*within)),
            ]
            self.pages.shown(asked, process)
            self.pages.meanwhile = []
            assert self.pages.shown(asked, process) == self.pages.expected(asked)

        @rule(minutes=st.sampled_from([*MOMENTS, 1, 15, -1, -20, -700, -1500]))
        def let_time_pass(self, minutes: int) -> None:
            self.pages.now += timedelta(minutes=minutes)

    run_state_machine_as_test(Anything, settings=settings(max_examples=60, stateful_step_count=25))


def made_anew(pages: Pages, asked: str, happens: Callable[[], object]) -> bool:
    """Whether the page that was shown is made again after something happened."""
    pages.shown(asked, 0)
    happens()
    made: list[str] = []
    pages.meanwhile = [lambda: made.append(asked)]
    pages.shown(asked, 0)
    pages.meanwhile = []
    return bool(made)


@pytest.mark.parametrize(
    ("asked", "tag", "anew"),
    [
        ("here", HERE, True),
        ("here", THERE, False),
        ("here", SITE, True),
        ("both", THERE, True),
        ("part", HERE, True),
        ("part", THERE, False),
        ("part and own", THERE, True),
        ("forgets", THERE, True),
        ("part that forgets", THERE, True),
        ("links", THERE, True),
        ("links", HERE, True),
        ("forgets, links", HERE, True),
    ],
)
def test_a_publication_drops_the_pages_that_show_it_and_no_others(
    pages: Callable[[], Pages], asked: str, tag: TagName, anew: bool
) -> None:
    made = pages()
    assert made_anew(made, asked, lambda: made.publish(tag)) is anew
    other = TagName("consultation:7")
    assert made_anew(made, asked, lambda: _raise(other)) is ("forgets" in asked)


def _raise(tag: TagName) -> None:
    with transaction(publishes=tag):
        pass


@pytest.mark.parametrize(
    ("minutes", "anew"), [(29, False), (30, True), (44, True), (899, True), (-1, True), (0, False)]
)
def test_a_page_is_kept_until_the_first_moment_at_which_it_says_something_else(
    pages: Callable[[], Pages], minutes: int, anew: bool
) -> None:
    made = pages()

    def pass_time() -> None:
        made.now += timedelta(minutes=minutes)

    assert made_anew(made, "here", pass_time) is anew


def test_midnight_where_the_territory_lives_ends_every_page(pages: Callable[[], Pages]) -> None:
    made = pages()
    made.now = datetime.fromisoformat("2026-11-22T22:59:59+00:00")
    assert not made_anew(made, "here", lambda: None)

    def pass_a_second() -> None:
        made.now += timedelta(seconds=1)

    assert made_anew(made, "here", pass_a_second)


def test_kept_pages_go_on_without_a_database_as_long_as_nothing_is_known_against_them(
    pages: Callable[[], Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pages()
    here, forgets = made.shown("here", 0), made.shown("forgets", 0)
    made.shown("there", 0)
    made.publish(THERE)
    made.shown("there", 0)

    def down(_tags: object) -> None:
        raise DatabaseDown

    monkeypatch.setattr(page_cache, "read_numbers", down)
    assert made.shown("here", 0) == here
    assert made.shown("forgets", 0) == forgets, "nobody has read since that something was published"
    made.now += timedelta(minutes=MOMENTS[0])
    with clock.frozen_everywhere(made.now):
        answer = made.clients[0].get(PAGE, query_string={"q": "here"})
    assert answer.status_code == 503, "it would say what is not so any more"


def test_without_a_database_a_page_is_not_shown_of_which_another_told_that_it_is_old(
    pages: Callable[[], Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pages()
    made.shown("both", 0)
    made.publish(THERE)
    made.shown("there", 0)

    def down(_tags: object) -> None:
        raise DatabaseDown

    monkeypatch.setattr(page_cache, "read_numbers", down)
    with clock.frozen_everywhere(made.now):
        assert made.clients[0].get(PAGE, query_string={"q": "there"}).status_code == 200
        assert made.clients[0].get(PAGE, query_string={"q": "both"}).status_code == 503


@pytest.mark.parametrize("asked", sorted(PAGES))
def test_a_kept_page_costs_one_statement_and_one_that_changed_no_more_than_a_new_one(
    app: Flask, pages: Callable[[], Pages], asked: str
) -> None:
    made = pages()
    with counting(app) as new:
        made.shown(asked, 0)
    with counting(app) as known:
        made.shown(asked, 0)
    made.publish(HERE)
    with counting(app) as changed:
        made.shown(asked, 0)
    assert len(known) == 1
    assert len(changed) <= len(new)
