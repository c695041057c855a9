"""Try the chosen faults and a sample of generated ones.

    python -m tests.mutants [--sample 40] [--seed 1] [--workers 2] [--only TEXT] [--own] [--no-chosen] [--check]

`--sample 0` tries the chosen alone and `--no-chosen` the sample alone, `--only` those whose name or path holds a text.
`--own` leaves out the tests of other modules of the feature: quick, and what passes may still be found by them.
`--check` tries none and says whether the lists fit the code. The same seed gives the same sample, but for what changed
in the code.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.mutants.chosen import CHOSEN, Fault
from tests.mutants.generating import Mutant, mutants_of
from tests.mutants.mapping import modules, which_tests
from tests.mutants.running import ROOT, Copy, Outcome, Trial, fail_without_a_fault, files_of, try_all
from tests.mutants.survivors import SURVIVORS

GOAL: Final = 0.9


def chosen_trial(fault: Fault) -> Trial:
    """A chosen fault in its module; raises `ValueError` where its place is not there exactly once."""
    source = (ROOT / fault.path).read_text()
    there = source.count(fault.find)
    if there != 1:
        raise ValueError(f"{fault.path}: {there} times, and not once: {fault.find!r}")
    changed = source.replace(fault.find, fault.replace)
    return Trial(f"{fault.path}: {fault.what}", fault.path, changed.encode(), files_of(fault.tests))


def sample(mutants: Sequence[Mutant], how_many: int, seed: str) -> list[Mutant]:
    """Some of all: each has a rank of its own, so that a change of the code changes little of the sample."""
    ranked = sorted(mutants, key=lambda one: hashlib.sha256(f"{seed} {one.name}".encode()).digest())
    return ranked[:how_many]


def tell(outcome: Outcome) -> None:
    """A line for one outcome, as it comes."""
    ending = f"by {outcome.by}" if outcome.by else outcome.ending
    word = "found    " if outcome.found else "NOT FOUND"
    print(f"{word} {outcome.seconds:5.1f} s  {outcome.trial.name}  {ending}", flush=True)


def check(every: Sequence[Mutant]) -> tuple[list[Trial], list[str]]:
    """The trials of the chosen faults, and what of the lists does not fit the code."""
    trials, wrong = [], []
    for fault in CHOSEN:
        try:
            trials.append(chosen_trial(fault))
        except (ValueError, FileNotFoundError) as error:
            wrong.append(f"chosen: {error}")
    names = {mutant.name for mutant in every}
    wrong += [f"survivors: there is no such mutant: {name}" for name in SURVIVORS if name not in names]
    wrong += [f"survivors: no reason: {name}" for name, reason in SURVIVORS.items() if not reason.strip()]
    return trials, wrong


def report(outcomes: Sequence[Outcome], doubts: str) -> int:
    """The numbers, what passed without a reason, and the status of the run."""
    found = sum(outcome.found for outcome in outcomes)
    passed = [outcome.trial.name for outcome in outcomes if not outcome.found]
    unlisted = [name for name in passed if name not in SURVIVORS]
    print(f"\n{found} of {len(outcomes)} found ({found / max(len(outcomes), 1):.0%}).")
    for name in passed:
        print(
            f"  passed: {name}\n    {SURVIVORS.get(name, 'no reason is listed: write the test, or the reason')}"
        )
    for outcome in outcomes:
        if outcome.found and outcome.trial.name in SURVIVORS:
            print(f"  found now, take it off the list: {outcome.trial.name}")
        if outcome.broken:
            print(f"  nobody can say of {outcome.trial.name}: {outcome.broken}")
    if doubts:
        print(f"Tests that found something fail without a fault too:\n{doubts}")
    return int(bool(unlisted or doubts) or found < GOAL * len(outcomes))


def main() -> int:
    """Run, report, and give the status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=40, help="how many generated mutants (40)")
    parser.add_argument("--seed", default="1", help="which ones (1)")
    parser.add_argument("--workers", type=int, default=2, help="trials at once (2)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one trial (300)")
    parser.add_argument("--only", default="", help="those whose name holds this text")
    parser.add_argument("--no-chosen", action="store_true", help="only the generated ones")
    parser.add_argument("--own", action="store_true", help="only the tests that bear the name of the module")
    parser.add_argument("--check", action="store_true", help="only say whether the lists fit the code")
    asked = parser.parse_args()
    every = [mutant for path in modules() for mutant in mutants_of(ROOT, path)]
    chosen, wrong = check(every)
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    if asked.check or wrong:
        print(f"{len(CHOSEN)} chosen faults, {len(every)} mutants of {len(modules())} modules.")
        return int(bool(wrong))
    drawn = sample([one for one in every if asked.only in one.name], asked.sample, asked.seed)
    trials = [trial for trial in chosen if asked.only in trial.name and not asked.no_chosen]
    trials += [
        Trial(one.name, one.path, one.source, files_of(which_tests(one.path, one.name, own=asked.own)))
        for one in drawn
    ]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        # Copied before: who works on the code meanwhile changes nothing of the run.
        as_it_is = Copy(Path(folder) / "as-it-is")
        outcomes = try_all(trials, Path(folder), workers=asked.workers, timeout=asked.timeout, tell=tell)
        doubts = fail_without_a_fault(outcomes, as_it_is, asked.timeout)
    return report(outcomes, doubts)


if __name__ == "__main__":
    sys.exit(main())
