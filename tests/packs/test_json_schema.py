"""The published JSON Schema says what the importer asks for, as far as a schema can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cdv_civic.packs.format import check_pack
from cdv_civic.packs.json_schema import pack_schema
from tests.packs.samples import REAL_PACKS, SMALL
from tests.packs.schema_checker import Checker
from tests.packs.strategies import packs
from tests.packs.test_format import FAULTS, changed

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "contrat-de-ville-1.schema.json").read_text())
EXAMPLE = DOCS / "contrat-de-ville-1.example.json"
#: What ties rows together is beyond a schema.
BEYOND_A_SCHEMA = (
    "unknown axis",
    "unknown organisation",
    "unknown quartier",
    "unknown commune",
    "unknown indicator",
    "duplicate",
    "is the axis itself",
    "comes later in the list",
    "is in another tree",
    "is before the start",
)


def faults(pack: Any) -> list[str]:
    return list(Checker(SCHEMA).faults(pack))


def test_what_is_published_is_what_the_rules_say() -> None:
    """`python -m cdv_civic.packs.json_schema > docs/contrat-de-ville-1.schema.json` writes it anew."""
    assert pack_schema() == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", [*REAL_PACKS, EXAMPLE], ids=lambda path: path.stem)
def test_the_real_packs_and_the_example_are_valid(path: Path) -> None:
    pack = json.loads(path.read_text())
    assert faults(pack) == []
    check_pack(pack)


def test_the_example_shows_every_field_of_every_row() -> None:
    example = json.loads(EXAMPLE.read_text())
    for kind, schema in SCHEMA["properties"].items():
        if schema.get("type") == "array":
            fields = SCHEMA["$defs"][schema["items"]["$ref"].rpartition("/")[2]]["properties"]
            assert set().union(*example[kind]) == set(fields), kind


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(pack=packs())
def test_any_pack_that_the_importer_takes_is_valid(pack: dict[str, Any]) -> None:
    assert faults(pack) == []


@pytest.mark.parametrize(("path", "value", "problem"), FAULTS)
def test_what_the_importer_refuses_is_not_valid_where_a_schema_can_say_so(
    path: str, value: Any, problem: str
) -> None:
    beyond = any(words in problem for words in BEYOND_A_SCHEMA)
    assert bool(faults(changed(path, value))) is not beyond


def test_numbers_are_those_of_json_schema() -> None:
    assert faults(changed("axes.0.line", 12.0)) == []
    budget = {"text": "x", "amount_eur": -1, "certainty": "sure"}
    assert faults(changed("commitments.0.budget", budget)) == [
        "pack.commitments[0].budget.amount_eur: minimum",
        "pack.commitments[0].budget.certainty: enum",
    ]
    assert faults(SMALL) == []
