"""Invented consultations at each stage, on real situations: what is asked, examples of answers, results and a reply."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.kinds.comments.queries.steps import KIND as COMMENTS
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationCondition,
    ConsultationOption,
    consultation_quartier,
)
from cdv_civic.consultations.operations.editing.building import (
    NewOption,
    NewQuestion,
    add_question,
    add_step,
)
from cdv_civic.consultations.operations.keeping import NewAnswer, keep_answer
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.restitution.operations import NewPoint, NewReply, publish_reply, save_reply
from cdv_civic.consultations.restitution.rules import Fate
from cdv_civic.consultations.results.operations.closing import count_answers, publish_results
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    NUMBERED_OPTIONS,
    Given,
    QuestionKind,
    QuestionRule,
    Speaker,
    Stance,
    asked,
)
from cdv_civic.core import clock
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text, texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.demo import commented
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Axis, Body, Commune, Contract, Quartier

_TEXTS: Final = ("title", "purpose", "negotiable", "settled", "decider", "readers", "ties", "audience")
_LONGEST: Final = 4_000
#: How many answers of ten say something in words.
_SAY_SOMETHING: Final = 0.3
#: How many of sentences are left without an answer, and how many of those of one mind live in one quartier.
_STOP_BEFORE: Final = 0.04
_LIKE_NEIGHBOURS: Final = 0.3

Entry = Mapping[str, Any]


def ask_residents(actor: Actor, content: Entry) -> int:
    """Bring the consultations of a file to the database, each once; how many were added."""
    added = sum(_bring(actor, entry) for entry in content["consultations"])
    if added:
        count_answers()
    return added


def _bring(actor: Actor, entry: Entry) -> bool:
    known = db.session.execute(select(Consultation.id).where(Consultation.slug == entry["slug"])).scalar()
    if known is not None:
        return False
    with transaction() as session:
        row, keys = ask(session, actor, entry)
        consultation_id = row.id
        _answer(session, row, entry, keys)
        commented.say(session, row, entry)
        raise_tags(session, contract_tag(entry["contract"]), consultation_tag(row.id))
    if entry["stage"] in ("counted", "answered"):
        publish_results(actor, consultation_id)
    if "restitution" in entry:
        _reply(actor, consultation_id, entry["restitution"])
    return True


def _moment(days: int) -> datetime:
    """The beginning of a day, so many days from now, where the territory lives."""
    return clock.now() + timedelta(days=days)


def ask(session: Session, actor: Actor, entry: Entry) -> tuple[Consultation, dict[str, int]]:
    """The consultation and all that it asks; the ids of its questions (« quoi ») and options (« quoi:bancs »)."""
    contract_id = session.execute(select(Contract.id).where(Contract.slug == entry["contract"])).scalar_one()
    number = reserve_ids(session, Consultation)[0]
    draft = entry["stage"] == "draft"

    def text(field: str) -> int | None:
        owner = TextOwner("consultation", number, field, contract_id)
        return put_text(session, None, entry.get(field, {}), field, _LONGEST, owner, None)

    row = Consultation(
        id=number,
        slug=entry["slug"],
        contract_id=contract_id,
        body_id=_id_of(session, Body, entry.get("body"), Body.contract_id == contract_id),
        commune_id=_id_of(session, Commune, entry.get("commune")),
        **{f"{field}_id": text(field) for field in _TEXTS},
        power=entry["power"],
        proof=entry["proof"],
        opens_at=_moment(entry["opens"]),
        closes_at=_moment(entry["closes"]),
        paper_until=_moment(entry["paper"]) if "paper" in entry else None,
        answer_due_on=clock.today() + timedelta(days=entry["due"]),
        age_to_answer=entry["ages"][0],
        age_for_name=entry["ages"][1],
        age_for_photo=entry["ages"][2],
        languages=entry["languages"],
        one_question_a_screen=True,
        entered_twice=False,
        open_rows=entry.get("open_rows", False),
        wave=entry.get("wave"),
        wave_of_id=_id_of(session, Consultation, entry.get("wave_of")),
        created_at=clock.now(),
        created_by=actor.actor_id,
        published_at=None if draft else _moment(min(entry["opens"], 0) - 2),
        version=1,
    )
    session.add(row)
    session.flush()
    for position, slug in enumerate(entry["quartiers"]):
        quartier = session.execute(select(Quartier.id).where(Quartier.slug == slug)).scalar_one()
        session.execute(
            insert(consultation_quartier).values(
                consultation_id=number, quartier_id=quartier, position=position
            )
        )
    _name_publics(session, row, entry["publics"])
    return row, _ask_questions(session, actor, row, entry["steps"])


def _id_of(session: Session, table: Any, slug: str | None, *where: Any) -> int | None:
    if slug is None:
        return None
    return int(session.execute(select(table.id).where(table.slug == slug, *where)).scalar_one())


def _name_publics(session: Session, row: Consultation, publics: Sequence[Entry]) -> None:
    for position, public in enumerate(publics):
        number = reserve_ids(session, ConsultationPublic)[0]
        owner = TextOwner("consultation_public", number, "name", row.contract_id)
        session.add(
            ConsultationPublic(
                id=number,
                consultation_id=row.id,
                position=position,
                name_id=put_text(session, None, public["name"], "name", _LONGEST, owner, None),
                channel=public["channel"],
                reached=public.get("reached"),
            )
        )
        session.flush()


def _ask_questions(
    session: Session, actor: Actor, row: Consultation, steps: Sequence[Entry]
) -> dict[str, int]:
    ids: dict[str, int] = {}
    for step in steps:
        made = add_step(session, actor, row, step["kind"], step.get("title", {}), step.get("intro", {}))
        made.takes_sentences = step.get("takes_sentences", False)
        made.opinion_groups = step.get("opinion_groups", False)
        if step["kind"] == COMMENTS:
            commented.ask(session, actor, row, made.id, step)
        for question in step["questions"]:
            offered = [_option(session, row, each) for each in question.get("options", ())]
            asks = NewQuestion(
                QuestionKind(question["kind"]),
                question["text"],
                question.get("hint", {}),
                question.get("easy", {}),
                required=question["required"],
                most=question.get("most"),
                may_publish=question.get("may_publish", False),
                options=offered,
            )
            ids[question["key"]] = number = add_question(session, actor, row, made, asks).id
            if "condition" in question:
                after = ids[":".join(question["condition"])]
                session.add(ConsultationCondition(question_id=number, option_id=after))
            options = session.execute(
                select(ConsultationOption.id)
                .where(ConsultationOption.question_id == number)
                .order_by(ConsultationOption.position)
            ).scalars()
            for option, found in zip(question.get("options", ()), options, strict=True):
                ids[f"{question['key']}:{option['key']}"] = found
    return ids


def _option(session: Session, row: Consultation, option: Entry) -> NewOption:
    """An option; one of a contract's axis has its title, and what the demonstration translates of it."""
    if "axis" not in option:
        return NewOption(option["text"])
    axis = session.execute(
        select(Axis).where(Axis.contract_id == row.contract_id, Axis.code == option["axis"])
    ).scalar_one()
    (texts,) = texts_in_all(axis.title_id)
    return NewOption({**option["text"], SOURCE_LANGUAGE: texts[SOURCE_LANGUAGE]}, axis_id=axis.id)


