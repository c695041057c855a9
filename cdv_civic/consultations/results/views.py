"""The public page of results, and the same tables as open data."""

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, abort, render_template, request

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results import open_data
from cdv_civic.consultations.results.presentation import (
    drawn_steps,
    shown_channels,
    shown_crosses,
    shown_groups,
    shown_results,
    shown_workshops,
)
from cdv_civic.consultations.results.published import PublishedResults, from_json
from cdv_civic.consultations.results.queries.heads import (
    ResultsHead,
    content_of,
    public_results_head,
    versions_of,
    waves_before,
)
from cdv_civic.consultations.results.queries.waves import compared_questions
from cdv_civic.consultations.results.wording import TWICE_SAID, counted_said
from cdv_civic.consultations.verbatims.queries import published_verbatims
from cdv_civic.core import clock
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.core.web.validity import shows_only, valid_until

blueprint = Blueprint("consultation_results", __name__, url_prefix="/<lang>/consultations/<slug>")


#: Questions that stand open on the page; the others are folded.
OPEN_FIRST: Final = 2


def _head(slug: str) -> ResultsHead:
    found = public_results_head(slug, current_language().tag)
    if found is None:
        abort(404)
    shows_only(consultation_tag(found.id))
    change = found.calendar.next_change(clock.now())
    if change is not None:
        valid_until(change)
    return found


@blueprint.get("/resultats")
@policy("public", reads=("version",))
def show(slug: str) -> str:
    """The tables of the newest version, or of `?version=`; while answers come in, how many, in steps.

    11 statements at most.
    """
    head = _head(slug)
    versions = versions_of(head.id)
    number = number_in(request.args.get("version")) or (versions[0].number if versions else 0)
    content = content_of(head.id, number) if versions else None
    if content is None:
        if versions:
            abort(404)
        return render_template(
            "consultations/results/coming.html",
            head=head,
            counted=counted_said(head.counted),
        )
    language = current_language().tag
    definition = definition_of(head.id, language)
    results = from_json(content)
    waves = waves_before(head.wave_of_id)
    shows_only(*(consultation_tag(wave.id) for wave in waves))
    compared = compared_questions([head.id, *(wave.id for wave in waves)]) if waves else {}
    drawn, rest = drawn_steps(results, definition)
    shown = shown_results(
        results, rest, [(wave, compared[wave.id]) for wave in waves], compared.get(head.id, ())
    )
    return render_template(
        "consultations/results/show.html",
        head=head,
        results=results,
        drawn=drawn,
        shown=shown,
        crosses=shown_crosses(results, definition),
        channels=shown_channels(results),
        groups=shown_groups(results, definition),
        workshops=shown_workshops(results, definition),
        verbatims=results.of_told(published_verbatims(head.id)),
        may_publish=any(question.may_publish for question in definition.questions),
        versions=versions,
        version=next(each for each in versions if each.number == number),
        twice=TWICE_SAID.get(head.proof) if head.proof else None,
        open_first=OPEN_FIRST,
        asks=bool(definition.questions),
        crosses_hidden=any(not cross.whole for cross in results.crosses),
    )


def _published(slug: str) -> tuple[ResultsHead, PublishedResults, datetime]:
    """What everybody may take away; 404 before it is published."""
    head = _head(slug)
    versions = versions_of(head.id)
    content = content_of(head.id, versions[0].number) if versions else None
    if content is None:
        abort(404)
    return head, from_json(content), versions[0].published_at


@blueprint.get("/donnees.csv")
@policy("public")
def csv(slug: str) -> Response:
    """The published tables, a line for each count."""
    head, results, _at = _published(slug)
    definition = definition_of(head.id, current_language().tag)
    texts = results.of_told(published_verbatims(head.id))
    return Response(open_data.as_csv(results, definition, texts), content_type="text/csv; charset=utf-8")


@blueprint.get("/donnees.json")
@policy("public")
def json(slug: str) -> Response:
    """The published tables, and the rows where the organiser publishes them."""
    head, results, at = _published(slug)
    definition = definition_of(head.id, current_language().tag)
    return Response(
        open_data.as_text(
            open_data.whole(head, results, definition, at, results.of_told(published_verbatims(head.id)))
        ),
        content_type="application/json; charset=utf-8",
    )


@blueprint.get("/donnees.schema.json")
@policy("public")
def schema(slug: str) -> Response:
    """What the columns of `donnees.csv` hold, as a Table Schema."""
    _published(slug)
    return Response(
        open_data.as_text(open_data.table_schema()), content_type="application/json; charset=utf-8"
    )


@blueprint.get("/lignes.csv")
@policy("public")
def rows(slug: str) -> Response:
    """The rows, where the organiser publishes them; 404 else."""
    head, results, _at = _published(slug)
    if results.rows is None:
        abort(404)
    definition = definition_of(head.id, current_language().tag)
    return Response(open_data.rows_as_csv(results, definition), content_type="text/csv; charset=utf-8")
