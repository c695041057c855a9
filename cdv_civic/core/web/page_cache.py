"""Public pages are made once and served many times, and are never stale after a publication.

A page is kept in memory, compressed, under its path, the parameters that its view declares to read
(`core.policy.policy`), the day (deadlines pass) and the number of the last publication (`core.db.PublicationCounter`,
raised in the transaction that publishes). Browsers and proxies may keep it too but must ask each time (`no-cache`
with an ETag): an unchanged page costs them 304 and no body.

Public pages are the same for everybody, staff included: they touch no session and set no cookie. A page whose view
looked into the session is never kept, here or elsewhere.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from functools import partial
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask.globals import request_ctx
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from cdv_civic.core import clock
from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.db import publication_number
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.settings import Settings

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_PAGE_BYTES: Final = 2 * 1024 * 1024
#: Characters of an address and its parameters beyond which nobody comes a second time.
LONGEST_KEY: Final = 500
#: What a page takes beside its body: the key (at most 4 bytes a character), the entry.
ENTRY_BYTES: Final = 1024
SMALLEST_TO_COMPRESS: Final = 500
COMPRESSION_LEVEL: Final = 6
COMPRESSIBLE: Final = (
    "text/",
    "application/atom+xml",
    "application/json",
    "application/xml",
    "application/manifest+json",
    "image/svg+xml",
)


Kept = TypeVar("Kept")


class CachedPage(NamedTuple):
    """A finished page: its body compressed with gzip."""

    body: bytes
    etag: str
    content_type: str

    @classmethod
    def of(cls, text: bytes, content_type: str) -> "CachedPage":
        """What is kept of a page's text."""
        etag = hashlib.sha256(text).hexdigest()[:24]
        return cls(gzip.compress(text, COMPRESSION_LEVEL, mtime=0), etag, content_type)


def _bytes_of(key: tuple[object, ...], page: CachedPage) -> int:
    return len(page.body) + 4 * len(repr(key)) + ENTRY_BYTES


class PageKey(NamedTuple):
    """What a kept page depends on."""

    root: str
    path: str
    #: Name and value of the declared parameters, in the order of the declaration.
    parameters: tuple[tuple[str, str], ...]
    day: date
    publication: int

    @property
    def too_long(self) -> bool:
        """Whether the page is not worth keeping: somebody made its address up."""
        return len(self.root) + len(self.path) + sum(map(len, sum(self.parameters, ()))) > LONGEST_KEY


class PageStore:
    """The latest pages, the least used ones dropped beyond `MAX_BYTES` of bodies and keys."""

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[object, ...], CachedPage] = OrderedDict()
        self.bytes_kept = 0
        self._lock = Lock()
        #: The number of the last publication that was read: what is kept goes on while the database does not answer.
        self.publication = 0
        #: Parts of pages (see `kept`): name to (the publication and day it was made from, the part).
        self.parts: dict[Hashable, tuple[object, Any]] = {}

    def read_publication(self) -> Exception | None:
        """Read the number of the last publication, 1 statement; the error where the database does not answer."""
        try:
            self.publication = publication_number()
        except Exception as error:
            if reason_unavailable(error) is None:
                raise
            return error
        return None

    def get(self, key: tuple[object, ...]) -> CachedPage | None:
        """The page kept under `key`."""
        with self._lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def clear(self) -> None:
        """Forget all pages."""
        with self._lock:
            self.pages.clear()
            self.parts.clear()
            self.bytes_kept = 0

    def put(self, key: tuple[object, ...], page: CachedPage) -> None:
        """Keep a page, and drop the least used ones where there are too many."""
        with self._lock:
            old = self.pages.pop(key, None)
            self.bytes_kept += _bytes_of(key, page) - (_bytes_of(key, old) if old else 0)
            self.pages[key] = page
            while self.bytes_kept > MAX_BYTES:
                self.bytes_kept -= _bytes_of(*self.pages.popitem(last=False))


View = TypeVar("View", bound=Callable[..., Any])


def never_kept(view: View) -> View:
    """Declare that a public page is made anew each time, and that the cache asks the database nothing for it."""
    view.__dict__["never_kept"] = True
    return view


