"""Reading: all funds, one of them, a round with its projects, one project from its idea to its photo."""

import json as json_text
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from flask import Response, abort, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import clock
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import also_shows, shows_only
from cdv_civic.fund.archive.kit import kit_with
from cdv_civic.fund.archive.presentation import RULE_PATHS, ElectionPresentation, counts_json
from cdv_civic.fund.archive.views import OPEN_CHANGES, OPEN_FIRST
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.imported.elections import RoundElection, ballots_of, election_of
from cdv_civic.fund.project_words import ENVELOPE_SCOPES
from cdv_civic.fund.public.blueprint import blueprint, fund_here, round_here
from cdv_civic.fund.public.queries.export import as_content, as_csv, exported_projects
from cdv_civic.fund.public.queries.funds import (
    FundFacts,
    RoundFacts,
    histories_by_year,
    public_funds,
    public_rounds,
)
from cdv_civic.fund.public.queries.money import EnvelopeFacts, envelopes_of, people_of
from cdv_civic.fund.public.queries.projects import (
    FILTERS,
    counts_of_round,
    photo_of,
    projects_page,
    public_project,
    review_photo_of,
)
from cdv_civic.fund.public.queries.search import FoundFunds, found_funds
from cdv_civic.fund.public.wording import FILTER_WORDS, whole_way_said
from cdv_civic.fund.rule_words import in_short, rule_sentences
from cdv_civic.fund.rules.published import StageDays, newest_measured
from cdv_civic.fund.timeline import calendar_steps
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tags
from cdv_civic.territory.queries.contracts import contracts

#: Rounds of this year and the one before are measured: an older one says little of how it goes today.
_MEASURED_YEARS: Final = 2


@dataclass(frozen=True)
class FundCard:
    """A fund in the list."""

    fund: FundFacts
    in_short: str
    open_rounds: list[RoundFacts]
    coming: list[RoundFacts]
    #: Of this year; None: no money was said.
    left_cents: int | None


def _cards(funds: list[FundFacts]) -> list[FundCard]:
    """Funds with what is open and what is left; 2 statements."""
    ids = [fund.id for fund in funds]
    rounds = public_rounds(ids, g.language.tag)
    year = clock.today().year
    money = [each for each in envelopes_of(ids) if each.year == year]
    return [
        FundCard(
            fund,
            in_short(fund.rules),
            [each for each in rounds if each.fund_id == fund.id and each.is_open],
            [
                each
                for each in rounds
                if each.fund_id == fund.id and each.stage == "before" and not each.closed
            ],
            sum(each.left_cents for each in money if each.fund_id == fund.id)
            if any(each.fund_id == fund.id for each in money)
            else None,
        )
        for fund in funds
    ]


@blueprint.get("")
@policy("public", reads=("q", "contrat", "commune", "quartier"))
def index() -> str:
    """The funds of the site, or of a place; with `?q=` those that speak of it, and projects that do. 5 statements."""
    shows_only(DIRECTORY, *contract_tags(one.slug for one in contracts(g.language.tag)))
    args = request.args
    places = {
        "contract": args.get("contrat", ""),
        "commune": args.get("commune", ""),
        "quartier": args.get("quartier", ""),
    }
    funds = public_funds(g.language.tag, **places)
    also_shows(*(fund_tag(fund.id) for fund in funds))
    typed = typed_search(args)
    found = found_funds(typed, g.language.tag, **places) if typed else FoundFunds()
    shown = [fund for fund in funds if not typed or fund.id in found.funds]
    cards = _cards(shown)
    return render_template(
        "fund/public/index.html",
        groups=[
            (where, list(rows)) for where, rows in groupby(cards, key=lambda card: card.fund.contract_title)
        ],
        projects=found.projects,
        typed=typed,
        narrowed=any(places.values()),
        kept=[(name, args[name]) for name in ("contrat", "commune", "quartier") if args.get(name)],
    )


def _by_year(envelopes: list[EnvelopeFacts]) -> list[tuple[int, list[EnvelopeFacts]]]:
    return [(year, list(rows)) for year, rows in groupby(envelopes, key=lambda each: each.year)]


def _bars(stages: list[StageDays]) -> int:
    """How many days the longest bar of a page stands for."""
    return max([*(stage.days for stage in stages), *(stage.most or 0 for stage in stages), 1])


@blueprint.get("/<slug>")
@policy("public")
def show(slug: str) -> str:
    """A fund: what it pays, its money, its rounds, how long it takes. 7 statements."""
    fund = fund_here(slug)
    today = clock.today()
    rounds = public_rounds([fund.id], g.language.tag)
    measured = newest_measured(histories_by_year(fund.id, today.year - _MEASURED_YEARS + 1))
    return render_template(
        "fund/public/show.html",
        fund=fund,
        rules=rule_sentences(fund.rules),
        people=people_of(fund.id),
        years=_by_year(envelopes_of([fund.id])),
        scopes=ENVELOPE_SCOPES,
        rounds=rounds,
        open_rounds=[each for each in rounds if each.is_open],
        measured=measured,
        whole_way=whole_way_said(*measured) if measured else "",
        longest=_bars(measured[1]) if measured else 1,
    )


