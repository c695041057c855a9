"""Forms of ideas: to put one, to weigh one up, and what their authors do with them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.base import OpenForm, StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, UploadField, day_field, instead_of, listed, read_by
from cdv_civic.core.forms.protection import only_language
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import number_in
from cdv_civic.ideas.operations.putting import NewIdea
from cdv_civic.ideas.queries.boxes import BoxQuartier
from cdv_civic.ideas.rules.boxes import ENTERED_CHANNELS, RELAIS_CHANNELS
from cdv_civic.ideas.rules.grouping import LONGEST_OBJECTION
from cdv_civic.ideas.rules.ideas import (
    LONGEST_FIRST_NAME,
    LONGEST_LANDMARK,
    LONGEST_POINT,
    LONGEST_TITLE,
    LONGEST_WORDS,
    PlaceKind,
)
from cdv_civic.ideas.wording import PLACES, SIDES
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.speaking import ask_age, ask_age_of_somebody
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS

#: Whether what somebody signed in puts is kept with their account.
LINKED, ALONE = "linked", "alone"
_CHOOSE: Any = [InputRequired(_l("Choisissez une réponse de la liste."))]


def _contact(typed: str) -> object:
    return read_contact(typed, fictional=current_settings().development)


def _landmark_field() -> StringField:
    return StringField(
        _l("L’endroit, en mots"),
        [Optional()],
        description=_l("Par exemple\u00a0: devant l’école, près de l’arrêt de bus."),
        render_kw={"maxlength": LONGEST_LANDMARK, "dir": "auto", "autocomplete": "off"},
    )


def _contact_field(label: Any) -> StringField:
    return StringField(
        label,
        [Optional(), read_by(_contact)],
        description=_l("Une adresse e-mail ou un téléphone. Personne ne le voit sur le site."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )


class _Words:
    """What every idea says."""

    title = StringField(
        _l("Votre idée, en une ligne"),
        [InputRequired(_l("Donnez un titre à votre idée."))],
        render_kw={"maxlength": LONGEST_TITLE, "dir": "auto", "autocomplete": "off"},
    )
    words = TextAreaField(
        _l("Expliquez-la"),
        [InputRequired(_l("Dites votre idée en quelques mots."))],
        description=_l("Dans votre langue, avec vos mots. Ne donnez pas de nom de personne."),
        render_kw={"maxlength": LONGEST_WORDS, "dir": "auto", "rows": 5},
    )


class PutForm(_Words, OpenForm):
    """Somebody puts an idea: its words, and what it is about; all else is free. Made complete by `put_form`."""

    theme = SelectField(_l("Le sujet"), validators=_CHOOSE, **FROM_THE_LIST)
    quartier = SelectField(_l("Le quartier"), validators=[Optional()], **FROM_THE_LIST)
    place_kind = RadioField(_l("Où\u00a0?"), validators=[Optional()], **FROM_THE_LIST)
    landmark = _landmark_field()
    point = StringField(
        _l("Le point, en chiffres"),
        [Optional()],
        description=_l(
            "Comme votre téléphone ou une carte le donne\u00a0: 48.62, 2.43. Gardé à 100 mètres près."
        ),
        render_kw={"maxlength": 60, "dir": "ltr", "autocomplete": "off", "inputmode": "text"},
    )
    photo = UploadField(
        _l("Une photo"),
        description=_l(
            "Pas de visage, surtout d’enfant, et pas de plaque. Une personne la regarde avant qu’elle soit publique."
        ),
    )
    signed = StringField(
        _l("Votre prénom, si vous voulez qu’on le lise"),
        [Optional()],
        description=_l(
            "Sans prénom, personne ne sait que c’est vous. En dessous de 18 ans, il n’est jamais montré."
        ),
        render_kw={"maxlength": LONGEST_FIRST_NAME, "dir": "auto", "autocomplete": "off"},
    )
    contact = _contact_field(_l("Comment vous prévenir"))
    contact_language = SelectField(_l("Dans quelle langue"), validators=[Optional()], **FROM_THE_LIST)
    minor = BooleanField(_l("J’ai moins de 18 ans"))
    #: Asked of whoever has signed in. A visitor sends nothing, and the idea is nobody's.
    sent_as = RadioField(
        _l("Cette idée et votre compte"),
        choices=listed(
            [
                (LINKED, _l("Liée à mon compte")),
                (ALONE, _l("Sans lien avec mon compte\u00a0: je garde le reçu")),
            ]
        ),
        validators=[Optional()],
        description=_l("Votre nom n’est montré dans aucun des deux cas."),
        **FROM_THE_LIST,
    )
    age = BooleanField()
    #: What looks alike was shown: the form is sent all the same.
    looked_at = HiddenField()
    client_key = ClientKeyField()

    def opens(self, *names: str) -> bool:
        """Whether a closed part of the form is shown open: something in it was typed, or is wrong."""
        fields = [self[name] for name in names]
        return any(each.errors or (each.data or None) != (each.object_data or None) for each in fields)


def put_form(
    quartiers: Sequence[BoxQuartier],
    languages: Iterable[Language],
    data: Mapping[str, Any],
    *,
    points: bool,
    age: int,
) -> PutForm:
    """The form of a box; `data` is what it begins with, `points`: whether a point on the map may be given, `age`: the
    one that is asked, in years.
    """
    form = PutForm(data=data)
    ask_age(form.age, age)
    form.theme.choices = listed(
        [("", _l("Choisissez")), *((code, word.label) for code, word in THEME_WORDS.items())]
    )
    form.quartier.choices = listed(
        [("", _l("Je ne sais pas")), *((each.id, each.name) for each in quartiers)]
    )
    form.place_kind.choices = listed(
        [
            ("", _l("Je ne dis pas où")),
            *((code, word.label) for code, word in PLACES.items() if points or code != PlaceKind.POINT.value),
        ]
    )
    form.contact_language.choices = listed((each.tag, each.name) for each in languages)
    if only_language() and not form.contact.data:
        # Nobody chose it yet: it is what the page proposed in its former language.
        form.contact_language.data = form.contact_language.object_data
    return form


def idea_of(form: PutForm, box_id: int) -> NewIdea:
    """The idea that a form holds."""
    return NewIdea(
        box_id=box_id,
        title=form.title.data or "",
        words=form.words.data or "",
        theme=form.theme.data or "",
        client_key=form.client_key.data or "",
        quartier_id=number_in(form.quartier.data),
        place_kind=form.place_kind.data or "",
        point=form.point.data or "",
        landmark=form.landmark.data or "",
        contact=form.contact.data or "",
        contact_language=form.contact_language.data or "",
        signed=form.signed.data or "",
        minor=form.minor.data,
        old_enough=bool(form.age.data),
        photo=form.photo.upload,
    )


class EnteredFields(_Words):
    """What is typed in for somebody else: the same, in words about that person."""

    title = instead_of(
        _Words.title,
        StringField(
            _l("L’idée, en une ligne"),
            [InputRequired(_l("Donnez un titre à l’idée."))],
            render_kw={"maxlength": LONGEST_TITLE, "dir": "auto", "autocomplete": "off"},
        ),
    )
    words = instead_of(
        _Words.words,
        TextAreaField(
            _l("Les mots de la personne"),
            [InputRequired(_l("Écrivez ce que dit la personne."))],
            description=_l("Comme la personne l’a dit, dans sa langue. Pas de nom."),
            render_kw={"rows": 4, "maxlength": LONGEST_WORDS, "dir": "auto"},
        ),
    )
    theme = SelectField(_l("Le sujet"), validators=_CHOOSE, **FROM_THE_LIST)
    quartier = SelectField(_l("Le quartier"), validators=[Optional()], **FROM_THE_LIST)
    landmark = _landmark_field()
    contact = _contact_field(_l("Comment la prévenir"))
    contact_language = SelectField(_l("Dans quelle langue"), validators=[Optional()], **FROM_THE_LIST)
    signed = StringField(
        _l("Son prénom, si la personne veut qu’on le lise"),
        [Optional()],
        description=_l("En dessous de 18 ans, il n’est jamais montré."),
        render_kw={"maxlength": LONGEST_FIRST_NAME, "dir": "auto", "autocomplete": "off"},
    )
    minor = BooleanField(_l("La personne a moins de 18 ans"))
    age = BooleanField()
    lang = SelectField(_l("La langue des mots"), validators=[Optional()], **FROM_THE_LIST)
    client_key = ClientKeyField()


class PaperIdeaForm(EnteredFields, StaffForm):
    """Slips of paper are typed in, one after the other."""

    channel = SelectField(
        _l("D’où vient cette idée"),
        choices=listed((each.value, CHANNEL_WORDS[each.value].label) for each in ENTERED_CHANNELS),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    said_on = day_field(_l("Quand"), validators=[Optional()])


class AssistedIdeaForm(EnteredFields, StaffForm):
    """A relais writes an idea for somebody who agreed."""

    channel = RadioField(
        _l("Où êtes-vous ?"),
        choices=listed((each.value, CHANNEL_WORDS[each.value].label) for each in RELAIS_CHANNELS),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    consent = HiddenField()
    read_in = HiddenField()


EnteredForm = TypeVar("EnteredForm", PaperIdeaForm, AssistedIdeaForm)
#: The form as a page shows it first, whatever was sent.
_NOTHING_SENT: Any = {"formdata": None}


def entered_form(
    kind: type[EnteredForm],
    quartiers: Sequence[BoxQuartier],
    languages: Iterable[Language],
    data: Mapping[str, Any],
    *,
    age: int,
    empty: bool = False,
) -> EnteredForm:
    """The form of whoever types in; `data` is what it begins with, `age`: the one that is asked of the person, `empty`:
    whatever was sent is done already.
    """
    form = kind(data=data, **(_NOTHING_SENT if empty else {}))
    ask_age_of_somebody(form.age, age)
    form.theme.choices = listed(
        [("", _l("Choisissez")), *((code, word.label) for code, word in THEME_WORDS.items())]
    )
    form.quartier.choices = listed(
        [("", _l("Je ne sais pas")), *((each.id, each.name) for each in quartiers)]
    )
    form.contact_language.choices = listed((each.tag, each.name) for each in languages)
    if only_language() and not form.contact.data:
        # Nobody chose it yet: it is what the page proposed in its former language.
        form.contact_language.data = form.contact_language.object_data
    form.lang.choices = listed([("", _l("Non renseigné")), *((tag, language_name(tag)) for tag in SPOKEN)])
    return form


def entered_idea_of(form: PaperIdeaForm | AssistedIdeaForm, box_id: int) -> NewIdea:
    """The idea that such a form holds."""
    landmark = (form.landmark.data or "").strip()
    return NewIdea(
        box_id=box_id,
        title=form.title.data or "",
        words=form.words.data or "",
        theme=form.theme.data or "",
        client_key=form.client_key.data or "",
        quartier_id=number_in(form.quartier.data),
        place_kind=PlaceKind.LANDMARK.value if landmark else "",
        landmark=landmark,
        lang=form.lang.data or None,
        contact=form.contact.data or "",
        contact_language=form.contact_language.data or "",
        signed=form.signed.data or "",
        minor=form.minor.data,
        old_enough=bool(form.age.data),
    )


class PointForm(OpenForm):
    """A point for an idea, or against it."""

    side = RadioField(
        _l("C’est…"),
        choices=listed((code, word.label) for code, word in SIDES.items()),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    words = TextAreaField(
        _l("Votre point, en une ou deux phrases"),
        [InputRequired(_l("Dites votre point en une phrase."))],
        description=_l("Parlez de l’idée, pas de la personne qui l’a proposée."),
        render_kw={"maxlength": LONGEST_POINT, "dir": "auto", "rows": 3},
    )
    minor = BooleanField(_l("J’ai moins de 18 ans"))
    age = BooleanField()
    client_key = ClientKeyField()


class SupportForm(OpenForm):
    """One button: support an idea, or no longer."""

    age = BooleanField()


class RewordForm(_Words, ReceiptForm):
    """An author writes an idea otherwise, as a moderator asked."""

    receipt = HiddenField()


class RewordPointForm(ReceiptForm):
    """The same for a point."""

    receipt = HiddenField()
    words = TextAreaField(
        _l("Votre point, en une ou deux phrases"),
        [InputRequired(_l("Dites votre point en une phrase."))],
        render_kw={"maxlength": LONGEST_POINT, "dir": "auto", "rows": 3},
    )


class ObjectForm(ReceiptForm):
    """An author says that the group of their idea is not the right one."""

    receipt = HiddenField()
    words = TextAreaField(
        _l("Pourquoi ce groupe ne va pas"),
        [InputRequired(_l("Dites en une phrase pourquoi ce groupe ne va pas."))],
        description=_l("Vous pouvez le dire une fois. Une personne vous répond ici."),
        render_kw={"maxlength": LONGEST_OBJECTION, "dir": "auto", "rows": 3},
    )


class TakeIdeaBackForm(ReceiptForm):
    """An author takes back what they wrote, by the receipt: asked first, then done."""

    receipt = HiddenField()
    sure = HiddenField()
