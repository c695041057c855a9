"""The budget of one project as its rows hold it, and what was not spent of its grant."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.fund.models.projects import FundProject, ProjectCoFunder, ProjectCost
from cdv_civic.fund.rules.budgets import CoFunder, CostLine, ProjectBudget


def costs_of(session: Session, project_id: int) -> list[ProjectCost]:
    """The lines of a project, in their order; 1 statement."""
    return list(
        session.execute(
            select(ProjectCost)
            .where(ProjectCost.project_id == project_id)
            .order_by(ProjectCost.position)
            .execution_options(populate_existing=True)
        ).scalars()
    )


def budget_of(session: Session, project: FundProject) -> ProjectBudget:
    """Its budget, with what was spent where the review says so; 2 statements."""
    co_funders = session.execute(
        select(ProjectCoFunder)
        .where(ProjectCoFunder.project_id == project.id)
        .order_by(ProjectCoFunder.position)
    ).scalars()
    return ProjectBudget(
        [CostLine(each.label, each.cents, each.spent_cents) for each in costs_of(session, project.id)],
        project.asked_cents,
        [CoFunder(each.name, each.asked_cents, each.granted_cents) for each in co_funders],
        project.own_cents,
    )
