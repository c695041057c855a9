"""How bodies and their meetings are said to people."""

from collections.abc import Mapping
from datetime import date, time
from typing import Final

from babel import Locale
from babel.dates import get_day_names, get_month_names
from flask import Flask
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from cdv_civic.bodies.rules import LAST, Every, Recurrence, Stranded, Unit, counted_ahead
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text, time_text
from cdv_civic.territory.vocabulary import CodedTerm

#: Of a body that does not meet for now.
ASLEEP: Final = "en_sommeil"
BODY_STATES: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("actif", _l("Actif : il se réunit"), "circle-check"),
        CodedTerm("a_relancer", _l("À relancer : il cherche de nouvelles personnes"), "refresh"),
        CodedTerm(ASLEEP, _l("En sommeil : il ne se réunit plus pour l’instant"), "clock-pause"),
    )
}
MEETING_KINDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("meeting", _l("Réunion"), "users-group"),
        CodedTerm("permanence", _l("Permanence"), "message-2"),
    )
}
PUBLICATION_KINDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("ordre_du_jour", _l("Ordre du jour"), "list-details"),
        CodedTerm("compte_rendu", _l("Compte rendu"), "clipboard-check"),
        CodedTerm("avis", _l("Avis motivé"), "quote"),
        CodedTerm("bilan", _l("Bilan"), "chart-line"),
        CodedTerm("courrier", _l("Courrier"), "mail"),
        CodedTerm("autre", _l("Autre document"), "file-text"),
    )
}
#: What a body of each kind can do, in one sentence.
CAN_DO: Final[Mapping[str, LazyString]] = {
    "conseil_citoyen": _l(
        "Des habitantes, des habitants et des associations donnent leur avis sur le "
        "contrat de ville. Le conseil ne dépend ni de la mairie ni de l’État."
    ),
    "conseil_de_quartier": _l("Les habitantes et les habitants parlent du quartier avec la ville."),
    "conseil_de_voisinage": _l("Le voisinage parle de sa rue et de ses immeubles avec la ville."),
    "table_de_quartier": _l(
        "Des habitantes, des habitants et des associations s’organisent pour agir ensemble."
    ),
    "collectif": _l("Des personnes se sont réunies pour agir sur un sujet du quartier."),
    "comite_usagers": _l("Les personnes qui utilisent un lieu disent ce qui doit y changer."),
    "conseil_de_maison": _l("Les personnes qui utilisent la maison de quartier préparent son programme."),
    "conseil_jeunes": _l("Des jeunes proposent des idées à la ville."),
    "conseil_enfants": _l("Des enfants proposent des idées à la ville."),
    "conseil_seniors": _l("Des personnes âgées proposent des idées à la ville."),
    "amicale": _l("Des locataires parlent ensemble à leur bailleur."),
    "observatoire": _l("Des habitantes et des habitants suivent ce qui a été promis."),
    "maison_du_projet": _l("Un lieu pour s’informer sur les travaux du quartier et poser ses questions."),
    "comite_pilotage": _l("Les organismes du contrat y prennent les décisions."),
    "comite_technique": _l("Les équipes des organismes y préparent les décisions."),
    "comite_evaluation": _l("On y mesure ce que le contrat a changé."),
    "commission_micro_projets": _l("De l’argent est donné à des projets d’habitantes et d’habitants."),
    "groupe_gusp": _l("On y parle de propreté, de lumière et d’entretien avec la ville et les bailleurs."),
    "groupe_de_travail": _l("Des équipes y travaillent sur un sujet du contrat."),
    "autre": _l("Le contrat cite ce lieu ou cette rencontre."),
}
_NTH: Final[Mapping[int, LazyString]] = {
    1: _l("Le premier %(weekday)s de chaque mois"),
    2: _l("Le deuxième %(weekday)s de chaque mois"),
    3: _l("Le troisième %(weekday)s de chaque mois"),
    4: _l("Le quatrième %(weekday)s de chaque mois"),
    LAST: _l("Le dernier %(weekday)s de chaque mois"),
}


