"""What the engine takes from statements."""

from flask import Flask

from cdv_civic.consultations.engine.kinds import StepKind, StepResults, register_step_kind
from cdv_civic.consultations.kinds.statements import desk, moderated, operations, personal_data, views
from cdv_civic.consultations.kinds.statements.counting import build
from cdv_civic.consultations.kinds.statements.export import cells, columns
from cdv_civic.consultations.kinds.statements.presentation import lines, shown
from cdv_civic.consultations.kinds.statements.rules import TAKES
from cdv_civic.consultations.kinds.statements.wording import ICON, LABEL, MEANING, STANCES, shortcomings
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.kinds import ModeratedKind, register_kind
from cdv_civic.participation.receipts import register_page


def register(app: Flask) -> None:
    """Declare the kind, and let its templates ask for the three answers."""
    app.jinja_env.globals.update(stances=STANCES)
    register_step_kind(
        app,
        StepKind(
            code="statements",
            label=LABEL,
            meaning=MEANING,
            icon=ICON,
            takes=TAKES,
            template="consultations/statements/question.html",
            paper_template="consultations/statements/on_paper.html",
            check=shortcomings,
            columns=columns,
            cells=cells,
            results=StepResults(build, shown, "consultations/statements/results.html", lines),
            settings_endpoint="consultation_statements_desk.settings",
            settings_label=_l("Ajouter plusieurs phrases, et régler l’étape"),
        ),
    )
    register_kind(
        app,
        ModeratedKind(
            operations.KIND,
            _l("Phrase"),
            ICON,
            moderated.said_texts,
            moderated.authors,
            operations.case_changed,
            case_of_receipt=moderated.case_of_receipt,
        ),
    )
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    personal_data.register(app)
    register_page(app, "consultation_sentences", views.followed_page)
