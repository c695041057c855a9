"""By what summaries are narrowed: a quartier, a contract, an organisation."""

from typing import Any

from sqlalchemy import bindparam, func

from cdv_civic.commitments.models import Commitment, commitment_holder, commitment_quartier

#: By what commitments are narrowed: "quartier_id", "contract_id", "organisation_id". A statement is made once for each
#: combination and language, with the ids as parameters: to build one costs more than to ask it.
Names = frozenset[str]


def given(**ids: int | None) -> dict[str, int]:
    """The restrictions that were given."""
    return {name: value for name, value in ids.items() if value is not None}


def state_in(names: Names) -> Any:
    """The column of the state: the quartier's own, where one was told."""
    if "quartier_id" in names:
        return func.coalesce(commitment_quartier.c.state, Commitment.state)
    return Commitment.state


def within(statement: Any, names: Names) -> Any:
    """`statement` over commitments that stand in their contract, narrowed by the parameters `names`."""
    statement = statement.where(Commitment.retired_at.is_(None))
    if "contract_id" in names:
        statement = statement.where(Commitment.contract_id == bindparam("contract_id"))
    if "quartier_id" in names:
        covers = commitment_quartier.c
        statement = statement.join(
            commitment_quartier,
            (covers.commitment_id == Commitment.id) & (covers.quartier_id == bindparam("quartier_id")),
        )
    if "organisation_id" in names:
        holds = commitment_holder.c
        statement = statement.join(
            commitment_holder,
            (holds.commitment_id == Commitment.id) & (holds.organisation_id == bindparam("organisation_id")),
        )
    return statement
