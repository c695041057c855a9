"""A form that keeps drafts, in one request.

    form = moderators_form(…)
    draft = draft_of(form, "voice.answer", voice_id)
    if draft.was_kept():
        return draft.to_list()
    status, told = submit_for(form, lambda: answering.answer(…, draft=draft.sent))
    if told is not None:
        draft.forget_on_device()
        return redirect(…)
    return render_template(…, form=form, draft=draft), status

The template draws it with the macros of `drafts/macros.html`.
"""

from enum import Enum
from typing import Any, Final

from flask import flash, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)

from cdv_civic.accounts.sessions import shared_session
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.differences import differences, in_words
from cdv_civic.core.forms.fields import CodeField
from cdv_civic.core.forms.protection import TOO_LATE
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.web.desk import actor
from cdv_civic.core.web.error_pages import names_of_files
from cdv_civic.drafts import rules
from cdv_civic.drafts.kinds import draft_kinds
from cdv_civic.drafts.operations import DraftChanged, keep
from cdv_civic.drafts.queries import KeptDraft, kept_draft
from cdv_civic.drafts.rules import DraftKey, SentDraft, Typed

#: The button « Garder pour plus tard », and the field that says with which draft the form was opened.
KEEP: Final = "garder"
VERSION: Final = "draft_version"
#: In the address: put the draft into the form, though what it changes was changed since.
TAKE: Final = "brouillon"
_TYPED_INTO: Final = (
    StringField,
    DateField,
    TimeField,
    IntegerField,
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
)


class DraftUse(Enum):
    """What became of the draft that the account keeps."""

    NONE = "none"
    #: It stands in the form.
    PUT_IN = "put_in"
    #: It stands in the form beside what was changed since.
    COMPARED = "compared"
    #: What the form changes was changed since: whoever wrote it decides.
    OFFERED = "offered"


def _autocomplete(field: Field) -> str:
    return str((field.render_kw or {}).get("autocomplete", ""))


def keeps(field: Field) -> bool:
    """Whether what is typed into a field is kept: neither what nobody typed, nor files."""
    return (
        isinstance(field, _TYPED_INTO)
        and not isinstance(field, HiddenField)
        and rules.is_kept(field.name, _autocomplete(field))
    )


def refuse_secrets(form: StaffForm) -> None:
    """Raise `ValueError` where a form asks for a password or a code: nothing of it is ever kept."""
    for field in form:
        if isinstance(field, PasswordField | CodeField) or rules.is_secret(field.name, _autocomplete(field)):
            raise ValueError(f"a form that asks for {field.name!r} keeps no draft")


def _was_changed(field: Field) -> bool:
    """Whether a field says something else than what its page gave it."""
    if in_words(field, field.data) != in_words(field, field.object_data):
        return True
    # What cannot be read (half a date) was typed too; an empty date cannot either.
    return bool(field.process_errors) and any(value.strip() for value in request.form.getlist(field.name))


def typed_in(form: StaffForm) -> Typed:
    """What this request sends in the fields that are kept; nothing where all of it is what the page gave."""
    if not any(_was_changed(field) for field in form if keeps(field)):
        return {}
    names = [field.name for field in form if keeps(field)]
    return {name: request.form.getlist(name) for name in names if name in request.form}


def put_into(form: StaffForm, typed: Typed) -> None:
    """Fill the fields that are kept as if it had been typed now; what is stored stays known to them."""
    sent: MultiDict[str, str] = MultiDict(
        [(name, value) for name, values in typed.items() for value in values]
    )
    for field in form:
        if keeps(field):
            field.process(sent, field.object_data)


def device_name(account_id: int, key: DraftKey) -> str | None:
    """By what name a device keeps what an account types into a form; None on a shared device, which keeps nothing."""
    if shared_session():
        return None
    owner = keyed_hash("drafts on a device", str(account_id))[:20]
    return f"{owner}:{key.kind}:{key.owner}"


def forget_on_device(name: str | None) -> None:
    """Let the next page tell the device that it keeps what was typed no more."""
    if name is not None:
        flash(name, "draft")


