"""Signatures of requests to a service that speaks S3: AWS Signature Version 4, as the S3 API reference lays it down.

A signature that were wrong would be refused by the service; the tests compare each with that of AWS's own library.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote

_ALGORITHM: Final = "AWS4-HMAC-SHA256"


def path_text(path: str) -> str:
    """A path as it is sent and signed: all but slashes and unreserved characters escaped."""
    return quote(path, safe="/")


def query_text(query: Mapping[str, str]) -> str:
    """Parameters as they are sent and signed: in order, all but unreserved characters escaped."""
    escaped = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in escaped)


@dataclass(frozen=True)
class Signer:
    """Who asks, and where."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str

    def headers(
        self,
        method: str,
        host: str,
        path: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        at: datetime,
    ) -> dict[str, str]:
        """The headers to send: `headers` (names in small letters, all of them signed), and those that prove who asks.

        The service refuses a request whose moment `at` (aware, UTC) is more than a quarter of an hour from its own.
        """
        moment = at.strftime("%Y%m%dT%H%M%SZ")
        content = hashlib.sha256(body).hexdigest()
        signed = {**headers, "host": host, "x-amz-content-sha256": content, "x-amz-date": moment}
        names = ";".join(sorted(signed))
        lines = [f"{name}:{' '.join(signed[name].split())}" for name in sorted(signed)]
        request = "\n".join([method, path_text(path), query_text(query), *lines, "", names, content])
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        said = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = b"AWS4" + self.secret_key.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, said.encode(), "sha256").hex()
        proof = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**signed, "authorization": f"{_ALGORITHM} {proof}"}
