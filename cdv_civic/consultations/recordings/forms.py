"""The form of a recorded voice."""

from collections.abc import Iterable
from typing import Final, cast

from wtforms import BooleanField, HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired

from cdv_civic.consultations.recordings.wording import heard_in
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, UploadField, listed
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.sounds.reading import LONGEST_SECONDS, MOST_BYTES
from cdv_civic.core.uploads.receiving import Upload, read_voice

_SOUND: Final = "audio/*"


class VoiceForm(StaffForm):
    """A voice that reads a question: recorded now, or chosen among files. Made complete by `voice_form`."""

    client_key = ClientKeyField()
    #: The recording whose place it takes, as the page showed it.
    replaces = HiddenField()
    language = SelectField(
        _l("Dans quelle langue ?"),
        [InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    recorded = UploadField(
        _l("Enregistrer maintenant"),
        reads=read_voice,
        description=_l("Le téléphone ouvre son dictaphone. Lisez la question, puis les réponses proposées."),
        render_kw={"accept": _SOUND, "capture": True},
    )
    chosen = UploadField(
        _l("Ou choisir un fichier déjà enregistré"),
        reads=read_voice,
        description=_l(
            "MP3 ou M4A, %(minutes)s minutes et %(size)s Mo au plus.",
            minutes=LONGEST_SECONDS // 60,
            size=MOST_BYTES // 1_048_576,
        ),
        render_kw={"accept": _SOUND},
    )
    agreed = BooleanField(
        _l("La personne que l’on entend est d’accord"),
        [InputRequired(_l("Demandez son accord à la personne que l’on entend, puis cochez cette case."))],
        description=_l(
            "Sa voix sera publique\u00a0: tout le monde pourra l’écouter. Elle peut la faire enlever quand elle veut."
        ),
    )

    def validate_recorded(self, _field: UploadField) -> None:
        """Ask for a voice where neither field has one."""
        if not self.recorded.data and not self.chosen.data:
            raise ValidationError(_l("Enregistrez une voix, ou choisissez un fichier."))

    @property
    def voice(self) -> Upload:
        """The voice, once the form was found right: one that was recorded now before one that was chosen."""
        return cast(Upload, self.recorded.upload or self.chosen.upload)


def voice_form(languages: Iterable[str], *, replaces: int | None = None) -> VoiceForm:
    """The form for one of some languages; `replaces`: the recording whose place it takes, in the one that there is."""
    offered = [(tag, heard_in(tag)) for tag in languages]
    chosen = None if replaces is None else offered[0][0]
    form = VoiceForm(data={"replaces": str(replaces or ""), "language": chosen})
    form.language.choices = listed(offered if chosen else [("", _l("Choisissez")), *offered])
    for either in (form.recorded, form.chosen):
        either.flags.one_of_several = True  # not « facultatif »: one of the two is asked for
    return form
