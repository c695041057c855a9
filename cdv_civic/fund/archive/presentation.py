"""A vote of the past as its pages show it: projects with their bars and sentences, both results beside each other."""

import json
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.core.i18n.formats import money_text, number_text
from cdv_civic.core.localized import Words
from cdv_civic.fund.archive.elections import CountedElection, CountedVote
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import Count, ProjectFate, TallyRule
from cdv_civic.fund.tally.report import explanation
from cdv_civic.fund.wording import CountFact, CountWording, votes_said

#: The last part of the address of each count.
RULE_PATHS: Final = {"plus-de-voix": TallyRule.MOST_VOTES, "parts-egales": TallyRule.EQUAL_SHARES}
PATH_OF: Final = {rule: path for path, rule in RULE_PATHS.items()}


@dataclass(frozen=True)
class ShownProject:
    """One project in a result."""

    code: str
    name: Words
    cost: str
    votes: str
    percent: int  #: of the most that any project got: how long its bar is
    why: str  #: "" beside another result, where it is not told


@dataclass(frozen=True)
class ShownCount:
    """One result."""

    path: str
    name: str
    in_short: str
    facts: list[CountFact]
    steps: list[str]
    selected: list[ShownProject]
    others: list[ShownProject]
    reading: str  #: how the list of selected projects reads; "" where it needs no word
    by_hand: str  #: how to check it without a computer; "" where nobody could
    command: str  #: counts the same at a terminal
    codes: str  #: the selected projects, as that command names them


@dataclass(frozen=True)
class Differences:
    """Both results beside each other, projects with the most support first."""

    both: list[ShownProject]
    only_votes: list[ShownProject]
    only_shares: list[ShownProject]
    neither: list[ShownProject]


def _support(fate: ProjectFate) -> int:
    return fate.votes if fate.points is None else fate.points


class ElectionPresentation:
    """Shows one vote of the past in the language of the request."""

    def __init__(self, election: CountedVote, language: str) -> None:
        self.election = election
        self._language = language
        self._counted: CountedElection = election.counted
        fates = self._counted.counts[TallyRule.MOST_VOTES].fates
        self._most = max((_support(fate) for fate in fates), default=0)

    def _project(self, fate: ProjectFate, why: str = "") -> ShownProject:
        project = self._counted.projects[fate.code]
        language = self.election.language
        return ShownProject(
            fate.code,
            Words(project.name or fate.code, language, language == self._language),
            money_text(project.cost, self._counted.currency),
            votes_said(fate),
            round(100 * _support(fate) / self._most) if self._most else 0,
            why,
        )

    def count(self, rule: TallyRule) -> ShownCount:
        """The result by one rule, with why each project is selected or not."""
        counted = self._counted.counts[rule]
        wording = CountWording(counted, self._counted.currency)
        told = [(fate.selected, self._project(fate, wording.fate(fate))) for fate in counted.fates]
        return ShownCount(
            PATH_OF[rule],
            wording.name(),
            wording.in_short(),
            wording.facts(),
            wording.steps(),
            [project for selected, project in told if selected],
            [project for selected, project in told if not selected],
            wording.reading(),
            wording.by_hand(),
            command_of(self.election, counted),
            ", ".join(counted.selected),
        )

    def differences(self) -> Differences:
        """Which projects each rule selects."""
        votes = self._counted.counts[TallyRule.MOST_VOTES]
        by_votes, by_shares = set(votes.selected), set(self._counted.counts[TallyRule.EQUAL_SHARES].selected)
        found: dict[tuple[bool, bool], list[ShownProject]] = {}
        for fate in sorted(votes.fates, key=lambda each: (-_support(each), each.code)):
            here = (fate.code in by_votes, fate.code in by_shares)
            found.setdefault(here, []).append(self._project(fate))
        return Differences(
            found.get((True, True), []),
            found.get((True, False), []),
            found.get((False, True), []),
            found.get((False, False), []),
        )

    @property
    def ballots(self) -> str:
        """« 1 494 bulletins »."""
        return CountWording(self._counted.counts[TallyRule.MOST_VOTES]).ballots()

    @property
    def projects(self) -> str:
        """How many projects there were."""
        return number_text(len(self._counted.projects))

    @property
    def envelope(self) -> str:
        """The money that there was."""
        envelope = self._counted.counts[TallyRule.MOST_VOTES].envelope
        return money_text(envelope, self._counted.currency)


def command_of(election: CountedVote, counted: Count) -> str:
    """What counts the file of an election in the same way, at a terminal."""
    rules = counted.rules
    parts = ["python -m cdv_civic.fund.tally", election.file_name, f"--rule {rules.rule}"]
    if rules.rule is TallyRule.EQUAL_SHARES:
        parts.append(f"--utility {rules.utility}")
        if rules.completion is not Completion.NONE:
            parts.append(f"--completion {rules.completion}")
    return " ".join(parts)


def counts_json(election: CountedVote) -> str:
    """Both counts, each as the command prints its explanation."""
    counts: dict[str, Any] = {
        rule: {"selected": list(counted.selected), "explanation": explanation(counted)}
        for rule, counted in election.counted.counts.items()
    }
    return json.dumps(counts, ensure_ascii=False, indent=2) + "\n"
