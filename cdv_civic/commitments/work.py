"""Which commitments wait for whom: those to check, those of which news is due, and texts to translate."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, func, select

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.commitments.selection import in_queue, limits
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.languages import Language, languages_of
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.missing_translations import texts_that_lack
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.territory.models import Contract

_WORDS: Final[dict[WorkQueue, Callable[[int], str]]] = {
    WorkQueue.TO_CHECK: lambda count: ngettext(
        "%(num)s engagement à vérifier", "%(num)s engagements à vérifier", count
    ),
    WorkQueue.NO_NEWS: lambda count: ngettext(
        "%(num)s engagement sans nouvelle depuis longtemps",
        "%(num)s engagements sans nouvelle depuis longtemps",
        count,
    ),
    WorkQueue.DEADLINE_SOON: lambda count: ngettext(
        "%(num)s engagement dont la date approche", "%(num)s engagements dont la date approche", count
    ),
    WorkQueue.DEADLINE_PASSED: lambda count: ngettext(
        "%(num)s engagement dont la date est passée", "%(num)s engagements dont la date est passée", count
    ),
}
_ICONS: Final = {
    WorkQueue.TO_CHECK: "checkbox",
    WorkQueue.NO_NEWS: "clock",
    WorkQueue.DEADLINE_SOON: "calendar-event",
    WorkQueue.DEADLINE_PASSED: "alarm",
}


def _imported_on() -> ColumnElement[Any]:
    imported = select(Contract.imported_at).where(Contract.id == Commitment.contract_id)
    return day_of(imported.correlate(Commitment).scalar_subquery())


def _columns(queue: WorkQueue) -> tuple[ColumnElement[Any], ...]:
    if queue is WorkQueue.TO_CHECK:
        return waiting(since=_imported_on())
    if queue is WorkQueue.NO_NEWS:
        return waiting(since=func.coalesce(Commitment.last_progress_on, day_of(Commitment.published_at)))
    if queue is WorkQueue.DEADLINE_PASSED:
        # The contract's date is no date of whoever works here: nobody is late before somebody has looked.
        return waiting(since=Commitment.deadline_date)
    return waiting(due=Commitment.deadline_date)


def _source(queue: WorkQueue) -> WorkSource:
    def rows(_actor: Actor, reach: Reach) -> Select[Any]:
        return (
            select(*_columns(queue))
            .select_from(Commitment)
            .where(in_queue(queue, limits()), commitments_within(reach))
        )

    return WorkSource(
        f"commitments-{queue.value}",
        "commitment.publish" if queue is WorkQueue.TO_CHECK else "progress.publish",
        rows,
        _WORDS[queue],
        lambda _place: url_for("commitments_desk.worklist", _anchor=queue.value),
        _ICONS[queue],
    )


#: The kinds of texts that the page of translations of a commitment shows.
_TEXTS: Final = ("commitment", "progress", "evidence")


def _to_translate(language: Language) -> WorkSource:
    """Texts that lack one language, for whoever translates into it: teams may, and are not asked to."""

    def rows(_actor: Actor, reach: Reach) -> Select[Any] | None:
        if language.tag not in reach.languages:
            return None
        return texts_that_lack(language.tag, *_TEXTS).add_columns(
            *waiting(since=day_of(LocalizedText.changed_at))
        )

    return WorkSource(
        f"commitments-to-translate-{language.tag}",
        "commitment.translate",
        rows,
        lambda count: ngettext(
            "%(num)s texte d’engagement à traduire : %(language)s",
            "%(num)s textes d’engagements à traduire : %(language)s",
            count,
            language=language.name,
        ),
        lambda _place: url_for("commitments_desk.table", traduire=language.tag),
        "language",
    )


def register(app: Flask) -> None:
    """Declare the four queues (one commitment may wait in several, as `commitments.rules.work_list` says), and what is
    to be translated into each language.
    """
    for queue in WorkQueue:
        register_work(app, _source(queue))
    for language in languages_of(app.extensions["settings"]):
        if language.tag != SOURCE_LANGUAGE:
            register_work(app, _to_translate(language))
