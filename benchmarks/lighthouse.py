"""Runs lighthouse.mjs against the demo, freshly loaded and served.

python -m benchmarks.lighthouse
"""

import subprocess

from benchmarks.form import RESULTS
from benchmarks.server import ROOT, serving_demo


def main() -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    with serving_demo() as (port, pages):
        done = subprocess.run(
            [
                "node",
                "benchmarks/lighthouse.mjs",
                f"http://127.0.0.1:{port}",
                *(f"{name}={path}" for name, path in pages.items()),
                "--json",
                str(RESULTS / "lighthouse.json"),
            ],
            cwd=ROOT,
            check=False,
        )
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
