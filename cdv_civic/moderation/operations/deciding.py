"""A moderator decides about a text: one door for every act, with its reasons, its letters and its line in the trail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.letters import tell_author, tell_reporters
from cdv_civic.moderation.models import (
    ModeratedText,
    ModerationDecision,
    ModerationHint,
    ModerationReport,
)
from cdv_civic.moderation.operations.hinting import judge
from cdv_civic.moderation.operations.locking import (
    OF_A_BODY,
    OF_STAFF,
    contract_of,
    locked_text,
    texts_to_decide,
)
from cdv_civic.moderation.operations.verdicts import ModerationVerdict, checked, shown_of
from cdv_civic.moderation.queries.overruled import is_overruled
from cdv_civic.moderation.rules.appeals import LONGEST_ANSWER
from cdv_civic.moderation.rules.decisions import (
    LONGEST_FACTS,
    PUBLIC_STATES,
    RESTRICTIONS,
    ModerationAct,
    Reasons,
    Source,
    TextState,
    acts_in,
    after,
)
from cdv_civic.moderation.rules.parts import ShownParts, TextPart
from cdv_civic.territory.models import Body

NOT_NOW: Final = _l("Ce texte n’en est plus là\u00a0: une autre personne a décidé. Rechargez la page.")
OVERRULED: Final = _l("Un recours a changé votre décision\u00a0: une autre personne décide de la suite.")
#: Texts that one act publishes at most.
MOST_AT_ONCE: Final = 100
#: The state in which a restored backup leaves a text after an act: its words may have to be read again first.
_AFTER_A_RESTORE: Final = {
    ModerationAct.HIDE: TextState.HIDDEN,
    ModerationAct.ASK_TO_REWORD: TextState.REWORDING,
    ModerationAct.HIDE_PART: TextState.WAITING,
    ModerationAct.MERGE: TextState.WAITING,
}


def decide(
    actor: Actor,
    text_id: int,
    act: ModerationAct,
    reasons: Reasons | None = None,
    *,
    version: int,
    part: str | None = None,
    title: str | None = None,
    without_photo: bool | None = None,
    other_text: int | None = None,
    translations: Mapping[str, str] | None = None,
    points_to_help: bool = False,
    false_alarms: Collection[int] = (),
) -> int:
    """Decide about a text; the id of the decision. Its author and whoever reported it are told.

    Raises `NotFound`, `Forbidden`, `Conflict`, and `DomainError` with all that is missing.
    """
    verdict = ModerationVerdict(
        act,
        reasons or Reasons(),
        part,
        title,
        without_photo,
        other_text,
        translations or {},
        points_to_help,
        false_alarms,
    )
    with transaction() as session:
        text = locked_text(session, actor, text_id, version, *([other_text] if other_text else []))
        return carry_out(session, actor, text, verdict)


def publish_many(actor: Actor, text_ids: Sequence[int]) -> tuple[int, ...]:
    """Publish several texts that wait; the ids of those that are public now. The others stay as they are.

    What is delicate, was reported, has a photo, or holds something that asks for a look is read one by one: the list
    shows no photo, and a face that nobody looked at is not published. Raises `DomainError`
    where none is chosen.
    """
    if not text_ids:
        raise DomainError(_l("Choisissez au moins une ligne."))
    with transaction() as session:
        texts = texts_to_decide(session, actor, text_ids[:MOST_AT_ONCE])
        apart = _to_read_apart(session, [text.id for text in texts]) | _with_photo(texts)
        published = []
        for text in texts:
            if text.state != TextState.WAITING.value or text.sensitive or text.minor or text.id in apart:
                continue
            carry_out(session, actor, text, ModerationVerdict(ModerationAct.PUBLISH))
            published.append(text.id)
        return tuple(published)


def _to_read_apart(session: Session, text_ids: Sequence[int]) -> set[int]:
    """Those with a hint that nobody has looked at, or with an open report; 1 statement."""
    hinted = select(ModerationHint.text_id).where(
        ModerationHint.text_id.in_(text_ids), ModerationHint.false_alarm.is_(None)
    )
    reported = select(ModerationReport.text_id).where(
        ModerationReport.text_id.in_(text_ids), ModerationReport.decided_at.is_(None)
    )
    return set(session.execute(hinted.union(reported)).scalars())


def _with_photo(texts: Sequence[ModeratedText]) -> set[int]:
    """Those that came with a photo; 1 statement for each kind of text."""
    found: set[int] = set()
    for kind in moderated_kinds().values():
        ids = [text.id for text in texts if text.kind == kind.code]
        if ids:
            said = kind.texts(ids, SOURCE_LANGUAGE)
            found |= {text_id for text_id, each in said.items() if each.photo_id is not None}
    return found


def acts_on(text: ModeratedText) -> tuple[ModerationAct, ...]:
    """What may be done with a text as it stands."""
    rewordable = moderated_kinds()[text.kind].rewordable
    return acts_in(text.state, part_hidden=text.part_hidden, rewordable=rewordable)


@dataclass(frozen=True)
class Settled:
    """What was decided, and the reports that it answers."""

    decision: ModerationDecision
    reports: Sequence[ModerationReport]


def settle(
    session: Session,
    actor: Actor,
    text: ModeratedText,
    verdict: ModerationVerdict,
    *,
    appealed: bool = False,
) -> Settled:
    """The rows of a decision alone: for a feature that publishes by an act of its own, with its own line in the trail.

    Within the caller's transaction, the case locked. It answers the open reports of the text; `appealed`: one that
    answers an appeal does so only where it hides the text, for whoever decides on an appeal has not read them.

    Raises `Conflict`, `Forbidden` where an appeal changed what the actor decided, and `DomainError` with all that is
    missing.
    """
    if verdict.act not in acts_on(text):
        raise Conflict(NOT_NOW)
    if not appealed and verdict.act is not ModerationAct.KEEP and is_overruled(session, text, actor.actor_id):
        raise Forbidden(OVERRULED)
    shown = checked(session, text, verdict)
    answers = not appealed or verdict.act is ModerationAct.HIDE
    reports = _open_reports(session, text.id) if answers else []
    _apply(session, text, verdict, shown)
    source = Source.APPEAL if appealed else Source.REPORT if reports else Source.OWN_LOOK
    decision = _write(session, actor, text, verdict, source, shown)
    _judge_hints(session, text.id, verdict, appealed=appealed)
    for report in reports:
        report.decision_id, report.decided_at = decision.id, decision.decided_at
    if verdict.act in _AFTER_A_RESTORE:
        ledger.note(
            session,
            "moderation.hidden",
            text.id,
            born=text.received_at,
            code=_AFTER_A_RESTORE[verdict.act].value,
        )
    session.flush()
    return Settled(decision, reports)


def carry_out(
    session: Session,
    actor: Actor,
    text: ModeratedText,
    verdict: ModerationVerdict,
    *,
    appealed: bool = False,
) -> int:
    """`decide` within the caller's transaction, for whoever has locked the case and checked that the actor may: appeals
    are answered by people who do not moderate that place. The row of `other_text` is locked too.

    `appealed`: whether an appeal made the actor look, see `settle`.

    Raises `Conflict`, and `DomainError` with all that is missing.
    """
    before, shown_before = text.state, shown_of(text)
    settled = settle(session, actor, text, verdict, appealed=appealed)
    decision = settled.decision
    if text.state != before or shown_of(text) != shown_before:
        moderated_kinds()[text.kind].changed(session, text)
    record(
        session,
        actor,
        OF_STAFF if text.body_id is None else OF_A_BODY,
        "moderated_text",
        text.id,
        scope=contract_of(session, text),
        before={"state": before},
        after={
            "state": text.state,
            "act": decision.act,
            "source": decision.source,
            "principle": decision.principle_id,
            "law": decision.law,
            "reports": len(settled.reports),
        },
    )
    tell_author(session, text, decision)
    tell_reporters(session, text, decision, settled.reports)
    return decision.id


def _open_reports(session: Session, text_id: int) -> list[ModerationReport]:
    """The open reports of a text, locked; 1 statement."""
    found = session.execute(
        select(ModerationReport)
        .where(ModerationReport.text_id == text_id, ModerationReport.decided_at.is_(None))
        .order_by(ModerationReport.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    return list(found.scalars())


def _apply(session: Session, text: ModeratedText, verdict: ModerationVerdict, shown: ShownParts) -> None:
    if verdict.act is ModerationAct.SHOW_AGAIN and text.state in PUBLIC_STATES:
        shown = ShownParts()
    text.shown_words, text.shown_title, text.photo_hidden = shown.words, shown.title, shown.without_photo
    text.state = after(text.state, verdict.act).value
    text.version += 1
    text.merged_into_id = verdict.other_text if verdict.act is ModerationAct.MERGE else None
    if text.state in PUBLIC_STATES and text.published_at is None:
        text.published_at = clock.now()
    if verdict.act is ModerationAct.MERGE:
        # What stood behind this one stands behind the same other from now on.
        session.execute(
            update(ModeratedText)
            .where(ModeratedText.merged_into_id == text.id)
            .values(merged_into_id=verdict.other_text, version=ModeratedText.version + 1)
            .execution_options(synchronize_session=False)
        )


def _write(
    session: Session,
    actor: Actor,
    text: ModeratedText,
    verdict: ModerationVerdict,
    source: Source,
    shown: ShownParts,
) -> ModerationDecision:
    """The row of a decision, and its facts."""
    reasons = verdict.reasons
    hidden = shown.hidden if verdict.act is ModerationAct.HIDE_PART else ()
    decision_id = reserve_ids(session, ModerationDecision)[0]
    facts = {**verdict.translations, SOURCE_LANGUAGE: pasted_text.free_text(reasons.facts)}
    decision = ModerationDecision(
        id=decision_id,
        text_id=text.id,
        act=verdict.act.value,
        hides_title=TextPart.TITLE in hidden,
        hides_words=TextPart.WORDS in hidden,
        hides_photo=TextPart.PHOTO in hidden,
        source=source.value,
        hinted=session.execute(
            select(exists().where(ModerationHint.text_id == text.id, ModerationHint.ends_at > 0))
        ).scalar_one(),
        principle_id=reasons.principle_id,
        law=None if reasons.law is None else reasons.law.value,
        points_to_help=verdict.points_to_help,
        facts_id=put_text(
            session,
            None,
            facts,
            "facts",
            # What is answered to an appeal says what was seen.
            LONGEST_ANSWER if source is Source.APPEAL else LONGEST_FACTS,
            TextOwner("moderation_decision", decision_id, "facts", text.contract_id),
            actor,
        ),
        decided_at=clock.now(),
        decided_by=actor.actor_id,
        decided_for=verdict.decided_for or _for_whom(session, actor, text),
    )
    session.add(decision)
    session.flush()
    return decision


def _for_whom(session: Session, actor: Actor, text: ModeratedText) -> str:
    """In whose name, as people read it: a body decides, not one of its people."""
    if text.body_id is None:
        return actor.organisation_name
    name: str = session.execute(select(Body.name).where(Body.id == text.body_id)).scalar_one()
    return name


def _judge_hints(session: Session, text_id: int, verdict: ModerationVerdict, *, appealed: bool) -> None:
    """What was left as it stands had nothing in it that asked for a look: its hints were false alarms. Whoever hides
    something says of each what it was; on appeal they are not asked, and what was said of them stays.
    """
    restricts = verdict.act in RESTRICTIONS
    if verdict.act is ModerationAct.MERGE or (appealed and restricts):
        return
    judge(session, text_id, verdict.false_alarms if restricts else None)
