"""Forms of whoever runs a fund: how it is, its money, its rounds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    IdChecksField,
    WholeNumberField,
    day_field,
    listed,
    read_by,
)
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.web.desk import number_in
from cdv_civic.fund.desk.operations import funds, rounds
from cdv_civic.fund.desk.operations.funds import FundSettings
from cdv_civic.fund.desk.operations.rounds import RoundSettings
from cdv_civic.fund.desk.queries import FundChoices
from cdv_civic.fund.desk.typed import read_cents
from cdv_civic.fund.project_words import ENVELOPE_SCOPES
from cdv_civic.fund.rule_words import DAYS, KINDS
from cdv_civic.fund.rules.calendars import CalendarDay, RoundCalendar

CHOOSE: Final[Any] = [InputRequired(_l("Choisissez une réponse de la liste."))]
_LINE: Final = {"maxlength": funds.LONGEST_LINE}
#: Attributes of a field for euros.
AMOUNT: Final = {"inputmode": "decimal", "maxlength": 30, "autocomplete": "off", "dir": "ltr"}


class FundFields:
    """How a fund is. Made complete by `fund_form`."""

    owner = SelectField(
        _l("À qui est cet argent\u00a0?"),
        [Optional()],
        description=_l("Un bailleur ou l’État, par exemple. Son équipe tient alors ce fonds aussi."),
        **FROM_THE_LIST,
    )
    payer = StringField(
        _l("Qui paie"),
        [Optional()],
        description=_l("Le nom exact de l’administration ou de l’organisme qui verse l’argent."),
        render_kw=_LINE,
    )
    payer_siret = StringField(
        _l("Son numéro SIRET"),
        [Optional()],
        description=_l("14 chiffres. Il va dans les données ouvertes sur les subventions."),
        render_kw={"inputmode": "numeric", "maxlength": 20, "autocomplete": "off", "dir": "ltr"},
    )
    part_of = StringField(
        _l("Cet argent fait-il partie d’un autre programme\u00a0?"),
        [Optional()],
        description=_l(
            "Le nom du programme. La page le dit, pour que personne ne compte deux fois un même euro."
        ),
        render_kw=_LINE,
    )
    funders = IdChecksField(_l("Qui donne l’argent"), [Optional()], **FROM_THE_LIST)
    quartiers = IdChecksField(
        _l("Pour quels quartiers"),
        [Optional()],
        description=_l("Aucun choisi\u00a0: toute la ville, ou tout le contrat."),
        **FROM_THE_LIST,
    )
    bodies = IdChecksField(_l("Qui donne un avis sur les projets"), [Optional()], **FROM_THE_LIST)


class NewFundForm(FundFields, StaffForm):
    """A new fund."""

    kind = RadioField(
        _l("Commencer avec quelles règles\u00a0?"),
        choices=listed([*KINDS.items(), ("", _l("Aucune\u00a0: je les écris moi-même"))]),
        default="",
        **FROM_THE_LIST,
    )
    keeper = SelectField(_l("Pour quelle ville\u00a0?"), validators=CHOOSE, **FROM_THE_LIST)
    client_key = ClientKeyField()


class FundForm(FundFields, VersionForm):
    """How a fund is, changed."""


def _fund_texts(languages: Sequence[Language]) -> dict[str, Any]:
    return {
        **text_fields(
            "name",
            _l("Nom du fonds"),
            languages,
            longest=funds.LONGEST_NAME,
            long=False,
            must=_l("Donnez un nom en français."),
        ),
        **text_fields(
            "words",
            _l("Ce que ce fonds paie"),
            languages,
            longest=funds.LONGEST_WORDS,
            must=_l("Écrivez en français ce que ce fonds paie."),
            hint=_l("Deux ou trois phrases, comme à une voisine."),
        ),
        **text_fields(
            "help",
            _l("Qui aide à écrire un projet"),
            languages,
            longest=funds.LONGEST_HELP,
            hint=_l("Un lieu, un service, des heures, un numéro."),
        ),
        **text_fields(
            "elsewhere",
            _l("Où demander ailleurs"),
            languages,
            longest=funds.LONGEST_HELP,
            hint=_l("On le dit aux personnes dont le projet n’est pas possible ici."),
        ),
    }


def fund_form(
    kind: type[StaffForm],
    languages: Sequence[Language],
    choices: FundChoices,
    data: Mapping[str, Any],
    *,
    owners: Iterable[tuple[Any, Any]],
    keepers: Iterable[tuple[str, Any]] = (),
) -> Any:
    """The form of a fund; `data` is what it begins with, `owners` those that may be chosen."""
    complete: Any = type(kind.__name__, (kind,), _fund_texts(languages))
    form = complete(data=data)
    form.owner.choices = listed(owners)
    form.funders.choices = listed(choices.organisations)
    form.quartiers.choices = listed(choices.quartiers)
    form.bodies.choices = listed(choices.bodies)
    if "keeper" in form:
        form.keeper.choices = listed(keepers)
    return form


def fund_settings_of(form: Any) -> FundSettings:
    """The fund that a form says."""
    return FundSettings(
        name=texts_of(form, "name"),
        words=texts_of(form, "words"),
        help=texts_of(form, "help"),
        elsewhere=texts_of(form, "elsewhere"),
        owner_id=number_in(form.owner.data),
        part_of=form.part_of.data or "",
        payer=form.payer.data or "",
        payer_siret=form.payer_siret.data or "",
        funders=form.funders.data or (),
        quartiers=form.quartiers.data or (),
        bodies=form.bodies.data or (),
    )


def amount_field(label: Any, validators: Sequence[Any], **kwargs: Any) -> StringField:
    """An amount of euros; operations get its cents."""
    return StringField(label, [*validators, read_by(read_cents)], render_kw=AMOUNT, **kwargs)


_AMOUNT_MUST: Final = [InputRequired(_l("Écrivez un montant."))]


def _year_field() -> WholeNumberField:
    return WholeNumberField(
        _l("Année"),
        [InputRequired(_l("Écrivez une année."))],
        render_kw={"inputmode": "numeric", "min": 2014, "max": 2099},
    )


class NewEnvelopeForm(StaffForm):
    """A new envelope."""

    year = _year_field()
    scope = RadioField(
        _l("Pour qui"), choices=listed(ENVELOPE_SCOPES.items()), validators=CHOOSE, **FROM_THE_LIST
    )
    quartier = SelectField(_l("Quel quartier"), [Optional()], **FROM_THE_LIST)
    amount = amount_field(_l("Montant en euros"), _AMOUNT_MUST)
    client_key = ClientKeyField()


class EnvelopeForm(VersionForm):
    """How much an envelope holds."""

    amount = amount_field(_l("Montant en euros"), _AMOUNT_MUST)


class RoundFields:
    """How a round is. Made complete by `round_form`."""

    year = _year_field()
    opens_on = day_field(
        DAYS[CalendarDay.OPENS], [Optional()], description=_l("Vide\u00a0: dès que vous l’ouvrez.")
    )
    closes_on = day_field(
        DAYS[CalendarDay.CLOSES],
        [Optional()],
        description=_l("Ce jour compte encore. Vide\u00a0: on dépose toute l’année."),
    )
    instruction_until = day_field(DAYS[CalendarDay.INSTRUCTION], [Optional()])
    opinion_until = day_field(DAYS[CalendarDay.OPINION], [Optional()])
    choice_on = day_field(
        DAYS[CalendarDay.CHOICE],
        [Optional()],
        description=_l("Le jour de la commission, ou le dernier jour du vote."),
    )
    decision_until = day_field(DAYS[CalendarDay.DECISION], [Optional()])
    payment_until = day_field(DAYS[CalendarDay.PAYMENT], [Optional()])
    review_until = day_field(DAYS[CalendarDay.REVIEW], [Optional()])


class NewRoundForm(RoundFields, StaffForm):
    """A new round."""

    client_key = ClientKeyField()


class RoundForm(RoundFields, VersionForm):
    """A round, changed."""


def round_form(kind: type[StaffForm], languages: Sequence[Language], data: Mapping[str, Any]) -> Any:
    """The form of a round; `data` is what it begins with."""
    fields = text_fields(
        "title",
        _l("Titre de l’appel à projets"),
        languages,
        longest=rounds.LONGEST_TITLE,
        long=False,
        must=_l("Donnez un titre en français."),
        hint=_l("Quelques mots, avec l’année\u00a0: «\u00a0Appel du printemps 2027\u00a0»."),
    )
    complete: Any = type(kind.__name__, (kind,), fields)
    return complete(data=data)


def round_settings_of(form: Any) -> RoundSettings:
    """The round that a form says."""
    days = {each.value: form[each.value].data for each in CalendarDay}
    return RoundSettings(texts_of(form, "title"), form.year.data or 0, RoundCalendar(**days))
