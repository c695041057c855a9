"""Files of Pabulib as they are, and as they must not be."""

import io
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cdv_civic.fund.tally.election import BallotKind
from cdv_civic.fund.tally.pabulib import reading, rows
from cdv_civic.fund.tally.pabulib.cells import shown
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile
from tests.fund.tally.elections import EXPECTED, FILES, read_plainly

PRESENT = """\
META
key;value
description;A vote
country;France
unit;Exempleville
instance;2026
num_projects;2
num_votes;3
budget;1000
vote_type;approval
rule;greedy
date_begin;2026
date_end;2026
max_length;2
language;fr
PROJECTS
project_id;cost;votes;name;beneficiaries;selected
a;600;2;Un banc;adults;1
b;500.50;2;"Une ""grande"" fête; au parc";;0
VOTES
voter_id;vote
1;a,b
2;b
3;a
"""
POINTS = (
    PRESENT.replace("approval", "cumulative")
    .replace("max_length;2", "max_points;3\nmax_sum_points;5")
    .replace("voter_id;vote\n1;a,b\n2;b\n3;a\n", "voter_id;vote;points\n1;a,b;3,2\n2;b;1\n3;a;3\n")
)
#: A column that decides nothing comes after the vote.
QUOTED = PRESENT.replace(
    "voter_id;vote\n1;a,b\n2;b\n3;a\n", "voter_id;vote;place\n1;a,b;north\n2;b;here\n3;a;south\n"
)


def read(text: str | bytes) -> PublishedElection:
    return read_election(io.BytesIO(text.encode() if isinstance(text, str) else text))


def refused(text: str | bytes) -> str:
    with pytest.raises(BadPabulibFile) as refusal:
        read(text)
    return str(refusal.value)


def line_of(text: str, beginning: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith(beginning))


# --- what is read --------------------------------------------------------------------------------


def test_a_file_of_the_present_form_is_read_without_a_warning() -> None:
    found = read(PRESENT)
    assert found.warnings == ()
    assert found.election.envelope == 1000
    assert [(each.code, each.cost, each.name) for each in found.election.projects] == [
        ("a", Fraction(600), "Un banc"),
        ("b", Fraction(1001, 2), 'Une "grande" fête; au parc'),
    ]
    assert found.election.kind is BallotKind.APPROVAL
    assert (found.election.ballots, [each.votes for each in found.election.supports]) == (3, [2, 2])
    assert found.selected == ("a",)
    assert found.meta["unit"] == "Exempleville"


def test_points_are_read() -> None:
    found = read(POINTS)
    assert [each.all_points for each in found.election.supports] == [6, 3]
    assert found.warnings == ()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_published_files_are_read_with_one_warning_of_their_older_form(name: str) -> None:
    with (FILES / name).open("rb") as file:
        found = read_election(file)
    plain = read_plainly(name)
    assert found.election.projects == plain.projects
    assert found.election.envelope == plain.envelope
    assert found.election.ballots == plain.ballots
    for here, there in zip(found.election.supports, plain.supports, strict=True):
        assert (here.votes, here.all_points) == (there.votes, there.all_points)
    assert sum("older form" in warning for warning in found.warnings) == 1
    official = EXPECTED[name].get("official_selected")
    if official is not None:
        assert found.selected is not None
        assert sorted(found.selected) == official


def test_the_older_form_is_one_warning_that_names_each_sign_and_its_line() -> None:
    text = (
        PRESENT.replace("language;fr", "language;french\ncomment;Two rounds.")
        .replace("beneficiaries", "target")
        .replace("date_end;2026\n", "")
        .replace("500.50", '"500,50"')
        .replace("voter_id;vote\n1;", "voter_id;sex;vote\n1;K;")
        .replace("\n2;", "\n2;K;")
        .replace("\n3;", "\n3;F;")
    )
    found = read(text)
    assert found.election.projects[1].cost == Fraction(1001, 2)
    (warning,) = found.warnings
    for sign in ("language", "comment", "no date_end", "target", "decimal commas", "sex"):
        assert sign in warning
    assert f"sex other than M, F, O (line {line_of(text, '1;K')})" in warning


