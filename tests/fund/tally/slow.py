"""Equal shares as one would write them down first: voter by voter, share by share, in fractions alone."""

from dataclasses import dataclass
from fractions import Fraction

from cdv_civic.fund.tally.supporters import Utility


@dataclass(frozen=True)
class Ballots:
    """An election for the slow count: costs and points by code, the rank of each code among its equals."""

    envelope: Fraction
    costs: dict[str, Fraction]
    votes: list[dict[str, int]]
    ranks: dict[str, int]

    def share(self) -> Fraction:
        return self.envelope / len(self.votes) if self.votes else Fraction(0)


def worth(ballots: Ballots, utility: Utility, vote: dict[str, int], code: str) -> Fraction:
    points = vote.get(code, 0)
    if not points:
        return Fraction(0)
    if utility is Utility.COST:
        return ballots.costs[code]
    return Fraction(points if utility is Utility.POINTS else 1)


def price(cost: Fraction, left: list[Fraction], worths: list[Fraction]) -> Fraction | None:
    """The rho at which these voters reach the cost together; None where they cannot."""
    if sum(left) < cost:
        return None
    by_ratio = sorted(zip(left, worths, strict=True), key=lambda each: each[0] / each[1])
    given, open_worth = Fraction(0), sum(worths, Fraction(0))
    for each_left, each_worth in by_ratio:
        rho = (cost - given) / open_worth
        if rho * each_worth <= each_left:
            return rho
        given += each_left
        open_worth -= each_worth
    raise AssertionError("those who can pay together find a price")


def equal_shares(ballots: Ballots, utility: Utility, share: Fraction) -> list[str]:
    """Codes in the order in which they are bought with this share."""
    left = [share] * len(ballots.votes)
    supporters = {
        code: [n for n, vote in enumerate(ballots.votes) if worth(ballots, utility, vote, code)]
        for code in ballots.costs
    }
    waiting = {code for code, found in supporters.items() if found}
    selected = sorted((code for code in waiting if not ballots.costs[code]), key=ballots.ranks.__getitem__)
    waiting -= set(selected)
    while True:
        offers = []
        for code in waiting:
            voters = supporters[code]
            worths = [worth(ballots, utility, ballots.votes[n], code) for n in voters]
            rho = price(ballots.costs[code], [left[n] for n in voters], worths)
            if rho is not None:
                offers.append((rho, ballots.ranks[code], code))
        if not offers:
            return selected
        rho, _rank, code = min(offers)
        for n in supporters[code]:
            left[n] -= min(left[n], rho * worth(ballots, utility, ballots.votes[n], code))
        selected.append(code)
        waiting.remove(code)


def cost_of(ballots: Ballots, codes: list[str]) -> Fraction:
    return sum((ballots.costs[code] for code in codes), Fraction(0))


def exhaustive(ballots: Ballots, selected: list[str]) -> bool:
    left = ballots.envelope - cost_of(ballots, selected)
    supported = {code for vote in ballots.votes for code, points in vote.items() if points}
    return not any(0 < ballots.costs[code] <= left for code in supported - set(selected))


def add1(ballots: Ballots, utility: Utility, *, second_stop: bool = True) -> tuple[list[str], int]:
    """What is selected, and by how many units the share was raised; one by one."""
    selected = equal_shares(ballots, utility, ballots.share())
    raised = 0
    every = [code for code in ballots.costs if any(vote.get(code) for vote in ballots.votes)]
    while not (second_stop and exhaustive(ballots, selected)):
        if set(selected) >= {code for code in every if ballots.costs[code]}:
            break
        following = equal_shares(ballots, utility, ballots.share() + raised + 1)
        if cost_of(ballots, following) > ballots.envelope:
            break
        selected, raised = following, raised + 1
    return selected, raised


def most_votes(ballots: Ballots, *, points: bool, left: Fraction, among: set[str]) -> list[str]:
    def score(code: str) -> int:
        return sum(vote.get(code, 0) if points else bool(vote.get(code, 0)) for vote in ballots.votes)

    selected = []
    for code in sorted(among, key=lambda code: (-score(code), ballots.ranks[code])):
        if ballots.costs[code] <= left:
            left -= ballots.costs[code]
            selected.append(code)
    return selected
