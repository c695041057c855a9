"""Open data: the published tables as they stand on the page, a line for each count; and rows, where they are chosen.

The keys `count`, `total`, `answers` and `people` hold numbers of answers or of people, or null where they are hidden.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from cdv_civic.consultations.engine.kinds import OpenLine, step_kinds
from cdv_civic.consultations.queries.definition import Definition, ShownQuestion, ShownStep
from cdv_civic.consultations.results.presentation import KeyWords
from cdv_civic.consultations.results.published import (
    CrossResult,
    PublishedResults,
    QuestionResult,
    ReadResult,
    Value,
)
from cdv_civic.consultations.results.queries.heads import ResultsHead
from cdv_civic.consultations.results.wording import HIDDEN, NO_ANSWER, no_answer_said
from cdv_civic.consultations.verbatims.queries import Verbatim
from cdv_civic.core.csv_export import csv_lines

FORMAT: Final = "consultation-results/1"
#: Published texts by question.
Texts: TypeAlias = Mapping[int, Sequence[Verbatim]]
#: Column -> type and meaning, as a Table Schema says it. The file is made for machines: one set of names.
COLUMNS: Final = {
    "table": ("string", "totals, question, reading, text, crossed, part, channel, group"),
    "question": ("integer", "Stable number of the question, empty for totals, channels and groups"),
    "question_text": ("string", "The question, in the language of the address"),
    "key": ("integer", "Stable number of the option, or the first number of a class; empty: no answer"),
    "label": (
        "string",
        "The answer, the channel or the question, in the language of the address; a text as it was written",
    ),
    "other_question": ("integer", "Of crossed tables: the question of the columns"),
    "other_key": ("integer", "Of crossed tables: the option of the column; empty: no answer"),
    "count": ("integer", "How many answers; empty: not published, or a text"),
    "total": ("integer", "Out of how many; empty: not published"),
}


def as_text(content: object) -> str:
    """JSON that people can read too."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_csv(results: PublishedResults, definition: Definition, texts: Texts) -> str:
    """The published tables as CSV, the same columns for every consultation; and the `texts` that are public today."""
    return "".join(csv_lines(tuple(COLUMNS), _lines(results, definition, texts), ","))


def table_schema() -> dict[str, Any]:
    """The Table Schema of `as_csv` (https://specs.frictionlessdata.io/table-schema/)."""
    return {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": FORMAT.replace("/", "-"),
        "fields": [
            {"name": name, "type": kind, "description": said} for name, (kind, said) in COLUMNS.items()
        ],
        "missingValues": [""],
    }


def _lines(results: PublishedResults, definition: Definition, texts: Texts) -> Iterator[tuple[Any, ...]]:
    words = KeyWords(definition)
    yield ("totals", None, "", None, "", None, None, results.total, results.total)
    for result in results.questions:
        question = words.questions.get(result.question)
        if question is not None:
            yield from _question_lines(result, question, words)
            for verbatim in texts.get(question.id, ()):
                yield ("text", question.id, str(question.words), None, verbatim.words, None, None, None, None)
    for cross in results.crosses:
        yield from _crossed_lines(cross, results, words)
    for step, line in beside(results, definition):
        text = next(str(each.words) for each in step.questions if each.id == line.question)
        yield ("part", line.question, text, line.key, line.label, None, None, line.count, line.total)
    for each in results.channels:
        yield ("channel", None, "", None, each.channel, None, None, each.answers, results.total)
    for group in results.groups:
        for number, options in group.choices:
            question = words.questions.get(number)
            for option in options if question is not None else ():
                text = str(question.words) if question is not None else ""
                yield ("group", number, text, option, words.text(question, option), None, None, 1, None)


def beside(results: PublishedResults, definition: Definition) -> Iterator[tuple[ShownStep, OpenLine]]:
    """What kinds of steps tell beside the tables of questions."""
    kinds = step_kinds()
    for step in definition.steps:
        of_kind, content = kinds[step.kind].results, results.beside.get(str(step.id))
        if of_kind is not None and content is not None:
            yield from ((step, line) for line in of_kind.lines(step, content))


def _cells(
    words: KeyWords,
    question: ShownQuestion | None,
    keys: Sequence[int | None],
    counts: Sequence[Any],
    blanks: Any,
) -> Iterator[tuple[int | None, str, Any]]:
    """Key, label and count of each answer; those who gave none last."""
    for key, count in zip(keys, counts, strict=True):
        yield key, words.text(question, key), count
    yield None, str(NO_ANSWER if question is None else no_answer_said(question.kind)), blanks


def _question_lines(
    result: QuestionResult, question: ShownQuestion, words: KeyWords
) -> Iterator[tuple[Any, ...]]:
    begin = (question.id, str(question.words))
    for cell in _cells(words, question, result.keys, result.answers, result.blanks):
        yield ("question", *begin, *cell[:2], None, None, cell[2], result.total)
    reading = result.reading
    if reading is not None:
        for cell in _cells(words, None, reading.options, reading.answers, reading.blanks):
            yield ("reading", *begin, *cell[:2], None, None, cell[2], reading.total)


