"""One request to a bucket: signed, waited for a bounded time, tried again where that may help, told without a name.

A service that says nothing is not asked again by the same request, and left alone for some seconds by all (as a
database that hangs, `core.availability`): threads must not pile up behind it. One that breaks off, or says « later »,
is asked three times within two seconds.
"""

import io
import logging
import re
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cdv_civic.core import clock
from cdv_civic.core.availability import Breaker
from cdv_civic.core.external_services import ObjectStorage
from cdv_civic.core.uploads.file_store import StoreUnavailable
from cdv_civic.core.uploads.s3.signing import Signer, path_text, query_text

#: Seconds for a connection to open, and for the next part of an answer.
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 15.0
#: The same where somebody waits for a file: it is small, and the pages of others wait for the thread.
FILE_SECONDS: Final = 5.0
#: Seconds for all tries of one request.
ALL_SECONDS: Final = 20.0
#: Seconds between the tries.
_PAUSES: Final = (0.3, 1.2)
#: Bytes beyond which an answer is none of ours: a file has some ten million at most, a list of names less than one.
LARGEST_ANSWER: Final = 64 * 1024 * 1024
#: The same for a document: a list of 1,000 names of 1,024 characters at most, each escaped. As a tree it takes some
#: twenty times that in memory.
LARGEST_DOCUMENT: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024
#: More connections at a time than threads would only be opened anew each time.
_CONNECTIONS: Final = 16
#: Answers that another try may cure, besides 5xx; AWS and others say some with a code of 4xx.
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_LATER_CODES: Final = frozenset({"SlowDown", "RequestTimeout", "InternalError", "OperationAborted"})
_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9]{1,60})</Code>")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What the service said, all of it."""

    headers: Mapping[str, str]
    body: bytes

    def xml(self, root: str) -> ElementTree.Element:
        """The document of an answer whose root is `root`, names without namespaces; raises `StoreUnavailable`."""
        if len(self.body) > LARGEST_DOCUMENT:
            raise StoreUnavailable("answer is too long")
        try:
            said = self.body.decode("utf-8")  # in another encoding a DOCTYPE would not be seen
            if "<!DOCTYPE" in said:  # which S3 has none of: nothing is expanded
                raise ElementTree.ParseError
            document = ElementTree.fromstring(said)  # noqa: S314
        except (ElementTree.ParseError, UnicodeDecodeError):
            raise StoreUnavailable("answer cannot be read") from None
        for element in document.iter():
            element.tag = element.tag.rpartition("}")[2]
        if document.tag != root:
            raise StoreUnavailable("answer cannot be read")
        return document


class _Later(Exception):
    """What another try may cure."""


class _Silent(Exception):
    """Nobody answers in time."""


class _Bounded(io.RawIOBase):
    """What comes on a connection, up to a moment: headers that come byte by byte would keep a thread for days."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw, self._until = raw, time.monotonic() + ALL_SECONDS

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """As of any stream; raises `TimeoutError` after the moment."""
        if time.monotonic() > self._until:
            raise TimeoutError
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close what is below too."""
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def begin(self) -> None:
        """Read the headers."""
        self.fp = io.BufferedReader(_Bounded(self.fp.detach()))
        super().begin()


class _Connection(HTTPConnection):
    response_class = _BoundedResponse


