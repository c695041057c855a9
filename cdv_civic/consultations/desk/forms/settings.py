"""The forms of what a consultation says of itself, of whom it asks, and of how it is counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.counting import MOST_CROSSES
from cdv_civic.consultations.operations.editing.settings import (
    LONGEST_WAVE,
    MOST_PUBLICS,
    TEXTS,
    ConsultationSettings,
    NewPublic,
)
from cdv_civic.consultations.queries.desk import DeskPublic
from cdv_civic.consultations.wording import POWERS, PROOFS
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    ChecksField,
    IdChecksField,
    WholeNumberField,
    day_field,
    listed,
    time_field,
)
from cdv_civic.core.forms.texts import text_data, text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.web.desk import number_in
from cdv_civic.participation.rules.phases import closing, first_day, last_day, opening
from cdv_civic.participation.wording import CHANNEL_WORDS

#: The texts of the form: what they are called, and what is said under them.
_LABELS: Final[Mapping[str, tuple[Any, Any]]] = {
    "title": (
        _l("Titre"),
        _l("Une question ou quelques mots\u00a0: «\u00a0La placette\u00a0: quel nom\u00a0?\u00a0»"),
    ),
    "purpose": (
        _l("De quoi s’agit-il, et pourquoi le demander\u00a0?"),
        _l("Comme vous le diriez à une voisine."),
    ),
    "negotiable": (_l("Qu’est-ce qui peut changer avec les réponses\u00a0?"), ""),
    "settled": (
        _l("Qu’est-ce qui ne changera pas\u00a0?"),
        _l("Le budget, le lieu, ce qui est déjà décidé."),
    ),
    "decider": (_l("Qui décide à la fin\u00a0?"), _l("Une assemblée ou un service, pas un nom de personne.")),
    "readers": (
        _l("Qui lit les réponses écrites, et les modère\u00a0?"),
        _l("Les habitantes et les habitants le lisent avant d’écrire."),
    ),
    "ties": (
        _l("Que se passe-t-il en cas d’égalité\u00a0?"),
        _l("À dire d’avance, quand ce qui arrive en tête est fait."),
    ),
    "audience": (_l("À qui s’adresse-t-elle\u00a0?"), _l("Laissez vide pour tout le monde.")),
}
_LINES: Final = frozenset({"title", "audience"})
_AGE: Final[Any] = {"inputmode": "numeric", "min": "0", "max": "120"}


class SettingsForm(VersionForm):
    """What a consultation says of itself. Made complete by `settings_form`."""

    power = RadioField(
        _l("Que peuvent changer les réponses\u00a0?"),
        choices=listed(
            (code.value, _l("%(label)s\u00a0: %(meaning)s", label=each.label, meaning=each.meaning))
            for code, each in POWERS.items()
        ),
        **FROM_THE_LIST,
        validators=[Optional()],
    )
    opens_day = day_field(_l("Quel jour ouvre-t-elle\u00a0?"), validators=[Optional()])
    opens_time = time_field(
        _l("À quelle heure ouvre-t-elle\u00a0?"),
        validators=[Optional()],
        description=_l("Laissez vide pour minuit, au début du jour."),
    )
    closes_day = day_field(_l("Quel jour ferme-t-elle\u00a0?"), validators=[Optional()])
    closes_time = time_field(
        _l("À quelle heure ferme-t-elle\u00a0?"),
        validators=[Optional()],
        description=_l("Laissez vide pour la fin du jour. L’horloge du site décide, à la minute."),
    )
    paper_day = day_field(
        _l("Jusqu’à quel jour saisit-on le papier\u00a0?"),
        validators=[Optional()],
        description=_l("Quelques jours de plus, pour les feuilles reçues avant la fermeture."),
    )
    due_day = day_field(
        _l("Quel jour donnez-vous la réponse\u00a0?"),
        validators=[Optional()],
        description=_l("Un retard se voit sur la page publique et à l’accueil."),
    )
    asks_for = RadioField(
        _l("Que demande-t-on pour répondre en ligne\u00a0?"),
        choices=listed(
            (code.value, _l("%(label)s\u00a0: %(meaning)s", label=each.label, meaning=each.meaning))
            for code, each in PROOFS.items()
        ),
        **FROM_THE_LIST,
        validators=[Optional()],
    )
    age_to_answer = WholeNumberField(
        _l("À partir de quel âge peut-on répondre\u00a0?"),
        [Optional()],
        description=_l("0\u00a0: à tout âge."),
        render_kw=_AGE,
    )
    age_for_name = WholeNumberField(
        _l("À partir de quel âge peut-on être cité par son prénom\u00a0?"),
        [Optional()],
        description=_l("Avant 15 ans, un parent donne son accord."),
        render_kw=_AGE,
    )
    age_for_photo = WholeNumberField(
        _l("À partir de quel âge peut-on envoyer une photo\u00a0?"), [Optional()], render_kw=_AGE
    )
    languages = ChecksField(
        _l("En quelles langues\u00a0?"),
        **FROM_THE_LIST,
        validators=[Optional()],
        description=_l("En français toujours. Ce qui n’est pas traduit s’affiche en français."),
    )
    one_question_a_screen = BooleanField(
        _l("Une question par écran"),
        description=_l("Plus simple sur un téléphone. Sinon, toutes les questions sont sur une page."),
    )
    wave_of = SelectField(
        _l("Est-ce la suite d’une autre consultation\u00a0?"), **FROM_THE_LIST, validators=[Optional()]
    )
    wave = StringField(
        _l("Nom de cette vague"),
        [Optional()],
        description=_l("Par exemple 2027. Les résultats des deux vagues se lisent côte à côte."),
        render_kw={"maxlength": LONGEST_WAVE},
    )

    def settings(self) -> ConsultationSettings:
        """What was typed; raises `DomainError` for an hour without its day."""
        with Refusals() as refused:
            for part in ("opens", "closes"):
                if self[f"{part}_time"].data is not None and self[f"{part}_day"].data is None:
                    refused.add(DomainError(_l("Écrivez aussi le jour."), field=f"{part}_day"))
        return ConsultationSettings(
            {field: texts_of(self, field) for field in TEXTS},
            self.power.data or None,
            opens_at(self.opens_day.data, self.opens_time.data),
            closes_at(self.closes_day.data, self.closes_time.data),
            closes_at(self.paper_day.data, None),
            self.due_day.data,
            self.asks_for.data or None,
            self.age_to_answer.data,
            self.age_for_name.data,
            self.age_for_photo.data,
            self.languages.data or (),
            bool(self.one_question_a_screen.data),
            int(self.wave_of.data) if self.wave_of.data else None,
            self.wave.data,
        )


def opens_at(day: date | None, at: time | None) -> datetime | None:
    """The moment of a day and an hour of the territory at which something opens."""
    return None if day is None else opening(day, clock.zone(), at or time.min)


def closes_at(day: date | None, at: time | None) -> datetime | None:
    """The moment at which something closes; without an hour, when the day is over."""
    return None if day is None else closing(day, clock.zone(), at)


def calendar_data(row: Any) -> dict[str, Any]:
    """What stands in the fields of the calendar, from the moments of a row."""
    zone = clock.zone()
    found: dict[str, Any] = dict.fromkeys(
        ("opens_day", "opens_time", "closes_day", "closes_time", "paper_day")
    )
    if row.opens_at is not None:
        at = row.opens_at.astimezone(zone).time()
        found |= {"opens_day": first_day(row.opens_at, zone), "opens_time": None if at == time.min else at}
    if row.closes_at is not None:
        at = row.closes_at.astimezone(zone).time()
        found |= {"closes_day": last_day(row.closes_at, zone), "closes_time": None if at == time.min else at}
    if row.paper_until is not None:
        found["paper_day"] = last_day(row.paper_until, zone)
    return {**found, "due_day": row.answer_due_on}


def settings_form(
    languages: Sequence[Language],
    row: Consultation,
    texts: Mapping[str, Mapping[str, str]],
    waves: Iterable[tuple[int, Any]],
) -> SettingsForm:
    """The form with what stands there now; `texts` by field; `waves`: earlier consultations by id."""
    fields: dict[str, Any] = {}
    for field, longest in TEXTS.items():
        label, hint = _LABELS[field]
        fields |= text_fields(
            field,
            label,
            languages,
            longest=longest,
            long=field not in _LINES,
            must=_l("Donnez un titre en français.") if field == "title" else None,
            hint=hint,
        )
    data: dict[str, Any] = {
        "version": str(row.version),
        "power": row.power or "",
        "asks_for": row.proof or "",
        "age_to_answer": row.age_to_answer,
        "age_for_name": row.age_for_name,
        "age_for_photo": row.age_for_photo,
        "languages": list(row.languages),
        "one_question_a_screen": row.one_question_a_screen,
        "wave_of": str(row.wave_of_id or ""),
        "wave": row.wave or "",
        **calendar_data(row),
    }
    for field in TEXTS:
        data |= text_data(field, texts[field])
    form: SettingsForm = type("SettingsForm", (SettingsForm,), fields)(data=data)
    form.languages.choices = listed((each.tag, each.name) for each in languages)
    form.wave_of.choices = listed([("", _l("Non")), *((each, str(title)) for each, title in waves)])
    return form


class QuartiersForm(VersionForm):
    """Whose residents are asked; the page draws each box."""

    quartiers = IdChecksField(_l("Dans quels quartiers ?"), validate_choice=False)


class PublicsForm(VersionForm):
    """Whom to reach, and how. Made complete by `publics_form`."""

    nobody = BooleanField(
        _l("Personne en particulier"),
        description=_l("Cochez si vous ne cherchez pas un public plus qu’un autre."),
    )
    rows: int = 0

    def publics(self) -> list[NewPublic]:
        """The rows in which something was typed."""
        found = []
        for number in range(1, self.rows + 1):
            name = texts_of(self, f"name_{number}")
            if any(text.strip() for text in name.values()):
                known = self[f"id_{number}"].data
                found.append(
                    NewPublic(
                        name,
                        self[f"channel_{number}"].data or "",
                        number_in(known),
                        f"name_{number}",
                    )
                )
        return found


def publics_form(
    languages: Sequence[Language], known: Sequence[DeskPublic], *, nobody: bool, version: int
) -> PublicsForm:
    """The form with those that stand there, and some empty rows."""

    rows = min(max(len(known) + 2, 4), MOST_PUBLICS)
    fields: dict[str, Any] = {"rows": rows}
    data: dict[str, Any] = {"version": str(version), "nobody": nobody}
    channels = listed(
        [("", _l("Choisissez")), *((channel, word.label) for channel, word in CHANNEL_WORDS.items())]
    )
    for number in range(1, rows + 1):
        here = known[number - 1] if number <= len(known) else None
        fields |= text_fields(
            f"name_{number}",
            _l("Qui (%(number)s)", number=number),
            languages,
            longest=200,
            long=False,
            hint=_l("Par exemple «\u00a0les jeunes de 16 à 25 ans\u00a0»") if number == 1 else "",
        )
        fields[f"channel_{number}"] = SelectField(
            _l("Par quel moyen (%(number)s)", number=number),
            choices=channels,
            **FROM_THE_LIST,
            validators=[Optional()],
        )
        fields[f"id_{number}"] = HiddenField()
        data |= text_data(f"name_{number}", here.name if here else {})
        data |= {f"channel_{number}": here.channel if here else "", f"id_{number}": here.id if here else ""}
    form: PublicsForm = type("PublicsForm", (PublicsForm,), fields)(data=data)
    return form


class CountingForm(VersionForm):
    """How a consultation will be counted. Made complete by `counting_form`."""

    open_rows = BooleanField(
        _l("Publier aussi les réponses ligne par ligne, sans les textes"),
        description=_l("Dans un ordre mélangé. Les tableaux sont publiés dans tous les cas."),
    )
    entered_twice = BooleanField(
        _l("Saisir chaque feuille deux fois"),
        description=_l("Les deux saisies sont comparées, et le site demande quand elles diffèrent."),
    )

    def crosses(self) -> list[tuple[int, int]]:
        """The pairs that were chosen; raises `DomainError` for half of one."""
        found = []
        for number in range(1, MOST_CROSSES + 1):
            first, second = self[f"row_{number}"].data, self[f"column_{number}"].data
            if bool(first) != bool(second):
                raise DomainError(
                    _l("Choisissez les deux questions."), field=f"{'column' if first else 'row'}_{number}"
                )
            if first:
                found.append((int(first), int(second)))
        return found


def counting_form(
    row: Consultation, questions: Iterable[tuple[int, str]], crosses: Sequence[tuple[int, int]]
) -> CountingForm:
    """The form with what stands there now; `questions`: those that can be crossed, by id."""
    choices = listed([("", _l("Aucune")), *questions])
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "version": str(row.version),
        "open_rows": row.open_rows,
        "entered_twice": row.entered_twice,
    }
    for number in range(1, MOST_CROSSES + 1):
        pair = crosses[number - 1] if number <= len(crosses) else ("", "")
        for name, label, value in (
            ("row", _l("Croiser la question (%(number)s)", number=number), pair[0]),
            ("column", _l("avec la question (%(number)s)", number=number), pair[1]),
        ):
            fields[f"{name}_{number}"] = SelectField(
                label, choices=choices, **FROM_THE_LIST, validators=[Optional()]
            )
            data[f"{name}_{number}"] = str(value)
    form: CountingForm = type("CountingForm", (CountingForm,), fields)(data=data)
    return form