def test_a_name_keeps_what_other_programs_take_for_the_end_of_a_line() -> None:
    for inside in ("\u2028", "\u2029", "\x85", "\x0b", "\x1c"):
        assert (
            read(PRESENT.replace("Un banc", f"Un{inside}banc")).election.projects[0].name == f"Un{inside}banc"
        )
    assert read(PRESENT.replace("Un banc", '"Un\nbanc"')).election.projects[0].name == "Un\nbanc"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + PRESENT,
        PRESENT.replace("\n", "\r\n"),
        PRESENT.replace("\nPROJECTS", "\n\n\nPROJECTS\n").replace("\nVOTES", "\n;;\nVOTES;"),
        PRESENT.replace("META", " meta ").replace("1;a,b", "1 ; a , b "),
        PRESENT.rstrip("\n"),
    ],
)
def test_forms_that_change_nothing_are_read(text: str) -> None:
    found = read(text)
    assert found.warnings == ()
    assert found.election.ballots == 3


def test_a_blank_vote_counts_in_the_share() -> None:
    text = PRESENT.replace("3;a\n", "3;\n")
    found = read(text)
    assert (found.election.ballots, found.election.blank) == (3, 1)
    assert found.warnings == (
        f"line {line_of(text, '3;')}: the vote is blank: it counts in the share of each ballot",
    )


@pytest.mark.parametrize("kind", ["approval", "ordinal", "choose-1"])
def test_ballots_without_points_are_of_each_kind(kind: str) -> None:
    text = PRESENT.replace("approval", kind).replace("1;a,b", "1;a")
    assert read(text).election.kind == kind


def test_what_the_reference_counts_is_counted_with_a_warning_that_names_the_line() -> None:
    text = PRESENT.replace("a;600", "a;0").replace("b;500.50", "b;1000.01")
    assert read(text).warnings == (
        f"line {line_of(text, 'a;')}: the project costs nothing",
        f"line {line_of(text, 'b;')}: the project costs more than the envelope",
    )


def test_a_row_over_several_lines_is_a_warning_where_a_name_may_hold_them() -> None:
    text = PRESENT.replace("Un banc", '"Un banc\nà deux"')
    assert read(text).election.projects[0].name == "Un banc\nà deux"
    told = "line 18: the row goes over several lines: perhaps a quotation mark does not close"
    assert read(text).warnings == (told,)


def test_decimal_commas_that_can_be_read_in_one_way_are_read() -> None:
    for said, cost in (
        ("1,5", "1.5"),
        ("10,00", "10"),
        ("1000,125", "1000.125"),
        ("0,125", "0.125"),
        ("7,", "7"),
    ):
        found = read(PRESENT.replace("a;600;2", f'a;"{said}";2')).election
        assert found.projects[0].cost == Fraction(cost)


def test_what_votes_cost_together_is_exact_and_no_pair_is_kept_twice() -> None:
    text = PRESENT.replace("max_length;2", "max_sum_cost;1100.50").replace("2;b\n", "2;b,a\n")
    assert read(text).warnings == ()
    assert len(read(text.replace("1100.50", "1100.49")).warnings) == 1


def test_a_warning_of_many_lines_names_the_first_few() -> None:
    votes = "".join(f"{number};\n" for number in range(1, 11))
    text = PRESENT.replace("1;a,b\n2;b\n3;a\n", votes).replace("num_votes;3", "num_votes;10")
    (warning,) = read(text).warnings
    assert warning.startswith("lines 22, 23, 24, 25, 26 and 5 more: the vote is blank")


def test_numbers_that_differ_from_what_the_file_holds_are_a_warning() -> None:
    text = PRESENT.replace("num_votes;3", "num_votes;4").replace("num_projects;2", "num_projects;3")
    assert read(text).warnings == (
        "line 7: num_projects is “3”, and the file holds 2",
        "line 8: num_votes is “4”, and the file holds 3",
    )


