"""Consultations for tests, made straight in the database: only what a test does not name is invented.

Each factory writes in a transaction of its own and returns the row. A consultation is published and open unless
`stage` says otherwise; `make_answers` writes thousands at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationChoice,
    ConsultationCondition,
    ConsultationNumber,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
    ConsultationWords,
    consultation_quartier,
)
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, Model, db, transaction
from cdv_civic.core.localized import translate, write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.models import Contract, Quartier
from tests import factories as make

_numbers = count(1)

#: Texts of a consultation that cannot be published without them.
_NEEDED: Final = {
    "purpose": "Nous voulons savoir ce qui compte pour vous.",
    "negotiable": "Les horaires et le mobilier.",
    "settled": "Le budget et le lieu.",
    "decider": "Le conseil municipal.",
    "readers": "L’équipe du contrat de ville.",
}
_OPTIONAL: Final = ("audience", "withdrawn_reason")
#: How many days before (-) or after now each moment lies, by stage.
_MOMENTS: Final = {
    "coming": (2, 12, 15),
    "open": (-1, 10, 13),
    "paper": (-10, -1, 2),
    "closed": (-10, -4, -1),
}


def _text(
    session: Session,
    model: type[Model],
    owner: tuple[int, str, int],
    text: str | None,
    translations: Mapping[str, str] | None = None,
) -> int | None:
    """The id of a text of a row; `owner`: the id of the row, the field, the contract."""
    if text is None:
        return None
    owner_id, field, contract_id = owner
    text_id = write_original(session, text, TextOwner(model.__tablename__, owner_id, field, contract_id)).id
    for language, translated in (translations or {}).items():
        translate(session, text_id, language, translated, author=None)
    return text_id


def _letters(number: int) -> str:
    """A number as letters: a translation that leaves a digit out would be none."""
    return (_letters(number // 26) if number >= 26 else "") + chr(ord("A") + number % 26)


def _moments(stage: str) -> dict[str, datetime | None]:
    """The moments of a consultation that stands at a stage now."""
    now = clock.now()
    if stage == "draft":
        return dict.fromkeys(("opens_at", "closes_at", "paper_until", "published_at"))
    opens, closes, paper = _MOMENTS[stage if stage in _MOMENTS else "closed"]
    return {
        "opens_at": now + timedelta(days=opens),
        "closes_at": now + timedelta(days=closes),
        "paper_until": now + timedelta(days=paper),
        "published_at": now + timedelta(days=min(opens, 0) - 1),
        "frozen_at": now if stage in ("counted", "answered") else None,
        "answered_at": now if stage == "answered" else None,
    }


def make_consultation(
    contract: Contract | None = None,
    *,
    quartiers: Sequence[Quartier] | None = None,
    stage: str = "open",
    translations: Mapping[str, Mapping[str, str]] | None = None,
    **values: Any,
) -> Consultation:
    """A consultation without questions, of the contract's team, for its quartiers (one is made where none is given).

    `stage`: a `calendar.ConsultationStage` by its value (draft, coming, open, paper, closed, counted, answered). Texts are named
    by their field (`title`, `purpose`…); `translations`: language -> text, by field.
    """
    number = next(_numbers)
    contract = contract or make.make_contract()
    if quartiers is None:
        quartiers = [make.make_quartier(contract)]
    texts = {"title": f"Consultation {_letters(number)}", **({} if stage == "draft" else _NEEDED)}
    texts |= {field: values.pop(field) for field in ("title", *_NEEDED, *_OPTIONAL) if field in values}
    with transaction(publishes=SITE) as session:
        id_ = reserve_ids(session, Consultation)[0]
        row = Consultation(
            id=id_,
            contract_id=contract.id,
            **{
                f"{field}_id": _text(
                    session, Consultation, (id_, field, contract.id), text, (translations or {}).get(field)
                )
                for field, text in texts.items()
            },
            **{
                "slug": f"consultation-{number}",
                "power": None if stage == "draft" else "consulter",
                "proof": "aucune",
                "answer_due_on": None if stage == "draft" else clock.today() + timedelta(days=60),
                "age_to_answer": 0,
                "age_for_name": 15,
                "age_for_photo": 18,
                "languages": ["fr", "en", "ar"],
                "one_question_a_screen": True,
                "entered_twice": False,
                "open_rows": False,
                "created_at": clock.now(),
                "version": 1,
                **_moments(stage),
                **values,
            },
        )
        session.add(row)
        session.flush()
        for position, quartier in enumerate(quartiers):
            session.execute(
                insert(consultation_quartier).values(
                    consultation_id=row.id, quartier_id=quartier.id, position=position
                )
            )
    return row


def _contract_of(session: Session, consultation_id: int) -> int:
    return session.get_one(Consultation, consultation_id).contract_id


def _next_position(session: Session, column: Any, *where: Any) -> int:
    return int(session.execute(select(func.count()).select_from(column.class_).where(*where)).scalar_one())


def make_step(
    consultation: Consultation,
    kind: str = "questionnaire",
    title: str | None = None,
    intro: str | None = None,
    **values: Any,
) -> ConsultationStep:
    """A step, after those that are there."""
    with transaction() as session:
        id_ = reserve_ids(session, ConsultationStep)[0]
        contract_id = _contract_of(session, consultation.id)
        position = _next_position(
            session, ConsultationStep.position, ConsultationStep.consultation_id == consultation.id
        )
        row = ConsultationStep(
            id=id_,
            consultation_id=consultation.id,
            kind=kind,
            title_id=_text(session, ConsultationStep, (id_, "title", contract_id), title),
            intro_id=_text(session, ConsultationStep, (id_, "intro", contract_id), intro),
            **{"position": position, **values},
        )
        session.add(row)
    return row


def make_question(
    step: ConsultationStep,
    text: str | None = None,
    kind: str = "single",
    *,
    options: Sequence[str] | None = None,
    asked_after: int | None = None,
    translations: Mapping[str, str] | None = None,
    **values: Any,
) -> ConsultationQuestion:
    """A question of a step, after those that are there, with its options: « Oui » and « Non » where it takes some.

    `asked_after`: the id of the option of an earlier question that whoever is asked has chosen.
    """
    number = next(_numbers)
    if options is None:
        options = [] if kind in ("number", "short", "long", "statement") else ["Oui", "Non"]
    hint, easy = values.pop("hint", None), values.pop("easy", None)
    with transaction() as session:
        id_ = reserve_ids(session, ConsultationQuestion)[0]
        contract_id = _contract_of(session, step.consultation_id)
        text = text or f"Question {_letters(number)} ?"
        position = _next_position(
            session, ConsultationQuestion.position, ConsultationQuestion.step_id == step.id
        )
        row = ConsultationQuestion(
            id=id_,
            consultation_id=step.consultation_id,
            step_id=step.id,
            kind=kind,
            text_id=_text(session, ConsultationQuestion, (id_, "text", contract_id), text, translations),
            hint_id=_text(session, ConsultationQuestion, (id_, "hint", contract_id), hint),
            easy_id=_text(session, ConsultationQuestion, (id_, "easy", contract_id), easy),
            **{"position": position, "required": False, **values},
        )
        session.add(row)
        session.flush()
        if asked_after is not None:
            session.add(ConsultationCondition(question_id=row.id, option_id=asked_after))
    for words in options:
        make_option(row, words)
    return row


def make_option(
    question: ConsultationQuestion,
    text: str | None = None,
    *,
    translations: Mapping[str, str] | None = None,
    **values: Any,
) -> ConsultationOption:
    """An option of a question, after those that are there."""
    number = next(_numbers)
    with transaction() as session:
        id_ = reserve_ids(session, ConsultationOption)[0]
        contract_id = _contract_of(session, question.consultation_id)
        text = text or f"Réponse {_letters(number)}"
        position = _next_position(
            session, ConsultationOption.position, ConsultationOption.question_id == question.id
        )
        shows = values.pop("picture_words", None)
        row = ConsultationOption(
            id=id_,
            question_id=question.id,
            text_id=_text(session, ConsultationOption, (id_, "text", contract_id), text, translations),
            picture_words_id=_text(session, ConsultationOption, (id_, "picture_words", contract_id), shows),
            **{"position": position, **values},
        )
        session.add(row)
    return row


def options_of(question: ConsultationQuestion) -> list[int]:
    """The ids of the options of a question, in order."""
    statement = (
        select(ConsultationOption.id)
        .where(ConsultationOption.question_id == question.id)
        .order_by(ConsultationOption.position, ConsultationOption.id)
    )
    found = list(db.session.execute(statement).scalars())
    db.session.rollback()
    return found


def make_answer(
    consultation: Consultation,
    *,
    choices: Mapping[int, int | None] | None = None,
    numbers: Mapping[int, int] | None = None,
    words: Mapping[int, str] | None = None,
    **values: Any,
) -> ConsultationAnswer:
    """An answer: `choices` option -> rank, points or None; `numbers` and `words` by question. All by id."""
    ids = make_answers(consultation, 1, choices=choices, numbers=numbers, words=words, **values)
    found = db.session.get_one(ConsultationAnswer, ids[0])
    db.session.expunge(found)
    db.session.rollback()
    return found


def make_answers(
    consultation: Consultation,
    how_many: int,
    *,
    choices: Mapping[int, int | None] | None = None,
    numbers: Mapping[int, int] | None = None,
    words: Mapping[int, str] | None = None,
    **values: Any,
) -> list[int]:
    """Many equal answers in a few statements; their ids."""
    with transaction() as session:
        ids = reserve_ids(session, ConsultationAnswer, how_many)
        keys = [next(_numbers) for _each in ids]
        rows = [
            {
                "id": id_,
                "consultation_id": consultation.id,
                "speaker": "person",
                "channel": "en_ligne",
                "evidence": "aucune",
                "relayed": False,
                "received_on": clock.today(),
                "client_key": f"reponse-{key}",
                "version": 1,
                **values,
            }
            for id_, key in zip(ids, keys, strict=True)
        ]
        session.execute(insert(ConsultationAnswer), rows)
        asked_by = select(ConsultationOption.id, ConsultationOption.question_id).where(
            ConsultationOption.id.in_(choices or ())
        )
        questions = {row.id: row.question_id for row in session.execute(asked_by)}
        held: tuple[tuple[type[Model], list[dict[str, Any]]], ...] = (
            (
                ConsultationChoice,
                [
                    {"option_id": option, "question_id": questions[option], "number": number}
                    for option, number in (choices or {}).items()
                ],
            ),
            (
                ConsultationNumber,
                [{"question_id": question, "value": value} for question, value in (numbers or {}).items()],
            ),
            (
                ConsultationWords,
                [
                    {"question_id": question, "words": said, "lang": "fr"}
                    for question, said in (words or {}).items()
                ],
            ),
        )
        for table, each in held:
            lines = [
                {"answer_id": id_, "consultation_id": consultation.id, **line} for id_ in ids for line in each
            ]
            if lines:
                session.execute(insert(table), lines)
    return ids
