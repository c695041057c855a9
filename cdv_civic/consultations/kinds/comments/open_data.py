"""Published comments as open data: what everybody reads on the page, and nothing that is hidden or under embargo."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cdv_civic.consultations.kinds.comments.queries.comments import ShownComment
from cdv_civic.consultations.kinds.comments.queries.steps import CommentedConsultation, ShownCommentStep
from cdv_civic.consultations.kinds.comments.queries.things import ShownThing
from cdv_civic.core.csv_export import csv_lines
from cdv_civic.core.localized import Words

FORMAT: Final = "consultation-comments/1"
#: Column -> what it holds. The file is made for machines: one set of names.
COLUMNS: Final = (
    "thing",
    "kind",
    "document",
    "number",
    "code",
    "text",
    "comment",
    "received_on",
    "language",
    "words",
    "shortened",
)


def as_csv(steps: Sequence[ShownCommentStep], said: Mapping[int, Sequence[ShownComment]]) -> str:
    """A line for each comment; what nobody commented has none."""
    return "".join(csv_lines(COLUMNS, _lines(steps, said), ","))


def _lines(
    steps: Sequence[ShownCommentStep], said: Mapping[int, Sequence[ShownComment]]
) -> Iterator[list[object]]:
    for step in steps:
        for thing in step.things:
            for each in said.get(thing.id, ()):
                yield [
                    thing.id,
                    thing.kind.value,
                    _text(step.document) if thing.number is not None else "",
                    thing.number,
                    thing.code,
                    str(thing.words),
                    each.id,
                    each.received_on.isoformat(),
                    each.lang,
                    each.words,
                    int(each.shortened),
                ]


def _text(words: Words | None) -> str:
    return "" if words is None else str(words)


def as_json(
    found: CommentedConsultation,
    steps: Sequence[ShownCommentStep],
    said: Mapping[int, Sequence[ShownComment]],
) -> str:
    """All that is commented, in its order, also what nobody has commented."""
    content = {
        "format": FORMAT,
        "consultation": found.slug,
        "title": str(found.title),
        "things": [
            {
                "thing": thing.id,
                "kind": thing.kind.value,
                "document": _text(step.document) if thing.number is not None else None,
                "number": thing.number,
                "code": thing.code,
                "text": str(thing.words),
                "figure": _figure(thing),
                "comments": [
                    {
                        "comment": each.id,
                        "received_on": each.received_on.isoformat(),
                        "language": each.lang,
                        "words": each.words,
                        "shortened": each.shortened,
                    }
                    for each in said.get(thing.id, ())
                ],
            }
            for step in steps
            for thing in step.things
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _figure(thing: ShownThing) -> dict[str, Any] | None:
    figure = thing.figure
    if figure is None:
        return None
    return {
        "value_kind": figure.value_kind,
        "unit": figure.unit,
        "number": figure.number,
        "text": figure.text,
        "measured_on": figure.measured_on.isoformat(),
        "quartier": figure.quartier,
    }
