"""Say which services help in other languages, change it, take it off the page and put it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import SITE, db, raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.localized import put_text, said_in, texts_in_all
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.language_help.queries import in_town
from cdv_civic.language_help.rules import LONGEST_HOURS, LONGEST_WHAT, MOST, HelpKind, Reachable, wrongs_with
from cdv_civic.language_help.wording import REFUSALS
from cdv_civic.territory.models import Contract, ContractCommune, Quartier
from cdv_civic.territory.scopes import in_contract, places_of

ACTION = "language_help.edit"
_GONE = _l("Ce service n’existe pas.")


@dataclass(frozen=True)
class HelpDraft:
    """What the form says of a service. Texts are by language tag; `commune_id`, `quartier_id`: one of them at most."""

    kind: str
    commune_id: int | None
    quartier_id: int | None
    reachable: Reachable
    what: Mapping[str, str]
    hours: Mapping[str, str]


def add_service(actor: Actor, contract_id: int, draft: HelpDraft, *, client_key: str) -> int:
    """Publish a service; its id. The same `client_key` again adds nothing more.

    Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    with transaction(publishes=SITE) as session:
        slug = _locked_contract(session, contract_id)
        require(actor, ACTION, _touched(session, contract_id, draft.commune_id, draft.quartier_id))
        known = made_before(
            session,
            LanguageHelp,
            key=(LanguageHelp.client_key, client_key),
            owner=(LanguageHelp.contract_id, contract_id),
        )
        if known is not None:
            return known.id
        _check_room(session, contract_id)
        row = LanguageHelp(
            id=reserve_ids(session, LanguageHelp)[0],
            contract_id=contract_id,
            client_key=client_key,
            hours_id=None,
            withdrawn_at=None,
            version=1,
        )
        _fill(session, actor, row, draft)
        session.add(row)
        session.flush()
        record(
            session,
            actor,
            ACTION,
            "language_help",
            row.id,
            scope=slug,
            after=_trace(row, draft.what, draft.hours),
        )
        return row.id


