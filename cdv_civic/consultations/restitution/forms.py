"""The form of an answer, and the one tap after it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from wtforms import Field, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.public.queries.page import WantedPublic
from cdv_civic.consultations.restitution.operations import NewPoint, NewReply
from cdv_civic.consultations.restitution.queries import DeskReply
from cdv_civic.consultations.restitution.rules import (
    HEARD,
    LONGEST_POINT,
    LONGEST_REASON,
    LONGEST_SAID,
    LONGEST_SIGNED,
    MOST_POINTS,
    Fate,
)
from cdv_civic.consultations.restitution.wording import FATES
from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.forms.fields import FROM_THE_LIST, WholeNumberField, day_field, listed
from cdv_civic.core.forms.texts import text_data, text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language

#: What is answered of people whom the organiser wanted to reach.
_REACHED: Final[Mapping[str, bool | None]] = {"oui": True, "non": False}


class ConsultationReplyForm(VersionForm):
    """The answer to a consultation. Made complete by `reply_form`."""

    def point_rows(self) -> Iterator[tuple[int, list[Field], Field, list[Field], Field]]:
        """The fields of each point: its number, what was said and why in all languages, its fate, how many said so."""
        for number in range(1, MOST_POINTS + 1):
            yield (
                number,
                [field for field in self if field.name.startswith(f"point_{number}_")],
                self[f"fate_{number}"],
                [field for field in self if field.name.startswith(f"reason_{number}_")],
                self[f"answers_{number}"],
            )

    def public_rows(self) -> list[Field]:
        """The question of each public."""
        return [field for field in self if field.name.startswith("reached_")]

    def reply(self) -> NewReply:
        """What was written; rows that are empty are left out."""
        points = []
        for number, said, fate, reason, answers in self.point_rows():
            if fate.data or any(field.data for field in (*said, *reason, answers)):
                points.append(
                    NewPoint(
                        texts_of(self, f"point_{number}"),
                        Fate(fate.data or Fate.STUDIED.value),
                        texts_of(self, f"reason_{number}"),
                        answers.data,
                        number,
                    )
                )
        codes = (self["commitments"].data or "").replace(",", " ").replace(";", " ").split()
        return NewReply(
            texts_of(self, "said"),
            texts_of(self, "signed"),
            texts_of(self, "next"),
            self["next_on"].data,
            points,
            {
                int(field.name.removeprefix("reached_")): _REACHED.get(field.data or "")
                for field in self.public_rows()
            },
            tuple(dict.fromkeys(codes)),
        )


def _fields(languages: Sequence[Language], publics: Iterable[WantedPublic]) -> dict[str, Any]:
    fields: dict[str, Any] = text_fields(
        "said",
        _l("Vous avez dit"),
        languages,
        longest=LONGEST_SAID,
        hint=_l("En quelques phrases, ce que les gens ont dit. Comme vous le diriez à voix haute."),
    )
    for number in range(1, MOST_POINTS + 1):
        fields |= text_fields(
            f"point_{number}",
            _l("Chose %(number)s\u00a0: ce qui a été dit", number=number),
            languages,
            longest=LONGEST_POINT,
            long=False,
        )
        fields[f"fate_{number}"] = SelectField(
            _l("Ce que cela devient"),
            choices=listed(
                [("", _l("Choisissez")), *((fate.value, words.label) for fate, words in FATES.items())]
            ),
            **FROM_THE_LIST,
            validators=[Optional()],
        )
        fields |= text_fields(
            f"reason_{number}",
            _l("Pourquoi, ou ce qui est fait"),
            languages,
            longest=LONGEST_REASON,
            hint=_l("Obligatoire, sauf si c’est retenu en entier."),
        )
        fields[f"answers_{number}"] = WholeNumberField(
            _l("Combien de réponses le disent"),
            [Optional()],
            description=_l(
                "Un nombre que montrent les résultats publiés. La page dira «\u00a0au moins\u00a0», en nombre rond."
            ),
            render_kw={"inputmode": "numeric", "dir": "ltr"},
        )
    fields |= text_fields(
        "next", _l("La suite"), languages, longest=LONGEST_SAID, hint=_l("Qui fait quoi, et quand.")
    )
    fields["next_on"] = day_field(_l("Jour de la rencontre, s’il y en a une"), validators=[Optional()])
    fields |= text_fields(
        "signed",
        _l("Qui répond"),
        languages,
        longest=LONGEST_SIGNED,
        long=False,
        hint=_l(
            "Des services ou des fonctions, pas des noms\u00a0: «\u00a0La mairie et le conseil citoyen\u00a0»."
        ),
    )
    fields["commitments"] = StringField(
        _l("Actions du contrat qui en viennent"),
        [Optional()],
        description=_l(
            "Leurs repères, avec un espace entre deux. Chaque action montrera cette consultation."
        ),
        render_kw={"dir": "ltr", "autocapitalize": "characters", "spellcheck": "false"},
    )
    for public in publics:
        fields[f"reached_{public.id}"] = RadioField(
            public.name.text,
            choices=listed([("oui", _l("Oui")), ("non", _l("Non, pas assez")), ("", _l("Pas encore dit"))]),
            default="",
            **FROM_THE_LIST,
            validators=[Optional()],
        )
    return fields


def _data(reply: DeskReply) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": str(reply.version),
        "next_on": reply.next_on,
        "commitments": " ".join(reply.commitments),
        **text_data("said", reply.said),
        **text_data("next", reply.next_step),
        **text_data("signed", reply.signed),
    }
    written = dict(enumerate(reply.points, start=1))
    for number in range(1, MOST_POINTS + 1):
        point = written.get(number)
        data |= text_data(f"point_{number}", point.said if point else {})
        data |= text_data(f"reason_{number}", point.reason if point else {})
        data |= {
            f"fate_{number}": point.fate.value if point else "",
            f"answers_{number}": point.answers if point else None,
        }
    for public in reply.publics:
        data[f"reached_{public.id}"] = {True: "oui", False: "non", None: ""}[public.reached]
    return data


def reply_form(languages: Iterable[Language], reply: DeskReply) -> ConsultationReplyForm:
    """The form with what stands there now."""
    fields = _fields(list(languages), reply.publics)
    form: ConsultationReplyForm = type("ConsultationReplyForm", (ConsultationReplyForm,), fields)(
        data=_data(reply)
    )
    return form


class HeardForm(OpenForm):
    """Three buttons, of which one is pressed."""

    heard = RadioField(
        _l("Vous sentez-vous entendu\u00a0?"),
        [InputRequired(_l("Choisissez une réponse de la liste."))],
        choices=listed((each, each) for each in HEARD),
        **FROM_THE_LIST,
    )
