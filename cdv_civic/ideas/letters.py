"""What authors of ideas are told: something happened to yours, and the receipt says what. No words of residents."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.topics import IDEAS
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.participation.contacts import EMAIL
from cdv_civic.participation.reached import text_a_page


def _tell(session: Session, idea: Idea, write: Callable[[], tuple[str, Sequence[str]]]) -> None:
    """Queue a letter, or a text message with its subject, within the caller's transaction, where the author left a
    contact that the site writes to; `write` gives its subject and its sentences in the language of its reader."""
    if idea.contact is None:
        return
    tag = idea.contact_language
    with written_in(tag):
        subject, said = write()
        url = address_of("participation.follow", lang=tag)
        if idea.contact_kind != EMAIL:
            text_a_page(session, idea.contact, tag, subject, url, topic=IDEAS)
        elif current_settings().mails:
            letter = Letter(subject=subject, paragraphs=said, action=_("Suivre avec mon reçu"), url=url)
            write_mail(session, idea.contact, tag, letter, topic=IDEAS)


def tell_of_group(session: Session, idea: Idea) -> None:
    """Say that the idea stands in a group."""
    _tell(
        session,
        idea,
        lambda: (
            _("Votre idée est dans un groupe"),
            (
                _("Nous avons réuni les idées qui se ressemblent. La vôtre est dans un groupe."),
                _("Votre reçu vous dit lequel. Ce groupe ne va pas\u00a0? Vous pouvez le dire une fois."),
            ),
        ),
    )


def tell_of_objection(session: Session, idea: Idea, *, moved: bool) -> None:
    """Say that an objection has its answer."""
    _tell(
        session,
        idea,
        lambda: (
            _("Une réponse sur le groupe de votre idée"),
            (
                _("Vous avez dit que le groupe de votre idée n’allait pas."),
                _("Votre idée a changé de groupe.")
                if moved
                else _("Votre idée reste dans ce groupe. Votre reçu vous dit pourquoi."),
            ),
        ),
    )


def tell_of_answer(session: Session, idea: Idea) -> None:
    """Say that the idea has its answer."""
    _tell(
        session,
        idea,
        lambda: (
            _("Une réponse à votre idée"),
            (_("Vous avez proposé une idée. La réponse est là."),),
        ),
    )
