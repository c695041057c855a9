"""The form of an answer: a field for each question of a consultation, all of them on every screen, most of them hidden.

What is carried from one screen to the next lies in the form alone: nothing of an answer is here before it is sent.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from wtforms import BooleanField, HiddenField, SelectField, StringField

from cdv_civic.consultations.engine.answer_fields import AskedFields, with_questions
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.forms.fields import FROM_THE_LIST
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import new_key
from cdv_civic.participation.speaking import ask_age

#: The button that was pressed. The main one has no name, so that the key « Enter » is the same.
GO: Final = "go"
BACK, PASS, TO, CHANGE, ANYWAY, REPLACE = "retour", "passer", "aller", "changer", "autre", "remplacer"
#: To the last screen: what was answered so far is sent from there.
FINISH: Final = "finir"


class KeyField(HiddenField):
    """The name of a form: a new one where it is shown first, none where it came without."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=new_key, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent: a form without its key gets no new one, which would let it act twice."""
        self.data = str(valuelist[0]) if valuelist else ""


class OpenAnswerForm(AskedFields, OpenForm):
    """What an answer says besides what is asked. `shown`: the screen that was filled in."""

    client_key = KeyField()
    shown = HiddenField()
    #: The screen to go to, for a script that gives back what was begun.
    to = HiddenField()
    #: The version of the answer of the same form that this one takes the place of.
    replaces = HiddenField()
    quartier = SelectField(
        _l("Votre quartier"),
        description=_l("Pour savoir si tous les quartiers ont répondu."),
        default="",
        **FROM_THE_LIST,
    )
    age = BooleanField()
    shared = BooleanField(
        _l("Plusieurs personnes utilisent cet appareil"),
        description=_l("Cet appareil ne gardera rien de vos réponses."),
    )


class AnswerChangeForm(OpenAnswerForm):
    """An answer that is put in the place of one that is here: found by a receipt, or by the account (`own`)."""

    receipt = StringField()
    own = HiddenField()
    #: The version of the answer that the form was filled with.
    seen = HiddenField()


Form = TypeVar("Form", bound=OpenAnswerForm)


def answer_form(
    form: type[Form], definition: Definition, quartiers: Sequence[tuple[int, str]], age: int
) -> Form:
    """The form of a consultation: `quartiers` by id and name, `age` that one must have."""
    made = with_questions(form, definition)()
    made.quartier.choices = [
        ("", _l("Ailleurs, ou pas de réponse")),
        *((str(number), name) for number, name in quartiers),
    ]
    ask_age(made.age, age)
    return made


class ReceiptButtonForm(OpenForm):
    """A button beside a receipt; `sure`: the second POST of an answer that is taken back says so."""

    receipt = StringField()
    sure = HiddenField()


class TextBackForm(ReceiptButtonForm):
    """The button by which whoever wrote a text says that it must not be published."""

    #: The id of the text among those that were chosen.
    text = HiddenField()
