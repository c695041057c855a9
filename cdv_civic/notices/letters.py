"""A mail as it is written: its sentences, in the language of its reader."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from flask import current_app

from cdv_civic.core.i18n.catalogue import _, speaking
from cdv_civic.core.i18n.languages import direction_of
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name


@dataclass(frozen=True)
class LetterLine:
    """One of several things that a letter tells, with the page where it is read."""

    title: str
    language: str  #: tag of the language that `title` is in
    said: str  #: what happened, in the reader's language
    url: str  #: absolute
    sentence: str = ""  #: what was published about it
    sentence_language: str = ""  #: tag of the language that `sentence` is in


@dataclass(frozen=True)
class Letter:
    """Plain sentences already in the reader's language; the templates only lay them out."""

    subject: str
    paragraphs: Sequence[str]
    action: str = ""  #: words of the one button
    url: str = ""  #: where it leads, absolute
    after: Sequence[str] = ()  #: sentences below the button
    code: str = ""  #: digits to type elsewhere, written large below the button
    code_words: str = ""  #: what to do with them
    lines: Sequence[LetterLine] = ()  #: what it tells, between the sentences and the button


def written_in(tag: str) -> AbstractContextManager[None]:
    """Inside, gettext speaks the language `tag` of the mail, not the one of the page that asked for it."""
    return speaking(tag)


def address_of(endpoint: str, **values: object) -> str:
    """The absolute address of a page: never from what a visitor's request says the site is called."""
    return current_settings().own_address + current_app.url_map.bind("localhost").build(endpoint, values)


def lay_out(letter: Letter, language: str, unsubscribe_url: str = "") -> tuple[str, str]:
    """The plain text and the HTML of a letter; call it inside `written_in`."""
    settings = current_settings()
    values = {
        "letter": letter,
        "tag": language,
        "direction": direction_of(language),
        "dir_of": direction_of,
        "site_name": site_name(settings),
        "unsubscribe_url": unsubscribe_url,
        "home": address_of(navigation.endpoint(navigation.HOME), lang=language),
        "no_answer": _("Ce message est envoyé par le site. Personne ne lit les réponses."),
    }
    plain, html = (
        current_app.jinja_env.get_template(f"notices/mail.{kind}").render(values) for kind in ("txt", "html")
    )
    return plain.strip() + "\n", html


def mail_language(tag: str) -> str:
    """`tag` where the site speaks it, else its first language."""
    settings = current_settings()
    return tag if tag in settings.languages else settings.default_language
