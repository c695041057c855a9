"""Sheets of paper in words: how a question is filled in, what is wrong with what was typed, and why a sheet is void."""

from collections.abc import Sequence
from typing import Any, Final

from cdv_civic.consultations.engine.wording import answers_said
from cdv_civic.consultations.paper.operations.importing import ImportedSheets
from cdv_civic.consultations.paper.rules.codes import letter_of
from cdv_civic.consultations.paper.rules.numbers import VoidReason, ranges
from cdv_civic.consultations.paper.tables import SheetProblem, TableFault
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import (
    NUMBERED_OPTIONS,
    ONE_OPTION,
    SOME_OPTIONS,
    AnswerFault,
    QuestionKind,
    QuestionRule,
    Stance,
)
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text

VOID_SAID: Final = {
    VoidReason.BLANK: _l("Rendue vide"),
    VoidReason.SPOILED: _l("Abîmée, on ne peut pas la lire"),
    VoidReason.LOST: _l("Perdue, ou jamais rendue"),
    VoidReason.TWICE: _l("La personne a déjà répondu autrement"),
    VoidReason.TAKEN_BACK: _l("La personne a demandé de la retirer"),
}
WRONG_NUMBER_SAID: Final = _l("Saisie sous le numéro d’une autre feuille")


def sheets_said(numbers: list[int]) -> str:
    """« 12, 14 à 18 »."""
    return _(", ").join(
        str(first) if first == last else _("%(first)s à %(last)s", first=first, last=last)
        for first, last in ranges(numbers)
    )


def how_to_fill(question: QuestionRule) -> str:
    """What whoever holds the pen does: beside the question, on paper."""
    most = question.places
    if question.kind in ONE_OPTION or question.kind is QuestionKind.STATEMENT:
        return _("Cochez une case.")
    if question.kind in SOME_OPTIONS:
        if most >= len(question.options):
            return _("Cochez autant de cases que vous voulez.")
        return ngettext("Cochez %(num)s case au plus.", "Cochez %(num)s cases au plus.", most)
    if question.kind is QuestionKind.RANK:
        return _("Écrivez 1 devant ce qui compte le plus pour vous, puis 2, puis 3…")
    if question.kind is QuestionKind.POINTS:
        return ngettext(
            "Partagez %(num)s point\u00a0: écrivez combien devant chaque ligne.",
            "Partagez %(num)s points\u00a0: écrivez combien devant chaque ligne.",
            most,
        )
    return _("Écrivez un nombre.") if question.kind is QuestionKind.NUMBER else ""


def how_to_type(question: QuestionRule) -> str:
    """What whoever sits at the keyboard types."""
    if question.kind in ONE_OPTION or question.kind is QuestionKind.STATEMENT:
        return _("Une lettre.")
    if question.kind in SOME_OPTIONS:
        return _("Les lettres cochées, par exemple AC.")
    if question.kind is QuestionKind.RANK:
        return _("Les lettres dans l’ordre choisi, par exemple BAC.")
    if question.kind is QuestionKind.POINTS:
        return _("Les points de chaque ligne, par exemple 5 3 2.")
    return ""


def legend_of(question: ShownQuestion) -> str:
    """What each letter means: « A Oui · B Non »."""
    return " · ".join(
        f"{letter_of(place)}\u00a0{words}" for place, words in enumerate(answers_said(question))
    )


def fault_said(fault: AnswerFault, question: QuestionRule) -> str:
    """What is wrong with what was typed for a question, and what to do."""
    options = len(Stance) if question.kind is QuestionKind.STATEMENT else len(question.options)
    last = letter_of(max(options - 1, 0))
    if fault is AnswerFault.UNKNOWN_OPTION:
        return _("Écrivez une lettre entre A et %(last)s.", last=last)
    if fault is AnswerFault.TOO_MANY:
        if question.kind in NUMBERED_OPTIONS:
            return _("Il y a plus de réponses que de lignes. Relisez la feuille.")
        return ngettext(
            "%(num)s réponse au plus. Si la feuille en a plus, laissez vide.",
            "%(num)s réponses au plus. Si la feuille en a plus, laissez vide.",
            question.places,
        )
    if fault is AnswerFault.POINTS:
        return _(
            "Les points doivent faire %(total)s en tout. Si la feuille dit autre chose, laissez vide.",
            total=number_text(question.places),
        )
    if fault is AnswerFault.TOO_LONG:
        return _("C’est trop long. Gardez %(most)s caractères au plus.", most=number_text(question.longest))
    if fault is AnswerFault.TOO_LOW:
        return _("C’est trop petit\u00a0: %(least)s au moins. Sinon, laissez vide.", least=question.lowest)
    if fault is AnswerFault.TOO_HIGH:
        return _("C’est trop grand\u00a0: %(most)s au plus. Sinon, laissez vide.", most=question.highest)
    return str(_FAULTS.get(fault, _FAULTS[AnswerFault.MISSING]))


