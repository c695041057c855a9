"""What templates need to know of the site: built assets, settings, vocabulary."""

import json
import time
from functools import cache
from pathlib import Path
from typing import ClassVar

from flask import Flask, request

from cdv_civic.core.config import ROOT, Settings
from cdv_civic.core.i18n import _
from cdv_civic.core.vocabulary import BODY_KINDS, NATURES, ORGANISATION_KINDS, QUARTIER_KINDS, STATES, THEMES

DIST = ROOT / "static" / "dist"


@cache
def _manifest(path: Path, _modified: float) -> dict[str, str]:
    names: dict[str, str] = json.loads(path.read_text())
    return names


class _Manifest:
    """The names of the built files, looked up anew at most once a second: a list draws a hundred icons."""

    names: ClassVar[dict[str, str]] = {}
    looked_at: ClassVar[float] = -1.0


def asset(name: str) -> str:
    """The address of a built file, with its hash; raises `RuntimeError` before `npm run build` was run."""
    moment = time.monotonic()
    if moment - _Manifest.looked_at > 1 or not _Manifest.names:
        path = DIST / "manifest.json"
        try:
            _Manifest.names = _manifest(path, path.stat().st_mtime)
        except FileNotFoundError:
            raise RuntimeError(
                "static/dist is missing: run `make setup`, or `npm ci && npm run build`"
            ) from None
        _Manifest.looked_at = moment
    return f"/static/{_Manifest.names[name]}"


def site_name(settings: Settings) -> str:
    """What the site is called: as the territory set it, else in the reader's language."""
    return settings.site_name or _("Mon quartier, nos engagements")


def register(app: Flask, settings: Settings) -> None:
    """Give templates their globals."""
    app.jinja_env.globals.update(
        asset=asset,
        state_of=STATES.__getitem__,
        nature_of=NATURES.__getitem__,
        theme_of=THEMES.__getitem__,
        body_kind_of=BODY_KINDS.__getitem__,
        organisation_kind_of=ORGANISATION_KINDS.__getitem__,
        quartier_kind_of=QUARTIER_KINDS.__getitem__,
        STATES=STATES,
        NATURES=NATURES,
        THEMES=THEMES,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def site() -> dict[str, object]:
        return {
            "site": {
                "name": site_name(settings),
                "demo": settings.demo,
                "development": settings.development,
                "base_url": settings.base_url or request.url_root.rstrip("/"),
                "help_phone": settings.help_phone,
                "help_place": settings.help_place,
                "help_hours": settings.help_hours,
                "publisher": settings.publisher,
                "hosting": settings.hosting,
                "privacy_contact": settings.privacy_contact,
            }
        }
