"""Numbers to call in danger, and the way out of a page that somebody beside the screen must not see."""

from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


@dataclass(frozen=True)
class Call:
    """A number that helps, in plain words."""

    number: str
    words: LazyString
    #: Whether one writes to it: it takes no call.
    written: bool = False

    @property
    def address(self) -> str:
        """What a telephone opens: a call, or a message to write."""
        return f"{'sms' if self.written else 'tel'}:{self.number.replace(' ', '')}"


#: Facts, the same in all of France.
CALLS: Final = (
    Call("17", _l("Police, si vous êtes en danger maintenant")),
    Call("114", _l("Par SMS, si vous ne pouvez pas parler"), written=True),
    Call("15", _l("Secours médicaux (Samu), si une personne est blessée ou très malade")),
    Call("18", _l("Pompiers\u00a0: un feu, un accident, une personne en danger")),
    Call("112", _l("Toutes les urgences. Ce numéro marche partout en Europe.")),
    Call("3919", _l("Violences faites aux femmes : gratuit, jour et nuit, sans dire votre nom")),
    Call("119", _l("Enfant en danger : gratuit, jour et nuit")),
    Call("115", _l("Nulle part où dormir ce soir : gratuit, jour et nuit")),
    Call("0 800 23 13 13", _l("Drogues : gratuit, de 8 h à 2 h, sans dire votre nom")),
)
#: Where « quitter vite » leads: a page that anybody may be looking at.
SOMEWHERE_ELSE: Final = "https://meteofrance.com/"


def register(app: Flask) -> None:
    """Give both to `templates/participation/help.html`."""
    app.jinja_env.globals.update(help_calls=CALLS, quick_exit_url=SOMEWHERE_ELSE)