_FAULTS: Final[dict[AnswerFault, Any]] = {
    AnswerFault.MISSING: _l("Relisez cette réponse, ou laissez vide."),
    AnswerFault.TOO_FEW: _l("Relisez cette réponse, ou laissez vide."),
    AnswerFault.NOT_A_NUMBER: _l("Écrivez un nombre entier, ou laissez vide."),
    AnswerFault.RANKS: _l("Écrivez chaque lettre une seule fois, de la première à la dernière."),
}


#: Things that are wrong with a table that a page says: whoever corrects them sends it again.
MOST_SAID: Final = 60


def problems_said(problems: Sequence[SheetProblem]) -> tuple[list[str], int]:
    """The first things that are wrong with a table, in sentences; and how many more there are."""
    return [_problem_said(each) for each in problems[:MOST_SAID]], max(len(problems) - MOST_SAID, 0)


def _problem_said(problem: SheetProblem) -> str:
    """One of them, with its line and its column."""
    what = _problem(problem)
    if problem.column:
        return _(
            "Ligne %(line)s, colonne %(column)s\u00a0: %(what)s",
            line=number_text(problem.line),
            column=problem.column,
            what=what,
        )
    return _("Ligne %(line)s\u00a0: %(what)s", line=number_text(problem.line), what=what)


def _problem(problem: SheetProblem) -> str:
    if problem.kind is TableFault.ANSWER and problem.fault is not None and problem.question is not None:
        return _(
            "«\u00a0%(said)s\u00a0». %(what)s",
            said=problem.said,
            what=fault_said(problem.fault, problem.question.rule),
        )
    return str(_PROBLEMS[problem.kind]) % {"said": problem.said}


_PROBLEMS: Final[dict[TableFault, Any]] = {
    TableFault.EMPTY: _l("le tableau est vide."),
    TableFault.MANY: _l("il y a plus de 5 000 lignes. Partagez le tableau en deux."),
    TableFault.QUOTE: _l("un guillemet n’est pas fermé."),
    TableFault.NO_NAME: _l(
        "la première ligne du modèle manque. Téléchargez le modèle, puis collez vos lignes dedans."
    ),
    TableFault.OTHER: _l("ce tableau est celui d’une autre consultation (%(said)s). Rien n’est gardé."),
    TableFault.UNKNOWN_COLUMN: _l(
        "«\u00a0%(said)s\u00a0» n’est pas une question de cette consultation. Reprenez le modèle."
    ),
    TableFault.MISSING_COLUMN: _l(
        "la colonne de cette question manque\u00a0: «\u00a0%(said)s\u00a0». Reprenez le modèle."
    ),
    TableFault.FORMULA: _l("cette case contient une formule. Écrivez la réponse elle-même."),
    TableFault.BAD_NUMBER: _l("«\u00a0%(said)s\u00a0» n’est pas un numéro de feuille."),
    TableFault.OTHER_SHEET: _l("la feuille «\u00a0%(said)s\u00a0» est d’une autre consultation."),
    TableFault.NOT_PRINTED: _l("aucune feuille n’a le numéro «\u00a0%(said)s\u00a0»."),
    TableFault.VOID: _l("la feuille «\u00a0%(said)s\u00a0» est écartée."),
    TableFault.TWICE: _l("la feuille «\u00a0%(said)s\u00a0» est deux fois dans le tableau."),
    TableFault.NO_NUMBER: _l(
        "le numéro de la feuille manque\u00a0: deux personnes saisissent chaque feuille."
    ),
    TableFault.ANSWER: _l("«\u00a0%(said)s\u00a0» ne va pas."),
}


def imported_said(done: ImportedSheets) -> str:
    """What became of a table, in a few sentences."""
    said = [ngettext("%(num)s feuille gardée.", "%(num)s feuilles gardées.", done.added)]
    if done.waiting:
        said.append(
            ngettext(
                "%(num)s attend une deuxième saisie.", "%(num)s attendent une deuxième saisie.", done.waiting
            )
        )
    if done.differing:
        said.append(ngettext("%(num)s est à comparer.", "%(num)s sont à comparer.", done.differing))
    if done.known:
        said.append(ngettext("%(num)s était déjà là.", "%(num)s étaient déjà là.", done.known))
    return " ".join(said)