def _locale() -> Locale:
    locale: Locale = get_locale()
    return locale


def month_name(month: int) -> str:
    """« août »."""
    return str(get_month_names("wide", "stand-alone", _locale())[month])


def hours_text(start: time, end: time | None) -> str:
    """« de 10:00 à 12:00 », or « à 10:00 » where the end is not known."""
    if end is None:
        return _("à %(start)s", start=time_text(start))
    return _("de %(start)s à %(end)s", start=time_text(start), end=time_text(end))


def weekday_day(day: date) -> str:
    """« samedi 5 décembre 2026 »."""
    return date_text(day, "full")


def days_left(day: date, today: date) -> str:
    """« dans 6 jours », « dans 3 semaines », « dans 5 mois »: as people count, the day itself being beside it."""
    left = (day - today).days
    if left == 0:
        return _("aujourd’hui")
    if left == 1:
        return _("demain")
    if left <= 0:
        return ""
    count, unit = counted_ahead(left)
    if unit is Unit.DAY:
        return ngettext("dans %(num)s jour", "dans %(num)s jours", count)
    if unit is Unit.WEEK:
        return ngettext("dans %(num)s semaine", "dans %(num)s semaines", count)
    if unit is Unit.MONTH:
        return ngettext("dans %(num)s mois", "dans %(num)s mois", count)
    return ngettext("dans %(num)s an", "dans %(num)s ans", count)


def stranded_texts(date_: Stranded) -> tuple[str, str, str]:
    """What is asked of a date that its series gives no more: the question, then the two answers."""
    was, comes = weekday_day(date_.key), weekday_day(date_.to)
    if date_.moved_to is None:
        return (
            _("La date du %(was)s était annulée. Et celle du %(comes)s ?", was=was, comes=comes),
            _("Annuler cette date aussi"),
            _("Garder cette date"),
        )
    to = weekday_day(date_.moved_to)
    return (
        _(
            "La date du %(was)s était déplacée au %(to)s. Et celle du %(comes)s ?",
            was=was,
            to=to,
            comes=comes,
        ),
        _("Déplacer cette date aussi, au %(to)s", to=to),
        _("Garder ce jour-là, à l’heure habituelle"),
    )


def recurrence_text(recurrence: Recurrence) -> str:
    """« Le premier samedi de chaque mois, sauf : août, jusqu’au 30 juin 2027 »."""
    weekday = get_day_names("wide", "stand-alone", _locale())[recurrence.weekday]
    if recurrence.every is Every.MONTH and recurrence.nth is not None:
        said = str(_NTH[recurrence.nth]) % {"weekday": weekday}
    elif recurrence.interval == 1:
        said = _("Chaque semaine, le %(weekday)s", weekday=weekday)
    else:
        said = ngettext(
            "Toutes les %(num)s semaines, le %(weekday)s",
            "Toutes les %(num)s semaines, le %(weekday)s",
            recurrence.interval,
            weekday=weekday,
        )
    pieces = [said]
    if recurrence.except_months:
        names = _(", ").join(month_name(month) for month in sorted(recurrence.except_months))
        pieces.append(_("sauf : %(months)s", months=names))
    if recurrence.until:
        pieces.append(_("jusqu’au %(day)s", day=date_text(recurrence.until, "long")))
    return _(", ").join(pieces)


def kind_beside(kind: CodedTerm, name: str) -> str:
    """What a body is, beside its name; nothing where the name says just that."""
    label = str(kind.label)
    return "" if label.casefold() == name.casefold() else label


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.globals.update(body_states=BODY_STATES)
    app.jinja_env.filters.update(
        hours_said=lambda slot: hours_text(slot.start, slot.end),
        weekday_day=weekday_day,
        recurrence_said=recurrence_text,
        kind_beside=kind_beside,
    )
