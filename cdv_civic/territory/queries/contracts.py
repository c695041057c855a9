"""Contracts, their trees, and the organisations that signed or act."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.text_folding import fold
from cdv_civic.territory.models import Axis, Commune, Contract, ContractCommune, Organisation, Quartier
from cdv_civic.territory.queries.directory import CommuneName
from cdv_civic.territory.rules import is_over
from cdv_civic.territory.vocabulary import ORGANISATION_KINDS, THEMES, TREES, CodedTerm


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract."""

    id: int
    slug: str
    title: Words
    short_title: str
    territory: str
    period_start: str
    period_end: str
    source_document: str
    signed_on: date | None
    #: Its period is over.
    older: bool
    communes: int
    quartiers: int
    organisations: int


@cache
def _contracts_statement(language: str, *, one: bool) -> tuple[Localized, Select[Any]]:
    """Built once: home asks it, and each page of a contract."""
    title = Localized("title", Contract.title_id, language)
    counts = (
        select(func.count())
        .where(ContractCommune.contract_id == Contract.id, ContractCommune.retired_at.is_(None))
        .scalar_subquery(),
        select(func.count())
        .where(Quartier.contract_id == Contract.id, Quartier.retired_at.is_(None))
        .scalar_subquery(),
        select(func.count())
        .where(Organisation.contract_id == Contract.id, Organisation.retired_at.is_(None))
        .scalar_subquery(),
    )
    statement = title.join(
        select(
            Contract.id,
            Contract.slug,
            Contract.short_title,
            Contract.territory,
            Contract.period_start,
            Contract.period_end,
            Contract.source_document,
            Contract.signed_on,
            *(count.label(name) for count, name in zip(counts, ("n_c", "n_q", "n_o"), strict=True)),
            *title.columns,
        )
    ).order_by(Contract.period_end.desc(), Contract.short_title)
    return title, statement.where(Contract.slug == bindparam("slug")) if one else statement


def _contracts(language: str, **slug: str) -> list[ContractFacts]:
    """All contracts, or the one with this `slug`."""
    title, statement = _contracts_statement(language, one=bool(slug))
    today = clock.today()
    return [
        ContractFacts(
            row.id,
            row.slug,
            title.words(row),
            row.short_title,
            row.territory,
            row.period_start,
            row.period_end,
            row.source_document,
            row.signed_on,
            is_over(row.period_end, today),
            row.n_c,
            row.n_q,
            row.n_o,
        )
        for row in rows_of(statement, slug)
    ]


def contracts(language: str) -> list[ContractFacts]:
    """All contracts of the site, those that end last first; 1 statement."""
    return _contracts(language)


def contract(slug: str, language: str) -> ContractFacts | None:
    """One contract; 1 statement."""
    found = _contracts(language, slug=slug)
    return found[0] if found else None


@dataclass(slots=True)
class Node:
    """A node of a contract's tree. An empty one is shown: that nothing is promised there is worth knowing."""

    id: int
    code: str
    title: Words
    tree: str
    theme: CodedTerm | None
    parent_id: int | None
    commune_id: int | None
    #: The commune by its slug and its name.
    commune: "CommuneName | None" = None
    children: list["Node"] = field(default_factory=list)


def _nodes(condition: ColumnElement[bool], language: str) -> dict[int, Node]:
    title = Localized("title", Axis.title_id, language)
    statement = title.join(
        select(
            Axis.id,
            Axis.code,
            Axis.tree,
            Axis.theme,
            Axis.parent_id,
            Axis.commune_id,
            Commune.slug.label("commune_slug"),
            Commune.name.label("commune_name"),
            *title.columns,
        ).outerjoin(Commune, Commune.id == Axis.commune_id)
    )
    statement = statement.where(Axis.retired_at.is_(None), condition).order_by(Axis.position, Axis.id)
    return {
        row.id: Node(
            row.id,
            row.code,
            title.words(row),
            row.tree,
            THEMES[row.theme] if row.theme else None,
            row.parent_id,
            row.commune_id,
            CommuneName(row.commune_slug, row.commune_name) if row.commune_id is not None else None,
        )
        for row in rows_of(statement)
    }


def tree(contract_id: int, name: str, language: str, commune_id: int | None = None) -> list[Node]:
    """The roots of one tree, their children in place; 1 statement.

    The tree of communes is one forest for each: with `commune_id` the nodes of that commune and those
    common to all that lead to them; without, the nodes that belong to no commune.
    """
    condition = (Axis.contract_id == contract_id) & (Axis.tree == name)
    if name == "communes":
        condition &= or_(Axis.commune_id.is_(None), Axis.commune_id == commune_id)
    nodes = _nodes(condition, language)
    roots: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.parent_id) if node.parent_id is not None else None
        (parent.children if parent else roots).append(node)
    return roots if commune_id is None else _of_commune(roots, commune_id)


