"""Where the database does not answer, a command says so in a sentence, and what to look at."""

import socket
from pathlib import Path

import pytest

from cdv_civic.app import create_app
from cdv_civic.core.settings import Settings


@pytest.mark.parametrize(
    "command", ["notices list", "audit verify", "jobs once", "db upgrade", "backup FOLDER"]
)
def test_a_command_says_that_the_database_does_not_answer(tmp_path: Path, command: str) -> None:
    with socket.socket() as nobody:  # bound and not listening: who connects is refused
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        site = create_app(
            Settings(
                environment="testing",
                secret_key="a key for tests only",
                database_url=f"postgresql+psycopg://me:secret@127.0.0.1:{port}/site",
                data_dir=tmp_path / "data",
                keys_dir=tmp_path / "keys",
                ledger_dir=tmp_path / "ledger",
            )
        )
        words = [str(tmp_path / "backup") if word == "FOLDER" else word for word in command.split()]
        result = site.test_cli_runner().invoke(args=words)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "Error: The database could not answer" in result.output
    assert "whether DATABASE_URL names it" in result.output
    assert "secret" not in result.output
