"""What lies where: the places of a quartier or a body, and conditions of SQL for what a reach covers."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    SelectBase,
    and_,
    false,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Extent, Location, Reach, Scope, ScopeKind, Touched
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    ContractCommune,
    Organisation,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.rules import apart


def in_contract(contract_id: int) -> Touched:
    """What belongs to a contract and to no place in it: only the contract's scope reaches it."""
    return Touched(contract=contract_id)


def places_of(session: Session, quartier_ids: Iterable[int]) -> Mapping[int, Location]:
    """The place that each quartier is, with the communes it lies in. 1 statement."""
    communes: dict[int, set[int]] = {quartier_id: set() for quartier_id in quartier_ids}
    if communes:
        links = quartier_commune.c
        for quartier_id, commune_id in session.execute(
            select(links.quartier_id, links.commune_id).where(links.quartier_id.in_(sorted(communes)))
        ):
            communes[quartier_id].add(commune_id)
    return {
        quartier_id: Location(frozenset(found), frozenset({quartier_id}))
        for quartier_id, found in communes.items()
    }


def touched_quartier(session: Session, quartier_id: int) -> Touched:
    """A quartier, with its communes and its bodies: the moderators of one act there too. 3 statements.

    Raises `NotFound`.
    """
    contract_id = session.execute(select(Quartier.contract_id).where(Quartier.id == quartier_id)).scalar()
    if contract_id is None:
        raise NotFound(_l("Ce quartier n’existe pas."))
    links = body_quartier.c
    bodies = session.execute(select(links.body_id).where(links.quartier_id == quartier_id)).scalars()
    return Touched(
        contract=contract_id,
        places=(places_of(session, [quartier_id])[quartier_id],),
        bodies=frozenset(bodies),
    )


def touched_body(session: Session, body_id: int) -> Touched:
    """A body, as one place: whoever acts for one of its communes or quartiers acts with it. 2 statements.

    Raises `NotFound`.
    """
    contract_id = session.execute(select(Body.contract_id).where(Body.id == body_id)).scalar()
    if contract_id is None:
        raise NotFound(_l("Ce groupe n’existe pas."))
    quartiers = select(body_quartier.c.quartier_id).where(body_quartier.c.body_id == body_id)
    named = literal(0).label("quartier_id")
    rows = session.execute(
        union(
            select(named, body_commune.c.commune_id).where(body_commune.c.body_id == body_id),
            select(quartier_commune.c.quartier_id, quartier_commune.c.commune_id).where(
                quartier_commune.c.quartier_id.in_(quartiers)
            ),
            select(body_quartier.c.quartier_id, literal(0)).where(body_quartier.c.body_id == body_id),
        )
    ).all()
    place = Location(
        frozenset(commune for _, commune in rows if commune),
        frozenset(quartier for quartier, _ in rows if quartier),
    )
    return Touched(contract=contract_id, places=(place,), bodies=frozenset({body_id}))


def contracts_of_communes() -> CompoundSelect[tuple[int, int]]:
    """Pairs of a commune and a contract that something of the commune lies in, as `commune_id`, `contract_id`."""
    lies = quartier_commune.c
    return union(
        select(ContractCommune.commune_id, ContractCommune.contract_id),
        select(lies.commune_id, Quartier.contract_id).join(Quartier, Quartier.id == lies.quartier_id),
        select(body_commune.c.commune_id, Body.contract_id).join(Body, Body.id == body_commune.c.body_id),
        select(lies.commune_id, Body.contract_id)
        .join(body_quartier, body_quartier.c.quartier_id == lies.quartier_id)
        .join(Body, Body.id == body_quartier.c.body_id),
    )


def extent_of(session: Session, scope: Scope) -> Extent:
    """All that a role for `scope` would reach, for whoever gives it. Raises `NotFound`.

    3 statements at most, and for a body 4 for each of its quartiers.
    """
    wanted = int(scope.id) if isinstance(scope.id, int) else 0
    if scope.kind is ScopeKind.COMMUNE:
        pairs = contracts_of_communes().subquery().c
        contracts = session.execute(
            select(pairs.contract_id).where(pairs.commune_id == wanted).order_by(pairs.contract_id)
        ).scalars()
        place = Location(communes=frozenset({wanted}))
        things = tuple(Touched(contract=contract_id, places=(place,)) for contract_id in contracts)
        if not things:
            raise NotFound(_l("Cette commune n’existe pas."))
        return Extent(things)
    if scope.kind is ScopeKind.QUARTIER:
        quartier = touched_quartier(session, wanted)
        theirs = session.execute(select(Body.contract_id).where(Body.id.in_(sorted(quartier.bodies))))
        return Extent(
            tuple(
                Touched(contract=contract_id, places=quartier.places)
                for contract_id in sorted({quartier.contract or 0, *theirs.scalars()})
            )
        )
    if scope.kind is ScopeKind.BODY:
        body = touched_body(session, wanted)
        quartiers = session.execute(
            select(body_quartier.c.quartier_id).where(body_quartier.c.body_id == wanted)
        ).scalars()
        return Extent((body,), tuple(touched_quartier(session, each) for each in quartiers.all()))
    return Extent((touched_scope(session, scope),))


