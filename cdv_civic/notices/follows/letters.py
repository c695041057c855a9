"""The messages to followers: public facts, and links. Call them inside `notices.letters.written_in`."""

from collections.abc import Sequence
from datetime import datetime

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.follows.kinds import Address, DateEvent, NewsEvent
from cdv_civic.notices.follows.rules import MOST_TOLD
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.letters import Letter, LetterLine, address_of
from cdv_civic.notices.operations import refusal_url
from cdv_civic.notices.texts import fits, plainly


def _address(page: Address, language: str) -> str:
    endpoint, values = page
    return address_of(endpoint, lang=language, **values)


def _follows(language: str) -> str:
    return address_of(navigation.endpoint("follows"), lang=language)


def _line(event: NewsEvent, language: str) -> LetterLine:
    sentence = event.sentence
    return LetterLine(
        event.title.text,
        event.title.language,
        event.said,
        _address(event.page, language),
        sentence.text if sentence is not None else "",
        sentence.language if sentence is not None else "",
    )


def digest(events: Sequence[NewsEvent], since: datetime, language: str) -> Letter:
    """All that is new since a moment; the newest, where it is much."""
    more = len(events) - MOST_TOLD
    return Letter(
        subject=ngettext(
            "%(num)s nouvelle de ce que vous suivez", "%(num)s nouvelles de ce que vous suivez", len(events)
        ),
        paragraphs=[
            _("Bonjour,"),
            _("Voici ce qui est nouveau depuis le %(day)s.", day=date_text(since, "long")),
        ],
        lines=[_line(event, language) for event in events[:MOST_TOLD]],
        action=_("Voir mes suivis"),
        url=_follows(language),
        after=[
            ngettext(
                "Il y a encore %(num)s autre nouvelle : lisez-la sur le site.",
                "Il y a encore %(num)s autres nouvelles : lisez-les sur le site.",
                more,
            )
        ]
        if more > 0
        else [],
    )


def digest_text(number: str, language: str) -> str:
    """The same in one text message, which says only that there is something: its link leads there, or stops them."""
    url = refusal_url(number, language, NEWS, short=True)
    longer = _(
        "%(site)s : du nouveau sur ce que vous suivez. Lire, ou arrêter ces SMS : %(url)s",
        site=site_name(current_settings()),
        url=url,
    )
    shorter = _("Du nouveau. Lire ou arrêter : %(url)s", url=url)
    return next((said for said in map(plainly, (longer, shorter)) if fits(said)), str(url))


def reminder(event: DateEvent, language: str) -> Letter:
    """A date that comes."""
    day = date_text(event.day, "long")
    return Letter(
        subject=_("Rappel : une rencontre, le %(day)s", day=day)
        if event.meets
        else _("Rappel : une date, le %(day)s", day=day),
        paragraphs=[
            _("Bonjour,"),
            _("Vous suivez un groupe ou un quartier qui se réunit bientôt.")
            if event.meets
            else _("Vous suivez une consultation, un groupe ou un quartier. Voici une date qui approche."),
        ],
        lines=[
            LetterLine(event.title.text, event.title.language, event.said, _address(event.page, language))
        ],
        action=_("Voir la rencontre") if event.meets else _("Lire la page"),
        url=_address(event.page, language),
    )


def change(event: DateEvent, language: str) -> Letter:
    """A date that its reader was reminded of is not held as it was said."""
    day = date_text(event.day, "long")
    return Letter(
        subject=_("Changement : la rencontre du %(day)s", day=day)
        if event.meets
        else _("Changement : la date du %(day)s", day=day),
        paragraphs=[
            _("Bonjour,"),
            _("Cette rencontre n’est plus tenue comme nous vous l’avons écrit.")
            if event.meets
            else _("Cette date n’est plus celle que nous vous avons écrite."),
        ],
        lines=[
            LetterLine(event.title.text, event.title.language, event.said, _address(event.page, language))
        ],
        action=_("Voir mes suivis"),
        url=_follows(language),
    )
