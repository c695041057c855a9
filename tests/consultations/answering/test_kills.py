"""A worker that is killed in the middle of accepting answers loses none that was acknowledged, and counts none twice."""

import html
import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from cdv_civic.consultations.models import ConsultationAnswer, ConsultationWords
from cdv_civic.core.db import db
from tests.conftest import Site
from tests.consultations.answering.answers import Asked, make_asked
from tests.gunicorn_server import gunicorn

pytestmark = pytest.mark.long
SENDERS, SECONDS, KILLS = 6, 12, 6
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """A site whose clock runs: what is timed here is real."""
    site.empty()
    with site.app.app_context():
        yield site
        db.session.rollback()
        db.session.remove()


def send(port: int, path: str, fields: dict[str, str]) -> str | None:
    """The receipt that the site gave; None: the connection broke, or it gave none."""
    with suppress(OSError, Exception):
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", path, urlencode(fields), FORM)
        answer = connection.getresponse()
        page = answer.read().decode()
        found = re.search(r'class="receipt".*?<strong dir="ltr">([^<]+)</strong>', page, re.S)
        return html.unescape(found[1]) if answer.status == 200 and found else None
    return None


def form_of(asked: Asked, key: str) -> dict[str, str]:
    return {
        "client_key": key,
        "shown": "fin",
        f"q{asked.tenant.id}": str(asked.no),
        f"q{asked.words.id}": f"Mots de {key}",
        "quartier": "",
    }


def test_no_answer_that_was_acknowledged_is_lost_when_workers_are_killed(
    running: Site, tmp_path: Path
) -> None:
    asked = make_asked()
    path, forms = asked.url, form_of(asked, "")
    db.session.rollback()
    receipts: dict[str, str] = {}
    unsure: list[str] = []
    over = threading.Event()

    def keep_sending(port: int, sender: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            key = f"formulaire-{sender}-{number:06}"
            receipt = send(port, path, {**forms, "client_key": key, words: f"Mots de {key}"})
            if receipt is None:
                unsure.append(key)
            else:
                receipts[key] = receipt

    words = next(name for name, value in forms.items() if value.startswith("Mots de"))
    with gunicorn(
        running.settings,
        tmp_path,
        CDV_ENV="testing",
        WEB_CONCURRENCY="2",
        OPEN_FORM_LIMIT="1000000 per hour",
    ) as server:
        threads = [
            threading.Thread(target=keep_sending, args=(server.port, sender)) for sender in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        for _each in range(KILLS):
            time.sleep(SECONDS / KILLS)
            with suppress(OSError, IndexError):
                os.kill(random.choice(server.workers), signal.SIGKILL)
        over.set()
        for thread in threads:
            thread.join()
        assert len(receipts) > 20, server.log
        # Whoever was not sure sends the same form again: it is there once, whether it had come in or not.
        for key in unsure:
            until = time.monotonic() + 30
            while key not in receipts and time.monotonic() < until:
                receipt = send(server.port, path, {**forms, "client_key": key, words: f"Mots de {key}"})
                if receipt is not None:
                    receipts[key] = receipt
        assert set(unsure) <= set(receipts)
    kept = db.session.execute(
        select(ConsultationWords.words).join(
            ConsultationAnswer, ConsultationAnswer.id == ConsultationWords.answer_id
        )
    ).scalars()
    assert sorted(kept) == sorted(f"Mots de {key}" for key in receipts)
    assert len(set(receipts.values())) == len(receipts)
    rows = db.session.execute(select(func.count()).select_from(ConsultationAnswer)).scalar_one()
    assert rows == len(receipts)
