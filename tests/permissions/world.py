"""One of everything that a route names, in one contract; and one person for each role."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select, update

from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.accounts.models import ResidentQuartier, RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.commitments.models import Commitment
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.drafts.models import Draft
from cdv_civic.draws.queries import candidates_of
from cdv_civic.glossary.models import GlossaryEntry
from cdv_civic.glossary.operations import load as load
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.cards.cards import make_cards
from tests.draws.draws import make_published, make_seat
from tests.voices.voices import make_voice

#: The columns of the table: who tries each route.
PEOPLE: Final = (
    "visitor",
    "resident",
    "member",
    "moderator",
    "relais",
    "holder",
    "translator",
    "state",
    "commune",
    "staff",
    # Who administers this contract, another contract, the whole site.
    "local",
    "elsewhere",
    "administrator",
)


@dataclass(frozen=True)
class World:
    """`values` holds what the argument of a route stands for; `by_endpoint` what it stands for in one route."""

    people: dict[str, SignedIn | None]
    values: dict[str, object]
    by_endpoint: dict[str, dict[str, object]]

    def arguments(self, endpoint: str, names: set[str]) -> dict[str, object]:
        """Values for the arguments of a route; `KeyError` for one that nobody has said."""
        own = self.by_endpoint.get(endpoint, {})
        return {name: own[name] if name in own else self.values[name] for name in sorted(names)}


def make_world() -> World:
    """A contract with one commune, one quartier, one body, one organisation, and what happens there."""
    administrator = make.make_account(role="administrator")
    contract = make.make_contract()
    commune = make.make_commune(contract)
    quartier = make.make_quartier(contract, communes=[commune])
    holder = make.make_organisation(contract)
    axis = make.make_axis(contract)
    body = make_body(contract, quartiers=[quartier], communes=[commune])
    indicator = make.make_indicator(contract)
    value = make.make_value(indicator, date(2026, 11, 2), 3)
    commitment = make.make_commitment(
        contract, quartiers=[quartier], holders=[holder], indicators=[indicator], state="a_verifier"
    )
    progress = make.make_progress(commitment)
    meeting = announce(administrator, body, date(2026, 12, 10))
    publication = publish(
        administrator,
        body.id,
        PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2)),
        client_key="un-avis-du-monde",
        zone=PARIS,
    )
    with transaction() as session:
        voice = make_voice(session, body)
        transmitted = make_voice(session, body)
        session.execute(
            update(Voice).where(Voice.id == transmitted).values(state="transmis", transmitted_to_id=holder.id)
        )
    notice = make.make_notice(contract_id=contract.id, failed_at=clock.now(), last_error="451")
    seat = make_seat(administrator, body)
    draw = make_published(administrator, body)
    candidate = candidates_of(draw)[0].id
    batch, _codes = make_cards(administrator, quartier)
    word = _word()

    def person(role: Role, kind: ScopeKind, scope_id: Any) -> SignedIn:
        return make.make_account(role=role.value, scope=Scope(kind, scope_id))

    people: dict[str, SignedIn | None] = {
        "visitor": None,
        "resident": make.make_account(role=None, password_hash="", organisation_name=""),
        "member": person(Role.MEMBER, ScopeKind.BODY, body.id),
        "moderator": person(Role.MODERATOR, ScopeKind.BODY, body.id),
        "relais": person(Role.RELAIS, ScopeKind.QUARTIER, quartier.id),
        "holder": person(Role.HOLDER, ScopeKind.ORGANISATION, holder.id),
        "translator": person(Role.TRANSLATOR, ScopeKind.LANGUAGE, "en"),
        "state": person(Role.STATE, ScopeKind.CONTRACT, contract.id),
        "commune": person(Role.STAFF, ScopeKind.COMMUNE, commune.id),
        "staff": person(Role.STAFF, ScopeKind.CONTRACT, contract.id),
        "local": person(Role.ADMINISTRATOR, ScopeKind.CONTRACT, contract.id),
        "elsewhere": person(Role.ADMINISTRATOR, ScopeKind.CONTRACT, make.make_contract().id),
        "administrator": administrator,
    }
    resident = people["resident"]
    assert resident is not None
    with transaction() as session:
        # Telling of it announced it; to be published it must be one that is still to be checked.
        session.execute(update(Commitment).values(state=TO_CHECK))
        session.add(
            ResidentQuartier(
                account_id=resident.actor_id,
                quartier_id=quartier.id,
                chosen_at=commitment.published_at or contract.imported_at,
                verified_at=None,
            )
        )
        draft = Draft(
            account_id=administrator.actor_id,
            form_kind="commitment.edit",
            owner_key=str(commitment.id),
            fields={"title": ["Un titre à finir"]},
            base="",
            version="v",
            saved_at=clock.now(),
        )
        session.add(draft)
        link = issue(session, administrator.actor_id, Purpose.PASSWORD)
    values: dict[str, object] = {
        "lang": "fr",
        "seat_id": seat,
        "draw_id": draw,
        "candidate_id": candidate,
        "number": 1,
        "contract": contract.slug,
        "code": commitment.code,
        "commitment_id": commitment.id,
        "progress_id": progress.id,
        "value_id": value.id,
        "axis_id": axis.id,
        "body_id": body.id,
        "meeting_id": meeting,
        "day": "2026-12-10",
        "publication_id": publication,
        "voice_id": voice,
        "draft_id": draft.id,
        "notice_id": notice.id,
        "batch_id": batch,
        "account_id": resident.actor_id,
        "key": word,
        "token": link.token,
        "ref": "r",
        "session_id": 1,
        "id": 1,
        "size": "original",
        "which": "equipe",
        "way": "email",
        "kind": "quartier",
        "reference": quartier.slug,
    }
    relais = people["relais"]
    assert relais is not None
    grant_id = db.session.execute(
        select(RoleGrant.id).where(RoleGrant.account_id == relais.actor_id)
    ).scalar_one()
    by_endpoint: dict[str, dict[str, object]] = {
        **{
            f"role_desk.{name}": {"account_id": relais.actor_id}
            for name in ("show", "give", "close", "unlink")
        },
        "role_desk.end": {"account_id": relais.actor_id, "grant_id": grant_id},
        "pages.body": {"slug": body.slug},
        "voices.speak": {"slug": body.slug},
        "transmitted_desk.reply": {"voice_id": transmitted},
        "voices.index": {"slug": body.slug},
        "draws.show": {"slug": body.slug},
        "draws.list_text": {"slug": body.slug},
        "draws.older_list": {"slug": body.slug},
        "draws.whole": {"slug": body.slug},
        "bodies.body_calendar": {"slug": body.slug},
        "bodies.event_calendar": {"slug": body.slug},
        "bodies.meeting": {"slug": body.slug},
        "bodies.publications": {"slug": body.slug},
        "bodies.publication": {"slug": body.slug},
        "pages.organisation": {"slug": holder.slug},
        "pages.quartier": {"slug": quartier.slug},
        "bodies.quartier_calendar": {"slug": quartier.slug},
    }
    return World(people, values, by_endpoint)


def _word() -> str:
    load()
    return db.session.execute(select(GlossaryEntry.key).order_by(GlossaryEntry.key).limit(1)).scalar_one()
