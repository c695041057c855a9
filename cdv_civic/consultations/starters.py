"""What an organiser begins with: consultations of ours, in all our languages, to change as they like.

`data/starters.json` holds them. Each text is an object by language tag; `asked_after` names an earlier question of the
same step and one of its options, both by their places from 0.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

Texts = Mapping[str, str]
#: The code of the one that asks what matters among parts of a contract.
OF_CONTRACT: Final = "priorities"
_FILE: Final = Path(__file__).with_name("data") / "starters.json"


@dataclass(frozen=True)
class StarterQuestion:
    """A question to begin with."""

    kind: str
    text: Texts
    hint: Texts
    easy: Texts
    required: bool
    least: int | None
    most: int | None
    lowest: int | None
    highest: int | None
    classes: tuple[int, ...]
    options: tuple[Texts, ...]
    #: Whether it offers parts of the contract.
    of_contract: bool
    asked_after: tuple[int, int] | None


@dataclass(frozen=True)
class StarterStep:
    """A step to begin with."""

    kind: str
    title: Texts
    intro: Texts
    questions: tuple[StarterQuestion, ...]


@dataclass(frozen=True)
class Starter:
    """A consultation to begin with."""

    code: str
    icon: str
    power: str
    #: Whether the organiser chooses parts of the contract.
    of_contract: bool
    #: By the name of the column without `_id`.
    texts: Mapping[str, Texts]
    steps: tuple[StarterStep, ...]


@cache
def starters() -> Mapping[str, Starter]:
    """All of them by code, in the order in which they are offered."""
    rows = json.loads(_FILE.read_text("utf-8"))
    return {row["code"]: _starter(row) for row in rows}


def _starter(row: Mapping[str, Any]) -> Starter:
    return Starter(
        row["code"],
        row["icon"],
        row["power"],
        bool(row.get("of_contract")),
        row["texts"],
        tuple(
            StarterStep(step["kind"], step["title"], step["intro"], tuple(map(_question, step["questions"])))
            for step in row["steps"]
        ),
    )


def _question(row: Mapping[str, Any]) -> StarterQuestion:
    after = row.get("asked_after")
    return StarterQuestion(
        row["kind"],
        row["text"],
        row.get("hint", {}),
        row.get("easy", {}),
        bool(row.get("required")),
        row.get("least"),
        row.get("most"),
        row.get("lowest"),
        row.get("highest"),
        tuple(row.get("classes", ())),
        tuple(row.get("options", ())),
        bool(row.get("of_contract")),
        None if after is None else (after[0], after[1]),
    )
