"""Continuous integration runs every target of the Makefile: what nobody runs stops working unseen."""

import re

from cdv_civic.core.settings import ROOT


def test_every_target_is_run() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {"test", "run", "lock", "bench-compare"} <= set(targets)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    words = {word for line in re.findall(r"\bmake ([^\n&|#]*)", script) for word in line.split()}
    by_bench = {f"bench-{part}" for part in _parts_of_bench()}
    assert set(targets) - words - by_bench - {"setup"} == set(), "setup is what the others begin with"


def _parts_of_bench() -> list[str]:
    found = re.search(r"for part in ([a-z ]+);", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert found
    return found.group(1).split()
