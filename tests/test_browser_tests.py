"""What browser tests do without, as it proves nothing: on a machine that is busy they fail, or pass for no reason."""

from typing import Final

from cdv_civic.core.settings import ROOT

UNSOUND: Final = {
    ".wait_for_load_state(": "true of the page before too; tests/browser/acts.py waits for the next one",
    ".wait_for_function(": "forbidden by the policy of the site once it asks again; tests/browser/conftest.py has until()",
    "expect_navigation()": "tests/browser/acts.py has arriving()",
}


def test_nothing_unsound_is_waited_for() -> None:
    found = [
        f"{file.name}: {words} is {why}"
        for file in sorted((ROOT / "tests" / "browser").glob("*.py"))
        for words, why in UNSOUND.items()
        if file.name != "acts.py" and words in file.read_text(encoding="utf-8")
    ]
    assert found == []
