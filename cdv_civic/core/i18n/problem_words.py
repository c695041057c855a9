"""What is wrong with a translation, in words."""

from collections.abc import Sequence
from typing import Final

from cdv_civic.core.i18n.catalogue import gettext as _
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.translation_check import Kind, Problem

#: What is no piece of the text that is there or not.
_SAID_ALONE: Final = (Kind.EMPTY, Kind.FORMS, Kind.CHARACTER, Kind.DIRECTION, Kind.NESTING)


def problem_words(problem: Problem) -> str:
    """What is wrong with a translation; of a counted message, with which of its forms."""
    words = _problem(problem)
    if problem.form is None:
        return words
    return _("Forme %(number)s : %(problem)s", number=problem.form + 1, problem=words)


def problems_words(problems: Sequence[Problem]) -> str:
    """What is wrong with a translation, all of it: what it leaves out is one sentence, and so is what it adds."""
    missing = [each.detail for each in problems if _is_piece(each) and each.missing]
    added = [each.detail for each in problems if _is_piece(each) and not each.missing]
    said = [problem_words(each) for each in problems if not _is_piece(each)]
    if missing:
        said.append(
            ngettext(
                "Il manque %(pieces)s, qui est dans la phrase française.",
                "Il manque %(pieces)s, qui sont dans la phrase française.",
                len(missing),
                pieces=_pieces(missing),
            )
        )
    if added:
        said.append(
            ngettext(
                "%(pieces)s n’est pas dans la phrase française.",
                "%(pieces)s ne sont pas dans la phrase française.",
                len(added),
                pieces=_pieces(added),
            )
        )
    return " ".join(said)


def _is_piece(problem: Problem) -> bool:
    return problem.form is None and problem.kind not in _SAID_ALONE


def _pieces(found: Sequence[str]) -> str:
    return _(", ").join(_("« %(piece)s »", piece=each) for each in found)


def _problem(problem: Problem) -> str:
    detail = problem.detail
    match problem.kind:
        case Kind.EMPTY:
            return _("La traduction est vide.")
        case Kind.FORMS:
            return _("Nombre de formes attendu dans cette langue : %(count)s.", count=detail)
        case Kind.CHARACTER:
            return _("Le caractère %(name)s n’est pas permis.", name=detail)
        case Kind.DIRECTION if problem.missing:
            return _("Un changement du sens de lecture n’est pas refermé.")
        case Kind.DIRECTION:
            return _("Le caractère %(name)s change le sens de lecture.", name=detail)
        case Kind.NESTING:
            return _("Les marques de mise en forme ne se ferment pas dans le bon ordre.")
    if problem.missing:
        return _("Il manque « %(piece)s », qui est dans la phrase française.", piece=detail)
    return _("« %(piece)s » n’est pas dans la phrase française.", piece=detail)
