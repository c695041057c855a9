"""A round that takes projects, of the world of permissions."""

from typing import Any

from cdv_civic.territory.models import Contract
from tests.fund.funds import make_fund, make_round


def deposit_arguments(contract: Contract) -> dict[str, dict[str, Any]]:
    """What the routes name by which projects come in, by endpoint."""
    fund = make_fund(contract)
    names = {"slug": fund.slug, "round_slug": make_round(fund).slug}
    return dict.fromkeys(("fund_projects.deposit", "fund_relais.consent", "fund_relais.write"), names)
