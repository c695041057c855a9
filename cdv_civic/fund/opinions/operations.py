"""A body gives its opinion on a project, and corrects it until the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.fund.linked import carries
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import Fund, fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import (
    NO_PROJECT,
    held_fund,
    held_project,
    held_round,
    raise_fund_tags,
)
from cdv_civic.fund.operations.moving import freeze, move
from cdv_civic.fund.rules.opinions import LONGEST_REASONS, MOST_ASIDE, OpinionStance, all_have_judged
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import GIVE_OPINION, contract_slug
from cdv_civic.territory.models import Body
from cdv_civic.territory.scopes import touched_body

#: While a body can give its opinion, or correct it: until the decision.
JUDGED: Final = frozenset({ProjectState.OPINION, ProjectState.IN_CHOICE})
OWN_PROJECT: Final = _l(
    "Ce groupe porte lui-même ce projet\u00a0: il ne peut pas donner son avis. Un autre groupe le donne."
)
LINKED: Final = _l(
    "Vous portez ce projet, seul ou avec d’autres\u00a0: une autre personne de votre groupe donne l’avis."
)


class OpinionStands(Conflict):
    """The decision has come: the opinion is read with it, and stays."""

    def __init__(self) -> None:
        super().__init__(
            _l("La décision sur ce projet est prise\u00a0: l’avis reste tel qu’il est. Gardez vos mots.")
        )


@dataclass(frozen=True)
class OpinionDraft:
    """What a body says of a project; reasons are by language tag."""

    stance: str
    reasons: Mapping[str, str]
    given_on: date
    #: Members who stood aside, being linked to the project.
    aside: int = 0


def give_opinion(
    actor: Actor,
    body_id: int,
    project_id: int,
    said: OpinionDraft,
    *,
    version: int,
    client_key: str,
    sent: SentDraft | None = None,
) -> bool:
    """Give the opinion of a body, or correct it (`version` is the page's, 0 where it had none).

    Gives whether the project went on to its choice with it.

    The first opinion freezes the round and the project. The same form again changes nothing. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError` with the fields of the form.
    """
    key = read_key(client_key)
    with transaction() as session:
        place = session.execute(
            select(FundProject.fund_id, FundProject.round_id).where(FundProject.id == project_id)
        ).first()
        if place is None:
            raise NotFound(NO_PROJECT)
        require(actor, GIVE_OPINION, touched_body(session, body_id))
        fund = held_fund(session, place.fund_id, shared=True)
        fund_round = held_round(session, place.round_id)
        project = held_project(session, project_id)
        asked = _asked(session, fund.id)
        _check_place(session, actor, project, body_id, asked)
        given = session.execute(
            select(ProjectOpinion).where(
                ProjectOpinion.project_id == project_id, ProjectOpinion.body_id == body_id
            ),
            execution_options={"populate_existing": True},
        ).scalar()
        forget_sent(session, actor, sent)
        if given is not None and given.client_key == key:
            return False
        if (given.version if given is not None else 0) != version:
            raise ChangedMeanwhile
        freeze(session, fund_round, project)
        before = _noted(given) if given is not None else None
        row = _write(session, actor, project, fund, body_id, given, said, key)
        record(
            session,
            actor,
            GIVE_OPINION,
            "fund_project_opinion",
            row.id,
            scope=contract_slug(session, fund.contract_id),
            before=before,
            after=_noted(row),
        )
        return _go_on(session, actor, fund, project, asked)


def _asked(session: Session, fund_id: int) -> frozenset[int]:
    """The bodies that a fund asks, those that are gone left out. 1 statement."""
    return frozenset(
        session.execute(
            select(fund_body.c.body_id)
            .join(Body, Body.id == fund_body.c.body_id)
            .where(fund_body.c.fund_id == fund_id, Body.retired_at.is_(None))
        ).scalars()
    )


def _check_place(
    session: Session, actor: Actor, project: FundProject, body_id: int, asked: frozenset[int]
) -> None:
    if body_id not in asked:
        raise NotFound(_l("Ce groupe ne donne pas d’avis sur ce projet."))
    if project.body_id == body_id:
        raise DomainError(OWN_PROJECT)
    if carries(session, actor.actor_id, project.id):
        raise Forbidden(LINKED)
    state = ProjectState(project.state)
    if state not in JUDGED:
        given = session.execute(
            select(ProjectOpinion.id).where(
                ProjectOpinion.project_id == project.id, ProjectOpinion.body_id == body_id
            )
        ).first()
        raise (
            OpinionStands
            if given is not None
            else NotFound(_l("Ce projet n’attend pas d’avis en ce moment."))
        )


def _noted(opinion: ProjectOpinion) -> dict[str, Any]:
    """What the trail says of an opinion: never its words."""
    return {
        "project": opinion.project_id,
        "stance": opinion.stance,
        "on": opinion.given_on.isoformat(),
        "aside": opinion.aside,
        "version": opinion.version,
    }


def _write(
    session: Session,
    actor: Actor,
    project: FundProject,
    fund: Fund,
    body_id: int,
    given: ProjectOpinion | None,
    said: OpinionDraft,
    key: str,
) -> ProjectOpinion:
    opinion_id = given.id if given is not None else reserve_ids(session, ProjectOpinion)[0]
    with Refusals() as refused:
        if said.stance not in set(OpinionStance):
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="stance"))
        if said.given_on > clock.today():
            refused.add(DomainError(_l("Cette date est dans le futur\u00a0: corrigez-la."), field="given_on"))
        if said.given_on < project.submitted_at.astimezone(clock.zone()).date():
            refused.add(DomainError(_l("Ce jour-là, le projet n’était pas encore déposé."), field="given_on"))
        if not 0 <= said.aside <= MOST_ASIDE:
            refused.add(
                DomainError(_l("Écrivez un nombre entre 0 et %(most)s.", most=MOST_ASIDE), field="aside")
            )
        reasons = refused.unless(
            put_text,
            session,
            given.reasons_id if given is not None else None,
            said.reasons,
            "reasons",
            LONGEST_REASONS,
            TextOwner("fund_project_opinion", opinion_id, "reasons", fund.contract_id),
            actor,
        )
        if not said.reasons.get(SOURCE_LANGUAGE, "").strip():
            refused.add(
                DomainError(
                    _l("Écrivez pourquoi, en français\u00a0: un avis sans raisons n’aide personne."),
                    field=f"reasons_{SOURCE_LANGUAGE}",
                )
            )
    if given is None:
        given = ProjectOpinion(
            id=opinion_id, project_id=project.id, body_id=body_id, reasons_id=reasons, version=0
        )
        session.add(given)
    given.stance, given.given_on, given.aside = said.stance, said.given_on, said.aside
    given.entered_at, given.entered_by, given.client_key = clock.now(), actor.actor_id, key
    given.version += 1
    session.flush()
    return given


def _go_on(session: Session, actor: Actor, fund: Fund, project: FundProject, asked: frozenset[int]) -> bool:
    """Once each body that may has judged it, the project waits for its choice; whether it went on now."""
    if project.state != ProjectState.OPINION.value:
        return False
    given = session.execute(
        select(ProjectOpinion.body_id).where(ProjectOpinion.project_id == project.id)
    ).scalars()
    if not all_have_judged(asked, project.body_id, frozenset(given)):
        return False
    move(session, actor, project, ProjectState.IN_CHOICE, fund.contract_id)
    raise_fund_tags(session, fund)
    return True
