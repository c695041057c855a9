"""Another person answers an appeal: the text is as they say, and both sides are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound, Refusals
from cdv_civic.core.forms.base import too_long
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Location, Touched
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.appeals import rules as remedies
from cdv_civic.moderation.appeals.operations.locking import decision_and_text
from cdv_civic.moderation.kinds import choosers_of
from cdv_civic.moderation.letters import tell_of_appeal
from cdv_civic.moderation.models import ModeratedText, ModerationAppeal, ModerationDecision, ModerationReport
from cdv_civic.moderation.operations.deciding import carry_out
from cdv_civic.moderation.operations.grounds import holds
from cdv_civic.moderation.operations.locking import contract_of
from cdv_civic.moderation.operations.verdicts import ModerationVerdict
from cdv_civic.moderation.rules import parts
from cdv_civic.moderation.rules.appeals import LONGEST_ANSWER, AppealOutcome, AppealSide
from cdv_civic.moderation.rules.decisions import (
    LEGAL_GROUNDS,
    RESTRICTIONS,
    LegalGround,
    ModerationAct,
    Reasons,
    TextState,
    may_decide,
)
from cdv_civic.territory.models import Body
from cdv_civic.territory.scopes import touched_body

ACTION: Final = "appeal.decide"


@dataclass(frozen=True)
class AppealAnswer:
    """What whoever decides on an appeal says."""

    outcome: AppealOutcome
    #: By language tag.
    words: Mapping[str, str]
    #: What is shown instead of the words and of the title, and whether the photo is not, where the decision changes in
    #: part; None: as everybody sees it now.
    part: str | None = None
    title: str | None = None
    without_photo: bool | None = None
    #: What is against the text, where an appeal hides it: an article of the charter or one of the law.
    principle_id: int | None = None
    law: str | None = None


def require_answer(session: Session, actor: Actor, appeal: ModerationAppeal, text: ModeratedText) -> None:
    """Raise `Forbidden` unless somebody may answer an appeal: it is addressed to them, and about nothing of theirs."""
    if appeal.to_body_id is not None:
        require(actor, ACTION, touched_body(session, appeal.to_body_id))
    else:
        communes = frozenset() if text.commune_id is None else frozenset({text.commune_id})
        require(actor, ACTION, Touched(text.contract_id, places=(Location(communes),) if communes else ()))
    reporter_id = None
    if appeal.report_id is not None:
        reporter_id = session.get_one(ModerationReport, appeal.report_id).reporter_id
    chosen_by = choosers_of(session, {text.id: text.kind}).get(text.id)
    if not may_decide(
        actor.actor_id, author_id=text.author_id, barred=[appeal.contested_by, reporter_id, chosen_by]
    ):
        raise Forbidden(
            _l(
                "Une autre personne doit répondre à ce recours\u00a0: vous avez décidé, écrit, choisi ou signalé "
                "ce texte."
            )
        )


def decide_appeal(actor: Actor, appeal_id: int, answer: AppealAnswer, *, version: int) -> bool:
    """Answer an appeal, bring the text in line, and tell both sides; whether anything of the text changed.

    Of those who reported a text, all that contest the same decision get the same answer, once. The text does not change
    where a later decision stands. `version` is that of the page: of the appeal and the text together, so
    that whoever did not see a decision that was taken meanwhile does not overrule it.
    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        found = session.get(ModerationAppeal, appeal_id)
        if found is None:
            raise NotFound(_l("Ce recours n’existe pas."))
        decision, text = decision_and_text(session, found.decision_id)
        appeal = session.execute(
            select(ModerationAppeal).where(ModerationAppeal.id == appeal_id).with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).scalar_one()
        require_answer(session, actor, appeal, text)
        if appeal.outcome is not None:
            raise Conflict(_l("Une autre personne a déjà répondu à ce recours."))
        if version != seen_version(appeal.version, text.version):
            raise ChangedMeanwhile
        _check(session, decision, text, answer)
        answered = [appeal, *_alike(session, actor, appeal)]
        now, name = clock.now(), _in_whose_name(session, actor, appeal)
        for each in answered:
            owner = TextOwner("moderation_appeal", each.id, "answer", text.contract_id)
            each.answer_id = put_text(session, None, answer.words, "answer", LONGEST_ANSWER, owner, actor)
            each.outcome, each.decided_at = answer.outcome.value, now
            each.decided_by, each.decided_for = actor.actor_id, name
            each.version += 1
        changed = None
        if _is_last(session, decision):
            changed = remedies.remedy(
                ModerationAct(decision.act),
                answer.outcome,
                TextState(text.state),
                part_hidden=text.part_hidden,
            )
        if changed is not None:
            verdict = _verdict(decision, changed, answer, appeal.decided_for)
            carry_out(session, actor, text, verdict, appealed=True)
        tell_of_appeal(
            session,
            text,
            decision.id,
            answer.outcome,
            said_in(answer.words),
            author_too=changed not in RESTRICTIONS,
        )
        record(
            session,
            actor,
            ACTION,
            "moderation_appeal",
            appeal.id,
            scope=contract_of(session, text),
            after={
                "outcome": answer.outcome.value,
                "changed": changed is not None,
                "answered": len(answered),
            },
        )
        return changed is not None


