"""A word is public when its author agreed and a moderator, after reading it, says so. Never with a name."""

from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.locking import ACTION, contract_of, locked_voice
from cdv_civic.voices.wording import WHY_NOT

_FIELDS = {
    rules.Why.AUTHOR: None,
    rules.Why.NOT_READ: "read_again",
    rules.Why.NAMES: "words",
    rules.Why.SENSITIVE: "confirmed",
}


def publish(
    actor: Actor, voice_id: int, words: str, *, read_again: bool, confirmed: bool, version: int
) -> None:
    """Show the words (shortened by the moderator, or as they were said) on the body's page, without a name.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    shown = pasted_text.free_text(words)
    if len(shown) > rules.LONGEST_WORDS:
        raise DomainError(
            _l("Ce texte est trop long : %(most)s signes au plus.", most=rules.LONGEST_WORDS), field="words"
        )
    with transaction() as session:
        voice: Voice = locked_voice(session, actor, voice_id, version)
        contract = contract_of(session, voice.body_id)
        raise_tags(session, contract_tag(contract))
        as_said = shown in ("", voice.words)
        why = rules.why_not_public(
            author_agrees=voice.author_agrees_public,
            read_again=read_again,
            holds_names=voice.holds_names,
            shortened=not as_said,
            theme=voice.theme,
            minor=voice.minor,
            confirmed=confirmed,
        )
        if why is not None:
            raise DomainError(WHY_NOT[why], field=_FIELDS[why])
        public_words = None if as_said else shown
        if voice.published_at is not None and public_words != voice.public_words:
            # What was shown before may name somebody: it does not come back by itself.
            ledger.note(session, "voice.withdrawn", voice.id, born=voice.received_at)
        voice.public_words = public_words
        voice.published_at = voice.published_at or clock.now()
        voice.version += 1
        record(
            session,
            actor,
            ACTION,
            "voice",
            voice.id,
            scope=contract,
            after={"public": True, "shortened": not as_said, "confirmed": confirmed},
        )


def withdraw(actor: Actor, voice_id: int, *, version: int) -> None:
    """Take a word off the public page. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        voice = locked_voice(session, actor, voice_id, version)
        contract = contract_of(session, voice.body_id)
        raise_tags(session, contract_tag(contract))
        voice.published_at = None
        ledger.note(session, "voice.withdrawn", voice.id, born=voice.received_at)
        voice.version += 1
        record(
            session,
            actor,
            ACTION,
            "voice",
            voice.id,
            scope=contract,
            after={"public": False},
        )
