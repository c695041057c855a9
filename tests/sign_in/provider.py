"""A small OpenID Connect service on loopback: it says who it is, lets people in, and signs tokens with a real key."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from cdv_civic.core import clock
from cdv_civic.core.external_services import Provider

CLIENT = ("our-site", "a secret between the site and the service")
JSON = "application/json"


@cache
def first_key() -> RSAKey:
    """One key for all tests: making one takes long."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@dataclass
class Service:
    """What the service knows, and how it misbehaves."""

    url: str = ""
    #: What is said of the person, beside what every token says.
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1"})
    userinfo: dict[str, Any] = field(default_factory=dict)
    #: Claims of tokens that are not what they should be; None takes one away.
    wrong: dict[str, Any] = field(default_factory=dict)
    #: Seconds by which its clock is ahead.
    ahead: int = 0
    algorithm: str = "RS256"
    userinfo_signed: bool = False
    down: bool = False
    nonsense: bool = False
    foreign_key: bool = False
    discovery: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=first_key)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def provider(self, **values: Any) -> Provider:
        """The settings of a site that uses it."""
        return Provider(
            f"{self.url}/.well-known/openid-configuration", *CLIENT, "Se connecter ailleurs", **values
        )

    def authorize(self, url: str) -> str:
        """The person says yes: where their browser is sent, with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.url}
        parts = urlsplit(asked["redirect_uri"])
        return f"{parts.path}?{urlencode(answer)}"

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid}
        if self.algorithm == "HS256":
            return jwt.encode(header, claims, OctKey.import_key(CLIENT[1]))
        if self.algorithm == "none":
            parts = [json.dumps({"alg": "none"}), json.dumps(claims), ""]
            return ".".join(base64.urlsafe_b64encode(each.encode()).decode().rstrip("=") for each in parts)
        key = RSAKey.generate_key(2048, {"kid": "first"}) if self.foreign_key else self.key
        return jwt.encode(header, claims, key)

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(":".join(CLIENT).encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or authorization != f"Basic {expected}":
            return 400, {"error": "invalid_grant"}
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked["code_challenge"] != base64.urlsafe_b64encode(challenge).decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        now = int(clock.now().timestamp()) + self.ahead
        claims = {
            "iss": self.url, "aud": CLIENT[0], "nonce": asked["nonce"], "iat": now, "exp": now + 60,
            **self.claims, **self.wrong,
        }  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return 200, {
            "access_token": "opaque",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.sign(kept),
        }

    def page(self, path: str, authorization: str | None) -> tuple[int, object, str]:
        """Status, body and type of what is at a path."""
        if self.down:
            return 503, {}, JSON
        if self.nonsense:
            return 200, "<html>", "text/html"
        if path == "/.well-known/openid-configuration":
            return 200, {**self.configuration(), **self.discovery}, JSON
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}, JSON
        if path == "/userinfo" and authorization == "Bearer opaque":
            said = {"sub": self.claims["sub"], **self.userinfo}
            if not self.userinfo_signed:
                return 200, said, JSON
            return 200, self.sign({"iss": self.url, "aud": CLIENT[0], **said}), "application/jwt"
        return 404, {}, JSON

    def configuration(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "claims_parameter_supported": True,
        }


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def answer(self, status: int, body: object, kind: str = JSON) -> None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            service.asked.append(self.path)
            self.answer(*service.page(self.path, self.headers["Authorization"]))

        def do_POST(self) -> None:
            service.asked.append(self.path)
            typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(typed).items()}
            self.answer(*service.token(form, self.headers.get("Authorization", "")))

    return Handler


@contextmanager
def openid_service() -> Iterator[Service]:
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
