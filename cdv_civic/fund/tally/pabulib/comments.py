"""What Pabulib has no field for stands in META's comment: the rule in full, the order of ties, and what was withdrawn.

Programs that do not know of it leave it to people; ours read it again, so that a file that we wrote counts to the same
result. Comments are numbered (`#1: … #2: …`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule, TallyRules
from cdv_civic.fund.tally.election import Project
from cdv_civic.fund.tally.ties import TieCriterion

#: The cost of a project that was withdrawn, as Pabulib agreed: no envelope pays for it.
WITHDRAWN_COST: Final = 999_999_999
#: A comment is one cell.
MOST_COMMENT: Final = 100_000
_ORDER: Final = "Order of ties: "
_WITHDRAWN: Final = "Withdrawn during the vote, and not counted: "
_PART: Final = re.compile(r"#\d+: ")


@dataclass(frozen=True)
class Withdrawal:
    """What the row of a withdrawn project cannot say."""

    cost: Fraction
    reason: str


def _json(value: object) -> str:
    """Without the character that begins a part of a comment."""
    return json.dumps(value, ensure_ascii=False).replace("#", "\\u0023")


def comment_of(rules: TallyRules, projects: Sequence[Project], costs: Mapping[str, str]) -> str:
    """The comment of a file.

    Raises:
        ValueError: it would be too long for a cell.
    """
    parts = [_rule_in_words(rules), "Ties: " + ", ".join(dict.fromkeys([*rules.ties, TieCriterion.CODE]))]
    if rules.order:
        parts.append(_ORDER + _json(list(rules.order)))
    withdrawn = {
        each.code: {"cost": costs[each.code], "reason": each.withdrawn} for each in projects if each.withdrawn
    }
    if withdrawn:
        parts.append(_WITHDRAWN + _json(withdrawn))
    comment = " ".join(f"#{number}: {part}" for number, part in enumerate(parts, 1))
    if len(comment) > MOST_COMMENT:
        raise ValueError("the order of ties and the reasons of withdrawals are too long for a file")
    return comment


def _rule_in_words(rules: TallyRules) -> str:
    threshold = f"; threshold: {rules.threshold} votes"
    if rules.rule is TallyRule.MOST_VOTES:
        return f"Rule: {rules.rule}{threshold}"
    completion = "" if rules.completion is Completion.NONE else f"; completion: {rules.completion}"
    compared = "; compared with most-votes" if rules.compare else ""
    return f"Rule: {rules.rule}; utility: {rules.utility}{completion}{compared}{threshold}"


def _part(comment: str, beginning: str) -> object:
    for part in _PART.split(comment):
        if part.startswith(beginning):
            try:
                found = json.loads(part[len(beginning) :])
                # Half of a character, which JSON can name and no file can hold.
                json.dumps(found, ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                return None
            return found
    return None


def order_in(comment: str) -> tuple[str, ...]:
    """The order of ties that a comment publishes; empty where it has none."""
    found = _part(comment, _ORDER)
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return tuple(found) if len(set(found)) == len(found) else ()
    return ()


def withdrawals_in(comment: str) -> dict[str, Withdrawal]:
    """What was withdrawn, by code."""
    found = _part(comment, _WITHDRAWN)
    withdrawals = {}
    for code, said in (found if isinstance(found, dict) else {}).items():
        if isinstance(said, dict):
            cost, reason = said.get("cost"), said.get("reason")
            if not isinstance(cost, str) or not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", cost):
                continue
            if isinstance(reason, str) and reason:
                withdrawals[code] = Withdrawal(Fraction(cost), reason)
    return withdrawals
