"""Forms of the desk of draws."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.forms.base import StaffForm, too_long
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, NO_NUMBER, WholeNumberField, day_field, listed, read_by
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.draws.candidates import LARGEST_TABLE, LONGEST, contact_of
from cdv_civic.draws.operations.preparing import LONGEST_TITLE, DrawPlan
from cdv_civic.draws.operations.publishing import LONGEST_RULE
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.rules import (
    LONGEST_NAME,
    MOST_CATEGORIES,
    MOST_SEATS,
    BadQuota,
    Category,
    Value,
    plain,
    read_values,
    written_values,
)
from cdv_civic.draws.wording import quota_problem
from cdv_civic.seats.operations.members import NOT_IN_THE_LIST
from cdv_civic.seats.rules import RESIDENTS
from cdv_civic.seats.wording import COLLEGE_WORDS


class PlanForm(VersionForm):
    """What is drawn. Made complete by `plan_form`."""

    title = StringField(
        _l("Titre"),
        [InputRequired(_l("Donnez un titre au tirage."))],
        description=_l(
            "Tout le monde le lit : « Renouvellement 2027, places des habitantes et des habitants »."
        ),
        render_kw={"maxlength": LONGEST_TITLE, "lang": "fr", "dir": "auto"},
    )
    college = RadioField(
        _l("Pour quelles places ?"),
        choices=listed((word.code, word.label) for word in COLLEGE_WORDS.values()),
        validators=[InputRequired(NOT_IN_THE_LIST)],
        **FROM_THE_LIST,
    )
    seats = WholeNumberField(
        _l("Combien de sièges ?"),
        [
            InputRequired(NO_NUMBER),
            NumberRange(1, MOST_SEATS, message=_l("Écrivez un nombre de 1 à %(most)s.", most=MOST_SEATS)),
        ],
        render_kw={"min": 1},
    )
    substitutes = WholeNumberField(
        _l("Combien de personnes remplaçantes ?"),
        [
            InputRequired(NO_NUMBER),
            NumberRange(0, MOST_SEATS, message=_l("Écrivez un nombre de 0 à %(most)s.", most=MOST_SEATS)),
        ],
        description=_l("Les personnes qui viennent ensuite, dans l’ordre."),
        render_kw={"min": 0},
    )
    client_key = ClientKeyField()

    def plan(self) -> DrawPlan:
        """What the form says; raises `DomainError` beside a field of quotas."""
        with Refusals() as refused:
            categories = [refused.unless(self._category, place) for place in range(1, MOST_CATEGORIES + 1)]
        return DrawPlan(
            self.title.data or "",
            self.college.data or "",
            self.seats.data or 0,
            self.substitutes.data or 0,
            tuple(each for each in categories if each is not None),
        )

    def _category(self, place: int) -> Category | None:
        """A category; None where nothing was typed."""
        name, typed = plain(self[f"name_{place}"].data or ""), self[f"values_{place}"].data or ""
        if not name and not typed.strip():
            return None
        with Refusals() as refused:
            if not name or len(name) > LONGEST_NAME:
                refused.add(DomainError(_l("Donnez un nom court à ce critère."), field=f"name_{place}"))
            values = refused.unless(self._values, place, typed)
        return Category(name, values or ())

    @staticmethod
    def _values(place: int, typed: str) -> tuple[Value, ...]:
        try:
            values = read_values(typed)
        except BadQuota as bad:
            raise DomainError(quota_problem(bad), field=f"values_{place}") from None
        if not values:
            raise DomainError(_l("Écrivez une valeur par ligne."), field=f"values_{place}")
        return values


def plan_form(data: Mapping[str, Any], categories: Sequence[Category] | None = None) -> PlanForm:
    """The form with what stands there now; without categories, with those most asked for."""
    fields: dict[str, Any] = {}
    for place in range(1, MOST_CATEGORIES + 1):
        fields[f"name_{place}"] = StringField(
            _l("Critère %(number)s", number=place),
            [Optional()],
            render_kw={"maxlength": LONGEST_NAME, "lang": "fr", "dir": "auto"},
        )
        fields[f"values_{place}"] = TextAreaField(
            _l("Ses valeurs, une par ligne"),
            [Optional()],
            render_kw={"lang": "fr", "dir": "auto", "rows": 3},
        )
    if categories is None:
        typed = {"name_1": _("Genre"), "values_1": f"{_('Femmes')}\n{_('Hommes')}"}
    else:
        typed = dict.fromkeys(fields, "")
        typed |= {f"name_{place}": each.name for place, each in enumerate(categories, 1)}
        typed |= {f"values_{place}": written_values(each.values) for place, each in enumerate(categories, 1)}
    form: PlanForm = type("PlanForm", (PlanForm,), fields)(
        data={
            "version": "0",
            "college": RESIDENTS,
            "substitutes": 0,
            **typed,
            **data,
        }
    )
    return form


def _check_contact(typed: str) -> tuple[str, str]:
    """The address and the number of somebody; raises `DomainError`."""
    contact = contact_of(typed)
    if contact is None:
        raise DomainError(_l("Écrivez une adresse e-mail ou un numéro de téléphone."), field="contact")
    return contact


class CandidateForm(StaffForm):
    """Somebody who may be drawn. Made complete by `candidate_form`."""

    asked = False
    first_name = StringField(
        _l("Prénom"),
        [InputRequired(_l("Écrivez le prénom."))],
        render_kw={"maxlength": LONGEST, "autocomplete": "off"},
    )
    last_name = StringField(_l("Nom"), [Optional()], render_kw={"maxlength": LONGEST, "autocomplete": "off"})
    contact = StringField(
        _l("Adresse e-mail ou téléphone"),
        [Optional(), read_by(_check_contact)],
        description=_l("Pour l’équipe seulement, pour prévenir la personne."),
        render_kw={"maxlength": 254, "dir": "ltr", "autocomplete": "off"},
    )

    #: Asked where somebody on the list has the same name or contact.
    distinct = BooleanField(_l("C’est une autre personne : je la mets aussi sur la liste"))
    #: How many of that name and contact there were when it was asked: a form sent twice adds one person.
    namesakes = HiddenField()

    def ask(self, person: NewCandidate, there: Sequence[NewCandidate]) -> None:
        """Remember who stands on the list, for the answer."""
        self.asked = True
        self.namesakes.data = str(sum(each.key == person.key for each in there))

    def numbered(self, person: NewCandidate) -> NewCandidate:
        """The person, told from those who were there when it was asked."""
        said = self.namesakes.data or ""
        number = (
            int(said) if self.distinct.data and said.isascii() and said.isdigit() and len(said) < 4 else 0
        )
        return replace(person, namesake=number + 1)

    def candidate(self, categories: Sequence[Category]) -> NewCandidate:
        """What the form says; raises `DomainError`."""
        first_name, last_name = plain(self.first_name.data or ""), plain(self.last_name.data or "")
        with Refusals() as refused:
            contact = refused.unless(_check_contact, self.contact.data or "") or ("", "")
            for field, name in (("first_name", first_name), ("last_name", last_name)):
                if len(name) > LONGEST or (field == "first_name" and not name):
                    refused.add(
                        DomainError(_l("Écrivez le prénom et le nom, 80 caractères au plus."), field=field)
                    )
        profile = tuple(self[f"profile_{place}"].data for place in range(len(categories)))
        return NewCandidate(first_name, last_name, *contact, profile)


def candidate_form(categories: Sequence[Category]) -> CandidateForm:
    """The empty form, with a list for each category."""
    fields = {
        f"profile_{place}": SelectField(
            category.name,
            choices=[*listed([("", _l("Choisissez…"))]), *listed((v.name, v.name) for v in category.values)],
            validators=[InputRequired(NOT_IN_THE_LIST)],
            render_kw={"lang": "fr", "dir": "auto"},
            **FROM_THE_LIST,
        )
        for place, category in enumerate(categories)
    }
    form: CandidateForm = type("CandidateForm", (CandidateForm,), fields)()
    return form


class ImportForm(StaffForm):
    """A table of candidates, pasted; a file goes beside it, in the request."""

    table = TextAreaField(
        _l("Le tableau"),
        [Optional(), Length(max=LARGEST_TABLE, message=too_long(LARGEST_TABLE))],
        description=_l("Copiez les lignes de votre tableur et collez-les ici, ou choisissez un fichier."),
        render_kw={"rows": 10, "dir": "auto", "autocomplete": "off", "spellcheck": "false"},
    )
    #: `Reading.digest` of what the person has read and will add.
    confirmed = HiddenField()
    #: Why the file that was chosen is not read.
    file_problem: LazyString | None = None


class PublishListForm(VersionForm):
    """Where the seed will come from."""

    seed_rule = TextAreaField(
        _l("D’où viendront les numéros au hasard ?"),
        [
            InputRequired(
                _l("Dites d’où viendront les numéros au hasard, pour que tout le monde puisse vérifier.")
            )
        ],
        description=_l(
            "Un tirage public que personne ici ne maîtrise. Dites lequel, et dans quel ordre on lit les "
            "numéros : « Les 6 numéros du tirage public du samedi 5 décembre, du plus petit au plus grand »."
        ),
        render_kw={"rows": 3, "maxlength": LONGEST_RULE, "lang": "fr", "dir": "auto"},
    )
    seed_day = day_field(
        _l("Quel jour sera-t-il connu ?"),
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
        description=_l("Demain au plus tôt : la liste doit être publique avant."),
    )


class SeedForm(StaffForm):
    """The seed, typed in then confirmed."""

    seed = StringField(
        _l("Les numéros sortis"),
        [InputRequired(_l("Écrivez les numéros, par exemple 3 17 22 41 49 5."))],
        description=_l("Dans l’ordre que la règle publiée demande. Un espace entre deux numéros suffit."),
        render_kw={"maxlength": 200, "dir": "ltr", "inputmode": "numeric", "autocomplete": "off"},
    )
    confirmed = HiddenField()
