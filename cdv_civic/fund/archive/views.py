"""Public pages of votes of the past: both results beside each other, each of them explained, and what checks them."""

from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, url_for

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only
from cdv_civic.fund.archive.elections import ARCHIVED, ArchivedElection
from cdv_civic.fund.archive.kit import kit_of
from cdv_civic.fund.archive.presentation import RULE_PATHS, ElectionPresentation, counts_json

#: Selected projects that stand open on the page of a result; the others are folded.
OPEN_FIRST: Final = 8
#: What changes between both results stands open while it is as many projects at most; else it is folded.
OPEN_CHANGES: Final = 10

blueprint = Blueprint("votes", __name__, url_prefix="/<lang>/votes")


def _election(slug: str) -> ArchivedElection:
    """Files that are shipped: nothing that is published changes these pages."""
    found = ARCHIVED.entries().get(slug)
    if found is None:
        abort(404)
    shows_only()
    return found


def _links(slug: str) -> dict[str, Any]:
    return {
        "kit": url_for("votes.kit", slug=slug),
        "file": url_for("votes.file", slug=slug),
        "counts": url_for("votes.counts", slug=slug),
        "count": {path: url_for("votes.count", slug=slug, rule=path) for path in RULE_PATHS},
    }


@blueprint.get("")
@policy("public")
def index() -> str:
    """The votes of the past that this site shows. No statement."""
    shows_only()
    language = current_language().tag
    return render_template(
        "fund/archive/index.html",
        elections=[ElectionPresentation(each, language) for each in ARCHIVED.entries().values()],
    )


@blueprint.get("/<slug>")
@policy("public")
def show(slug: str) -> str:
    """Both results beside each other. No statement."""
    election = _election(slug)
    shown = ElectionPresentation(election, current_language().tag)
    return render_template(
        "fund/archive/show.html",
        vote=shown,
        links=_links(slug),
        counted=election.counted,
        counts=[shown.count(rule) for rule in RULE_PATHS.values()],
        differences=shown.differences(),
        open_changes=OPEN_CHANGES,
    )


@blueprint.get("/<slug>/<rule>")
@policy("public")
def count(slug: str, rule: str) -> str:
    """One result, with why each project is selected or not, and how it was counted. No statement."""
    election = _election(slug)
    if rule not in RULE_PATHS:
        abort(404)
    shown = ElectionPresentation(election, current_language().tag)
    return render_template(
        "fund/archive/count.html",
        vote=shown,
        links=_links(slug),
        count=shown.count(RULE_PATHS[rule]),
        open_first=OPEN_FIRST,
    )


@blueprint.get("/<slug>/bulletins.pb")
@policy("public")
def file(slug: str) -> Response:
    """The file that was counted, in Pabulib's format."""
    return Response(_election(slug).file.read_bytes(), content_type="text/plain; charset=utf-8")


@blueprint.get("/<slug>/verifier.zip")
@policy("public")
def kit(slug: str) -> Response:
    """The ballots and the program that counts them, to take away."""
    return Response(kit_of(_election(slug)), content_type="application/zip")


@blueprint.get("/<slug>/comptes.json")
@policy("public")
def counts(slug: str) -> Response:
    """Both counts as data."""
    return Response(counts_json(_election(slug)), content_type="application/json; charset=utf-8")
