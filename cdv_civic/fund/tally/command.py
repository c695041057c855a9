"""The command that counts a file: `python -m cdv_civic.fund.tally FILE.pb`, and `flask fund tally FILE.pb` the same."""

import argparse
import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn, TextIO

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import Count, TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import MOST_PROJECTS
from cdv_civic.fund.tally.pabulib.cells import shown
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile
from cdv_civic.fund.tally.report import explanation, lines, number
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import TieCriterion, chain_from

#: Of the file that --order names.
MOST_ORDER_BYTES: Final = 2**22
BAD_INPUT: Final = 2


class _BadInput(Exception):
    """What is wrong with what was given, for people."""


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description="Count an election from a file of Pabulib, exactly.", allow_abbrev=False
    )
    parser.add_argument("file", type=Path, metavar="FILE.pb")
    parser.add_argument("--rule", choices=list(TallyRule), default=TallyRule.EQUAL_SHARES, type=str)
    parser.add_argument(
        "--utility",
        choices=list(Utility),
        default=Utility.COST,
        type=str,
        help="with equal shares: what a project that wins is worth to who voted for it (%(default)s)",
    )
    parser.add_argument(
        "--completion",
        choices=list(Completion),
        default=Completion.NONE,
        type=str,
        help="with equal shares: what is done with what is left (%(default)s)",
    )
    parser.add_argument(
        "--tie",
        choices=list(TieCriterion),
        default=TieCriterion.CODE,
        type=str,
        help="what decides first between equal projects; then come cost, votes, order, code (%(default)s alone)",
    )
    parser.add_argument(
        "--order",
        type=Path,
        metavar="FILE",
        help="an order drawn before the count, one code a line; without it, that of the .pb file where it has one",
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="with equal shares: most votes first wins where more voters are better off with it",
    )
    parser.add_argument(
        "--threshold", type=_votes, default=0, metavar="N", help="fewest votes of a project that is counted"
    )
    parser.add_argument("--json", action="store_true", help="print selected, spent, seconds and explanation")
    return parser


def _votes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{shown(text)} is no number of votes")
    return int(text)


def _read(path: Path) -> PublishedElection:
    try:
        with path.open("rb") as file:
            return read_election(file)
    except BadPabulibFile as wrong:
        raise _BadInput(f"{path}: {wrong}") from None
    except (OSError, ValueError) as unreadable:
        raise _BadInput(_unreadable(path, unreadable)) from None


def _unreadable(path: Path, error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{path}: it cannot be read ({reason or 'its name is no name of a file'})"


def _order(path: Path, published: PublishedElection) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_ORDER_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = wrong.object.count(b"\n", 0, wrong.start) + 1
        raise _BadInput(f"{path}: line {line}: it is not UTF-8") from None
    except (OSError, ValueError) as unreadable:
        raise _BadInput(_unreadable(path, unreadable)) from None
    rows = text.split("\n")
    if len(data) > MOST_ORDER_BYTES or len(rows) > 2 * MOST_PROJECTS:
        raise _BadInput(f"{path}: there are more codes than there may be projects")
    codes = {project.code for project in published.election.projects}
    found: dict[str, int] = {}
    for line, row in enumerate(rows, 1):
        code = row.strip()
        if code and code in found:
            raise _BadInput(f"{path}: line {line}: {shown(code)} stands twice (line {found[code]} too)")
        if code and code not in codes:
            raise _BadInput(f"{path}: line {line}: {shown(code)} is no project of the election")
        if code:
            found[code] = line
    return tuple(found)


def _rules(options: argparse.Namespace, published: PublishedElection) -> TallyRules:
    first = TieCriterion(options.tie)
    if options.order is not None and first is TieCriterion.CODE:
        raise _BadInput("--order decides nothing with --tie code: say --tie order, cost or votes")
    order = published.order if options.order is None else _order(options.order, published)
    if first is TieCriterion.ORDER and not order:
        raise _BadInput("--tie order asks for --order FILE: the .pb file has no order of ties")
    rules = TallyRules(
        TallyRule(options.rule),
        Utility(options.utility),
        Completion(options.completion),
        chain_from(first),
        () if first is TieCriterion.CODE else order,
        options.compare,
        options.threshold,
    )
    by_points = rules.rule is TallyRule.EQUAL_SHARES and rules.utility is Utility.POINTS
    if by_points and not published.election.kind.has_points:
        kind = published.election.kind
        raise _BadInput(
            f"{options.file}: META, vote_type: {kind} ballots hold no points for --utility points"
        )
    return rules


def _as_json(counted: Count, seconds: float, warnings: Sequence[str]) -> str:
    return json.dumps(
        {
            "selected": list(counted.selected),
            "spent": number(counted.spent),
            "seconds": round(seconds, 6),
            "explanation": explanation(counted) | {"warnings": list(warnings)},
        },
        ensure_ascii=False,
        indent=2,
    )


def main(arguments: Sequence[str] | None = None, program: str = "python -m cdv_civic.fund.tally") -> int:
    """Count, print, and return the exit status: 2 where the file or an option is wrong."""
    options = _parser(program).parse_args(arguments)
    begun = time.perf_counter()
    try:
        published = _read(options.file)
        counted = count(published.election, _rules(options, published))
    except _BadInput as wrong:
        sys.stderr.write(f"{wrong}\n")
        return BAD_INPUT
    seconds = time.perf_counter() - begun
    sys.stderr.writelines(f"warning: {warning}\n" for warning in published.warnings)
    if options.json:
        sys.stdout.write(_as_json(counted, seconds, published.warnings) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(counted))
    return 0


def guarded(command: Callable[[], int]) -> int:
    """Run a command, and return its exit status: 1 where nobody takes what it prints, a full disk or one who left."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # It was closed before the start (`>&-`), and is then no stream at all.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (until the end)
        elif isinstance(stream, io.TextIOWrapper):
            # Names hold letters that a terminal may lack.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = command()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as unwritten:
        _let_go(sys.stdout)
        with contextlib.suppress(OSError):
            if not isinstance(unwritten, BrokenPipeError):
                sys.stderr.write(f"what was counted cannot be written ({unwritten.strerror})\n")
        _let_go(sys.stderr)
        return 1
    return status


def _let_go(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        # The interpreter must not find that out again as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run() -> NoReturn:
    """The command of a terminal."""
    sys.exit(guarded(main))
