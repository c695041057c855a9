"""Days as people say them, and the moments at which a role begins and ends."""

from datetime import date, datetime, time, timedelta

from cdv_civic.accounts.roles import BadRole
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def span(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The moments between which a role holds: from the first day on (None: from now), through the last one.

    Raises `BadRole` for days that are past, or that no calendar of ours will see.
    """
    today = clock.today()
    for field, day in (("starts_on", first), ("ends_on", last)):
        if day is not None and not today <= day <= today.replace(day=1) + timedelta(days=366 * 20):
            raise BadRole(_l("Choisissez un jour qui n’est pas passé, dans les 20 ans."), field=field)
    start = _midnight(first) if first is not None and first > today else None
    return start, _midnight(last + timedelta(days=1)) if last is not None else None
