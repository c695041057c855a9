"""Names of criteria and their values, in the reader's language where they are the ones that most draws use.

Staff write them in French, as they like: what is not known here stays as it was written.
"""

import re
from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString
from markupsafe import Markup

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.text_folding import fold

_WORDS: Final[Mapping[str, LazyString]] = {
    "genre": _l("Femmes et hommes"),
    "sexe": _l("Femmes et hommes"),
    "femmes et hommes": _l("Femmes et hommes"),
    "femmes": _l("Femmes"),
    "femme": _l("Femmes"),
    "hommes": _l("Hommes"),
    "homme": _l("Hommes"),
    "age": _l("Âge"),
    "ages": _l("Âge"),
    "tranche d age": _l("Âge"),
    "quartier": _l("Quartier"),
    "logement": _l("Logement"),
    "locataires": _l("Locataires"),
    "proprietaires": _l("Propriétaires"),
    "oui": _l("Oui"),
    "non": _l("Non"),
    "autre": _l("Autre"),
}
_AGES: Final = re.compile(r"(?:de )?(\d{1,3}) (?:a )?(\d{1,3})(?: ans)?")
_FROM: Final = re.compile(r"(?:(\d{1,3}) ans et plus|plus de (\d{1,3}) ans)")
_UNDER: Final = re.compile(r"moins de (\d{1,3}) ans")


def criterion_words(name: str) -> str | None:
    """A name in the reader's language; None in French, and where it is not one of those that we know."""
    if current_language().tag == SOURCE_LANGUAGE:
        return None
    plain = fold(name).strip()
    known = _WORDS.get(plain)
    if known is not None:
        return str(known)
    if found := _AGES.fullmatch(plain):
        return _("%(least)s à %(most)s ans", least=found[1], most=found[2])
    if found := _FROM.fullmatch(plain):
        return _("%(least)s ans et plus", least=found[1] or str(int(found[2]) + 1))
    if found := _UNDER.fullmatch(plain):
        return _("Moins de %(most)s ans", most=found[1])
    return None


def said_criterion(name: str) -> Markup:
    """A name for a page: in the reader's language, or marked as French."""
    said = criterion_words(name)
    if said is not None:
        return Markup("<bdi>{}</bdi>").format(said)
    return Markup('<span lang="fr" dir="auto">{}</span>').format(name)