def _alike(session: Session, actor: Actor, appeal: ModerationAppeal) -> list[ModerationAppeal]:
    """What others who reported the text say against the same decision, open and locked; none of the actor’s own;
    1 statement."""
    if appeal.side != AppealSide.REPORTER.value:
        return []
    found = session.execute(
        select(ModerationAppeal)
        .join(ModerationReport, ModerationReport.id == ModerationAppeal.report_id)
        .where(
            ModerationAppeal.decision_id == appeal.decision_id,
            ModerationAppeal.side == AppealSide.REPORTER.value,
            ModerationAppeal.to_body_id.is_not_distinct_from(appeal.to_body_id),
            ModerationAppeal.decided_at.is_(None),
            ModerationAppeal.id != appeal.id,
            ModerationReport.reporter_id.is_distinct_from(actor.actor_id),
        )
        .order_by(ModerationAppeal.id)
        .with_for_update(key_share=True, of=ModerationAppeal),
        execution_options={"populate_existing": True},
    )
    return list(found.scalars())


def seen_version(appeal_version: int, text_version: int) -> int:
    """The version of a page that shows both: each only ever grows, so that their sum tells of a change of either."""
    return appeal_version + text_version


def _check(session: Session, decision: ModerationDecision, text: ModeratedText, answer: AppealAnswer) -> None:
    """Raise `DomainError` unless all is there that the outcome asks for."""
    act = ModerationAct(decision.act)
    with Refusals() as refused:
        if answer.outcome not in remedies.outcomes_of(act):
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="outcome"))
        if SOURCE_LANGUAGE not in said_in(answer.words):
            refused.add(DomainError(_l("Écrivez la réponse."), field=f"answer_{SOURCE_LANGUAGE}"))
        if remedies.needs_part(answer.outcome):
            if not parts.says_a_part(answer.part, answer.title, without_photo=answer.without_photo):
                refused.add(DomainError(_l("Écrivez ce qui reste visible du texte."), field="part"))
            if len(answer.part or "") > parts.LONGEST_PART:
                refused.add(DomainError(too_long(parts.LONGEST_PART), field="part"))
        if remedies.needs_ground(act, answer.outcome) and not _known_ground(session, text, answer):
            refused.add(DomainError(_l("Choisissez un principe de la charte, ou la loi."), field="ground"))


def _known_ground(session: Session, text: ModeratedText, answer: AppealAnswer) -> bool:
    if answer.law is not None:
        return answer.principle_id is None and answer.law in LEGAL_GROUNDS
    return answer.principle_id is not None and holds(session, text, answer.principle_id)


def _is_last(session: Session, decision: ModerationDecision) -> bool:
    last = session.execute(
        select(func.max(ModerationDecision.id)).where(ModerationDecision.text_id == decision.text_id)
    ).scalar_one()
    return bool(last == decision.id)


def _in_whose_name(session: Session, actor: Actor, appeal: ModerationAppeal) -> str:
    """In whose name the answer is read: the body's that it was addressed to, else of whoever answers."""
    if appeal.to_body_id is not None:
        return session.execute(select(Body.name).where(Body.id == appeal.to_body_id)).scalar_one()
    return actor.organisation_name


def _verdict(
    contested: ModerationDecision, act: ModerationAct, answer: AppealAnswer, decided_for: str
) -> ModerationVerdict:
    """The decision that follows from an appeal: what is answered says what was seen."""
    reasons, translations = Reasons(), {}
    if act in RESTRICTIONS:
        named = remedies.needs_ground(ModerationAct(contested.act), answer.outcome)
        law = answer.law if named else contested.law
        translations = said_in(answer.words)
        reasons = Reasons(
            answer.principle_id if named else contested.principle_id,
            LegalGround(law) if law is not None else None,
            translations.pop(SOURCE_LANGUAGE),
        )
    return ModerationVerdict(
        act,
        reasons,
        answer.part,
        answer.title,
        answer.without_photo,
        translations=translations,
        decided_for=decided_for,
    )
