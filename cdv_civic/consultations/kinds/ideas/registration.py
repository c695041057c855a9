"""What the engine takes from ideas."""

from flask import Flask

from cdv_civic.consultations.engine.kinds import StepKind, StepResults, register_step_kind
from cdv_civic.consultations.kinds.ideas import desk
from cdv_civic.consultations.kinds.ideas.presentation import build, lines, shown, ways_in
from cdv_civic.consultations.kinds.ideas.rules import TAKES
from cdv_civic.consultations.kinds.ideas.wording import ICON, LABEL, MEANING, shortcomings
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


def register(app: Flask) -> None:
    """Declare the kind."""
    register_step_kind(
        app,
        StepKind(
            code="ideas",
            label=LABEL,
            meaning=MEANING,
            icon=ICON,
            takes=TAKES,
            template="",
            paper_template="",
            check=shortcomings,
            results=StepResults(build, shown, "consultations/ideas/results.html", lines),
            settings_endpoint="consultation_ideas_desk.settings",
            settings_label=_l("La boîte à idées de cette étape"),
            ways_in=ways_in,
        ),
    )
    app.register_blueprint(desk.blueprint)
