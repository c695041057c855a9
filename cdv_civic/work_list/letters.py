"""The mail that sums somebody's work up: how many of what, since when, until when, and a link behind sign-in.

Never a word, a name or a contact: whoever reads over a shoulder, or runs the mail server, learns that there is work.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.settings import current_settings
from cdv_civic.core.work_sources import WorkItem
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.work_list.rules import Waiting, order
from cdv_civic.work_list.topics import WORK
from cdv_civic.work_list.wording import due_text, since_text

#: A mail that could not leave by then says what is no longer so.
USEFUL_FOR: Final = timedelta(hours=12)


def _sums(items: Sequence[WorkItem]) -> list[WorkItem]:
    """One item for each source: places have names, and stay out of the mail."""
    found = []
    for _name, same in groupby(
        sorted(items, key=lambda item: item.source.name), lambda item: item.source.name
    ):
        parts = list(same)
        since = [part.since_on for part in parts if part.since_on is not None]
        due = [part.due_on for part in parts if part.due_on is not None]
        found.append(
            WorkItem(
                parts[0].source,
                sum(part.count for part in parts),
                min(since, default=None),
                min(due, default=None),
            )
        )
    return found


def _line(item: WorkItem, today: date) -> str:
    said = [due_text(item.due_on, today)] if item.due_on is not None else []
    said += [since_text(item.since_on, item.count)] if item.since_on is not None else []
    return _("%(what)s : %(when)s.", what=item.words, when=_(", ").join(said)) if said else f"{item.words}."


def digest(items: Sequence[WorkItem], today: date, language: str) -> Letter:
    """What waits, in a few lines; call it inside `written_in(language)`."""
    sums = sorted(_sums(items), key=lambda item: order(Waiting(item.due_on, item.since_on), today))
    count = sum(item.count for item in sums)
    return Letter(
        subject=ngettext(
            "À faire : %(num)s chose vous attend", "À faire : %(num)s choses vous attendent", count
        ),
        paragraphs=[_("Bonjour,"), *(_line(item, today) for item in sums)],
        action=_("Voir ce qui m’attend"),
        url=address_of("work_list.show", lang=language),
        after=[
            _(
                "Vous choisissez quand cet e-mail arrive : au bureau, « À faire », puis « Changer les rappels »."
            ),
        ],
    )


def write_digest(
    session: Session, address: str, items: Sequence[WorkItem], today: date, now: datetime
) -> bool:
    """Put the mail into the outbox, within the caller's transaction; False where its reader refuses such mails.

    The one place that queues it: what a person refuses is asked here.
    """
    # Which language staff read is kept nowhere.
    language = current_settings().default_language
    with written_in(language):
        letter = digest(items, today, language)
        sent = write_mail(session, address, language, letter, topic=WORK, useful_until=now + USEFUL_FOR)
        return sent is not None
