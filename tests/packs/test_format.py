"""A pack is read whole, or refused with every problem named by its place."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cdv_civic.packs.format import read_pack
from cdv_civic.packs.problems import MAX_PROBLEMS, BadPack
from cdv_civic.packs.reading import MAX_PACK_BYTES
from tests.packs.samples import REAL_PACKS, SMALL, small
from tests.packs.strategies import broken_packs, packs


def problems_of(content: object) -> list[str]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(BadPack) as refused:
        read_pack(data)
    return refused.value.lines()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small pack with one value changed, named as in `axes.1.parent`; `...` removes the key."""
    pack = small()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    row: Any = pack
    for part in way:
        row = row[part]
    if value is ...:
        del row[last]
    else:
        row[last] = value
    return pack


@pytest.mark.parametrize("path", REAL_PACKS, ids=lambda path: path.stem)
def test_the_real_packs_have_no_problem_and_lose_nothing(path: Path) -> None:
    assert read_pack(path).to_json() == json.loads(path.read_text())


def test_there_are_four_real_packs() -> None:
    assert len(REAL_PACKS) == 4


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pack=packs())
def test_any_valid_pack_is_read_without_loss(pack: dict[str, Any]) -> None:
    assert read_pack(json.dumps(pack).encode()).to_json() == pack


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(broken=broken_packs())
def test_any_broken_pack_is_refused_at_the_place_of_its_fault(broken: tuple[dict[str, Any], str]) -> None:
    pack, where = broken
    with pytest.raises(BadPack) as refused:
        read_pack(json.dumps(pack).encode())
    places = [problem.where for problem in refused.value.problems]
    assert any(place == where or place.startswith((f"{where}[", f"{where}.")) for place in places)


#: Place in the small pack, the value put there, and what is said of it.
FAULTS: list[tuple[str, Any, str]] = [
    ("commitments.0.axes", ["X"], 'commitments[0].axes[0]: unknown axis "X"'),
    ("commitments.0.axes", [], "commitments[0].axes: empty list"),
    ("commitments.0.axes", ["A", "A"], 'commitments[0].axes[1]: "A" stands twice in the list'),
    ("commitments.0.holders", ["edf"], 'commitments[0].holders[0]: unknown organisation "edf"'),
    ("commitments.0.partners", ["edf"], 'commitments[0].partners[0]: unknown organisation "edf"'),
    ("commitments.0.quartiers", ["nord"], 'commitments[0].quartiers[0]: unknown quartier "nord"'),
    ("commitments.0.communes", ["ivry"], 'commitments[0].communes[0]: unknown commune "ivry"'),
    ("commitments.0.indicators", ["I1"], 'commitments[0].indicators[0]: unknown indicator "I1"'),
    ("quartiers.0.communes", ["ivry"], 'quartiers[0].communes[0]: unknown commune "ivry"'),
    ("quartiers.0.bailleurs", ["edf"], 'quartiers[0].bailleurs[0]: unknown organisation "edf"'),
    ("axes.0.commune", "ivry", 'axes[0].commune: unknown commune "ivry"'),
    ("axes.0.quartier", "nord", 'axes[0].quartier: unknown quartier "nord"'),
    ("axes.1.parent", "X", 'axes[1].parent: unknown axis "X"'),
    ("axes.1.parent", "A.1", 'axes[1].parent: axis "A.1" is the axis itself'),
    ("axes.0.parent", "A.1", 'axes[0].parent: axis "A.1" comes later in the list'),
    ("axes.2.parent", "A", 'axes[2].parent: axis "A" is in another tree ("territoire")'),
    ("axes.2.code", "A", 'axes[2].code: duplicate code "A", first in axes[0]'),
    ("axes.0.title", "<b>Emploi</b>", 'axes[0].title: HTML tag near "<b>Emploi</b>"'),
    ("axes.0.title", "Emploi &amp; santé", 'axes[0].title: HTML entity "&amp;"'),
    ("axes.0.title", "Emploi\u0000", "axes[0].title: control character U+0000"),
    ("axes.0.title", "a\u202eb", "axes[0].title: control character U+202E"),
    ("axes.0.title", "a\nb", "axes[0].title: control character U+000A"),
    ("axes.0.title", "a\u2028b", "axes[0].title: control character U+2028"),
    ("axes.0.title", "\ud83d", "axes[0].title: control character U+D83D"),
    ("axes.0.title", " Emploi", "axes[0].title: starts or ends with a space"),
    ("axes.0.title", "", "axes[0].title: empty text"),
    ("axes.0.title", "  ", "axes[0].title: empty text"),
    ("axes.0.title", None, "axes[0].title: expected a text, found null (leave the key out instead)"),
    ("axes.0.title", ["Emploi"], "axes[0].title: expected a text, found a list"),
    ("axes.0.title", ..., 'axes[0]: missing key "title"'),
    ("axes.0.colour", "red", 'axes[0]: unknown key "colour"'),
    ("axes.0.line", True, "axes[0].line: expected a whole number, found true"),
    ("axes.0.line", "1", "axes[0].line: expected a whole number, found a text"),
    ("axes.0.line", 1.5, "axes[0].line: expected a whole number, found the number 1.5"),
    ("axes.0.line", 0, "axes[0].line: 0 is not between 1 and 2147483647"),
    ("axes.0.code", "A B", 'axes[0].code: not a code: "A B"'),
    ("communes.0.slug", "Orly", 'communes[0].slug: not a slug: "Orly"'),
    ("communes.0.slug", "orly\n", 'communes[0].slug: not a slug: "orly\\n"'),
    ("communes.0.department", "9", 'communes[0].department: not a département number: "9"'),
    ("communes", [], "communes: empty list"),
    ("communes", {}, "communes: expected a list, found an object"),
    ("communes", ["orly"], "communes[0]: expected an object, found a text"),
    ("commitments.0.title", "x" * 141, "commitments[0].title: text of 141 characters, the limit is 140"),
    (
        "organisations.0.signatory",
        1,
        "organisations[0].signatory: expected true or false, found the number 1",
    ),
    ("contract.period_end", "2023-12", 'contract.period_end: "2023-12" is before the start "2024"'),
    ("contract.period_end", "2030-02-31", 'contract.period_end: impossible date "2030-02-31"'),
    ("contract.source.signed_on", "2024", 'contract.source.signed_on: not a date: "2024"'),
    (
        "format",
        "contrat-de-ville/2",
        'format: unknown version "contrat-de-ville/2", expected "contrat-de-ville/1"',
    ),
    ("format", "autre/1", 'format: unknown format "autre/1", expected "contrat-de-ville/1"'),
    ("format", ..., 'pack: missing key "format"'),
]


