"""Loads the demonstration: real contracts, an account for each role, translations, and the invented life of
one quartier: news, meetings, members, draws, words of residents and how they were moderated, a card.

Every step can be done again without harm, so that a load that was cut off is finished by the next one.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.bodies.models import BodyLife, Meeting
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import MeetingDraft, announce_meeting, cancel_meeting
from cdv_civic.bodies.rules import Recurrence, to_utc
from cdv_civic.commitments import search
from cdv_civic.commitments.models import (
    Commitment,
    Evidence,
    Indicator,
    IndicatorValue,
    Progress,
    commitment_quartier,
)
from cdv_civic.commitments.operations.indicators import enter_indicator_value
from cdv_civic.commitments.operations.progress import (
    EvidenceFile,
    NewProgress,
    publish_progress,
    withdraw_progress,
)
from cdv_civic.commitments.operations.publishing import publish_commitments
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import translate
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.demo.accounts import QUARTIER, ensure_demo_account, ensure_demo_accounts
from cdv_civic.demo.cards import ensure_demo_card
from cdv_civic.demo.consultations import ask_residents
from cdv_civic.demo.funds.telling import tell_of_funds
from cdv_civic.demo.hint_list import list_words
from cdv_civic.demo.ideas import tell_of_ideas
from cdv_civic.demo.language_help import tell_who_speaks
from cdv_civic.demo.meetings import tell_of_meetings
from cdv_civic.demo.members import draw_lots, seat_members
from cdv_civic.demo.moderation import moderate_sentences, moderate_voices, publish_texts_of_answers
from cdv_civic.demo.pictures import draw_scene
from cdv_civic.demo.voices import tell_what_residents_say
from cdv_civic.glossary.operations import load as load_glossary
from cdv_civic.packs.format import read_pack
from cdv_civic.packs.operations.importing import import_pack
from cdv_civic.territory.models import Axis, Body, Contract, Quartier

DATA: Final = Path(__file__).with_name("data")
PACKS: Final = Path(__file__).parents[1] / "packs" / "data"
#: The quartier whose commitments are published, translated and told about.
SHOWN_QUARTIER: Final = "orly-quartier-est"
#: The body whose members are named, and who draws lots.
SHOWN_BODY: Final = "conseil-de-quartier"


@dataclass(frozen=True)
class Loaded:
    """What one load added."""

    contracts: int
    commitments: int
    progress: int

    @property
    def anything(self) -> bool:
        """False where the demo was already whole."""
        return bool(self.commitments or self.progress)


def load_demo() -> Loaded:
    """Bring the database to the whole demo."""
    reports = [import_pack(read_pack(path)) for path in sorted(PACKS.glob("*.json"))]
    load_glossary()
    actor = account_who_acts(ensure_demo_account().id)
    ensure_demo_accounts()
    if actor is None:
        raise RuntimeError("the demo's account is disabled")
    story = _read("progress.json")
    contract_id = db.session.execute(
        select(Contract.id).where(Contract.slug == story["contract"])
    ).scalar_one()
    _translate(contract_id, _read("translations.json"))
    _publish(actor, contract_id, story)
    told = sum(_tell(actor, contract_id, number, entry) for number, entry in enumerate(story["progress"]))
    _measure(actor, contract_id, story["indicator_values"])
    for body in _read("bodies.json")["bodies"]:
        body_id = _enliven(actor, contract_id, body)
        if body["slug"] == SHOWN_BODY:
            seat_members(actor, body_id)
            draw_lots(actor, body_id)
    tell_of_meetings(actor, contract_id)
    # Before the words of residents, the last of which is the one that the page of the council shows.
    moderate_voices(actor, contract_id, _read("moderation.json"))
    tell_what_residents_say(contract_id)
    tell_who_speaks(actor, contract_id)
    list_words(actor, contract_id)
    ask_residents(actor, _read("consultations.json"))
    moderate_sentences(actor)
    publish_texts_of_answers(actor)
    tell_of_ideas(actor, _read("ideas.json"))
    tell_of_funds(actor, _read("funds.json"))
    quartier_id = db.session.execute(select(Quartier.id).where(Quartier.slug == QUARTIER)).scalar_one()
    ensure_demo_card(quartier_id)
    return Loaded(
        contracts=len(reports),
        commitments=sum(report.created["commitments"] for report in reports),
        progress=told,
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content


def _translate(contract_id: int, words: Mapping[str, Any]) -> None:
    with transaction(publishes=SITE) as session:
        contract = session.get_one(Contract, contract_id)
        _put(session, contract.title_id, words["contract_title"])
        titles: dict[str, tuple[Any, Any, Any]] = {
            "axes": (Axis.code, Axis.title_id, Axis.contract_id),
            "commitments": (Commitment.code, Commitment.title_id, Commitment.contract_id),
            "indicators": (Indicator.code, Indicator.name_id, Indicator.contract_id),
        }
        for kind, (code, text_id, owner) in titles.items():
            found = session.execute(select(code, text_id).where(owner == contract_id))
            ids: dict[str, int] = dict(found.all())
            for each, texts in words[kind].items():
                _put(session, ids[each], texts)
        changed = select(Commitment.id).where(
            Commitment.contract_id == contract_id, Commitment.code.in_(words["commitments"])
        )
        search.refresh(session, list(session.execute(changed).scalars()))


def _put(session: Session, text_id: int, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        if language != SOURCE_LANGUAGE:
            translate(session, text_id, language, text, author=None)


def _publish(actor: Actor, contract_id: int, story: Mapping[str, Any]) -> None:
    """What is told about has been looked at; the rest stays to be checked, as after any import."""
    shown = (
        select(commitment_quartier.c.commitment_id)
        .join(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .where(Quartier.slug == SHOWN_QUARTIER)
    )
    told = select(Commitment.id).where(
        Commitment.contract_id == contract_id,
        Commitment.code.in_({entry["code"] for entry in story["progress"]}),
    )
    ids = db.session.execute(shown.union(told)).scalars().all()
    # One in four of the quartier stays to be checked: the demo shows that state too.
    told_ids = set(db.session.execute(told).scalars())
    publish_commitments(actor, [each for each in ids if each in told_ids or each % 4])


def _tell(actor: Actor, contract_id: int, number: int, entry: Mapping[str, Any]) -> bool:
    """Publish one entry of the story; False where an earlier load did."""
    commitment_id = _id_of(Commitment, contract_id, entry["code"])
    key = f"demonstration-{number:04}"
    known = db.session.execute(
        select(Progress.id).where(Progress.commitment_id == commitment_id, Progress.client_key == key)
    ).scalar()
    if known is not None:
        return False
    photo, detail = entry.get("photo", {}), entry.get("detail", {})
    sentence = dict(entry["sentence"])
    files = []
    if photo:
        upload = read_upload(io.BytesIO(draw_scene(photo["scene"])), field="files")
        files = [EvidenceFile(upload, photo["alt"][SOURCE_LANGUAGE])]
    progress = publish_progress(
        actor,
        commitment_id,
        NewProgress(
            state=entry["state"],
            happened_on=date.fromisoformat(entry["on"]),
            sentence=sentence.pop(SOURCE_LANGUAGE),
            client_key=key,
            translations=sentence,
            detail=detail.get(SOURCE_LANGUAGE, ""),
            quartier_id=_quartier_id(entry.get("quartier")),
            files=files,
        ),
    )
    with transaction(publishes=SITE) as session:
        if detail and progress.detail_id is not None:
            _put(session, progress.detail_id, detail)
        captions = select(Evidence.caption_id).where(Evidence.progress_id == progress.id)
        for caption_id in session.execute(captions).scalars():
            _put(session, caption_id, photo["alt"])
    if "withdrawn" in entry:
        withdraw_progress(actor, progress.id, entry["withdrawn"]["reason"][SOURCE_LANGUAGE])
    return True


def _measure(actor: Actor, contract_id: int, values: list[dict[str, Any]]) -> None:
    for value in values:
        indicator_id = _id_of(Indicator, contract_id, value["code"])
        day = date.fromisoformat(value["on"])
        known = db.session.execute(
            select(IndicatorValue.id).where(
                IndicatorValue.indicator_id == indicator_id, IndicatorValue.measured_on == day
            )
        ).scalar()
        if known is None:
            enter_indicator_value(
                actor,
                indicator_id,
                value=str(value["number"]).replace(".", ",") if "number" in value else value["text"],
                measured_on=day,
                quartier_id=_quartier_id(value.get("quartier")),
                source=value.get("source", ""),
            )


def _id_of(model: type[Commitment] | type[Indicator], contract_id: int, code: str) -> int:
    return db.session.execute(
        select(model.id).where(model.contract_id == contract_id, model.code == code)
    ).scalar_one()


def _quartier_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    return db.session.execute(select(Quartier.id).where(Quartier.slug == slug)).scalar_one()


def _enliven(actor: Actor, contract_id: int, body: Mapping[str, Any]) -> int:
    """Say how a body is and announce what it holds, as far as an earlier load did not."""
    body_id = db.session.execute(
        select(Body.id).where(Body.contract_id == contract_id, Body.slug == body["slug"])
    ).scalar_one()
    if db.session.get(BodyLife, body_id) is None:
        describe_body(
            actor, body_id, version=0, state=body["state"], contact=body["contact"], joining=body["joining"]
        )
    here = clock.zone()
    for entry in body["meetings"]:
        known = db.session.execute(
            select(Meeting.id).where(Meeting.client_key == entry["client_key"])
        ).scalar()
        if known is not None:
            continue
        day = date.fromisoformat(entry["day"])

        def moment(name: str, on: date = day, told: Mapping[str, Any] = entry) -> datetime | None:
            return to_utc(on, time.fromisoformat(told[name]), here) if name in told else None

        meeting_id = announce_meeting(
            actor,
            body_id,
            MeetingDraft(
                kind=entry["kind"],
                title=entry["title"],
                starts_at=to_utc(day, time.fromisoformat(entry["start"]), here),
                ends_at=moment("end"),
                second_starts_at=moment("second_start"),
                second_ends_at=moment("second_end"),
                sentence=entry.get("sentence", {}),
                place=entry["place"],
                recurrence=Recurrence.from_data(entry["recurrence"]) if "recurrence" in entry else None,
                childcare=entry.get("childcare", False),
                step_free=entry.get("step_free", False),
                interpreter=entry.get("interpreter", False),
                spoken=tuple(entry.get("spoken", ())),
            ),
            client_key=entry["client_key"],
            zone=here,
        )
        if "cancelled" in entry:
            cancel_meeting(actor, meeting_id, entry["cancelled"], sequence=0)
    return body_id