def test_a_vote_for_fewer_projects_than_asked_for_is_a_warning() -> None:
    text = PRESENT.replace("max_length;2", "min_length;2").replace("3;a\n", "3;\n")
    assert read(text).warnings == (
        "line 23: the vote names fewer projects than min_length",
        "line 24: the vote is blank: it counts in the share of each ballot",
    )
    assert read(PRESENT.replace("max_length;2", "min_length;1")).warnings == ()


def test_sums_that_ballots_exceed_are_warnings() -> None:
    text = PRESENT.replace("max_length;2", "max_sum_cost;1100")
    assert read(text).warnings == ("line 22: the projects of the vote cost more than max_sum_cost",)
    text = POINTS.replace("max_sum_points;5", "max_sum_points;4")
    assert read(text).warnings == ("line 23: the points of the vote exceed max_sum_points",)


# --- what is refused -----------------------------------------------------------------------------

WRONG = [
    ("", "line 1, file: the section META is missing"),
    ("\n\n \n", "line 1, file: the section META is missing"),
    ("hello", "line 1, file: the section META must begin here, not “hello”"),
    (PRESENT.replace("META\n", "", 1), "line 1, file: the section META must begin here"),
    (PRESENT.replace(";", ","), "line 2, META: cells are separated by “,”, not by “;”"),
    (PRESENT.replace(";", "\t"), "line 2, META: cells are separated by a tab, not by “;”"),
    (PRESENT.replace("key;value", "name;value"), "line 2, META: its columns must be “key” and “value”"),
    (PRESENT.partition("PROJECTS")[0], "line 15, file: the section PROJECTS is missing: the file ends here"),
    (PRESENT.partition("VOTES")[0], "line 19, file: the section VOTES is missing: the file ends here"),
    (PRESENT.partition("voter_id")[0], "line 20, VOTES: the names of its columns are missing"),
    (PRESENT + "VOTES\nvoter_id;vote\n", "line 25, file: the section VOTES stands twice or too late"),
    (PRESENT.replace("budget;1000\n", ""), "line 15, META, budget: it is missing"),
    (PRESENT.replace("budget;1000", "budget;"), "line 9, META, budget: it is missing"),
    (PRESENT.replace("budget;1000", "budget;much"), "line 9, META, budget: it is “much”, which is no amount"),
    (PRESENT.replace("budget;1000", "budget;-1"), "line 9, META, budget: it is negative: “-1”"),
    (PRESENT.replace("approval", "ranked"), "line 10, META, vote_type: it is “ranked”; known are: approval,"),
    (PRESENT.replace("max_length;2", "max_length;two"), "line 14, META, max_length: it is “two”"),
    (PRESENT.replace("unit;", "country;"), "line 5, META, “country”: the key stands twice"),
    (PRESENT.replace("unit;", ";"), "line 5, META: a value has no key"),
    (PRESENT.replace("project_id;", "id;"), "line 17, PROJECTS: the column project_id is missing"),
    (PRESENT.replace("cost;", "price;", 1), "line 17, PROJECTS: the column cost is missing"),
    (PRESENT.replace("votes;name", "name;name"), "line 17, PROJECTS: the column “name” stands twice"),
    (PRESENT.replace("a;600;2", "a;-600;2"), "line 18, PROJECTS, cost: it is negative: “-600”"),
    (PRESENT.replace("a;600;2", "a;;2"), "line 18, PROJECTS, cost: it is missing"),
    (PRESENT.replace("a;600;2", "a;1e3;2"), "line 18, PROJECTS, cost: it is “1e3”, which is no amount"),
    (PRESENT.replace("a;600;2", "a;1 000;2"), "line 18, PROJECTS, cost: it is “1 000”, which is no amount"),
    (PRESENT.replace("a;600;2", "a;nan;2"), "line 18, PROJECTS, cost: it is “nan”, which is no amount"),
    (PRESENT.replace("a;600;2", ";600;2"), "line 18, PROJECTS, project_id: it is missing"),
    (PRESENT.replace("\nb;5", "\na;5"), "line 19, PROJECTS, project_id: “a” stands twice"),
    (PRESENT.replace("\nb;5", '\n"b,c";5'), "line 19, PROJECTS, project_id: “b,c” holds a comma"),
    (PRESENT.replace("a;600;2;Un banc", "a;600;2;Un;banc;x;y"), "line 18, PROJECTS: the row has 9 cells"),
    (PRESENT.replace("a;600;2;Un banc;adults;1\n", "").replace('b;500.50;2;"Une ""grande"" fête; au parc";;0\n', ""),
     "line 18, PROJECTS: there is no project"),
    (PRESENT.replace("voter_id;vote", "voter_id;votes"), "line 21, VOTES: the column vote is missing"),
    (PRESENT.replace("2;b", "2,b"), "line 23, VOTES: the row ends before the vote; a blank vote is an empty cell"),
    (PRESENT.replace("2;b", "2"), "line 23, VOTES: the row ends before the vote"),
    (PRESENT.replace("2;b", "2;c"), "line 23, VOTES, vote: “c” is no project (project 1 of the vote)"),
    (PRESENT.replace("1;a,b", "1;a,,b"), "line 22, VOTES, vote: it names 3 projects, more than there are"),
    (PRESENT.replace("1;a,b", "1;a,"), "line 22, VOTES, vote: a project is missing between commas"),
    (PRESENT.replace("1;a,b", "1;a,a"), "line 22, VOTES, vote: it names a project twice"),
    (PRESENT.replace("max_length;2", "max_length;1"), "line 22, VOTES, vote: it names 2 projects, and 1 are allowed"),
    (PRESENT.replace("approval", "choose-1"), "line 22, VOTES, vote: it names 2 projects, and 1 are allowed"),
    (PRESENT.replace("\n2;b", "\n1;b"), "line 23, VOTES, voter_id: “1” stands twice"),
    (PRESENT.replace("\n2;b", "\n2;b;c"), "line 23, VOTES: the row has 3 cells, and there are 2 columns"),
    (POINTS.replace(";points", ";weights"), "line 22, VOTES: the column points is missing"),
    (POINTS.replace("3,2\n", "3\n"), "line 23, VOTES, points: there are 1 for the 2 projects of the vote"),
    (POINTS.replace("3,2\n", "\n"), "line 23, VOTES, points: there are 0 for the 2 projects of the vote"),
    (POINTS.replace("3,2\n", "3,x\n"), "line 23, VOTES, points: “x” is no whole number from 0"),
    (POINTS.replace("3,2\n", "3,-2\n"), "line 23, VOTES, points: “-2” is no whole number from 0"),
    (POINTS.replace("3,2\n", "3,1.5\n"), "line 23, VOTES, points: “1.5” is no whole number from 0"),
    (POINTS.replace("3,2\n", "3,1000001\n"), "line 23, VOTES, points: “1000001” is no whole number"),
    (POINTS.replace("3,2\n", "4,1\n"), "line 23, VOTES, points: 4 for a project, and 3 are allowed"),
    (PRESENT.replace("a;600;2", "a;1,000;2"), "line 18, PROJECTS, cost: it is “1,000”: write 1000, or 1.000"),
    (PRESENT.replace("budget;1000", "budget;250,000"), "line 9, META, budget: it is “250,000”: write 250000, or"),
    (QUOTED.replace("north", '"north'), "line 22, VOTES: the row has 3 lines: a quotation mark does not close"),
    (QUOTED.replace("north", '"north').replace("south", '"south"'), "line 22, VOTES: the row has 3 lines"),
    (PRESENT.replace("Un banc", "Un\0banc"), "line 18, character 11: it holds a null character"),
    (PRESENT.replace("Un banc", "x" * 140_000), "line 18, row: it cannot be read as cells: field larger"),
    (PRESENT.replace("Un banc", "x" * 1_100_000), "line 18, file: a line has more than 1,048,576 bytes"),
    (PRESENT.replace("\na;", "\n" + "x" * 201 + ";"), "line 18, PROJECTS, project_id: it has more than 200"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _text, message in WRONG])
