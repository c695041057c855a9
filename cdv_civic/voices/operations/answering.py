"""The moderators of a body pass a word on, answer it, close it with a reason, or take it up again."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.operations.texts import LONGEST_TITLE
from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import said_in
from cdv_civic.core.policy.model import Actor
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.moderation.operations.following import read_again
from cdv_civic.participation.rules.themes import SENSITIVE, THEMES
from cdv_civic.territory.cache_tags import contract_tags
from cdv_civic.territory.models import Body, Organisation
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceSettings
from cdv_civic.voices.operations.locking import (
    ACTION,
    contract_of,
    locked_case,
    locked_voice,
    locked_voices,
    move,
    sentence,
    step,
)
from cdv_civic.voices.operations.replying import Sent, tell_organisation
from cdv_civic.voices.operations.telling import Told, tell
from cdv_civic.voices.queries.organisations import reads_here
from cdv_civic.voices.wording import WHY_NOT

#: Words that one act passes on at most.
MOST_AT_ONCE: Final = 100
_CHOOSE_ONE: Final = _l("Choisissez à qui vous transmettez.")
NOBODY_READS: Final = _l(
    "Personne de cet organisme ne lit sur ce site. Transmettez le message vous-même, puis cochez cette case."
)
ONE_BY_ONE: Final = _l(
    "Personne de cet organisme ne lit sur ce site. Ouvrez chaque message, et dites que vous l’avez transmis vous-même."
)

#: The field of a form that holds the words of each act which ends a word's way.
_FIELDS: Final = {rules.Act.ANSWER: "answer", rules.Act.CLOSE: "reason"}


def _organisation(session: Session, body_id: int, organisation_id: int) -> int:
    """An organisation of the body's contract; raises `DomainError`."""
    found = session.execute(
        select(Organisation.id)
        .join(Body, Body.contract_id == Organisation.contract_id)
        .where(Organisation.id == organisation_id, Body.id == body_id, Organisation.retired_at.is_(None))
    ).scalar()
    if found is None:
        raise DomainError(_CHOOSE_ONE, field="organisation")
    return int(found)


def _shown(session: Session, voices: Sequence[Voice]) -> None:
    shown = {voice.body_id for voice in voices if voice.published_at is not None}
    raise_tags(session, *contract_tags(contract_of(session, body_id) for body_id in sorted(shown)))


def _lay_at(voice: Voice, organisation_id: int, *, off_site: bool, shown: str | None = None) -> None:
    move(voice, rules.Act.TRANSMIT)
    voice.transmitted_to_id, voice.off_site, voice.transmitted_words = organisation_id, off_site, shown


def _take_from(voice: Voice) -> None:
    """Nobody has it but the body: what the organisation read of it is off its list at once."""
    voice.off_site, voice.transmitted_words, voice.transmitted_to_id = False, None, None


def transmit(
    actor: Actor,
    voice_id: int,
    organisation_id: int,
    words: Mapping[str, str],
    *,
    version: int,
    shown: str = "",
    off_site: bool = False,
) -> Sent:
    """Pass a word on to an organisation of the contract, with a sentence for the person where one is typed.

    `shown` is what the organisation reads, where it differs from what was said. Where nobody of it reads here, the
    moderator says with `off_site` that they passed it on by their own means: nothing is called passed on otherwise.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    read_as = pasted_text.free_text(shown)
    if len(read_as) > rules.LONGEST_WORDS:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=rules.LONGEST_WORDS),
            field="shown",
        )
    with transaction() as session:
        voice = locked_voice(session, actor, voice_id, version)
        target = _organisation(session, voice.body_id, organisation_id)
        here = reads_here(session, target)
        if not here and not off_site:
            raise DomainError(NOBODY_READS, field="off_site")
        as_said = read_as in ("", voice.words)
        if here and as_said and voice.holds_names:
            raise DomainError(WHY_NOT[rules.Why.NAMES], field="shown")
        _lay_at(voice, target, off_site=not here, shown=None if as_said or not here else read_as)
        step(session, actor, voice, sentence(session, actor, voice, words, "sentence"), target)
        sent = tell_organisation(session, voice.body_id, target, 1) if here else Sent.OFF_SITE
        _record(session, actor, voice, {"to": target, "sent": sent.value})
        _shown(session, [voice])
        return sent


def transmit_many(
    actor: Actor, body_id: int, voice_ids: Sequence[int], organisation_id: int
) -> tuple[int, ...]:
    """Pass several words on at once, as they were said; the ids of those that went. The others stay as they are.

    Words that name somebody do not go: they are read again one by one. Raises `NotFound`, `Forbidden`, `DomainError`,
    which is what an organisation of which nobody reads here gets too.
    """
    if not voice_ids:
        raise DomainError(_l("Choisissez au moins une ligne."))
    with transaction() as session:
        target = _organisation(session, body_id, organisation_id)
        voices = [
            voice
            for voice in locked_voices(session, actor, body_id, voice_ids[:MOST_AT_ONCE])
            if rules.Act.TRANSMIT in rules.acts_in(voice.state)
            and (voice.transmitted_to_id != target or voice.off_site)
            and not voice.holds_names
        ]
        if not reads_here(session, target):
            raise DomainError(ONE_BY_ONE, field="organisation")
        for voice in voices:
            _lay_at(voice, target, off_site=False)
            step(session, actor, voice, organisation_id=target)
        moved = tuple(voice.id for voice in voices)
        if moved:
            tell_organisation(session, body_id, target, len(moved))
        _record_many(session, actor, body_id, {"voices": list(moved), "to": target})
        _shown(session, voices)
        return moved


def take_back(actor: Actor, body_id: int, voice_ids: Sequence[int]) -> int:
    """Undo a passing on; how many came back. Raises `NotFound`, `Forbidden`."""
    with transaction() as session:
        voices = [
            voice
            for voice in locked_voices(session, actor, body_id, voice_ids[:MOST_AT_ONCE])
            if rules.Act.TAKE_BACK in rules.acts_in(voice.state)
        ]
        for voice in voices:
            move(voice, rules.Act.TAKE_BACK)
            _take_from(voice)
            step(session, actor, voice)
        _record_many(session, actor, body_id, {"voices": [voice.id for voice in voices], "to": None})
        _shown(session, voices)
        return len(voices)


def _end(
    actor: Actor,
    voice_id: int,
    act: rules.Act,
    words: Mapping[str, str],
    by: str,
    version: int,
    draft: SentDraft | None,
) -> Told:
    field = _FIELDS[act]
    if not said_in(words).get(SOURCE_LANGUAGE):
        missing = (
            _l("Écrivez la réponse en français : la personne la lit.")
            if act is rules.Act.ANSWER
            else _l("Dites pourquoi, en français : la personne le lit.")
        )
        raise DomainError(missing, field=f"{field}_{SOURCE_LANGUAGE}")
    if len(by.strip()) > LONGEST_TITLE:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_TITLE),
            field="answered_by",
        )
    with transaction() as session:
        voice = locked_voice(session, actor, voice_id, version)
        # The words first: writing them flushes, and a word is never ended without them.
        said = sentence(session, actor, voice, words, field)
        move(voice, act)
        voice.answer_id = said.text_id
        voice.answered_by = by.strip() or actor.organisation_name
        voice.decided_at = clock.now()
        step(session, actor, voice, said, by=voice.answered_by)
        told = tell(session, voice, said_in(words))
        _record(session, actor, voice, {"told": told.value})
        _shown(session, [voice])
        forget_sent(session, actor, draft)
        return told


def answer(
    actor: Actor,
    voice_id: int,
    words: Mapping[str, str],
    *,
    answered_by: str = "",
    version: int,
    draft: SentDraft | None = None,
) -> Told:
    """Answer a word, by language; the answer leaves for the person's address in the same transaction.

    `draft` is that of the form, which goes with it. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    return _end(actor, voice_id, rules.Act.ANSWER, words, answered_by, version, draft)


