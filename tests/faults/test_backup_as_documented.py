"""Section 6 of docs/running.md, done as it is written: its commands are run, on a site that serves people."""

import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import select

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db
from cdv_civic.core.settings import ROOT
from tests import factories as make
from tests.conftest import PostgresServer
from tests.faults.saved import SavedSite
from tests.gunicorn_server import free_port

#: What the shell of before still holds.
SETTINGS = "set -a; . /etc/cdv_civic.env; set +a\n"
#: In place of systemd: the service of section 4, started and stopped for real.
SYSTEMCTL = """#!/bin/bash
set -eu
[ "$2" = cdv_civic ]
case "$1" in
start)
    set -a; . /etc/cdv_civic.env; set +a
    {python} -m gunicorn --config gunicorn.conf.py app:app >{log} 2>&1 </dev/null &
    echo $! >{pid}
    for _each in $(seq 300); do
        (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && exit 0
        sleep 0.2
    done
    exit 1 ;;
stop)
    kill "$(cat {pid})"
    tail --pid="$(cat {pid})" -f /dev/null
    rm {pid} ;;
esac
"""


def blocks(heading: str) -> list[str]:
    """The commands under a heading of section 6."""
    running = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    section = running.partition("\n## 6. Backups\n")[2].partition("\n## 7.")[0]
    part = section.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]
    found = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    assert found, f"section 6 has no commands under {heading!r}"
    return found


class Machine:
    """A machine where the paths of the documentation lie in a folder of ours."""

    def __init__(self, folder: Path, site: SavedSite) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "backup").mkdir(mode=0o700, exist_ok=True)  # root made it, for the user of the service
        self.use(site)

    def use(self, site: SavedSite) -> None:
        """The settings of a site in /etc/cdv_civic.env."""
        settings = {**site.environment, "BIND": f"127.0.0.1:{self.port}"}
        del settings["PATH"]
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
        (self.folder / "cdv_civic.env").write_text("".join(lines))
        script = SYSTEMCTL.format(
            python=sys.executable, log=self.folder / "log", pid=self.folder / "pid", port=self.port
        )
        systemctl = self.folder / "bin" / "systemctl"
        systemctl.write_text(self._here(script))
        systemctl.chmod(0o755)

    def _here(self, commands: str) -> str:
        return (
            commands.replace("/etc/cdv_civic.env", str(self.folder / "cdv_civic.env"))
            .replace("/srv/backup", str(self.folder / "backup"))
            .replace(".venv/bin/flask", f"{sys.executable} -m flask")
        )

    def run(self, commands: str) -> str:
        """Run commands of the documentation; what they printed."""
        done = subprocess.run(
            ["bash", "-eu", "-c", f"export PATH={self.folder / 'bin'}:$PATH\n{self._here(commands)}"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def status(self, path: str) -> int:
        """How the running site answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code


@pytest.mark.long
def test_a_backup_is_made_and_restored_as_the_documentation_says(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = SavedSite(tmp_path / "site", postgres)
    machine = Machine(tmp_path / "machine", site)
    (old,) = site.add_news()
    with site.inside():
        leaver = make.make_account(role=None)
        make.make_notice()
    machine.run("systemctl start cdv_civic")
    (night,) = blocks("Every night")
    restore, messages, elsewhere = blocks("Restore")
    try:
        assert machine.status(f"/fichiers/{old}/petite") == 200
        machine.run(night)
        (new,) = site.add_news()
        assert machine.status(f"/fichiers/{new}/petite") == 200
        with site.inside():
            erase_own_account(leaver)

        said = machine.run(restore)
        assert "account.erased 1" in said
        assert "the chain is whole" in said
        assert machine.status("/fr/") == 200
        assert [machine.status(f"/fichiers/{photo}/petite") for photo in (old, new)] == [200, 404]
        with site.inside():
            assert db.session.get_one(Account, leaver.actor_id).erased_at is not None
        said = machine.run(SETTINGS + messages)
        assert "held" in said
        assert "1 given up" in said
    finally:
        machine.run("systemctl stop cdv_civic")

    # Another machine, with what was kept elsewhere: the backup, the keys, and a copy of the ledger.
    second = SavedSite(tmp_path / "second", postgres)
    shutil.copy(site.settings.keys_dir / "audit.key", second.settings.keys_dir)
    with second.inside():
        if second.postgres:
            downgrade(revision="base")
        else:
            (second.folder / "test.sqlite3").unlink()
    machine.use(second)
    machine.run(f"cp --archive {shlex.quote(str(site.settings.ledger_dir))} /srv/backup/ledger")
    said = machine.run(SETTINGS + elsewhere)
    assert "account.erased 1" in said
    machine.run("systemctl start cdv_civic")
    try:
        assert machine.status(f"/fichiers/{old}/petite") == 200
    finally:
        machine.run("systemctl stop cdv_civic")
    with second.inside():
        gone = select(Account.erased_at).where(Account.id == leaver.actor_id)
        assert db.session.execute(gone).scalar_one() is not None
