"""What templates need to know of the site: built assets, settings."""

import json
import time
from functools import cache, lru_cache
from pathlib import Path
from typing import ClassVar, Final

from flask import Flask, request
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import ROOT, Settings

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


#: Icons that point along the line: they turn round in right-to-left pages.
TURNING: Final = frozenset(
    {"arrow-right", "arrow-left", "chevron-right", "chevron-left", "arrow-back-up", "external-link"}
    | {"logout", "login", "list-check", "list-details", "send"}
)


def draw_icon(name: str, label: str | None = None, **more: str) -> Markup:
    """An icon of the sprite; see `components/icon.html`. `class` is the one further word it takes."""
    return _draw_icon(asset("sprite.svg"), name, str(label) if label else "", more.get("class", ""))


@lru_cache(maxsize=2048)
def _draw_icon(sprite: str, name: str, label: str, more: str) -> Markup:
    classes = " ".join(filter(None, ("icon", "icon-turns" if name in TURNING else "", more)))
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    # A size of its own, for telephones where the styles did not arrive.
    drawing = '<svg class="{}" width="20" height="20" {}><use href="{}#{}"></use></svg>'
    return Markup(drawing).format(classes, said, sprite, name)  # noqa: S704  (a constant; what fills it is escaped)


class MacroFile(Template):
    """A template whose macros are the same for every page.

    Jinja compares all its globals at each `{% from … import … %}`, in case a page had some of its own; ours
    have none. A page has about fifteen such lines, and they took a tenth of its time.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def site_name(settings: Settings) -> str:
    """What the site is called: as the territory set it, else in the reader's language."""
    return settings.site_name or _("Mon quartier, ce qui est promis")


def register(app: Flask, settings: Settings) -> None:
    """Give templates their globals."""
    app.jinja_env.template_class = MacroFile
    app.jinja_env.globals.update(asset=asset, draw_icon=draw_icon)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def site() -> dict[str, object]:
        return {
            "site": {
                "name": site_name(settings),
                "demo": settings.demo,
                "development": settings.development,
                "mails": settings.mails,
                "texts": settings.texts,
                "base_url": settings.base_url or request.url_root.rstrip("/"),
                "help_phone": settings.help_phone,
                "help_place": settings.help_place,
                "help_hours": settings.help_hours,
                "publisher": settings.publisher,
                "hosting": settings.hosting,
                "privacy_contact": settings.privacy_contact,
            }
        }
