"""What « Mes données » shows of a resident's own ideas, points and supports, and what is left of them after an account
is erased."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.core.db import TagName
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.locking import hold_many
from cdv_civic.ideas.wording import OWN_STATES, SIDES
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public, shown_title
from cdv_civic.participation.wording import THEME_WORDS


def _ideas(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The ideas that a resident put with their account, the newest first; 1 statement."""
    rows = session.execute(
        select(Idea, LocalizedText.original.label("box"), ModeratedText.state)
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(LocalizedText, LocalizedText.id == IdeaBox.title_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.author_id == account_id)
        .order_by(Idea.id.desc())
    )
    return [
        {
            "box": row.box,
            "put_on": row.Idea.received_on,
            "title": row.Idea.title,
            "words": row.Idea.words,
            "theme": row.Idea.theme,
            "landmark": row.Idea.landmark,
            "signed": row.Idea.signed,
            "contact": row.Idea.contact,
            "state": row.state,
        }
        for row in rows
    ]


def _points(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The points that they made; 1 statement."""
    rows = session.execute(
        select(IdeaPoint, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == IdeaPoint.case_id)
        .where(IdeaPoint.author_id == account_id)
        .order_by(IdeaPoint.id.desc())
    )
    return [
        {
            "put_on": row.IdeaPoint.received_at.date(),
            "side": row.IdeaPoint.side,
            "words": row.IdeaPoint.words,
            "state": row.state,
        }
        for row in rows
    ]


def _supports(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The ideas that they support, where everybody may read them still; 1 statement."""
    rows = session.execute(
        select(shown_title(Idea.title).label("title"), IdeaSupport.supported_on)
        .join(Idea, Idea.id == IdeaSupport.idea_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(IdeaSupport.account_id == account_id, is_public())
        .order_by(IdeaSupport.id.desc())
    )
    return [{"title": row.title, "supported_on": row.supported_on} for row in rows]


def _erase_ideas(session: Session, account_id: int) -> None:
    """Leave the ideas without the person: no account, no first name, no way to be reached."""
    hold_many(session, Idea, (Idea.author_id == account_id) | (Idea.entered_by == account_id))
    session.execute(
        update(Idea)
        .where(Idea.author_id == account_id)
        .values(author_id=None, contact=None, contact_kind=None, signed=None)
        .execution_options(synchronize_session=False)
    )
    # Those that they typed in for others are these others’.
    session.execute(
        update(Idea)
        .where(Idea.entered_by == account_id)
        .values(entered_by=None)
        .execution_options(synchronize_session=False)
    )


def _tags(session: Session, account_id: int) -> Iterable[TagName]:
    """The boxes whose pages may show a first name."""
    boxes = session.execute(select(Idea.box_id).where(Idea.author_id == account_id).distinct()).scalars()
    return [box_tag(each) for each in boxes]


def _erase_points(session: Session, account_id: int) -> None:
    hold_many(session, IdeaPoint, IdeaPoint.author_id == account_id)
    session.execute(
        update(IdeaPoint)
        .where(IdeaPoint.author_id == account_id)
        .values(author_id=None)
        .execution_options(synchronize_session=False)
    )


def _erase_supports(session: Session, account_id: int) -> None:
    """A support is the person's alone: it goes."""
    session.execute(delete(IdeaSupport).where(IdeaSupport.account_id == account_id))


def register(app: Flask) -> None:
    """Declare the parts."""
    states = {state.value: word.label for state, word in OWN_STATES.items()}
    register_part(
        app,
        PersonalPart(
            "ideas",
            _l("Vos idées"),
            _ideas,
            _erase_ideas,
            tags=_tags,
            words={
                "box": _l("Où"),
                "put_on": _l("Quand"),
                "title": _l("Titre"),
                "words": _l("Vos mots"),
                "theme": _l("Sujet"),
                "landmark": _l("L’endroit, en mots"),
                "signed": _l("Prénom montré"),
                "contact": _l("Comment vous prévenir"),
                "state": _l("Où ça en est"),
            },
            codes={
                "theme": {code: word.label for code, word in THEME_WORDS.items()},
                "state": states,
            },
            stays=_l("Vos idées restent, sans votre prénom et sans votre contact."),
        ),
    )
    register_part(
        app,
        PersonalPart(
            "idea_points",
            _l("Vos points pour et contre des idées"),
            _points,
            _erase_points,
            words={
                "put_on": _l("Quand"),
                "side": _l("Quoi"),
                "words": _l("Vos mots"),
                "state": _l("Où ça en est"),
            },
            codes={"side": {code: word.label for code, word in SIDES.items()}, "state": states},
            stays=_l("Vos points restent, sans lien avec vous."),
        ),
    )
    register_part(
        app,
        PersonalPart(
            "idea_supports",
            _l("Les idées que vous soutenez"),
            _supports,
            _erase_supports,
            words={"title": _l("Idée"), "supported_on": _l("Quand")},
        ),
    )
