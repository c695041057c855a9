"""Sign-in with another service (OpenID Connect): what we ask of it, and what its answer has to be.

Authorization code with PKCE. `state`, `nonce` and the verifier belong to one browser, which brings them back; the
token is signed by a key of the service, says that it is meant for us, and is as fresh as two clocks allow.
"""

import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from flask import current_app, request, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.accounts.rules import says_two_factors
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.external_services import WELL_KNOWN, Provider, is_confidential
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings


class Audience(StrEnum):
    """Whom a service is for. The value stands in addresses."""

    STAFF = "equipe"
    RESIDENTS = "habitants"


#: How far the clock of the service and ours may be apart.
LEEWAY: Final = timedelta(minutes=5)
#: How long somebody may take at the service.
PATIENCE: Final = timedelta(minutes=15)
#: Seconds to reach the service, to wait for a part of its answer, and for all of it.
CONNECT: Final = 3.0
READ: Final = 5.0
ALL: Final = 10.0
LARGEST_ANSWER: Final = 512 * 1024
#: Seconds for which what a service says of itself is believed, and before its keys are asked for anew.
KEPT: Final = 3600.0
ASK_AGAIN: Final = 60.0
#: Signed by a key that only the service has: neither "none" nor one that we share with it.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class ProviderDown(DomainError):
    """The service does not answer, or not as such a service does."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Ce service de connexion ne répond pas bien en ce moment. "
                "Réessayez dans quelques minutes, ou choisissez une autre façon de vous connecter."
            )
        )


class NotProven(DomainError):
    """The answer does not prove who came: foreign, too old, used, or made for another browser."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            _l("La connexion n’a pas pu être vérifiée. Rien n’a été changé. Recommencez depuis le début.")
        )


class ProviderRefused(DomainError):
    """The person, or the service, said no."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("La connexion s’est arrêtée avant la fin. Rien n’a été changé."))


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a browser keeps while the person is at the service."""

    state: str
    nonce: str
    verifier: str
    audience: str
    started: float
    language: str
    back: str = ""
    shared: bool = False
    #: Where the service sends people back to; empty: the page of sign-in.
    returns_to: str = ""


@dataclass(frozen=True)
class Identity:
    """Who came, as the service says."""

    issuer: str
    subject: str
    #: Folded; None unless the service checked it.
    email: str | None
    two_factors: bool


def provider_for(audience: Audience) -> Provider | None:
    """The service that this site is set to use, if any."""
    settings = current_settings()
    return settings.oidc_staff if audience is Audience.STAFF else settings.oidc_residents


