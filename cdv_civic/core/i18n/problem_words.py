"""What is wrong with a translation, in words."""

from cdv_civic.core.i18n.catalogue import gettext as _
from cdv_civic.core.i18n.translation_check import Kind, Problem


def problem_words(problem: Problem) -> str:
    """What is wrong with a translation; of a counted message, with which of its forms."""
    words = _problem(problem)
    if problem.form is None:
        return words
    return _("Forme %(number)s : %(problem)s", number=problem.form + 1, problem=words)


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
