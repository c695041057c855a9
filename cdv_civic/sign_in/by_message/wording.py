"""Sentences about links and codes: what is wrong with one, why one opens nothing any more."""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext
from cdv_civic.sign_in.by_message.rules import CodeState

NO_CODE: Final = _l("Le code a 6 chiffres. Écrivez-le comme dans le message.")
OLDER_CODE: Final = _l("Ce code vient d’un message plus ancien. Écrivez celui du message le plus récent.")

#: Why a link or a code opens nothing; None: it is unknown in this browser.
DEAD: Final[Mapping[CodeState | None, LazyString]] = {
    None: _l("Nous ne retrouvons pas cette demande dans ce navigateur. Demandez un nouveau message ici."),
    CodeState.USED: _l("Ce message a déjà servi. Pour vous connecter encore, demandez-en un autre."),
    CodeState.EXPIRED: _l("Ce message date de plus de 30 minutes. Demandez-en un autre."),
    CodeState.REPLACED: _l("Vous avez demandé un message plus récent. Utilisez celui-là."),
    CodeState.BLOCKED: _l("Ce code a été mal écrit 5 fois, il ne sert plus. Demandez un autre message."),
}


def wrong_code(left: int) -> LazyString:
    """Not the code that was sent; `left` tries are left."""
    return lazy_ngettext(
        "Ce n’est pas le bon code. Vérifiez-le dans le message : il vous reste %(num)s essai.",
        "Ce n’est pas le bon code. Vérifiez-le dans le message : il vous reste %(num)s essais.",
        left,
    )