def _crossed_lines(
    cross: CrossResult, results: PublishedResults, words: KeyWords
) -> Iterator[tuple[Any, ...]]:
    row, column = words.questions[cross.row_question], words.questions[cross.column_question]
    by_row = list(zip((*results.by_id[row.id].keys, None), cross.cells, strict=True))
    for key, cells in by_row:
        label = str(NO_ANSWER) if key is None else words.text(row, key)
        for other, count in zip((*results.by_id[column.id].keys, None), cells, strict=True):
            yield ("crossed", row.id, str(row.words), key, label, column.id, other, count, results.total)


def whole(
    head: ResultsHead, results: PublishedResults, definition: Definition, at: datetime, texts: Texts
) -> dict[str, Any]:
    """The published tables with their words; the `texts` that are public today; and the rows, one for each person,
    where they are published.
    """
    words = KeyWords(definition)

    def cells(question: ShownQuestion | None, table: QuestionResult | ReadResult) -> list[dict[str, Any]]:
        keys = table.keys if isinstance(table, QuestionResult) else table.options
        return [
            {"key": key, "label": label, "count": count}
            for key, label, count in _cells(words, question, keys, table.answers, table.blanks)
        ]

    return {
        "format": FORMAT,
        "consultation": head.slug,
        "title": str(head.title),
        "version": results.version,
        "published_at": at.isoformat(timespec="seconds"),
        "threshold": results.threshold,
        "answers": results.total,
        "questions": [
            {
                "question": result.question,
                "text": str(question.words),
                "kind": result.kind.value,
                "condition": result.condition,
                "total": result.total,
                "results": cells(question, result),
                "places": result.places,
                "shares": result.shares,
                "reading": None
                if result.reading is None
                else {
                    "total": result.reading.total,
                    "results": cells(None, result.reading),
                },
                "texts": [{"text": text.words, "language": text.lang} for text in texts.get(question.id, ())],
            }
            for result in results.questions
            if (question := words.questions.get(result.question)) is not None
        ],
        "crossed": [
            {
                "row_question": cross.row_question,
                "column_question": cross.column_question,
                "rows": [*results.by_id[cross.row_question].keys, None],
                "columns": [*results.by_id[cross.column_question].keys, None],
                "cells": [[{"count": count} for count in row] for row in cross.cells],
            }
            for cross in results.crosses
        ],
        "parts": [
            {
                "question": line.question,
                "key": line.key,
                "label": line.label,
                "count": line.count,
                "total": line.total,
            }
            for _step, line in beside(results, definition)
        ],
        "channels": [
            {
                "channel": each.channel,
                "count": each.answers,
                "proofs": [{"proof": proof, "count": count} for proof, count in each.proofs],
            }
            for each in results.channels
        ],
        "groups": [
            {
                "people": group.people,
                "choices": [
                    {"question": number, "options": list(options)} for number, options in group.choices
                ],
            }
            for group in results.groups
        ],
        "workshops": [
            {"people": each.people, "points": None if each.points is None else [list(p) for p in each.points]}
            for each in results.workshops
        ],
        "rows": None if results.rows is None else _rows(results),
    }


def _rows(results: PublishedResults) -> dict[str, Any]:
    rows = results.rows
    if rows is None:
        return {}
    return {
        "columns": list(rows.columns),
        "values": [list(values) for values in rows.shuffled(_order(results))],
    }


def _order(results: PublishedResults) -> random.Random:
    """The same order at each request, which tells nothing: the rows that are alike stand for each other."""
    return random.Random(results.version)  # noqa: S311  (no secret hangs on it)


def rows_as_csv(results: PublishedResults, definition: Definition) -> str:
    """One row for each person: words of options, `|` between several; empty: no answer.

    What moderation hides has no column: whoever knows less of the others finds nobody either.
    """
    words, rows = KeyWords(definition), results.rows
    if rows is None:
        return ""
    places = [place for place, number in enumerate(rows.columns) if number in words.questions]
    asked = [words.questions[rows.columns[place]] for place in places]

    def cell(question: ShownQuestion, value: Value) -> str:
        keys = value if isinstance(value, tuple) else (value,)
        return " | ".join(words.text(question, key) for key in keys if key is not None)

    return "".join(
        csv_lines(
            [f"q{question.id} · {question.words}" for question in asked],
            (
                [cell(question, values[place]) for question, place in zip(asked, places, strict=True)]
                for values in rows.shuffled(_order(results))
            ),
            ",",
        )
    )


def in_words(results: PublishedResults, definition: Definition) -> Iterator[str]:
    """The tables of questions as lines for a terminal."""
    words = KeyWords(definition)
    for result in results.questions:
        question = words.questions.get(result.question)
        if question is None:
            continue
        yield f"{question.words}\n"
        for _key, label, count in _cells(words, question, result.keys, result.answers, result.blanks):
            yield f"  {HIDDEN if count is None else count}\t{label}\n"
