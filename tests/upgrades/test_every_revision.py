"""Rows of the first release, and what each revision since added, through all migrations up to the present one and back.

`rows.json` holds them by the revision that made their table. Whoever adds a table adds rows to it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect, text

from cdv_civic.backup.facts import known_revisions
from cdv_civic.core.db import Model, db
from tests.conftest import PostgresServer, Site

#: The first revision that sites have run on.
FIRST_RELEASED: Final = "0012"
ROWS: Final[Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]] = json.loads(
    Path(__file__).with_name("rows.json").read_text("utf-8")
)
#: What became of columns and tables since: everything else must read as it was written.
RENAMED: Final = {
    ("meeting", "uid"): "client_key",
    ("draw", "uid"): "client_key",
    ("seat", "uid"): "client_key",
}
GONE: Final = {("job_lease", "holder")}
#: A role of somebody who was invited ends with the invitation, since 0014.
ENDS: Final = ("role_grant", ("9001",), "ends_at")
GONE_TABLES: Final = {"mail_refusal"}
#: Values that mean the same in other words.
REWORDED: Final = {("translation", "state", "stale"): "reviewed"}

_CONTRACT: Final = "contrats/grand-orly-seine-bievre-2024-2030"
#: What the present program says of some of the rows.
SHOWN: Final = {
    f"/fr/{_CONTRACT}": "Engagements quartiers 2030",
    f"/fr/{_CONTRACT}/engagements/ORL-EST-EMA-07": "Le chantier de la médiathèque a commencé",
    f"/en/{_CONTRACT}/engagements/ORL-EST-EMA-07": "Open a new neighbourhood library",
    f"/ar/{_CONTRACT}/engagements/ORL-EST-EMA-07": "بدأت أشغال المكتبة",
    "/fr/quartiers/orly-quartier-est": "Quartier Est",
    f"/fr/{_CONTRACT}/instances/conseil-de-quartier": "Conseil de Quartier",
    f"/fr/{_CONTRACT}/instances/conseil-de-quartier/paroles": "Des mots publics",
}

Key = tuple[str, ...]
Kept = dict[tuple[str, Key], dict[str, Any]]
#: Files that only tables of later revisions name: photos of sheets of paper and of tables, recorded voices.
LATER_FILES: Final = {
    row[column]
    for rows in ROWS.values()
    for table, column in (
        ("consultation_evidence", "file_id"),
        ("consultation_workshop_table", "sheet_id"),
        ("consultation_recording", "file_id"),
        ("fund_project_file", "file_id"),
    )
    for row in rows.get(table, ())
    if row[column] is not None
}


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Site]:
    """A site without tables."""
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        downgrade(revision="base")
        yield site
        db.session.remove()
        db.engine.dispose()


def revisions() -> list[str]:
    """From the first that was released to the present one."""
    found = [each.revision for each in known_revisions().walk_revisions()]
    return sorted(each for each in found if each >= FIRST_RELEASED)


def insert(engine: Engine, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    with engine.begin() as connection:
        for table, each in rows.items():
            for row in each:
                names = ", ".join(f'"{name}"' for name in row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), dict(row))


def read(engine: Engine, tables: Sequence[str]) -> Kept:
    """All rows of tables, as the driver gives them, by their keys."""
    found: Kept = {}
    reflected = inspect(engine)
    with engine.connect() as connection:
        for table in tables:
            key = reflected.get_pk_constraint(table)["constrained_columns"]
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                found[table, tuple(str(row[name]) for name in key)] = dict(row)
    return found


def differences(before: Kept, after: Kept) -> list[str]:
    """Where what was written does not read as it did."""
    found = []
    for (table, key), row in before.items():
        if table in GONE_TABLES:
            continue
        new = after.get((table, key))
        if new is None:
            found.append(f"{table} {key} is lost")
            continue
        for name, value in row.items():
            if (table, name) in GONE or (table, key, name) == ENDS:
                continue
            wanted = REWORDED.get((table, name, str(value)), value)
            here = new.get(RENAMED.get((table, name), name), "no such column")
            if here != wanted:
                found.append(f"{table} {key} {name}: {value!r} became {here!r}")
    return found


def rows_of(statement: str) -> list[tuple[object, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.remove()
    return found


def climb() -> Kept:
    """Through all revisions, each with the rows of its tables; what was written, as it was read at once."""
    written: Kept = {}
    for revision in revisions():
        upgrade(revision=revision)
        db.session.remove()
        rows = ROWS.get(revision, {})
        insert(db.engine, rows)
        fresh = read(db.engine, list(rows))
        written.update({key: row for key, row in fresh.items() if key not in written})
    return written


def test_there_are_rows_for_every_table() -> None:
    given = {table for rows in ROWS.values() for table in rows} - GONE_TABLES
    # One row that a migration makes, with a value that differs from site to site.
    assert set(Model.metadata.tables) - given == {"site_identity"}


def test_every_row_of_every_revision_reads_as_it_did_and_is_shown(site: Site) -> None:
    written = climb()
    tables = sorted({table for table, _key in written} - GONE_TABLES)
    assert differences(written, read(db.engine, tables)) == []
    assert rows_of("SELECT address_hash, topic FROM notice_refusal ORDER BY 1") == [
        ("refused-1", "all"),
        ("refused-2", "all"),
        ("refused-3", "news"),
    ]
    assert rows_of("SELECT id, state FROM notice ORDER BY id") == [
        (9001, "waiting"),
        (9002, "sent"),
        (9003, "failed"),
        (9004, "failed"),
    ]
    assert rows_of("SELECT id FROM role_grant WHERE waits_until IS NOT NULL") == [(9001,)], "was invited"
    assert rows_of("SELECT language, renders_version FROM translation WHERE text_id = 90001 ORDER BY 1") == [
        ("ar", 1),
        ("en", 0),
    ]
    texts = sum(len(rows.get("localized_text", ())) for rows in ROWS.values())
    assert rows_of("SELECT count(*) FROM localized_text WHERE owner_kind <> ''") == [(texts,)]
    hidden = rows_of(
        "SELECT id FROM moderation_decision WHERE hides_words AND NOT hides_title AND NOT hides_photo"
    )
    assert hidden == [(3,)], "a part was one of the words"
    client = site.app.test_client()
    for address, words in SHOWN.items():
        page = client.get(address)
        assert (address, page.status_code, words in page.text) == (address, 200, True)


def test_rows_go_back_to_the_first_release_and_up_again(site: Site) -> None:
    written = climb()
    first = {key: row for key, row in written.items() if key[0] in ROWS[FIRST_RELEASED]}
    down = list(reversed(revisions()))[1:]
    for revision in down:
        downgrade(revision=revision)
        db.session.remove()
    assert "site_identity" not in inspect(db.engine).get_table_names()
    there = read(db.engine, sorted(ROWS[FIRST_RELEASED]))
    # Texts of what the first release did not know go with their tables, and so do photos of sheets, and voices; and the
    # parts of contracts that residents chose, whose tree it did not know.
    lost = {key: row for key, row in first.items() if key not in there}
    assert {table for table, _key in lost} == {"localized_text", "stored_file", "axis", "commitment_axis"}
    assert {row["tree"] for (table, _key), row in lost.items() if table == "axis"} == {"habitants"}
    assert {row["id"] for (table, _key), row in lost.items() if table == "stored_file"} == LATER_FILES
    kinds = {str(row["owner_kind"]) for (table, _key), row in lost.items() if table == "localized_text"}
    later = ("axis", "charter", "consultation", "fund", "idea", "language_help", "moderation", "restitution")
    assert all(kind.startswith(later) for kind in kinds)
    assert "language_help" in kinds
    first = {key: row for key, row in first.items() if key not in lost}
    upgrade()
    db.session.remove()
    tables = sorted(set(ROWS[FIRST_RELEASED]) - GONE_TABLES)
    assert differences(first, read(db.engine, tables)) == []


#: The revisions that made a kind of text that is moderated, and a case of each.
KINDS_OF_TEXTS: Final = {"0050": 9150, "0048": 9107, "0047": 9104, "0046": 9103}


def test_what_was_decided_of_texts_that_an_older_program_does_not_know_goes_with_them(site: Site) -> None:
    climb()
    for number, case in enumerate(KINDS_OF_TEXTS.values(), 50):
        facts, answer = 95000 + number, 96000 + number
        said = {"language": "fr", "original": "Un nom.", "version": 1, "changed_at": "2026-11-27 08:00:00"}
        owned = {**said, "owner_id": number, "contract_id": 1}
        hides = dict.fromkeys(("hides_title", "hides_words", "hides_photo"), False)
        decision = {**ROWS["0044"]["moderation_decision"][0], **hides, "principle_id": None, "law": "injure"}
        appeal = {**ROWS["0044"]["moderation_appeal"][0], "client_key": f"recours-{number}"}
        insert(
            db.engine,
            {
                "localized_text": [
                    {**owned, "id": facts, "owner_kind": "moderation_decision", "field": "facts"},
                    {**owned, "id": answer, "owner_kind": "moderation_appeal", "field": "answer"},
                ],
                "moderation_decision": [{**decision, "id": number, "text_id": case, "facts_id": facts}],
                "moderation_appeal": [
                    {**appeal, "id": number, "decision_id": number, "answer_id": answer},
                ],
            },
        )
    owners = "owner_kind IN ('moderation_decision', 'moderation_appeal')"
    for revision in KINDS_OF_TEXTS:
        downgrade(revision=revision)
        downgrade(revision="-1")
        db.session.remove()
        named = rows_of(f"SELECT owner_kind, owner_id FROM localized_text WHERE {owners}")
        there = rows_of(
            "SELECT 'moderation_decision', id FROM moderation_decision WHERE facts_id IS NOT NULL"
        )
        there += rows_of("SELECT 'moderation_appeal', id FROM moderation_appeal WHERE answer_id IS NOT NULL")
        assert sorted(named) == sorted(there), revision
