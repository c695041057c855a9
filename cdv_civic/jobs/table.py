"""All jobs. Each may be run twice, or cut off in the middle, without harm."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Final

from flask import Flask, current_app

from cdv_civic.accounts.links import forget_old_links
from cdv_civic.accounts.session_ends import forget_idle_sessions
from cdv_civic.cards.operations.making import cards_to_make, erase_sheets, make_cards, sheets_to_erase
from cdv_civic.commitments.search import index_anew, indexed_otherwise
from cdv_civic.consultations.answering.operations.retention import answers_to_unlink, unlink_answers
from cdv_civic.consultations.paper.operations.evidence import erase_evidence, evidence_to_erase
from cdv_civic.consultations.recordings.operations import erase_recordings, recordings_to_erase
from cdv_civic.consultations.restitution.telling import (
    remind_of_answers,
    reminders_due,
    replies_to_tell,
    tell_who_answered,
)
from cdv_civic.consultations.results.operations.closing import (
    close_consultations,
    consultations_to_close,
    count_answers,
    counts_wanted,
)
from cdv_civic.core import background, ledger, rate_limits
from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogues import catalogue_state, catalogues
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.registry import by_name
from cdv_civic.core.sqlite_wal import truncate_wal, wal_holds_pages
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.web.error_pages import without_words
from cdv_civic.drafts.operations import forget_old_drafts
from cdv_civic.draws.operations.retention import forget_candidates
from cdv_civic.fund.juries.personal_data import forget_former as forget_former_jurors
from cdv_civic.fund.projects.operations.keeping import (
    erase_people,
    forget_projects,
    people_to_erase,
    projects_to_forget,
)
from cdv_civic.fund.reviews.operations.reminding import anyone_to_remind, remind_late
from cdv_civic.ideas.operations.keeping import erase_contacts as erase_idea_contacts
from cdv_civic.ideas.operations.supporting import count_supports, supports_to_count
from cdv_civic.jobs import clock_watch, lease
from cdv_civic.moderation.reports import keeping as keeping_reports
from cdv_civic.my_space.retention import anything_to_do, keep_no_longer
from cdv_civic.notices.audit_head import head_is_wanted, mail_head
from cdv_civic.notices.delivery import anything_due, deliver
from cdv_civic.notices.follows.digests import digests_due, forget_told, write_digests
from cdv_civic.notices.follows.reminders import reminders_wanted, write_reminders
from cdv_civic.notices.operations import erase_old
from cdv_civic.notices.queues import QUEUES
from cdv_civic.notices.watchdog import tell_what_is_stuck
from cdv_civic.seats.operations.retention import forget_former
from cdv_civic.sign_in.by_message.operations import forget_codes
from cdv_civic.voices.operations.keeping import erase_contacts
from cdv_civic.work_list.operations import digests_wanted, send_digests


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Job:
    """Some work, how often it is done, and how long it may take before somebody else may begin it too."""

    name: str
    work: Callable[[], object]
    period: timedelta
    lasts: timedelta
    #: Asked first, so that a job with nothing to do writes nothing.
    wanted: Callable[[], bool] = _always
    #: It waits for other machines most of the time: it has threads of its own, so that it keeps nothing else waiting.
    waits: bool = False
    #: It erases what is old: not while the clock is in doubt.
    erases: bool = False

    @property
    def on_demand(self) -> bool:
        """Whether it runs only where there is something to do."""
        return self.wanted is not _always


def _senders() -> Iterator[Job]:
    """One job, lease and connection for each sender of each queue: what hangs holds its own message alone."""
    for queue in QUEUES:
        for sender in queue.senders:
            yield Job(
                f"send-{sender}",
                partial(deliver, queue, sender),
                timedelta(seconds=5),
                # A round, and the last message of it to a server that takes all the time it may.
                timedelta(hours=1),
                partial(anything_due, queue, sender),
                waits=True,
            )


_JOBS: Final = (
    Job(clock_watch.NAME, clock_watch.watch, timedelta(minutes=5), timedelta(minutes=5)),
    # What a process that was killed between its commit and its line left out.
    Job(
        "write-ledger",
        ledger.append_pending,
        timedelta(seconds=30),
        timedelta(minutes=5),
        ledger.anything_pending,
    ),
    *_senders(),
    Job("watch-messages", tell_what_is_stuck, timedelta(minutes=5), timedelta(minutes=5)),
    Job("write-digests", write_digests, timedelta(minutes=10), timedelta(hours=1), digests_due),
    Job("write-reminders", write_reminders, timedelta(minutes=10), timedelta(hours=1), reminders_wanted),
    Job("tell-who-answered", tell_who_answered, timedelta(minutes=10), timedelta(hours=1), replies_to_tell),
    # While the clock is in doubt it does not know which day it is.
    Job(
        "remind-of-answers",
        remind_of_answers,
        timedelta(hours=1),
        timedelta(minutes=10),
        reminders_due,
        erases=True,
    ),
    Job("forget-digests", forget_told, timedelta(hours=12), timedelta(minutes=10), erases=True),
    Job("erase-mails", erase_old, timedelta(hours=6), timedelta(minutes=10), erases=True),
    Job(
        "erase-contacts-of-reports",
        keeping_reports.erase_contacts,
        timedelta(hours=6),
        timedelta(minutes=10),
        erases=True,
    ),
    Job("erase-contacts", erase_contacts, timedelta(hours=6), timedelta(minutes=10), erases=True),
    Job(
        "erase-idea-contacts",
        erase_idea_contacts,
        timedelta(hours=6),
        timedelta(minutes=10),
        erases=True,
    ),
    Job(
        "erase-project-people",
        erase_people,
        timedelta(hours=6),
        timedelta(minutes=30),
        people_to_erase,
        erases=True,
    ),
    Job(
        "forget-projects",
        forget_projects,
        timedelta(hours=12),
        timedelta(minutes=30),
        projects_to_forget,
        erases=True,
    ),
    Job(
        "erase-sheet-photos",
        erase_evidence,
        timedelta(hours=6),
        timedelta(minutes=10),
        evidence_to_erase,
        erases=True,
    ),
    Job(
        "erase-recorded-voices",
        erase_recordings,
        timedelta(hours=6),
        timedelta(minutes=10),
        recordings_to_erase,
        erases=True,
    ),
    Job("forget-codes", forget_codes, timedelta(minutes=10), timedelta(minutes=5), erases=True),
    Job("forget-links", forget_old_links, timedelta(hours=6), timedelta(minutes=10), erases=True),
    Job("forget-counters", rate_limits.sweep, timedelta(hours=1), timedelta(minutes=5)),
    Job("forget-sessions", forget_idle_sessions, timedelta(hours=1), timedelta(minutes=10), erases=True),
    # Somebody looks at a page that says how far it is.
    Job("make-cards", make_cards, timedelta(seconds=3), timedelta(minutes=10), cards_to_make),
    Job(
        "erase-card-sheets",
        erase_sheets,
        timedelta(minutes=1),
        timedelta(minutes=5),
        sheets_to_erase,
        erases=True,
    ),
    Job("retention", keep_no_longer, timedelta(days=1), timedelta(hours=2), anything_to_do, erases=True),
    Job("forget-candidates", forget_candidates, timedelta(hours=12), timedelta(minutes=10), erases=True),
    Job(
        "unlink-answers",
        unlink_answers,
        timedelta(hours=6),
        timedelta(minutes=30),
        answers_to_unlink,
        erases=True,
    ),
    Job("forget-drafts", forget_old_drafts, timedelta(hours=12), timedelta(minutes=10), erases=True),
    Job("forget-former-members", forget_former, timedelta(hours=12), timedelta(minutes=10), erases=True),
    Job(
        "forget-former-jurors", forget_former_jurors, timedelta(hours=12), timedelta(minutes=10), erases=True
    ),
    # While the clock is in doubt it does not know which day it is.
    Job(
        "work-digests",
        send_digests,
        timedelta(minutes=10),
        timedelta(hours=1),
        digests_wanted,
        erases=True,
    ),
    # Nothing is published while the clock is in doubt: what ends a moment too early cannot be opened again.
    Job(
        "close-consultations",
        close_consultations,
        timedelta(minutes=2),
        timedelta(minutes=30),
        consultations_to_close,
        erases=True,
    ),
    # While the clock is in doubt it does not know which day it is.
    Job(
        "remind-of-reviews",
        remind_late,
        timedelta(hours=6),
        timedelta(minutes=30),
        anyone_to_remind,
        erases=True,
    ),
    Job("count-answers", count_answers, timedelta(minutes=10), timedelta(minutes=30), counts_wanted),
    Job("count-supports", count_supports, timedelta(hours=1), timedelta(minutes=30), supports_to_count),
    Job("index-anew", index_anew, timedelta(minutes=1), timedelta(minutes=30), indexed_otherwise),
    Job("audit-head", mail_head, timedelta(days=1), timedelta(minutes=30), head_is_wanted),
    Job("overwrite-erased", truncate_wal, timedelta(hours=1), timedelta(minutes=5), wal_holds_pages),
    Job("remove-orphans", remove_orphans, timedelta(hours=6), timedelta(minutes=30), erases=True),
)

#: Each has a lease under its name, so a name is given once.
JOBS: Final = tuple(by_name("jobs", _JOBS, attrgetter("name")).values())


def run(app: Flask, job: Job, *, now: bool = False, ends: threading.Event | None = None) -> bool:
    """Do a job unless it is too soon (not with `now`) or somebody else does it; whether it was done.

    An error is written down, and the job is tried again as `rules.retry_after` says. Once `ends` is set no further
    step of it begins.
    """
    with app.app_context():
        try:
            if not now and not job.wanted():
                return False
            taken = lease.take(job.name, period=job.period, at_once=now)
            if taken is None:
                return False
            _work(app, job, taken, ends or threading.Event())
        except clock_watch.ClockInDoubt as doubt:
            if now:
                raise
            current_app.logger.error("the job %s is not done: %s", job.name, doubt)
            return False
        except background.Overtaken:
            current_app.logger.warning("the job %s was taken over by another process", job.name)
            return False
        except Exception as error:
            if now:
                raise
            # Its words are left out: they may hold what people wrote.
            said = reason_unavailable(error) or without_words(error)
            current_app.logger.error("the job %s failed: %s", job.name, said)
            return False
        finally:
            db.session.remove()
    return True


def _work(app: Flask, job: Job, taken: lease.Lease, ends: threading.Event) -> None:
    try:
        doubt = clock_watch.doubt()
        # What it writes says what pages say by now; asked here, and not where a mail waits for a server.
        catalogue_state(ask=True)
        catalogues().of(SOURCE_LANGUAGE)
        db.session.rollback()
        if doubt is not None and job.erases:
            raise clock_watch.ClockInDoubt(doubt)
        sure = doubt is None
        heartbeat = lease.Heartbeat(app, taken, at_most=job.lasts, ends=ends, sure_of_time=sure)
        with heartbeat as run, background.running(run):
            job.work()
    except BaseException as error:
        db.session.rollback()
        lease.finish(taken, period=job.period, error=type(error).__name__)
        raise
    db.session.rollback()
    lease.finish(taken, period=job.period)
