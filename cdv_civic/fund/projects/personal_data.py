"""What « Mes données » shows of a resident's own projects, and what is left of them after an account is erased."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.core.db import TagName
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier
from cdv_civic.fund.project_words import CARRIERS, STATES
from cdv_civic.fund.projects.operations.keeping import forget_people, hold_projects


def _projects(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The projects that a resident put with their account, the newest first; 1 statement."""
    rows = session.execute(
        select(FundProject, LocalizedText.original.label("round"))
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(LocalizedText, LocalizedText.id == FundRound.title_id)
        .where(FundProject.author_id == account_id)
        .order_by(FundProject.id.desc())
    )
    return [
        {
            "round": row.round,
            "number": row.FundProject.number,
            "put_on": row.FundProject.submitted_at.date(),
            "title": row.FundProject.title,
            "words": row.FundProject.words,
            "asked": row.FundProject.asked_cents / 100,
            "carrier": row.FundProject.carrier_kind,
            "signed": row.FundProject.signed,
            "age": row.FundProject.age,
            "contact_name": row.FundProject.contact_name,
            "contact": row.FundProject.contact,
            "state": row.FundProject.state,
        }
        for row in rows
    ]


def _erase(session: Session, account_id: int) -> None:
    """Leave the projects without the person: no account, no names, no way to be reached, no age."""
    own = FundProject.author_id == account_id
    carried = select(ProjectCoCarrier.project_id).where(ProjectCoCarrier.account_id == account_id)
    held = hold_projects(session, own | (FundProject.entered_by == account_id) | FundProject.id.in_(carried))
    mine = [project.id for project in held if project.author_id == account_id]
    forget_people(session, mine)
    # Those that they typed in for others, or carried with them, are these others’.
    for column in (FundProject.author_id, FundProject.entered_by):
        session.execute(
            update(FundProject)
            .where(column == account_id)
            .values({column: None})
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(ProjectCoCarrier)
        .where(ProjectCoCarrier.account_id == account_id)
        .values(account_id=None, name="")
        .execution_options(synchronize_session=False)
    )


def _tags(session: Session, account_id: int) -> Iterable[TagName]:
    """The funds whose pages may show a first name."""
    funds = session.execute(
        select(FundProject.fund_id).where(FundProject.author_id == account_id).distinct()
    ).scalars()
    return [fund_tag(each) for each in funds]


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "fund_projects",
            _l("Vos projets"),
            _projects,
            _erase,
            tags=_tags,
            words={
                "round": _l("Où"),
                "number": _l("Numéro"),
                "put_on": _l("Quand"),
                "title": _l("Titre"),
                "words": _l("Vos mots"),
                "asked": _l("Argent demandé, en euros"),
                "carrier": _l("Qui porte le projet"),
                "signed": _l("Prénom montré"),
                "age": _l("Âge"),
                "contact_name": _l("À qui répondre"),
                "contact": _l("Comment vous prévenir"),
                "state": _l("Où ça en est"),
            },
            codes={"carrier": dict(CARRIERS), "state": {code: term.label for code, term in STATES.items()}},
            stays=_l("Vos projets restent, sans votre nom, votre âge et votre contact."),
        ),
    )
