"""What all verbs of moderators share: lock the word that is acted on, add a dated step to its way."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.locking import lock_texts
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import touched_body
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice, VoiceStep

ACTION = "voice.answer"
#: How moderation names a word that was published.
KIND: Final = "voice"
UNKNOWN = _l("Ce message n’existe pas.")
NOT_NOW = _l("Ce message n’en est plus là : une autre personne a agi. Rechargez la page.")


def locked_case(session: Session, voice_id: int) -> ModeratedText | None:
    """The case of a word, its row locked, before the word is; None: it was never public. 2 statements at most."""
    case_id = session.execute(select(Voice.case_id).where(Voice.id == voice_id)).scalar()
    return None if case_id is None else lock_texts(session, [case_id])[case_id]


def locked_voice(session: Session, actor: Actor, voice_id: int, version: int | None) -> Voice:
    """The word, its row locked, for whoever may answer it; `version` is that of the page.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    voice = session.execute(
        select(Voice).where(Voice.id == voice_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if voice is None:
        raise NotFound(UNKNOWN)
    require(actor, ACTION, touched_body(session, voice.body_id))
    if version is not None and voice.version != version:
        raise ChangedMeanwhile
    return voice


def locked_voices(session: Session, actor: Actor, body_id: int, voice_ids: Sequence[int]) -> list[Voice]:
    """Words of one body by their ids, their rows locked; those of others are left out.

    Raises `NotFound`, `Forbidden`.
    """
    require(actor, ACTION, touched_body(session, body_id))
    found = session.execute(
        select(Voice)
        .where(Voice.body_id == body_id, Voice.id.in_(voice_ids))
        .order_by(Voice.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalars()
    return list(found)


def contract_of(session: Session, body_id: int) -> str:
    """The slug of a body's contract, for the audit trail."""
    slug: str = session.execute(
        select(Contract.slug).join(Body, Body.contract_id == Contract.id).where(Body.id == body_id)
    ).scalar_one()
    return slug


def move(voice: Voice, act: rules.Act) -> None:
    """Bring the word to the state that an act leads to; raises `Conflict` where it is not the moment."""
    try:
        voice.state = rules.after(voice.state, act).value
    except rules.WrongMoment:
        raise Conflict(NOT_NOW) from None
    voice.version += 1


class Sentence(NamedTuple):
    """A text for the person, written before the step that holds it; `text_id` is None where nothing was typed."""

    step_id: int | None = None
    text_id: int | None = None


NOTHING_SAID: Final = Sentence()


def step(
    session: Session,
    actor: Actor,
    voice: Voice,
    said: Sentence = NOTHING_SAID,
    organisation_id: int | None = None,
    by: str = "",
) -> None:
    """Write down where the word came to, and the sentence for the person; `by`: in whose name, if not one’s own."""
    session.add(
        VoiceStep(
            id=said.step_id,
            voice_id=voice.id,
            state=voice.state,
            at=clock.now(),
            author_id=actor.actor_id,
            organisation_name=by or actor.organisation_name,
            organisation_id=organisation_id,
            off_site=organisation_id is not None and voice.off_site,
            sentence_id=said.text_id,
        )
    )


def sentence(session: Session, actor: Actor, voice: Voice, texts: Mapping[str, str], name: str) -> Sentence:
    """A text for the person in the languages typed, for the next `step`; raises `DomainError`."""
    if not said_in(texts):
        return NOTHING_SAID
    contract_id = session.execute(select(Body.contract_id).where(Body.id == voice.body_id)).scalar_one()
    step_id = reserve_ids(session, VoiceStep)[0]
    owner = TextOwner("voice_step", step_id, "sentence", contract_id)
    return Sentence(step_id, put_text(session, None, texts, name, rules.LONGEST_ANSWER, owner, actor))