def _answer(session: Session, row: Consultation, entry: Entry, keys: Mapping[str, int]) -> None:
    """Examples of answers, drawn with a seed; and those of groups."""
    questions = definition_of(row.id, SOURCE_LANGUAGE).rules
    for new in (*_drawn(row, entry, questions, keys), *_of_groups(row, entry, keys)):
        keep_answer(session, questions, new)


def _drawn(
    row: Consultation, entry: Entry, questions: Sequence[QuestionRule], keys: Mapping[str, int]
) -> Iterator[NewAnswer]:
    said = entry.get("answers")
    if said is None:
        return
    draw = random.Random(said["seed"])  # noqa: S311  (examples, the same ones each time)
    asks = {keys[each["key"]]: each for step in entry["steps"] for each in step["questions"]}
    channels = [Channel(name) for name, count in said["channels"].items() for _ in range(count)]
    there = consultation_quartier.c
    quartiers = list(
        db.session.execute(select(there.quartier_id).where(there.consultation_id == row.id)).scalars()
    )
    for number, channel in enumerate(channels):
        answers: dict[int, Given] = {}
        mind = draw.randrange(said["minds"]) if "minds" in said else None
        for question in asked(questions, answers):
            if mind is not None:
                answers[question.id] = _stance(draw, asks[question.id]["sides"][mind])
                continue
            answers[question.id] = _given(draw, question, asks[question.id], keys, said.get("words", {}))
        yield NewAnswer(
            row.id,
            answers,
            f"demo-{entry['slug']}-{number}",
            SOURCE_LANGUAGE,
            channel=channel,
            evidence=AnswerEvidence.NONE if channel is Channel.ONLINE else AnswerEvidence.WITNESSED,
            quartier_id=_place(draw, quartiers, mind),
            received_on=clock.today() + timedelta(days=entry["opens"] + 1),
            receipted=channel is Channel.ONLINE,
        )


