"""The form of what a body makes known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from wtforms import Field, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.bodies.operations.publication_drafts import (
    LONGEST_CAPTION,
    LONGEST_DECISION,
    LONGEST_WHO,
    MOST_DECISIONS,
    NewDecision,
    NewPublicationFile,
)
from cdv_civic.bodies.operations.texts import LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.rules import MINUTES, ON_ITS_OWN
from cdv_civic.bodies.wording import PUBLICATION_KINDS
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    PHOTOS_AND_DOCUMENTS,
    ChecksField,
    UploadField,
    day_field,
    listed,
)
from cdv_civic.core.forms.seen import SeenForm
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE

#: Files that one sending of the form can add.
FILES_AT_ONCE: Final = 3


class PublicationForm(SeenForm, VersionForm):
    """A publication of a body. Made complete by `publication_form`."""

    client_key = ClientKeyField()

    def decision_rows(self) -> Iterator[tuple[list[Field], Field, Field]]:
        """The fields of each decision: its sentence in all languages (French first), who, by when."""
        for number in range(1, MOST_DECISIONS + 1):
            if f"who_{number}" in self:
                prefix = f"decision_{number}_"
                yield (
                    [field for field in self if field.name.startswith(prefix)],
                    self[f"who_{number}"],
                    self[f"by_{number}"],
                )

    def decisions(self) -> list[NewDecision]:
        """What was decided; rows that are empty are left out."""
        found = []
        for sentences, who, by_day in self.decision_rows():
            prefix = sentences[0].name.removesuffix(f"_{SOURCE_LANGUAGE}")
            said = {field.name.removeprefix(f"{prefix}_"): field.data or "" for field in sentences}
            if any(text.strip() for text in said.values()) or who.data or by_day.data:
                found.append(NewDecision(said, who.data or "", by_day.data, prefix, who.name))
        return found

    def file_rows(self) -> list[tuple[UploadField, Field]]:
        """Each file with its caption."""
        return [
            (cast(UploadField, self[f"file_{number}"]), self[f"caption_{number}"])
            for number in range(1, FILES_AT_ONCE + 1)
        ]

    def files_read(self) -> list[NewPublicationFile]:
        """The files of a form that was found right, ready to keep."""
        return [
            NewPublicationFile(file.upload, caption.data or "", caption.name)
            for file, caption in self.file_rows()
            if file.upload is not None
        ]


def publication_form(
    languages: Iterable[Language],
    data: Mapping[str, Any],
    *,
    kind: str | None,
    shown: Sequence[tuple[int, str]] = (),
) -> PublicationForm:
    """The form with what stands there now.

    `kind` is that of a publication of a meeting, None where one of the others is to be chosen; `shown` are the
    files that can be hidden.
    """
    languages = list(languages)
    fields: dict[str, Any] = {}
    if kind is None:
        fields["kind"] = RadioField(
            _l("Que publiez-vous ?"),
            choices=listed((code, PUBLICATION_KINDS[code].label) for code in ON_ITS_OWN),
            **FROM_THE_LIST,
            validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        )
        fields |= text_fields(
            "title",
            _l("Titre"),
            languages,
            longest=LONGEST_TITLE,
            long=False,
            must=_l("Donnez un titre en français."),
        )
        fields["said_on"] = day_field(
            _l("Date du document"), validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))]
        )
    fields |= text_fields(
        "summary",
        _l("Résumé en mots simples"),
        languages,
        longest=LONGEST_TEXT,
        must=_l("Écrivez un résumé en mots simples : rien ne paraît sans lui."),
        hint=_l("Ce qu’il faut retenir, comme vous le diriez à une voisine. 1 000 caractères au plus."),
    )
    if kind == MINUTES:
        for number in range(1, MOST_DECISIONS + 1):
            fields |= text_fields(
                f"decision_{number}",
                _l("Décision %(number)s", number=number),
                languages,
                longest=LONGEST_DECISION,
                long=False,
            )
            fields[f"who_{number}"] = StringField(
                _l("Qui le fait ?"),
                [Optional()],
                render_kw={"maxlength": LONGEST_WHO, "lang": "fr", "dir": "ltr"},
            )
            fields[f"by_{number}"] = day_field(_l("Avant quelle date ?"), validators=[Optional()])
    for number in range(1, FILES_AT_ONCE + 1):
        fields[f"file_{number}"] = UploadField(_l("Photo ou PDF"), render_kw={"accept": PHOTOS_AND_DOCUMENTS})
        fields[f"caption_{number}"] = StringField(
            _l("Nom du document, ou ce que la photo montre"),
            [Optional()],
            render_kw={"maxlength": LONGEST_CAPTION, "lang": "fr", "dir": "ltr"},
        )
    if shown:
        fields["hide"] = ChecksField(
            _l("Ne plus montrer"), choices=listed(shown), **FROM_THE_LIST, validators=[Optional()]
        )
    form: PublicationForm = type("PublicationForm", (PublicationForm,), fields)(data={"version": "0", **data})
    return form
