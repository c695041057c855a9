"""What a recorded voice is called: in its own language, for whoever reads that of the page little."""

from dataclasses import dataclass

from cdv_civic.core.i18n.catalogue import _, speaking
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.i18n.spoken import language_name, own_name


@dataclass(frozen=True)
class VoiceLabel:
    """The words beside a player, and their language."""

    text: str
    lang: str
    direction: str
    #: The language by itself.
    name: str


def voice_label(language: str) -> VoiceLabel:
    """The words beside a voice: in its own language where the site is written in it, else with the name of that."""
    for each in site_languages():
        if each.tag == language:
            with speaking(language):
                return VoiceLabel(_("Écouter la question"), language, each.direction, each.name)
    here = current_language()
    name = own_name(language) or language_name(language)
    return VoiceLabel(
        _("Écouter la question\u00a0: %(language)s", language=name), here.tag, here.direction, name
    )
