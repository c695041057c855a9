"""Forms of one's own space."""

from wtforms import BooleanField, HiddenField, StringField

from cdv_civic.accounts.rules import LONGEST_NAME
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class AboutMeForm(StaffForm):
    """A name, and whether one is under 18. All of it may stay empty."""

    name = StringField(
        _l("Prénom ou pseudonyme"),
        description=_l("Pour vous saluer. Aucune page publique ne montre ce nom sans votre accord."),
        render_kw={"autocomplete": "nickname", "maxlength": LONGEST_NAME, "dir": "auto"},
    )
    minor = BooleanField(
        _l("J’ai moins de 18 ans"),
        description=_l(
            "Aucune page publique ne montre alors votre nom. "
            "Une personne vérifie ce que vous écrivez avant de le publier."
        ),
    )
    retour = HiddenField()
