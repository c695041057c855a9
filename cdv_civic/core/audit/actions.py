"""What the audit trail can say was done: the actions that roles allow, and finer or technical ones."""

from typing import Final

from cdv_civic.core.policy.table import ACTIONS

AUDIT_ACTIONS: Final = frozenset(ACTIONS) | {
    # Allowed by a wider action of the table, and told apart on the trail.
    "consultation.correct",
    "consultation.discard",
    "consultation.prolong",
    "consultation.publish",
    "consultation.take_back",
    "consultation.voice",
    "consultation.withdraw",
    "meeting.announce",
    "meeting.attendance",
    "meeting.cancel",
    "meeting.cancel_date",
    "meeting.move_date",
    "meeting.restore_date",
    "consultation.publish_answer",
    "consultation.write_answer",
    "consultation.results",
    "consultation.export",
    "project.export",
    "publication.publish",
    "publication.withdraw",
    # Of the command line and of jobs.
    "audit.rekey",
    "clock.accept",
    "restore",
    "retention",
    "site.restore",
}
