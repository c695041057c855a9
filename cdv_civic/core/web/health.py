"""Two pages for machines: `/sante` says that the process answers, `/pret` whether the site can do its work.

Features register what they watch over with `add_check`. The answers name no person, address or word.
"""

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import text

from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.db import db
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.registry import Registry
from cdv_civic.core.settings import ROOT, current_settings
from cdv_civic.core.web.page_cache import never_kept

#: What is wrong, in a few words for whoever runs the site; None: nothing.
Check = Callable[[], str | None]

_CHECKS: Final = Registry[Check]("health_checks")
blueprint = Blueprint("health", __name__)


def add_check(app: Flask, name: str, check: Check) -> None:
    """Let `/pret` ask `check`, which may ask the database. Raises `RegisteredTwice`."""
    _CHECKS.add(app, name, check)


@blueprint.get("/sante")
@policy("public")
@never_kept
def alive() -> Response:
    """Asks nothing of anything: a supervisor starts a process anew where this does not answer."""
    return _answer({"alive": "ok"}, 200)


@blueprint.get("/pret")
@policy("public")
@never_kept
def ready() -> Response:
    """200, or 503 with what is wrong by name; about 12 statements."""
    found = {}
    for name, check in _CHECKS.entries().items():
        try:
            found[name] = check() or "ok"
        except Exception as error:
            db.session.rollback()
            reason = reason_unavailable(error)
            found[name] = f"unavailable: {reason}" if reason else type(error).__name__
    fine = all(said == "ok" for said in found.values())
    return _answer(found, 200 if fine else 503)


def _answer(said: dict[str, str], status: int) -> Response:
    response = jsonify(said)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _database() -> str | None:
    db.session.execute(text("SELECT 1"))
    return None


def _migrations() -> str | None:
    context = MigrationContext.configure(db.session.connection())
    here = set(context.get_current_heads())
    expected = _heads()
    return None if here == expected else f"at {', '.join(sorted(here)) or 'none'}: run flask db upgrade"


@cache
def _heads() -> set[str]:
    """The revisions that the code asks for."""
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _folders() -> dict[str, Path]:
    """Where the site writes: its three folders, and that of the SQLite file."""
    settings = current_settings()
    folders = {
        "DATA_DIR": settings.data_dir,
        "KEYS_DIR": settings.keys_dir,
        "LEDGER_DIR": settings.ledger_dir,
    }
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        folders["DATABASE_URL"] = Path(url.database).parent
    return {name: folder for name, folder in folders.items() if folder.exists()}


def _disk() -> str | None:
    least = current_settings().disk_free_mb
    seen = set()
    for name, folder in _folders().items():
        if not os.access(folder, os.W_OK):
            return f"{name} cannot be written"
        disk = folder.stat().st_dev
        if disk in seen:
            continue
        seen.add(disk)
        free = shutil.disk_usage(folder).free // 2**20
        if free < least:
            return f"{name}: {free} MB free, fewer than {least}"
    return None


def register(app: Flask) -> None:
    """Add the two pages, and what the core watches over."""
    app.register_blueprint(blueprint)
    add_check(app, "database", _database)
    add_check(app, "migrations", _migrations)
    add_check(app, "disk", _disk)