@pytest.mark.parametrize(("path", "value", "problem"), FAULTS)
def test_each_fault_has_its_place_and_its_sentence(path: str, value: Any, problem: str) -> None:
    assert problem in problems_of(changed(path, value))


def test_a_budget_is_a_positive_number_with_a_known_certainty() -> None:
    pack = changed("commitments.0.budget", {"text": "x", "amount_eur": -1, "certainty": "sure"})
    problems = problems_of(pack)
    assert problems[0] == "commitments[0].budget.amount_eur: -1 is not between 0 and 1000000000000 euros"
    assert problems[1].startswith(
        'commitments[0].budget.certainty: unknown word "sure", expected one of: ferme'
    )


def test_twelve_point_zero_is_a_whole_number_as_in_json_schema() -> None:
    assert read_pack(json.dumps(changed("axes.0.line", 12.0)).encode()).axes[0].line == 12


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "file: empty"),
        (b" \n\t", "file: empty"),
        (b"\xef\xbb\xbf", "file: empty"),
        (b'{"format":\n "\xff"}', "line 2: not UTF-8 text (byte 0xff)"),
        (b'{"format":\n nope}', "line 2, column 2: not JSON: expecting value"),
        (b'{"format": "x"} {}', "line 1, column 17: not JSON: extra data"),
        (b"[]", "pack: expected an object, found a list"),
        (b"NaN", "pack: NaN is not a JSON value"),
        (b"[" * 200_000, "file: nested too deeply"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_one_sentence(content: bytes, problem: str) -> None:
    assert problems_of(content) == [problem]


def test_a_byte_order_mark_is_forgiven() -> None:
    read_pack(b"\xef\xbb\xbf" + json.dumps(SMALL).encode())


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("NaN", "NaN is not a JSON value"),
        ("-Infinity", "-Infinity is not a JSON value"),
        ("1e999", 'number out of range: "1e999"'),
        ("9" * 5000, "number of 5000 digits"),
        ("9" * 25, f"{'9' * 25} is not between 1 and 2147483647"),
    ],
)
def test_numbers_that_no_row_can_hold_are_named(written: str, reason: str) -> None:
    data = json.dumps(changed("axes.0.line", 424242)).replace("424242", written).encode()
    assert problems_of(data) == [f"axes[0].line: {reason}"]


def test_a_key_that_stands_twice_is_named() -> None:
    data = json.dumps(SMALL).replace('"code": "B"', '"code": "C", "code": "B"').encode()
    assert problems_of(data) == ['axes[2]: key "code" stands twice']


def test_at_most_fifty_problems_are_kept_and_the_rest_counted() -> None:
    axis = {"code": "A", "title": "", "kind": "axe", "tree": "territoire", "line": 1}
    lines = problems_of(small(axes=[{**axis, "code": f"A{n}"} for n in range(80)], commitments=[]))
    assert len(lines) == MAX_PROBLEMS + 1
    assert lines[0] == "axes[0].title: empty text"
    assert lines[-1] == "... and 30 more problems"


def test_hostile_text_never_reaches_the_terminal_raw() -> None:
    (line,) = problems_of(changed("axes.2.code", "\x1b[31m\u202e" + "x" * 20))
    assert line == 'axes[2].code: not a code: "\\u001b[31m\\u202e' + "x" * 20 + '"'
    (line,) = problems_of(changed("axes.0.x\x1b", 1))
    assert line == 'axes[0]: unknown key "x\\u001b"'


def test_sixty_megabytes_of_nonsense_are_refused_at_once_and_unread(tmp_path: Path) -> None:
    file = tmp_path / "nonsense.json"
    file.write_bytes(b"\x9f[{" * 20_000_000)
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(BadPack) as refused:
            read_pack(file)
        taken, (_now, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.lines() == [f"file: too large: 60000000 bytes, the limit is {MAX_PACK_BYTES}"]
    assert taken < 1
    assert peak < 1_000_000


def test_a_dense_file_inside_the_limit_is_refused_before_it_is_parsed() -> None:
    data = b"[" + b"[]," * 9_000_000 + b"0]"
    assert len(data) < MAX_PACK_BYTES
    assert problems_of(data) == ["file: more than 2000000 values"]


@pytest.mark.parametrize(
    ("name", "reason"), [("absent.json", "cannot be read (No such file"), (".", "is a folder")]
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BadPack, match=r"^file: ") as refused:
        read_pack(tmp_path / name)
    assert reason in refused.value.lines()[0]


def test_an_endless_file_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(BadPack, match=r"^file: too large"):
        read_pack(Path("/dev/zero"))
