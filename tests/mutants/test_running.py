"""A fault is put into a copy, found, and taken out again; the run says what passed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants import running
from tests.mutants.__main__ import chosen_trial, report
from tests.mutants.chosen import CHOSEN, Fault
from tests.mutants.running import ROOT, Copy, Outcome, Trial, fail_without_a_fault, files_of, try_all
from tests.mutants.survivors import SURVIVORS

PASSED = "module.py act: a < b -> a <= b"


def outcomes(found: int, passed: int) -> list[Outcome]:
    names = [(f"found {number}", True) for number in range(found)] + [(PASSED, False)] * passed
    return [Outcome(Trial(name, "module.py", b"", ()), well, "", 1.0) for name, well in names]


def test_a_run_fails_where_something_passed_that_has_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert report(outcomes(20, 0), "") == 0
    assert report(outcomes(20, 1), "") == 1
    monkeypatch.setitem(SURVIVORS, PASSED, "both are the same")
    assert report(outcomes(20, 1), "") == 0
    assert report(outcomes(9, 1), "") == 0, "nine in ten"
    assert report(outcomes(8, 1), "") == 1, "too few"
    assert report(outcomes(20, 0), "a test fails as it is") == 1


@pytest.mark.parametrize("find", ["there is no such code", "return"])
def test_a_chosen_fault_whose_place_is_not_there_once_is_refused(find: str) -> None:
    fault = Fault("nothing", "cdv_civic/packs/merge.py", find, "", ("tests/packs/test_merge.py",))
    with pytest.raises(ValueError, match="and not once"):
        chosen_trial(fault)


def test_tests_are_asked_for_in_their_order_and_once() -> None:
    files = files_of(["tests/packs/test_merge.py", "tests/packs"])
    assert files[0] == "tests/packs/test_merge.py"
    assert len(files) == len(set(files)) > 3
    with pytest.raises(FileNotFoundError):
        files_of(["tests/packs/test_nothing.py"])


#: What pytest gives: its status (None: it did not end) and its words.
RED = (1, "FAILED tests/test_module.py::test_it - assert 1 == 2\n")
GREEN = (0, "1 passed")
ENDLESS = (None, "")
UNABLE = (4, "ImportError while loading conftest\n")
KILLED = (-9, "")
NONE_RAN = (5, "1 deselected")


@pytest.mark.parametrize(
    ("with_it", "without", "found", "ending"),
    [
        (RED, GREEN, True, ""),
        (GREEN, GREEN, False, ""),
        (ENDLESS, GREEN, True, "the tests did not end in time"),
        (ENDLESS, ENDLESS, False, "the tests did not end in time"),
        (UNABLE, GREEN, True, "the application did not start"),
        (UNABLE, UNABLE, False, "the application did not start"),
        (UNABLE, RED, False, "the application did not start"),
        (KILLED, GREEN, False, "killed by signal 9"),
        (NONE_RAN, NONE_RAN, False, "no test ran"),
    ],
)
def test_a_fault_is_found_by_a_test_that_fails_or_where_the_tests_end_without_it_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    with_it: tuple[int | None, str],
    without: tuple[int | None, str],
    found: bool,
    ending: str,
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    (small / "module.py").write_text("as it is")
    monkeypatch.setattr(running, "ROOT", small)

    class Scripted(Copy):
        def run(self, tests: Sequence[str], timeout: float) -> tuple[int | None, str]:
            return with_it if (self.folder / "module.py").read_text() == "at fault" else without

    copy = Scripted(tmp_path / "copy")
    outcome = copy.try_out(Trial(PASSED, "module.py", b"at fault", ("tests/test_module.py",)), 10)
    assert (outcome.found, outcome.ending, outcome.broken) == (found, ending, "" if found else ending)
    assert (copy.folder / "module.py").read_text() == "as it is"


def test_tests_that_fail_as_the_code_is_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small"
    (small / "tests").mkdir(parents=True)
    (small / "tests" / "test_module.py").write_text("def test_it():\n    assert False\n")
    (small / "tests" / "test_rules.py").write_text("def test_rule():\n    assert True\n")
    monkeypatch.setattr(running, "ROOT", small)
    copy = Copy(tmp_path / "copy")

    def found_by(test: str) -> Outcome:
        return Outcome(Trial(PASSED, "module.py", b"", ()), True, test, 1.0)

    right = found_by("tests/test_rules.py::test_rule")
    assert fail_without_a_fault([right], copy, 60) == ""
    assert "tests/test_module.py::test_it" in fail_without_a_fault(
        [right, found_by("tests/test_module.py::test_it[1]")], copy, 60
    )


@pytest.mark.long
def test_a_fault_is_found_in_a_copy_and_nowhere_else(tmp_path: Path) -> None:
    (fault,) = [each for each in CHOSEN if each.what == "a field emptied by a human is overwritten"]
    trial = chosen_trial(fault)
    harmless = Trial("a comment", fault.path, (ROOT / fault.path).read_bytes() + b"# more\n", trial.tests)
    before = (ROOT / fault.path).read_bytes()
    told: list[Outcome] = []
    found, passed = try_all([trial, harmless], tmp_path, workers=1, timeout=300, tell=told.append)
    assert told == [found, passed]
    assert (found.found, passed.found, passed.broken) == (True, False, "")
    assert found.by.startswith("tests/packs/test_merge.py::")
    assert (ROOT / fault.path).read_bytes() == before == (tmp_path / "copy-0" / fault.path).read_bytes()
