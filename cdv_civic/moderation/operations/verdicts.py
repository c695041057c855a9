"""What a moderator decides, and all that keeps it from being carried out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.grounds import holds
from cdv_civic.moderation.rules import parts
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, ModerationAct, Reasons, missing_of
from cdv_civic.moderation.rules.parts import ShownParts
from cdv_civic.moderation.wording import MISSING

_NOT_THEIR_WORDS: Final = _l(
    "Gardez les mots de la personne, dans leur ordre. À la place du passage, mettez %(cut)s.", cut=parts.CUT
)


@dataclass(frozen=True)
class ModerationVerdict:
    """What is decided, and why."""

    act: ModerationAct
    reasons: Reasons = field(default_factory=Reasons)
    #: What stays public of the words and of the title where a part is hidden, and whether the photo does not; None: as
    #: everybody sees it now.
    part: str | None = None
    title: str | None = None
    without_photo: bool | None = None
    #: What it is merged into.
    other_text: int | None = None
    #: The facts in further languages, by tag.
    translations: Mapping[str, str] = field(default_factory=dict)
    #: Whether the author is told where to find help.
    points_to_help: bool = False
    #: Hints in which there was nothing, where the rest of the text was.
    false_alarms: Collection[int] = ()
    #: In whose name, as people read it; empty: of the body that moderates, else of whoever decides.
    decided_for: str = ""


def shown_of(text: ModeratedText) -> ShownParts:
    """What everybody sees of a text as it stands."""
    return ShownParts(text.shown_words, text.shown_title, text.photo_hidden)


def checked(session: Session, text: ModeratedText, verdict: ModerationVerdict) -> ShownParts:
    """What everybody will see of a text once a verdict is carried out; raises `DomainError` with all that keeps it from
    being.
    """
    reasons, shown = verdict.reasons, shown_of(text)
    with Refusals() as refused:
        said = parts.says_a_part(verdict.part, verdict.title, without_photo=verdict.without_photo)
        for missing in missing_of(verdict.act, reasons, part_said=said, other_text=verdict.other_text):
            name, sentence = MISSING[missing]
            refused.add(DomainError(sentence, field=name))
        if reasons.principle_id is not None and not holds(session, text, reasons.principle_id, or_named=True):
            refused.add(
                DomainError(_l("Ce point n’est plus dans la charte. Choisissez-en un autre."), field="ground")
            )
        if verdict.act is ModerationAct.HIDE_PART and said:
            shown = _checked_part(text, verdict, refused)
        if verdict.act is ModerationAct.MERGE and verdict.other_text is not None:
            other = session.get(ModeratedText, verdict.other_text)
            if other is None or not _takes(other, text):
                refused.add(
                    DomainError(
                        _l("Choisissez un texte public, du même lieu et de la même sorte."),
                        field="other_text",
                    )
                )
    return shown


def _checked_part(text: ModeratedText, verdict: ModerationVerdict, refused: Refusals) -> ShownParts:
    kind, now = moderated_kinds()[text.kind], shown_of(text)
    said = kind.texts([text.id], SOURCE_LANGUAGE).get(text.id)
    if said is None:
        refused.add(DomainError(_NOT_THEIR_WORDS, field="part"))
        return now
    has_photo = kind.shows_photo and said.photo_id is not None
    shown = ShownParts(
        _part(verdict.part, said.words, now.words, refused, "part"),
        _part(verdict.title, said.title, now.title, refused, "title") if said.title else None,
        has_photo and (now.without_photo if verdict.without_photo is None else verdict.without_photo),
    )
    if not shown.hidden:
        refused.add(DomainError(_l("C’est tout le texte\u00a0: enlevez ce qui ne va pas."), field="part"))
    return shown


def _part(typed: str | None, own: str, now: str | None, refused: Refusals, field: str) -> str | None:
    """What is shown instead of what an author wrote; None: all of it."""
    if typed is None:
        return now
    part = parts.tidy(pasted_text.one_line(typed) if field == "title" else pasted_text.free_text(typed))
    if parts.is_whole(part, own):
        return None
    if len(part) > parts.LONGEST_PART or not parts.is_part_of(part, own):
        refused.add(DomainError(_NOT_THEIR_WORDS, field=field))
    return part


def _takes(other: ModeratedText, text: ModeratedText) -> bool:
    """Whether `other` can stand for `text` too."""
    return (
        other.id != text.id
        and other.kind == text.kind
        and (other.contract_id, other.body_id) == (text.contract_id, text.body_id)
        and other.state in PUBLIC_STATES
    )
