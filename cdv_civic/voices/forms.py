"""Forms of what residents say: by themselves, at the desk, by a relais; and those of the moderators."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from cdv_civic.bodies.operations.texts import LONGEST_TEXT
from cdv_civic.core.forms.base import OpenForm, StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    UploadField,
    WholeNumberField,
    day_field,
    instead_of,
    listed,
    read_by,
)
from cdv_civic.core.forms.protection import only_language
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import number_in
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS
from cdv_civic.voices.operations.receiving import NewVoice
from cdv_civic.voices.queries.listening import HeardQuartier
from cdv_civic.voices.rules import LONGEST_ANSWER, LONGEST_WORDS, RELAIS_CHANNELS
from cdv_civic.voices.wording import KINDS

Form = TypeVar("Form", bound=StaffForm)
#: Whether the word of somebody signed in is kept with their account.
LINKED, ALONE = "linked", "alone"
_CHOOSE: Any = [InputRequired(_l("Choisissez une réponse de la liste."))]


def _words_of(table: Mapping[str, Any], codes: Iterable[str] | None = None) -> list[Any]:
    return listed((code, table[code].label) for code in (codes or table))


def _contact(typed: str) -> object:
    return read_contact(typed, fictional=current_settings().development)


class SaidFields:
    """What is asked of every word, whoever types it."""

    words = TextAreaField(
        _l("Que voulez-vous dire ?"),
        [InputRequired(_l("Écrivez ce que vous voulez dire."))],
        description=_l("Dans votre langue, avec vos mots. Ne donnez pas de nom de personne."),
        render_kw={"maxlength": LONGEST_WORDS, "dir": "auto"},
    )
    kind = RadioField(_l("Ce message est…"), choices=_words_of(KINDS), validators=_CHOOSE, **FROM_THE_LIST)
    theme = RadioField(_l("Le sujet"), choices=_words_of(THEME_WORDS), validators=_CHOOSE, **FROM_THE_LIST)
    quartier = SelectField(_l("Le quartier"), validators=[Optional()], **FROM_THE_LIST)
    contact = StringField(
        _l("Comment vous répondre"),
        [Optional(), read_by(_contact)],
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )
    contact_language = SelectField(_l("La langue de la réponse"), validators=[Optional()], **FROM_THE_LIST)
    agrees_public = BooleanField(
        _l("Mon message peut être public, sans mon nom"),
        description=_l(
            "Une personne le vérifie avant. Sinon, il n’est pas public. "
            "Le groupe peut le transmettre à l’organisme qui doit répondre."
        ),
    )
    shares_contact = BooleanField(
        _l("L’organisme qui doit répondre peut me contacter directement"),
        description=_l("Sinon, il ne voit ni votre e-mail ni votre téléphone."),
    )
    minor = BooleanField(_l("J’ai moins de 18 ans"))
    client_key = ClientKeyField()


class HeardFields(SaidFields):
    """The same, where somebody types it for the person."""

    words = instead_of(
        SaidFields.words,
        TextAreaField(
            _l("Les mots de la personne"),
            [InputRequired(_l("Écrivez ce que dit la personne."))],
            description=_l("Comme la personne l’a dit, dans sa langue. Pas de nom."),
            render_kw={"rows": 4, "maxlength": LONGEST_WORDS, "dir": "auto"},
        ),
    )
    contact = instead_of(
        SaidFields.contact,
        StringField(
            _l("Comment lui répondre"),
            [Optional(), read_by(_contact)],
            render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
        ),
    )
    agrees_public = instead_of(
        SaidFields.agrees_public,
        BooleanField(
            _l("La personne veut bien que ses mots soient publics, sans son nom"),
            description=_l("Seulement si la personne l’a dit."),
        ),
    )
    shares_contact = instead_of(
        SaidFields.shares_contact,
        BooleanField(
            _l("L’organisme qui doit répondre peut contacter cette personne directement"),
            description=_l("Seulement si la personne l’a dit."),
        ),
    )
    minor = instead_of(SaidFields.minor, BooleanField(_l("La personne a moins de 18 ans")))


class SpeakForm(SaidFields, OpenForm):
    """A visitor or a resident says something: the words, and what kind of word it is; all else is free."""

    theme = instead_of(
        SaidFields.theme,
        RadioField(_l("Le sujet"), choices=_words_of(THEME_WORDS), validators=[Optional()], **FROM_THE_LIST),
    )

    #: Asked of whoever has signed in. A visitor sends nothing, and the word is nobody's.
    sent_as = RadioField(
        _l("Ce message et votre compte"),
        choices=listed(
            [
                (LINKED, _l("Lié à mon compte\u00a0: j’y retrouve mon message et la réponse")),
                (ALONE, _l("Sans lien avec mon compte\u00a0: je garde le reçu pour lire la réponse")),
            ]
        ),
        validators=[Optional()],
        description=_l("Le groupe ne voit votre nom dans aucun des deux cas."),
        **FROM_THE_LIST,
    )
    photo = UploadField(
        _l("Une photo"), description=_l("Pas de visage, pas de plaque. Elle n’est jamais publiée.")
    )

    def opens(self, *names: str) -> bool:
        """Whether a closed part of the form is shown open: something in it was typed, or is wrong."""
        fields = [self[name] for name in names]
        return any(each.errors or (each.data or None) != (each.object_data or None) for each in fields)


class NoteForm(HeardFields, StaffForm):
    """A member of the body notes what people said, one after the other."""

    channel = SelectField(
        _l("Où"),
        choices=_words_of(CHANNEL_WORDS, [code for code in CHANNEL_WORDS if code != Channel.ONLINE]),
        **FROM_THE_LIST,
    )
    received_on = day_field(_l("Quand"), validators=[Optional()])
    lang = SelectField(_l("La langue des mots"), validators=[Optional()], **FROM_THE_LIST)
    receipt = StringField(
        _l("Le code du reçu"),
        [Optional()],
        description=_l("Le code de la feuille imprimée. Sans feuille, laissez vide."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )


class AssistForm(HeardFields, StaffForm):
    """A relais writes for somebody."""

    channel = RadioField(
        _l("Où êtes-vous ?"),
        choices=_words_of(CHANNEL_WORDS, RELAIS_CHANNELS),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    lang = SelectField(_l("La langue des mots"), validators=[Optional()], **FROM_THE_LIST)
    consent = HiddenField()
    read_in = HiddenField()


def contact_kept(*, own: bool) -> str:
    """How long a way to answer is kept, as the form says it: to the person, or to whoever writes for them."""
    settings = current_settings()
    if own:
        return ngettext(
            "Une adresse e-mail ou un téléphone. "
            "Effacé %(num)s jour après la réponse, ou après deux ans sans réponse.",
            "Une adresse e-mail ou un téléphone. "
            "Effacé %(num)s jours après la réponse, ou après deux ans sans réponse.",
            settings.voice_contact_days,
        )
    return ngettext(
        "Son e-mail ou son téléphone, pour une réponse. "
        "Effacé %(num)s jour après, ou après deux ans sans réponse.",
        "Son e-mail ou son téléphone, pour une réponse. "
        "Effacé %(num)s jours après, ou après deux ans sans réponse.",
        settings.voice_contact_days,
    )


def said_form(
    kind: type[Form],
    quartiers: Sequence[HeardQuartier],
    languages: Iterable[Language],
    data: Mapping[str, Any],
) -> Form:
    """A form with what a body offers; `data` is what it begins with."""
    form: Any = kind(data=data)
    form.quartier.choices = listed(
        [("", _l("Je ne sais pas")), *((each.id, each.name) for each in quartiers)]
    )
    form.contact.description = contact_kept(own="sent_as" in form)
    form.contact_language.choices = listed((each.tag, each.name) for each in languages)
    if only_language() and not form.contact.data:
        # Nobody chose it yet: it is what the page proposed in its former language.
        form.contact_language.data = form.contact_language.object_data
    if "lang" in form:
        form.lang.choices = listed(
            [("", _l("Non renseigné")), *((tag, language_name(tag)) for tag in SPOKEN)]
        )
    return cast(Form, form)


def voice_of(form: Any, body_id: int, **more: Any) -> NewVoice:
    """The word that a form holds."""
    return NewVoice(
        **{
            "body_id": body_id,
            "words": form.words.data or "",
            "kind": form.kind.data or "",
            "theme": form.theme.data or "",
            "client_key": form.client_key.data or "",
            "quartier_id": number_in(form.quartier.data),
            "contact": form.contact.data or "",
            "contact_language": form.contact_language.data or "",
            "shares_contact": form.shares_contact.data,
            "agrees_public": form.agrees_public.data,
            "minor": form.minor.data,
            "photo": form.photo.upload if "photo" in form else None,
            **({"lang": form.lang.data or None} if "lang" in form else {}),
            **more,
        }
    )


class TakeAwayForm(ReceiptForm):
    """Whoever said it takes a word back, by the receipt: asked first, then done."""

    sure = HiddenField()


class TransmitForm(VersionForm):
    """To whom, what it reads, and a sentence for the person. Made complete by `moderators_form`."""

    organisation = SelectField(
        _l("Transmettre à"), [InputRequired(_l("Choisissez à qui vous transmettez."))], **FROM_THE_LIST
    )
    shown = TextAreaField(
        _l("Ce que l’organisme lit"),
        [Optional()],
        description=_l(
            "Enlevez les noms et ce qui permet de reconnaître une personne. Ne changez pas le sens."
        ),
        render_kw={"rows": 4, "maxlength": LONGEST_WORDS, "dir": "auto"},
    )
    off_site = BooleanField(_l("Je l’ai transmis moi-même, hors du site"))


class AnswerForm(VersionForm):
    """The answer. Made complete by `moderators_form`."""

    answered_by = StringField(
        _l("Qui répond"), [Optional()], description=_l("Un groupe ou un organisme, pas une personne.")
    )


class CloseForm(VersionForm):
    """Why nothing follows. Made complete by `moderators_form`."""


class ReopenForm(VersionForm):
    """Why it is taken up again. Made complete by `moderators_form`."""


class ReplyForm(VersionForm):
    """What an organisation answers to the body."""

    reply = TextAreaField(
        _l("Votre réponse"),
        [InputRequired(_l("Écrivez votre réponse."))],
        description=_l("Des phrases courtes. Dites qui fait quoi, et quand. Pas de nom de personne."),
        render_kw={"rows": 5, "maxlength": LONGEST_ANSWER, "dir": "auto"},
    )


class PublishWordsForm(VersionForm):
    """The words as everybody will read them."""

    words = TextAreaField(
        _l("Les mots que tout le monde lit"),
        [InputRequired(_l("Écrivez les mots à publier."))],
        description=_l(
            "Enlevez les noms, les adresses et ce qui permet de reconnaître une personne. Ne changez pas le sens."
        ),
        render_kw={"rows": 6, "maxlength": LONGEST_WORDS, "dir": "auto"},
    )
    read_again = BooleanField(_l("J’ai relu : personne n’est nommé, personne n’est reconnaissable"))
    confirmed = BooleanField(_l("Ce sujet est délicat : personne ne risque rien si ces mots sont publics"))


class CorrectForm(VersionForm):
    """The theme, and whether somebody is named."""

    theme = SelectField(_l("Le sujet"), choices=_words_of(THEME_WORDS), **FROM_THE_LIST)
    holds_names = BooleanField(_l("Ces mots nomment ou décrivent une personne"))


class ListeningForm(VersionForm):
    """How a body listens. Made complete by `moderators_form`."""

    is_open = BooleanField(_l("Le formulaire du site est ouvert"))
    opens_on = day_field(
        _l("À partir de quel jour ?"),
        validators=[Optional()],
        description=_l("Vide : le formulaire est ouvert dès maintenant."),
    )
    closes_on = day_field(
        _l("Jusqu’à quel jour ?"),
        validators=[Optional()],
        description=_l("Ce jour compte encore. Vide : le formulaire reste ouvert."),
    )
    due_days = WholeNumberField(
        _l("Nombre de jours pour répondre"),
        [Optional()],
        description=_l("La date est dite à la personne. Vide : aucune date n’est promise."),
        render_kw={"inputmode": "numeric", "min": 1, "max": 365},
    )


def moderators_form(
    kind: type[Form],
    name: str,
    label: Any,
    languages: Iterable[Language],
    *,
    data: Mapping[str, Any],
    hint: Any = "",
    **proposed: Any,
) -> Form:
    """A form with one text in each language of the site; `data` is what is stored (`VersionForm`)."""
    fields = text_fields(name, label, languages, longest=LONGEST_TEXT, hint=hint)
    complete = type(kind.__name__, (kind,), fields)
    return cast(Form, complete(data=data, **proposed))
