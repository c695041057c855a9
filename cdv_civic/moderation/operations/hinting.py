"""What asks for a moderator's look is noted with the text, as it comes in or is written otherwise; and judged by them.

A hint changes nothing of what people read: that is decided by a person.
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import delete, insert, select, true, update
from sqlalchemy.orm import Session

from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.moderation.kinds import SaidText, moderated_kinds
from cdv_civic.moderation.models import HintPattern, ModeratedText, ModerationHint
from cdv_civic.moderation.rules.decisions import TextState, waits_first
from cdv_civic.moderation.rules.detectors.listed_words import ListedWord, WordIndex
from cdv_civic.moderation.rules.detectors.near_duplicates import MOST_COMPARED
from cdv_civic.moderation.rules.hints import Surroundings, find_hints, whole_text

#: Ids that are taken of a form: many more than a text has hints.
MOST_TICKED: Final = 1000
#: States in which nobody reads a text again: one that says the same is not told of it.
_GONE: Final = (TextState.TAKEN_BACK.value,)


def hint_case(session: Session, case: ModeratedText, said: SaidText, *, came_in: bool = False) -> int:
    """Note what in a text asks for a look, within the transaction that enters or rewords it; how much there is.

    The one function that features call, once their own row is flushed. Recent texts of the same kind and the same
    moderators are read for near duplicates. `came_in`: nobody has read the text yet; where it would have been public
    at once, it then waits for a moderator (`waits_first`): hints never take away what is public. 6 statements at most,
    one of them the kind's own.
    """
    kind = moderated_kinds()[case.kind]
    newest = session.execute(
        select(ModeratedText.id)
        .where(
            ModeratedText.contract_id == case.contract_id,
            ModeratedText.kind == case.kind,
            ModeratedText.body_id.is_not_distinct_from(case.body_id),
            ModeratedText.commune_id.is_not_distinct_from(case.commune_id),
            ModeratedText.state.not_in(_GONE),
            ModeratedText.id != case.id,
        )
        .order_by(ModeratedText.id.desc())
        .limit(MOST_COMPARED)
    ).scalars()
    ids = list(newest)
    texts = kind.texts(ids, said.lang or SOURCE_LANGUAGE) if ids else {}
    others = {each: whole_text(texts[each].title, texts[each].words) for each in ids if each in texts}
    found = note_hints(session, case, said.title, said.words, said.lang, place_texts=others)
    # A place or a name that stands beside the words is marked nowhere in them, and read by everybody all the same.
    hinted = found > 0 or any(
        find_hints(words, Surroundings(sensitive=case.sensitive)) for _icon, words in said.beside
    )
    if (
        came_in
        and case.state == TextState.PUBLISHED
        and waits_first(read_before=False, sensitive=case.sensitive, minor=case.minor, hinted=hinted)
    ):
        case.state = TextState.WAITING.value
        case.published_at = None
    return found


def note_hints(
    session: Session,
    text: ModeratedText,
    title: str,
    words: str,
    lang: str | None,
    *,
    place_texts: Mapping[int, str],
) -> int:
    """Note what in a text asks for a look, in place of what nobody has judged yet; how much was found.

    What a moderator has judged stays, and is not noted again where it stands. Where the text says it no more, it is
    kept for the count of false alarms alone, at no place of the text. `place_texts`: recent texts of the same place by
    the id of their case, the newest first, to find near duplicates. 5 statements at most, 3 where nothing is found.
    """
    found = find_hints(
        whole_text(title, words),
        Surroundings(
            sensitive=text.sensitive,
            listed=_list_of(session, text.contract_id),
            langs=_looked_for(lang),
            others=place_texts,
        ),
    )
    mine = ModerationHint.text_id == text.id
    session.execute(delete(ModerationHint).where(mine, ModerationHint.false_alarm.is_(None)))
    judged = session.execute(
        select(
            ModerationHint.id,
            ModerationHint.kind,
            ModerationHint.starts_at,
            ModerationHint.ends_at,
            ModerationHint.pattern_id,
            ModerationHint.other_text_id,
        ).where(mine, ModerationHint.ends_at > 0)
    )
    known = {tuple(row[1:]): row.id for row in judged}
    said = [(each.kind.value, each.start, each.end, each.pattern_id, each.other_id) for each in found]
    gone = [number for place, number in known.items() if place not in said]
    if gone:
        session.execute(
            update(ModerationHint)
            .where(ModerationHint.id.in_(gone))
            .values(starts_at=0, ends_at=0)
            .execution_options(synchronize_session=False)
        )
    rows = [place for place in said if place not in known]
    if rows:
        columns = ("kind", "starts_at", "ends_at", "pattern_id", "other_text_id")
        session.execute(
            # One statement for all, whichever of their columns are empty.
            insert(ModerationHint).execution_options(render_nulls=True),
            [
                {"text_id": text.id, "false_alarm": None, **dict(zip(columns, row, strict=True))}
                for row in rows
            ],
        )
    return len(found)


def judge(session: Session, text_id: int, false_alarm_ids: Collection[int] | None) -> None:
    """Say of each hint of a text whether there was nothing, within the transaction that decides on it; 1 statement.

    `false_alarm_ids`: those that a moderator ticked (None: all of them); ids of other texts are left alone.
    """
    ticked = (
        true() if false_alarm_ids is None else ModerationHint.id.in_(sorted(false_alarm_ids)[:MOST_TICKED])
    )
    session.execute(
        update(ModerationHint)
        .where(ModerationHint.text_id == text_id, ModerationHint.ends_at > 0)
        .values(false_alarm=ticked)
        .execution_options(synchronize_session=False)
    )


def _looked_for(lang: str | None) -> frozenset[str] | None:
    """The languages whose lists a text is held against: its own, and French, which people write on any page."""
    return None if lang is None else frozenset({lang, SOURCE_LANGUAGE})


def _list_of(session: Session, contract_id: int) -> WordIndex:
    """The words that a contract asks to look at; 1 statement."""
    rows = session.execute(
        select(HintPattern.id, HintPattern.lang, HintPattern.folded).where(
            HintPattern.contract_id == contract_id, HintPattern.retired_at.is_(None)
        )
    )
    return WordIndex(ListedWord(*row) for row in rows)
