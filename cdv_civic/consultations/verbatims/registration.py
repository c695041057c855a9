"""What consultations take from this part."""

from functools import partial

from flask import Flask

from cdv_civic.consultations.operations.verbatims import KIND
from cdv_civic.consultations.verbatims import moderated, operations, personal_data, replay
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.kinds import ModeratedKind, register_kind


def register(app: Flask, told_questions: moderated.ToldQuestions) -> None:
    """What moderators read, and what a person finds in their own data. `told_questions`: what results say of it."""
    register_kind(
        app,
        ModeratedKind(
            KIND,
            _l("Texte d’une réponse"),
            "message-2",
            partial(moderated.said_texts, told_questions),
            moderated.authors,
            operations.case_changed,
            # The answer that it is of is closed.
            rewordable=False,
            cases_of_receipt=moderated.cases_of_receipt,
            choosers=moderated.choosers,
        ),
    )
    personal_data.register(app)
    replay.register(app)