def contract_of_scope(session: Session, scope: Scope) -> int | None:
    """The one contract that a scope lies in; None where it is none's, or of several. Raises `NotFound`."""
    return touched_scope(session, scope).contract


def touched_scope(session: Session, scope: Scope) -> Touched:
    """What something about `scope` as a whole touches, for whoever looks at it. Raises `NotFound`."""
    if scope.kind is ScopeKind.SITE:
        return Touched()
    if scope.kind is ScopeKind.LANGUAGE:
        return Touched(languages=frozenset({str(scope.id)}))
    wanted = int(scope.id or 0)
    if scope.kind is ScopeKind.QUARTIER:
        return touched_quartier(session, wanted)
    if scope.kind is ScopeKind.BODY:
        return touched_body(session, wanted)
    if scope.kind is ScopeKind.COMMUNE:
        contracts = session.execute(
            select(ContractCommune.contract_id).where(ContractCommune.commune_id == wanted)
        ).scalars()
        ids = list(contracts)
        if not ids:
            raise NotFound(_l("Cette commune n’existe pas."))
        # A commune of two contracts is within reach of neither's staff alone.
        return Touched(
            contract=ids[0] if len(ids) == 1 else None, places=(Location(communes=frozenset({wanted})),)
        )
    if scope.kind is ScopeKind.ORGANISATION:
        contract_id = session.execute(
            select(Organisation.contract_id).where(Organisation.id == wanted)
        ).scalar()
        if contract_id is None:
            raise NotFound(_l("Cet organisme n’existe pas."))
        return Touched(contract=contract_id, organisations=frozenset({wanted}))
    if session.execute(select(Contract.id).where(Contract.id == wanted)).scalar() is None:
        raise NotFound(_l("Ce contrat n’existe pas."))
    return Touched(contract=wanted)


def _any_of(reach: Reach, *conditions: tuple[frozenset[int], ColumnElement[bool]]) -> ColumnElement[bool]:
    if reach.everywhere:
        return true()
    known = [condition for ids, condition in conditions if ids]
    return or_(*known) if known else false()


def contracts_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Contract` lies whole within reach."""
    return _any_of(reach, (reach.contracts, Contract.id.in_(sorted(reach.contracts))))


def contracts_touched(reach: Reach) -> ColumnElement[bool]:
    """The condition that something of a `Contract` lies within reach: what a list can be narrowed to."""
    return or_(
        true() if reach.everywhere or reach.languages else false(),
        Contract.id.in_(sorted(reach.contracts)),
        Contract.id.in_(
            select(ContractCommune.contract_id).where(ContractCommune.commune_id.in_(sorted(reach.communes)))
        ),
        Contract.id.in_(select(Quartier.contract_id).where(Quartier.id.in_(sorted(reach.quartiers)))),
        Contract.id.in_(select(Body.contract_id).where(Body.id.in_(sorted(reach.bodies)))),
        Contract.id.in_(
            select(Organisation.contract_id).where(Organisation.id.in_(sorted(reach.organisations)))
        ),
    )


def quartiers_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Quartier` lies within reach (see `touched_quartier`)."""
    in_communes = select(quartier_commune.c.quartier_id).where(
        quartier_commune.c.commune_id.in_(sorted(reach.communes))
    )
    of_bodies = select(body_quartier.c.quartier_id).where(body_quartier.c.body_id.in_(sorted(reach.bodies)))
    return _any_of(
        reach,
        (reach.contracts, Quartier.contract_id.in_(sorted(reach.contracts))),
        (reach.quartiers, Quartier.id.in_(sorted(reach.quartiers))),
        (reach.communes, Quartier.id.in_(in_communes)),
        (reach.bodies, Quartier.id.in_(of_bodies)),
    )


def quartiers_contained(reach: Reach) -> ColumnElement[bool]:
    """The condition that all that a role for a `Quartier` would reach lies within reach (see `extent_of`)."""
    in_communes = select(quartier_commune.c.quartier_id).where(
        quartier_commune.c.commune_id.in_(sorted(reach.communes))
    )
    of_others = (
        select(body_quartier.c.quartier_id)
        .join(Body, Body.id == body_quartier.c.body_id)
        .where(Body.contract_id.not_in(sorted(reach.contracts)))
    )
    return _any_of(
        reach,
        (
            reach.contracts,
            and_(Quartier.contract_id.in_(sorted(reach.contracts)), Quartier.id.not_in(of_others)),
        ),
        (reach.quartiers, Quartier.id.in_(sorted(reach.quartiers))),
        (reach.communes, Quartier.id.in_(in_communes)),
    )


def bodies_contained(reach: Reach, *, quartiers: bool) -> ColumnElement[bool]:
    """The same for a `Body`, with its `quartiers` where the action is done there too."""
    if not quartiers:
        return bodies_within(reach)
    outside = select(body_quartier.c.body_id).where(
        body_quartier.c.quartier_id.not_in(select(Quartier.id).where(quartiers_within(reach)))
    )
    return and_(bodies_within(reach), Body.id.not_in(outside))


def communes_contained(reach: Reach) -> ColumnElement[bool]:
    """The same for a `Commune`."""
    pairs = contracts_of_communes().subquery().c
    of_others = select(pairs.commune_id).where(pairs.contract_id.not_in(sorted(reach.contracts)))
    return and_(
        Commune.id.in_(select(pairs.commune_id)),
        _any_of(
            reach,
            (reach.communes, Commune.id.in_(sorted(reach.communes))),
            (reach.contracts, Commune.id.not_in(of_others)),
        ),
    )


def bodies_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Body` lies within reach (see `touched_body`)."""
    quartiers = select(quartier_commune.c.quartier_id).where(
        quartier_commune.c.commune_id.in_(sorted(reach.communes))
    )
    of_quartiers = select(body_quartier.c.body_id).where(
        or_(
            body_quartier.c.quartier_id.in_(sorted(reach.quartiers)),
            body_quartier.c.quartier_id.in_(quartiers),
        )
    )
    of_communes = select(body_commune.c.body_id).where(body_commune.c.commune_id.in_(sorted(reach.communes)))
    return _any_of(
        reach,
        (reach.contracts, Body.contract_id.in_(sorted(reach.contracts))),
        (reach.bodies, Body.id.in_(sorted(reach.bodies))),
        (reach.quartiers | reach.communes, Body.id.in_(of_quartiers)),
        (reach.communes, Body.id.in_(of_communes)),
    )


