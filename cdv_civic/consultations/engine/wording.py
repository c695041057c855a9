"""Questions in words: how one answers, what is wrong with what was answered, what an organiser’s act would break."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from cdv_civic.consultations.queries.definition import Definition, ShownQuestion, ShownStep
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    NOTHING,
    ONE_OPTION,
    SOME_OPTIONS,
    AnswerFault,
    Given,
    QuestionKind,
    Stance,
)
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text

#: What one says of a sentence.
STANCES_SAID: Final = {
    Stance.AGREE: _l("D’accord"),
    Stance.PASS: _l("Je passe"),
    Stance.DISAGREE: _l("Pas d’accord"),
}


def answers_said(question: ShownQuestion) -> list[str]:
    """The answers that a question offers, in words, in their order."""
    if question.kind is QuestionKind.STATEMENT:
        return [str(said) for said in STANCES_SAID.values()]
    return [str(option.words) for option in question.offered]


def how_to_answer(question: ShownQuestion) -> str | None:
    """How one answers a question, where its look does not say it: « Choisissez 3 réponses au plus. »"""
    rule = question.rule
    if rule.kind in SOME_OPTIONS:
        return _how_to_choose(question)
    if rule.kind is QuestionKind.RANK:
        if rule.places == len(rule.options):
            return _("Mettez dans l’ordre\u00a0: 1 pour ce qui compte le plus.")
        return ngettext(
            "Choisissez la réponse qui compte le plus, et donnez-lui le rang 1.",
            "Choisissez %(num)s réponses au plus, dans l’ordre\u00a0: 1 pour ce qui compte le plus.",
            rule.places,
        )
    if rule.kind is QuestionKind.POINTS:
        return ngettext(
            "Donnez %(num)s point à une réponse.",
            "Partagez %(num)s points entre les réponses. Donnez plus à ce qui compte plus.",
            rule.places,
        )
    return _bounds(question) if rule.kind is QuestionKind.NUMBER else None


def _how_to_choose(question: ShownQuestion) -> str:
    rule = question.rule
    least = min(rule.least or 1, rule.places)
    if least > 1:
        if least == rule.places:
            return _("Choisissez %(count)s réponses.", count=number_text(least))
        return _(
            "Choisissez de %(least)s à %(most)s réponses.",
            least=number_text(least),
            most=number_text(rule.places),
        )
    if rule.places == len(rule.options):
        return _("Vous pouvez choisir plusieurs réponses.")
    return ngettext(
        "Choisissez %(num)s réponse au plus.", "Choisissez %(num)s réponses au plus.", rule.places
    )


def _bounds(question: ShownQuestion) -> str | None:
    lowest, highest = question.rule.lowest, question.rule.highest
    if lowest is not None and highest is not None:
        return _(
            "Un nombre de %(lowest)s à %(highest)s.",
            lowest=number_text(lowest),
            highest=number_text(highest),
        )
    if lowest is not None:
        return _("Un nombre à partir de %(lowest)s.", lowest=number_text(lowest))
    return None if highest is None else _("Un nombre jusqu’à %(highest)s.", highest=number_text(highest))


def fault_said(question: ShownQuestion, fault: AnswerFault, given: Given = NOTHING) -> str:
    """What is wrong with what was answered, and what to do: « Vous avez donné 8 points sur 10… »."""
    match fault:
        case AnswerFault.MISSING:
            return _missing(question)
        case AnswerFault.UNKNOWN_OPTION:
            return _("Cette réponse n’est plus proposée. Choisissez parmi celles-ci.")
        case AnswerFault.TOO_MANY | AnswerFault.TOO_FEW:
            return _of_count(question, fault, given)
        case AnswerFault.NOT_A_NUMBER:
            return _("Écrivez un nombre entier, en chiffres\u00a0: 12, par exemple.")
        case AnswerFault.RANKS:
            return _ranks(given)
        case AnswerFault.POINTS:
            return _points(question.rule.places, given)
        case AnswerFault.TOO_LOW | AnswerFault.TOO_HIGH:
            return _beyond_bounds(question, fault)
        case AnswerFault.TOO_LONG:
            return _too_long(question, given)


def _of_count(question: ShownQuestion, fault: AnswerFault, given: Given) -> str:
    rule, chosen = question.rule, number_text(len(given.choices))
    if fault is AnswerFault.TOO_MANY:
        return ngettext(
            "Gardez %(num)s réponse au plus. Vous en avez choisi %(given)s.",
            "Gardez %(num)s réponses au plus. Vous en avez choisi %(given)s.",
            rule.places,
            given=chosen,
        )
    return ngettext(
        "Choisissez %(num)s réponse au moins. Vous en avez choisi %(given)s.",
        "Choisissez %(num)s réponses au moins. Vous en avez choisi %(given)s.",
        min(rule.least or 1, rule.places),
        given=chosen,
    )


def _beyond_bounds(question: ShownQuestion, fault: AnswerFault) -> str:
    lowest, highest = question.rule.lowest or 0, question.rule.highest or 0
    if fault is AnswerFault.TOO_LOW:
        return _("Écrivez un nombre à partir de %(lowest)s.", lowest=number_text(lowest))
    return _("Écrivez un nombre jusqu’à %(highest)s.", highest=number_text(highest))


def _too_long(question: ShownQuestion, given: Given) -> str:
    longest = question.rule.longest
    return _(
        "Votre texte est trop long\u00a0: %(most)s caractères au plus. Enlevez-en %(beyond)s.",
        most=number_text(longest),
        beyond=number_text(max(len(given.words) - longest, 0)),
    )


def _missing(question: ShownQuestion) -> str:
    kind = question.kind
    if kind in ONE_OPTION or kind is QuestionKind.STATEMENT:
        return _("Choisissez une réponse.")
    if kind in SOME_OPTIONS:
        return _("Choisissez au moins une réponse.")
    if kind is QuestionKind.RANK:
        return _("Choisissez au moins une réponse\u00a0: celle qui compte le plus.")
    if kind is QuestionKind.POINTS:
        return _("Partagez vos points entre les réponses.")
    return _("Écrivez votre réponse.") if kind in IN_WORDS else _("Écrivez un nombre.")


def _ranks(given: Given) -> str:
    """The first of what is wrong with ranks: one given twice, one left out, or none at all."""
    ranks = sorted(rank or 0 for rank in given.choices.values())
    twice = next((rank for rank, following in pairwise(ranks) if rank == following), None)
    if ranks and ranks[0] < 1:
        return _("Le premier rang est 1, le suivant est 2, et ainsi de suite.")
    if twice is not None:
        return _(
            "Vous avez donné le rang %(rank)s plusieurs fois. Donnez chaque rang une seule fois.",
            rank=number_text(twice),
        )
    absent = next((rank for rank in range(1, len(ranks) + 1) if rank not in ranks), 1)
    return _(
        "Il manque le rang %(rank)s. Donnez les rangs dans l’ordre, à partir de 1.", rank=number_text(absent)
    )


def _points(places: int, given: Given) -> str:
    """How many points are left, or too many."""
    points = [number or 0 for number in given.choices.values()]
    if any(number < 1 for number in points):
        return _("Donnez des points entiers, à partir de 1. Laissez vide ce qui n’en reçoit pas.")
    if sum(points) < places:
        return ngettext(
            "Vous avez donné %(num)s point sur %(all)s\u00a0: il en reste %(left)s.",
            "Vous avez donné %(num)s points sur %(all)s\u00a0: il en reste %(left)s.",
            sum(points),
            all=number_text(places),
            left=number_text(places - sum(points)),
        )
    return ngettext(
        "Vous avez donné %(num)s point au lieu de %(all)s\u00a0: enlevez-en %(beyond)s.",
        "Vous avez donné %(num)s points au lieu de %(all)s\u00a0: enlevez-en %(beyond)s.",
        sum(points),
        all=number_text(places),
        beyond=number_text(sum(points) - places),
    )


def of_question(step: ShownStep, question_id: int | None, said: Any) -> str:
    """What is to be said of a step, or of one of its questions, which is named then."""
    words = next((str(each.words) for each in step.questions if each.id == question_id), None)
    if words is None:
        return str(said)
    return _("«\u00a0%(question)s\u00a0»\u00a0: %(said)s", question=words, said=said)


def broken_said(definition: Definition, broken: Sequence[int]) -> str:
    """Why an organiser’s act is refused: the first question that would not be asked of anybody any more.

    `broken`: as the functions of `rules.conditions` give it, not empty.
    """
    words = {question.id: str(question.words) for question in definition.questions}
    return _(
        "La question «\u00a0%(question)s\u00a0» dépend d’une réponse donnée avant elle. Changez d’abord de qui "
        "elle est demandée.",
        question=words[broken[0]],
    )


def asked_if(definition: Definition, question: ShownQuestion, *, numbers: bool = False) -> str | None:
    """Of whom a question is asked, where not of everybody: for pages and sheets that show all questions at once.

    `numbers`: the questions are counted from 1, as on paper; else the earlier question is named by its words.
    """
    condition = question.rule.condition
    if condition is None:
        return None
    for number, earlier in enumerate(definition.questions, 1):
        for option in earlier.options:
            if option.id != condition:
                continue
            if numbers:
                return _(
                    "Seulement si vous avez répondu «\u00a0%(answer)s\u00a0» à la question %(number)s.",
                    answer=option.words,
                    number=number_text(number),
                )
            return _(
                "Seulement si vous avez répondu «\u00a0%(answer)s\u00a0» à «\u00a0%(question)s\u00a0».",
                answer=option.words,
                question=earlier.words,
            )
    return None
