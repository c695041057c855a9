"""How one hears of what one follows."""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.follows.rules import NewsChannel, Rhythm

#: A way and how often, as one answer. Text messages come once a week at most.
ANSWERS: Final[Mapping[str, tuple[NewsChannel, Rhythm]]] = {
    "e-mail-jour": (NewsChannel.EMAIL, Rhythm.DAILY),
    "e-mail-semaine": (NewsChannel.EMAIL, Rhythm.WEEKLY),
    "sms-semaine": (NewsChannel.SMS, Rhythm.WEEKLY),
    "site": (NewsChannel.NONE, Rhythm.WEEKLY),
}
_LABELS: Final = {
    "e-mail-jour": _l("Par e-mail, chaque jour où il y a du nouveau"),
    "e-mail-semaine": _l("Par e-mail, le lundi"),
    "sms-semaine": _l("Par SMS, le lundi : un lien, s’il y a du nouveau"),
    "site": _l("Je viens lire ici"),
}


#: What stands there now, as a sentence.
SENTENCES: Final[Mapping[str, LazyString]] = {
    "e-mail-jour": _l("Vous recevez les nouvelles par e-mail, chaque jour où il y en a."),
    "e-mail-semaine": _l("Vous recevez les nouvelles par e-mail, le lundi."),
    "sms-semaine": _l("Un SMS vous prévient le lundi, s’il y a du nouveau."),
    "site": _l("Vous lisez les nouvelles ici : le site ne vous les envoie pas."),
}


def answer_of(channel: str, rhythm: str) -> str:
    """The answer that stands for what is stored."""
    return next((name for name, said in ANSWERS.items() if said == (channel, rhythm)), "site")


class NewsChoiceForm(StaffForm):
    """One way, and a language."""

    channel = RadioField(
        _l("Comment voulez-vous avoir des nouvelles ?"),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
    )
    language = SelectField(
        _l("Dans quelle langue ?"), validators=[InputRequired(_l("Choisissez une réponse de la liste."))]
    )

    def offer(self, *, email: bool, phone: bool) -> None:
        """Offer what the site and the account have."""
        settings = current_settings()
        shown = {NewsChannel.EMAIL: email and settings.mails, NewsChannel.SMS: phone and settings.texts}
        self.channel.choices = [
            (name, _LABELS[name]) for name, (channel, _rhythm) in ANSWERS.items() if shown.get(channel, True)
        ]
        self.language.choices = [(language.tag, language.name) for language in site_languages()]
