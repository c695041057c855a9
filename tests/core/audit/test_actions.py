"""An act has one name on the audit trail: none is misspelt, none is left over."""

import ast
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.audit import trail
from cdv_civic.core.audit.actions import AUDIT_ACTIONS
from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.policy.table import ACTIONS

SOURCE = Path(trail.__file__).parents[2]
MODULES = {path: ast.parse(path.read_text()) for path in SOURCE.rglob("*.py")}


def records_audit(call: ast.Call) -> bool:
    match call.func:
        case ast.Name("record") | ast.Attribute(ast.Name("trail"), "record"):
            return len(call.args) > 2
    return False


def constants(module: ast.Module) -> dict[str, object]:
    found: dict[str, object] = {}
    for node in module.body:
        match node:
            case ast.Assign([ast.Name(name)], ast.Constant(value)) | ast.AnnAssign(
                ast.Name(name), _, ast.Constant(value)
            ):
                found[name] = value
    return found


def written_names() -> dict[str, str]:
    """Each place that writes to the trail with a name of its own, and the name."""
    found = {}
    for path, module in MODULES.items():
        known = constants(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and records_audit(node):
                match node.args[2]:
                    case ast.Constant(str(name)):
                        found[f"{path}:{node.lineno}"] = name
                    case ast.Name(variable) if variable in known:
                        found[f"{path}:{node.lineno}"] = str(known[variable])
    return found


def test_every_name_that_is_written_is_in_the_register() -> None:
    written = written_names()
    assert len(written) > 40
    assert {place: name for place, name in written.items() if name not in AUDIT_ACTIONS} == {}


def test_every_name_of_the_register_is_used() -> None:
    here = SOURCE / "core/audit/actions.py"
    used = {
        node.value
        for path, module in MODULES.items()
        if path != here
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert AUDIT_ACTIONS - set(ACTIONS) <= used


def test_another_name_is_refused_and_nothing_is_written(app: Flask, session: Session) -> None:
    with pytest.raises(trail.UnknownAction, match=r"'comitment\.edit'"), transaction() as writing:
        trail.record(writing, CommandLine(), "comitment.edit", "commitment", 1)
    assert not trail.anything(session)
