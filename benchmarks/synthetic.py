"""Contract packs of any size, made from a real one.

A copy of the largest pack's ground (communes, quartiers, organisations, axes, indicators, bodies) is laid
as often as its commitments are needed; so a quartier keeps as many commitments as a real one, and titles,
holders and gaps are spread as they really are. With `same_quartiers` the ground is laid once and all the
commitments crowd on it, which no real contract does: the harsher case.

    python -m benchmarks.synthetic 20000 > pack.json
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

REAL = Path(__file__).resolve().parents[1] / "cdv_civic/packs/data/grand-orly-seine-bievre-2024-2030.json"
LONGEST_TITLE = 140
Row = dict[str, Any]

#: Which keys of a row hold references, and to what.
_SLUGS = {
    "communes": ("communes",),
    "organisations": (),
    "quartiers": ("communes", "bailleurs"),
    "axes": (),
    "commitments": ("holders", "partners", "quartiers", "communes"),
    "indicators": ("quartiers",),
    "bodies": ("communes", "quartiers"),
}


def pack_of(commitments: int, *, same_quartiers: bool = False) -> Row:
    """A valid pack with exactly `commitments` commitments."""
    real = json.loads(REAL.read_text(encoding="utf-8"))
    per_copy = len(real["commitments"])
    copies = -(-commitments // per_copy)
    kind = "serre" if same_quartiers else "large"
    pack: Row = {
        "format": real["format"],
        "contract": {
            **real["contract"],
            "slug": f"essai-{kind}-{commitments}",
            "title": f"Contrat d’essai de {commitments} engagements",
            "short_title": f"Essai {commitments}",
        },
    }
    for part in ("communes", "organisations", "quartiers", "axes", "commitments", "indicators", "bodies"):
        pack[part] = []
    for copy in range(copies):
        first_ground = copy == 0
        for part in ("communes", "organisations", "quartiers", "axes", "indicators", "bodies"):
            if first_ground or not same_quartiers:
                pack[part] += [_moved(part, row, copy) for row in real[part]]
        left = commitments - len(pack["commitments"])
        for row in real["commitments"][:left]:
            moved = _moved("commitments", row, 0 if same_quartiers else copy)
            moved["code"] = _code(row["code"], copy)
            if copy:
                tail = f" – secteur {copy}"
                moved["title"] = row["title"][: LONGEST_TITLE - len(tail)].rstrip() + tail
            pack["commitments"].append(moved)
    return pack


def _slug(slug: str, copy: int) -> str:
    return f"{slug}-e{copy}"


def _code(code: str, copy: int) -> str:
    return f"{code}.E{copy}"


def _moved(part: str, row: Row, copy: int) -> Row:
    """The same row on another ground: each slug and code, and each reference, gets the copy's number."""
    moved = dict(row)
    if "slug" in moved:
        moved["slug"] = _slug(row["slug"], copy)
    if "name" in moved and copy and part in ("communes", "quartiers", "organisations"):
        moved["name"] = f"{row['name']} {copy}"
    if "code" in moved:
        moved["code"] = _code(row["code"], copy)
    slugs, codes = _SLUGS[part], ("axes", "indicators") if part == "commitments" else ()
    moved |= {key: [_slug(slug, copy) for slug in row[key]] for key in slugs if key in moved}
    moved |= {key: _slug(row[key], copy) for key in ("commune", "quartier") if key in moved}
    moved |= {key: _code(row[key], copy) for key in ("parent", "axis") if key in moved}
    moved |= {key: [_code(code, copy) for code in row[key]] for key in codes if key in moved}
    return moved


def main() -> None:
    parser = argparse.ArgumentParser(description="Print a synthetic contract pack.")
    parser.add_argument("commitments", type=int)
    parser.add_argument("--same-quartiers", action="store_true")
    chosen = parser.parse_args()
    json.dump(
        pack_of(chosen.commitments, same_quartiers=chosen.same_quartiers), sys.stdout, ensure_ascii=False
    )


if __name__ == "__main__":
    main()
