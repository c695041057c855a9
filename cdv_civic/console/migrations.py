"""`flask db`: the database's versions."""

from typing import Literal

from flask import Flask
from flask_migrate import Migrate

from cdv_civic.accounts import consents
from cdv_civic.accounts import models as accounts
from cdv_civic.bodies import models as bodies
from cdv_civic.cards import models as cards
from cdv_civic.commitments import models as commitments
from cdv_civic.consultations import idea_models as consultation_ideas
from cdv_civic.consultations import models as consultations
from cdv_civic.consultations import organiser_models as consultations_organiser
from cdv_civic.consultations import words_models as consultations_words
from cdv_civic.consultations.in_person import models as in_person
from cdv_civic.consultations.kinds.comments import models as comments
from cdv_civic.consultations.paper import models as paper
from cdv_civic.consultations.restitution import models as restitution
from cdv_civic.consultations.results import models as consultation_results
from cdv_civic.core import ledger, localized, rate_limits, site_identity
from cdv_civic.core.audit import trail
from cdv_civic.core.db import UtcDateTime, db
from cdv_civic.core.settings import ROOT
from cdv_civic.core.uploads import stored_files
from cdv_civic.drafts import models as drafts
from cdv_civic.draws import models as draws
from cdv_civic.glossary import models as glossary
from cdv_civic.ideas import models as ideas
from cdv_civic.jobs import models as jobs
from cdv_civic.language_help import models as language_help
from cdv_civic.moderation import models as moderation
from cdv_civic.notices import models as notices
from cdv_civic.notices.follows import models as follows
from cdv_civic.participation import models as participation
from cdv_civic.seats import models as seats
from cdv_civic.sign_in.by_message import models as ways_in
from cdv_civic.territory import models as territory
from cdv_civic.translation import models as translation
from cdv_civic.voices import models as voices
from cdv_civic.work_list import models as work_list

#: Every module that defines tables: importing it is what makes them known to a migration.
TABLES = (
    site_identity,
    trail,
    ledger,
    localized,
    stored_files,
    rate_limits,
    territory,
    accounts,
    notices,
    follows,
    ways_in,
    jobs,
    glossary,
    language_help,
    cards,
    participation,
    moderation,
    commitments,
    bodies,
    seats,
    draws,
    consultations,
    consultation_results,
    in_person,
    restitution,
    paper,
    comments,
    consultations_organiser,
    consultation_ideas,
    consultations_words,
    consents,
    voices,
    ideas,
    translation,
    work_list,
    drafts,
)


def _render_type(kind: str, value: object, _context: object) -> str | Literal[False]:
    """A migration must not depend on our classes, which may move: it names plain SQL types."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _ours(_value: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The search index of SQLite is made by hand in a migration: autogeneration leaves it alone."""
    return not (kind in ("table", "index") and name is not None and name.startswith("commitment_search_"))


def register(app: Flask) -> None:
    """Add `flask db upgrade` and its siblings."""
    Migrate(
        app,
        db,
        directory=str(ROOT / "migrations"),
        render_as_batch=True,
        compare_type=True,
        render_item=_render_type,
        include_object=_ours,
    )
