"""How seats are said to people."""

from collections.abc import Mapping
from typing import Final

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.seats.rules import LOCAL_ACTORS, RESIDENTS, Caution, CautionKind
from cdv_civic.territory.vocabulary import CodedTerm

COLLEGE_WORDS: Final[Mapping[str, CodedTerm]] = {
    RESIDENTS: CodedTerm(RESIDENTS, _l("Places des habitantes et des habitants"), "home"),
    LOCAL_ACTORS: CodedTerm(LOCAL_ACTORS, _l("Places des associations et des acteurs locaux"), "users-group"),
}
WAY_WORDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("tirage", _l("Tirage au sort")),
        CodedTerm("volontaire", _l("Volontariat")),
        CodedTerm("designation", _l("Désignation")),
    )
}
GENDER_WORDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("femme", _l("Femme")),
        CodedTerm("homme", _l("Homme")),
        CodedTerm("non_dit", _l("La personne ne souhaite pas répondre")),
    )
}
ENDING_WORDS: Final[Mapping[str, CodedTerm]] = {
    word.code: word
    for word in (
        CodedTerm("mandat", _l("Fin prévue du siège")),
        CodedTerm("depart", _l("La personne choisit de partir")),
        CodedTerm("demenagement", _l("La personne n’habite ou n’agit plus ici")),
        CodedTerm("absence", _l("La personne ne vient plus")),
        CodedTerm("erreur", _l("C’était une erreur de saisie")),
        CodedTerm("autre", _l("Une autre raison")),
    )
}


def caution_text(caution: Caution) -> str:
    """A friendly warning in words."""
    college = COLLEGE_WORDS[caution.college].label if caution.college else ""
    number, other = caution.number, caution.other
    if caution.kind is CautionKind.PARITY:
        return _(
            "Parmi les habitantes et les habitants qui ont répondu : femmes %(women)s, hommes %(men)s. "
            "La loi demande autant de femmes que d’hommes.",
            women=number,
            men=other,
        )
    if caution.kind is CautionKind.MAJORITY:
        return _(
            "Les habitantes et les habitants sont moins de la moitié : %(residents)s, face à %(others)s pour les "
            "associations et les acteurs locaux.",
            residents=number,
            others=other,
        )
    if caution.kind is CautionKind.VACANT:
        return ngettext(
            "%(college)s : %(num)s siège est libre.",
            "%(college)s : %(num)s sièges sont libres.",
            number,
            college=college,
        )
    if caution.kind is CautionKind.TOO_MANY:
        return ngettext(
            "%(college)s : %(num)s personne de plus que de sièges.",
            "%(college)s : %(num)s personnes de plus que de sièges.",
            number,
            college=college,
        )
    if caution.kind is CautionKind.ENDED:
        return ngettext(
            "%(num)s siège est arrivé à sa fin\u00a0: renouvelez-le, ou dites qui le quitte.",
            "%(num)s sièges sont arrivés à leur fin\u00a0: renouvelez-les, ou dites qui les quitte.",
            number,
        )
    return ngettext(
        "%(num)s siège arrive à sa fin dans moins de 60 jours.",
        "%(num)s sièges arrivent à leur fin dans moins de 60 jours.",
        number,
    )
