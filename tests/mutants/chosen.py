"""Faults that once passed all tests, and their like: each must be found.

`find` stands in its module exactly once; where the code changes, the fault is written anew.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Fault:
    """A piece of code, and what is put in its place."""

    #: What goes wrong with it.
    what: str
    path: str
    find: str
    replace: str
    tests: tuple[str, ...]


_LOCALIZED: Final = ("tests/core/test_localized.py",)
_PROGRESS: Final = ("tests/commitments/test_operations_progress.py",)
_DRAWS: Final = ("tests/draws/test_operations.py",)
_VOICES: Final = ("tests/voices/test_operations.py",)
_SEATS: Final = ("tests/seats/test_operations.py",)
_MERGE: Final = ("tests/packs/test_merge.py",)
_PAGES: Final = ("tests/core/web/test_page_cache.py", "tests/attacks/test_page_cache.py")
_VALIDITY: Final = ("tests/core/web/test_validity.py",)
_OUTBOX: Final = ("tests/notices/test_outbox.py",)
_JOBS: Final = ("tests/jobs/test_jobs.py",)
_MESSAGE: Final = ("tests/sign_in/test_by_message.py",)

CHOSEN: Final = (
    Fault(
        "a draft becomes stale when its original changes",
        "cdv_civic/core/localized.py",
        "stale = and_(reviewed, translation.renders_version < original.version)",
        "stale = translation.renders_version < original.version",
        _LOCALIZED,
    ),
    Fault(
        "all originals change with one",
        "cdv_civic/core/localized.py",
        '.where(table.c.id == bindparam("text_id"), table.c.original != bindparam("words"))',
        '.where(table.c.original != bindparam("words"))',
        _LOCALIZED,
    ),
    Fault(
        "a draft is shown",
        "cdv_civic/core/localized.py",
        "self._translation.state != TranslationState.DRAFT.value,",
        "",
        _LOCALIZED,
    ),
    Fault(
        "the same words again make translations stale",
        "cdv_civic/core/localized.py",
        '.where(table.c.id == bindparam("text_id"), table.c.original != bindparam("words"))',
        '.where(table.c.id == bindparam("text_id"))',
        _LOCALIZED,
    ),
    Fault(
        "a translation written again stays stale",
        "cdv_civic/core/localized.py",
        "known.state, known.renders_version = state.value, rendered.version",
        "known.state, known.renders_version = state.value, known.renders_version or rendered.version",
        _LOCALIZED,
    ),
    Fault(
        "the first of two news of one day wins",
        "cdv_civic/commitments/operations/progress.py",
        ".order_by(Progress.happened_on.desc(), Progress.id.desc())",
        ".order_by(Progress.happened_on.desc(), Progress.id)",
        _PROGRESS,
    ),
    Fault(
        "what was told before on the same day does not count",
        "cdv_civic/commitments/operations/progress.py",
        "if entry.happened_on <= news.happened_on:",
        "if entry.happened_on < news.happened_on:",
        _PROGRESS,
    ),
    Fault(
        "one key tells of one commitment only",
        "cdv_civic/core/idempotency.py",
        "statement = statement.where(owner_column == owner_id)",
        "pass",
        _PROGRESS,
    ),
    Fault(
        "what was withdrawn still tells the state",
        "cdv_civic/commitments/operations/progress.py",
        """        .where(Progress.commitment_id == commitment.id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.happened_on.desc()""",
        """        .where(Progress.commitment_id == commitment.id)
        .order_by(Progress.happened_on.desc()""",
        _PROGRESS,
    ),
    Fault(
        "the seed is refused on its own day",
        "cdv_civic/draws/operations/drawing.py",
        "if clock.today() < found.seed_day:",
        "if clock.today() <= found.seed_day:",
        _DRAWS,
    ),
    Fault(
        "the day of the seed may be the day of the list",
        "cdv_civic/draws/operations/publishing.py",
        "if seed_day is None or seed_day <= clock.today():",
        "if seed_day is None or seed_day < clock.today():",
        _DRAWS,
    ),
    Fault(
        "the day of the seed comes a day later than in a year",
        "cdv_civic/draws/operations/publishing.py",
        "if seed_day > clock.today() + timedelta(days=366):",
        "if seed_day > clock.today() + timedelta(days=367):",
        _DRAWS,
    ),
    Fault(
        "the longest rule of a seed is refused",
        "cdv_civic/draws/operations/publishing.py",
        "if len(seed_rule) > LONGEST_RULE:",
        "if len(seed_rule) >= LONGEST_RULE:",
        _DRAWS,
    ),
    Fault(
        "a word taken up again keeps its old due day",
        "cdv_civic/voices/operations/answering.py",
        "voice.due_on = rules.due_day(clock.today(), days)",
        "rules.due_day(clock.today(), days)",
        _VOICES,
    ),
    Fault(
        "a word taken up again stays with the organisation",
        "cdv_civic/voices/operations/answering.py",
        """voice.answer_id = voice.answered_by = voice.decided_at = None
        _take_from(voice)""",
        "voice.answer_id = voice.answered_by = voice.decided_at = None",
        _VOICES,
    ),
    Fault(
        "a word taken up again keeps who answered it",
        "cdv_civic/voices/operations/answering.py",
        "voice.answer_id = voice.answered_by = voice.decided_at = None",
        "voice.answer_id = voice.decided_at = None",
        _VOICES,
    ),
    Fault(
        "a word is passed on to a retired organisation",
        "cdv_civic/voices/operations/answering.py",
        "Body.id == body_id, Organisation.retired_at.is_(None))",
        "Body.id == body_id)",
        _VOICES,
    ),
    Fault(
        "a word is passed on to an organisation of another contract",
        "cdv_civic/voices/operations/answering.py",
        ".where(Organisation.id == organisation_id, Body.id == body_id, ",
        ".where(Organisation.id == organisation_id, ",
        _VOICES,
    ),
    Fault(
        "an ended seat keeps the phone",
        "cdv_civic/seats/operations/members.py",
        'seat.email = seat.phone = ""',
        'seat.email = ""',
        _SEATS,
    ),
    Fault(
        "an ended seat keeps the gender",
        "cdv_civic/seats/operations/members.py",
        "seat.gender = seat.person_key = None",
        "seat.person_key = None",
        _SEATS,
    ),
    Fault(
        "names of former members are kept a day longer",
        "cdv_civic/seats/operations/retention.py",
        ".where(Seat.ended_on <= limit, ",
        ".where(Seat.ended_on < limit, ",
        _SEATS,
    ),
    Fault(
        "names of former members go a day too soon",
        "cdv_civic/seats/operations/retention.py",
        "limit = clock.today() - FORMER_KEPT",
        "limit = clock.today() - FORMER_KEPT + timedelta(days=1)",
        _SEATS,
    ),
    Fault(
        "a field emptied by a human is overwritten",
        "cdv_civic/packs/merge.py",
        "if now == old:",
        "if now in (old, None):",
        _MERGE,
    ),
    Fault(
        "a field filled by a human alone is overwritten",
        "cdv_civic/packs/merge.py",
        "if now == old:",
        "if now == old or old is None:",
        _MERGE,
    ),
    Fault(
        "the ETag is made of the first bytes only",
        "cdv_civic/core/web/page_cache.py",
        "hashlib.sha256(text)",
        "hashlib.sha256(text[:2000])",
        _PAGES,
    ),
    Fault(
        "kept pages outlive midnight",
        "cdv_civic/core/web/validity.py",
        "self._until = clock.next_midnight()",
        "self._until = clock.now().replace(year=9998)",
        _VALIDITY,
    ),
    Fault(
        "a page outlives the first moment at which it says something else",
        "cdv_civic/core/web/validity.py",
        "self._until = min(self._until, moment)",
        "self._until = moment",
        _VALIDITY,
    ),
    Fault(
        "a page is shown at the moment until which it is right",
        "cdv_civic/core/web/validity.py",
        "not self.since <= now < self.until",
        "not self.since <= now <= self.until",
        _VALIDITY,
    ),
    Fault(
        "a page made before the clock was set back tells what has not happened yet",
        "cdv_civic/core/web/validity.py",
        "not self.since <= now < self.until",
        "not now < self.until",
        _VALIDITY,
    ),
    Fault(
        "a publication while a page is made is missed",
        "cdv_civic/core/web/validity.py",
        "numbers = {tag: self._numbers.of(tag) for tag in self.tags}",
        # In a transaction of its own: on SQLite, what the view read is as old as its first statement.
        """db.session.rollback()
        self._numbers = read_numbers(None)
        numbers = {tag: self._numbers.of(tag) for tag in self.tags}""",
        _VALIDITY,
    ),
    Fault(
        "a page that says nothing of what it shows is kept whatever is published",
        "cdv_civic/core/web/validity.py",
        "({ANY} if self._tags is None else self._tags)",
        "(self._tags or set())",
        _VALIDITY,
    ),
    Fault(
        "a page does not show what its parts show",
        "cdv_civic/core/web/validity.py",
        "self._parts.update(tags)",
        "pass",
        _VALIDITY,
    ),
    Fault(
        "parts of pages outlive a publication",
        "cdv_civic/core/web/page_cache.py",
        "if known is not None and known.validity.holds(numbers, clock.now()):\n        _holds",
        "if known is not None:\n        _holds",
        _VALIDITY,
    ),
    Fault(
        "one publication of several tags raises the first alone",
        "cdv_civic/core/db.py",
        "for name in sorted(tags)])",
        "for name in sorted(tags)[:1]])",
        ("tests/core/test_db.py",),
    ),
    Fault(
        "a page that looked into the session is kept",
        "cdv_civic/core/web/page_cache.py",
        'return (opened is not None and opened.accessed) or "Set-Cookie"',
        'return "Set-Cookie"',
        _PAGES,
    ),
    Fault(
        "a message is claimed without asking whether it is due",
        "cdv_civic/notices/delivery.py",
        ".where(Notice.id == notice_id, _due(queue))",
        ".where(Notice.id == notice_id)",
        _OUTBOX,
    ),
    Fault(
        "a run gives back the lease of another",
        "cdv_civic/jobs/lease.py",
        """select(JobLease.started_at, JobLease.failures)
            .where(lease.is_ours)
            .with_for_update(key_share=True)
        ).first()
        if row is None:
            return
        if error is None:
            values |= {"failures": 0, "finished_at": database_now(), "due_at": row[0] + period}
        else:
            values["due_at"] = database_now(retry_after(row[1], period))
        session.execute(
            update(JobLease)
            .where(lease.is_ours)""",
        """select(JobLease.started_at, JobLease.failures)
            .where(JobLease.name == lease.name)
            .with_for_update(key_share=True)
        ).first()
        if row is None:
            return
        if error is None:
            values |= {"failures": 0, "finished_at": database_now(), "due_at": row[0] + period}
        else:
            values["due_at"] = database_now(retry_after(row[1], period))
        session.execute(
            update(JobLease)
            .where(JobLease.name == lease.name)""",
        _JOBS,
    ),
    Fault(
        "a lease is taken without its guard",
        "cdv_civic/jobs/lease.py",
        ".where(JobLease.name == name, JobLease.token == token, takeable)",
        ".where(JobLease.name == name)",
        _JOBS,
    ),
    Fault(
        "the salt of cards is the same on all sites",
        "cdv_civic/cards/hashes.py",
        "secret = current_settings().secret_key.encode()",
        'secret = b"cards"',
        ("tests/cards/test_hashes.py",),
    ),
    Fault(
        "changed rows are let through before a transaction",
        "cdv_civic/core/db.py",
        "if session.new or session.dirty or session.deleted:",
        "if session.new or session.deleted:",
        ("tests/core/test_db.py",),
    ),
    Fault(
        "deleted rows are let through before a transaction",
        "cdv_civic/core/db.py",
        "if session.new or session.dirty or session.deleted:",
        "if session.new or session.dirty:",
        ("tests/core/test_db.py",),
    ),
    Fault(
        "a link opens in another browser",
        "cdv_civic/sign_in/by_message/operations.py",
        "SignInCode.token_hash == hashed(token), SignInCode.browser_hash == hashed(browser)",
        "SignInCode.token_hash == hashed(token)",
        _MESSAGE,
    ),
    Fault(
        "a code opens in another browser",
        "cdv_civic/sign_in/by_message/operations.py",
        "select(SignInCode).where(SignInCode.ref == ref, SignInCode.browser_hash == hashed(browser))",
        "select(SignInCode).where(SignInCode.ref == ref)",
        _MESSAGE,
    ),
    Fault(
        "a PDF may begin anywhere",
        "cdv_civic/core/uploads/receiving.py",
        'if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:',
        'if b"%PDF-" in content:',
        ("tests/core/uploads/test_receiving.py",),
    ),
    Fault(
        "a PDF may end anywhere",
        "cdv_civic/core/uploads/receiving.py",
        'if content.rfind(b"%%EOF") < max(content.rfind(b"endobj"), 0):',
        'if content.rfind(b"%%EOF") < 0:',
        ("tests/core/uploads/test_receiving.py",),
    ),
    Fault(
        "a date moved to the day after the last is found",
        "cdv_civic/bodies/rules.py",
        "if since <= day < before and gives(first, recurrence, key):",
        "if since <= day <= before and gives(first, recurrence, key):",
        ("tests/bodies/test_rules.py",),
    ),
    Fault(
        "a date moved to the first day is not found",
        "cdv_civic/bodies/rules.py",
        "if since <= day < before and gives(first, recurrence, key):",
        "if since < day < before and gives(first, recurrence, key):",
        ("tests/bodies/test_rules.py",),
    ),
    Fault(
        "an emptied translation takes those in other languages with it",
        "cdv_civic/commitments/operations/translating.py",
        "Translation.text_id == text_id, Translation.language == language",
        "Translation.text_id == text_id",
        ("tests/commitments/test_operations_editing.py",),
    ),
    Fault(
        "a cancelled date is not shown by kept pages",
        "cdv_civic/bodies/operations/occurrences.py",
        """raise_tags(session, contract_tag(contract))
        _in_a_series(meeting)
        known = occurrence_of(session, meeting, day, zone)
        if known.cancelled:""",
        """_in_a_series(meeting)
        known = occurrence_of(session, meeting, day, zone)
        if known.cancelled:""",
        ("tests/bodies/test_occurrences.py",),
    ),
)
