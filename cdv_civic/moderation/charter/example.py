"""Six principles to begin with, in our own words; the idea of so short a list is that of Évry-Courcouronnes (2021).

An example, never law: whoever adopts them changes them first.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE

PRINCIPLES: Final[tuple[LazyString, ...]] = (
    _l("Ici, tout le monde a sa place. On ne rabaisse personne pour ce qu’il est."),
    _l("On discute des idées et des faits, sans attaquer les personnes."),
    _l("On ne donne pas de nom, ni de détail qui fait reconnaître quelqu’un."),
    _l("On parle du quartier et de ce que l’on partage, pas de publicité."),
    _l("On dit ce que l’on sait, et d’où on le sait."),
    _l("On respecte la loi\u00a0: ni menace, ni injure, ni appel à la haine."),
)


def example_texts() -> list[Mapping[str, str]]:
    """Each principle by language tag, in the languages in which the site says it."""
    found: list[Mapping[str, str]] = []
    for principle in PRINCIPLES:
        said: dict[str, str] = {}
        for language in site_languages():
            with speaking(language.tag):
                said[language.tag] = str(principle)
        french = said[SOURCE_LANGUAGE]
        found.append({tag: text for tag, text in said.items() if tag == SOURCE_LANGUAGE or text != french})
    return found
