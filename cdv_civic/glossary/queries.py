"""What pages read of the glossary."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.localized import Localized, LocalizedText, Translation, TranslationState, standing
from cdv_civic.core.text_folding import fold
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.rules import Lexicon, Marker, Meaning


def entries(language: str) -> tuple[Meaning, ...]:
    """All entries, their explanations in `language` where they are translated; one statement."""
    explanation = Localized("explanation", GlossaryEntry.explanation_id, language)
    statement = select(
        GlossaryEntry.key,
        GlossaryEntry.term,
        GlossaryEntry.context,
        GlossaryEntry.expansion,
        GlossaryEntry.aliases,
        *explanation.columns,
    ).order_by(GlossaryEntry.position, GlossaryEntry.id)
    return tuple(
        Meaning(row.key, row.term, row.context, row.expansion, explanation.words(row), tuple(row.aliases))
        for row in rows_of(explanation.join(statement))
    )


def lexicon(language: str) -> Lexicon:
    """The words ready to be looked for, kept in memory; see `core.web.page_cache.kept`."""

    def make() -> Lexicon:
        shows_only()  # words belong to the whole site
        return Lexicon(entries(language))

    return kept(("lexicon", language), make)


def marker(language: str) -> Marker:
    """What marks words on one page; make one for each page. Costs at most two statements, most often none."""
    return Marker(lexicon(language))


@dataclass(frozen=True, slots=True)
class StoredExplanation:
    """An explanation in one language, and a `TranslationState` where it is a translation."""

    text: str
    state: str | None


@dataclass(frozen=True)
class Term:
    """A term as staff see it: its explanations in all languages."""

    key: str
    term: str
    context: str | None
    expansion: str | None
    aliases: tuple[str, ...]
    #: By language tag; the original is among them.
    explanations: Mapping[str, StoredExplanation]

    def state_in(self, tag: str) -> str:
        """How it stands in a language: "missing", "draft", "stale" or "said"."""
        explained = self.explanations.get(tag)
        if explained is None:
            return "missing"
        waits = (TranslationState.DRAFT.value, TranslationState.STALE.value)
        return explained.state if explained.state in waits else "said"


def _terms(key: str | None = None) -> list[Term]:
    rows = select(
        GlossaryEntry.key,
        GlossaryEntry.term,
        GlossaryEntry.context,
        GlossaryEntry.expansion,
        GlossaryEntry.aliases,
        GlossaryEntry.explanation_id,
        LocalizedText.language,
        LocalizedText.original,
    ).join(LocalizedText, LocalizedText.id == GlossaryEntry.explanation_id)
    translations = (
        select(Translation.text_id, Translation.language, Translation.text, standing())
        .join(GlossaryEntry, GlossaryEntry.explanation_id == Translation.text_id)
        .join(LocalizedText, LocalizedText.id == Translation.text_id)
    )
    if key is not None:
        rows, translations = (
            rows.where(GlossaryEntry.key == key),
            translations.where(GlossaryEntry.key == key),
        )
    explained: dict[int, dict[str, StoredExplanation]] = defaultdict(dict)
    for text_id, language, text, state in rows_of(translations):
        explained[text_id][language] = StoredExplanation(text, state)
    return [
        Term(
            row.key,
            row.term,
            row.context,
            row.expansion,
            tuple(row.aliases),
            {row.language: StoredExplanation(row.original, None), **explained[row.explanation_id]},
        )
        for row in rows_of(rows.order_by(GlossaryEntry.position, GlossaryEntry.id))
    ]


def term(key: str) -> Term | None:
    """One term with its explanations in all languages; 2 statements."""
    found = _terms(key)
    return found[0] if found else None


def terms_to_translate(languages: Sequence[Language], typed: str = "") -> list[Term]:
    """All terms (or those that begin as `typed`), those that lack a translation first; 2 statements."""
    wanted = fold(typed)
    found = [
        one for one in _terms() if any(fold(name).startswith(wanted) for name in (one.term, *one.aliases))
    ]
    return sorted(found, key=lambda one: all(one.state_in(each.tag) == "said" for each in languages))
