"""Subsidies as files: CSV and JSON, and the Table Schema that says what their columns are."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cdv_civic.core.csv_export import csv_lines
from cdv_civic.fund.subsidies.rules import (
    COLUMNS,
    SCHEMA_HOME,
    SCHEMA_VERSION,
    Subsidy,
    row_of,
    subsidy_faults,
)


def publishable(subsidies: Iterable[Subsidy]) -> list[dict[str, Any]]:
    """The rows of those without a fault."""
    return [row_of(each) for each in subsidies if not subsidy_faults(each)]


def as_csv(subsidies: Iterable[Subsidy]) -> str:
    """A line for each, with commas, as the schema wants it."""
    rows = (
        ["oui" if value is True else "non" if value is False else value for value in row.values()]
        for row in publishable(subsidies)
    )
    return "".join(csv_lines([each.name for each in COLUMNS], rows, ","))


def as_json(subsidies: Iterable[Subsidy]) -> str:
    """The same for programs."""
    rows = [
        {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in publishable(subsidies)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def table_schema() -> str:
    """What the columns are, as Table Schema (Frictionless Data) says it."""
    described = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "subventions",
        "title": "Subventions",
        "version": SCHEMA_VERSION,
        "homepage": SCHEMA_HOME,
        "missingValues": [""],
        "fields": [each.field for each in COLUMNS],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"