def _stance(draw: random.Random, weights: Sequence[int]) -> Given:
    """What somebody says of a sentence, or nothing, by the weights of those of one mind."""
    if draw.random() < _STOP_BEFORE:
        return Given()
    return Given(number=draw.choices(list(Stance), weights)[0].value)


def _place(draw: random.Random, quartiers: Sequence[int], mind: int | None) -> int | None:
    """Where somebody lives; those of one mind live rather in one quartier."""
    if len(quartiers) < 2:
        return None
    if mind is not None and draw.random() < _LIKE_NEIGHBOURS:
        return quartiers[mind]
    return draw.choice(quartiers)


def _given(
    draw: random.Random,
    question: QuestionRule,
    asks: Entry,
    keys: Mapping[str, int],
    words: Mapping[str, Any],
) -> Given:
    if question.kind in IN_WORDS:
        said = words.get(asks["key"], ())
        return Given(words=draw.choice(said) if said and draw.random() < _SAY_SOMETHING else "")
    weights = {keys[f"{asks['key']}:{each['key']}"]: each["weight"] for each in asks["options"]}
    chosen: list[int] = []
    wanted = question.places if question.kind is not QuestionKind.POINTS else 2
    while len(chosen) < wanted:
        left = [option for option in weights if option not in chosen]
        chosen += draw.choices(left, [weights[option] for option in left])
        if question.kind is QuestionKind.MULTIPLE and draw.random() < _SAY_SOMETHING:
            break
    if question.kind not in NUMBERED_OPTIONS:
        return Given(choices=dict.fromkeys(chosen))
    if question.kind is QuestionKind.RANK:
        return Given(choices={option: rank for rank, option in enumerate(chosen, 1)})
    more = question.places - question.places // 3
    return Given(choices={chosen[0]: more, chosen[1]: question.places - more})


def _of_groups(row: Consultation, entry: Entry, keys: Mapping[str, int]) -> Iterator[NewAnswer]:
    for number, group in enumerate(entry.get("groups", ())):
        answers = {}
        for key, chosen in group["choices"].items():
            options = [chosen] if isinstance(chosen, str) else chosen
            answers[keys[key]] = Given(choices={keys[f"{key}:{each}"]: None for each in options})
        yield NewAnswer(
            row.id,
            answers,
            f"demo-{entry['slug']}-groupe-{number}",
            SOURCE_LANGUAGE,
            speaker=Speaker.GROUP,
            people=group["people"],
            channel=Channel.GROUP,
            evidence=AnswerEvidence.WITNESSED,
            received_on=clock.today() + timedelta(days=entry["opens"] + 1),
            receipted=False,
        )


def _reply(actor: Actor, consultation_id: int, entry: Entry) -> None:
    """The answer of whoever asked, published."""
    save_reply(
        actor,
        consultation_id,
        NewReply(
            entry["said"],
            entry["signed"],
            entry["next_step"],
            clock.today() + timedelta(days=entry["next_in"]),
            [
                NewPoint(each["said"], Fate(each["fate"]), each.get("reason", {}), number=number)
                for number, each in enumerate(entry["points"], 1)
            ],
        ),
        version=0,
    )
    publish_reply(actor, consultation_id, version=1)