def change_service(actor: Actor, help_id: int, draft: HelpDraft, *, version: int) -> None:
    """Change what is said of a service: who may act where it serves, and where it is to serve, says so.

    `version` is that of the form. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction(publishes=SITE) as session:
        row, slug = _locked(session, actor, help_id, version)
        require(actor, ACTION, _touched(session, row.contract_id, draft.commune_id, draft.quartier_id))
        before = _trace(row, *texts_in_all(row.what_id, row.hours_id))
        old_hours = row.hours_id
        _fill(session, actor, row, draft)
        row.version += 1
        session.flush()
        if row.hours_id is None:
            forget_text(session, old_hours)
        record(
            session,
            actor,
            ACTION,
            "language_help",
            help_id,
            scope=slug,
            before=before,
            after=_trace(row, draft.what, draft.hours),
        )


def require_edit(actor: Actor, help_id: int) -> None:
    """Raise `NotFound`, `Forbidden` unless somebody may act where a service serves."""
    row = db.session.get(LanguageHelp, help_id)
    if row is None:
        raise NotFound(_GONE)
    require(actor, ACTION, _touched(db.session(), row.contract_id, row.commune_id, row.quartier_id))


def withdraw_service(actor: Actor, help_id: int) -> bool:
    """Take a service off the public page; it can be put back. False: it was off. Raises `NotFound`, `Forbidden`."""
    return _show(actor, help_id, shown=False)


def put_back_service(actor: Actor, help_id: int) -> bool:
    """Show a service again; False: it was shown. Raises `NotFound`, `Forbidden`, `DomainError`."""
    return _show(actor, help_id, shown=True)


def _show(actor: Actor, help_id: int, *, shown: bool) -> bool:
    with transaction() as session:
        row, slug = _locked(session, actor, help_id, None)
        if (row.withdrawn_at is None) == shown:
            return False
        if shown:
            _check_room(session, row.contract_id)
        raise_tags(session, SITE)
        row.withdrawn_at = None if shown else clock.now()
        row.version += 1
        record(
            session,
            actor,
            ACTION,
            "language_help",
            help_id,
            scope=slug,
            before={"shown": not shown},
            after={"shown": shown},
        )
        return True


def _locked_contract(session: Session, contract_id: int) -> str:
    slug = session.execute(
        select(Contract.slug).where(Contract.id == contract_id).with_for_update(key_share=True)
    ).scalar()
    if slug is None:
        raise NotFound(_l("Ce contrat n’existe pas."))
    return slug


def _locked(session: Session, actor: Actor, help_id: int, version: int | None) -> tuple[LanguageHelp, str]:
    contract_id = session.execute(select(LanguageHelp.contract_id).where(LanguageHelp.id == help_id)).scalar()
    if contract_id is None:
        raise NotFound(_GONE)
    slug = _locked_contract(session, contract_id)
    row = session.execute(
        select(LanguageHelp).where(LanguageHelp.id == help_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar_one()
    require(actor, ACTION, _touched(session, row.contract_id, row.commune_id, row.quartier_id))
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    return row, slug


def _touched(session: Session, contract_id: int, commune_id: int | None, quartier_id: int | None) -> Touched:
    """Whom a service serves, which must lie in the contract. Raises `DomainError`."""
    if commune_id is not None:
        if session.get(ContractCommune, (contract_id, commune_id)) is None:
            raise DomainError(_l("Cette commune n’existe pas."), field="served")
        return in_town(contract_id, commune_id)
    if quartier_id is not None:
        owner = session.execute(select(Quartier.contract_id).where(Quartier.id == quartier_id)).scalar()
        if owner != contract_id:
            raise DomainError(_l("Ce quartier n’existe pas."), field="served")
        return Touched(contract=contract_id, places=(places_of(session, [quartier_id])[quartier_id],))
    return in_contract(contract_id)


def _check(draft: HelpDraft, refused: Refusals) -> None:
    if draft.kind not in set(HelpKind):
        refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="kind"))
    for wrong in wrongs_with(draft.reachable, SPOKEN):
        field, sentence = REFUSALS[wrong]
        refused.add(DomainError(sentence, field=field))
    if not said_in(draft.what):
        refused.add(DomainError(_l("Écrivez ce que l’on y fait."), field=f"what_{SOURCE_LANGUAGE}"))


def _check_room(session: Session, contract_id: int) -> None:
    shown = session.execute(
        select(func.count()).where(
            LanguageHelp.contract_id == contract_id, LanguageHelp.withdrawn_at.is_(None)
        )
    ).scalar_one()
    if shown >= MOST:
        raise DomainError(_l("Il y a déjà %(most)s services ici. Retirez-en un d’abord.", most=MOST))


def _fill(session: Session, actor: Actor, row: LanguageHelp, draft: HelpDraft) -> None:
    """Put what was typed into a row; its texts first, which ask the database before it is known to be right."""
    with Refusals() as refused:
        _check(draft, refused)
        what_id, hours_id = (
            refused.unless(put_text, session, text_id, texts, field, longest, _owner(row, field), actor)
            for text_id, texts, field, longest in (
                (row.what_id, draft.what, "what", LONGEST_WHAT),
                (row.hours_id, draft.hours, "hours", LONGEST_HOURS),
            )
        )
    said = draft.reachable
    row.kind, row.service, row.spoken = draft.kind, said.service, list(said.spoken)
    row.commune_id, row.quartier_id = draft.commune_id, draft.quartier_id
    row.place, row.phone = said.place or None, said.phone or None
    row.checked_on = clock.today()
    row.what_id, row.hours_id = cast(int, what_id), hours_id  # without a text `_check` has refused


def _owner(row: LanguageHelp, field: str) -> TextOwner:
    return TextOwner("language_help", row.id, field, row.contract_id)


def _trace(row: LanguageHelp, what: Mapping[str, str], hours: Mapping[str, str]) -> dict[str, object]:
    """What the trail says of a service, and of its texts by language."""
    return {
        "kind": row.kind,
        "service": row.service,
        "place": row.place,
        "phone": row.phone,
        "spoken": row.spoken,
        "commune": row.commune_id,
        "quartier": row.quartier_id,
        "what": said_in(what),
        "hours": said_in(hours),
    }
