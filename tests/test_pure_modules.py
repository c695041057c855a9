"""Rules, and the algorithms that anybody may run again, load neither the web framework nor the database."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({each.split(".")[0] for each in sys.modules} & {"flask", "sqlalchemy", "werkzeug", "wtforms", "jinja2"}))
"""


def pure_modules() -> list[str]:
    found = sorted(ROOT.glob("cdv_civic/**/rules.py")) + sorted(ROOT.glob("cdv_civic/**/rules/*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]
    return [*names, "cdv_civic.draws.algorithm", "cdv_civic.core.policy.model"]


def test_pure_modules_load_no_framework() -> None:
    names = pure_modules()
    assert len(names) > 12
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
