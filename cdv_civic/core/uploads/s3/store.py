"""A bucket as the store of files: the verbs of `file_store.Store`, with the names that a folder would have.

`ab/ab12…-400.jpg`, `trash/2026-11-20/ab12…-400.jpg` and `site`, below S3_PREFIX: copied as they are, one becomes the
other.
"""

import io
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import IO, Final
from urllib.parse import unquote

from cdv_civic.core.external_services import ObjectStorage
from cdv_civic.core.uploads.file_store import StoreUnavailable, trash_day
from cdv_civic.core.uploads.s3.client import FILE_SECONDS, S3Client

_NAME: Final = re.compile(r"[A-Za-z0-9]{2}[A-Za-z0-9._-]{0,100}")
_FILE: Final = re.compile(rf"(?P<folder>[A-Za-z0-9]{{2}})/(?P<name>{_NAME.pattern})")
_IN_TRASH: Final = re.compile(rf"trash/(?P<day>[0-9-]{{10}})/(?P<name>{_NAME.pattern})")
_TRASH: Final = "trash/"
_OWNER: Final = "site"
#: Names in one page of a list: the most that S3 gives.
_PAGE: Final = 1000
#: Seconds for which what was found out for `/pret` holds: anybody may ask it, and each question to a service costs.
_LOOKED_FOR: Final = 15.0
_log = logging.getLogger(__name__)


class S3Store:
    """A bucket, or what lies below a prefix of it. An object is there whole once its PUT was done, else not at all."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._client = S3Client(storage)
        self._prefix = storage.prefix
        self._versions_told = False
        self._looked: tuple[float, str | None] | None = None
        self._looking = threading.Lock()

    @staticmethod
    def _key(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return f"{name[:2]}/{name}"

    def _trash(self, name: str, day: date) -> str:
        return f"{_TRASH}{day.isoformat()}/{self._key(name)[3:]}"

    def save(self, name: str, content: bytes) -> None:
        """One PUT; the service compares what it got with the hash that is signed."""
        self._client.ask("PUT", self._key(name), body=content)

    def open(self, name: str) -> IO[bytes]:
        """The file, read whole before this returns: what breaks off is told while the answer can still say so."""
        # A buffer around it, as around a file: who hands it on treats both alike.
        return io.BufferedReader(io.BytesIO(self._read(self._key(name))))

    def _read(self, key: str) -> bytes:
        return self._client.ask("GET", key, patience=FILE_SECONDS).body

    def delete(self, name: str) -> None:
        """Delete it; the log says where the bucket keeps what was deleted."""
        with suppress(FileNotFoundError):
            self._delete(self._key(name))

    def _delete(self, key: str) -> None:
        said = self._client.ask("DELETE", key).headers
        kept = {name.lower() for name in said} & {"x-amz-delete-marker", "x-amz-version-id"}
        if kept and not self._versions_told:
            self._versions_told = True
            _log.error(
                "the bucket of S3_BUCKET keeps versions: what people erase stays there. Turn versions off, and delete "
                "those that there are"
            )

    def _list(self, below: str) -> Iterator[tuple[str, datetime]]:
        """Names below the prefix, in order, and when each was written; one request for 1,000."""
        query = {
            "list-type": "2",
            "max-keys": str(_PAGE),
            "encoding-type": "url",
            "prefix": f"{self._prefix}{below}",
        }
        after = None
        while True:
            page = self._client.ask("GET", query=query).xml("ListBucketResult")
            for found in page.findall("Contents"):
                key = unquote(found.findtext("Key", ""))
                yield key.removeprefix(self._prefix), _moment(found.findtext("LastModified", ""))
            if page.findtext("IsTruncated") != "true":
                return
            next_page = page.findtext("NextContinuationToken", "")
            if not next_page or next_page == after:  # it would never end
                raise StoreUnavailable("list does not go on")
            after = query["continuation-token"] = next_page

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Names of the files written before `moment`, as the service's clock says; of others' objects none."""
        for key, written in self._list(""):
            found = _FILE.fullmatch(key)
            if found and written < moment and found["name"].startswith(found["folder"]):
                yield found["name"]

    def _move(self, source: str, target: str) -> None:
        """Copy within the service, then delete. Raises `FileNotFoundError`; cut off between, both are there."""
        self._client.ask("PUT", target, headers=self._client.source(source)).xml("CopyObjectResult")
        with suppress(FileNotFoundError):  # somebody else moved it meanwhile
            self._delete(source)

    def discard(self, name: str, day: date) -> None:
        """Move it within the bucket."""
        target = self._trash(name, day)
        with suppress(FileNotFoundError):
            self._move(self._key(name), target)

    def take_back(self, name: str, day: date) -> None:
        """Move it back."""
        self._move(self._trash(name, day), self._key(name))

    def trash(self) -> Iterator[tuple[str, date]]:
        """The files in the trash, with their day."""
        for key, _written in self._list(_TRASH):
            found = _IN_TRASH.fullmatch(key)
            day = trash_day(found["day"]) if found else None
            if found and day is not None:
                yield found["name"], day

    def delete_for_good(self, name: str, day: date) -> None:
        """Delete it, from the trash."""
        with suppress(FileNotFoundError):
            self._delete(self._trash(name, day))

    def owner(self) -> str | None:
        """What the object `site` says."""
        try:
            return self._read(_OWNER).decode("ascii", "replace").strip() or None
        except FileNotFoundError:
            return None

    def claim(self, site_id: str) -> None:
        """Write the object `site`."""
        self._client.ask("PUT", _OWNER, body=f"{site_id}\n".encode("ascii"))

    def trouble(self) -> str | None:
        """What is wrong with the bucket, for `/pret`: it does not answer, or strangers may read it.

        Two requests at most, once in 15 seconds and by one thread: of a bucket that is slow to answer the others say
        what was found last.
        """
        now = time.monotonic()
        if self._looked is not None and now - self._looked[0] <= _LOOKED_FOR:
            return self._looked[1]
        if not self._looking.acquire(blocking=False):
            return self._looked[1] if self._looked is not None else "is being asked for the first time"
        try:
            self._looked = (now, self._look())
        finally:
            self._looking.release()
        return self._looked[1]

    def _look(self) -> str | None:
        try:
            next(self._list(_OWNER), None)
        except StoreUnavailable as unavailable:
            return f"unavailable: {unavailable.reason}"
        return "strangers may read the bucket: make it private" if self._client.is_public(_OWNER) else None


def _moment(said: str) -> datetime:
    """When an object was written; raises `StoreUnavailable` where the service says it in a form of its own."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise StoreUnavailable("list cannot be read") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
