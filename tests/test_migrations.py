"""The migrations make exactly the tables of the code, and can be taken back."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from cdv_civic.commitments.operations.axes import set_axis_theme
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.commitments.search import matching
from cdv_civic.console.migrations import _ours
from cdv_civic.core.db import Model, db
from cdv_civic.draws.operations.preparing import prepare_draw
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import PostgresServer, Site
from tests.draws.draws import a_plan


def test_a_migrated_database_is_what_the_code_expects(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "target_metadata": Model.metadata, "include_object": _ours},
        )
        found = [each for each in compare_metadata(context, Model.metadata) if not _is_search_index(each)]
    assert found == []


def _is_search_index(difference: object) -> bool:
    """PostgreSQL's index over an expression is made by hand in migration 0002."""
    return "ix_commitment_search_document" in str(difference)


def test_a_database_with_data_can_be_taken_back_and_up_again(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        make.make_commitment(make.make_contract(), "Planter des arbres")
        db.session.commit()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        commitment = make.make_commitment(make.make_contract(), "Planter des arbres")
        condition = matching(db.session(), "arbre")
        assert condition is not None
        found = db.session.execute(select(type(commitment).id).where(condition)).scalars().all()
        assert found == [commitment.id]
        db.session.remove()
        db.engine.dispose()


def test_messages_and_leases_of_the_version_before_are_taken_along_and_back(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)

    def states() -> list[tuple[object, ...]]:
        rows = db.session.execute(text("SELECT key, state, failed_at IS NULL FROM notice ORDER BY key"))
        return [tuple(row) for row in rows]

    with site.app.app_context():
        downgrade(revision="0013")
        day = "2026-11-20 09:00:00.000000"
        for key, sent_at, failed_at in (("a", day, None), ("b", None, day), ("c", None, None)):
            db.session.execute(
                text(
                    "INSERT INTO notice (kind, key, subject, language, created_at, due_at, attempts, sent_at,"
                    " failed_at) VALUES ('email', :key, '', 'fr', :day, :day, 0, :sent_at, :failed_at)"
                ),
                {"key": key, "day": day, "sent_at": sent_at, "failed_at": failed_at},
            )
        db.session.execute(
            text(
                "INSERT INTO job_lease (name, holder, started_at, expires_at) VALUES ('x', 'h', :day, :day)"
            ),
            {"day": day},
        )
        db.session.commit()
        db.session.remove()
        upgrade()
        assert states() == [("a", "sent", True), ("b", "failed", False), ("c", "waiting", True)]
        lease = db.session.execute(text("SELECT token, failures, finished_at FROM job_lease")).one()
        assert tuple(lease) == (1, 0, None)
        db.session.execute(text("UPDATE notice SET state = 'held' WHERE key = 'c'"))
        db.session.commit()
        db.session.remove()
        downgrade(revision="0013")
        left = db.session.execute(text("SELECT key FROM notice WHERE sent_at IS NULL AND failed_at IS NULL"))
        assert left.all() == [], "the version before would send what is held"
        db.session.remove()
        upgrade()
        assert [row[1] for row in states()] == ["sent", "failed", "failed"]
        db.session.remove()
        db.engine.dispose()


def test_the_themes_that_imports_suggested_are_told_from_those_of_staff(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)

    def suggested(table: str) -> list[str | None]:
        return list(db.session.execute(text(f"SELECT suggested_theme FROM {table} ORDER BY id")).scalars())

    with site.app.app_context():
        contract = make.make_contract()
        axis = make.make_axis(contract, theme="sante")
        make.make_axis(contract, theme="emploi")
        for code in ("follows", "chosen", "imported since"):
            make.make_commitment(contract, code, theme="sante", axes=[axis])
        _follows, chosen, since = list(
            db.session.execute(text("SELECT id FROM commitment ORDER BY id")).scalars()
        )
        staff = make.make_account()
        set_axis_theme(staff, axis.id, "emploi")
        edit_commitment(
            staff, chosen, Edit("chosen", "engagement", "habitat"), version=1, reason="Plutôt le logement."
        )
        db.session.execute(
            text("UPDATE commitment SET theme = 'ecologie' WHERE id = :since"), {"since": since}
        )
        db.session.commit()
        db.session.remove()
        downgrade(revision="0020")
        assert "suggested_theme" not in {each["name"] for each in inspect(db.engine).get_columns("axis")}
        upgrade()
        assert suggested("axis") == ["sante", "emploi"]
        assert suggested("commitment") == ["sante", "sante", "ecologie"]
        db.session.remove()
        db.engine.dispose()


def test_the_keys_of_forms_keep_their_rows_under_one_name_and_back(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        body = make_body(make.make_contract())
        prepare_draw(make.make_account(), body.id, a_plan(), client_key="une-clef-unique")
        db.session.remove()
        for take, revision, name in ((downgrade, "0021", "uid"), (upgrade, "0022", "client_key")):
            take(revision=revision)
            assert list(db.session.execute(text(f"SELECT {name} FROM draw")).scalars()) == ["une-clef-unique"]
            db.session.remove()
            for table in ("meeting", "draw", "seat"):
                unique = inspect(db.engine).get_unique_constraints(table)
                assert f"uq_{table}_{name}" in {each["name"] for each in unique}
        db.engine.dispose()
