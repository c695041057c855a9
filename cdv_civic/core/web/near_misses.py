"""Addresses that are nearly right: a final slash, a full stop from the end of a sentence, `/FR/` for `/fr/`.

Looked at where there is no page, and only there: an address that is right costs nothing more.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from cdv_civic.core.settings import current_settings

#: What mail and message services, or the sentence around it, add to an address: no address of ours ends so. Looked for
#: from the first of such characters alone: from each of thousands it would take seconds.
_END: Final = re.compile(r"(?<![^\w-])[^\w-]+\Z")
_SLASHES: Final = re.compile(r"[/\\]+")
#: What stands in a query as it is; anything else is written in hexadecimal.
_QUERY: Final = "%&=+;:,/?@!$'()*-._~"


def _spelt(path: str) -> str | None:
    """The address of a page that `path` very likely means; None where there is none but `path` itself."""
    settings = current_settings()
    first, *rest = list(filter(None, _SLASHES.split(_END.sub("", path)))) or [""]
    tag = next((known for known in settings.languages if known.lower() == first.lower()), None)
    found = "/".join(["", tag or first, *rest, *([] if rest or tag is None else [""])])
    if found == path:
        return None
    try:
        rule, _values = current_app.url_map.bind("").match(found, method="GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return None if "lang" in rule.arguments and tag is None else found


def register(app: Flask) -> None:
    """Where a page is not found, lead to the one that the address very likely means."""

    @app.after_request
    def lead_on(response: Response) -> Response:
        refused = request.routing_exception
        if isinstance(refused, RequestRedirect) and response.location:
            # Werkzeug's own redirects (two slashes, none at the end) name the site as whoever asked called it: a
            # cache on the way would lead others there.
            parts = urlsplit(response.location)
            response.location = urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        found = _spelt(request.path)
        if found is None:
            return response
        query = quote(request.query_string, safe=_QUERY)
        # One slash and then a letter (`_spelt`): never the address of another site.
        return redirect(quote(request.script_root + found) + (f"?{query}" if query else ""), 308)
