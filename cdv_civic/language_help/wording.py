"""How the kinds of help, and the languages, are said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import language_name, own_name
from cdv_civic.language_help.rules import HelpKind, Wrong
from cdv_civic.territory.vocabulary import CodedTerm

KINDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm(HelpKind.COUNTER, _l("Accueil dans votre langue"), "building-community"),
        CodedTerm(HelpKind.INTERPRETER, _l("Interprète sur place"), "users"),
        CodedTerm(HelpKind.INTERPRETER_BY_PHONE, _l("Interprète par téléphone"), "phone"),
        CodedTerm(HelpKind.PUBLIC_WRITER, _l("Écrivain public\u00a0: on écrit avec vous"), "pencil"),
    )
}
REFUSALS: Final = {
    Wrong.SERVICE: ("service", _l("Écrivez le nom du service, en 120 caractères au plus.")),
    Wrong.SPOKEN: ("spoken", _l("Cochez au moins une langue.")),
    Wrong.PLACE: ("place", _l("Cette adresse est trop longue.")),
    Wrong.PHONE: ("phone", _l("Écrivez le numéro avec des chiffres, par exemple 01 23 45 67 89.")),
    Wrong.NOWHERE: ("place", _l("Écrivez une adresse ou un numéro de téléphone.")),
}


@dataclass(frozen=True, slots=True)
class NamedLanguage:
    """A language in its own words and in those of the reader."""

    tag: str
    #: None: we do not know it, or the reader's words are the same.
    own: str | None
    name: str


def named(tag: str) -> NamedLanguage:
    """A language as both its speakers and the reader know it."""
    name, own = language_name(tag), own_name(tag)
    return NamedLanguage(tag, own if own and own.casefold() != name.casefold() else None, name)
