"""Invented work of moderators: charters, texts that were reported or hidden, and appeals.

Every text, name and number is invented. What was done before the day of the load is done with the clock of that day.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.sessions import SignedIn, account_who_acts
from cdv_civic.consultations.kinds.statements.operations import NewSentence, add_sentence
from cdv_civic.consultations.models import Consultation, ConsultationStep, ConsultationWords
from cdv_civic.consultations.verbatims.operations import choose
from cdv_civic.consultations.words_models import ConsultationSentence, ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.demo.accounts import ADMINISTRATION, BODY, MODERATOR
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal, seen_version
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest_by_receipt
from cdv_civic.moderation.charter.operations import (
    CharterOf,
    Manner,
    add_principle,
    adopt_example,
    describe_charter,
    publish_charter,
)
from cdv_civic.moderation.models import (
    Charter,
    CharterPrinciple,
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
)
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.moderation.rules.appeals import AppealOutcome, ReportReason
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Body
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.answering import answer
from cdv_civic.voices.operations.publishing import publish
from cdv_civic.voices.operations.receiving import NewVoice, write_down

Texts = Mapping[str, str]

#: The consultation to which residents add sentences, read by the staff of its contract.
CONSULTATION: Final = "evry-les-soirs-d-ete"
#: Places of principles in the example: of attacks on people, and of what makes somebody known.
_NO_ATTACK, _NO_NAME = 1, 2


def moderate_voices(staff: Actor, contract_id: int, content: Mapping[str, Any]) -> None:
    """The charter of the council, eleven words that were public, and what became of those that somebody objected to."""
    moderator = _who(MODERATOR)
    body_id = db.session.execute(
        select(Body.id).where(Body.contract_id == contract_id, Body.slug == BODY)
    ).scalar_one()
    now = clock.now()
    with clock.frozen_everywhere(now - timedelta(days=200)):
        principles = _put_charter(moderator, CharterOf(contract_id, body_id), 48, content["own_principle"])
    cases, receipts = {}, {}
    for said in content["voices"]:
        key = said["key"]
        with clock.frozen_everywhere(now - timedelta(days=said["days_ago"])):
            cases[key], receipts[key] = _publish(moderator, body_id, said, content["noted"])
    _keep_what_was_reported(moderator, cases["parc"], now)
    _hide_in_part(moderator, cases["gardien"], principles[_NO_NAME], now)
    attack = Reasons(
        principles[_NO_ATTACK], facts="Le message dit que l’on se moque des gens : c’est une attaque."
    )
    appeal = _hide_and_contest(
        moderator,
        cases["agence"],
        receipts["agence"],
        attack,
        "Je parle des horaires d’une agence. Je n’attaque personne.",
        now - timedelta(days=66),
    )
    _show_again(staff, appeal, content["won"], now - timedelta(days=58))
    insult = Reasons(law=LegalGround.INSULT, facts="Le message insulte toutes les personnes d’un bâtiment.")
    _hide_and_contest(
        moderator,
        cases["batiment"],
        receipts["batiment"],
        insult,
        "J’étais en colère : on m’a volé ma poussette. Le problème est réel.",
        now - timedelta(days=5),
    )
    with clock.frozen_everywhere(now - timedelta(days=1)):
        _report_once(cases["scooters"], ReportReason.FALSE, "Ce ne sont pas des scooters, mais des vélos.")


def _who(email: str) -> SignedIn:
    account_id = db.session.execute(select(Account.id).where(Account.email == email)).scalar_one()
    found = account_who_acts(account_id)
    if found is None:
        raise RuntimeError(f"the account of the demo's {email} is disabled")
    return found


def _put_charter(actor: Actor, whose: CharterOf, hours: int, own: Texts | None = None) -> list[int]:
    """A charter in force, made of the example and, one principle of its `own`; the ids of its principles."""
    body = Charter.body_id.is_(None) if whose.body_id is None else Charter.body_id == whose.body_id
    mine = select(Charter).where(Charter.contract_id == whose.contract_id, body)
    if db.session.execute(mine).scalar() is None:
        describe_charter(actor, whose, Manner(True, hours, None), version=0)
    charter = db.session.execute(mine).scalar_one()
    if charter.published_at is None:
        if not _principles(charter.id):
            adopt_example(actor, whose, version=charter.version)
            db.session.refresh(charter)
        if own is not None:
            add_principle(actor, whose, own, version=charter.version)
            db.session.refresh(charter)
        publish_charter(actor, whose, version=charter.version)
    return _principles(charter.id)


def _principles(charter_id: int) -> list[int]:
    return list(
        db.session.execute(
            select(CharterPrinciple.id)
            .where(CharterPrinciple.charter_id == charter_id, CharterPrinciple.retired_at.is_(None))
            .order_by(CharterPrinciple.position)
        ).scalars()
    )


def _publish(moderator: SignedIn, body_id: int, said: Mapping[str, Any], noted: Texts) -> tuple[int, str]:
    """The case of words that were noted, answered and published, and their receipt."""
    received = write_down(
        moderator,
        NewVoice(
            body_id,
            said["words"],
            said["kind"],
            said["theme"],
            f"demonstration-{said['key']}",
            channel="permanence",
            received_on=clock.today(),
            lang="fr",
            agrees_public=True,
        ),
    )
    voice = db.session.get_one(Voice, received.voice_id, populate_existing=True)
    if voice.answer_id is None:
        answer(moderator, voice.id, noted, version=voice.version)
        db.session.refresh(voice)
    if voice.case_id is None:
        publish(moderator, voice.id, "", read_again=True, confirmed=False, version=voice.version)
        db.session.refresh(voice)
    if voice.case_id is None:
        raise RuntimeError("what is public has a case")
    return voice.case_id, received.receipt


def _keep_what_was_reported(moderator: Actor, case_id: int, now: datetime) -> None:
    with clock.frozen_everywhere(now - timedelta(days=80)):
        _report_once(case_id, ReportReason.FALSE, "Le parc n’est fermé que le lundi.")
    with clock.frozen_everywhere(now - timedelta(days=79)):
        _decide_once(moderator, case_id, ModerationAct.KEEP)


def _hide_in_part(moderator: Actor, case_id: int, principle_id: int, now: datetime) -> None:
    with clock.frozen_everywhere(now - timedelta(days=50)):
        _report_once(case_id, ReportReason.NAMES, "On donne le nom du gardien.")
    with clock.frozen_everywhere(now - timedelta(days=49)):
        _decide_once(
            moderator,
            case_id,
            ModerationAct.HIDE_PART,
            Reasons(principle_id, facts="Le message donne le nom d’une personne qui travaille ici."),
            part="Le gardien du bâtiment B […] n’ouvre plus le local à vélos le samedi.",
        )


def _hide_and_contest(
    moderator: Actor, case_id: int, receipt: str, reasons: Reasons, words: str, at: datetime
) -> int:
    """Hide a text; its author contests that by the receipt two days after. The id of the appeal."""
    with clock.frozen_everywhere(at):
        _decide_once(moderator, case_id, ModerationAct.HIDE, reasons)
    decision_id = db.session.execute(
        select(ModerationDecision.id).where(
            ModerationDecision.text_id == case_id, ModerationDecision.act == ModerationAct.HIDE.value
        )
    ).scalar_one()
    with clock.frozen_everywhere(at + timedelta(days=2)):
        return contest_by_receipt(
            read_receipt(receipt), NewAppeal(decision_id, words, f"demonstration-recours-{case_id}")
        )


def _show_again(staff: Actor, appeal_id: int, words: Texts, at: datetime) -> None:
    """Another person than whoever hid a text gives its author right: the text is public again, and both are told."""
    appeal = db.session.get_one(ModerationAppeal, appeal_id, populate_existing=True)
    if appeal.outcome is not None:
        return
    decision = db.session.get_one(ModerationDecision, appeal.decision_id)
    text = db.session.get_one(ModeratedText, decision.text_id, populate_existing=True)
    with clock.frozen_everywhere(at):
        decide_appeal(
            staff,
            appeal_id,
            AppealAnswer(AppealOutcome.REVERSED, words),
            version=seen_version(appeal.version, text.version),
        )


def _report_once(case_id: int, reason: ReportReason, words: str) -> None:
    """Somebody without an account reports a text; done before, the form answers the same."""
    report(NewReport(case_id, reason.value, f"demonstration-signalement-{case_id}", words))


def _decide_once(
    actor: Actor, case_id: int, act: ModerationAct, reasons: Reasons | None = None, part: str = ""
) -> None:
    """Decide about a text, where nobody decided so before."""
    known = db.session.execute(
        select(ModerationDecision.id).where(
            ModerationDecision.text_id == case_id, ModerationDecision.act == act.value
        )
    ).first()
    if known is not None:
        return
    text = db.session.get_one(ModeratedText, case_id, populate_existing=True)
    decide(actor, case_id, act, reasons, version=text.version, part=part)


# --- Sentences, which the staff of a contract reads ---

_PUBLISHED: Final = "Les jeux d’eau devraient rester ouverts jusqu’à 21 heures."
_HIDDEN: Final = "Les jeunes de la tour A ne respectent rien, comme toujours."
_HINTED: Final = "Mme Imaginaire prête sa cour le soir : appelez-la au 01 99 00 12 34."
_TO_REWORD: Final = "Les gens du 12 ne savent pas vivre : ils restent dehors jusqu’à minuit."
_PLAIN: Final = "On pourrait ouvrir la cour de l’école le mercredi soir."


def moderate_sentences(staff: Actor) -> None:
    """The charter of a contract's staff; sentences of residents, of each state but one."""
    asked = db.session.execute(
        select(Consultation.id, Consultation.contract_id, ConsultationStep.id.label("step_id"))
        .join(ConsultationStep, ConsultationStep.consultation_id == Consultation.id)
        .where(Consultation.slug == CONSULTATION)
    ).one()
    now = clock.now()
    with clock.frozen_everywhere(now - timedelta(days=30)):
        principles = _put_charter(staff, CharterOf(asked.contract_id), 72)

    def add(words: str, name: str, at: datetime) -> int:
        with clock.frozen_everywhere(at):
            key = f"demonstration-phrase-{name}"
            code = add_sentence(NewSentence(asked.id, asked.step_id, words, "fr", key, at, old_enough=True))
        return db.session.execute(
            select(ConsultationSentence.case_id).where(
                ConsultationSentence.receipt_hash == receipt_hash(code)
            )
        ).scalar_one()

    published = add(_PUBLISHED, "publiee", now - timedelta(days=4))
    hidden = add(_HIDDEN, "masquee", now - timedelta(days=3))
    to_reword = add(_TO_REWORD, "a-reformuler", now - timedelta(days=3))
    add(_HINTED, "indices", now - timedelta(days=1))
    add(_PLAIN, "simple", now - timedelta(hours=5))
    with clock.frozen_everywhere(now - timedelta(days=2)):
        _decide_once(staff, published, ModerationAct.PUBLISH)
        _decide_once(
            staff,
            hidden,
            ModerationAct.HIDE,
            Reasons(
                principles[0],
                facts="La phrase juge tous les jeunes d’une tour. Vous pouvez dire ce qui vous gêne le soir.",
            ),
        )
        _decide_once(
            staff,
            to_reword,
            ModerationAct.ASK_TO_REWORD,
            Reasons(
                principles[0],
                facts="La phrase vise les personnes d’un immeuble. Dites plutôt ce qui vous gêne, et à quelle heure.",
            ),
        )


