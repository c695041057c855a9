"""Catalogues of a test's own, in the place of those that the site came with."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from cdv_civic.core.i18n import catalogues


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Inside, a folder holds the catalogues, and nothing is known of any other."""
    cached = (catalogues.shipped, catalogues.sources, catalogues.entries_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "FOLDER", folder)
        for each in cached:
            each.cache_clear()
        yield
    for each in cached:
        each.cache_clear()


def compile_in(folder: Path, tag: str, messages: Mapping[str | tuple[str, str], str | Sequence[str]]) -> None:
    """Write the catalogue of a language as `make setup` does."""
    catalogue = Catalog(locale=tag)
    for source, said in messages.items():
        catalogue.add(source, said if isinstance(said, str) else tuple(said))
    body = io.BytesIO()
    write_mo(body, catalogue)
    path = folder / tag / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.getvalue())
    (folder / tag / "pack.toml").touch()
