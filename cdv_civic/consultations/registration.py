"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.consultations import pictures
from cdv_civic.consultations.answering import registration as answering
from cdv_civic.consultations.choices import registration as choices
from cdv_civic.consultations.desk import registration as desk
from cdv_civic.consultations.engine import registration as engine
from cdv_civic.consultations.in_person import registration as in_person
from cdv_civic.consultations.kinds.comments import registration as comments
from cdv_civic.consultations.kinds.ideas import registration as ideas
from cdv_civic.consultations.kinds.priorities import registration as priorities
from cdv_civic.consultations.kinds.questionnaire import registration as questionnaire
from cdv_civic.consultations.kinds.statements import registration as statements
from cdv_civic.consultations.models import ConsultationQuestion, ConsultationStep
from cdv_civic.consultations.paper import registration as paper
from cdv_civic.consultations.public import registration as public
from cdv_civic.consultations.queries.definition import hidden_questions
from cdv_civic.consultations.recordings import registration as recordings
from cdv_civic.consultations.restitution import registration as restitution
from cdv_civic.consultations.results import registration as results
from cdv_civic.consultations.results.queries.heads import told_questions
from cdv_civic.consultations.verbatims import registration as verbatims
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind

#: The tables whose texts are translated, in words, and their fields.
_TEXTS = (
    (
        "consultation",
        _l("Consultations"),
        (
            "title",
            "purpose",
            "negotiable",
            "settled",
            "decider",
            "readers",
            "ties",
            "audience",
            "withdrawn_reason",
        ),
    ),
    ("consultation_step", _l("Étapes des consultations"), ("title", "intro")),
    ("consultation_question", _l("Questions des consultations"), ("text", "hint", "easy")),
    ("consultation_option", _l("Réponses que proposent les consultations"), ("text", "picture_words")),
)
#: Rows whose texts residents do not read, by the name of their table.
_HIDDEN = {
    ConsultationQuestion.__tablename__: hidden_questions,
    ConsultationStep.__tablename__: comments.steps_kept_back,
}
#: Whom the organiser wants to reach is said in the answer, in French and whatever else the organiser writes.
_PUBLICS = TextKind(
    "consultation_public", "consultations", _l("Personnes à rencontrer"), ("name",), shown=False
)


def register(app: Flask) -> None:
    """The kinds of steps, public pages, and the desk."""
    for kind, label, fields in _TEXTS:
        register_text_kind(app, TextKind(kind, "consultations", label, fields, hidden=_HIDDEN.get(kind)))
    register_text_kind(app, _PUBLICS)
    engine.register(app)
    app.register_blueprint(pictures.blueprint)
    priorities.register(app)
    questionnaire.register(app)
    statements.register(app)
    comments.register(app)
    ideas.register(app)
    # Its personal data before that of answers, which are left without the person.
    verbatims.register(app, told_questions)
    answering.register(app)
    in_person.register(app)
    public.register(app)
    restitution.register(app)
    results.register(app)
    paper.register(app)
    recordings.register(app)
    desk.register(app)
    choices.register(app)
