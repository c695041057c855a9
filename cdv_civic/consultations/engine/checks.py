"""What questions lack before they can be asked: what each kind of step says, and what none sees alone."""

from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.engine.wording import of_question
from cdv_civic.consultations.queries.definition import Definition, ShownStep
from cdv_civic.consultations.rules.questions import MOST_QUESTIONS, looking_ahead
from cdv_civic.core.i18n.catalogue import _


def shortcomings_of(definition: Definition) -> list[str]:
    """Sentences, in the order of the form; none: it can be asked."""
    if not definition.steps:
        return [_("Ajoutez une étape\u00a0: des questions, ou des priorités.")]
    ahead = set(looking_ahead(definition.rules))
    found = [said for step in definition.steps for said in _of_step(step, ahead)]
    if len(definition.questions) > MOST_QUESTIONS:
        found.append(_("Posez %(most)s questions au plus.", most=MOST_QUESTIONS))
    return found


def _of_step(step: ShownStep, ahead: set[int]) -> list[str]:
    kind = step_kinds()[step.kind]
    found = [str(said) for said in kind.check(step)]
    for question in step.questions:
        if question.kind not in kind.takes:
            found.append(of_question(step, question.id, _("Cette étape ne prend pas ce genre de question.")))
        if question.id in ahead:
            said = _(
                "Cette question dépend d’une réponse qui n’est donnée qu’après elle\u00a0: placez-la plus loin."
            )
            found.append(of_question(step, question.id, said))
    return found
