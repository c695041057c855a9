"""Everything that a site says to somebody: each GET route, receipts, mails, files; and what its tables hold."""

import html
import subprocess
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.guard import action_of, policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.notices.follows import kinds
from cdv_civic.notices.follows.digests import write_digests
from cdv_civic.notices.follows.reminders import write_reminders
from tests.mail_server import MailBox, send_mails
from tests.permissions.world import World
from tests.signing_in import open_browser

#: A word that stands in the text beside the others: lists are asked for it, as whoever searches does. A page repeats
#: what was searched, so that the text is known by another word.
ASKED_FOR: Final = "zibeline"
OURS: Final = {"Sec-Fetch-Site": "same-origin"}
#: Answers that are no page of this site: they say that a machine is not well, or lead elsewhere.
_MAY_FAIL: Final = {"health.ready"}


def followed(world: World) -> dict[str, str]:
    """What of the world is followed and has a feed, a reference for each kind."""
    contract, values = world.values["contract"], world.values
    by_endpoint = world.by_endpoint
    found = {
        "quartier": str(values["reference"]),
        "body": f"{contract}/{by_endpoint['pages.body']['slug']}",
        "organisation": f"{contract}/{by_endpoint['pages.organisation']['slug']}",
        "commitment": f"{contract}/{values['code']}",
        "consultation": str(by_endpoint["consultations.show"]["slug"]),
        "idea_box": str(by_endpoint["ideas.show"]["slug"]),
    }
    assert {kind.name for kind in kinds.kinds()} == found.keys(), "say what is followed of the new kind"
    return found


