"""Consultations in words, as residents read them: what can change, until when, for whom, how."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from flask import Flask

from cdv_civic.consultations.public.queries.cards import ConsultationCard, Group
from cdv_civic.consultations.public.queries.page import ConsultationPage
from cdv_civic.consultations.queries.changes import Correction
from cdv_civic.consultations.rules.calendar import ConsultationCalendar, ConsultationStage
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.consultations.wording import POWERS, at_least_said
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text, near_day_text, time_text
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.participation.rules.phases import first_day, last_day
from cdv_civic.participation.wording import CHANNEL_WORDS
from cdv_civic.territory.activities.rules import Span
from cdv_civic.territory.activities.wording import when_text
from cdv_civic.territory.vocabulary import CodedTerm

#: What is asked of whoever answers on the site, before they begin.
PROOF_SAID: Final[Mapping[ProofAsked, Any]] = {
    ProofAsked.NONE: _l("Rien\u00a0: ni compte, ni carte."),
    ProofAsked.MESSAGE: _l("Une adresse e-mail ou un téléphone qui répond."),
    ProofAsked.CARD: _l("Une carte d’accès, remise dans votre quartier."),
    ProofAsked.FRANCE_CONNECT: _l("Se connecter avec FranceConnect. Le site ne reçoit pas votre nom."),
}
#: Groups of the list: their heading, an icon.
GROUPS: Final[Mapping[Group, CodedTerm]] = {
    group: CodedTerm(group.value, label, icon)
    for group, label, icon in (
        (Group.OPEN, _l("Ouvertes en ce moment"), "speakerphone"),
        (Group.COMING, _l("Bientôt"), "calendar-event"),
        (Group.WAITING, _l("La réponse est attendue"), "clock"),
        (Group.ANSWERED, _l("La réponse est là"), "circle-check"),
    )
}
#: How long one question takes, on a telephone, in a language that is not one’s first.
_SECONDS_A_QUESTION: Final = 25


def minutes_said(questions: int) -> str:
    """« 2 minutes »."""
    minutes = max(1, round(questions * _SECONDS_A_QUESTION / 60))
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def counted_said(counted: int | None) -> str:
    """« au moins 40 réponses »; empty where so few came that nothing is said."""
    return at_least_said(counted) if counted else ""


def opens_when(opens_at: datetime) -> str:
    """« mardi 12 mai à 18:30 »; what opens at midnight opens with its day: « mardi 12 mai »."""
    return _day_and_hour(opens_at, first_day(opens_at, clock.zone()))


def closes_when(closes_at: datetime) -> str:
    """« mardi 12 mai à 18:30 »; what closes at midnight closes with the day before: « lundi 11 mai »."""
    return _day_and_hour(closes_at, last_day(closes_at, clock.zone()))


def _day_and_hour(moment: datetime, day: date) -> str:
    here = moment.astimezone(clock.zone()).time()
    if (here.hour, here.minute) == (0, 0):
        return near_day_text(day)
    return _("%(day)s à %(hour)s", day=near_day_text(day), hour=time_text(here))


def due_said(due_on: date) -> str:
    """« La réponse vient au plus tard le 12 mai 2027. »"""
    return _("La réponse vient au plus tard le %(day)s.", day=date_text(due_on, "long"))


def late_said(due_on: date, today: date) -> str:
    """« La réponse devait venir le 12 mai 2027. Elle a 3 jours de retard. »"""
    days = (today - due_on).days
    return (
        _("La réponse devait venir le %(day)s.", day=date_text(due_on, "long"))
        + " "
        + ngettext("Le retard est de %(num)s jour.", "Le retard est de %(num)s jours.", days)
    )


def standing_said(
    calendar: ConsultationCalendar, stage: ConsultationStage, *, late: bool, now: datetime | None = None
) -> str:
    """Where a consultation stands, in one line of a card."""
    now = now or clock.now()
    if stage is ConsultationStage.COMING or stage is ConsultationStage.OPEN:
        return when_text(Span(calendar.opens_at, calendar.closes_at), now)
    due = calendar.answer_due_on
    if stage is ConsultationStage.ANSWERED or due is None:
        answered = calendar.answered_at
        return _("réponse publiée le %(day)s", day=date_text(answered, "long")) if answered else ""
    if late:
        return late_said(due, now.astimezone(clock.zone()).date())
    return due_said(due)


def discussed_said(opens_at: datetime | None, begun: date | None, now: datetime | None = None) -> str:
    """That a consultation is about a part of a contract, before its title: « Discutée depuis dans la consultation ».

    `begun`: the first day of the contract, where it is said how that part was drawn up; a consultation since is news.
    """
    if opens_at is not None and opens_at > (now or clock.now()):
        return _("Bientôt discutée dans la consultation")
    if opens_at is not None and begun is not None and opens_at.astimezone(clock.zone()).date() >= begun:
        return _("Discutée depuis dans la consultation")
    return _("Discutée dans la consultation")


def who_asks(page: ConsultationPage) -> str:
    """« La ville : Orly », « L’équipe du contrat de ville : … », or the name of the body."""
    if page.body:
        return page.body
    if page.commune:
        return _("La ville\u00a0: %(name)s", name=page.commune)
    return _("L’équipe du contrat de ville\u00a0: %(name)s", name=page.territory)


def card_end(card: ConsultationCard) -> str:
    """Where a card’s consultation stands."""
    return standing_said(card.calendar, card.stage, late=card.late)


def shown_language(correction: Correction, language: str) -> str:
    """Of the languages in which words were corrected that of the page, or else French, or else the first."""
    changed = correction.languages
    return next((tag for tag in (language, SOURCE_LANGUAGE) if tag in changed), changed[0])


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.filters.update(
        minutes_said=minutes_said,
        counted_said=counted_said,
        opens_when=opens_when,
        closes_when=closes_when,
        due_said=due_said,
        who_asks=who_asks,
        card_end=card_end,
        power_said=lambda power: POWERS[power].meaning,
        proof_said=PROOF_SAID.__getitem__,
        group_words=GROUPS.__getitem__,
        channel_label=lambda channel: CHANNEL_WORDS[channel.value].label,
    )
    app.jinja_env.globals.update(consultation_late_said=late_said, discussed_said=discussed_said)
