"""Rows for tests, made straight in the database: only what a test does not name is invented.

Each factory writes in a transaction of its own and returns the row. `make_commitments` writes thousands at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, selectinload

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.passwords import hash_password
from cdv_civic.accounts.sessions import SignedIn, quartiers_of, signed_in
from cdv_civic.commitments.models import (
    Commitment,
    Evidence,
    Indicator,
    IndicatorValue,
    Progress,
    commitment_axis,
    commitment_commune,
    commitment_holder,
    commitment_indicator,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.commitments.search import refresh
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, Model, db, transaction
from cdv_civic.core.localized import LocalizedText, translate, write_original
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_folding import fold
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.notices.models import Notice
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK
from cdv_civic.territory.models import (
    Axis,
    Commune,
    Contract,
    ContractCommune,
    Organisation,
    Quartier,
    QuartierPopulation,
    quartier_commune,
)

_numbers = count(1)

#: The password of every account of tests.
PASSWORD = "une phrase de passe pour les essais"


def _owner(session: Session, model: type[Model], field: str, contract_id: int | None) -> TextOwner:
    return TextOwner(model.__tablename__, reserve_ids(session, model)[0], field, contract_id)


def _localized(
    session: Session, text: str, owner: TextOwner, translations: Mapping[str, str] | None = None
) -> int:
    text_id = write_original(session, text, owner).id
    for language, translated in (translations or {}).items():
        translate(session, text_id, language, translated, author=None)
    return text_id


def _letters(number: int) -> str:
    """A number as letters: a translation that leaves a digit out would be none."""
    return (_letters(number // 26) if number >= 26 else "") + chr(ord("A") + number % 26)


def make_contract(slug: str | None = None, **values: Any) -> Contract:
    """A contract of 2024-2030."""
    number = next(_numbers)
    slug = slug or f"contrat-{number}"
    title = values.pop("title", f"Contrat de ville {_letters(number)}")
    with transaction() as session:
        owner = _owner(session, Contract, "title", None)
        owner = owner._replace(contract_id=owner.id)
        contract = Contract(
            id=owner.id,
            slug=slug,
            title_id=_localized(session, title, owner, values.pop("translations", None)),
            **{
                "short_title": title,
                "territory": f"Agglomération {number}",
                "period_start": "2024",
                "period_end": "2030",
                "departments": ["94"],
                "source_document": "Contrat signé",
                "source_dated": None,
                "signed_on": date(2024, 6, 1),
                "notes": None,
                "imported_at": clock.now(),
                "source_row": {},
                **values,
            },
        )
        session.add(contract)
    return contract


def make_commune(contract: Contract, name: str = "Orly", slug: str | None = None) -> Commune:
    """A commune that lies in the contract."""
    number = next(_numbers)
    with transaction() as session:
        commune = Commune(slug=slug or f"commune-{number}", name=name)
        session.add(commune)
        session.flush()
        session.add(
            ContractCommune(
                contract_id=contract.id,
                commune_id=commune.id,
                department="94",
                position=number,
                retired_at=None,
                source_row={},
            )
        )
    return commune


def make_quartier(
    contract: Contract,
    name: str | None = None,
    communes: Sequence[Commune] = (),
    population: int | None = None,
    **values: Any,
) -> Quartier:
    """A quartier prioritaire, in the communes given."""
    number = next(_numbers)
    name = name or f"Quartier {number}"
    aliases = values.pop("aliases", [])
    with transaction() as session:
        quartier = Quartier(
            contract_id=contract.id,
            name=name,
            aliases=aliases,
            search_text=fold(" ".join([name, *aliases, *(commune.name for commune in communes)])),
            **{
                "slug": f"quartier-{number}",
                "kind": "qpv",
                "sector": None,
                "population_text": None,
                "notes": None,
                "line": None,
                "position": number,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(quartier)
        session.flush()
        for position, commune in enumerate(communes):
            session.execute(
                insert(quartier_commune).values(
                    quartier_id=quartier.id, commune_id=commune.id, position=position
                )
            )
        if population is not None:
            session.add(
                QuartierPopulation(quartier_id=quartier.id, value=population, year=2018, source="Insee")
            )
    return quartier


def make_organisation(contract: Contract, name: str | None = None, **values: Any) -> Organisation:
    """A signatory of the contract."""
    number = next(_numbers)
    with transaction() as session:
        organisation = Organisation(
            contract_id=contract.id,
            name=name or f"Organisme {number}",
            **{
                "slug": f"organisme-{number}",
                "aliases": [],
                "kind": "commune",
                "signatory": True,
                "departments": None,
                "line": None,
                "position": number,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(organisation)
    return organisation


def make_axis(
    contract: Contract, title: str | None = None, parent: Axis | None = None, **values: Any
) -> Axis:
    """A node of the territory's tree."""
    number = next(_numbers)
    with transaction() as session:
        owner = _owner(session, Axis, "title", contract.id)
        title = title or f"Orientation {_letters(number)}"
        axis = Axis(
            id=owner.id,
            contract_id=contract.id,
            title_id=_localized(session, title, owner, values.pop("translations", None)),
            parent_id=parent.id if parent else None,
            **{
                "code": f"AX-{number}",
                "short_title": None,
                "kind": "orientation",
                "tree": "territoire",
                "theme": None,
                "commune_id": None,
                "quartier_id": None,
                "line": None,
                "position": number,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(axis)
    return axis


def _commitment_values(number: int, state: str) -> dict[str, Any]:
    return {
        "code": f"E-{number}",
        "nature": "engagement",
        "theme": None,
        "deadline_text": None,
        "deadline_date": None,
        "recurrence": None,
        "condition": None,
        "budget_text": None,
        "budget_cents": None,
        "budget_certainty": None,
        "status_text": None,
        "partners_text": [],
        "lines": [number],
        "position": number,
        "state": state,
        "published_at": None if state == TO_CHECK else clock.now(),
        "last_progress_on": None,
        "retired_at": None,
        "version": 1,
        "source_row": {},
    }


def make_commitment(
    contract: Contract,
    title: str | None = None,
    *,
    state: str = ANNOUNCED,
    axes: Sequence[Axis] = (),
    holders: Sequence[Organisation] = (),
    partners: Sequence[Organisation] = (),
    quartiers: Sequence[Quartier] = (),
    communes: Sequence[Commune] = (),
    indicators: Sequence[Indicator] = (),
    translations: Mapping[str, str] | None = None,
    **values: Any,
) -> Commitment:
    """A commitment; announced unless `state` says otherwise, found by search."""
    number = next(_numbers)
    with transaction() as session:
        owner = _owner(session, Commitment, "title", contract.id)
        commitment = Commitment(
            id=owner.id,
            contract_id=contract.id,
            title_id=_localized(session, title or f"Engagement {_letters(number)}", owner, translations),
            **{**_commitment_values(number, state), **values},
        )
        session.add(commitment)
        session.flush()
        for table, column, rows in (
            (commitment_axis, "axis_id", axes),
            (commitment_holder, "organisation_id", holders),
            (commitment_partner, "organisation_id", partners),
            (commitment_quartier, "quartier_id", quartiers),
            (commitment_commune, "commune_id", communes),
            (commitment_indicator, "indicator_id", indicators),
        ):
            for position, row in enumerate(rows):
                session.execute(
                    insert(table).values(
                        {"commitment_id": commitment.id, column: row.id, "position": position}  # type: ignore[attr-defined]
                    )
                )
        refresh(session, [commitment.id])
    return commitment


def make_commitments(
    contract: Contract,
    how_many: int,
    *,
    state: str = ANNOUNCED,
    axis: Axis | None = None,
    holder: Organisation | None = None,
    quartier: Quartier | None = None,
    searchable: bool = True,
    **values: Any,
) -> list[int]:
    """Many commitments in a few statements; their ids in order."""
    with transaction() as session:
        ids = reserve_ids(session, Commitment, how_many)
        numbers = [next(_numbers) for _ in range(how_many)]
        texts = [
            LocalizedText(
                language="fr",
                original=f"Engagement numéro {number} pour la vie du quartier",
                owner_kind="commitment",
                owner_id=id_,
                field="title",
                contract_id=contract.id,
            )
            for number, id_ in zip(numbers, ids, strict=True)
        ]
        session.add_all(texts)
        session.flush()
        session.add_all(
            Commitment(
                id=id_,
                contract_id=contract.id,
                title_id=text.id,
                **{**_commitment_values(number, state), **values},
            )
            for number, id_, text in zip(numbers, ids, texts, strict=True)
        )
        session.flush()
        links: list[tuple[Any, str, Any]] = [
            (commitment_axis, "axis_id", axis),
            (commitment_holder, "organisation_id", holder),
            (commitment_quartier, "quartier_id", quartier),
        ]
        for table, column, linked in links:
            if linked is not None:
                session.execute(
                    insert(table),
                    [{"commitment_id": each, column: linked.id, "position": 0} for each in ids],
                )
        if searchable:
            refresh(session, ids)
    return ids


def make_progress(
    commitment: Commitment,
    state: str = "en_cours",
    happened_on: date | None = None,
    sentence: str = "Le travail a commencé.",
    *,
    quartier: Quartier | None = None,
    translations: Mapping[str, str] | None = None,
    detail: str | None = None,
    **values: Any,
) -> Progress:
    """An entry of the story, and the commitment's state with it."""
    happened_on = happened_on or clock.today()
    with transaction(publishes=SITE) as session:
        owner = _owner(session, Progress, "sentence", commitment.contract_id)
        progress = Progress(
            id=owner.id,
            commitment_id=commitment.id,
            quartier_id=quartier.id if quartier else None,
            state=state,
            happened_on=happened_on,
            sentence_id=_localized(session, sentence, owner, translations),
            detail_id=_localized(session, detail, owner._replace(field="detail")) if detail else None,
            **{
                "organisation_name": "Ville d’essai",
                "actor_id": None,
                "published_at": clock.now(),
                "client_key": f"progress-{next(_numbers)}",
                "withdrawn_at": None,
                "withdrawn_reason": None,
                **values,
            },
        )
        session.add(progress)
        commitment = session.merge(commitment)
        if progress.withdrawn_at is None:
            if quartier is None:
                commitment.state = state
            commitment.last_progress_on = max(happened_on, commitment.last_progress_on or happened_on)
            commitment.published_at = commitment.published_at or clock.now()
        session.flush()
        refresh(session, [commitment.id])
    return progress


def make_evidence(
    progress: Progress, kind: str = "link", caption: str = "Le compte rendu", **values: Any
) -> Evidence:
    """A piece of evidence; a photo or a document gets a row of the store without a file behind it."""
    number = next(_numbers)
    with transaction(publishes=SITE) as session:
        stored = None
        if kind != "link":
            stored = StoredFile(
                kind="photo" if kind == "photo" else "pdf",
                key=f"{number:032x}",
                size=12345,
                width=1280 if kind == "photo" else None,
                height=960 if kind == "photo" else None,
                stored_at=clock.now(),
            )
            session.add(stored)
            session.flush()
        contract_id = session.get_one(Commitment, progress.commitment_id).contract_id
        owner = _owner(session, Evidence, "caption", contract_id)
        evidence = Evidence(
            id=owner.id,
            progress_id=progress.id,
            kind=kind,
            file_id=stored.id if stored else None,
            url="https://example.org/compte-rendu" if kind == "link" else None,
            caption_id=_localized(session, caption, owner),
            **{"position": number, **values},
        )
        session.add(evidence)
    return evidence


def make_indicator(contract: Contract, name: str | None = None, **values: Any) -> Indicator:
    """An indicator of follow-up that counts."""
    number = next(_numbers)
    with transaction() as session:
        owner = _owner(session, Indicator, "name", contract.id)
        indicator = Indicator(
            id=owner.id,
            contract_id=contract.id,
            name_id=_localized(session, name or f"Nombre de choses {_letters(number)}", owner),
            **{
                "code": f"I-{number}",
                "family": "suivi",
                "value_kind": "count",
                "unit": None,
                "axis_id": None,
                "baseline": None,
                "target": None,
                "source": None,
                "line": None,
                "position": number,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(indicator)
    return indicator


def make_value(
    indicator: Indicator,
    measured_on: date,
    number: float | None = None,
    text: str | None = None,
    **values: Any,
) -> IndicatorValue:
    """One measure of an indicator."""
    with transaction(publishes=SITE) as session:
        value = IndicatorValue(
            indicator_id=indicator.id,
            measured_on=measured_on,
            number=number,
            text=text,
            **{
                "quartier_id": None,
                "source": None,
                "actor_id": None,
                "entered_at": clock.now(),
                "withdrawn_at": None,
                **values,
            },
        )
        session.add(value)
    return value


def make_notice(**values: Any) -> Notice:
    """A mail of the outbox, waiting unless `values` say otherwise."""
    number = next(_numbers)
    state = "sent" if values.get("sent_at") else "failed" if values.get("failed_at") else "waiting"
    with transaction() as session:
        notice = Notice(
            **{
                "kind": "email",
                "key": f"key-{number}",
                "recipient": f"personne-{number}@example.org",
                "subject": f"Message {number}",
                "text_body": "Bonjour",
                "html_body": "<p>Bonjour</p>",
                "language": "fr",
                "created_at": clock.now(),
                "due_at": clock.now(),
                "state": state,
                "attempts": 0,
                **values,
            }
        )
        session.add(notice)
        session.flush()
    return notice


def make_account(
    email: str | None = None,
    *,
    contract: Contract | None = None,
    scope: Scope | None = None,
    role: str | None = "staff",
    disabled_at: datetime | None = None,
    **values: Any,
) -> SignedIn:
    """An account whose password is `PASSWORD`, with one role for a scope, a contract or (None) the whole site."""
    number = next(_numbers)
    with transaction() as session:
        account = Account(
            email=email or f"agent-{number}@example.org",
            **{
                "name": f"Agent {number}",
                "organisation_name": "Ville d’essai",
                "password_hash": hash_password(PASSWORD),
                "created_at": clock.now(),
                "disabled_at": disabled_at,
                "phone": None,
                "minor": False,
                "last_seen_on": None,
                "warned_at": None,
                "erased_at": None,
                **values,
            },
        )
        session.add(account)
        session.flush()
        if role is not None:
            session.add(
                RoleGrant.of(
                    account.id,
                    Role(role),
                    scope or (Scope(ScopeKind.CONTRACT, contract.id) if contract else Scope()),
                    starts_at=clock.now(),
                    ends_at=None,
                    granted_at=clock.now(),
                    granted_by=None,
                    ended_by=None,
                )
            )
    return load_actor(account.id)


def load_actor(account_id: int) -> SignedIn:
    """The account with its roles, as sessions load it; one that is closed too."""
    account = db.session.get_one(
        Account, account_id, options=[selectinload(Account.role_grants)], populate_existing=True
    )
    return signed_in(account, quartiers_of(account_id))