# --- Texts of answers, which one person chooses and another one publishes ---

#: The question whose texts may be published, and those that are.
ANSWERED: Final = "grigny-2-devant-l-ecole"
CHOSEN: Final = (
    "Exemple : il manque un passage protégé près du portail.",
    "Exemple : on attend debout, il faudrait un banc à l’ombre.",
)


def publish_texts_of_answers(moderator: Actor) -> None:
    """Two texts of answers, chosen by the administration and published by a moderator beside the results."""
    chooser = _who(ADMINISTRATION)
    now, words = clock.now(), ConsultationWords
    rows = db.session.execute(
        select(words.consultation_id, func.min(words.id).label("id"))
        .join(Consultation, Consultation.id == words.consultation_id)
        .where(Consultation.slug == ANSWERED, words.words.in_(CHOSEN))
        .group_by(words.consultation_id, words.words)
    ).all()
    chosen = select(ConsultationVerbatim.case_id).where(
        ConsultationVerbatim.words_id.in_([row.id for row in rows])
    )
    if db.session.execute(chosen).first() is None:
        with clock.frozen_everywhere(now - timedelta(days=31)):
            choose(chooser, rows[0].consultation_id, [row.id for row in rows])
    for case_id in db.session.execute(chosen).scalars().all():
        with clock.frozen_everywhere(now - timedelta(days=30)):
            _decide_once(moderator, case_id, ModerationAct.PUBLISH)
