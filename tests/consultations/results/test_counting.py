"""What is counted is what was answered, person by person; groups and tables apart."""

import random
from collections import Counter
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import insert

from cdv_civic.consultations.models import ConsultationCross, ConsultationWords
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results.counting import answer_counts, count_all, how_many
from cdv_civic.consultations.results.counts import as_content, from_content
from cdv_civic.consultations.rules.questions import Given, QuestionKind, QuestionRule, Speaker, asked, kept
from cdv_civic.consultations.words_models import ConsultationCoding
from cdv_civic.core.db import db, transaction
from tests.conftest import counting
from tests.consultations import factories as make


def anything(chance: random.Random, question: QuestionRule) -> Given:
    """An answer to a question, or none."""
    options = list(question.options)
    chance.shuffle(options)
    if chance.random() < 0.2:
        return Given()
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.SCALE | QuestionKind.PICTURES:
            return Given(choices={options[0]: None})
        case QuestionKind.RANK:
            return Given(choices={option: rank for rank, option in enumerate(options[: question.places], 1)})
        case QuestionKind.POINTS:
            return Given(choices={options[0]: question.places - 1, options[1]: 1})
        case QuestionKind.NUMBER:
            return Given(number=chance.randint(0, 12))
        case QuestionKind.SHORT | QuestionKind.LONG:
            return Given(words="Des bancs")
    return Given(choices=dict.fromkeys(options[: chance.randint(1, question.places)]))


def test_counts_are_those_of_a_count_by_hand(app: Flask) -> None:
    consultation = make.make_consultation()
    first = make.make_step(consultation)
    single = make.make_question(first, kind="single", options=["A", "B", "C"])
    yes = make.options_of(single)[0]
    scale = make.make_question(first, kind="scale", options=["1", "2"], asked_after=yes)
    make.make_question(first, kind="multiple", options=["A", "B", "C"], asked_after=make.options_of(scale)[1])
    make.make_question(first, kind="number", classes=[0, 5, 10])
    make.make_question(first, kind="short")
    second = make.make_step(consultation, "priorities")
    for kind, most in (("rank", 2), ("points", 5), ("pick", 2)):
        make.make_question(second, kind=kind, options=["A", "B", "C"], most=most)
    crossed = make.make_question(first, kind="single", options=["X", "Y"])
    with transaction() as session:
        session.execute(
            insert(ConsultationCross).values(
                row_question_id=single.id, column_question_id=crossed.id, consultation_id=consultation.id
            )
        )
    rules = definition_of(consultation.id, "fr").rules
    db.session.rollback()
    chance = random.Random(11)
    given: list[tuple[Speaker, Mapping[int, Given]]] = []
    for number in range(80):
        speaker = (Speaker.GROUP, Speaker.TABLE)[number % 2] if number % 8 < 2 else Speaker.PERSON
        answers = kept(rules, {question.id: anything(chance, question) for question in rules})
        given.append((speaker, answers))
        make.make_answer(
            consultation,
            choices={o: n for each in answers.values() for o, n in each.choices.items()},
            numbers={q: each.number for q, each in answers.items() if each.number is not None},
            words={q: each.words for q, each in answers.items() if each.words},
            speaker=speaker.value,
            people=None if speaker is Speaker.PERSON else 4,
            channel=chance.choice(["en_ligne", "papier", "porte_a_porte", "rue"]),
        )
    # Another consultation is not counted.
    other = make.make_consultation()
    make.make_answers(other, 3)
    counted = count_all(consultation.id, rules)
    for speaker in Speaker:
        mine = [answers for who, answers in given if who is speaker]
        assert counted.total(speaker) == len(mine)
        for question in rules:
            found = counted.questions[speaker][question.id]
            said = [answers.get(question.id, Given()) for answers in mine]
            assert found.asked == sum(question in asked(rules, answers) for answers in mine), question
            assert found.answered == sum(not each.empty for each in said), question
            assert found.blanks == found.asked - found.answered
            for option in question.options:
                by_hand = Counter(each.choices[option] for each in said if option in each.choices)
                assert found.options.get(option, {}) == by_hand
            by_number = Counter(each.number for each in said if each.number is not None)
            assert found.values == by_number
    assert counted.people(Speaker.GROUP) == 4 * counted.total(Speaker.GROUP)
    streets = counted.by_channel()["rue"]["aucune"]
    assert streets == sum(
        each.answers
        for each in answer_counts(consultation.id)
        if each.speaker is Speaker.PERSON and each.channel in ("rue", "porte_a_porte")
    )
    assert how_many(consultation.id) == 60
    persons = [answers for who, answers in given if who is Speaker.PERSON]

    def chosen(answers: Mapping[int, Given], question: int) -> int | None:
        return next(iter(answers.get(question, Given()).choices), None)

    pairs = Counter((chosen(each, single.id), chosen(each, crossed.id)) for each in persons)
    assert {pair: count for pair, count in counted.crosses[0].cells.items() if count} == pairs
    assert from_content(as_content(counted)) == counted


def test_numbers_stand_in_the_class_that_begins_below_them(app: Flask) -> None:
    consultation = make.make_consultation()
    question = make.make_question(make.make_step(consultation), kind="number", classes=[0, 5, 10])
    for value in (0, 4, 5, 9, 10, 99):
        make.make_answer(consultation, numbers={question.id: value})
    rules = definition_of(consultation.id, "fr").rules
    found = count_all(consultation.id, rules).questions[Speaker.PERSON][question.id]
    assert found.of_class(rules[0]) == (2, 2, 2)


def test_what_was_read_in_words_is_counted_by_texts(app: Flask) -> None:
    consultation = make.make_consultation()
    step = make.make_step(consultation, "priorities")
    ballot = make.make_question(step, kind="pick", options=["A", "B"])
    missing = make.make_question(step, kind="long")
    benches, shade = (make.make_option(ballot, text, came_up_in="2027") for text in ("Bancs", "Ombre"))
    make.make_answers(consultation, 7, words={missing.id: "Des bancs à l’ombre"})
    make.make_answers(consultation, 2, words={missing.id: "Rien"})
    make.make_answer(consultation, words={missing.id: "Bancs"}, speaker="group", people=20)
    with transaction() as session:
        texts = session.execute(ConsultationWords.__table__.select().order_by(ConsultationWords.id)).all()
        session.execute(
            insert(ConsultationCoding),
            [
                {"words_id": text.id, "option_id": option.id}
                for text in texts
                if "ancs" in text.words
                for option in ((benches, shade) if "ombre" in text.words else (benches,))
            ],
        )
    counted = count_all(consultation.id, definition_of(consultation.id, "fr").rules)
    persons = counted.questions[Speaker.PERSON][missing.id]
    assert persons.codings == {benches.id: 7, shade.id: 7}
    assert (persons.answered, persons.coded) == (9, 7)
    assert counted.questions[Speaker.GROUP][missing.id].codings == {benches.id: 1}


def test_counting_costs_the_same_however_much_there_is(app: Flask) -> None:
    consultation = make.make_consultation()
    step = make.make_step(consultation)
    questions = [make.make_question(step, kind=kind) for kind in ("single", "multiple", "scale")]
    rules, consultation_id = definition_of(consultation.id, "fr").rules, consultation.id

    def measured() -> int:
        db.session.rollback()
        with counting(app) as counted:
            count_all(consultation_id, rules)
        return len(counted)

    make.make_answer(consultation, speaker="group", people=4)
    before = measured()
    for question in questions:
        make.make_answers(consultation, 30, choices={make.options_of(question)[0]: None})
    assert measured() == before <= 13
