"""A word is public when its author agreed and a moderator, after reading it, says so. Never with a name.

It is hidden, shown again and reported as all that everybody reads: by its case, see `moderation.operations.deciding`.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import ledger, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.moderation.letters import tell_author, tell_reporters
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import OVERRULED, acts_on, settle
from cdv_civic.moderation.operations.entering import ModeratedBy, open_case
from cdv_civic.moderation.operations.locking import OWN
from cdv_civic.moderation.operations.verdicts import ModerationVerdict
from cdv_civic.moderation.queries.overruled import is_overruled
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, ModerationAct, may_decide
from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.locking import ACTION, KIND, contract_of, locked_case, locked_voice
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
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=rules.LONGEST_WORDS),
            field="words",
        )
    with transaction() as session:
        case = locked_case(session, voice_id)
        voice: Voice = locked_voice(session, actor, voice_id, version)
        if not may_decide(actor.actor_id, author_id=voice.author_id):
            raise Forbidden(OWN)
        if case is not None and is_overruled(session, case, actor.actor_id):
            raise Forbidden(OVERRULED)
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
        _show(session, actor, voice, case or _new_case(session, voice), public_words)
        record(
            session,
            actor,
            ACTION,
            "voice",
            voice.id,
            scope=contract,
            after={"public": True, "shortened": not as_said, "confirmed": confirmed},
        )


def _new_case(session: Session, voice: Voice) -> ModeratedText:
    """From now on everybody may read it, and say that it should not stand there."""
    contract_id = session.execute(select(Body.contract_id).where(Body.id == voice.body_id)).scalar_one()
    case = open_case(
        session,
        KIND,
        ModeratedBy(contract_id, body_id=voice.body_id),
        author_id=voice.author_id,
        sensitive=voice.theme in SENSITIVE,
        minor=voice.minor,
        read_before=True,
    )
    case.received_at = voice.received_at
    voice.case_id = case.id
    return case


def _show(
    session: Session, actor: Actor, voice: Voice, case: ModeratedText, public_words: str | None
) -> None:
    """Bring the case to where everybody reads these words, and the word with it."""
    case.shown_words = public_words
    if case.state in PUBLIC_STATES:
        case.version += 1
    else:
        act = ModerationAct.PUBLISH if ModerationAct.PUBLISH in acts_on(case) else ModerationAct.SHOW_AGAIN
        settled = settle(session, actor, case, ModerationVerdict(act))
        tell_reporters(session, case, settled.decision, settled.reports)
        if act is ModerationAct.SHOW_AGAIN:
            tell_author(session, case, settled.decision)
    voice.public_words, voice.published_at = public_words, case.published_at
    voice.version += 1
