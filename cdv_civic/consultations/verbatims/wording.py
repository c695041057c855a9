"""Where a chosen text stands, in words."""

from typing import Final

from cdv_civic.consultations.verbatims.rules import WhyNotChoose
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.rules.decisions import TextState

WHY_NOT: Final = {
    WhyNotChoose.NOT_SAID: _l(
        "Le formulaire n’a pas dit que ces textes peuvent être publiés\u00a0: ils ne le sont pas."
    ),
    WhyNotChoose.NOT_ENDED: _l("Attendez la fin de la consultation pour choisir des textes."),
    WhyNotChoose.WITHDRAWN: _l("Cette consultation est retirée\u00a0: rien n’en est publié."),
}
#: For whoever wrote it.
TOLD_AUTHOR: Final = {
    TextState.WAITING: _l(
        "L’organisateur aimerait publier ce texte, sans votre nom. Une personne le lit avant."
    ),
    TextState.PUBLISHED: _l("Ce texte est publié avec les résultats, sans votre nom."),
    TextState.REWORDING: _l("Ce texte n’est pas publié."),
    TextState.HIDDEN: _l("Ce texte n’est pas publié\u00a0: une personne qui modère l’a masqué."),
    TextState.MERGED: _l("Ce texte n’est pas publié\u00a0: un autre dit la même chose."),
    TextState.TAKEN_BACK: _l("Ce texte n’est pas publié\u00a0: vous ne le voulez pas."),
}
#: At the desk: a word, and its icon.
AT_DESK: Final = {
    TextState.WAITING: (_l("publication\u00a0: à lire"), "inbox"),
    TextState.PUBLISHED: (_l("publié"), "eye"),
    TextState.REWORDING: (_l("pas publié"), "lock"),
    TextState.HIDDEN: (_l("masqué"), "lock"),
    TextState.MERGED: (_l("réuni avec un autre"), "arrows-join"),
    TextState.TAKEN_BACK: (_l("la personne ne veut pas"), "arrow-back-up"),
}
