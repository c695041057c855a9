"""Mutants of a module, made from its syntax tree: each changes one expression or removes one statement."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FLIPS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_TWINS: Final = {"and_": "or_", "or_": "and_", "min": "max", "max": "min", "any": "all", "all": "any"}
#: Calls whose conditions stand side by side: one of them is dropped.
_CONDITIONS: Final = ("where", "and_", "or_")
#: What these say changes no outcome of a test: locks on SQLite, hints to the ORM, words of a message.
_UNHEARD: Final = ("with_for_update", "execution_options", "_l", "_", "lazy_ngettext")
_LOGS: Final = ("_log", "logger")
_UNHEARD_KEYS: Final = ("populate_existing", "synchronize_session")
#: A number that has to be another than the one before: by how much it rises, nobody asks.
_VERSIONS: Final = ("version", "sequence")


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    path: str
    #: Where, what stands there and what is put in its place: its name for good, as lines move.
    name: str
    line: int
    #: The module with the change.
    source: bytes


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """All mutants of a module, in order; two of the same name are told apart by a number."""
    source = (root / path).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: Counter[str] = Counter()
    made = []
    for place, node, changed in _changes(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        text = ast.unparse(changed)
        name = f"{path} {place}: {ast.unparse(node)} -> {text}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" #{seen[name]}"
        new = text if isinstance(node, ast.stmt) else f"({text})"
        made.append(Mutant(path, name, node.lineno, source[:start] + new.encode() + source[end:]))
    return made


_Change = tuple[str, ast.expr | ast.stmt, ast.AST]


def _changes(tree: ast.Module) -> Iterator[_Change]:
    for declared in tree.body:
        # A module's own statements are declarations; a class is looked into for its methods.
        if isinstance(declared, ast.ClassDef | ast.FunctionDef):
            yield from _changes_in(declared, "")


def _changes_in(node: ast.AST, place: str) -> Iterator[_Change]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        inside = f"{place}.{node.name}".lstrip(".")
        for statement in node.body:
            yield from _changes_in(statement, inside)
        return
    if _is_unheard(node):
        return
    if place and isinstance(node, ast.expr | ast.stmt):
        for changed in (*_of_expression(node), *_of_call(node), *_of_statement(node)):
            yield place, node, changed
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
        yield place, node.test, ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.AugAssign) and getattr(node.target, "attr", "") in _VERSIONS:
        return
    for child in ast.iter_child_nodes(node):
        yield from _changes_in(child, place)


def _is_unheard(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _is_log(node.value.func) or _is_unheard(node.value)
    if isinstance(node, ast.Call):
        return _called(node) in _UNHEARD
    if isinstance(node, ast.keyword):
        return node.arg in _UNHEARD_KEYS
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value in _UNHEARD_KEYS for key in node.keys)
    # What stands in an f-string has no place of its own before Python 3.12; an annotation is never run.
    return isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.Assert) or _is_docstring(node)


def _is_log(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute):
        return False
    log = called.value
    return (log.attr if isinstance(log, ast.Attribute) else getattr(log, "id", "")) in _LOGS


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _of_expression(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=others) if type(op) in _FLIPS:
            yield ast.Compare(left, [_FLIPS[type(op)]()], others)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right) if not _is_text(left, right):
            yield ast.BinOp(left, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.IfExp(test=ast.Name() | ast.Attribute() | ast.Call() as test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)


def _of_call(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    func, args, name = node.func, node.args, _called(node)
    if isinstance(func, ast.Name) and name in _TWINS:
        yield ast.Call(ast.Name(_TWINS[name]), args, node.keywords)
    if name in _CONDITIONS and len(args) > 1:
        for dropped in range(len(args)):
            yield ast.Call(func, [*args[:dropped], *args[dropped + 1 :]], node.keywords)


def _is_text(*nodes: ast.expr) -> bool:
    return any(
        isinstance(node, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
        for node in nodes
    )


def _of_statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError"))):
            return  # says that it is never reached
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute(), *_] | [ast.Tuple(elts=[ast.Attribute(), *_])]):
            yield ast.Pass()
