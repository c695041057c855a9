"""All projects of a round as rows of a file for whoever instructs them: with the contacts of their carriers."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from cdv_civic.core.db import rows_of
from cdv_civic.fund.instruction.queries.facts import FACT_COLUMNS, facts_of, heard_at
from cdv_civic.fund.instruction.queries.rounds import RoundAtDesk
from cdv_civic.fund.models.projects import FundProject, ProjectCoFunder, ProjectStep
from cdv_civic.fund.rules.admissibility import breaches
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Quartier

#: The file is for work in French offices, whatever the language of the desk.
COLUMNS: Final = (
    *("numero", "titre", "phrase", "etat", "etat_depuis", "depose_le", "porteur", "nom_du_porteur"),
    *("rna", "siret", "quartier", "buts", "cout_euros", "demande_euros", "autofinancement_euros"),
    *("cofinancement_demande_euros", "cofinancement_accorde_euros", "accorde_euros", "rendu_euros"),
    *("service", "retour_le", "contre", "notifie_le", "paye_le", "decision", "contact_nom", "contact"),
    *("langue_du_contact", "accompagnement"),
)


def exported_rows(fund_round: RoundAtDesk) -> Iterator[tuple[object, ...]]:
    """A row for each project, by number, in the order of `COLUMNS`; 1 statement, and 1 more where transports are
    counted."""
    kept = FundProject
    notified, paid = aliased(ProjectStep), aliased(ProjectStep)
    others = (
        select(
            ProjectCoFunder.project_id,
            func.sum(ProjectCoFunder.asked_cents).label("asked"),
            func.sum(ProjectCoFunder.granted_cents).label("granted"),
        )
        .group_by(ProjectCoFunder.project_id)
        .subquery()
    )
    statement = (
        select(
            *FACT_COLUMNS,
            heard_at().label("heard_at"),
            *(kept.number, kept.title, kept.summary, kept.state, kept.state_on, kept.own_cents),
            *(kept.granted_cents, kept.returned_cents, kept.service, kept.return_by, kept.decision_reference),
            *(kept.contact_name, kept.contact, kept.contact_language, kept.accompanist),
            Quartier.name.label("quartier"),
            notified.on_day.label("notified_on"),
            paid.on_day.label("paid_on"),
            others.c.asked.label("others_asked"),
            others.c.granted.label("others_granted"),
        )
        .select_from(FundProject)
        .outerjoin(Quartier, Quartier.id == kept.quartier_id)
        .outerjoin(
            notified, and_(notified.project_id == kept.id, notified.state == ProjectState.NOTIFIED.value)
        )
        .outerjoin(paid, and_(paid.project_id == kept.id, paid.state == ProjectState.PAID.value))
        .outerjoin(others, others.c.project_id == kept.id)
        .where(kept.round_id == fund_round.id)
        .order_by(kept.number)
    )
    rows = rows_of(statement).all()
    facts = facts_of(rows, fund_round.rules, fund_round.fund_id, fund_round.year, fund_round.choice_on)
    for row in rows:
        against = breaches(fund_round.rules, facts[row.id])
        yield (
            row.number,
            row.title,
            row.summary,
            row.state,
            row.state_on,
            row.submitted_at,
            row.carrier_kind,
            row.carrier_name,
            row.rna,
            row.siret,
            row.quartier,
            row.purposes,
            row.cost_cents,
            row.asked_cents,
            row.own_cents,
            row.others_asked,
            row.others_granted,
            row.granted_cents,
            row.returned_cents,
            row.service,
            row.return_by,
            against,
            row.notified_on,
            row.paid_on,
            row.decision_reference,
            row.contact_name,
            row.contact,
            row.contact_language,
            row.accompanist,
        )