class _TlsConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """Its answers, headers and all, end within `ALL_SECONDS` or are none."""

    def init_poolmanager(self, *args: Any, **values: Any) -> None:
        """As of any adapter, with other connections."""
        super().init_poolmanager(*args, **values)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class S3Client:
    """Speaks to one bucket; of one process (its connections survive no fork), for all its threads."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage
        self._host = urlsplit(storage.url).netloc
        self._signer = Signer(storage.access_key, storage.secret_key, storage.region)
        self._breaker = Breaker(lambda: StoreUnavailable("did not answer a moment ago"))
        self._local = threading.local()
        self._adapter = _Adapter(pool_connections=1, pool_maxsize=_CONNECTIONS, max_retries=0)

    def _session(self) -> requests.Session:
        """A session of this thread; the connections below it are those of all."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            # Neither the passwords of ~/.netrc nor a proxy of the environment: files go where S3_URL says.
            session.trust_env = False
            session.verify = self._storage.ca_file or True
            session.mount(self._storage.url, self._adapter)
            self._local.session = session
        return session

    def ask(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        patience: float = READ_SECONDS,
    ) -> Answer:
        """Ask something of an object, or of the bucket where `key` is empty; `patience` is in seconds.

        Each verb of ours may be done twice, so that any may be tried again. Raises `FileNotFoundError` where the object
        is not there, `StoreUnavailable` for all else, after a line in the log.
        """
        self._breaker.enter()
        until = time.monotonic() + ALL_SECONDS
        reason = ""
        for pause in (*_PAUSES, ALL_SECONDS):
            try:
                answer = self._once(method, key, query or {}, headers or {}, body, patience, until)
            except _Later as later:
                reason = str(later)
            except _Silent as silent:
                reason = str(silent)
                break
            except StoreUnavailable as refused:
                self._breaker.answered()
                _log.error("the store of files refused %s: %s", method, refused.reason)
                raise
            except FileNotFoundError:
                self._breaker.answered()
                raise
            else:
                self._breaker.answered()
                return answer
            if time.monotonic() + pause >= until:
                break
            time.sleep(pause)
        self._breaker.failed()
        _log.error("the store of files could not do %s: %s", method, reason)
        raise StoreUnavailable(reason)

    def is_public(self, key: str) -> bool:
        """Whether strangers may read an object; False where nobody can say."""
        try:
            with self._session().head(
                f"{self._storage.url}{path_text(self._path(key))}",
                timeout=(CONNECT_SECONDS, FILE_SECONDS),
                allow_redirects=False,
            ) as answer:
                return answer.status_code == HTTPStatus.OK
        except requests.RequestException:
            return False

    def _path(self, key: str) -> str:
        return f"/{self._storage.bucket}/{self._storage.prefix}{key}" if key else f"/{self._storage.bucket}"

    def source(self, key: str) -> dict[str, str]:
        """The header that names the object to copy."""
        return {"x-amz-copy-source": path_text(self._path(key))}

    def _once(
        self,
        method: str,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        patience: float,
        until: float,
    ) -> Answer:
        path = self._path(key)
        signed = self._signer.headers(
            method, self._host, path, query=query, headers=headers, body=body, at=clock.now()
        )
        url = f"{self._storage.url}{path_text(path)}"
        try:
            with self._session().request(
                method,
                f"{url}?{query_text(query)}" if query else url,
                headers={**signed, "accept-encoding": "identity"},
                data=body,
                timeout=(CONNECT_SECONDS, patience),
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _read(answer, until)
                status, said = answer.status_code, dict(answer.headers)
        except requests.Timeout as error:
            raise _Silent(type(error).__name__) from None
        except requests.RequestException as error:
            raise _Later(type(error).__name__) from None
        code = _code(content) if method != "GET" or status != HTTPStatus.OK else ""
        if status < HTTPStatus.MULTIPLE_CHOICES and not code:
            return Answer(said, content)
        reason = f"HTTP {status} {code}".rstrip()
        # A copy may say 200 first, and then that it failed.
        if (
            status >= HTTPStatus.INTERNAL_SERVER_ERROR
            or status in _LATER
            or code in _LATER_CODES
            or status < 300
        ):
            raise _Later(reason)
        if status == HTTPStatus.NOT_FOUND and code == "NoSuchKey":
            raise FileNotFoundError(key)
        raise StoreUnavailable(reason)


def _read(answer: requests.Response, until: float) -> bytes:
    """All of an answer; raises `_Silent` where it takes too long, `_Later` where it breaks off."""
    content = bytearray()
    try:
        # What has come, and no whole pieces: of one that comes byte by byte each would keep the thread for days.
        while piece := answer.raw.read1(_PIECE, decode_content=True):
            content += piece
            if time.monotonic() > until:
                raise _Silent("answer takes too long")
            if len(content) > LARGEST_ANSWER:
                raise StoreUnavailable("answer is too long")
    except ReadTimeoutError as error:
        raise _Silent(type(error).__name__) from None
    except HTTPError as error:
        raise _Later(type(error).__name__) from None
    return bytes(content)


def _code(content: bytes) -> str:
    """The code of an error, as the service names it; empty where it names none."""
    found = _CODE.search(content[:_PIECE])
    return found[1].decode("ascii") if found else ""
