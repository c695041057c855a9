"""When something can be done, in a few words."""

from datetime import datetime, time
from typing import Final

from flask import Flask

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.formats import near_day_text, time_text
from cdv_civic.territory.activities.rules import Span, Timing, timing_of

#: From this hour on it is evening.
EVENING: Final = 18


def when_text(span: Span, now: datetime) -> str:
    """« dans 6 jours (mardi 24 mai à 18:30) », « encore 3 jours », « jusqu’à ce soir 18:00 », « à tout moment ».

    What closes at midnight was open all of the day before: « jusqu’à ce soir ».
    """
    if timing_of(span, now) is Timing.COMING and span.opens_at is not None:
        return _opens_text(span.opens_at, now)
    if span.closes_at is None:
        return _("à tout moment")
    here, today = span.closes_at.astimezone(clock.zone()), now.astimezone(clock.zone()).date()
    days, hour = (here.date() - today).days, time_text(here.time())
    if here.time() == time.min:
        days -= 1
        if days <= 1:
            return _("jusqu’à ce soir") if days == 0 else _("jusqu’à demain soir")
    if days == 0:
        return (
            _("jusqu’à ce soir %(hour)s", hour=hour)
            if here.hour >= EVENING
            else _("jusqu’à %(hour)s", hour=hour)
        )
    if days == 1:
        return _("jusqu’à demain %(hour)s", hour=hour)
    return ngettext("encore %(num)s jour", "encore %(num)s jours", days)


def _opens_text(opens_at: datetime, now: datetime) -> str:
    here, today = opens_at.astimezone(clock.zone()), now.astimezone(clock.zone()).date()
    days, hour = (here.date() - today).days, time_text(here.time())
    if days == 0:
        return _("aujourd’hui à %(hour)s", hour=hour)
    if days == 1:
        return _("demain à %(hour)s", hour=hour)
    return ngettext(
        "dans %(num)s jour (%(day)s à %(hour)s)",
        "dans %(num)s jours (%(day)s à %(hour)s)",
        days,
        day=near_day_text(here.date()),
        hour=hour,
    )


def register(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.globals["when_open"] = when_text