def bodies_of_quartiers(quartiers: Iterable[int] | BindParameter[Any] | SelectBase) -> Select[int]:
    """The ids of the bodies of some quartiers (or the expanding parameter of a statement that is built once, or a
    statement that finds them), and of those of a whole town of theirs, in the same contracts."""
    asked = quartiers if isinstance(quartiers, BindParameter | SelectBase) else sorted(quartiers)
    contracts = select(Quartier.contract_id).where(Quartier.id.in_(asked))
    own = select(body_quartier.c.body_id).where(body_quartier.c.quartier_id.in_(asked))
    town = (
        select(body_commune.c.body_id)
        .join(quartier_commune, quartier_commune.c.commune_id == body_commune.c.commune_id)
        .where(
            quartier_commune.c.quartier_id.in_(asked),
            ~select(body_quartier.c.body_id)
            .where(body_quartier.c.body_id == body_commune.c.body_id)
            .correlate(body_commune)
            .exists(),
        )
    )
    return select(Body.id).where(
        Body.id.in_(own.union_all(town)), Body.contract_id.in_(contracts), Body.retired_at.is_(None)
    )


_IN_A_CONTRACT: Final[Mapping[ScopeKind, Any]] = {
    ScopeKind.QUARTIER: Quartier,
    ScopeKind.BODY: Body,
    ScopeKind.ORGANISATION: Organisation,
}


def _ids(scopes: Iterable[Scope], kind: ScopeKind) -> list[int]:
    return sorted(int(scope.id) for scope in scopes if scope.kind is kind and scope.id is not None)


def scope_names(session: Session, scopes: Iterable[Scope]) -> Mapping[Scope, str]:
    """What each scope is called: a commune's name, a contract's short title; the tag of a language. 5 statements.

    What belongs to a contract that is over says its years: the next contract has a place of the same name.
    """
    named: dict[Scope, str] = {}
    asked = list(scopes)
    for kind, column, name in (
        (ScopeKind.CONTRACT, Contract.id, Contract.short_title),
        (ScopeKind.COMMUNE, Commune.id, Commune.name),
    ):
        ids = _ids(asked, kind)
        if ids:
            for found, label in session.execute(select(column, name).where(column.in_(ids))):
                named[Scope(kind, found)] = label
    for kind, table in _IN_A_CONTRACT.items():
        ids = _ids(asked, kind)
        if ids:
            statement = (
                select(table.id, table.name, Contract.period_start, Contract.period_end)
                .join(Contract, Contract.id == table.contract_id)
                .where(table.id.in_(ids))
            )
            for found, label, start, end in session.execute(statement):
                named[Scope(kind, found)] = apart(label, start, end, clock.today())
    named.update({scope: str(scope.id) for scope in asked if scope.kind is ScopeKind.LANGUAGE})
    return named
