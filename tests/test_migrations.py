"""The migrations make exactly the tables of the code, and can be taken back."""

import runpy
from datetime import date
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Engine, UniqueConstraint, create_engine, inspect, select, text

from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.rules import weekly
from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.commitments.operations.axes import set_axis_theme
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.commitments.search import matching
from cdv_civic.console.migrations import _ours
from cdv_civic.consultations.models import Consultation
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, Model, TagName, db, transaction
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.localized import TranslationState, change_originals, translate
from cdv_civic.core.settings import ROOT
from cdv_civic.draws.operations.preparing import prepare_draw
from cdv_civic.fund.models.choosing import JuryMeeting, JuryMember
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection, IdeaPlacing
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.moderation.models import CharterPrinciple, ModerationAppeal, ModerationDecision
from cdv_civic.translation.operations import import_translations
from cdv_civic.translation.queries import overrides_in
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.conftest import TODAY, PostgresServer, Site
from tests.draws.draws import a_plan
from tests.texts import make_texts, owners_by_column, owners_by_text


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


def kept_promises(engine: Engine) -> set[tuple[str, ...]]:
    """What a database holds its rows to, and how it finds them: each CHECK, unique constraint, foreign key and
    index of our tables, as the database itself says it."""
    found: set[tuple[str, ...]] = set()
    reflected = inspect(engine)
    for table in Model.metadata.tables:
        for check in reflected.get_check_constraints(table):
            found.add(("check", table, str(check["name"]), " ".join(check["sqltext"].split())))
        for unique in reflected.get_unique_constraints(table):
            found.add(("unique", table, str(unique["name"]), *unique["column_names"]))
        for key in reflected.get_foreign_keys(table):
            to = (key["referred_table"], *key["referred_columns"], str(sorted(key["options"].items())))
            found.add(("foreign key", table, str(key["name"]), *key["constrained_columns"], *to))
        for index in reflected.get_indexes(table):
            where = [str(said) for name, said in index["dialect_options"].items() if name.endswith("_where")]
            columns = map(str, index["column_names"])
            found.add(("index", table, str(index["name"]), *columns, str(bool(index["unique"])), *where))
    return found


