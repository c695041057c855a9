"""What was said of sentences as the cells of a table."""

from cdv_civic.consultations.engine.kinds import Cell
from cdv_civic.consultations.engine.wording import STANCES_SAID
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import Given, Stance


def columns(question: ShownQuestion) -> list[str]:
    """One column for each sentence."""
    return [str(question.words)]


def cells(_question: ShownQuestion, given: Given) -> list[Cell]:
    """« D’accord », « Je passe », « Pas d’accord »; empty where nothing was said."""
    return ["" if given.number is None else str(STANCES_SAID[Stance(given.number)])]
