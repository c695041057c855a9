"""Known weaknesses of the locked packages: what pip-audit and npm audit say.

    python -m tools.audit PIP_AUDIT

PIP_AUDIT is the program of that name. Status 1 where a weakness is known; a service that does not answer is said, and
is no failure: a machine without network can check everything else.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
#: Seconds; a service that is slower does not answer.
PATIENCE: Final = 180


@dataclass(frozen=True)
class Audit:
    """What is known of a list of packages: a line each, and why packages were left out, if any were."""

    known: Sequence[str] = ()
    unanswered: str = ""


def read_pip_audit(report: Mapping[str, Any]) -> Audit:
    """Read the JSON of pip-audit; a package that the service did not answer for is in it with a reason."""
    packages = report["dependencies"]
    known = [
        f"{package['name']} {package['version']}: {each['id']}, "
        f"mended in {', '.join(each['fix_versions']) or 'no version yet'}"
        for package in packages
        for each in package.get("vulns", ())
    ]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    return Audit(known, f"{len(skipped)} of {len(packages)} packages: {skipped[0]}" if skipped else "")


def read_npm_audit(report: Mapping[str, Any]) -> Audit:
    """Read the JSON of npm audit, which is an error in words where the registry did not answer."""
    if "vulnerabilities" not in report:
        return Audit(unanswered=str(report.get("message") or report.get("error") or "no report"))
    return Audit(
        [
            f"{name} {found['range']}: {found['severity']}, "
            + "; ".join(why["title"] if isinstance(why, dict) else f"through {why}" for why in found["via"])
            for name, found in report["vulnerabilities"].items()
        ]
    )


def audit(command: Sequence[str], folder: Path, read: Callable[[Mapping[str, Any]], Audit]) -> Audit:
    """Run an auditing program, whose status says nothing, and read what it prints."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Audit(unanswered=str(error))
    try:
        return read(json.loads(done.stdout))
    except ValueError:
        return Audit(unanswered=(done.stderr.strip().splitlines() or ["no report"])[-1])


def main() -> int:
    """Print what is known of each list of packages."""
    parser = argparse.ArgumentParser(description="Say which locked packages have known weaknesses.")
    parser.add_argument("pip_audit", type=Path)
    pip_audit = [str(parser.parse_args().pip_audit.absolute()), "--disable-pip", "--require-hashes"]
    npm_audit = ["npm", "audit", "--package-lock-only", "--json"]
    audits = {
        "requirements-dev.txt": audit(
            [*pip_audit, "--format", "json", "--requirement", "requirements-dev.txt"], ROOT, read_pip_audit
        ),
        "package-lock.json": audit(npm_audit, ROOT, read_npm_audit),
        "benchmarks/package-lock.json": audit(npm_audit, ROOT / "benchmarks", read_npm_audit),
    }
    for name, found in audits.items():
        for line in found.known:
            print(f"{name}: {line}")
        if found.unanswered:
            print(f"{name}: NOT AUDITED, no answer from the service ({found.unanswered})")
        elif not found.known:
            print(f"{name}: no known weakness")
    return int(any(found.known for found in audits.values()))


if __name__ == "__main__":
    sys.exit(main())
