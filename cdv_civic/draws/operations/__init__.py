"""What the desk does with a draw of lots: prepare, publish, withdraw somebody, type in the seed, give the seats."""

from cdv_civic.draws.operations.drawing import Proposed, propose_seats, seed_draw, take_back_proposals
from cdv_civic.draws.operations.keeping import forget_candidates
from cdv_civic.draws.operations.locking import Added
from cdv_civic.draws.operations.preparing import (
    LONGEST_TITLE,
    Plan,
    add_candidates,
    change_draw,
    discard_draw,
    prepare_draw,
    remove_candidate,
)
from cdv_civic.draws.operations.publishing import LONGEST_RULE, publish_list, withdraw_candidate

__all__ = [
    "LONGEST_RULE",
    "LONGEST_TITLE",
    "Added",
    "Plan",
    "Proposed",
    "add_candidates",
    "change_draw",
    "discard_draw",
    "forget_candidates",
    "prepare_draw",
    "propose_seats",
    "publish_list",
    "remove_candidate",
    "seed_draw",
    "take_back_proposals",
    "withdraw_candidate",
]
