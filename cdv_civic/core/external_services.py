"""What a site speaks to outside of itself, as the environment describes it: mails, SMS, OpenID Connect, object storage.

`core.settings` reads the rest. A description that cannot work is refused at start.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: How a mail server is spoken to -> its usual port.
MAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
#: Where OpenID Connect says that a service describes itself.
WELL_KNOWN = "/.well-known/openid-configuration"
#: What SMS_FIELDS names unless it is set: our words, and the gateway's.
SMS_FIELDS = {"to": "to", "text": "text", "from": "from"}
#: The file of KEYS_DIR that says who the site is to the service that keeps its files.
S3_KEYS = "s3.credentials"
#: Part of S3_PREFIX: none begins with a dot.
_PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
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


@dataclass(frozen=True)
class ObjectStorage:
    """Where files are kept that lie in no folder: a bucket of a service that speaks S3, addressed by its path."""

    #: Without a slash at its end.
    url: str
    bucket: str
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    #: What all names in the bucket begin with; with a slash at its end where it is not empty.
    prefix: str = ""
    #: The file of the certificate authorities that the service is believed by; empty: those that browsers accept.
    ca_file: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], keys_dir: Path) -> "ObjectStorage | None":
        """Read S3_URL and its siblings, and the keys in KEYS_DIR; None without them. Raise `UnusableSetting`."""
        url, bucket, region, prefix, ca_file = (
            environ.get(f"S3_{name}", "").strip() for name in ("URL", "BUCKET", "REGION", "PREFIX", "CA_FILE")
        )
        if not url:
            for name, value in (
                ("S3_BUCKET", bucket),
                ("S3_REGION", region),
                ("S3_PREFIX", prefix),
                ("S3_CA_FILE", ca_file),
            ):
                if value:
                    raise UnusableSetting(
                        f"S3_URL is missing: {name} asks for it. Without them all, files are kept in DATA_DIR."
                    )
            return None
        url, prefix = _s3_url(url), prefix.strip("/")
        for name, value, form, example in (
            ("S3_BUCKET", bucket, r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "its name, such as cdv-civic"),
            ("S3_REGION", region, r"[a-z0-9-]{1,40}", "what the service calls it, such as fr-par"),
        ):
            if not value:
                raise UnusableSetting(f"{name} is missing: S3_URL asks for it. Set {example}.")
            if not re.fullmatch(form, value):
                raise UnusableSetting(f'{name} is "{value}": set {example}.')
        if prefix and not re.fullmatch(rf"{_PART}(/{_PART})*", prefix):
            raise UnusableSetting(f'S3_PREFIX is "{prefix}": set something like engagements, or nothing.')
        if ca_file:
            _check_authorities(ca_file)
        access_key, secret_key = _s3_keys(keys_dir / S3_KEYS)
        return cls(url, bucket, region, access_key, secret_key, f"{prefix}/" if prefix else "", ca_file)


def _s3_url(url: str) -> str:
    """The address of the service, without a slash at its end."""
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, whole = urlsplit(""), False
    if parts.scheme not in ("http", "https") or not whole or parts.path.strip("/") or parts.query:
        raise UnusableSetting(
            "S3_URL cannot be read: set the address of the service without the bucket, such as "
            "https://s3.example.fr."
        )
    if parts.username is not None:
        raise UnusableSetting(f"S3_URL holds a name or a key: keys lie in KEYS_DIR/{S3_KEYS}.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UnusableSetting("S3_URL would send files unprotected: set https:// instead of http://.")
    return f"{parts.scheme}://{parts.netloc}"


def _check_authorities(path: str) -> None:
    """Raise `UnusableSetting` for a file that holds no certificate."""
    try:
        known = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        known.load_verify_locations(path)
    except OSError as error:  # SSL errors are among them
        raise UnusableSetting(
            f"S3_CA_FILE cannot be used ({type(error).__name__}): set the path of a file with the certificate of the "
            "authority (PEM), which the user who runs the site can read."
        ) from None


def _s3_keys(path: Path) -> tuple[str, str]:
    """The two keys of a file, a line each; raise `UnusableSetting`, which never says one."""
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        raise UnusableSetting(
            f"{path} is missing: S3_URL asks for it. Write the access key into its first line and the secret key "
            "into its second, for the user who runs the site alone (chmod 600)."
        ) from None
    except OSError as error:
        raise UnusableSetting(
            f"{path} cannot be read ({error.strerror}): give it to the user who runs the site."
        ) from None
    except UnicodeDecodeError:
        lines = []
    if len(lines) != 2 or not all(line.isprintable() for line in lines):
        raise UnusableSetting(
            f"{path} cannot be used: write the access key into its first line and the secret key into its second."
        )
    return lines[0], lines[1]


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
