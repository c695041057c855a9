"""`flask fund subventions`: the subsidies of a year, as open data."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.fund.subsidies.open_data import as_csv
from cdv_civic.fund.subsidies.queries import subsidies_of
from cdv_civic.fund.subsidies.rules import SubsidyFault, subsidy_faults
from cdv_civic.territory.models import Contract

#: Of a year or a name that is none.
_BAD_INPUT = 2
_WHY = {
    SubsidyFault.NO_PAYER: "the fund does not say who pays",
    SubsidyFault.NO_PAYER_SIRET: "no SIRET of the payer",
    SubsidyFault.NO_NAME: "no name of the beneficiary",
    SubsidyFault.NO_SIRET: "no SIRET of the beneficiary",
    SubsidyFault.BAD_RNA: "the RNA of the beneficiary is none",
}


@click.command("subventions")
@click.argument("year", type=click.IntRange(2014, 2099))
@click.option("--contract", metavar="SLUG", help="Of one contract; else of all.")
@click.pass_context
@with_appcontext
def subventions_command(context: click.Context, year: int, contract: str | None) -> None:
    """Print what was decided in YEAR and is paid to legal persons, in the SCDL schema « subventions » 2.1.1 (CSV).

    What lacks something that the schema asks for is left out, and told on the error output.
    """
    if contract is not None and not _is_one(contract):
        click.echo(f"No contract is called {contract}.", err=True)
        context.exit(_BAD_INPUT)
    found = subsidies_of(year, contract)
    click.echo(as_csv(found), nl=False)
    for each in found:
        faults = subsidy_faults(each)
        if faults:
            why = ", ".join(_WHY[fault] for fault in SubsidyFault if fault in faults)
            click.echo(f"Left out: project {each.project_id} ({why}).", err=True)


def _is_one(slug: str) -> bool:
    found = db.session.execute(select(Contract.id).where(Contract.slug == slug)).scalar()
    return found is not None