class FormDraft:
    """The draft of one form for whoever is signed in. 1 statement where the form is shown, none where it is sent."""

    def __init__(self, form: StaffForm, key: DraftKey) -> None:
        if key.kind not in draft_kinds():
            raise ValueError(f"no form is declared as {key.kind!r}")
        refuse_secrets(form)
        self._form, self._key = form, key
        self.use = DraftUse.NONE
        #: What the account keeps; None where it keeps nothing, or nobody has asked.
        self.kept: KeptDraft | None = None
        if form.is_submitted():
            #: With which draft the form was opened; empty: with none.
            self.version = request.form.get(VERSION, "")
        else:
            self.kept = kept_draft(_account_id(), key)
            self._use()
            # What is only offered is neither sent nor saved over.
            self.version = self.kept.version if self.kept and self.use is not DraftUse.OFFERED else ""

    def _base(self) -> str:
        """The version of what the form changes, as it was opened."""
        # As a number: what a browser sends there may be of any length.
        return str(self._form.version.number or "") if isinstance(self._form, VersionForm) else ""

    def _use(self) -> None:
        if self.kept is None:
            return
        stale = rules.is_stale(self.kept.base, self._base())
        if stale and TAKE not in request.args:
            self.use = DraftUse.OFFERED
            return
        put_into(self._form, self.kept.typed)
        self.use = DraftUse.COMPARED if stale else DraftUse.PUT_IN
        if stale and isinstance(self._form, VersionForm):
            self._form.compare_with_stored()

    @property
    def sent(self) -> SentDraft:
        """For the act that sends the form."""
        return SentDraft(self._key, self.version)

    @property
    def device_name(self) -> str | None:
        """As `device_name`."""
        return device_name(_account_id(), self._key)

    @property
    def shown_again(self) -> bool:
        """Whether the form was sent, and comes back with what was typed."""
        return bool(self._form.is_submitted())

    def was_kept(self) -> bool:
        """Keep what was typed where « Garder pour plus tard » was pressed; whether that was done.

        Where it was not, the form says why, and `submit` shows it again.
        """
        if not self._form.is_submitted() or KEEP not in request.form:
            return False
        typed = typed_in(self._form)
        try:
            if not g.get("csrf_valid", False):
                raise DomainError(TOO_LATE)
            keep(
                actor(),
                self._key,
                typed,
                base=self._base(),
                seen=self.version,
                stands=draft_kinds()[self._key.kind].stands,
            )
        except DomainError as refused:
            if refused.status == 404:
                raise
            self._form.refuse_act(refused)
            if isinstance(refused, DraftChanged):
                self._show_kept(typed)
            return False
        self.forget_on_device()
        flash(_("C’est gardé. Vous pouvez continuer plus tard, sur cet appareil ou un autre."), "success")
        files = names_of_files()
        if files:
            flash(
                _("Seul le texte est gardé. Fichiers à choisir de nouveau : %(names)s", names=files),
                "warning",
            )
        return True

    def _show_kept(self, typed: Typed) -> None:
        """Show what was saved elsewhere beside what was typed, and let the next saving go through."""
        kept = kept_draft(_account_id(), self._key)
        if kept is None:
            return
        fields: list[Any] = [field for field in self._form if keeps(field)]
        put_into(self._form, kept.typed)
        stored = {field.name: in_words(field, field.data) for field in fields}
        put_into(self._form, typed)
        self._form.differences = differences(fields, stored)
        self.version = kept.version

    def forget_on_device(self) -> None:
        """What was typed was sent: the device keeps it no more."""
        forget_on_device(self.device_name)

    def to_list(self) -> AnyResponse:
        """To « Mes brouillons »."""
        return redirect(url_for("drafts.mine"), 303)


def _account_id() -> int:
    account_id = actor().actor_id
    if account_id is None:
        raise ValueError("drafts are kept for accounts")
    return account_id


def draft_of(form: StaffForm, kind: str, *owner: int | str) -> FormDraft:
    """The draft of a form, put into it where it is shown for the first time. Call it once the form is filled.

    `owner` is what it is about. Raises `ValueError` for a form that may keep none.
    """
    return FormDraft(form, DraftKey(kind, rules.owner_of(*owner)))
