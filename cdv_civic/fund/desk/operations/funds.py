"""A fund is made, described, given its rules, shown to everybody, withdrawn."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import read_key
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_folding import fold
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.fund.models.funds import Fund, fund_body, fund_funder, fund_quartier
from cdv_civic.fund.operations.locking import kept_fund, raise_fund_tags, record_of_fund
from cdv_civic.fund.rules import names
from cdv_civic.fund.rules.fund_rules import FundRules, as_data
from cdv_civic.fund.rules.templates import TEMPLATES, FundKind
from cdv_civic.fund.scopes import EDIT, touched_fund
from cdv_civic.territory.models import Body, ContractCommune, Organisation, Quartier

#: The line of the ledger.
WITHDRAWN: Final = "fund.withdrawn"
LONGEST_NAME: Final = 120
LONGEST_WORDS: Final = 2000
LONGEST_HELP: Final = 1000
LONGEST_LINE: Final = 160
FROM_THE_LIST: Final = _l("Choisissez une réponse de la liste.")
_ATTEMPTS: Final = 4
_SIRET: Final = re.compile(r"[0-9]{14}")


@dataclass(frozen=True)
class FundPlace:
    """Where a fund is, and whose money it is: what decides who runs it."""

    contract_id: int
    #: None: the whole contract.
    commune_id: int | None = None
    #: The organisation whose money it is; None: that of the city or the contract.
    owner_id: int | None = None


@dataclass(frozen=True)
class FundSettings:
    """How a fund is; texts are by language tag."""

    name: Mapping[str, str]
    words: Mapping[str, str]
    help: Mapping[str, str]
    elsewhere: Mapping[str, str]
    owner_id: int | None = None
    part_of: str = ""
    payer: str = ""
    payer_siret: str = ""
    funders: Sequence[int] = ()
    quartiers: Sequence[int] = ()
    bodies: Sequence[int] = ()


def make_fund(
    actor: Actor, place: FundPlace, settings: FundSettings, *, kind: FundKind | None, client_key: str
) -> str:
    """A fund that nobody else sees yet, with the rules of a template (None: none); its slug. The same `client_key`
    again makes no other.

    Raises `Forbidden`, `DomainError` with the fields of the form.
    """
    key = read_key(client_key)
    for _attempt in range(_ATTEMPTS - 1):
        with suppress(IntegrityError):  # the same form came twice at once, or another fund took its name
            return _make(actor, place, settings, kind, key)
    return _make(actor, place, settings, kind, key)


def _make(actor: Actor, place: FundPlace, settings: FundSettings, kind: FundKind | None, key: str) -> str:
    with transaction() as session:
        require(actor, EDIT, touched_fund(place))
        known = session.execute(select(Fund.slug).where(Fund.client_key == key)).scalar()
        if known is not None:
            return known
        _check_commune(session, place)
        fund_id = reserve_ids(session, Fund)[0]
        fund = Fund(
            id=fund_id,
            slug=_free_slug(session, settings.name),
            contract_id=place.contract_id,
            commune_id=place.commune_id,
            owner_id=place.owner_id,
            kind=kind.value if kind is not None else None,
            name_id=None,
            words_id=None,
            help_id=None,
            elsewhere_id=None,
            rules=as_data(TEMPLATES[kind].rules if kind is not None else FundRules()),
            published_at=None,
            withdrawn_at=None,
            created_at=clock.now(),
            created_by=actor.actor_id,
            client_key=key,
            version=1,
        )
        _write(session, actor, fund, settings, place.owner_id)
        session.add(fund)
        session.flush()
        _link(session, fund, settings)
        record_of_fund(session, actor, fund, EDIT, "fund", fund.id, {"made": True})
        return fund.slug


def _free_slug(session: Session, name: Mapping[str, str]) -> str:
    wanted = names.slug_of(fold(name.get(SOURCE_LANGUAGE, "")), "fonds")
    return names.free_slug(
        wanted, set(session.execute(select(Fund.slug).where(Fund.slug.startswith(wanted))).scalars())
    )


def _check_commune(session: Session, place: FundPlace) -> None:
    if place.commune_id is None:
        return
    found = select(ContractCommune.commune_id).where(
        ContractCommune.commune_id == place.commune_id, ContractCommune.contract_id == place.contract_id
    )
    if session.execute(found).first() is None:
        raise NotFound(FROM_THE_LIST)


def describe_fund(actor: Actor, fund_id: int, settings: FundSettings, *, version: int) -> None:
    """Say anew how a fund is. Who gives it to an organisation runs it there too, or it is refused. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`."""
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id, version)
        require(actor, EDIT, touched_fund(FundPlace(fund.contract_id, fund.commune_id, settings.owner_id)))
        before = (fund.help_id, fund.elsewhere_id)
        _write(session, actor, fund, settings, settings.owner_id)
        fund.version += 1
        session.flush()
        for text_id, now in zip(before, (fund.help_id, fund.elsewhere_id), strict=True):
            if now is None:
                forget_text(session, text_id)
        _link(session, fund, settings)
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund", fund.id, {"described": True})


def _write(session: Session, actor: Actor, fund: Fund, settings: FundSettings, owner_id: int | None) -> None:
    """Put settings into a row; raises `DomainError` with the fields of the form."""
    siret = "".join(settings.payer_siret.split())
    with Refusals() as refused:
        if siret and not _SIRET.fullmatch(siret):
            refused.add(
                DomainError(
                    _l("Un numéro SIRET a 14 chiffres. Corrigez-le, ou laissez vide."), field="payer_siret"
                )
            )
        for field, line in (("part_of", settings.part_of), ("payer", settings.payer)):
            if len(line.strip()) > LONGEST_LINE:
                refused.add(
                    DomainError(
                        _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_LINE),
                        field=field,
                    )
                )
        if owner_id is not None and not _all_of(session, Organisation, fund, [owner_id]):
            refused.add(DomainError(FROM_THE_LIST, field="owner"))
        for field, texts, longest, missing in (
            ("name", settings.name, LONGEST_NAME, _l("Donnez un nom en français.")),
            ("words", settings.words, LONGEST_WORDS, _l("Écrivez en français ce que ce fonds paie.")),
            ("help", settings.help, LONGEST_HELP, None),
            ("elsewhere", settings.elsewhere, LONGEST_HELP, None),
        ):
            owner = TextOwner("fund", fund.id, field, fund.contract_id)
            text_id = refused.unless(
                put_text, session, getattr(fund, f"{field}_id"), texts, field, longest, owner, actor
            )
            if missing is not None and not texts.get(SOURCE_LANGUAGE, "").strip():
                refused.add(DomainError(missing, field=f"{field}_{SOURCE_LANGUAGE}"))
            setattr(fund, f"{field}_id", text_id)
    fund.owner_id = owner_id
    fund.part_of, fund.payer = settings.part_of.strip(), settings.payer.strip()
    fund.payer_siret = siret or None


def _all_of(session: Session, kind: Any, fund: Fund, ids: Iterable[int]) -> bool:
    """Whether all of some ids are rows of a kind, of the fund's contract. 1 statement."""
    wanted = set(ids)
    found = select(kind.id).where(kind.id.in_(sorted(wanted)), kind.contract_id == fund.contract_id)
    return set(session.execute(found).scalars()) == wanted


def _link(session: Session, fund: Fund, settings: FundSettings) -> None:
    links: tuple[tuple[Table, Any, str, Sequence[int]], ...] = (
        (fund_quartier, Quartier, "quartiers", settings.quartiers),
        (fund_funder, Organisation, "funders", settings.funders),
        (fund_body, Body, "bodies", settings.bodies),
    )
    for table, kind, field, chosen in links:
        wanted = list(dict.fromkeys(chosen))
        if wanted and not _all_of(session, kind, fund, wanted):
            raise DomainError(FROM_THE_LIST, field=field)
        session.execute(delete(table).where(table.c.fund_id == fund.id))
        if wanted:
            other = f"{kind.__tablename__}_id"
            session.execute(
                insert(table),
                [
                    {"fund_id": fund.id, other: each, "position": position}
                    for position, each in enumerate(wanted)
                ],
            )


def set_fund_rules(actor: Actor, fund_id: int, rules: FundRules, *, version: int) -> None:
    """What the next round begins with; rounds that are there keep theirs. Raises `NotFound`, `Forbidden`,
    `Conflict`."""
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id, version)
        fund.rules = as_data(rules)
        fund.version += 1
        raise_fund_tags(session, fund)
        record_of_fund(session, actor, fund, EDIT, "fund", fund.id, {"rules": True})


def publish_fund(actor: Actor, fund_id: int, *, version: int) -> None:
    """Show a fund to everybody; one that was withdrawn is shown again. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id, version)
        fund.published_at = fund.published_at or clock.now()
        fund.withdrawn_at = None
        fund.version += 1
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund", fund.id, {"public": True})


def withdraw_fund(actor: Actor, fund_id: int, *, version: int) -> None:
    """Take a fund off the site with all its rounds and projects; receipts still lead to each project. Raises
    `NotFound`, `Forbidden`, `Conflict`."""
    with transaction() as session:
        fund = kept_fund(session, actor, fund_id, version)
        if fund.published_at is not None:
            fund.withdrawn_at = clock.now()
            ledger.note(session, WITHDRAWN, fund.id, born=fund.created_at)
        fund.version += 1
        raise_fund_tags(session, fund, listed=True)
        record_of_fund(session, actor, fund, EDIT, "fund", fund.id, {"public": False})
