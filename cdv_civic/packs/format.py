"""Read a contract pack: `read_pack(file)` gives a checked `Pack`, or raises `BadPack`, each problem by its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cdv_civic.packs.grammar import RecordOf, wrong_type
from cdv_civic.packs.problems import BadPack, PackProblems, quote
from cdv_civic.packs.reading import read_json
from cdv_civic.packs.references import check_period, check_references
from cdv_civic.packs.shapes import FORMAT, Pack


def read_pack(source: Path | str | bytes) -> Pack:
    """Read and check a file (its path, or its bytes). Raises BadPack."""
    return check_pack(read_json(source))


def check_pack(value: Any) -> Pack:
    """Check a pack given as JSON values. Raises BadPack."""
    problems = PackProblems()
    _refuse_other_formats(value)
    pack = RecordOf(Pack).read(value, (), problems)
    check_period(value, problems)
    check_references(value, problems)
    problems.refuse_if_any()
    if not isinstance(pack, Pack):  # the grammar notes a problem for every value that it refuses
        raise RuntimeError("a pack was refused without a problem")
    return pack


def _refuse_other_formats(value: Any) -> None:
    """Another format is one problem, not a hundred: nothing else of the file would make sense."""
    if not isinstance(value, dict):
        raise BadPack.single((), wrong_type("an object", value))
    found = value.get("format")
    if not isinstance(found, str):
        if "format" not in value:
            raise BadPack.single((), 'missing key "format"')
        raise BadPack.single(("format",), wrong_type(quote(FORMAT), found))
    if found != FORMAT:
        name, _slash, _version = FORMAT.partition("/")
        what = "version" if found.startswith(f"{name}/") else "format"
        raise BadPack.single(("format",), f"unknown {what} {quote(found)}, expected {quote(FORMAT)}")
