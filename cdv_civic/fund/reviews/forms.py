"""Forms about reviews: what happened, why a project stops; and what the desk says of them."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar, cast

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from cdv_civic.core.forms.base import OpenForm, StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    PHOTOS_AND_DOCUMENTS,
    IdChecksField,
    UploadField,
    WholeNumberField,
    day_field,
    listed,
)
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN, language_name
from cdv_civic.fund.amount_field import AmountField, typed_euros
from cdv_civic.fund.operations.moving import LONGEST_REASON
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.reviews.operations.telling import NewFile, NewReview
from cdv_civic.fund.reviews.queries.projects import ReviewedProject, ReviewFile
from cdv_civic.fund.rules.files import MOST_FILES, ProjectFileKind
from cdv_civic.fund.rules.reviews import LONGEST_ASKED, LONGEST_CAPTION, LONGEST_REVIEW, MOST_PEOPLE
from cdv_civic.participation.forms import ReceiptForm

#: Empty fields for files of each kind that a page offers at once.
_OFFERED: Final = {ProjectFileKind.PHOTO: 4, ProjectFileKind.PROOF: 2}
_PHOTOS: Final = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif"
_AMOUNT_MISSING: Final = _l("Écrivez ce que vous avez dépensé, en euros. Rien\u00a0? Écrivez 0.")


class ReviewFields:
    """What happened. Made complete by `review_form`."""

    happened_on = day_field(
        _l("Le projet a eu lieu le"),
        [InputRequired(_l("Dites quel jour le projet a eu lieu."))],
        description=_l("Plusieurs jours\u00a0? Écrivez le dernier."),
    )
    words = TextAreaField(
        _l("Racontez ce qui s’est passé"),
        [InputRequired(_l("Racontez en quelques mots ce qui s’est passé."))],
        description=_l(
            "Dans votre langue, avec vos mots. Tout le monde pourra lire ce texte\u00a0: pas de nom de famille."
        ),
        render_kw={"maxlength": LONGEST_REVIEW, "dir": "auto", "rows": 6},
    )
    lang = SelectField(_l("La langue de ce texte"), validators=[Optional()], **FROM_THE_LIST)
    people = WholeNumberField(
        _l("Combien de personnes sont venues\u00a0?"),
        [
            InputRequired(_l("Écrivez un nombre. Vous ne savez pas\u00a0? Écrivez à peu près.")),
            NumberRange(0, MOST_PEOPLE, _l("Écrivez un nombre entre 0 et %(most)s.", most=MOST_PEOPLE)),
        ],
        description=_l("À peu près\u00a0: vous n’avez pas à compter."),
        render_kw={"inputmode": "numeric"},
    )
    client_key = ClientKeyField()

    #: Ids of lines, in their order; names of fields for new files, by kind; files that are there.
    line_ids: Sequence[int] = ()
    new_files: Sequence[tuple[ProjectFileKind, str]] = ()
    kept_files: Sequence[ReviewFile] = ()


class OpenReviewForm(ReviewFields, OpenForm, VersionForm):
    """A carrier tells by the receipt."""

    receipt = HiddenField()


class SignedReviewForm(ReviewFields, VersionForm):
    """Somebody signed in tells of their own project, or the desk what was brought on paper."""


AnyReviewForm = OpenReviewForm | SignedReviewForm
FormKind = TypeVar("FormKind", OpenReviewForm, SignedReviewForm)


def _line_fields(project: ReviewedProject) -> dict[str, Any]:
    return {
        f"spent_{line.id}": AmountField(
            line.label,
            [InputRequired(_AMOUNT_MISSING)],
            description=_l("Prévu\u00a0: %(planned)s", planned=cents_text(line.cents)),
        )
        for line in project.lines
    }


def _file_fields(project: ReviewedProject) -> tuple[dict[str, Any], list[tuple[ProjectFileKind, str]]]:
    fields: dict[str, Any] = {}
    names: list[tuple[ProjectFileKind, str]] = []
    there = {ProjectFileKind.PHOTO: len(project.photos), ProjectFileKind.PROOF: len(project.proofs)}
    labels = {
        ProjectFileKind.PHOTO: (_l("Une photo"), _l("Ce que montre cette photo"), _PHOTOS),
        ProjectFileKind.PROOF: (_l("Une facture ou un ticket"), _l("Ce que c’est"), PHOTOS_AND_DOCUMENTS),
    }
    hints = {ProjectFileKind.PHOTO: _l("10 Mo au plus."), ProjectFileKind.PROOF: ""}
    for kind, offered in _OFFERED.items():
        if kind is ProjectFileKind.PHOTO and project.personal:
            continue
        label, caption, accept = labels[kind]
        for number in range(1, min(offered, MOST_FILES - there[kind]) + 1):
            name = f"{kind.value}_{number}"
            fields[name] = UploadField(label, description=hints[kind], render_kw={"accept": accept})
            fields[f"{name}_caption"] = StringField(
                caption,
                [Optional()],
                render_kw={"maxlength": LONGEST_CAPTION, "dir": "auto", "autocomplete": "off"},
            )
            names.append((kind, name))
    for file in project.files:
        fields[f"caption_{file.id}"] = StringField(
            _l("Ce que montre cette photo") if file.kind is ProjectFileKind.PHOTO else _l("Ce que c’est"),
            [Optional()],
            render_kw={"maxlength": LONGEST_CAPTION, "dir": "auto", "autocomplete": "off"},
        )
    if project.files:
        fields["removed"] = IdChecksField(_l("Enlever"), [Optional()], **FROM_THE_LIST)
    return fields, names


def review_form(kind: type[FormKind], project: ReviewedProject, *, first: bool, lang: str) -> FormKind:
    """The form of a review; `first`: it is shown and nothing was sent yet, `lang`: what it proposes."""
    files, names = _file_fields(project)
    complete: Any = type(
        kind.__name__,
        (kind,),
        {
            **_line_fields(project),
            **files,
            "line_ids": [line.id for line in project.lines],
            "new_files": names,
            "kept_files": project.files,
        },
    )
    review = project.review
    data: dict[str, Any] = {
        "version": str(review.version if review else 0),
        "happened_on": review.happened_on if review else None,
        "words": review.words if review else "",
        "people": review.people if review else None,
        **{f"spent_{line.id}": typed_euros(line.spent_cents) for line in project.lines},
        **{f"caption_{file.id}": file.caption for file in project.files},
    }
    sent: Any = {"formdata": None} if first else {}
    form: FormKind = complete(data=data, lang=(review.lang if review else lang) or "", **sent)
    form.lang.choices = listed([("", _l("Non renseigné")), *((tag, language_name(tag)) for tag in SPOKEN)])
    if "removed" in form:
        # Only its boxes are sent back; what each one is stands beside it.
        form["removed"].choices = listed((file.id, file.caption) for file in project.files)
    return form


def told_of(form: AnyReviewForm) -> NewReview:
    """What a valid form tells."""
    fields: Any = form
    files = []
    for kind, name in form.new_files:
        upload = cast(UploadField, fields[name]).upload
        if upload is not None:
            files.append(NewFile(kind, upload, fields[f"{name}_caption"].data or "", name))
    spent = {line_id: fields[f"spent_{line_id}"].cents for line_id in form.line_ids}
    return NewReview(
        happened_on=fields.happened_on.data,
        words=form.words.data or "",
        people=fields.people.data,
        spent={line_id: cents for line_id, cents in spent.items() if cents is not None},
        client_key=form.client_key.data or "",
        lang=form.lang.data or None,
        version=form.version.number,
        files=files,
        removed=frozenset(fields.removed.data or ()) if "removed" in fields else (),
        captions={file.id: fields[f"caption_{file.id}"].data or "" for file in form.kept_files},
    )


def _reason_field() -> TextAreaField:
    return TextAreaField(
        _l("Pourquoi le projet s’arrête"),
        [InputRequired(_l("Dites en une phrase pourquoi le projet s’arrête."))],
        description=_l("L’équipe du fonds lit ces mots, et personne d’autre."),
        render_kw={"maxlength": LONGEST_REASON, "dir": "auto", "rows": 3},
    )


class OpenStopForm(ReceiptForm):
    """A carrier says by the receipt that the project does not take place."""

    receipt = HiddenField()
    reason = _reason_field()


class SignedStopForm(StaffForm):
    """The same of somebody signed in."""

    reason = _reason_field()


class AskMoreForm(VersionForm):
    """The desk asks for what is missing."""

    asked = TextAreaField(
        _l("Ce qui manque"),
        [InputRequired(_l("Écrivez ce qui manque\u00a0: la personne lira ces mots."))],
        render_kw={"maxlength": LONGEST_ASKED, "lang": "fr", "dir": "ltr", "rows": 3},
    )
    due_on = day_field(_l("Pour quel jour"), [InputRequired(_l("Choisissez un jour à venir, dans l’année."))])


class ReturnForm(VersionForm):
    """How much of a stopped project's money came back."""

    returned = AmountField(
        _l("Argent revenu en tout, en euros"),
        [InputRequired(_l("Écrivez un montant en euros. Rien\u00a0? Écrivez 0."))],
    )


class TakeForm(VersionForm):
    """The desk takes a review. Made complete by `with_reason`."""

    returned = AmountField(
        _l("Argent qui revient au fonds, en euros"),
        [InputRequired(_l("Écrivez un montant en euros. Rien\u00a0? Écrivez 0."))],
    )


class StopForm(VersionForm):
    """The desk stops a project. Made complete by `with_reason`."""

    returned = AmountField(_l("Argent déjà revenu, en euros"), [Optional()])


def with_reason(
    kind: type[VersionForm],
    languages: Sequence[Language],
    label: Any,
    hint: Any,
    *,
    must: Any = None,
    **values: Any,
) -> Any:
    """A form of the desk with a reason in each language."""
    fields = text_fields("reason", label, languages, longest=LONGEST_REASON, must=must, hint=hint)
    complete: Any = type(kind.__name__, (kind,), fields)
    return complete(**values)
