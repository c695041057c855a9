"""A command on a database whose tables were never made says what to do, in one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from cdv_civic.app import create_app
from cdv_civic.core.availability import NO_TABLES
from cdv_civic.core.db import db
from cdv_civic.core.settings import Settings
from tests.conftest import PostgresServer
from tests.factories import PASSWORD
from tests.packs.samples import small

#: Commands that ask nothing of the database, or go on until they are stopped.
NEED_NO_TABLES = {"restore", "policy table", "contract check", "jobs run", "fund tally", "fund archive", "db"}


@pytest.fixture
def bare(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Flask]:
    """A site whose database is empty."""
    url = postgres.url_of(postgres.create()) if postgres else f"sqlite:///{tmp_path / 'bare.sqlite3'}"
    app = create_app(
        Settings(
            environment="testing",
            secret_key="a key for tests only, never for a site",
            database_url=url,
            data_dir=tmp_path / "data",
            keys_dir=tmp_path / "keys",
            ledger_dir=tmp_path / "ledger",
            demo=True,
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def every_command(app: Flask) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in app.cli.commands:
        command = app.cli.commands[name]
        if name in NEED_NO_TABLES:
            continue
        members = command.commands if isinstance(command, click.Group) else {"": command}
        found |= {f"{name} {member}".strip(): each for member, each in members.items()}
    return {name: each for name, each in found.items() if name not in NEED_NO_TABLES}


#: What a command is given besides, where nothing that must be given is enough.
MORE = {
    "body draw": ["--id", "1"],
    "notices release": ["--all"],
    "notices discard": ["--all"],
    "staff sign-out": ["--everybody"],
    "staff create": ["--administrator", "--password-stdin"],
    "staff password": ["--password-stdin"],
    "translations missing": ["--contract", "val"],
}


#: Commands that read a file before they ask the database.
FILES = {"contract import": "contract.json", "translations import": "fr.po"}


def arguments_for(name: str, command: click.Command, folder: Path) -> list[str]:
    """Something that each argument and option takes that must be given."""
    given = list(MORE.get(name, []))
    for each in command.params:
        if not each.required:
            continue
        if isinstance(each.type, click.Choice):
            value = str(each.type.choices[0])
        elif name in FILES and isinstance(each, click.Argument):
            value = str(folder / FILES[name])
        elif each.opts[0] == "--language":
            value = "fr"
        elif isinstance(each.type, click.Path):
            value = str(folder / "new")
        else:
            value = {"integer": "1", "integer range": "2026"}.get(each.type.name, "a@example.org")
        given += [each.opts[0], value] if isinstance(each, click.Option) else [value]
    return given


def test_all_commands_say_so(bare: Flask, tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text(json.dumps(small()), encoding="utf-8")
    (tmp_path / "fr.po").write_text('msgid "Se connecter"\nmsgstr "Entrer"\n', encoding="utf-8")
    said = {}
    for name, command in every_command(bare).items():
        arguments = [*name.split(), *arguments_for(name, command, tmp_path)]
        result = bare.test_cli_runner().invoke(args=arguments, input=PASSWORD)
        said[name] = (result.exit_code, result.output.strip().rpartition("\n")[2])
    assert {"demo load", "backup", "notices list", "staff create"} <= set(said)
    assert said == dict.fromkeys(said, (1, f"Error: {NO_TABLES}"))


def test_the_command_that_makes_the_tables_does(bare: Flask) -> None:
    made = bare.test_cli_runner().invoke(args=["db", "upgrade"])
    assert made.exit_code == 0, made.output
    listed = bare.test_cli_runner().invoke(args=["notices", "list"])
    assert listed.output == "0 waiting\n"
