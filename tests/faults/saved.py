"""Sites that are saved, broken and restored for real: in this process, in children that may be killed, by the command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from cdv_civic.backup.making import make_backup
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.backup.restoring import Restored, restoring, undo_restore
from cdv_civic.commitments.models import Progress
from cdv_civic.commitments.operations.progress import EvidenceFile, NewProgress, publish_progress
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import ROOT
from cdv_civic.core.uploads.stored_files import StoredFile
from tests import factories as make
from tests.conftest import PostgresServer, Site
from tests.core.uploads.files import picture, read
from tests.gunicorn_server import environment_of

SHELL = CommandLine()


class SavedSite(Site):
    """A site with news that have photos, and what one does with it."""

    def __init__(self, folder: Path, postgres: PostgresServer | None, **changes: object) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(folder, postgres, **changes)
        self.backup = folder / "saved"

    @contextmanager
    def inside(self) -> Iterator[None]:
        """In the application; nothing of the session is left over."""
        with self.app.test_request_context("/fr/"):
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()

    def add_news(self, number: int = 1) -> list[int]:
        """News with a photo each; ids of the photos."""
        with self.inside():
            commitment = make.make_commitment(make.make_contract(), "Planter des arbres")
            photos = []
            for each in range(number):
                news = NewProgress(
                    "en_cours", clock.today(), "Les arbres sont plantés devant l’école.", f"une-nouvelle-{each:05}",
                    files=[EvidenceFile(read(picture(300, 200)), "Des arbres")],
                )  # fmt: skip
                publish_progress(SHELL, commitment.id, news)
                photos.append(db.session.execute(select(func.max(StoredFile.id))).scalar_one())
            return photos

    def news(self) -> int:
        """How many news there are."""
        with self.inside():
            return db.session.execute(select(func.count()).select_from(Progress)).scalar_one()

    def save(self) -> Path:
        with self.inside():
            return make_backup(self.backup).folder

    def restore(
        self, *copies: Path, other_site: bool = False, broken_chain: bool = False, folder: Path | None = None
    ) -> Restored:
        with (
            self.inside(),
            restoring(folder or self.backup, copies, other_site=other_site, broken_chain=broken_chain) as (
                _checked,
                do,
            ),
        ):
            return do()

    def undo(self) -> None:
        with self.inside():
            undo_restore()

    def flask_in_process(self, *arguments: str) -> int:
        """Status of one of our commands, without a process of its own."""
        return self.app.test_cli_runner().invoke(args=arguments).exit_code

    def photo(self, file_id: int) -> int:
        """Status of the answer that shows a photo."""
        return self.app.test_client().get(f"/fichiers/{file_id}/petite").status_code

    @property
    def environment(self) -> dict[str, str]:
        """For commands of their own."""
        return environment_of(self.settings)

    def flask(
        self,
        *arguments: str,
        limit: Callable[[], None] | None = None,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `flask --app app …`; `limit` is called in the child before."""
        # Python keeps half of a compiled module where files may not grow, and every later process stumbles over it.
        bare = ["-B"] if limit is not None else []
        return subprocess.run(
            [sys.executable, *bare, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT, env=environment or self.environment, capture_output=True, text=True, check=False, preexec_fn=limit,
        )  # fmt: skip


def in_child(work: Callable[[], object]) -> int:
    """Do something in a child; its id. Whatever happens there, this process goes on alone."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 2)
            work()
        status = 0
    except BaseException:
        status = 1
    finally:
        os._exit(status)


def kill_when(child: int, seen: Path, after: float) -> bool:
    """Kill a child some seconds after a file is there; whether it was killed before it came to its end."""
    until = time.monotonic() + 120
    while not seen.exists() and time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def patiently(do: Callable[[], object]) -> None:
    """Try again while a tool of a process that was killed is still at work."""
    until = time.monotonic() + 120
    while True:
        try:
            do()
            return
        except BackupProblem as problem:
            if "stop" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(0.2)


def points(number: int, longest: float) -> Sequence[float]:
    """Moments between now and `longest` seconds, closer together at first."""
    return [longest * (each / number) ** 2 for each in range(number)]


def beside(site: SavedSite) -> set[str]:
    """What lies beside the site: backups, and what is left of them."""
    own = ("data", "ledger", "keys", "test.sqlite3", "empty.sqlite3")
    return {path.name for path in site.folder.iterdir() if not path.name.startswith(own)}
