"""The file of all answers that staff take away: a row for each, without anything that says whose it is.

A column, or one for each option, for each question in the order of the form, under a name that begins with the
question's stable id; what people wrote stands in columns of its own. No account, no address, no hash of one, no day.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any, Final

from cdv_civic.consultations.engine.kinds import StepKind, step_kinds
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.definition import Definition, ShownQuestion, definition_of
from cdv_civic.consultations.results.queries.rows import AnswerRow, answer_rows
from cdv_civic.consultations.rules.questions import NOTHING
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.core.audit.trail import record
from cdv_civic.core.csv_export import csv_lines
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor

#: The file is for reports written in French, whatever the language of the desk.
_OF_EACH: Final = ("numero", "voix", "personnes", "canal", "preuve", "quartier")
_Asked = list[tuple[StepKind, ShownQuestion]]


def take_away(actor: Actor, consultation_id: int, format_: str) -> Iterator[str]:
    """All answers as lines of a file, `csv` or `json`; the audit trail says who took them, before the first line.

    Raises `NotFound`, `Forbidden`. 4 statements for each 2,000 answers.
    """
    with transaction() as session:
        row = session.get(Consultation, consultation_id)
        if row is None:
            raise NotFound(_l("Cette consultation n’existe pas."))
        require(actor, "consultation.words", touched_consultation(session, row))
        contract = contract_slug(session, row.contract_id)
        record(
            session,
            actor,
            "consultation.export",
            "consultation",
            row.id,
            scope=contract,
            after={"format": format_},
        )
    asked = _asked(definition_of(consultation_id, SOURCE_LANGUAGE))
    rows = _cells(asked, answer_rows(consultation_id, words=True))
    return csv_lines(_header(asked), rows) if format_ == "csv" else _json_lines(_header(asked), rows)


def _asked(definition: Definition) -> _Asked:
    kinds = step_kinds()
    return [(kinds[step.kind], question) for step in definition.steps for question in step.questions]


def _header(asked: _Asked) -> list[str]:
    names = (f"q{question.id} · {name}" for kind, question in asked for name in kind.columns(question))
    return [*_OF_EACH, *_told_apart(names)]


def _told_apart(names: Iterable[str]) -> Iterator[str]:
    """Names of columns; two options with the same words are numbered, as a name is a key in JSON."""
    taken: set[str] = set()
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        free = next(each for each in chain([name], numbered) if each not in taken)
        taken.add(free)
        yield free


def _cells(asked: _Asked, answers: Iterable[AnswerRow]) -> Iterator[list[Any]]:
    for number, answer in enumerate(answers, 1):
        row: list[Any] = [
            number,
            answer.speaker,
            answer.people,
            answer.channel,
            answer.evidence,
            answer.quartier,
        ]
        for kind, question in asked:
            row += kind.cells(question, answer.given.get(question.id, NOTHING))
        yield row


def _json_lines(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    yield "[\n"
    between = ""
    for row in rows:
        yield between + json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False)
        between = ",\n"
    yield "\n]\n"