def close(
    actor: Actor,
    voice_id: int,
    reason: Mapping[str, str],
    *,
    answered_by: str = "",
    version: int,
    draft: SentDraft | None = None,
) -> Told:
    """Say that nothing follows, and why; the person is told. Raises as `answer`."""
    return _end(actor, voice_id, rules.Act.CLOSE, reason, answered_by, version, draft)


def reopen(actor: Actor, voice_id: int, words: Mapping[str, str], *, version: int) -> None:
    """Take an ended word up again: the answer was wrong. The days to answer begin anew.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        voice = locked_voice(session, actor, voice_id, version)
        move(voice, rules.Act.REOPEN)
        voice.answer_id = voice.answered_by = voice.decided_at = None
        _take_from(voice)
        days = session.execute(
            select(VoiceSettings.due_days).where(VoiceSettings.body_id == voice.body_id)
        ).scalar()
        voice.due_on = rules.due_day(clock.today(), days)
        step(session, actor, voice, sentence(session, actor, voice, words, "sentence"))
        _record(session, actor, voice, {})
        _shown(session, [voice])


def correct(actor: Actor, voice_id: int, *, theme: str, holds_names: bool, version: int) -> bool:
    """Correct the theme, and say whether the words name somebody; whether they were taken off the public page.

    What becomes sensitive, or names somebody in the words that are shown, leaves the public page at once.
    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if theme not in THEMES:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="theme")
    with transaction() as session:
        case = locked_case(session, voice_id)
        voice = locked_voice(session, actor, voice_id, version)
        newly_sensitive = theme in SENSITIVE and theme != voice.theme
        names_shown = holds_names and voice.public_words is None
        off = voice.published_at is not None and (newly_sensitive or names_shown)
        before = {"theme": voice.theme, "names": voice.holds_names}
        _shown(session, [voice])
        voice.theme, voice.holds_names = theme, holds_names
        if off:
            voice.published_at = voice.public_words = None
            if case is not None:
                read_again(session, case, sensitive=theme in SENSITIVE)
            ledger.note(session, "voice.withdrawn", voice.id, born=voice.received_at)
        voice.version += 1
        record(
            session,
            actor,
            ACTION,
            "voice",
            voice.id,
            scope=contract_of(session, voice.body_id),
            before=before,
            after={"theme": theme, "names": holds_names, "public": voice.published_at is not None},
        )
        return off


def _record(session: Session, actor: Actor, voice: Voice, more: dict[str, object]) -> None:
    record(
        session,
        actor,
        ACTION,
        "voice",
        voice.id,
        scope=contract_of(session, voice.body_id),
        after={"state": voice.state, **more},
    )


def _record_many(session: Session, actor: Actor, body_id: int, after: dict[str, object]) -> None:
    record(session, actor, ACTION, "body", body_id, scope=contract_of(session, body_id), after=after)
