"""The forms of sentences: of whoever adds one, and of the organiser."""

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.kinds.statements.rules import LONGEST_SENTENCE
from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.participation.speaking import ask_age


class SentenceForm(OpenForm):
    """A sentence of a resident."""

    client_key = ClientKeyField()
    words = StringField(
        _l("Votre phrase"),
        [InputRequired(_l("Écrivez une phrase de quelques mots."))],
        description=_l(
            "Une seule idée, à laquelle on peut dire «\u00a0d’accord\u00a0» ou «\u00a0pas d’accord\u00a0». %(most)s "
            "caractères au plus, sans nom de personne.",
            most=LONGEST_SENTENCE,
        ),
        render_kw={"maxlength": LONGEST_SENTENCE, "dir": "auto", "autocomplete": "off"},
    )
    age = BooleanField()


def sentence_form(age: int) -> SentenceForm:
    """The form of a sentence, for a consultation that is answered from an `age` in years (0: any)."""
    form = SentenceForm()
    ask_age(form.age, age)
    return form


class RewordSentenceForm(OpenForm):
    """A sentence that its author writes otherwise, as a moderator asked."""

    receipt = HiddenField()
    words = StringField(
        _l("Votre phrase"),
        [InputRequired(_l("Écrivez une phrase de quelques mots."))],
        description=_l("%(most)s caractères au plus, sans nom de personne.", most=LONGEST_SENTENCE),
        render_kw={"maxlength": LONGEST_SENTENCE, "dir": "auto", "autocomplete": "off"},
    )


class StepSettingsForm(VersionForm):
    """What is set of a step of sentences."""

    sentences = TextAreaField(
        _l("Ajouter des phrases, une par ligne"),
        [Optional()],
        description=_l("En français. Vous les traduirez ensuite, une par une. 25 phrases suffisent."),
        render_kw={"rows": 8, "lang": "fr", "dir": "ltr"},
    )
    takes_sentences = BooleanField(
        _l("Les habitantes et les habitants peuvent ajouter des phrases"),
        description=_l("Une personne qui modère lit chaque phrase avant tout le monde."),
    )
    opinion_groups = BooleanField(
        _l("Chercher des groupes de personnes qui répondent de façon proche"),
        description=_l(
            "À partir de 50 personnes qui ont pris parti sur 7 phrases chacune. Rien n’est montré si les groupes ne "
            "sont pas sûrs, et l’on ne garde pas qui est dans quel groupe."
        ),
    )
