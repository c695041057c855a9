"""Forms of commissions: members, meetings, who is there, decisions, marks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, cast

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from cdv_civic.accounts.emails import LONGEST, fold_email
from cdv_civic.core import clock
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    IdChecksField,
    WholeNumberField,
    day_field,
    listed,
    read_by,
    time_field,
)
from cdv_civic.core.forms.texts import text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.web.desk import number_in
from cdv_civic.fund.juries.operations.deciding import ItemDecision
from cdv_civic.fund.juries.operations.meetings import MOST_QUORUM, MeetingSettings
from cdv_civic.fund.juries.operations.members import MemberDraft
from cdv_civic.fund.juries.wording import METHODS, SIDES
from cdv_civic.fund.operations.moving import LONGEST_REASON
from cdv_civic.fund.rules.amounts import AmountFault, BadAmount, read_cents
from cdv_civic.fund.rules.juries import LONGEST_NAME, LONGEST_PLACE, MOST_MARK

_CHOOSE: Final[Any] = [InputRequired(_l("Choisissez une réponse de la liste."))]
_NO_COMPLETION: Final = {"autocomplete": "off"}
_NO_AMOUNT: Final = _l("Écrivez un montant en euros, en chiffres. Exemple\u00a0: 1 500 ou 1 500,50.")
_TWO_WAYS: Final = _l(
    "Ce nombre se lit de deux façons. Écrivez 1250 pour mille deux cent cinquante euros, ou 1,25 pour un euro "
    "vingt-cinq."
)


class JuryMemberForm(VersionForm):
    """A member of a commission, new or corrected."""

    name = StringField(
        _l("Nom"),
        [InputRequired(_l("Écrivez le nom."))],
        description=_l(
            "Pour l’équipe et la commission. Le compte rendu compte les membres et ne nomme personne."
        ),
        render_kw={"maxlength": LONGEST_NAME, **_NO_COMPLETION},
    )
    side = SelectField(
        _l("De quel côté\u00a0?"), choices=listed(SIDES.items()), validators=_CHOOSE, **FROM_THE_LIST
    )
    represents = StringField(
        _l("Au nom de qui\u00a0?"),
        [Optional()],
        description=_l(
            "Un service, une association. Le compte rendu le dit. Vide pour les habitantes et habitants."
        ),
        render_kw={"maxlength": LONGEST_NAME, "dir": "auto", **_NO_COMPLETION},
    )
    body = SelectField(
        _l("Quel groupe envoie cette personne\u00a0?"),
        [Optional()],
        description=_l("Si ce groupe porte un projet, la personne ne prend pas part à son choix."),
        **FROM_THE_LIST,
    )
    email = EmailField(
        _l("Adresse e-mail de son compte"),
        [Optional(), read_by(fold_email)],
        description=_l("Pour noter les projets sur un téléphone. Vide\u00a0: rien ne change."),
        render_kw={"maxlength": LONGEST, "dir": "ltr", **_NO_COMPLETION},
    )
    unlink = BooleanField(_l("Ne plus relier cette place à un compte"))
    client_key = ClientKeyField()

    def member(self) -> MemberDraft:
        """What the form says."""
        return MemberDraft(
            name=self.name.data or "",
            side=self.side.data or "",
            represents=self.represents.data or "",
            email=self.email.data or "",
            unlink=self.unlink.data,
            body_id=number_in(self.body.data),
        )


def member_form(data: Mapping[str, Any], bodies: Iterable[tuple[int, str]]) -> JuryMemberForm:
    """The form, with the bodies of the contract to choose among."""
    form = JuryMemberForm(data={"version": "0", "body": "", **data})
    form.body.choices = listed([("", _l("Aucun groupe")), *bodies])
    return form


class JuryMeetingForm(VersionForm):
    """When and how a commission meets."""

    round = SelectField(_l("Pour quel appel à projets\u00a0?"), validators=_CHOOSE, **FROM_THE_LIST)
    day = day_field(_l("Quel jour\u00a0?"), [InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))])
    hour = time_field(
        _l("À quelle heure\u00a0?"), validators=[InputRequired(_l("Écrivez l’heure, par exemple 18:30."))]
    )
    place = StringField(
        _l("Où\u00a0?"),
        [InputRequired(_l("Écrivez le lieu."))],
        render_kw={"maxlength": LONGEST_PLACE, "dir": "auto"},
    )
    method = RadioField(
        _l("Comment décide la commission\u00a0?"),
        choices=listed(METHODS.items()),
        validators=_CHOOSE,
        **FROM_THE_LIST,
    )
    quorum = WholeNumberField(
        _l("Combien de membres, au moins, pour décider d’un projet\u00a0?"),
        [Optional()],
        description=_l("Qui est lié au projet ne compte pas. Vide\u00a0: aucun minimum."),
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_QUORUM},
    )
    client_key = ClientKeyField()

    def settings(self) -> MeetingSettings:
        """The meeting that the form says, its hour by the wall clock."""
        starts_at = datetime.combine(cast(date, self.day.data), cast(time, self.hour.data), clock.zone())
        return MeetingSettings(starts_at, self.place.data or "", self.method.data or "", self.quorum.data)


class PresenceForm(VersionForm):
    """Who is there."""

    members = IdChecksField(_l("Qui est là\u00a0?"), [Optional()], **FROM_THE_LIST)


class JuryLinkForm(StaffForm):
    """Who is linked to a project."""

    member = SelectField(_l("Quel membre est lié à ce projet\u00a0?"), validators=_CHOOSE, **FROM_THE_LIST)


def _is_amount(_form: Any, field: Any) -> None:
    try:
        read_cents(field.data or "")
    except BadAmount as bad:
        raise ValidationError(_TWO_WAYS if bad.fault is AmountFault.TWO_WAYS else _NO_AMOUNT) from None


class ItemDecisionForm(VersionForm):
    """What was decided of a project. Made complete by `decision_form`."""

    heard = BooleanField(_l("La personne qui porte le projet est venue le présenter"))
    yes = WholeNumberField(
        _l("Mains levées pour"), [Optional()], render_kw={"inputmode": "numeric", "min": 0}
    )
    no = WholeNumberField(
        _l("Mains levées contre"), [Optional()], render_kw={"inputmode": "numeric", "min": 0}
    )
    selected = RadioField(
        _l("Que décide la commission\u00a0?"),
        choices=listed([("oui", _l("Retenir ce projet")), ("non", _l("Ne pas le retenir"))]),
        validators=[Optional()],
        **FROM_THE_LIST,
    )
    amount = StringField(
        _l("Combien d’argent, en euros\u00a0?"),
        [Optional(), _is_amount],
        description=_l("Si le projet est retenu. Au plus ce qu’il demande."),
        render_kw={"inputmode": "decimal", "dir": "ltr", "maxlength": 40, **_NO_COMPLETION},
    )
    envelope = SelectField(_l("De quelle enveloppe\u00a0?"), [Optional()], **FROM_THE_LIST)

    def said(self) -> ItemDecision:
        """The decision that the form says."""
        # By hands or by marks: the page has the fields of one of them.
        by_marks = "selected" in self
        return ItemDecision(
            heard=self.heard.data,
            yes=None if by_marks else self.yes.data,
            no=None if by_marks else self.no.data,
            selected={"oui": True, "non": False}.get(self.selected.data or "") if by_marks else None,
            cents=read_cents(typed) if (typed := (self.amount.data or "").strip()) else None,
            envelope_id=number_in(self.envelope.data),
            reason=texts_of(self, "reason"),
            elsewhere=texts_of(self, "elsewhere"),
        )


def decision_form(
    languages: Sequence[Language], data: Mapping[str, Any], envelopes: Iterable[tuple[int, Any]]
) -> ItemDecisionForm:
    """The form of a decision, with the envelopes of the round."""
    fields = {
        **text_fields(
            "reason",
            _l("Pourquoi\u00a0?"),
            languages,
            longest=LONGEST_REASON,
            hint=_l(
                "Demandé si le projet n’est pas retenu\u00a0: la personne lit ces mots, et le compte rendu les dit."
            ),
        ),
        **text_fields(
            "elsewhere",
            _l("Où demander ailleurs\u00a0?"),
            languages,
            longest=LONGEST_REASON,
            hint=_l("Si le projet n’est pas retenu."),
        ),
    }
    complete: Any = type("ItemDecisionForm", (ItemDecisionForm,), fields)
    form: ItemDecisionForm = complete(data=data)
    for asked_some_times in (form.yes, form.no, form.selected, form.amount, form.envelope, form["reason_fr"]):
        asked_some_times.flags.one_of_several = (
            True  # not « facultatif »: the outcome asks for it, or does not
        )
    form.envelope.choices = listed([("", _l("Choisissez")), *envelopes])
    return form


def typed_euros(cents: int | None) -> str:
    """An amount as its field shows it: « 1500 », « 1500,50 »."""
    if cents is None:
        return ""
    whole, part = divmod(cents, 100)
    return f"{whole},{part:02}" if part else str(whole)


class JuryMarkForm(StaffForm):
    """What a member thinks a project is worth."""

    mark = RadioField(
        _l("Votre note"),
        choices=listed((each, str(each)) for each in range(MOST_MARK + 1)),
        validators=[InputRequired(_l("Choisissez une note entre 0 et %(most)s.", most=MOST_MARK))],
        **FROM_THE_LIST,
    )
