"""What was erased, withdrawn, refused, closed or ended after a backup stays so once it is restored, kind by kind."""

import dataclasses
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cdv_civic.backup.making import make_backup
from cdv_civic.backup.restoring import Restored, restoring
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db
from cdv_civic.core.settings import current_settings
from tests.backup.acts import ACTS, ReplayedAct, make_world
from tests.conftest import TODAY, PostgresServer, Site

#: Somebody says one, then the other: the last word stands, however often both are said again.
MAILS = {"mail.refused", "mail.accepted"}


@dataclasses.dataclass(frozen=True)
class After:
    """A site that was restored: what each act was done to, before the backup and after it."""

    old: dict[str, Any]
    lost: dict[str, Any]
    restored: Restored


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Iterator[After]:
    folder = tmp_path_factory.mktemp("replay")
    site = Site(folder, postgres)
    with clock.frozen_everywhere(TODAY), site.app.test_request_context("/fr/"):
        world = make_world()
        old = {each.kind: each.before(world) for each in ACTS}
        db.session.remove()
        make_backup(folder / "backup")
        lost = {each.kind: each.before(world) for each in ACTS}
        for each in ACTS:
            for made in (old, lost):
                each.act(world, made[each.kind])
        db.session.remove()
        with restoring(folder / "backup", (), other_site=False, broken_chain=False) as (_checked, do):
            restored = do()
        yield After(old, lost, restored)
        db.session.remove()
        db.engine.dispose()


def test_every_kind_of_line_is_tried(after: After) -> None:
    assert sorted(each.kind for each in ACTS) == sorted(ledger.kinds())


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.kind)
def test_an_act_is_done_again(after: After, act: ReplayedAct) -> None:
    assert after.restored.ended.replayed.done.get(act.kind, 0) >= 1
    assert act.done(after.old[act.kind])


def test_what_the_backup_does_not_know_is_passed_over(after: After) -> None:
    assert after.restored.ended.replayed.failed == []
    assert len(after.restored.checked.noted.lines) > sum(after.restored.ended.replayed.done.values())


def test_a_second_replay_changes_nothing(after: After) -> None:
    lines = after.restored.checked.noted.lines
    again = ledger.replay(lines)
    assert (again.done, again.failed) == ({}, [])
    # Not even where the database has forgotten that it did them.
    fresh = [dataclasses.replace(line, key=secrets.token_hex(16)) for line in lines]
    again = ledger.replay(fresh)
    assert (set(again.done) - MAILS, again.failed) == (set(), [])


def test_what_has_got_the_number_of_something_lost_is_left_alone(after: After) -> None:
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        world = make_world()
        fresh = {each.kind: each.before(world) for each in ACTS}
        reused = [kind for kind, made in fresh.items() if made == after.lost[kind] and isinstance(made, int)]
        assert reused, "the test says nothing unless numbers are given again"
        lines = [
            dataclasses.replace(line, key=secrets.token_hex(16))
            for line in after.restored.checked.noted.lines
        ]
        again = ledger.replay(lines)
    assert set(again.done) <= MAILS
    untouched = [each for each in ACTS if each.kind not in MAILS]
    assert [each.kind for each in untouched if each.done(fresh[each.kind])] == []


def test_the_ledger_names_nobody(after: After) -> None:
    (path,) = current_settings().ledger_dir.glob("*/*.jsonl")
    content = path.read_text()
    assert content.count("\n") >= len(after.restored.checked.noted.lines)
    for word in ("example.org", "Prénom", "Fatima", "+336", "Erreur"):
        assert word not in content
    assert path.stat().st_mode & 0o077 == 0