def _of_commune(nodes: list[Node], commune_id: int) -> list[Node]:
    kept = []
    for node in nodes:
        node.children = _of_commune(node.children, commune_id)
        if node.commune_id == commune_id or node.children:
            kept.append(node)
    return kept


@dataclass(frozen=True, slots=True)
class TreeCommune:
    """A commune that has its own sheet in a contract's tree."""

    id: int
    commune: CommuneName
    nodes: int


@dataclass(frozen=True)
class Trees:
    """Which trees a contract has, and how many nodes each."""

    trees: tuple[tuple[CodedTerm, int], ...]
    communes: tuple[TreeCommune, ...]


def trees(contract_id: int) -> Trees:
    """The trees of a contract and the communes that have sheets of their own; 1 statement."""
    rows = rows_of(
        select(Axis.tree, Commune.id, Commune.slug, Commune.name, func.count().label("nodes"))
        .outerjoin(Commune, Commune.id == Axis.commune_id)
        .where(Axis.contract_id == contract_id, Axis.retired_at.is_(None))
        .group_by(Axis.tree, Commune.id, Commune.slug, Commune.name)
        .order_by(Commune.name)
    ).all()
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.tree] += row.nodes
    return Trees(
        tuple((word, counts[code]) for code, word in TREES.items() if counts[code]),
        tuple(
            TreeCommune(row.id, CommuneName(row.slug, row.name), row.nodes)
            for row in rows
            if row.tree == "communes" and row.id is not None
        ),
    )


@dataclass(frozen=True)
class NodePage:
    """One node of a tree: where it is, and what is below it."""

    node: Node
    #: From the top, without the node itself.
    path: tuple[Node, ...]
    commune: CommuneName | None


def node_page(contract_id: int, code: str, language: str) -> NodePage | None:
    """A node of a contract by its code, its path, and its children; 1 statement."""
    own = (Axis.contract_id == contract_id) & (Axis.code == code)
    upwards = select(Axis.id, Axis.parent_id).where(own, Axis.retired_at.is_(None)).cte(recursive=True)
    upwards = upwards.union(select(Axis.id, Axis.parent_id).where(Axis.id == upwards.c.parent_id))
    itself = aliased(Axis)
    below = Axis.parent_id.in_(
        select(itself.id).where(
            itself.contract_id == contract_id, itself.code == code, itself.retired_at.is_(None)
        )
    )
    found = _nodes(or_(Axis.id.in_(select(upwards.c.id)), below), language)
    node = next((one for one in found.values() if one.code == code), None)
    if node is None:
        return None
    node.children = [each for each in found.values() if each.parent_id == node.id]
    path: list[Node] = []
    above = node.parent_id
    while above is not None and above in found:
        path.insert(0, found[above])
        above = found[above].parent_id
    return NodePage(node, tuple(path), node.commune)


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation of one contract."""

    id: int
    slug: str
    name: str
    aliases: tuple[str, ...]
    kind: CodedTerm
    signatory: bool
    #: Departments it acts in, where the document says so.
    departments: tuple[str, ...]
    retired: bool


def _organisations(condition: ColumnElement[bool]) -> list[OrganisationFacts]:
    rows = rows_of(
        select(
            Organisation.id,
            Organisation.slug,
            Organisation.name,
            Organisation.aliases,
            Organisation.kind,
            Organisation.signatory,
            Organisation.departments,
            Organisation.retired_at,
        )
        .where(condition)
        .order_by(Organisation.id)
    )
    return [
        OrganisationFacts(
            row.id,
            row.slug,
            row.name,
            tuple(row.aliases),
            ORGANISATION_KINDS[row.kind],
            row.signatory,
            tuple(row.departments or ()),
            row.retired_at is not None,
        )
        for row in rows
    ]


def organisations(contract_id: int, typed: str = "") -> list[tuple[CodedTerm, list[OrganisationFacts]]]:
    """The organisations of a contract by kind, in the vocabulary's order; 1 statement.

    With `typed`, those whose name or other spelling holds all the words typed, as beginnings.
    """
    wanted = fold(typed).split()
    groups: dict[str, list[OrganisationFacts]] = defaultdict(list)
    live = _organisations((Organisation.contract_id == contract_id) & Organisation.retired_at.is_(None))
    for organisation in sorted(live, key=lambda one: fold(one.name)):
        there = fold(" ".join((organisation.name, *organisation.aliases))).split()
        if all(any(word.startswith(part) for word in there) for part in wanted):
            groups[organisation.kind.code].append(organisation)
    return [(word, groups[code]) for code, word in ORGANISATION_KINDS.items() if groups[code]]


def organisation(contract_id: int, slug: str) -> OrganisationFacts | None:
    """One organisation of a contract, also one that has left it; 1 statement."""
    found = _organisations((Organisation.contract_id == contract_id) & (Organisation.slug == slug))
    return found[0] if found else None
