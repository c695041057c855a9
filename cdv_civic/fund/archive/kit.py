"""What counts a vote of the past again, in one file to take away: its ballots, the program that counts, a guide."""

import io
from functools import lru_cache
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cdv_civic.core.settings import ROOT
from cdv_civic.fund.archive.elections import ArchivedElection

_FUND: Final = ROOT / "cdv_civic" / "fund"
_GUIDE: Final = ROOT / "docs" / "depouillement.md"


@lru_cache(maxsize=8)
def kit_of(election: ArchivedElection) -> bytes:
    """A ZIP of one folder, named as the election: where its commands run. The same bytes each time."""
    return kit_with(election.slug, election.file_name, election.file.read_bytes())


def kit_with(slug: str, file_name: str, ballots: bytes) -> bytes:
    """The same of ballots that are at hand."""
    sources = [
        ROOT / "cdv_civic" / "__init__.py",
        _FUND / "__init__.py",
        *sorted(_FUND.glob("tally/**/*.py")),
    ]
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in (
            (file_name, ballots),
            *((each.name, each.read_bytes()) for each in (_GUIDE, ROOT / "LICENSE")),
            *((each.relative_to(ROOT).as_posix(), each.read_bytes()) for each in sources),
        ):
            _add(archive, f"{slug}/{name}", content)
    return held.getvalue()


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name)  # without the day of the file: it differs from one installation to the next
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, ZIP_DEFLATED)
