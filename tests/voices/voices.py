"""Words and the people around them, for tests."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.decisions import READ_WITHIN_HOURS, LegalGround, ModerationAct, Reasons
from cdv_civic.territory.models import Body, Contract, Organisation, Quartier
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.receiving import NewVoice, Received, say
from tests import factories as make
from tests.bodies.bodies import make_body

_numbers = count(1)


@dataclass(frozen=True)
class BodyWithPeople:
    """A body with everybody around it."""

    contract: Contract
    quartier: Quartier
    body: Body
    town: Organisation
    moderator: SignedIn
    member: SignedIn
    relais: SignedIn
    staff: SignedIn
    #: Reads and answers for the town.
    contact: SignedIn


def make_place(slug: str = "val", body: str = "conseil") -> BodyWithPeople:
    """A body with a quartier, its moderator, a member, a relais, staff of the contract, and the town's contact."""
    contract = make.make_contract(slug)
    commune = make.make_commune(contract)
    quartier = make.make_quartier(contract, "Quartier Est", [commune])
    made = make_body(contract, slug=body, quartiers=[quartier], communes=[commune])

    town = make.make_organisation(contract, "Ville d’Orly")

    def person(role: Role, kind: ScopeKind, scope_id: int) -> SignedIn:
        return make.make_account(role=role.value, scope=Scope(kind, scope_id), organisation_name="Conseil")

    return BodyWithPeople(
        contract,
        quartier,
        made,
        town,
        person(Role.MODERATOR, ScopeKind.BODY, made.id),
        person(Role.MEMBER, ScopeKind.BODY, made.id),
        person(Role.RELAIS, ScopeKind.QUARTIER, quartier.id),
        make.make_account(contract=contract),
        person(Role.HOLDER, ScopeKind.ORGANISATION, town.id),
    )


def a_voice(body: Body, words: str = "Quand rouvre le parc ?", **values: Any) -> NewVoice:
    return NewVoice(
        **{
            "body_id": body.id,
            "words": words,
            "kind": "question",
            "theme": "ecologie",
            "client_key": f"un-formulaire-{next(_numbers):08}",
            **values,
        }
    )


def said(place: BodyWithPeople, words: str = "Quand rouvre le parc ?", **values: Any) -> Received:
    return say(a_voice(place.body, words, **values))


def hidden(actor: SignedIn, voice_id: int) -> None:
    """What a moderator published is taken off the page, with a reason."""
    case = db.session.get_one(ModeratedText, stored(voice_id).case_id, populate_existing=True)
    decide(
        actor,
        case.id,
        ModerationAct.HIDE,
        Reasons(law=LegalGround.PRIVACY, facts="Un nom."),
        version=case.version,
    )


def stored(voice_id: int) -> Voice:
    db.session.rollback()
    return db.session.get_one(Voice, voice_id, populate_existing=True)


def _row(body: Body, words: str, number: int) -> dict[str, Any]:
    return {
        "body_id": body.id,
        "quartier_id": None,
        "kind": "question",
        "theme": "ecologie",
        "words": words,
        "lang": None,
        "search_text": fold(words),
        "channel": "en_ligne",
        "received_on": date(2026, 11, 1),
        "received_at": clock.now(),
        "relayed": False,
        "author_agrees_public": True,
        "minor": False,
        "client_key": f"cle-{number}",
        "receipt_hash": f"recu-{number}",
        "state": "recu",
        "due_on": None,
        "published_at": None,
        "case_id": None,
        "holds_names": False,
        "version": 1,
    }


def _case(body: Body, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["case_id"],
        "kind": "voice",
        "contract_id": body.contract_id,
        "body_id": body.id,
        "state": "publie",
        "sensitive": False,
        "minor": row["minor"],
        "received_at": row["received_at"],
        "due_at": row["received_at"] + timedelta(hours=READ_WITHIN_HOURS),
        "published_at": row["published_at"],
        "version": 1,
    }


def make_voice(session: Session, body: Body) -> int:
    """A word of nobody, in a transaction of the caller."""
    number = next(_numbers)
    voice = Voice(**_row(body, f"Parole numéro {number}", number))
    session.add(voice)
    session.flush()
    return voice.id


def make_voices(body: Body, how_many: int, **values: Any) -> None:
    """Many words in one statement."""
    numbers = [next(_numbers) for _each in range(how_many)]
    rows = [{**_row(body, f"Parole numéro {number}", number), **values} for number in numbers]
    with transaction(publishes=SITE) as session:
        public = [row for row in rows if row["published_at"] is not None]
        for row, case_id in zip(public, reserve_ids(session, ModeratedText, len(public) or 1), strict=False):
            row["case_id"] = case_id
        if public:
            session.execute(insert(ModeratedText), [_case(body, row) for row in public])
        session.execute(insert(Voice), rows)
