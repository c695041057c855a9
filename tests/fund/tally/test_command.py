"""The command that counts a file, alone and as one of the site's."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdv_civic.fund.tally.command import main
from tests.fund.tally.elections import EXPECTED, FILES
from tests.fund.tally.test_reading import POINTS, PRESENT, WRONG

ROOT = Path(__file__).resolve().parents[3]
TIED = PRESENT.replace("max_length;2\n", "").replace("b;500.50", "b;600")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "vote.pb"
    path.write_text(PRESENT, encoding="utf-8")
    return path


def counted(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    try:
        status = main([str(each) for each in arguments])
    except SystemExit as left:  # what argparse does
        status = int(left.code or 0)
    output = capsys.readouterr()
    assert (status, output.out) == (2, "")
    return output.err


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_published_elections_are_counted_as_the_reference_counts_them(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    utilities = {"cost": "cost", "count": "cardinality", "points": "points"}
    for utility, key in utilities.items():
        if f"mes_{key}" in EXPECTED[name]:
            for completion, start in (("none", "mes_"), ("add1", "mes_add1_")):
                found = counted(capsys, FILES / name, "--utility", utility, "--completion", completion)
                assert sorted(found["selected"]) == EXPECTED[name][start + key]
    found = counted(capsys, FILES / name, "--rule", "most-votes")
    assert sorted(found["selected"]) == EXPECTED[name]["most_votes"]


def test_json_holds_what_is_selected_what_it_costs_how_long_it_took_and_why(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = counted(capsys, file)
    assert list(found) == ["selected", "spent", "seconds", "explanation"]
    assert (found["selected"], found["spent"]) == (["a"], 600)
    assert 0 < found["seconds"] < 60
    told = found["explanation"]
    assert (told["rule"], told["utility"], told["completion"], told["ties"]) == (
        "equal-shares",
        "cost",
        "none",
        ["code"],
    )
    assert (told["envelope"], told["left"], told["ballots"], told["without_any"]) == (1000, 400, 3, 1)
    assert told["share"] == pytest.approx(1000 / 3)
    first, second = told["projects"]
    assert first["payment"] == {"price": 300, "in_full": 2, "spent_out": 0, "rest": 0}
    assert (second["code"], second["reason"], second["cost"], second["votes"]) == (
        "b",
        "not-paid-for",
        500.5,
        2,
    )
    assert second["left"] == pytest.approx(1000 * 2 / 3 - 300)
    assert told["warnings"] == []


def test_the_draw_of_ties_is_a_file_of_one_code_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, order = tmp_path / "vote.pb", tmp_path / "order.txt"
    file.write_text(TIED, encoding="utf-8")
    order.write_bytes("\ufeffb\r\n\r\n a \n".encode())
    assert counted(capsys, file)["selected"] == ["a"]
    for tie in ("order", "cost", "votes"):
        assert counted(capsys, file, "--tie", tie, "--order", order)["selected"] == ["b"]
    assert counted(capsys, file, "--tie", "cost")["selected"] == ["a"]


def test_an_order_that_the_file_publishes_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(
        TIED.replace("language;fr", 'language;fr\ncomment;"#1: Order of ties: [""b"", ""a""]"'),
        encoding="utf-8",
    )
    assert counted(capsys, file, "--tie", "order")["selected"] == ["b"]
    assert counted(capsys, file)["selected"] == ["a"]


def test_every_option_reaches_the_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(POINTS, encoding="utf-8")
    found = counted(
        capsys, file, "--completion", "add1+most-votes", "--utility", "points", "--compare", "--threshold", 3
    )
    told = found["explanation"]
    assert (told["completion"], told["utility"], told["threshold"]) == ("add1+most-votes", "points", 3)
    assert told["comparison"] == {"better_with_equal_shares": 0, "better_with_most_votes": 0, "alike": 3}
    assert [each["reason"] for each in told["projects"]] == ["below-threshold"] * 2


def test_without_json_a_person_can_read_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file)]) == 0
    assert capsys.readouterr().out.split("\n") == [
        "equal-shares: 1 of 2 projects, 600 of 1,000",
        "3 ballots; 1 voters got nothing they voted for",
        "share of each ballot: 333.33, at the end 333.33",
        "+ a: bought (2 paid 300 for each vote); cost 600, 2 votes",
        "- b: not-paid-for (left: 366.67); cost 500.50, 2 votes",
        "",
    ]


def test_supporters_who_had_less_are_told_to_people_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "vote.pb"
    votes = "".join(f"{number};a\n" for number in range(4)) + "4;a,b\n" + "5;b\n6;b\n7;b\n8;b\n"
    costs = "a;40;5;Un banc\nb;41;5;Une fête\n"
    file.write_text(
        "META\nkey;value\nbudget;90\nvote_type;approval\nPROJECTS\nproject_id;cost;votes;name\n"
        f"{costs}VOTES\nvoter_id;vote\n{votes}",
        encoding="utf-8",
    )
    assert main([str(file)]) == 0
    told = "+ b: bought (4 paid 9.75 for each vote, 1 had less and gave it all: 2 together); cost 41, 5 votes"
    assert told in capsys.readouterr().out.split("\n")


def test_warnings_go_to_the_other_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(PRESENT.replace("language;fr", "language;french"), encoding="utf-8")
    assert main([str(file), "--json"]) == 0
    output = capsys.readouterr()
    assert output.err.startswith("warning: the file has the older form of Pabulib")
    assert json.loads(output.out)["explanation"]["warnings"] == [
        output.err.removeprefix("warning: ").rstrip()
    ]


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _text, message in WRONG])
def test_a_wrong_file_is_a_message_with_line_and_place(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "vote.pb"
    file.write_bytes(text.encode())
    told = refused(capsys, file)
    assert told.startswith(f"{file}: {message}")
    assert told.count("\n") == 1


@given(st.binary(max_size=300), st.sampled_from(["", PRESENT, POINTS]), st.integers(0, 500))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_is_a_stack_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], put: bytes, text: str, at: int
) -> None:
    file = tmp_path / "vote.pb"
    file.write_bytes(text.encode()[:at] + put + text.encode()[at:])
    for rule in ("most-votes", "equal-shares"):
        assert main([str(file), "--rule", rule, "--completion", "add1+most-votes", "--compare"]) in (0, 2)
    capsys.readouterr()


def test_files_that_cannot_be_opened_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No such file" in refused(capsys, tmp_path / "none.pb")
    assert "directory" in refused(capsys, tmp_path)
    assert "no name of a file" in refused(capsys, "a\0b")


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (b"b\nc\n", "line 2: “c” is no project of the election"),
        (b"b\n\nb\n", "line 3: “b” stands twice (line 1 too)"),
        (b"b\n\xe9\n", "line 2: it is not UTF-8"),
        (b"\n" * 20_001, "there are more codes than there may be projects"),
        (b"x" * 5_000_000, "there are more codes than there may be projects"),
    ],
)
def test_a_wrong_order_is_a_message(
    order: bytes, message: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "order.txt"
    path.write_bytes(order)
    assert refused(capsys, file, "--tie", "order", "--order", path) == f"{path}: {message}\n"


def test_options_that_do_not_fit_are_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "approval ballots hold no points" in refused(capsys, file, "--utility", "points")
    assert "--tie order asks for --order FILE" in refused(capsys, file, "--tie", "order")
    assert "--order decides nothing with --tie code" in refused(capsys, file, "--order", tmp_path / "x")
    assert "No such file" in refused(capsys, file, "--tie", "order", "--order", tmp_path / "x")
    for threshold in ("-1", "x", "1.5", "²", "9999999999"):
        assert "is no number of votes" in refused(capsys, file, f"--threshold={threshold}")
    assert "invalid choice" in refused(capsys, file, "--rule", "random")
    assert "required: FILE.pb" in refused(capsys)


# --- where it runs -------------------------------------------------------------------------------


def test_it_runs_without_the_site(file: Path) -> None:
    blocked = "import sys; sys.modules.update(dict.fromkeys(['flask', 'sqlalchemy', 'click', 'werkzeug']));"
    program = (
        blocked
        + "import runpy; runpy.run_module('cdv_civic.fund.tally', run_name='__main__', alter_sys=True)"
    )
    for command in (["-m", "cdv_civic.fund.tally"], ["-c", program]):
        done = subprocess.run(
            [sys.executable, *command, str(file), "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout)["selected"] == ["a"]
        assert done.stderr == ""


def test_its_folder_alone_is_enough(file: Path, tmp_path: Path) -> None:
    folder = Path("cdv_civic/fund/tally")
    shutil.copytree(ROOT / folder, tmp_path / folder)
    command = [sys.executable, "-m", "cdv_civic.fund.tally", str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_file_leaves_with_status_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cdv_civic.fund.tally", str(tmp_path / "é\udce9.pb")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 2
    assert "No such file" in done.stderr
    assert "Traceback" not in done.stderr


ALONE: Final = "-m cdv_civic.fund.tally"
OF_THE_SITE: Final = "-m flask --app app fund tally"


@pytest.mark.parametrize(
    ("command", "streams", "statuses"),
    [
        (ALONE, ">&-", (0, 2)),
        (ALONE, "2>&-", (0, 2)),
        (ALONE, ">/dev/full", (1, 2)),
        (ALONE, "2>/dev/full", (0, 1)),
        (ALONE, ">/dev/full 2>&1", (1, 1)),
        (OF_THE_SITE, ">/dev/full", (1, 2)),
    ],
)
def test_output_that_nobody_takes_is_no_stack_trace(
    command: str, streams: str, statuses: tuple[int, int], file: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.pb"
    wrong.write_text("hello", encoding="utf-8")
    places = {name: str(tmp_path / name) for name in ("DATA_DIR", "KEYS_DIR", "LEDGER_DIR")}
    for path, status in zip((file, wrong), statuses, strict=True):
        done = subprocess.run(
            f"{sys.executable} {command} {path} {streams}",
            shell=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            env={**places, "CDV_ENV": "development", "PATH": os.environ["PATH"]},
        )
        assert done.returncode == status
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


def test_letters_that_a_terminal_lacks_are_written_otherwise(file: Path, tmp_path: Path) -> None:
    file.write_text(
        PRESENT.replace("\na;", "\nă;").replace("1;a,b", "1;ă,b").replace("3;a", "3;ă"), encoding="utf-8"
    )
    places = {name: str(tmp_path / name) for name in ("DATA_DIR", "KEYS_DIR", "LEDGER_DIR")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "fund", "tally", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**places, "CDV_ENV": "development", "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, "\\u0103: " in done.stdout) == (0, True)


def test_it_is_a_command_of_the_site_with_the_same_options(app: Flask, file: Path) -> None:
    run = app.test_cli_runner()
    answer = run.invoke(args=["fund", "tally", str(file), "--rule", "most-votes", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["selected"] == ["a"]
    assert run.invoke(args=["fund", "tally", str(file), "--utility", "points"]).exit_code == 2
    assert run.invoke(args=["fund", "tally", str(file.parent / "none.pb")]).exit_code == 2
    assert run.invoke(args=["fund", "tally", "--rule", "most-votes", str(file)]).exit_code == 0
    assert "--completion" in run.invoke(args=["fund", "tally", "--help"]).stdout
