"""The words of the list and of its reminders."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.work_list.rules import Period

PERIODS: Final[Mapping[Period, LazyString]] = {
    Period.DAILY: _l("Chaque matin, du lundi au vendredi"),
    Period.WEEKLY: _l("Une fois par semaine, le lundi matin"),
    Period.NEVER: _l("Pas d’e-mail"),
}


#: Days further away than this are said by their date: nobody counts them.
COUNTED_DAYS: Final = 60


def due_text(due_on: date, today: date) -> str:
    """When something is due, beside today: « en retard de 3 jours », « à faire au plus tard le 3 mars 2027 »."""
    left = (due_on - today).days
    if left < -COUNTED_DAYS:
        return _("en retard depuis le %(day)s", day=date_text(due_on, "long"))
    if left > COUNTED_DAYS:
        return _("à faire au plus tard le %(day)s", day=date_text(due_on, "long"))
    if left < 0:
        return ngettext("en retard de %(num)s jour", "en retard de %(num)s jours", -left)
    if left == 0:
        return _("à faire aujourd’hui")
    if left == 1:
        return _("à faire demain au plus tard")
    return ngettext("à faire dans %(num)s jour", "à faire dans %(num)s jours", left)


def since_text(since_on: date, count: int) -> str:
    """Since when the oldest of so many waits."""
    day = date_text(since_on, "long")
    if count == 1:
        return _("attend depuis le %(day)s", day=day)
    return _("le plus ancien attend depuis le %(day)s", day=day)


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.globals.update(work_due=due_text, work_since=since_text)
