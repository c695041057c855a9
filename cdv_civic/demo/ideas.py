"""Invented boxes of ideas: one of a consultation, grouped, chosen among and made parts of a contract; one all year."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.operations.axes import hang_commitment
from cdv_civic.consultations.choices.operations import Ballot, draft_choice, make_tree
from cdv_civic.consultations.idea_models import (
    ConsultationIdeaAxis,
    ConsultationIdeaOption,
    ConsultationIdeaStep,
)
from cdv_civic.consultations.models import Consultation, ConsultationStep, consultation_quartier
from cdv_civic.consultations.operations.idea_links import follow
from cdv_civic.consultations.operations.keeping import NewAnswer, keep_answer
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results.operations.closing import count_answers, publish_results
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import Given, QuestionKind
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.demo.consultations import ask
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection, IdeaPlacing
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_box, publish_box
from cdv_civic.ideas.operations.grouping import describe_group, make_group
from cdv_civic.ideas.operations.holding import give_to_consultation
from cdv_civic.ideas.operations.objecting import answer_objection, object_to_group
from cdv_civic.ideas.operations.pointing import NewIdeaPoint, make_point
from cdv_civic.ideas.operations.putting import NewIdea, PutIdea, put
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Commune, Contract, Quartier

Entry = Mapping[str, Any]
_TEXTS: Final = ("purpose", "negotiable", "settled", "decider", "readers")
_LONGEST: Final = 4_000
#: When ideas were put into groups, and who objected got an answer: days from now.
_GROUPED: Final = -70


def tell_of_ideas(actor: Actor, content: Entry) -> None:
    """Bring the boxes of a file to the database, each once."""
    _fill_all_year(actor, content["all_year"])
    _ask_and_choose(actor, content["asked"])


def _settings(entry: Entry, **more: Any) -> BoxSettings:
    box = entry["box"]
    return BoxSettings(box["title"], box["question"], box["answerer"], read_before=False, **more)


def _known(key: str) -> bool:
    found = db.session.execute(select(IdeaBox.id).where(IdeaBox.client_key == key)).first()
    db.session.rollback()
    return found is not None


def _box_id(slug: str) -> int:
    return db.session.execute(select(IdeaBox.id).where(IdeaBox.slug == slug)).scalar_one()


def _put(box_id: int, name: str, entry: Entry) -> PutIdea:
    """An idea with its supports: of browsers, for nobody signed in."""
    made = put(
        NewIdea(
            box_id,
            entry["title"],
            entry["words"],
            entry["theme"],
            f"demo-idee-{name}-{entry['key']}",
            lang=entry["lang"],
            old_enough=True,
        )
    )
    for number in range(entry["supports"]):
        support(made.idea_id, Supporter(None, f"demo-{name}-{number}", old_enough=True))
    return made


def _fill_all_year(actor: Actor, entry: Entry) -> None:
    key = "demo-boite-de-toute-l-annee"
    if _known(key):
        return
    contract_id = db.session.execute(
        select(Contract.id).where(Contract.slug == entry["contract"])
    ).scalar_one()
    commune_id = db.session.execute(select(Commune.id).where(Commune.slug == entry["commune"])).scalar_one()
    keeper = Keeper(contract_id, commune_id=commune_id)
    quartier = select(Quartier.id).where(
        Quartier.contract_id == contract_id, Quartier.slug == entry["quartier"]
    )
    here = (db.session.execute(quartier).scalar_one(),)
    settings = _settings(entry, answer_days=entry["answer_days"], quartiers=here)
    box_id = _box_id(make_box(actor, keeper, settings, client_key=key))
    publish_box(actor, box_id, version=1)
    for idea in entry["ideas"]:
        made = _put(box_id, "est", idea)
        for number, (side, words) in enumerate(idea["points"]):
            make_point(
                NewIdeaPoint(made.idea_id, side, words, f"demo-point-{idea['key']}-{number}", lang="fr")
            )
        if "answer" in idea:
            version = db.session.execute(select(Idea.version).where(Idea.id == made.idea_id)).scalar_one()
            by = entry["box"]["answerer"][SOURCE_LANGUAGE]
            answer_idea(actor, made.idea_id, idea["answer"], answered_by=by, version=version)
        with transaction() as session:
            _put_back(session, [made.idea_id], -idea["days"])
    count_supports()


def _day(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def _put_back(session: Session, idea_ids: Sequence[int], days: int) -> None:
    """Let ideas have come so many days ago."""
    session.execute(
        update(Idea)
        .where(Idea.id.in_(idea_ids))
        .values(received_at=_day(days), received_on=clock.today() + timedelta(days=days))
        .execution_options(synchronize_session=False)
    )


def _ask_and_choose(actor: Actor, entry: Entry) -> None:
    key = "demo-boite-de-la-place"
    if _known(key):
        return
    with transaction() as session:
        row, _keys = ask(session, actor, entry["consultation"])
        consultation_id, keeper = row.id, Keeper(row.contract_id, row.body_id, row.commune_id)
    box_id = _box_id(make_box(actor, keeper, _settings(entry), client_key=key))
    with transaction() as session:
        row = session.get_one(Consultation, consultation_id)
        step_id = session.execute(
            select(ConsultationStep.id).where(ConsultationStep.consultation_id == row.id)
        ).scalar_one()
        give_to_consultation(session, actor, box_id)
        session.add(
            ConsultationIdeaStep(
                step_id=step_id, consultation_id=row.id, box_id=box_id, contract_id=row.contract_id
            )
        )
        session.flush()
        follow(session, actor, row)
    made = {idea["key"]: _put(box_id, "place", idea) for idea in entry["ideas"]}
    count_supports()
    groups = _group(actor, box_id, entry, made)
    with transaction() as session:
        row = session.get_one(Consultation, consultation_id)
        row.closes_at = _day(entry["closed"])
        session.flush()
        follow(session, actor, row)
        _put_back(session, [each.idea_id for each in made.values()], entry["closed"] - 10)
        for table, columns in (
            (IdeaPlacing, ("placed_at", "ended_at")),
            (IdeaObjection, ("received_at", "answered_at")),
        ):
            for stored in session.execute(select(table)).scalars():
                for name in columns:
                    if getattr(stored, name) is not None:
                        setattr(stored, name, _day(_GROUPED))
    publish_results(actor, consultation_id)
    chosen_id = _choose(actor, box_id, entry, groups)
    make_tree(actor, chosen_id, [groups[each] for each in entry["born"]])
    for each, codes in entry["hung"].items():
        axis_id = db.session.execute(
            select(ConsultationIdeaAxis.axis_id).where(ConsultationIdeaAxis.group_id == groups[each])
        ).scalar_one()
        for code in codes:
            hang_commitment(actor, axis_id, code)
    count_answers()


def _group(actor: Actor, box_id: int, entry: Entry, made: Mapping[str, PutIdea]) -> dict[str, int]:
    """Groups with their ideas; one of these moves, as whoever put it asked."""
    groups: dict[str, int] = {}
    for group in entry["groups"]:
        here = [made[each["key"]].idea_id for each in entry["ideas"] if each.get("group") == group["key"]]
        key = f"demo-groupe-{group['key']}"
        number = make_group(actor, box_id, group["title"], group["words"], here, client_key=key)
        version = db.session.execute(select(IdeaGroup.version).where(IdeaGroup.id == number)).scalar_one()
        describe_group(
            actor,
            box_id,
            number,
            group["title"],
            group["words"],
            retained=group["retained"],
            version=version,
        )
        groups[group["key"]] = number
    for idea in entry["ideas"]:
        if "objection" not in idea:
            continue
        object_to_group(read_receipt(made[idea["key"]].receipt), idea["objection"])
        objection = db.session.execute(
            select(IdeaObjection.id).where(IdeaObjection.idea_id == made[idea["key"]].idea_id)
        ).scalar_one()
        answer_objection(
            actor, objection, entry["objection_answer"], to_group=groups[idea["moved"]], version=1
        )
    return groups


def _choose(actor: Actor, box_id: int, entry: Entry, groups: Mapping[str, int]) -> int:
    """The choice among the groups, closed and counted; its id."""
    said = entry["choice"]
    slug = draft_choice(actor, box_id, Ballot(QuestionKind.PICK, said["each"]))
    with transaction() as session:
        row = session.execute(select(Consultation).where(Consultation.slug == slug)).scalar_one()
        for field in _TEXTS:
            owner = TextOwner("consultation", row.id, field, row.contract_id)
            setattr(row, f"{field}_id", put_text(session, None, said[field], field, _LONGEST, owner, None))
        row.power, row.proof = said["power"], said["proof"]
        row.opens_at, row.closes_at = _day(said["opens"]), _day(said["closes"])
        row.answer_due_on = clock.today() + timedelta(days=said["due"])
        row.age_to_answer, row.age_for_name, row.age_for_photo = said["ages"]
        row.reaches_nobody = True
        links = consultation_quartier.c
        source = select(ConsultationIdeaStep.consultation_id).where(ConsultationIdeaStep.box_id == box_id)
        for quartier_id in session.execute(
            select(links.quartier_id).where(links.consultation_id.in_(source))
        ).scalars():
            session.execute(
                insert(consultation_quartier).values(
                    consultation_id=row.id, quartier_id=quartier_id, position=0
                )
            )
        row.published_at = _day(said["opens"] - 2)
        row.version += 1
        session.flush()
        follow(session, actor, row)
        session.get_one(IdeaBox, box_id).choice_opened_at = row.published_at
        _answer(session, row.id, said, {groups[each["key"]]: each["weight"] for each in entry["groups"]})
        consultation_id = row.id
    publish_results(actor, consultation_id)
    return consultation_id


def _answer(session: Session, consultation_id: int, said: Entry, weights: Mapping[int, int]) -> None:
    """Examples of answers, drawn with a seed."""
    draw = random.Random(said["seed"])  # noqa: S311  (examples, the same ones each time)
    questions = definition_of(consultation_id, SOURCE_LANGUAGE).rules
    option = ConsultationIdeaOption
    found = session.execute(
        select(option.option_id, option.group_id).where(option.question_id == questions[0].id)
    ).all()
    by_option = {row.option_id: weights[row.group_id] for row in sorted(found)}
    for number in range(said["people"]):
        chosen: list[int] = []
        while len(chosen) < said["each"]:
            left = [each for each in by_option if each not in chosen]
            chosen += draw.choices(left, [by_option[each] for each in left])
        keep_answer(
            session,
            questions,
            NewAnswer(
                consultation_id,
                {questions[0].id: Given(choices=dict.fromkeys(chosen))},
                f"demo-choix-{number}",
                SOURCE_LANGUAGE,
                channel=Channel.ONLINE,
                evidence=AnswerEvidence.NONE,
                received_on=clock.today() + timedelta(days=said["opens"] + 1),
                receipted=True,
            ),
        )
