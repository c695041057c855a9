"""A fault is put into a copy, found, and taken out again; the run says what passed."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import chosen_trial, report
from tests.mutants.chosen import CHOSEN, Fault
from tests.mutants.running import ROOT, Outcome, Trial, files_of, try_all
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