def test_a_migrated_database_keeps_the_promises_of_the_code(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    """Alembic compares no CHECK: a database that the models make in one go says how each of them reads there."""
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        migrated = kept_promises(db.engine)
        db.session.remove()
        db.engine.dispose()
    url = postgres.url_of(postgres.create()) if postgres else f"sqlite:///{tmp_path / 'models.sqlite3'}"
    engine = create_engine(url)
    Model.metadata.create_all(engine)
    modelled = kept_promises(engine)
    engine.dispose()
    migrated = {each for each in migrated if not _is_search_index(each)}
    assert migrated - modelled == set(), "the migrations made what the models do not say"
    assert modelled - migrated == set(), "the models say what no migration makes"
    # Reflection that overlooked a CHECK would overlook it twice.
    tables = Model.metadata.tables.values()
    for kind, of_models in (("check", CheckConstraint), ("unique", UniqueConstraint)):
        wanted = {(t.name, str(c.name)) for t in tables for c in t.constraints if isinstance(c, of_models)}
        assert {(table, name) for found, table, name, *_ in modelled if found == kind} == wanted


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


def test_words_of_the_interface_are_written_into_tables_that_can_be_taken_back(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    entry = Entry("Se connecter", None, ("Come in",))
    with site.app.app_context():
        author = make.make_account(role="administrator")
        import_translations(author, "en", [entry])
        db.session.remove()
        downgrade(revision="0022")
        assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("catalogue_")]
        upgrade()
        assert overrides_in("en") == []
        import_translations(author, "en", [entry])
        assert overrides_in("en") == [entry]
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


def test_the_number_of_publications_becomes_that_of_the_site_and_goes_on_from_all_tags(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)

    def numbers(table: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]

    with site.app.app_context():
        downgrade(revision="0022")
        assert numbers("publication") == [(1, 0)]
        db.session.execute(text("UPDATE publication SET number = 41"))
        db.session.commit()
        db.session.remove()
        upgrade(revision="0024")
        assert numbers("cache_tag") == [("site", 41)]
        db.session.remove()
        for tag in (SITE, TagName("contract:val"), SITE):
            with transaction(publishes=tag):
                pass
        assert numbers("cache_tag") == [("contract:val", 1), ("site", 43)]
        db.session.remove()
        downgrade(revision="0022")
        assert numbers("publication") == [(1, 44)]
        db.session.remove()
        upgrade()
        assert numbers("cache_tag") == [("site", 44)]
        db.session.remove()
        db.engine.dispose()


def test_texts_find_their_owners_and_translations_the_version_that_they_render(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    migration = runpy.run_path(str(ROOT / "migrations" / "versions" / "0025_owned_texts.py"))

    def rows(statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in db.session.execute(text(statement))]

    with clock.frozen_everywhere(TODAY), site.app.app_context():
        make_texts()
        # Later tables, which go on the way down with all that they own.
        for later in (
            FundProject,
            JuryMeeting,
            FundRound,
            FundEnvelope,
            JuryMember,
            Fund,
            IdeaObjection,
            IdeaPlacing,
            Idea,
            IdeaGroup,
            IdeaBox,
            ModerationAppeal,
            ModerationDecision,
            CharterPrinciple,
            Consultation,
            LanguageHelp,
            AxisOrigin,
        ):
            with transaction() as session:
                for row in session.execute(select(later)).scalars():
                    session.delete(row)
        drafted = make.make_commitment(make.make_contract(), translations={"en": "A park"}).title_id
        with transaction() as session:
            translate(session, drafted, "ar", "حديقة", author=None, state=TranslationState.DRAFT)
            change_originals(session, {drafted: "Un autre parc"})
        owned = owners_by_text(db.session())
        contracts = rows("SELECT id, contract_id FROM localized_text ORDER BY id")
        states = rows("SELECT text_id, language, state FROM translation ORDER BY text_id, language")
        db.session.remove()
        downgrade(revision="0022")
        pointing = {
            (table, *key["constrained_columns"])
            for table in inspect(db.engine).get_table_names()
            for key in inspect(db.engine).get_foreign_keys(table)
            if key["referred_table"] == "localized_text" and table != "translation"
        }
        found = {(table, column) for table, column, *_rest in migration["OWNERS"]}
        assert pointing == found | set(migration["BORROWED"]), "each column that names a text"
        before = rows(f"SELECT language, state FROM translation WHERE text_id = {drafted} ORDER BY language")
        assert before == [("ar", "draft"), ("en", "stale")]
        with db.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO localized_text (id, language, original) VALUES (90001, 'fr', 'Perdu')")
            )
            connection.execute(
                text(
                    "INSERT INTO translation (text_id, language, text, state, changed_at)"
                    " VALUES (90001, 'en', 'Lost', 'reviewed', '2026-11-20 09:00:00.000000')"
                )
            )
        db.session.remove()
        upgrade()
        assert owners_by_text(db.session()) == owned == owners_by_column(db.session())
        assert rows("SELECT id, contract_id FROM localized_text ORDER BY id") == contracts
        assert set(rows("SELECT version FROM localized_text")) == {(1,)}
        assert rows("SELECT text_id, language, state FROM translation ORDER BY text_id, language") == states
        assert rows(
            "SELECT language, renders_version, reviewed_at IS NULL, author_id FROM translation"
            f" WHERE text_id = {drafted} ORDER BY language"
        ) == [("ar", 1, True, None), ("en", 0, False, None)]
        db.session.remove()
        db.engine.dispose()


def test_refusals_of_all_stay_so_and_those_of_a_topic_become_so_on_the_way_back(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    day = "2026-11-20 09:00:00.000000"

    def rows(statement: str) -> list[tuple[object, ...]]:
        found = [tuple(row) for row in db.session.execute(text(statement))]
        db.session.remove()
        return found

    with site.app.app_context():
        downgrade(revision="0022")
        db.session.execute(
            text("INSERT INTO mail_refusal (address_hash, refused_at) VALUES ('a', :day)"), {"day": day}
        )
        db.session.commit()
        db.session.remove()
        upgrade()
        assert rows("SELECT address_hash, topic FROM notice_refusal") == [("a", "all")]
        db.session.execute(
            text(
                "INSERT INTO notice_refusal (address_hash, topic, refused_at)"
                " VALUES ('a', 'news', :day), ('b', 'news', :day), ('b', 'answers', :day)"
            ),
            {"day": day},
        )
        make.make_notice(topic="news", about="meeting:1")
        db.session.commit()
        db.session.remove()
        downgrade(revision="0022")
        assert rows("SELECT address_hash FROM mail_refusal ORDER BY 1") == [("a",), ("b",)]
        assert rows("SELECT count(*) FROM notice") == [(1,)]
        upgrade()
        assert rows("SELECT topic FROM notice") == [(None,)]
        db.engine.dispose()


def test_followers_of_a_meeting_were_told_when_it_changed_before_it_was_known_apart(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        staff = make.make_account(role="administrator")
        body = make_body(make.make_contract())
        first = date(2026, 12, 10)
        meeting = announce(staff, body, first, recurrence=weekly(first))
        cancel_occurrence(staff, meeting, first, {"fr": "Panne."}, sequence=0, zone=PARIS)
        db.session.remove()
        for _time in range(2):
            downgrade(revision="0028")
            upgrade()
            rows = db.session.execute(text("SELECT id, told_at = changed_at FROM meeting")).all()
            assert [tuple(row) for row in rows] == [(meeting, True)]
            excepted = db.session.execute(text("SELECT meeting_id, state FROM meeting_exception")).all()
            assert [tuple(row) for row in excepted] == [(meeting, "cancelled")]
            db.session.remove()
        db.engine.dispose()
