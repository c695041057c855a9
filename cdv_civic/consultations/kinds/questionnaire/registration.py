"""What the engine takes from questionnaires."""

from flask import Flask

from cdv_civic.consultations.engine.kinds import StepKind, register_step_kind
from cdv_civic.consultations.kinds.questionnaire.export import cells, columns
from cdv_civic.consultations.kinds.questionnaire.rules import TAKES, faces
from cdv_civic.consultations.kinds.questionnaire.wording import ICON, LABEL, MEANING, shortcomings


def register(app: Flask) -> None:
    """Declare the kind, and let its templates ask for the faces of a scale."""
    app.jinja_env.globals.update(faces_of_scale=faces)
    register_step_kind(
        app,
        StepKind(
            code="questionnaire",
            label=LABEL,
            meaning=MEANING,
            icon=ICON,
            takes=TAKES,
            template="consultations/questionnaire/question.html",
            paper_template="consultations/questionnaire/on_paper.html",
            check=shortcomings,
            columns=columns,
            cells=cells,
        ),
    )
