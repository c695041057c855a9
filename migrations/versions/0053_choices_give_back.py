"""A choice among groups of ideas that was withdrawn gives its box back, also where it was counted before."""

from alembic import op

revision = "0053"
down_revision = "0052"

#: Those of which no part of the contract was born.
_WITHDRAWN = (
    "SELECT consultation.id FROM consultation WHERE withdrawn_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM consultation_idea_axis WHERE consultation_id = consultation.id)"
)
_CHOICES = f"FROM consultation_idea_choice WHERE consultation_id IN ({_WITHDRAWN})"


def upgrade():
    op.execute(
        "UPDATE idea_box SET choice_opened_at = NULL, version = version + 1"
        f" WHERE choice_opened_at IS NOT NULL AND id IN (SELECT box_id {_CHOICES})"
    )
    op.execute(f"DELETE FROM consultation_idea_option WHERE question_id IN (SELECT question_id {_CHOICES})")
    op.execute(f"DELETE {_CHOICES}")


def downgrade():
    """What was given back stays so: an older program knows boxes without a choice."""