def test_what_is_wrong_is_refused_with_its_line_and_place(text: str, message: str) -> None:
    assert refused(text).startswith(message)


def test_latin_1_is_refused_with_its_line_and_byte() -> None:
    assert refused(PRESENT.encode("latin-1")).startswith("line 19, byte 29: it is not UTF-8 (perhaps Latin-1")
    assert refused(PRESENT.encode("utf-16")).startswith("line 1, byte 1: it is not UTF-8")


def test_ten_thousand_projects_are_read_and_one_more_is_refused() -> None:
    head, _sign, _rest = PRESENT.partition("a;600")
    for number, right in ((10_000, True), (10_001, False)):
        text = head + "".join(f"p{n};1\n" for n in range(number)) + "VOTES\nvoter_id;vote\n1;p1\n"
        if right:
            assert len(read(text).election.projects) == number
        else:
            assert refused(text) == "line 10018, PROJECTS: there are more than 10,000 projects"


def test_more_votes_bytes_and_keys_than_there_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(reading, "MOST_BALLOTS", 2)
        assert refused(PRESENT) == "line 24, VOTES: there are more than 2 votes"
    with monkeypatch.context() as patched:
        patched.setattr(rows, "MOST_BYTES", 300)
        assert refused(PRESENT) == "line 19, file: it has more than 300 bytes"
    keys = "".join(f"key{n};1\n" for n in range(1001))
    assert refused(PRESENT.replace("unit;", keys + "unit;")).endswith("META: there are more than 1,000 keys")


