"""Messages: French source strings in the language of the reader, for pages, mails, jobs and commands alike."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import current_app, g, has_app_context
from flask_babel import force_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.i18n.numbers import number_in
from cdv_civic.core.i18n.plurals import plural_rule
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE, holds_markup


@dataclass(frozen=True)
class CountedMessage:
    """A message that depends on a number: the source's other form, and one text for each form of the language."""

    plural: str
    forms: tuple[str, ...]


class Catalogue:
    """The messages of one language. It never changes: a later state of them is another catalogue.

    Give it checked translations alone (see `core.i18n.catalogues`): where a source is HTML, what stands here is shown
    as HTML. A message that it does not hold is said in French.
    """

    def __init__(
        self, language: str, messages: Mapping[str, str], counted: Mapping[str, CountedMessage]
    ) -> None:
        self.language = language
        self._form_of = plural_rule(language).form_of
        self._counted = dict(counted)
        # A message said alone that begins a counted one is said as for one thing.
        one = self._form_of(1)
        self._messages = {**{source: each.forms[one] for source, each in counted.items()}, **messages}
        #: The same for templates, filled as they ask.
        self._markup: dict[str, Markup] = {}
        self._counted_markup: dict[str, tuple[Markup, ...]] = {}

    def text(self, source: str) -> str:
        """A message."""
        return self._messages.get(source, source)

    def counted_text(self, singular: str, plural: str, num: int) -> str:
        """A counted message in the form that `num` takes."""
        known = self._counted.get(singular)
        if known is None or known.plural != plural:
            return singular if _SOURCE_FORM(num) == 0 else plural
        return known.forms[self._form_of(num)]

    def markup(self, source: str) -> Markup:
        """A message for a template: escaped, unless its source is HTML."""
        known = self._markup.get(source)
        if known is None:
            text = self._messages.get(source)
            if text is None:
                return _markup_of(source, source)
            known = self._markup[source] = _markup_of(text, source)
        return known

    def counted_markup(self, singular: str, plural: str, num: int) -> Markup:
        """As `counted_text`, for a template: escaped, unless its source is HTML."""
        known = self._counted.get(singular)
        if known is None or known.plural != plural:
            source = singular if _SOURCE_FORM(num) == 0 else plural
            return _markup_of(source, source)
        forms = self._counted_markup.get(singular)
        if forms is None:
            forms = tuple(_markup_of(text, singular + plural) for text in known.forms)
            self._counted_markup[singular] = forms
        return forms[self._form_of(num)]


#: From this on the digits of a number are grouped, in most languages.
_GROUPED_FROM: Final = 1000
_SOURCE_FORM: Final = plural_rule(SOURCE_LANGUAGE).form_of
#: French alone: outside an application, and for messages that no catalogue holds.
SOURCE: Final = Catalogue(SOURCE_LANGUAGE, {}, {})


@lru_cache(maxsize=16384)
def _markup_of(text: str, source: str) -> Markup:
    """A text as a template shows it."""
    return Markup(text) if holds_markup(source) else escape(text)  # noqa: S704  (checked against its source, which is ours)


EXTENSION: Final = "catalogues"


def _catalogue() -> Catalogue:
    """The catalogue of the language at hand: within a request, the one that its first hooks put down."""
    try:
        catalogue: Catalogue = g.catalogue
    except (
        RuntimeError,
        AttributeError,
    ):  # a command, a job, a refusal before the hooks, a test of plain values
        return _catalogue_in(g.language.tag if has_app_context() and "language" in g else SOURCE_LANGUAGE)
    return catalogue


def _catalogue_in(tag: str) -> Catalogue:
    catalogues = current_app.extensions.get(EXTENSION) if has_app_context() else None
    catalogue: Catalogue = catalogues.of(tag) if catalogues is not None else SOURCE
    return catalogue


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Inside, gettext, dates and numbers speak the language `tag`, whatever that of the page at hand is."""
    outside = g.get("catalogue")
    g.catalogue = _catalogue_in(tag)
    try:
        with force_locale(locale_of(tag)):
            yield
    finally:
        if outside is not None:
            g.catalogue = outside
        else:
            g.pop("catalogue")


def gettext(string: str, **variables: object) -> str:
    """The French `string` in the language of this request."""
    text = _catalogue().text(string)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """One of two French strings by `num`, in the language of this request; `%(num)s` is filled in as it writes it."""
    catalogue = _catalogue()
    text = catalogue.counted_text(singular, plural, num)
    return text % {"num": _written(num, catalogue.language), **variables}


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """As `gettext`, but translated when it is shown."""
    return LazyString(gettext, string, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: object) -> LazyString:
    """As `ngettext`, but translated when it is shown."""
    return LazyString(ngettext, singular, plural, num, **variables)


_ = gettext


def gettext_in_template(string: str, **variables: object) -> Markup:
    """As `gettext`, for templates: text is escaped, and so is what is filled in; a source that is HTML stays so."""
    text = _catalogue().markup(string)
    return text % variables if variables or "%" in text else text


def ngettext_in_template(singular: str, plural: str, num: int, **variables: object) -> Markup:
    """As `ngettext`, for templates."""
    catalogue = _catalogue()
    text = catalogue.counted_markup(singular, plural, num)
    return text % {"num": _written(num, catalogue.language), **variables}


def _written(num: int, language: str) -> str:
    """A count as readers write it: « 2 527 »."""
    return str(num) if abs(num) < _GROUPED_FROM else number_in(num, language)
