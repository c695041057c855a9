"""A fund of the world of permissions: a project that was paid, and the review of another one."""

from cdv_civic.territory.models import Contract
from tests.fund import funds
from tests.fund.reviews.reviews import make_paid, photo, proof, tell_all


def fund_arguments(contract: Contract) -> dict[str, dict[str, object]]:
    """What the routes of reviews name, by endpoint."""
    fund = funds.make_fund(contract)
    told = make_paid(fund=fund)
    tell_all(told, files=[photo(), proof()])
    picture, document = told.files
    of_desk = ("show", "take", "ask", "money_back", "write", "stop")
    return {
        **{f"reviews_desk.{name}": {"project_id": told.id} for name in of_desk},
        "reviews_desk.photo": {"project_id": told.id, "file_id": picture.id},
        "reviews_desk.file": {"project_id": told.id, "file_id": picture.id, "size": "petite"},
        "reviews_desk.proof": {"project_id": told.id, "file_id": document.id},
        **{f"own_reviews.{name}": {"project_id": told.id} for name in ("tell_own", "stop_own")},
    }