@dataclass
class _Service:
    """What a service says of itself, and its keys."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    by_post: bool
    takes_claims: bool
    until: float
    keys: KeySet | None = None
    keys_asked: float = 0.0


def _fetch(url: str, headers: Mapping[str, str]) -> tuple[bytes, str]:
    """The body and the type of an answer; raises `ProviderDown` where there is none of use."""
    began = time.monotonic()
    body = b""
    try:
        with requests.get(
            url, headers=headers, timeout=(CONNECT, READ), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise ProviderDown
            for part in answer.iter_content(16 * 1024):
                body += part
                if len(body) > LARGEST_ANSWER or time.monotonic() - began > ALL:
                    raise ProviderDown
            return body, answer.headers.get("Content-Type", "")
    except requests.RequestException:
        raise ProviderDown from None


def _document(url: str) -> dict[str, Any]:
    try:
        found = json.loads(_fetch(url, {"Accept": "application/json"})[0])
    except ValueError:
        raise ProviderDown from None
    if not isinstance(found, dict):
        raise ProviderDown
    return found


def _service(provider: Provider) -> _Service:
    services: dict[str, _Service] = current_app.extensions.setdefault("oidc_services", {})
    known = services.get(provider.discovery_url)
    if known is not None and known.until > time.monotonic():
        return known
    said = _document(provider.discovery_url)
    settings = current_settings()
    named = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    userinfo = said.get("userinfo_endpoint")
    issuer = said.get("issuer")
    # The address that we know is that of the issuer: nobody else can speak in its name.
    is_the_one = isinstance(issuer, str) and issuer.rstrip("/") + WELL_KNOWN == provider.discovery_url
    reachable = all(
        isinstance(each, str) and is_confidential(each, settings.environment)
        for each in (*named, *([userinfo] if userinfo else []))
    )
    if not is_the_one or not reachable:
        raise ProviderDown
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    service = _Service(
        issuer=str(issuer),
        authorization_endpoint=str(named[0]),
        token_endpoint=str(named[1]),
        jwks_uri=str(named[2]),
        userinfo_endpoint=userinfo or None,
        by_post="client_secret_basic" not in methods,
        takes_claims=bool(said.get("claims_parameter_supported")),
        until=time.monotonic() + KEPT,
    )
    services[provider.discovery_url] = service
    return service


def _keys(service: _Service, *, anew: bool = False) -> KeySet:
    now = time.monotonic()
    if service.keys is None or (anew and now - service.keys_asked > ASK_AGAIN):
        service.keys_asked = now
        try:
            service.keys = KeySet.import_key_set(_document(service.jwks_uri))  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError):
            raise ProviderDown from None
    return service.keys


def return_address(endpoint: str, **where: str) -> str:
    """Where the service sends people back to: one address in all languages, known to the service beforehand."""
    settings = current_settings()
    path = url_for(endpoint, lang=settings.default_language, _external=False, **where)
    return (settings.base_url or request.url_root.rstrip("/")) + path


def _client(provider: Provider, service: _Service, audience: Audience, returns_to: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method="client_secret_post" if service.by_post else "client_secret_basic",
        # Of residents nothing is asked for but that they are the same person as last time.
        scope="openid email" if audience is Audience.STAFF else "openid",
        redirect_uri=returns_to or return_address("oidc.back", which=audience.value),
        code_challenge_method="S256",
    )


def begin(
    audience: Audience, language: str, back: str = "", *, shared: bool = False, returns_to: str = ""
) -> tuple[str, AuthorizationRequest]:
    """The address of the service to go to, and what the browser keeps meanwhile.

    `returns_to`: where it leads back to, where that is no sign-in. Raises `ProviderDown`.
    """
    provider = provider_for(audience)
    if provider is None:
        raise NotProven
    service = _service(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    more: dict[str, str] = {"acr_values": provider.acr_values} if provider.acr_values else {}
    if audience is Audience.STAFF and service.takes_claims:
        more["claims"] = json.dumps({"id_token": {"amr": {"essential": True}}})
    with _client(provider, service, audience, returns_to) as client:
        url, _state = client.create_authorization_url(
            service.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce, **more
        )
    now = clock.now().timestamp()
    begun = AuthorizationRequest(
        state, nonce, verifier, audience.value, now, language, back, shared, returns_to
    )
    return url, begun


def finish(begun: AuthorizationRequest, answer: Mapping[str, str]) -> Identity:
    """Who came back with `answer` (the question part of the address).

    Raises `NotProven`, `ProviderRefused`, `ProviderDown`.
    """
    audience = Audience(begun.audience)
    provider = provider_for(audience)
    if provider is None or clock.now().timestamp() - begun.started > PATIENCE.total_seconds():
        raise NotProven
    service = _service(provider)
    # RFC 9207: a service that names itself must be the one that was asked.
    if answer.get("iss", service.issuer) != service.issuer:
        raise NotProven
    if "code" not in answer:
        raise ProviderRefused
    with _client(provider, service, audience, begun.returns_to) as client:
        token = _exchange(client, service, answer["code"], begun.verifier)
        claims = _checked(service, provider, token.get("id_token"), nonce=begun.nonce)
        if audience is Audience.STAFF and "email" not in claims and service.userinfo_endpoint:
            said = _more_claims(service, provider, token.get("access_token"), claims["sub"])
            claims = {**said, **claims}
    return Identity(
        service.issuer,
        claims["sub"],
        _address(claims, provider) if audience is Audience.STAFF else None,
        says_two_factors(claims.get("acr"), claims.get("amr")),
    )


def _exchange(client: OAuth2Session, service: _Service, code: str, verifier: str) -> Mapping[str, Any]:
    try:
        token: Mapping[str, Any] = client.fetch_token(
            service.token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            timeout=(CONNECT, READ),
            allow_redirects=False,
        )
    except AuthlibBaseError:
        raise NotProven from None
    except (requests.RequestException, ValueError, TypeError):
        raise ProviderDown from None
    return token


def _checked(service: _Service, provider: Provider, token: object, *, nonce: str | None) -> dict[str, Any]:
    """The claims of a signed token that is meant for us, comes from the service and is of now."""
    if not isinstance(token, str) or len(token) > LARGEST_ANSWER:
        raise NotProven
    seconds = int(LEEWAY.total_seconds())
    needed: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat")} if nonce else {}
    rules = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=seconds,
        iss={"essential": True, "value": service.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        **needed,
    )
    claims = _decoded(service, token)
    try:
        rules.validate(claims)
    except (JoseError, TypeError, ValueError):
        raise NotProven from None
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", provider.client_id if len(audiences) == 1 else None)
    subject = claims["sub"]
    said = claims.get("nonce")
    known = nonce is None or (isinstance(said, str) and hmac.compare_digest(said.encode(), nonce.encode()))
    if (
        not known
        or party != provider.client_id
        or not isinstance(subject, str)
        or not 0 < len(subject) <= 255
    ):
        raise NotProven
    return claims


def _decoded(service: _Service, token: str) -> dict[str, Any]:
    def claims_with(keys: KeySet) -> dict[str, Any]:
        return dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)

    attempts: tuple[Callable[[], KeySet], ...] = (
        lambda: _keys(service),
        lambda: _keys(service, anew=True),  # a service changes its keys now and then
    )
    for keys in attempts:
        try:
            return claims_with(keys())
        except (JoseError, ValueError, TypeError):
            continue
    raise NotProven


def _more_claims(service: _Service, provider: Provider, access: object, subject: str) -> Mapping[str, Any]:
    """What the service says of the person beside the token; signed, or over a connection that nobody reads."""
    body, kind = _fetch(str(service.userinfo_endpoint), {"Authorization": f"Bearer {access}"})
    if "jwt" in kind:
        said = _checked(service, provider, body.decode("ascii", "replace"), nonce=None)
    else:
        try:
            said = json.loads(body)
        except ValueError:
            raise ProviderDown from None
    if not isinstance(said, dict) or said.get("sub") != subject:
        raise NotProven
    return said


def _address(claims: Mapping[str, Any], provider: Provider) -> str | None:
    email = claims.get("email")
    checked = claims.get("email_verified") is True or (
        provider.checks_addresses and claims.get("email_verified") is None
    )
    # A service names a mailbox exactly: what would have to be cleaned first may be another mailbox.
    if not isinstance(email, str) or not checked or pasted_text.email(email) != email:
        return None
    try:
        return fold_email(email)
    except BadEmail:
        return None


def request_of(begun: Iterable[AuthorizationRequest], state: str) -> AuthorizationRequest:
    """Which of the requests that a browser keeps an answer belongs to; raises `NotProven` where it is none of them."""
    for each in begun:
        if hmac.compare_digest(each.state.encode(), state.encode()):
            return each
    raise NotProven
