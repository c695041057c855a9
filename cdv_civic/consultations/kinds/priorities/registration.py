"""What the engine takes from priorities."""

from flask import Flask

from cdv_civic.consultations.engine.kinds import StepKind, register_step_kind
from cdv_civic.consultations.kinds.priorities.export import cells, columns
from cdv_civic.consultations.kinds.priorities.rules import TAKES
from cdv_civic.consultations.kinds.priorities.wording import ICON, LABEL, MEANING, shortcomings


def register(app: Flask) -> None:
    """Declare the kind."""
    register_step_kind(
        app,
        StepKind(
            code="priorities",
            label=LABEL,
            meaning=MEANING,
            icon=ICON,
            takes=TAKES,
            template="consultations/priorities/question.html",
            paper_template="consultations/priorities/on_paper.html",
            check=shortcomings,
            columns=columns,
            cells=cells,
        ),
    )
