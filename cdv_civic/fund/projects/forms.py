"""The form of a project: one page, plain questions. The same for its carrier, for a relais, and to correct it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.base import OpenForm, StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    ChecksField,
    IdChecksField,
    UploadField,
    WholeNumberField,
    listed,
    read_by,
)
from cdv_civic.core.forms.protection import only_language
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import number_in
from cdv_civic.fund.project_words import CARRIERS, ENVELOPE_SCOPES, purpose_words
from cdv_civic.fund.projects import rules as bounds
from cdv_civic.fund.projects.operations import checking
from cdv_civic.fund.projects.operations.checking import TypedProject
from cdv_civic.fund.projects.queries.rounds import Choices, DepositRound, NamedEnvelope
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.wording import CHANNEL_WORDS

#: Whether what somebody signed in puts is kept with their account.
LINKED, ALONE = "linked", "alone"
_CHOOSE: Any = [InputRequired(checking.CHOOSE)]


def _line(label: Any, most: int, missing: Any = None, **more: Any) -> StringField:
    """A text of one line; without `missing` it may stay empty."""
    return StringField(
        label,
        [InputRequired(missing) if missing is not None else Optional()],
        render_kw={"maxlength": most, "dir": "auto", **more.pop("render_kw", {})},
        **more,
    )


def _amount(label: Any, missing: Any = None, **more: Any) -> StringField:
    """An amount as people type it; the act reads it, and says what is wrong with it."""
    return StringField(
        label,
        [InputRequired(missing) if missing is not None else Optional()],
        render_kw={"maxlength": bounds.LONGEST_AMOUNT, "dir": "ltr", "inputmode": "decimal", "size": 10},
        **more,
    )


def _contact(typed: str) -> object:
    return read_contact(typed, fictional=current_settings().development)


class _What:
    """What the project is."""

    title = _line(_l("Le nom du projet"), bounds.LONGEST_TITLE, checking.TITLE_MISSING)
    summary = _line(
        _l("Le projet en une phrase"),
        bounds.LONGEST_SUMMARY,
        checking.SUMMARY_MISSING,
        description=_l("Par exemple\u00a0: un goûter pour que les familles de l’allée se rencontrent."),
    )
    words = TextAreaField(
        _l("Que voulez-vous faire\u00a0?"),
        [InputRequired(checking.WORDS_MISSING)],
        description=_l("Dans votre langue, avec vos mots. Quelques phrases suffisent."),
        render_kw={"maxlength": bounds.LONGEST_WORDS, "dir": "auto", "rows": 5},
    )
    for_whom = _line(_l("Pour qui\u00a0?"), bounds.LONGEST_ANSWER, checking.FOR_WHOM_MISSING)
    place = _line(_l("Où\u00a0?"), bounds.LONGEST_ANSWER, checking.PLACE_MISSING)
    when_text = _line(
        _l("Quand\u00a0?"),
        bounds.LONGEST_ANSWER,
        checking.WHEN_MISSING,
        description=_l("Une date, un mois, ou «\u00a0tous les mercredis\u00a0»."),
    )
    quartier = SelectField(_l("Le quartier"), validators=[Optional()], **FROM_THE_LIST)
    purposes = ChecksField(
        _l("Le but"), description=_l("Un ou plusieurs. Ce fonds paie pour ceux-là."), **FROM_THE_LIST
    )
    axis = SelectField(
        _l("L’objectif du contrat que ce projet sert"), validators=[Optional()], **FROM_THE_LIST
    )
    in_programme = BooleanField(_l("Ce projet demande aussi de l’argent à l’appel à projets annuel"))
    transport = BooleanField(_l("Le projet paie un transport (une sortie en car, par exemple)"))


class _Carrier:
    """Who carries it."""

    carrier_kind = RadioField(_l("Qui porte ce projet\u00a0?"), validators=_CHOOSE, **FROM_THE_LIST)
    body = SelectField(_l("Quel conseil\u00a0?"), validators=[Optional()], **FROM_THE_LIST)
    carrier_name = _line(
        _l("Le nom de l’association, de l’école ou du conseil"),
        bounds.LONGEST_NAME,
        description=_l(
            "Si c’est un habitant ou un groupe d’habitants, laissez vide. Tout le monde lira ce nom."
        ),
    )
    rna = _line(
        _l("Le numéro RNA"),
        bounds.LONGEST_NAME,
        description=_l("Un W et 9 chiffres, sur le papier de la préfecture."),
        render_kw={"dir": "ltr", "spellcheck": "false"},
    )
    siret = _line(
        _l("Le numéro SIRET"),
        bounds.LONGEST_NAME,
        description=_l("14 chiffres. Collez-le comme il est."),
        render_kw={"dir": "ltr", "inputmode": "numeric", "spellcheck": "false"},
    )
    signed = _line(
        _l("Un prénom, si vous voulez qu’on le lise"),
        bounds.LONGEST_FIRST_NAME,
        description=_l("En dessous de 18 ans, il n’est jamais montré."),
    )
    minor = BooleanField(_l("J’ai moins de 18 ans"))
    age = WholeNumberField(_l("Votre âge"), [Optional()], render_kw={"inputmode": "numeric", "size": 4})
    agrees = BooleanField(_l("Je suis d’accord pour le faire"))
    accompanist = _line(
        _l("Qui vous aide à préparer ce projet\u00a0?"),
        bounds.LONGEST_ANSWER,
        description=_l("Le nom de la personne et où elle travaille."),
    )


class _CoCarriers:
    """Who carries it too."""


class _Lines:
    """What it pays for."""


class _Money:
    """Who pays."""

    asked = _amount(_l("Combien demandez-vous à ce fonds\u00a0?"), checking.ASKED_MISSING)
    own = _amount(
        _l("Combien mettez-vous vous-mêmes\u00a0?"),
        description=_l("L’argent de l’association, une vente de gâteaux… Rien\u00a0: laissez vide."),
    )


class _CoFunders:
    """Who else is asked."""


# In the order of the page: errors are said in it.
for _number in range(1, bounds.MOST_CO_CARRIERS + 1):
    setattr(
        _CoCarriers,
        f"co_carrier_{_number}",
        _line(_l("Une autre personne qui porte le projet (%(number)s)", number=_number), bounds.LONGEST_NAME),
    )
for _number in range(1, bounds.MOST_FORM_LINES + 1):
    setattr(_Lines, f"label_{_number}", _line(_l("Dépense %(number)s", number=_number), bounds.LONGEST_NAME))
    setattr(_Lines, f"amount_{_number}", _amount(_l("Montant de la dépense %(number)s", number=_number)))
for _number in range(1, bounds.MOST_CO_FUNDERS + 1):
    setattr(
        _CoFunders,
        f"funder_{_number}",
        _line(_l("Qui d’autre paierait (%(number)s)", number=_number), bounds.LONGEST_NAME),
    )
    setattr(
        _CoFunders,
        f"funder_amount_{_number}",
        _amount(_l("Montant que vous lui demandez (%(number)s)", number=_number)),
    )


class _Around:
    """The envelope, files, and the person to answer."""

    envelope = SelectField(_l("Quel argent\u00a0?"), validators=[Optional()], **FROM_THE_LIST)
    photo = UploadField(
        _l("Une photo du projet"),
        description=_l("Un lieu, un dessin, une affiche. Pas de visage, surtout d’enfant."),
    )
    quote_1 = UploadField(_l("Un devis (1)"))
    quote_2 = UploadField(_l("Un devis (2)"))
    quote_3 = UploadField(_l("Un devis (3)"))
    contact_name = _line(
        _l("À qui répondre\u00a0?"),
        bounds.LONGEST_NAME,
        checking.CONTACT_NAME_MISSING,
        description=_l("Un nom. Seules les personnes qui suivent ce fonds le lisent."),
        render_kw={"autocomplete": "name"},
    )
    contact = StringField(
        _l("Son e-mail ou son téléphone"),
        [Optional(), read_by(_contact)],
        description=_l("Personne ne le voit sur le site."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )
    contact_language = SelectField(_l("Dans quelle langue"), validators=[Optional()], **FROM_THE_LIST)


class _Project(_What, _Carrier, _CoCarriers, _Lines, _Money, _CoFunders, _Around):
    """All questions of a project."""


class DepositForm(_Project, OpenForm):
    """Somebody puts a project. Made complete by `prepare`."""

    #: Asked of whoever has signed in. A visitor sends nothing, and the project is nobody's.
    sent_as = RadioField(
        _l("Ce projet et votre compte"),
        choices=listed(
            [
                (LINKED, _l("Lié à mon compte")),
                (ALONE, _l("Sans lien avec mon compte\u00a0: je garde le reçu")),
            ]
        ),
        validators=[Optional()],
        description=_l("Votre nom n’est montré dans aucun des deux cas."),
        **FROM_THE_LIST,
    )
    client_key = ClientKeyField()


class CorrectProjectForm(_Project, ReceiptForm):
    """Its carrier writes a project otherwise, by its receipt. Made complete by `prepare`."""

    receipt = HiddenField()
    version = HiddenField()
    #: Whether the form itself was sent, and not the button that asks for it.
    sent = HiddenField()
    removed = IdChecksField(_l("Retirer ces devis"))


class AssistedProjectForm(_Project, StaffForm):
    """A relais writes a project for somebody who agreed. Made complete by `prepare`."""

    channel = RadioField(
        _l("Où êtes-vous ?"),
        choices=listed((each.value, CHANNEL_WORDS[each.value].label) for each in bounds.RELAIS_CHANNELS),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    lang = SelectField(_l("La langue des mots"), validators=[Optional()], **FROM_THE_LIST)
    consent = HiddenField()
    read_in = HiddenField()
    client_key = ClientKeyField()


class GiveUpProjectForm(ReceiptForm):
    """Its carrier gives a project up, by its receipt: asked first, then done."""

    receipt = HiddenField()
    sure = HiddenField()


ProjectForm = DepositForm | CorrectProjectForm | AssistedProjectForm
#: Fields that money for one person does not ask.
_NOT_OF_PERSONS = ("carrier_kind", "carrier_name", "rna", "siret", "signed", "minor", "photo", "transport")


def prepare(
    form: ProjectForm, found: DepositRound, choices: Choices, languages: Iterable[Language]
) -> ProjectForm:
    """Let the form ask what the rules of a round ask, and nothing else."""
    fields: Any = form
    rules = found.rules
    fields.quartier.choices = listed(
        [("", _l("Tout le territoire du fonds")), *((each.id, each.name) for each in choices.quartiers)]
    )
    fields.envelope.choices = listed(
        [("", _l("Je ne sais pas")), *((each.choice.id, _envelope_words(each)) for each in choices.envelopes)]
    )
    fields.purposes.choices = listed((each, purpose_words(each)) for each in rules.purposes)
    fields.axis.choices = listed(
        [
            ("", _l("Je ne sais pas\u00a0: nous le cherchons ensemble")),
            *((axis_id, words.text) for axis_id, words in choices.axes),
        ]
    )
    fields.body.choices = listed([("", _l("Un autre")), *((each.id, each.name) for each in choices.bodies)])
    kinds = _carriers_of(found)
    fields.carrier_kind.choices = listed((kind.value, CARRIERS[kind.value]) for kind in kinds)
    fields.contact_language.choices = listed((each.tag, each.name) for each in languages)
    if only_language() and not form.contact.data:
        # Nobody chose it yet: it is what the page proposed in its former language.
        fields.contact_language.data = fields.contact_language.object_data
    if isinstance(form, AssistedProjectForm):
        fields.lang.choices = listed(
            [("", _l("Non renseigné")), *((tag, language_name(tag)) for tag in SPOKEN)]
        )
    _leave_out(form, found, choices, kinds)
    return form


def _carriers_of(found: DepositRound) -> list[CarrierKind]:
    """Who may carry a project of a round, in the order of forms."""
    allowed = found.rules.carriers
    return [kind for kind in CarrierKind if not allowed or kind in allowed]


def _leave_out(
    form: ProjectForm, found: DepositRound, choices: Choices, kinds: Sequence[CarrierKind]
) -> None:
    """Take out of the form what this round does not ask; a field that is gone is neither drawn nor checked."""
    rules, gone = found.rules, set()
    if rules.person is None:
        gone |= {"age", "agrees"}
        if not bounds.NAMED_CARRIERS & set(kinds):
            gone |= {"carrier_name", "rna", "siret"}
        gone |= {"carrier_kind"} if len(kinds) == 1 else set()
    else:
        gone |= {*_NOT_OF_PERSONS, *(f"co_carrier_{n}" for n in range(1, bounds.MOST_CO_CARRIERS + 1))}
    for name in _asked_of(form, found):
        form[name].flags.required = True
    if "carrier_name" in form:
        # Asked of some: its hint says of whom.
        form["carrier_name"].flags.one_of_several = True
    gone |= {"purposes"} if not rules.purposes else set()
    gone |= {"axis"} if not choices.axes else set()
    gone |= {"in_programme"} if not rules.outside_programme else set()
    gone |= {"body"} if not choices.bodies else set()
    gone |= {"quartier"} if len(choices.quartiers) < 2 else set()
    gone |= {"envelope"} if len(choices.envelopes) < 2 else set()
    for name in gone:
        delattr(form, name)


def _asked_of(form: ProjectForm, found: DepositRound) -> Iterator[str]:
    """Fields that the act asks for, though the form alone would let them be empty."""
    if found.rules.purposes:
        yield "purposes"
    if found.rules.person is not None:
        yield from ("age", "agrees")
    if isinstance(form, DepositForm):
        yield "contact"


def _envelope_words(each: NamedEnvelope) -> Any:
    return each.quartier or ENVELOPE_SCOPES[each.choice.scope.value]


def _data(form: ProjectForm, name: str) -> Any:
    """What a field holds; None where this round does not ask it."""
    return form[name].data if name in form else None


def _text(form: ProjectForm, name: str) -> str:
    return _data(form, name) or ""


def _pairs(form: ProjectForm, first: str, second: str, most: int) -> list[tuple[str, str]]:
    return [(_text(form, f"{first}_{n}"), _text(form, f"{second}_{n}")) for n in range(1, most + 1)]


def typed_project(form: ProjectForm, found: DepositRound) -> TypedProject:
    """The project that a form holds."""
    quotes = [form[name] for name in ("quote_1", "quote_2", "quote_3")]
    kinds = _carriers_of(found)
    return TypedProject(
        round_id=found.id,
        client_key=_text(form, "client_key"),
        **{
            name: _text(form, name)
            for name in (
                *("title", "summary", "words", "for_whom", "place", "when_text", "asked", "own"),
                *("carrier_name", "rna", "siret", "signed", "accompanist"),
                *("contact_name", "contact", "contact_language"),
            )
        },
        lines=_pairs(form, "label", "amount", bounds.MOST_FORM_LINES),
        co_funders=_pairs(form, "funder", "funder_amount", bounds.MOST_CO_FUNDERS),
        quartier_id=number_in(_data(form, "quartier")),
        envelope_id=number_in(_data(form, "envelope")),
        purposes=tuple(_data(form, "purposes") or ()),
        axis_id=number_in(_data(form, "axis")),
        in_programme=bool(_data(form, "in_programme")),
        transport=bool(_data(form, "transport")),
        carrier_kind=_text(form, "carrier_kind") or (kinds[0].value if len(kinds) == 1 else ""),
        body_id=number_in(_data(form, "body")),
        co_carriers=[_text(form, f"co_carrier_{n}") for n in range(1, bounds.MOST_CO_CARRIERS + 1)],
        minor=bool(_data(form, "minor")),
        age=_data(form, "age"),
        agrees=bool(_data(form, "agrees")),
        lang=_data(form, "lang") or None,
        photo=form["photo"].upload if "photo" in form else None,
        quotes=[(field.upload, field.data.filename or "") for field in quotes if field.upload is not None],
    )
