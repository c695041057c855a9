"""What followers of consultations, quartiers and bodies learn: that one opens, closes, is counted, is answered."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from flask import Flask
from sqlalchemy import Select, and_, case, or_, select
from sqlalchemy.orm import Session

from cdv_civic.bodies.follows import BODY
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation, consultation_quartier
from cdv_civic.consultations.operations.reminders import CONSULTATION
from cdv_civic.consultations.public.queries.places import titled
from cdv_civic.consultations.public.wording import closes_when, due_said, opens_when
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.localized import Localized
from cdv_civic.notices.follows.kinds import (
    QUARTIER,
    DateEvent,
    DateProvider,
    FollowKind,
    NewsEvent,
    Target,
    register_dates,
    register_kind,
    register_news,
)
from cdv_civic.notices.follows.rules import Thing
from cdv_civic.participation.rules.phases import first_day, last_day

_MOMENT: Final = "%Y-%m-%dT%H:%M"
#: What a date is of, as its name ends.
OPENS, CLOSES, DUE = "ouvre", "ferme", "reponse"
#: On the day that the answer is due nobody knows the hour.
_NOON: Final = time(12)


def _find(slug: str) -> int | None:
    return db.session.execute(
        select(Consultation.id).where(Consultation.slug == slug, consultation_is_public())
    ).scalar()


def _describe(ids: Collection[int], language: str) -> dict[int, Target]:
    return {
        number: Target(
            number,
            each.title,
            each.slug,
            ("consultations.show", {"slug": each.slug}),
            consultation_tag(number),
        )
        for number, each in titled(sorted(ids), language).items()
    }


def _asked_for(
    things: Mapping[str, Collection[int]], language: str, *more: Any
) -> tuple[Select[Any], Localized]:
    """The statement of the consultations whose news are those of some things: a row for each of their quartiers."""
    title = Localized("title", Consultation.title_id, language)
    quartiers, bodies = sorted(things.get(QUARTIER, ())), sorted(things.get(BODY, ()))
    statement = (
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.body_id,
            Consultation.opens_at,
            Consultation.closes_at,
            Consultation.answer_due_on,
            Consultation.published_at,
            Consultation.frozen_at,
            Consultation.answered_at,
            consultation_quartier.c.quartier_id,
            *title.columns,
        )
        .outerjoin(
            consultation_quartier,
            and_(
                consultation_quartier.c.consultation_id == Consultation.id,
                consultation_quartier.c.quartier_id.in_(quartiers),
            ),
        )
        .where(
            consultation_is_public(),
            or_(
                Consultation.id.in_(sorted(things.get(CONSULTATION, ()))),
                Consultation.body_id.in_(bodies),
                consultation_quartier.c.quartier_id.is_not(None),
            ),
            *more,
        )
        .order_by(Consultation.id)
    )
    return title.join(statement), title


def _rows(
    things: Mapping[str, Collection[int]], language: str, *more: Any
) -> tuple[dict[int, tuple[Any, set[Thing]]], Localized]:
    """Those consultations, each once with all the things that it is news of; 1 statement."""
    statement, title = _asked_for(things, language, *more)
    found: dict[int, tuple[Any, set[Thing]]] = {}
    own, bodies = set(things.get(CONSULTATION, ())), set(things.get(BODY, ()))
    for row in rows_of(statement):
        _row, of = found.setdefault(row.id, (row, set()))
        if row.id in own:
            of.add((CONSULTATION, row.id))
        if row.body_id in bodies:
            of.add((BODY, row.body_id))
        if row.quartier_id is not None:
            of.add((QUARTIER, row.quartier_id))
    return found, title


def _happened(row: Any, now: datetime) -> Iterator[tuple[str, datetime, str]]:
    """What happened to one: its name, when, in words."""
    opened = max(row.opens_at, row.published_at)
    if row.published_at < row.opens_at:
        yield (
            "annonce",
            row.published_at,
            _("Consultation annoncée\u00a0: ouverture %(when)s", when=opens_when(row.opens_at)),
        )
    if opened <= now:
        yield (
            "ouverture",
            opened,
            _("Consultation ouverte jusqu’à\u00a0: %(when)s", when=closes_when(row.closes_at)),
        )
    if row.closes_at <= now:
        yield "fermeture", row.closes_at, _("Consultation fermée. %(due)s", due=due_said(row.answer_due_on))
    if row.frozen_at is not None:
        yield "resultats", row.frozen_at, _("Les résultats sont publiés")
    if row.answered_at is not None:
        yield "reponse", row.answered_at, _("La réponse est publiée")


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None,
) -> Sequence[NewsEvent]:
    """What happened to consultations: see `NewsProvider`. 1 statement."""
    if not any(things.get(kind) for kind in (CONSULTATION, QUARTIER, BODY)):
        return []
    moments = (
        Consultation.published_at,
        Consultation.opens_at,
        Consultation.closes_at,
        Consultation.frozen_at,
        Consultation.answered_at,
    )
    within = or_(*(and_(moment > since, moment <= until) for moment in moments))
    found, title = _rows(things, language, within)
    now = clock.now()
    events = [
        NewsEvent(
            f"consultation:{row.id}:{what}:{at.astimezone(UTC):{_MOMENT}}",
            at,
            frozenset(of),
            title.words(row),
            said,
            _page(row.slug, answered=what == "reponse"),
        )
        for row, of in found.values()
        for what, at, said in _happened(row, now)
        if since < at <= until
    ]
    events.sort(key=lambda event: (event.at, event.key), reverse=True)
    return events[:newest] if newest is not None else events


def _page(slug: str, *, answered: bool = False) -> tuple[str, dict[str, object]]:
    return ("restitution.show" if answered else "consultations.show", {"slug": slug})


def _moment_of(what: str, row: Any) -> datetime | None:
    """When a date of a consultation is; None: it is held no more."""
    if what in (OPENS, CLOSES):
        moment: datetime | None = row.opens_at if what == OPENS else row.closes_at
        return moment
    if row.answered_at is not None or row.answer_due_on is None:
        return None
    return datetime.combine(row.answer_due_on, _NOON, clock.zone()).astimezone(UTC)


def _day_of(what: str, moment: datetime) -> date:
    """The day that a date falls on."""
    return (last_day if what == CLOSES else first_day)(moment, clock.zone())


def about(consultation_id: int, moment: datetime, what: str) -> str:
    """How a date of a consultation is named."""
    return f"{CONSULTATION}:{consultation_id}:{moment.astimezone(UTC):{_MOMENT}}:{what}"


def _date_said(what: str, row: Any) -> str:
    if what == OPENS:
        return _("Ouverture\u00a0: %(when)s", when=opens_when(row.opens_at))
    if what == CLOSES:
        return _("Dernier moment pour répondre\u00a0: %(when)s", when=closes_when(row.closes_at))
    return _("La réponse est attendue le %(day)s", day=date_text(row.answer_due_on, "long"))


def dates(
    things: Mapping[str, Collection[int]], since: date, before: date, language: str
) -> Sequence[DateEvent]:
    """When consultations open and close, and when their answer is due: see `DateProvider`. 1 statement."""
    if not any(things.get(kind) for kind in (CONSULTATION, QUARTIER, BODY)):
        return []
    here = clock.zone()
    first, last = (datetime.combine(day, time(), here) for day in (since, before))
    ahead = or_(
        and_(Consultation.opens_at >= first, Consultation.opens_at < last),
        # What closes at midnight closes with the day before.
        and_(Consultation.closes_at > first, Consultation.closes_at <= last),
        and_(Consultation.answer_due_on >= since, Consultation.answer_due_on < before),
    )
    found, title = _rows(things, language, ahead)
    return [
        DateEvent(
            about(row.id, moment, what),
            frozenset(of),
            moment,
            _day_of(what, moment),
            title.words(row),
            _date_said(what, row),
            _page(row.slug),
            meets=False,
        )
        for row, of in found.values()
        for what in (OPENS, CLOSES, DUE)
        for moment in [_moment_of(what, row)]
        if moment is not None and since <= _day_of(what, moment) < before
    ]


def _named(about_: str) -> tuple[int, datetime, str]:
    """The consultation that `about` named, the moment, and of what."""
    _prefix, number, rest = about_.split(":", 2)
    moment, _colon, what = rest.rpartition(":")
    return int(number), datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC), what


def _is_held(row: Any, moment: datetime, what: str) -> bool:
    now_at = _moment_of(what, row)
    return now_at is not None and now_at.astimezone(UTC).replace(second=0, microsecond=0) == moment


def date_named(named: str, language: str) -> DateEvent | None:
    """A date by its name, with what has become of it: see `DateProvider.named`. 1 statement."""
    number, moment, what = _named(named)
    title = Localized("title", Consultation.title_id, language)
    withdrawn = case((consultation_is_public(), 0), else_=1).label("withdrawn")
    statement = title.join(
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.opens_at,
            Consultation.closes_at,
            Consultation.answer_due_on,
            Consultation.answered_at,
            withdrawn,
            *title.columns,
        ).where(Consultation.id == number)
    )
    row = rows_of(statement).one_or_none() if moment > clock.now() else None
    if row is None:
        return None
    if row.withdrawn:
        said = _("Cette consultation est retirée.")
    elif _moment_of(what, row) is None:
        said = _("La réponse est publiée")
    else:
        said = _date_said(what, row)
    return DateEvent(
        named,
        frozenset(),
        moment,
        _day_of(what, moment),
        title.words(row),
        said,
        _page(row.slug),
        meets=False,
    )


def still_held(session: Session, named: str) -> bool:
    """Whether a date is held as it was named; the consultation's row is locked until the caller's transaction ends."""
    number, moment, what = _named(named)
    row = session.execute(
        select(Consultation)
        .where(Consultation.id == number, consultation_is_public())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return row is not None and _is_held(row, moment, what)


def register(app: Flask) -> None:
    """Let consultations be followed, tell of them, and remind of their dates."""
    register_kind(
        app, FollowKind(CONSULTATION, CONSULTATION, _l("Les consultations"), "speakerphone", _find, _describe)
    )
    register_news(app, "consultations", news)
    register_dates(app, DateProvider(CONSULTATION, dates, still_held, date_named))
