"""Verbs that change commitments: one transaction each, permission checked inside, a line in the audit trail."""

from cdv_civic.commitments.operations.axes import set_axis_theme
from cdv_civic.commitments.operations.editing import Edit, EditConflict, edit_commitment, set_links
from cdv_civic.commitments.operations.indicators import enter_indicator_value, withdraw_indicator_value
from cdv_civic.commitments.operations.progress import (
    NewFile,
    NewLink,
    NewProgress,
    publish_progress,
    withdraw_progress,
)
from cdv_civic.commitments.operations.publishing import (
    ListChanged,
    Publication,
    publish_commitments,
    undo_publication,
)
from cdv_civic.commitments.operations.translating import translate_commitment

__all__ = [
    "Edit",
    "EditConflict",
    "ListChanged",
    "NewFile",
    "NewLink",
    "NewProgress",
    "Publication",
    "edit_commitment",
    "enter_indicator_value",
    "publish_commitments",
    "publish_progress",
    "set_axis_theme",
    "set_links",
    "translate_commitment",
    "undo_publication",
    "withdraw_indicator_value",
    "withdraw_progress",
]
