"""What is shown again when the database does not answer, and what never is."""

import importlib
import pkgutil
import sys

import psycopg
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from wtforms import Form, PasswordField
from wtforms.form import FormMeta

import cdv_civic
from cdv_civic.core.availability import Breaker, DatabaseDown, reason_unavailable
from cdv_civic.core.db import OutcomeUnknown, db
from cdv_civic.core.forms.fields import CodeField
from cdv_civic.core.web.error_pages import NEVER_ECHOED


def every_form() -> list[type[Form]]:
    for module in pkgutil.walk_packages(cdv_civic.__path__, "cdv_civic."):
        if module.name.rpartition(".")[2] == "forms":
            importlib.import_module(module.name)
    found: list[type[Form]] = []
    waiting: list[type[Form]] = [Form]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += one.__subclasses__()
    return [one for one in found if isinstance(one, FormMeta) and one.__module__.startswith("cdv_civic.")]


def test_no_secret_of_any_form_is_shown_again() -> None:
    secrets = {
        name
        for form in every_form()
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is not None
        and (
            issubclass(field.field_class, PasswordField | CodeField)
            or (field.kwargs.get("render_kw") or {}).get("autocomplete") == "one-time-code"
            # Signs of a printed code are typed in capitals: of a card, of a receipt. Forms that are made for one page
            # have such fields for what is no secret: references of commitments, answers of a sheet of paper.
            or (
                (field.kwargs.get("render_kw") or {}).get("autocapitalize") == "characters"
                and getattr(sys.modules[form.__module__], form.__name__, None) is form
            )
        )
    }
    assert {"password", "code", "card", "proof", "receipt"} <= secrets, "the forms were found"
    assert secrets - NEVER_ECHOED == set()


def database_error(state: str | None, *, cut: bool = False) -> DBAPIError:
    error = psycopg.errors.lookup(state)() if state else psycopg.OperationalError()
    return OperationalError("SELECT 1", {}, error, connection_invalidated=cut)


@pytest.mark.parametrize("state", ["08006", "53300", "57014", "57P01", "55P03", "40P01", "40001", None])
def test_an_error_that_another_try_may_cure_is_known_by_its_code(state: str | None) -> None:
    reason = reason_unavailable(database_error(state))
    assert reason is not None
    assert (state or "no connection") in reason


@pytest.mark.parametrize("state", ["23505", "42P01", "22021"])
def test_a_fault_of_ours_is_not_taken_for_one(state: str) -> None:
    error = psycopg.errors.lookup(state)()
    assert reason_unavailable(DBAPIError("SELECT 1", {}, error)) is None
    assert reason_unavailable(ZeroDivisionError()) is None


def test_a_full_pool_and_an_unknown_outcome_are_told_apart() -> None:
    assert reason_unavailable(PoolTimeout()) == "TimeoutError"
    assert reason_unavailable(DatabaseDown()) == "DatabaseDown"
    assert reason_unavailable(OutcomeUnknown()) == "OutcomeUnknown"
    assert reason_unavailable(database_error("23505", cut=True)) is not None


def test_one_caller_at_a_time_asks_a_database_that_did_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    breaker = Breaker()
    breaker.enter()
    breaker.failed()
    for _ in range(3):
        with pytest.raises(DatabaseDown):
            breaker.enter()
    now[0] += 6
    breaker.enter()
    with pytest.raises(DatabaseDown):
        breaker.enter()
    breaker.answered()
    breaker.enter()
    breaker.enter()


def test_whoever_takes_a_connection_still_chooses_how_it_is_isolated(app: Flask, database_kind: str) -> None:
    """A backup of PostgreSQL does, and is asked first whether the database answers, as everybody is."""
    if database_kind == "sqlite":
        pytest.skip("SQLite has one way to isolate")
    with db.engine.connect() as plain:
        plain.execute(text("SELECT 1"))
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    assert isolation == "repeatable read"
    with db.engine.connect() as next_one:
        assert next_one.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"


def test_what_the_server_itself_refuses_is_told_with_its_code_and_breaks_no_connection(
    app: Flask, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no server")
    with db.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 100"))
        with pytest.raises(OperationalError) as cancelled:
            connection.execute(text("SELECT pg_sleep(20)"))
        assert reason_unavailable(cancelled.value) == "QueryCanceled 57014"
        assert not cancelled.value.connection_invalidated
        connection.rollback()
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_connection_that_breaks_once_a_page_is_made_takes_nothing_from_it(
    app: Flask, client: FlaskClient, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no connection that breaks")

    def break_the_connection(response: Response) -> Response:
        number = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        return response

    # The application has answered before, and takes no more hooks by name.
    app.after_request_funcs.setdefault(None, []).append(break_the_connection)
    page = "/fr/contrats"
    try:
        for _ in range(2):
            assert client.get(page).status_code == 200
    finally:
        app.after_request_funcs[None].remove(break_the_connection)
    assert client.get(page).status_code == 200
