"""What looking through a text costs: ten times the text, and a list of 5,000 words against one of 50.

    python -m benchmarks.hints [--rounds 30]

Processor time of this process, by turns, so that what else runs on the machine touches all alike; medians. The text is
an idea as people write it, with a number, a name and words that begin like those of the list, said again until it is
long enough; each is held against 40 others, as it comes in. Goals: a text of 20,000 characters costs at most 15 times
one of 2,000, and the list of 5,000 words at most 1.5 times that of 50. Making the list ready is told by itself: it is
done once for each text that comes in, and costs what the list is long. Prints a table and writes
benchmarks/results/hints.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from benchmarks.form import form, status, write_result
from cdv_civic.moderation.rules.detectors.listed_words import ListedWord, WordIndex
from cdv_civic.moderation.rules.hints import Surroundings, find_hints

MOST_TIMES_LONGER: Final = 15.0
MOST_TIMES_LISTED: Final = 1.5
SHORT, LONG = 2_000, 20_000
FEW, MANY = 50, 5_000
IDEA: Final = (
    "Mettre des bancs sur la place du marché, pour que les anciens se reposent. Demandez à Mme Exemple,"
    " au 01 99 00 12 34. Un grand mot inventé, un grand zigomar. "
)


def _listed(number: int) -> list[ListedWord]:
    return [ListedWord(each, "fr", f"grand inventé{each}") for each in range(number)]


def _text(length: int) -> str:
    return (IDEA * (length // len(IDEA) + 1))[:length]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=form(30, 3))
    rounds = arguments.parse_args().rounds
    others = {number: f"{_text(600)} {number}" for number in range(40)}
    beside = {
        size: Surroundings(sensitive=True, listed=WordIndex(_listed(size)), others=others)
        for size in (FEW, MANY)
    }
    alone = Surroundings(sensitive=True)
    works: dict[str, Callable[[], object]] = {
        "2,000 characters": lambda: find_hints(_text(SHORT), alone),
        "20,000 characters": lambda: find_hints(_text(LONG), alone),
        "20,000 beside 40 others, 50 words listed": lambda: find_hints(_text(LONG), beside[FEW]),
        "20,000 beside 40 others, 5,000 words listed": lambda: find_hints(_text(LONG), beside[MANY]),
        "making 5,000 words ready": lambda: WordIndex(_listed(MANY)),
    }
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(_seconds(work))
    cost = {name: median(each) * 1000 for name, each in took.items()}
    short, long, few, many, _ready = cost.values()
    for name, milliseconds in cost.items():
        print(f"{name:<45} {milliseconds:8.1f} ms")
    print(f"{'ten times the text':<45} {long / short:8.1f} times (goal: {MOST_TIMES_LONGER:g})")
    print(f"{'a hundred times the list':<45} {many / few:8.2f} times (goal: {MOST_TIMES_LISTED:g})")
    write_result("hints", json.dumps({"milliseconds": cost, "rounds": rounds}, indent=2))
    return status(missed=long / short > MOST_TIMES_LONGER or many / few > MOST_TIMES_LISTED)


if __name__ == "__main__":
    sys.exit(main())
