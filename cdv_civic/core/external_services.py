"""What a site speaks to outside of itself, as the environment describes it: mails, text messages, OpenID Connect.

`core.settings` reads the rest. A description that cannot work is refused at start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

#: How a mail server is spoken to -> its usual port.
MAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
#: Where OpenID Connect says that a service describes itself.
WELL_KNOWN = "/.well-known/openid-configuration"
#: What SMS_FIELDS names unless it is set: our words, and the gateway's.
SMS_FIELDS = {"to": "to", "text": "text", "from": "from"}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class UnusableSetting(ValueError):
    """A setting is missing or cannot work; the message says what to set."""


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over."""

    scheme: str  #: a key of `MAIL_SCHEMES`
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read SMTP_URL; raise `UnusableSetting`, which never says the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in MAIL_SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query:
            raise UnusableSetting(
                "SMTP_URL cannot be read: set something like smtps://user:password@mail.example.fr, "
                "smtp+starttls://user:password@mail.example.fr:587 or smtp://127.0.0.1:25; "
                "write characters such as @ or / in the password as %40 or %2F."
            )
        if parts.username and parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
            raise UnusableSetting(
                "SMTP_URL would send its password unprotected: set smtps:// or smtp+starttls:// instead of smtp://."
            )
        return cls(
            parts.scheme,
            parts.hostname,
            port or MAIL_SCHEMES[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


@dataclass(frozen=True)
class Provider:
    """A service that people sign in with (OpenID Connect), such as ProConnect or FranceConnect."""

    discovery_url: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str  #: words of the button
    acr_values: str = ""  #: how sure the service shall be, in its own words: "eidas1"
    checks_addresses: bool = False  #: it checks every address, though it does not say so of each

    @classmethod
    def from_environment(cls, prefix: str, environ: Mapping[str, str], environment: str) -> "Provider | None":
        """Read the settings that begin with `prefix`; None without them. Raise `UnusableSetting`."""
        discovery, client, secret, label = (
            environ.get(f"{prefix}_{name}", "").strip()
            for name in ("DISCOVERY_URL", "CLIENT_ID", "CLIENT_SECRET", "LABEL")
        )
        if not discovery:
            return None
        if not discovery.endswith(WELL_KNOWN) or not is_confidential(discovery, environment):
            raise UnusableSetting(
                f"{prefix}_DISCOVERY_URL cannot be used: set an address that begins with https:// "
                f"and ends with {WELL_KNOWN}."
            )
        for name, value in (("CLIENT_ID", client), ("CLIENT_SECRET", secret), ("LABEL", label)):
            if not value:
                raise UnusableSetting(f"{prefix}_{name} is missing: {prefix}_DISCOVERY_URL asks for it.")
        if environment == "production" and not environ.get("BASE_URL"):
            raise UnusableSetting(
                f"BASE_URL is missing: {prefix}_DISCOVERY_URL asks for the address that people come back to."
            )
        return cls(
            discovery,
            client,
            secret,
            label,
            environ.get(f"{prefix}_ACR_VALUES", "").strip(),
            switch(f"{prefix}_EMAIL_VERIFIED", environ.get(f"{prefix}_EMAIL_VERIFIED", "0")),
        )


@dataclass(frozen=True)
class TextGateway:
    """Where text messages (SMS) are handed over: an HTTP gateway or, while developing, a file."""

    url: str
    token: str = field(default="", repr=False)
    #: The header that holds the token; "Authorization" says "Bearer" before it.
    header: str = "Authorization"
    #: From whom the messages come, as telephones show it.
    sender: str = ""
    #: "to", "text" and "from" to where they stand in the JSON body: "recipient", "message.text", "numbers[]".
    fields: Mapping[str, str] = field(default_factory=lambda: dict(SMS_FIELDS))

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], environment: str) -> "TextGateway | None":
        """Read SMS_URL and its siblings; None without it. Raise `UnusableSetting`, which never says the token."""
        url = environ.get("SMS_URL", "").strip(" ")
        if not url:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
            if environment == "production":
                raise UnusableSetting("SMS_URL is a file: set the https:// address of an SMS gateway.")
            return cls(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnusableSetting(
                "SMS_URL cannot be read: set the address that takes messages, such as https://sms.example.fr/messages."
            )
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UnusableSetting("SMS_URL would send codes unprotected: set https:// instead of http://.")
        sender = environ.get("SMS_FROM", "").strip(" ")
        if len(sender) > 20 or not sender.isprintable():
            raise UnusableSetting(
                "SMS_FROM is too long: set a number, or a name of 11 letters at most without accents."
            )
        header = environ.get("SMS_HEADER", "").strip(" ") or "Authorization"
        if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", header):
            raise UnusableSetting(f'SMS_HEADER is "{header}": set the name of a header, such as X-Api-Key.')
        token = environ.get("SMS_TOKEN", "").strip(" ")
        if not token.isascii() or not token.isprintable():
            raise UnusableSetting(
                "SMS_TOKEN cannot be sent in a header: set the token that the gateway gave you."
            )
        return cls(url, token, header, sender, _text_fields(environ.get("SMS_FIELDS", "")))


def _text_fields(value: str) -> dict[str, str]:
    fields = dict(SMS_FIELDS)
    for pair in filter(None, (each.strip() for each in value.split(","))):
        ours, equals, theirs = (each.strip() for each in pair.partition("="))
        if not equals or ours not in SMS_FIELDS or not re.fullmatch(r"\w+(\.\w+)*(\[\])?", theirs):
            raise UnusableSetting(
                f'SMS_FIELDS has "{pair}": set something like to=recipient,text=message,from=sender.'
            )
        fields[ours] = theirs
    return fields


def is_confidential(url: str, environment: str) -> bool:
    """Whether nobody on the way can read what is said to `url`; on one's own machine plain HTTP will do."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    here = environment != "production" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.hostname) and (parts.scheme == "https" or (here and parts.scheme == "http"))


def switch(name: str, value: str) -> bool:
    """A setting that is on or off; raise `UnusableSetting`."""
    if value.strip().lower() in ("1", "true", "yes", "on"):
        return True
    if value.strip().lower() in ("0", "false", "no", "off", ""):
        return False
    raise UnusableSetting(f'{name} is "{value}": set it to 1 or 0.')