def kept(name: Hashable, make: Callable[[], Kept]) -> Kept:
    """What `make` gives, kept in memory until the next publication or the next day.

    For what many pages share and is small: the directory of quartiers, the words of the glossary. Must
    not depend on anything but public content, the day and `name`. Costs one statement where the page
    cache has not asked for the publication number already.
    """
    if "publication" not in g:
        key: PageKey | None = g.get("page_key")
        g.publication = key.publication if key else publication_number()
    state = (g.publication, clock.today())
    parts: dict[Hashable, tuple[object, Any]] = current_app.extensions["page_store"].parts
    known = parts.get(name)
    if known is not None and known[0] == state:
        part: Kept = known[1]
        return part
    made = make()
    parts[name] = (state, made)
    return made


def _answer(page: CachedPage) -> Response:
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(page.body if accepts_gzip else gzip.decompress(page.body))
    response.headers["Content-Type"] = page.content_type
    if accepts_gzip:
        response.headers["Content-Encoding"] = "gzip"
    _finish(response, page.etag)
    return response


def _finish(response: Response, etag: str) -> None:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.make_conditional(request)


def _compressible(response: Response) -> bool:
    return response.content_type is not None and response.content_type.startswith(COMPRESSIBLE)


_SESSION: Final = "cdv_civic.session"


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, where one can see whether a view looked into its own: asking the session would be a look.

    Signed with SHA-256 in place of Flask's SHA-1.
    """

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask's."""
        opened = super().open_session(app, request)
        request.environ[_SESSION] = opened
        return opened


def _is_public(app: Flask) -> bool:
    return request.endpoint is not None and policy_of(app, request.endpoint) == PUBLIC


def _is_personal(response: Response) -> bool:
    opened: SecureCookieSession | None = request.environ.get(_SESSION)
    return (opened is not None and opened.accessed) or "Set-Cookie" in response.headers


def _may_be_kept(method: str, view: Callable[..., object] | None) -> bool:
    return (
        method in ("GET", "HEAD")
        and getattr(view, "policy", None) == PUBLIC
        and not getattr(view, "never_kept", False)
    )


def _is_whole_text(response: Response) -> bool:
    """Whether this is a page in full, which may be kept or compressed."""
    return (
        not response.direct_passthrough
        and response.status_code == 200
        and "Content-Encoding" not in response.headers
        and _compressible(response)
        and request.method != "HEAD"
    )


def _keep(app: Flask, store: PageStore, response: Response) -> Response:
    key = g.get("page_key")
    if not _is_whole_text(response):
        return response
    body = response.get_data()
    public = _is_public(app)
    if public and _is_personal(response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    elif public and request.method == "GET" and "Cache-Control" not in response.headers:
        page = CachedPage.of(body, response.content_type or "")
        if key is not None and len(body) <= MAX_PAGE_BYTES:
            store.put(key, page)
        return _with_headers_of(response, _answer(page))
    if len(body) >= SMALLEST_TO_COMPRESS and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, COMPRESSION_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response


def register(app: Flask, *, enabled: bool) -> None:
    """Serve public pages from memory where they are known; compress all text."""
    store = PageStore()
    app.extensions["page_store"] = store
    app.session_interface = Sessions()
    settings: Settings = app.extensions["settings"]
    base_url = settings.base_url

    @app.before_request
    def serve_kept_page() -> Response | None:
        asked = request_ctx.request  # read often: behind one proxy fewer
        g.page_key = None
        g.pop("publication", None)
        view = app.view_functions.get(asked.endpoint or "")
        if not (enabled and _may_be_kept(asked.method, view)):
            return None
        down = store.read_publication()
        key = PageKey(
            # Where BASE_URL is set no page depends on the name that the browser called the site by. The folder that
            # the server says the site lies in stands in all links of a page.
            (base_url or asked.host_url) + asked.script_root,
            asked.path,
            tuple(asked.args.items(multi=True)),
            clock.today(),
            store.publication,
        )
        if key.too_long:
            return None
        g.page_key = key
        page = store.get(key)
        if page is not None:
            return _answer(page)
        if down is not None:
            raise down
        return None

    app.after_request(partial(_keep, app, store))


def _with_headers_of(made: Response, answer: Response) -> Response:
    for name, value in made.headers:
        if name not in answer.headers and name.lower() not in ("content-length",):
            answer.headers[name] = value
    return answer
