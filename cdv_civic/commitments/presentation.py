"""From what was read to what is shown: addresses, the story, values of indicators, changes of versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from flask import Flask, url_for
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from cdv_civic.commitments.charts import ChartValue, Drawing, draw, number_in
from cdv_civic.commitments.queries.cards import CommitmentCard
from cdv_civic.commitments.queries.indicators import IndicatorLine, Series
from cdv_civic.commitments.queries.story import EvidenceItem, StoryEntry
from cdv_civic.commitments.queries.summaries.deadlines import NextDeadline
from cdv_civic.commitments.queries.summaries.news import NewsItem
from cdv_civic.commitments.queries.titles import titled
from cdv_civic.commitments.wording import ORIGINS, lead_said, unit_words, value_text
from cdv_civic.core import markdown
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import direction_of
from cdv_civic.core.localized import Words
from cdv_civic.core.uploads.serving import weight_text
from cdv_civic.participation.linked import NamedThing
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.codes import NUMERIC_VALUE_KINDS
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, THEMES, CommitmentState

_FIELDS: Final[Mapping[str, LazyString]] = {
    "title": _l("Titre"),
    "nature": _l("Promesse ou idée"),
    "theme": _l("Thème"),
    "holders": _l("Qui est responsable"),
    "partners": _l("Avec qui"),
    "partners_text": _l("Avec qui"),
    "quartiers": _l("Quartiers"),
    "communes": _l("Villes"),
    "deadline_text": _l("Date prévue"),
    "recurrence": _l("Combien de fois"),
    "condition": _l("Condition"),
    "budget_text": _l("Argent"),
    "budget_certainty": _l("Ce que l’on sait de l’argent"),
    "status_text": _l("Ce que dit le contrat"),
    "axes": _l("Place dans le contrat"),
    "indicators": _l("Ce que l’on mesure"),
}


def commitment_url(about: CommitmentCard | NewsItem | NextDeadline) -> str:
    """The page of the commitment that a card, a piece of news or a date is about; within a request."""
    return url_for("commitments.show", contract=about.contract, code=about.code)


def named_commitments(ids: Sequence[int], language: str) -> Mapping[int, NamedThing]:
    """Commitments by id, for what links to them. 1 statement."""
    return {
        each.id: NamedThing(
            each.title,
            url_for("commitments.show", contract=each.contract, code=each.code),
            contract_tag(each.contract),
        )
        for each in titled(ids, language)
    }


def evidence_url(item: EvidenceItem) -> str:
    """Where a photo, a document or a link opens; within a request."""
    if item.link is not None:
        return item.link
    return _file_url(item, "grande" if item.kind == "photo" else "document")


def _file_url(item: EvidenceItem, size: str) -> str:
    return url_for("commitments.evidence_file", id=item.file_id or 0, size=size)


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """What shows a progress, as `components/story.html` draws it."""

    kind: str
    url: str
    #: The small form of a photo.
    thumbnail_url: str | None
    #: The name of a document or a link, and what a photo shows: one text.
    title: str
    alt: str
    #: How heavy a document is, for those who pay for each megabyte.
    size_text: str | None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry of a story, as `components/story.html` draws it."""

    date: date
    state: CommitmentState
    author: str
    sentence: Words
    detail: Markup | None
    quartiers: tuple[str, ...]
    evidence: tuple[ShownEvidence, ...]
    withdrawn: bool
    withdrawn_reason: str | None


def shown_story(entries: Iterable[StoryEntry]) -> list[ShownEntry]:
    """The entries with their longer text rendered and the addresses of what shows them; within a request."""
    return [
        ShownEntry(
            date=entry.date,
            state=entry.state,
            author=entry.author,
            sentence=entry.sentence,
            detail=None if entry.detail is None else _detail(entry.detail),
            quartiers=entry.quartiers,
            evidence=tuple(_shown_evidence(item) for item in entry.evidence),
            withdrawn=entry.withdrawn,
            withdrawn_reason=entry.withdrawn_reason,
        )
        for entry in entries
    ]


def _shown_evidence(item: EvidenceItem) -> ShownEvidence:
    return ShownEvidence(
        item.kind,
        evidence_url(item),
        _file_url(item, "petite") if item.kind == "photo" else None,
        item.caption.text,
        item.caption.text,
        weight_text(item.size) if item.kind == "document" and item.size is not None else None,
    )


_rendered = lru_cache(maxsize=1024)(markdown.render)


def _detail(words: Words) -> Markup:
    html = _rendered(words.text)
    if words.translated:
        return html
    return Markup('<div lang="{}" dir="{}">{}</div>').format(
        words.language, direction_of(words.language), html
    )


@dataclass(frozen=True)
class ShownSeries:
    """The values of one place: drawn where they are numbers, and always told in a table."""

    quartier: str | None
    drawing: Drawing | None
    #: Day, words, source.
    rows: tuple[tuple[date, str, str | None], ...]


@dataclass(frozen=True)
class ShownIndicator:
    """An indicator as its page shows it."""

    line: IndicatorLine
    series: tuple[ShownSeries, ...]

    @property
    def undetermined(self) -> bool:
        """Neither start, aim nor value is known yet."""
        return not (self.line.baseline or self.line.target or self.series)


def shown_indicator(line: IndicatorLine, locale: str) -> ShownIndicator:
    """The indicator with its values drawn and written for readers of `locale`."""
    return ShownIndicator(line, tuple(_series(line, series, locale) for series in line.series))


def _series(line: IndicatorLine, series: Series, locale: str) -> ShownSeries:
    numbers = [
        ChartValue(each.on, each.number, each.source) for each in series.measures if each.number is not None
    ]
    drawing = None
    if line.value_kind in NUMERIC_VALUE_KINDS and numbers and len(numbers) == len(series.measures):
        # A target of the whole says nothing of one quartier; euros are kept in cents.
        target = number_in(line.target) if series.quartier is None else None
        if target is not None and line.value_kind == "amount":
            target *= 100
        drawing = draw(numbers, value_kind=line.value_kind, unit=line.unit, locale=locale, target=target)
    rows = tuple(
        (
            each.on,
            value_text(line.value_kind, number=each.number, text=each.text, unit=line.unit, locale=locale),
            each.source,
        )
        for each in series.measures
    )
    return ShownSeries(series.quartier, drawing, rows)


def shown_changes(changes: Mapping[str, Any]) -> list[tuple[LazyString, str, str]]:
    """What a version changed: the name of the field, what it said before, what it says since."""
    shown = []
    for field, label in _FIELDS.items():
        pair = changes.get(field)
        if isinstance(pair, list) and len(pair) == 2:
            shown.append((label, _side(field, pair[0]), _side(field, pair[1])))
    return shown


def _side(field: str, value: Any) -> str:
    if value in (None, "", []):
        return _("non renseigné")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    words = {"nature": NATURES, "theme": THEMES, "budget_certainty": CERTAINTIES}.get(field)
    if words is not None and value in words:
        return str(words[value].label)
    return str(value)


def register(app: Flask) -> None:
    """Give templates `commitment_url` and `lead_said`; the filters `shown_story`, `unit_words` and `origin_words`."""
    app.jinja_env.globals.update(commitment_url=commitment_url, lead_said=lead_said)
    app.jinja_env.filters["shown_story"] = shown_story
    app.jinja_env.filters["unit_words"] = unit_words
    app.jinja_env.filters["origin_words"] = ORIGINS.__getitem__
