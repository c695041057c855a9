"""Templates lie where the code that shows them does: a folder for each feature, and two that all share."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cdv_civic.core.settings import ROOT

TEMPLATES: Final = ROOT / "templates"
#: What every feature may show.
SHARED: Final = frozenset({"components", "layouts"})
NAME: Final = re.compile(r"[a-z_]+/[a-z_/]+\.(?:html|txt|xml)")


def named_by_code() -> Iterator[tuple[str, str]]:
    """Each feature, with a template that its code names."""
    for path in sorted((ROOT / "cdv_civic").rglob("*.py")):
        feature = path.relative_to(ROOT / "cdv_civic").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            said = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
            if NAME.fullmatch(said):
                yield feature, said


def templates() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


def test_each_folder_of_templates_is_that_of_a_feature() -> None:
    features = {path.parent.name for path in (ROOT / "cdv_civic").glob("*/__init__.py")}
    assert {Path(name).parts[0] for name in templates()} <= features | SHARED


def test_a_feature_shows_its_own_templates_or_shared_ones() -> None:
    named = list(named_by_code())
    assert len(named) > 100
    assert [(feature, name) for feature, name in named if Path(name).parts[0] not in SHARED | {feature}] == []


def test_a_template_takes_in_only_those_of_its_feature_of_lower_ones_and_shared_ones() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
    height = {feature: -row for row, line in enumerate(layers) for feature in line.split(" | ")}
    wrong, taken = [], 0
    for name in templates():
        own = Path(name).parts[0]
        for other in re.findall(
            r'(?:include|import|extends|from) "([a-z_]+)/', (TEMPLATES / name).read_text()
        ):
            taken += 1
            if other not in SHARED | {own} and not (own not in SHARED and height[other] < height[own]):
                wrong.append((name, other))
    assert taken > 200
    assert wrong == []
