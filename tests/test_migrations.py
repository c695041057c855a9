"""The migrations make exactly the tables of the code, and can be taken back."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from cdv_civic.commitments.search import matching
from cdv_civic.console.migrations import _ours
from cdv_civic.core.db import Model, db
from tests import factories as make
from tests.conftest import PostgresServer, Site


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
