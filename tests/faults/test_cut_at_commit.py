"""Acts whose connection breaks as the database commits: what stands is whole, and doing them again ends well."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.app import create_app
from cdv_civic.commitments.operations.translating import translate_commitment
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import CacheTag, Model, OutcomeUnknown, db, transaction
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.localized import Translation
from cdv_civic.notices.follows.digests import write_digests
from cdv_civic.notices.follows.models import Follow, NewsChoice, Reminder
from cdv_civic.notices.follows.operations import choose_news, follow, unfollow
from cdv_civic.notices.follows.reminders import write_reminders
from cdv_civic.notices.models import Notice
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.operations import link
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind
from cdv_civic.translation.models import CatalogueOverride
from cdv_civic.translation.operations import import_translations
from cdv_civic.work_list.operations import send_digests
from tests import factories as make
from tests.bodies.bodies import announce
from tests.conftest import TODAY
from tests.faults.tcp_proxy import COMMIT, TcpProxy, proxy_to, through
from tests.mail_server import MailBox
from tests.notices.follows.following import Place, make_follower, make_place

#: Monday, 8 o'clock in Paris, when all digests are due; and the day before a meeting.
MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@dataclass
class World:
    """A site whose database is behind a proxy, people, and what they follow."""

    proxy: TcpProxy
    place: Place
    staff: SignedIn
    readers: list[SignedIn]


@pytest.fixture
def world(app: Flask, mail: MailBox, database_kind: str) -> Iterator[World]:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no connection that breaks")
    settings = app.extensions["settings"]
    place, staff = make_place(), make.make_account(role="administrator")
    readers = [make_follower(place, "commitment", "body") for _ in range(3)]
    announce(staff, place.body, date(2026, 11, 24))
    make.make_notice(failed_at=TODAY)
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        make.make_progress(place.commitment, "en_cours")
    db.session.remove()
    with proxy_to(settings.database_url) as proxy:
        behind = create_app(dataclasses.replace(settings, database_url=through(proxy, settings.database_url)))
        with clock.frozen_everywhere(MORNING), behind.app_context():
            yield World(proxy, place, staff, readers)
            db.session.remove()
            db.engine.dispose()


def rows(table: type[Model], *conditions: object) -> int:
    db.session.rollback()
    return db.session.execute(
        select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
    ).scalar_one()


def link_them(world: World) -> None:
    body, commitment = Thing(ThingKind.PUBLICATION, 7), Thing(ThingKind.COMMITMENT, world.place.commitment.id)
    with transaction() as session:
        link(session, world.staff, body, LinkKind.ABOUT, commitment)


@dataclass(frozen=True)
class CutAct:
    """An act, what it sends last before it commits, and how many rows it leaves."""

    do: Callable[[World], object]
    sends: bytes
    count: Callable[[], int]
    before: int
    after: int


def mails(topic: str) -> Callable[[], int]:
    return lambda: rows(Notice, Notice.topic == topic)


ACTS = {
    "reminders": CutAct(lambda _w: write_reminders(), b"INSERT INTO reminder ", mails("reminders"), 0, 3),
    "digests": CutAct(lambda _w: write_digests(), b"INSERT INTO digest ", mails("news"), 0, 3),
    "work": CutAct(lambda _w: send_digests(), b"INSERT INTO work_digest ", mails("work"), 0, 1),
    "follow": CutAct(
        lambda w: follow(w.readers[0], "quartier", w.place.quartier.slug, "fr"),
        b"INSERT INTO follow ", lambda: rows(Follow, Follow.kind == "quartier"), 0, 1,
    ),
    "unfollow": CutAct(
        lambda w: unfollow(w.readers[0], "commitment", w.place.commitment.id),
        b"DELETE FROM follow ", lambda: rows(Follow, Follow.kind == "commitment"), 3, 2,
    ),
    "choose": CutAct(
        lambda w: choose_news(w.readers[0], "none", "weekly", "fr"),
        b"UPDATE news_choice ", lambda: rows(NewsChoice, NewsChoice.channel == "none"), 0, 1,
    ),
    "translate": CutAct(
        lambda w: translate_commitment(
            w.staff, w.place.commitment.id, "en", {w.place.commitment.title_id: "To plant trees"}
        ),
        b"INSERT INTO translation ", lambda: rows(Translation, Translation.language == "en"), 0, 1,
    ),
    "import": CutAct(
        lambda w: import_translations(w.staff, "en", [Entry("Se connecter", None, ("Come in",))]),
        b"INSERT INTO catalogue_override ", lambda: rows(CatalogueOverride), 0, 1,
    ),
    "link": CutAct(link_them, b"INSERT INTO participation_link ", lambda: rows(ParticipationLink), 0, 1),
}  # fmt: skip


def test_every_act_alone_is_done_once_and_again_changes_nothing(world: World) -> None:
    for name, act in ACTS.items():
        assert (name, act.count()) == (name, act.before)
        for _ in range(2):
            act.do(world)
            assert (name, act.count()) == (name, act.after)


@pytest.mark.parametrize("answered", [False, True], ids=["it never arrived", "nobody heard of it"])
@pytest.mark.parametrize("name", ACTS)
def test_what_was_cut_at_its_commit_stands_whole_or_not_at_all_and_is_done_again(
    world: World, name: str, answered: bool
) -> None:
    act = ACTS[name]
    tags, lines = rows(CacheTag), rows(ledger.LedgerEntry)
    assert act.count() == act.before
    db.session.remove()
    world.proxy.cut(COMMIT, after=act.sends, answered=answered)
    with pytest.raises(OutcomeUnknown):
        act.do(world)
    assert world.proxy.cuts == 1
    moved = act.count() != act.before
    assert moved is answered
    if name == "unfollow":
        assert (rows(ledger.LedgerEntry) > lines) is answered, "in the same transaction"
    if name == "link":
        assert (rows(CacheTag) > tags) is answered, "in the same transaction"
    act.do(world)
    assert act.count() == act.after
    ledger.append_pending()
    assert not ledger.anything_pending()
    assert rows(Reminder) in (0, 3)
