"""Results at the desk: what came, what is published, what can be done next."""

from collections.abc import Iterator

from flask import Response, abort, render_template, stream_with_context

from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import crosses_of
from cdv_civic.consultations.results.counting import answer_counts
from cdv_civic.consultations.results.counts import Counted, from_content
from cdv_civic.consultations.results.desk.blueprint import AtDesk, at_desk, blueprint, to_desk
from cdv_civic.consultations.results.full_export import take_away
from cdv_civic.consultations.results.operations import closing
from cdv_civic.consultations.results.presentation import shown_results
from cdv_civic.consultations.results.published import from_json
from cdv_civic.consultations.results.queries.heads import newest_with_tally, versions_of
from cdv_civic.consultations.results.wording import EVIDENCE_SAID
from cdv_civic.consultations.rules.questions import IN_WORDS, Speaker
from cdv_civic.core import clock
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.submit import press
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.participation.wording import CHANNEL_WORDS


def _page(found: AtDesk) -> str:
    head = found.head
    definition = definition_of(head.id, current_language().tag)
    newest = newest_with_tally(head.id) if head.calendar.frozen_at is not None else None
    exact = from_content(newest.tally) if newest is not None and newest.tally is not None else None
    counted = exact or Counted(answer_counts(head.id), {})
    if newest is not None:
        results, versions = from_json(newest.content), versions_of(head.id)
        pairs = []
    else:
        results, versions = None, []
        pairs = crosses_of(head.id)
    questions = {question.id: question for question in definition.questions}
    ends_at = head.calendar.ends_at
    ended = ends_at is not None and ends_at <= clock.now()
    return render_template(
        "consultations/results/desk.html",
        found=found,
        head=head,
        total=counted.total(Speaker.PERSON),
        channels=[
            (CHANNEL_WORDS[channel].label, [(EVIDENCE_SAID[proof], count) for proof, count in proved.items()])
            for channel, proved in counted.by_channel().items()
        ],
        groups=(counted.total(Speaker.GROUP), counted.people(Speaker.GROUP)),
        tables=(counted.total(Speaker.TABLE), counted.people(Speaker.TABLE)),
        ended=ended,
        differing=head.differing if ended and newest is None else 0,
        compared_until=closing.compared_until(head.calendar),
        published=results,
        incomplete=newest is not None and exact is None,
        shown=shown_results(results, definition, exact=exact if found.reads_words else None)
        if results is not None
        else [],
        versions=versions,
        in_words=[question for question in definition.questions if question.kind in IN_WORDS],
        crossed=[
            (questions[row].words, questions[column].words)
            for row, column in pairs
            if row in questions and column in questions
        ],
        crossable=len(definition.crossable) > 1,
        button=ButtonForm(),
    )


@blueprint.get("")
@policy("consultation.read")
def show(slug: str) -> str:
    """How many answers came, by channel and proof; once it is closed, the tables. 9 statements of its own at most."""
    return _page(at_desk(slug, "consultation.read"))


@blueprint.post("/publier")
@policy("consultation.edit")
def publish(slug: str) -> Answer:
    """Publish the results of a consultation that has ended."""
    found = at_desk(slug, "consultation.edit")
    press(
        lambda: closing.publish_results(actor(), found.head.id),
        lambda _done: _("Les résultats sont publiés."),
    )
    return to_desk(slug)


@blueprint.post("/emporter/<form_at>")
@policy("consultation.words")
def export(slug: str, form_at: str) -> Answer:
    """All answers as a file; the audit trail says who took them."""
    if form_at not in ("csv", "json"):
        abort(404)
    found = at_desk(slug, "consultation.words")
    lines = take_away(actor(), found.head.id, form_at)
    mark = "\ufeff" if form_at == "csv" else ""
    kind = "text/csv" if form_at == "csv" else "application/json"

    def encoded() -> Iterator[bytes]:
        yield mark.encode()
        for line in lines:
            yield line.encode()

    answer = Response(stream_with_context(encoded()), content_type=f"{kind}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"reponses-{slug}.{form_at}")
    return answer