def get_routes(app: Flask) -> list[Rule]:
    """All routes that are read, in the order of their names; static files hold nothing of residents."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return sorted(
        (rule for rule in rules if rule.endpoint != "static"), key=lambda rule: (rule.endpoint, rule.rule)
    )


def addresses(app: Flask, world: World, language: str = "fr") -> Iterator[tuple[str, str]]:
    """The name and the address of each output, with what the world says for its arguments; `KeyError` for an argument
    that nobody has said. What can be searched is asked too for what stands in the text."""
    adapter = app.url_map.bind("localhost")
    for rule in get_routes(app):
        arguments = world.arguments(rule.endpoint, rule.arguments)
        if "lang" in arguments:
            arguments["lang"] = language
        if rule.endpoint == "follows.news":
            for kind in kinds.kinds():
                own = {**arguments, "kind": kind.path, "reference": followed(world)[kind.name]}
                yield f"follows.news?{kind.name}", adapter.build(rule.endpoint, own)
            continue
        address = adapter.build(rule.endpoint, arguments)
        yield rule.endpoint, address
        if "q" in getattr(app.view_functions[rule.endpoint], "reads", ()):
            yield f"{rule.endpoint}?q", f"{address}?q={ASKED_FOR}"


def _is_print(name: str) -> bool:
    return name.endswith(("_pdf", ".pdf", "consultation_paper.example"))


def text_of(answer: TestResponse) -> str:
    """What somebody reads in an answer, whatever it is made of."""
    if answer.mimetype == "application/pdf":
        made = subprocess.run(["pdftotext", "-", "-"], input=answer.data, capture_output=True)
        # What is no PDF inside, as some files of tests, is read as it is.
        content: bytes = made.stdout if made.returncode == 0 else answer.data
        return content.decode("utf-8", "replace")
    said: str = answer.data.decode("utf-8", "replace")
    return html.unescape(said)


class Reader:
    """Somebody before this site: a browser, with an account or without."""

    def __init__(self, app: Flask, world: World, person: SignedIn | None = None) -> None:
        self.app, self.world, self.person = app, world, person
        self.browser: FlaskClient = app.test_client()
        if person is not None:
            open_browser(self.browser, person)
        #: The marks of the copies that the browser keeps, by address.
        self.kept: dict[str, tuple[str, str, str]] = {}

    def read(
        self,
        language: str = "fr",
        receipts: Mapping[str, str] | None = None,
        only: str = "",
        among: Collection[str] | None = None,
        keeping: tuple[str, ...] = (),
    ) -> dict[str, str]:
        """What each output says, by its name: without an account the public ones; with one the others, and those where
        everybody takes part, which may know who reads: all the rest is the same for everybody.

        Those that take a printer a second are read by `read_prints`. `only`: how the names of those that are read
        begin; `among`: which ones, None: all. `keeping`: the browser keeps a copy of each page and file on which one of
        these words stands, as its headers allow.
        """
        said = {}
        for name, address in addresses(self.app, self.world, language):
            if not name.startswith(only) or _is_print(name) or not self._lets_in(name):
                continue
            if among is not None and name not in among:
                continue
            answer = self.browser.get(address)
            assert answer.status_code < 500 or name in _MAY_FAIL, (name, answer.status_code)
            said[name] = text_of(answer)
            if keeping:
                self._keep(name, address, answer, keeping)
            answer.close()
        for name, receipt in (receipts or {}).items():
            said[f"receipt of {name}"] = self.follow(receipt)
        return said

    def _lets_in(self, name: str) -> bool:
        """Whether a route is this reader’s at all: what refuses them everywhere says nothing."""
        endpoint = name.partition("?")[0]
        if self.person is None:
            return policy_of(self.app, endpoint) == PUBLIC
        action = action_of(self.app, endpoint)
        return action is not None and action != PUBLIC and may(self.person, action)

    def read_prints(self) -> dict[str, str]:
        """What is printed for residents, as PDF."""
        return {
            name: text_of(self.browser.get(address))
            for name, address in addresses(self.app, self.world)
            if _is_print(name)
        }

    def follow(self, receipt: str) -> str:
        """The page of a receipt."""
        answer = self.browser.post("/fr/parole/suivi", data={"receipt": receipt}, headers=OURS)
        return text_of(answer)

    def _keep(self, name: str, address: str, answer: TestResponse, words: tuple[str, ...]) -> None:
        """Let the browser keep an answer, which none keeps without asking again. One that says none of the words says
        none either where it is not modified."""
        cacheable = answer.headers.get("Cache-Control", "")
        asks_again = any(each in cacheable for each in ("no-cache", "no-store", "max-age=0"))
        assert asks_again or answer.status_code != 200, (name, cacheable)
        text = text_of(answer)
        if answer.status_code == 200 and answer.headers.get("ETag") and saying({name: text}, *words):
            self.kept[name] = address, answer.headers["ETag"], text

    def copies_that_stand(self) -> dict[str, str]:
        """What the kept copies say whose answer is still « not modified »."""
        said = {}
        for name, (address, mark, text) in self.kept.items():
            answer = self.browser.get(address, headers={"If-None-Match": mark})
            said[name] = text if answer.status_code == 304 else text_of(answer)
        return said


def saying(outputs: Mapping[str, str], *words: str) -> set[str]:
    """The names of the outputs in which any of some words stands, whatever its case."""
    folded = [word.casefold() for word in words]
    return {name for name, text in outputs.items() if any(word in text.casefold() for word in folded)}


def write_news() -> None:
    """What followers are told at the end of the week: written, and not sent yet."""
    with clock.frozen_everywhere(clock.now() + timedelta(days=8)):
        write_digests()
        write_reminders()
    db.session.rollback()


def mails(box: MailBox) -> dict[str, str]:
    """All that waits to be sent, sent; each mail by its number."""
    with clock.frozen_everywhere(clock.now() + timedelta(days=8)):
        while send_mails().sent:
            pass
    return {
        f"mail {number}: {mail['Subject']}": "\n".join(
            [
                str(mail["Subject"]),
                *(str(part.get_content()) for part in mail.walk() if not part.is_multipart()),
            ]
        )
        for number, mail in enumerate(box.taken)
    }


def tables_saying(*words: str) -> set[str]:
    """The columns of the database in which any of some words stands."""
    db.session.rollback()
    found = set()
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found |= {
                f"{table.name}.{name}"
                for name, value in row._mapping.items()
                if any(word in str(value).casefold() for word in words)
            }
    db.session.rollback()
    return found
