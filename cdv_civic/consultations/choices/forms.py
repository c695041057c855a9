"""The forms of a choice among groups: how residents choose, and of which groups the contract keeps a part."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from cdv_civic.consultations.choices.wording import BALLOTS_SAID
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import FROM_THE_LIST, IdChecksField, WholeNumberField, listed
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class BallotForm(StaffForm):
    """How residents choose."""

    kind = RadioField(
        _l("Comment on choisit"),
        [InputRequired(_l("Choisissez une réponse de la liste."))],
        choices=listed((kind.value, said) for kind, said in BALLOTS_SAID.items()),
        default=QuestionKind.PICK.value,
        **FROM_THE_LIST,
    )
    most = WholeNumberField(
        _l("Combien au plus\u00a0?"),
        [Optional(), NumberRange(1, 100)],
        description=_l(
            "De groupes à choisir ou à mettre en ordre, ou de points à partager. Vide\u00a0: la moitié des "
            "groupes, tous, ou 10 points."
        ),
        render_kw={"inputmode": "numeric", "min": "1"},
    )


class TreeForm(StaffForm):
    """Which groups become parts of the contract."""

    groups = IdChecksField(
        _l("Les groupes qui deviennent une partie du contrat"),
        description=_l("Tout le monde lira d’où vient chaque partie, avec les idées de son groupe."),
    )


def tree_form(groups: Iterable[tuple[int, str]], chosen: Sequence[int]) -> Any:
    """The form of a tree; `chosen`: the groups that it begins with."""
    form = TreeForm(data={"groups": list(chosen)})
    form.groups.choices = listed(groups)
    return form
