"""Put translations beside what a commitment says."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, union_all
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Evidence, Progress
from cdv_civic.commitments.operations.locking import locked_commitment
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import LONGEST_DETAIL, check_plain
from cdv_civic.commitments.search import refresh
from cdv_civic.commitments.wording import RuleRefusals, refusals_in_words
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.localized import LocalizedText, Translation, TranslationState, standing, translate
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.texts_version import check_texts_version
from cdv_civic.territory.cache_tags import contract_tag


@refusals_in_words()
def translate_commitment(
    actor: Actor,
    commitment_id: int,
    language: str,
    texts: Mapping[int, str],
    *,
    state: TranslationState = TranslationState.REVIEWED,
    version: int | None = None,
) -> int:
    """Set the translations of some of its texts, by id of the text; how many changed.

    Its texts are the title, and the sentences, longer texts and captions of its story. An empty translation
    removes the one that stood there. A draft is kept for staff and not shown; words that are published already and
    given again unchanged stay so. `version` is that of the form:
    `texts_version` of (id, original, translation, its state) of each; None where there was no form. Raises
    `RuleRefused` with the field `text_<id>`, `Forbidden`, `NotFound`, `TextsChanged`.
    """
    require(actor, "commitment.translate")
    settings = current_settings()
    if language not in settings.languages:
        raise BrokenRule(Breach.UNKNOWN_LANGUAGE, "language")
    with transaction() as session:
        commitment, contract = locked_commitment(
            session, actor, "commitment.translate", commitment_id, language
        )
        raise_tags(session, contract_tag(contract.slug))
        originals = _originals(session, commitment_id, commitment.title_id)
        known = {
            row.text_id: row
            for row in session.execute(
                select(Translation.text_id, Translation.text, standing().label("state"))
                .join(LocalizedText, LocalizedText.id == Translation.text_id)
                .where(Translation.text_id.in_(sorted(originals)), Translation.language == language)
            )
        }
        stored = (
            (text_id, originals.get(text_id, ("", ""))[1], *_now(known.get(text_id))) for text_id in texts
        )
        check_texts_version(stored, version)
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        with RuleRefusals() as refused:
            checked = {
                text_id: refused.unless(
                    _checked, text_id, typed, originals.get(text_id, (language,))[0], language
                )
                for text_id, typed in texts.items()
            }
        for text_id, text in checked.items():
            old = known.get(text_id)
            if (old.text, old.state) == (text, state.value) if old else not text:
                continue
            if old and old.text == text and state is TranslationState.DRAFT:
                continue  # what is published stays so beside the draft of another text
            before[str(text_id)] = [old.text, old.state] if old else None
            after[str(text_id)] = [text, state.value] if text else None
            if text:
                translate(
                    session,
                    text_id,
                    language,
                    text,
                    author=actor,
                    state=state,
                    field=f"text_{text_id}",
                )
            else:
                session.execute(
                    delete(Translation).where(
                        Translation.text_id == text_id, Translation.language == language
                    )
                )
        if after:
            session.flush()
            refresh(session, [commitment_id])
            trail.record(
                session,
                actor,
                "commitment.translate",
                "commitment",
                commitment_id,
                scope=contract.slug,
                before={"language": language, "texts": before},
                after={"language": language, "texts": after},
            )
    return len(after)


def _checked(text_id: int, typed: str, original: str, language: str) -> str:
    """A translation as it is kept; `original` is the language of the original."""
    if original == language:
        raise BrokenRule(Breach.NOT_TO_TRANSLATE, f"text_{text_id}")
    text = typed.replace("\r\n", "\n").strip()
    check_plain(text, f"text_{text_id}", lines=True)
    if len(text) > LONGEST_DETAIL:
        raise BrokenRule(Breach.LONG_TRANSLATION, f"text_{text_id}")
    return text


def _now(stored: Any) -> tuple[str | None, str | None]:
    return (stored.text, stored.state) if stored is not None else (None, None)


def _originals(session: Session, commitment_id: int, title_id: int) -> dict[int, tuple[str, str]]:
    """The language and the words of each text of the commitment, by id."""
    told = Progress.commitment_id == commitment_id
    ids = union_all(
        select(Progress.sentence_id.label("id")).where(told),
        select(Progress.detail_id).where(told, Progress.detail_id.is_not(None)),
        select(Evidence.caption_id).join(Progress, Progress.id == Evidence.progress_id).where(told),
    ).subquery()
    statement = select(LocalizedText.id, LocalizedText.language, LocalizedText.original).where(
        (LocalizedText.id == title_id) | LocalizedText.id.in_(select(ids.c.id))
    )
    return {row.id: (row.language, row.original) for row in session.execute(statement)}
