"""What carriers of projects are told: yours went on, and the receipt says where it is. No words of anybody."""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.topics import PROJECTS
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.participation.contacts import EMAIL
from cdv_civic.participation.reached import text_a_page

#: The sentence of each state that a carrier is told of.
TOLD: Final[Mapping[ProjectState, LazyString]] = {
    ProjectState.INCOMPLETE: _l("Il manque quelque chose à votre projet. Votre reçu vous dit quoi."),
    ProjectState.ADMISSIBLE: _l("Votre projet peut être choisi. Votre reçu vous dit la suite."),
    ProjectState.INADMISSIBLE: _l(
        "Ce fonds ne peut pas aider votre projet. Votre reçu vous dit pourquoi, et où demander."
    ),
    ProjectState.SELECTED: _l("Votre projet est retenu. Votre reçu vous dit combien, et la suite."),
    ProjectState.NOT_SELECTED: _l(
        "Votre projet n’est pas retenu. Votre reçu vous dit pourquoi, et où demander."
    ),
    ProjectState.NOTIFIED: _l("La décision sur votre projet est officielle. Votre reçu vous dit la suite."),
    ProjectState.PAID: _l(
        "L’argent de votre projet est versé. Après le projet, racontez-nous avec votre reçu ce qui s’est passé."
    ),
    ProjectState.CLOSED: _l("Votre bilan est complet. Merci pour ce projet."),
    ProjectState.ABANDONED: _l("Votre projet est arrêté. Votre reçu vous dit pourquoi."),
}
REVIEW_DUE: Final = _l("Racontez-nous ce qui s’est passé\u00a0: nous attendons le bilan de votre projet.")
REVIEW_ASKED: Final = _l("Il manque quelque chose dans votre bilan. Votre reçu vous dit quoi.")


def tell_carrier(session: Session, project: FundProject, state: ProjectState) -> None:
    """Queue what the carrier of a project is told of its new state, within the caller's transaction; nothing where no
    contact was left, or the state is none that is told."""
    if state in TOLD:
        _tell(session, project, _l("Du nouveau pour votre projet"), TOLD[state])


def remind_of_review(session: Session, project: FundProject) -> None:
    """Queue the reminder of a review that is late."""
    _tell(session, project, _l("Le bilan de votre projet"), REVIEW_DUE)


def ask_more_of_review(session: Session, project: FundProject) -> None:
    """Queue that a review lacks something; the receipt says what."""
    _tell(session, project, _l("Le bilan de votre projet"), REVIEW_ASKED)


def _tell(session: Session, project: FundProject, subject: LazyString, sentence: LazyString) -> None:
    if project.contact is None:
        return
    tag = project.contact_language
    with written_in(tag):
        url = address_of("participation.follow", lang=tag)
        if project.contact_kind != EMAIL:
            text_a_page(session, project.contact, tag, str(subject), url, topic=PROJECTS)
        elif current_settings().mails:
            letter = Letter(
                subject=str(subject), paragraphs=(str(sentence),), action=_("Suivre avec mon reçu"), url=url
            )
            write_mail(session, project.contact, tag, letter, topic=PROJECTS)