@blueprint.get("/<slug>/<round_slug>")
@policy("public", reads=("etat", "apres", "avant"))
def round(slug: str, round_slug: str) -> str:  # noqa: A001  (the name of its address)
    """A round: its calendar, its rules, its projects; `?etat=` narrows them. 5 statements."""
    fund, found = round_here(slug, round_slug)
    args = request.args
    chosen = args.get("etat", "") if args.get("etat", "") in FILTERS else ""
    cursor = read_cursor(args.get("apres"), args.get("avant"), parts=1)
    election = election_of(found.id, found.slug, found.title)
    page = projects_page(found.id, chosen, cursor)
    counts = counts_of_round(found.id)

    def address(**where: Any) -> str:
        kept = {"etat": chosen or None, **where}
        return url_for("funds.round", slug=slug, round_slug=round_slug, **kept)

    return render_template(
        "fund/public/round.html",
        fund=fund,
        round=found,
        rules=rule_sentences(found.rules),
        steps=calendar_steps(found.calendar, clock.today()),
        projects=page.rows,
        counts=counts,
        chosen=chosen,
        filters=[
            (FILTER_WORDS[name], counts.by_filter[name], name == chosen, address(etat=name))
            for name in FILTERS
            if counts.by_filter[name]
        ],
        all_url=address(etat=None),
        first=cursor is None,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
        **(_vote(fund, found, election) if election is not None else {"vote": None}),
    )


def _vote(fund: FundFacts, found: RoundFacts, election: RoundElection) -> dict[str, Any]:
    """What the page of an imported round shows of its vote."""
    shown = ElectionPresentation(election, g.language.tag)
    return {
        "vote": shown,
        "vote_counts": [shown.count(rule) for rule in RULE_PATHS.values()],
        "differences": shown.differences(),
        "open_changes": OPEN_CHANGES,
        "links": _vote_links(fund.slug, found.slug),
    }


def _vote_links(slug: str, round_slug: str) -> dict[str, Any]:
    where: dict[str, Any] = {"slug": slug, "round_slug": round_slug}
    return {
        "kit": url_for("funds.kit", **where),
        "file": url_for("funds.ballots", **where),
        "counts": url_for("funds.counts", **where),
        "count": {path: url_for("funds.count", rule=path, **where) for path in RULE_PATHS},
    }


def _election_here(slug: str, round_slug: str) -> tuple[FundFacts, RoundFacts, RoundElection]:
    fund, found = round_here(slug, round_slug)
    election = election_of(found.id, found.slug, found.title)
    if election is None:
        abort(404)
    return fund, found, election


@blueprint.get("/<slug>/<round_slug>/comptes/<rule>")
@policy("public")
def count(slug: str, round_slug: str, rule: str) -> str:
    """One result of an imported round, with why each project is selected or not. 3 statements."""
    fund, found, election = _election_here(slug, round_slug)
    if rule not in RULE_PATHS:
        abort(404)
    shown = ElectionPresentation(election, g.language.tag)
    return render_template(
        "fund/public/count.html",
        fund=fund,
        round=found,
        vote=shown,
        count=shown.count(RULE_PATHS[rule]),
        open_first=OPEN_FIRST,
        links=_vote_links(slug, round_slug),
    )


@blueprint.get("/<slug>/<round_slug>/comptes.json")
@policy("public")
def counts(slug: str, round_slug: str) -> Response:
    """Both counts of an imported round as data."""
    _fund, _found, election = _election_here(slug, round_slug)
    return Response(counts_json(election), content_type="application/json; charset=utf-8")


@blueprint.get("/<slug>/<round_slug>/bulletins.pb")
@policy("public")
def ballots(slug: str, round_slug: str) -> Response:
    """The ballots of an imported round, in Pabulib's format. 3 statements."""
    _fund, found = round_here(slug, round_slug)
    text = ballots_of(found.id)
    if text is None:
        abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/<slug>/<round_slug>/verifier.zip")
@policy("public")
def kit(slug: str, round_slug: str) -> Response:
    """The ballots of an imported round and the program that counts them, to take away."""
    _fund, found = round_here(slug, round_slug)
    text = ballots_of(found.id)
    if text is None:
        abort(404)
    return Response(kit_with(found.slug, f"{found.slug}.pb", text.encode()), content_type="application/zip")


@blueprint.get("/<slug>/<round_slug>/projets.csv")
@policy("public")
def csv(slug: str, round_slug: str) -> Response:
    """The public projects of a round, a line for each. 3 statements."""
    _fund, found = round_here(slug, round_slug)
    return Response(as_csv(exported_projects(found.id)), content_type="text/csv; charset=utf-8")


@blueprint.get("/<slug>/<round_slug>/projets.json")
@policy("public")
def json(slug: str, round_slug: str) -> Response:
    """The same for programs. 3 statements."""
    fund, found = round_here(slug, round_slug)
    text = json_text.dumps(as_content(fund, found), ensure_ascii=False, indent=1) + "\n"
    return Response(text, content_type="application/json; charset=utf-8")


@blueprint.get("/<slug>/<round_slug>/<int:number>")
@policy("public")
def project(slug: str, round_slug: str, number: int) -> str:
    """A project, from its idea to its photo. 9 statements."""
    fund, found = round_here(slug, round_slug)
    one = public_project(found, number, g.language.tag, clock.today())
    if one is None:
        abort(404)
    return render_template("fund/public/project.html", fund=fund, round=found, project=one)


@blueprint.get("/<slug>/<round_slug>/<int:number>/photo/<size>")
@policy("public")
def photo(slug: str, round_slug: str, number: int, size: str) -> AnyResponse:
    """The photo of a project that everybody reads."""
    _fund, found = round_here(slug, round_slug)
    row = photo_of(found.id, number)
    if row is None:
        abort(404)
    return answer_with(row, size, f"projet-{number}")


@blueprint.get("/<slug>/<round_slug>/<int:number>/bilan/<int:file_id>/<size>")
@policy("public")
def review_photo(slug: str, round_slug: str, number: int, file_id: int, size: str) -> AnyResponse:
    """A photo of what happened."""
    _fund, found = round_here(slug, round_slug)
    row = review_photo_of(found.id, number, file_id)
    if row is None:
        abort(404)
    return answer_with(row, size, f"projet-{number}-{file_id}")
