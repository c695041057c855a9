"""Who is linked to a project: whoever carries it, alone or with others, and members of a body that does."""

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select
from sqlalchemy.orm import Session

from cdv_civic.fund.models.choosing import JuryConflict, JuryMember
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier
from cdv_civic.fund.rules.juries import JuryLink, JuryLinkKind


def carried_by(account_id: int | None) -> ColumnElement[bool]:
    """The condition that an account carries a `FundProject`; None: the command line carries nothing."""
    if account_id is None:
        return false()
    carries = exists().where(
        ProjectCoCarrier.project_id == FundProject.id, ProjectCoCarrier.account_id == account_id
    )
    return or_(FundProject.author_id == account_id, carries.correlate(FundProject))


def carries(session: Session, account_id: int | None, project_id: int) -> bool:
    """Whether an account carries a project. 1 statement."""
    found = select(FundProject.id).where(FundProject.id == project_id, carried_by(account_id))
    return session.execute(found).first() is not None


def _carries_too() -> ColumnElement[bool]:
    """The condition that a `JuryMember` carries a `FundProject`, as the trigger on marks has it."""
    co_carrier = exists().where(
        ProjectCoCarrier.project_id == FundProject.id, ProjectCoCarrier.account_id == JuryMember.account_id
    )
    return or_(FundProject.author_id == JuryMember.account_id, co_carrier.correlate(FundProject, JuryMember))


def computed_links(session: Session, fund_id: int, projects: ColumnElement[bool]) -> frozenset[JuryLink]:
    """Links of members of the commission of a fund that follow from who carries its projects. 1 statement."""
    same = and_(JuryMember.fund_id == fund_id, FundProject.fund_id == fund_id)
    carrier = select(JuryMember.id, FundProject.id, literal(JuryLinkKind.CARRIER.value)).join(
        FundProject, same
    )
    body = select(JuryMember.id, FundProject.id, literal(JuryLinkKind.BODY.value)).join(
        FundProject, and_(same, FundProject.body_id == JuryMember.body_id)
    )
    found: dict[tuple[int, int], str] = {}
    rows = session.execute(body.where(projects).union_all(carrier.where(_carries_too(), projects)))
    for member, project, kind in rows:
        if found.get((member, project)) != JuryLinkKind.CARRIER.value:
            found[member, project] = kind
    return frozenset(JuryLink(*pair, JuryLinkKind(kind)) for pair, kind in found.items())


def links_of_projects(session: Session, fund_id: int, projects: ColumnElement[bool]) -> frozenset[JuryLink]:
    """All links between the members of a commission and some projects: those that follow, and those that were noted.

    A noted one that follows too is said once, as it follows. 2 statements.
    """
    computed = computed_links(session, fund_id, projects)
    known = {(each.member, each.project) for each in computed}
    noted = session.execute(
        select(JuryConflict.member_id, JuryConflict.project_id, JuryConflict.kind)
        .join(FundProject, FundProject.id == JuryConflict.project_id)
        .where(FundProject.fund_id == fund_id, projects)
    )
    return computed | {
        JuryLink(member, project, JuryLinkKind(kind))
        for member, project, kind in noted
        if (member, project) not in known
    }