@pytest.mark.long
def test_a_million_votes_are_read_and_one_more_is_refused() -> None:
    class Votes(io.RawIOBase):
        def __init__(self, number: int) -> None:
            self._lines: Iterator[bytes] = iter(
                [*(line + b"\n" for line in PRESENT.partition("1;a,b")[0].encode().split(b"\n")[:-1])]
            )
            self._votes = (b"%d;%s\n" % (n, b"ab"[n % 2 : n % 2 + 1]) for n in range(number))

        def readline(self, size: int | None = -1, /) -> bytes:
            return next(self._lines, b"") or next(self._votes, b"")

    assert read_election(Votes(1_000_000)).election.ballots == 1_000_000  # type: ignore[arg-type]
    with pytest.raises(BadPabulibFile, match="line 1000022, VOTES: there are more than 1,000,000 votes"):
        read_election(Votes(1_000_001))  # type: ignore[arg-type]


def test_what_a_message_quotes_is_short_and_moves_no_cursor() -> None:
    assert shown("a\x1b[2J\nb") == "“a�[2J�b”"
    assert len(shown("x" * 1000)) == 62


# --- whatever bytes come -------------------------------------------------------------------------


def outcome(data: bytes) -> str:
    try:
        read(data)
    except BadPabulibFile as refusal:
        wrong = refusal
    else:
        return "read"
    assert wrong.line >= 1
    assert wrong.place
    return wrong.place.partition(",")[0]


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_line(data: bytes) -> None:
    assert outcome(data) != "read"


CELLS = st.one_of(
    st.sampled_from(
        ["META", "PROJECTS", "VOTES", "key;value", "a;1", ";;;", "1;a,b", "1;a;1", '"', "\r", "\n\n"]
    ),
    st.text(max_size=12),
    st.sampled_from(PRESENT.split("\n") + POINTS.split("\n")),
)


@given(st.lists(CELLS, max_size=30))
def test_any_lines_are_an_election_or_refused(lines: list[str]) -> None:
    outcome("\n".join(lines).encode(errors="surrogatepass"))


@given(st.sampled_from([PRESENT, POINTS]), st.data())
@settings(max_examples=400)
def test_a_file_changed_anywhere_is_an_election_or_refused(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    for _each in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole)))
        to = data.draw(st.integers(at, min(len(whole), at + 20)))
        put = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b";", b",", b'"', b"\n", b"-", b"0"]))
        )
        whole = whole[:at] + put + whole[to:]
    event(outcome(whole))
