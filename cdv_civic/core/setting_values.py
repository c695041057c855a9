"""Values of settings as the environment writes them: read, or refused with a sentence that says what to set."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from limits import parse_many as parse_rates
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cdv_civic.core.external_services import MailServer, UnusableSetting
from cdv_civic.core.secrets import KeyFolder

SUPPORTED_DATABASES = ("sqlite", "postgresql")
MOST_ADDRESSES = 5
#: Where gunicorn listens unless BIND says otherwise (`gunicorn.conf.py`).
DEFAULT_BIND = "127.0.0.1:8000"

#: A host and at most a port.
_ROOT_ADDRESS = re.compile(r"https?://([^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,63}")


def folder_apart(
    name: str, environ: Mapping[str, str], environment: str, default: Path, data_dir: Path
) -> Path:
    """A folder that a backup of DATA_DIR must not hold, nor a restore of it overwrite."""
    value = environ.get(name, "").strip()
    if not value and environment == "production":
        raise UnusableSetting(
            f"{name} is missing: set a folder outside DATA_DIR that only the service may read, "
            f"such as /srv/cdv_civic/{default.name} (docs/running.md says what it holds)."
        )
    folder = Path(value or default).absolute()
    if _one_within_the_other(folder, data_dir):
        raise UnusableSetting(
            f"{name} and DATA_DIR lie one within the other: set {name} to a folder of its own, "
            "so that no backup holds it and no restore overwrites it."
        )
    return folder


def read_ledger_dir(
    environ: Mapping[str, str], environment: str, default: Path, data_dir: Path, keys_dir: Path
) -> Path:
    """The folder of the ledger, which is copied to another machine every hour: it must hold no key."""
    folder = folder_apart("LEDGER_DIR", environ, environment, default, data_dir)
    if _one_within_the_other(folder, keys_dir):
        raise UnusableSetting(
            "LEDGER_DIR and KEYS_DIR lie one within the other: set LEDGER_DIR to a folder of its own, "
            "so that no copy of the ledger holds a key."
        )
    return folder


def _one_within_the_other(one: Path, other: Path) -> bool:
    one, other = one.resolve(), other.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


def read_secret_key(value: str, environment: str, keys_dir: Path) -> str:
    """What signs cookies; while developing, one of the site's own where none is set."""
    if value:
        if environment == "production" and len(value) < 32:
            raise UnusableSetting(
                "SECRET_KEY is shorter than 32 characters: set a long random value, "
                'for example from `python -c "import secrets; print(secrets.token_hex(32))"`.'
            )
        return value
    if environment == "production":
        raise UnusableSetting(
            "SECRET_KEY is missing: set a long random value, "
            'for example from `python -c "import secrets; print(secrets.token_hex(32))"`, '
            "or set CDV_ENV=development to try the platform on your own machine."
        )
    if environment == "development":
        # The same for all commands of a site that is tried out, and after a new start.
        return KeyFolder(keys_dir).read_or_make("development").hex()
    return secrets.token_hex(32)


def read_database_url(value: str, data_dir: Path) -> str:
    """The URL of the database as SQLAlchemy takes it; SQLite in `data_dir` where none is set."""
    if not value:
        return f"sqlite:///{data_dir / 'cdv_civic.sqlite3'}"
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):  # the second where the port is no number
        raise UnusableSetting(
            "DATABASE_URL cannot be read: set something like postgresql://user:password@host:5432/name "
            "or sqlite:////path/to/file.sqlite3, or leave it empty for SQLite in DATA_DIR."
        ) from None
    kind = "postgresql" if url.drivername.startswith("postgres") else url.get_backend_name()
    if kind not in SUPPORTED_DATABASES:
        raise UnusableSetting(
            f'DATABASE_URL names the database "{url.drivername}": set a sqlite:// or a postgresql:// address.'
        )
    if kind == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    elif not Path(url.database or "").is_absolute():
        # In memory each connection has a database of its own; a relative path names another file in each folder.
        raise UnusableSetting(
            "DATABASE_URL names no whole path: set something like sqlite:////path/to/file.sqlite3, with four slashes, "
            "or leave it empty for SQLite in DATA_DIR."
        )
    return url.render_as_string(hide_password=False)


def read_base_url(value: str) -> str:
    """The public address of the site without a slash at its end; empty where none is set."""
    value = value.rstrip("/")
    if value and not _ROOT_ADDRESS.fullmatch(value):
        raise UnusableSetting(
            f'BASE_URL is "{value}": set the public address of the site, such as https://engagements.example.fr; '
            "the site has a name for itself, and lies in no folder of another."
        )
    return value


def address_of_bind(bind: str) -> str:
    """How a browser of this machine reaches what listens at `bind`, in the words of gunicorn."""
    if bind.startswith(("unix:", "fd://")):
        bind = ""
    first = bind.partition(",")[0].removeprefix("tcp://")
    host, colon, port = first.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = first, ""
    # Those mean every address of the machine, and are none that a browser opens.
    host = "127.0.0.1" if host in ("", "0.0.0.0", "::", "[::]") else host  # noqa: S104
    return f"http://{host}:{port or DEFAULT_BIND.rpartition(':')[2]}"


def read_mail(url: str, sender: str, base_url: str) -> tuple[str, str]:
    """The mail server's URL and the sender; empty where mails go nowhere."""
    url, sender = url.strip(" "), sender.strip(" ")
    if sender and not _MAILBOX.fullmatch(sender):
        raise UnusableSetting(
            "MAIL_FROM is not an e-mail address: set the address that mails come from, such as site@example.fr."
        )
    if not url:
        return "", sender
    MailServer.from_url(url)
    if not sender:
        raise UnusableSetting(
            "MAIL_FROM is missing: set the address that mails come from, such as site@example.fr."
        )
    if not base_url:
        raise UnusableSetting(
            "BASE_URL is missing: mails hold links, so set the public address of the site, "
            "such as https://engagements.example.fr."
        )
    return url, sender


def read_addresses(name: str, value: str, smtp_url: str, environment: str) -> tuple[str, ...]:
    """E-mail addresses with commas between them."""
    addresses = tuple(dict.fromkeys(each.strip() for each in value.split(",") if each.strip()))
    if len(addresses) > MOST_ADDRESSES or not all(_MAILBOX.fullmatch(each) for each in addresses):
        raise UnusableSetting(
            f"{name} cannot be read: set up to {MOST_ADDRESSES} e-mail addresses with commas between them."
        )
    if addresses and not smtp_url and environment == "production":
        raise UnusableSetting(f"SMTP_URL is missing: set a mail server, or leave {name} empty.")
    return addresses


def read_security_contact(value: str) -> str:
    """Whom to tell of a weakness, as a URI."""
    value = value.strip(" ")
    if _MAILBOX.fullmatch(value):
        return f"mailto:{value}"
    if value and not re.fullmatch(r"https://[\x21-\x7e]+", value):
        raise UnusableSetting(
            "SECURITY_CONTACT cannot be read: set an e-mail address, or an address that begins with https://."
        )
    return value


def read_countries(value: str) -> tuple[str, ...]:
    """Codes of countries with commas between them."""
    codes = tuple(dict.fromkeys(code.strip().upper() for code in value.split(",") if code.strip()))
    if not codes or not all(code == "ALL" or re.fullmatch(r"[A-Z]{2}", code) for code in codes):
        raise UnusableSetting(
            f'SMS_COUNTRIES is "{value}": set codes of two letters such as FR,BE, or ALL '
            "(FR stands for the overseas departments too)."
        )
    return codes


def read_languages(value: str, packs: Path) -> tuple[str, ...]:
    """Tags of languages with commas between them, each a pack of the folder `packs`; French first."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in value.split(",") if tag.strip()))
    if not tags or tags[0] != "fr":
        raise UnusableSetting(
            f'LANGUAGES is "{value}": set a list that starts with fr, such as fr,en,ar '
            "(French is what every original is written in)."
        )
    for tag in tags:
        if "/" in tag or tag.startswith(".") or not (packs / tag / "pack.toml").is_file():
            known = ", ".join(sorted(path.parent.name for path in packs.glob("*/pack.toml")))
            raise UnusableSetting(
                f'LANGUAGES names "{tag}", which has no language pack: choose among {known}.'
            )
    return tags


def read_timezone(value: str) -> str:
    """The name of a time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise UnusableSetting(
            f'TIMEZONE is "{value}": set the territory\'s zone, such as Europe/Paris or America/Cayenne.'
        ) from None
    return value


def read_rate(name: str, value: str) -> str:
    """How often something may be done, such as "5 per hour"."""
    try:
        [limit] = parse_rates(value)
    except ValueError:  # none, or several
        limit = None
    if limit is None or limit.amount < 1:
        raise UnusableSetting(f'{name} is "{value}": set something like 5 per hour.')
    return value


def read_counters(value: str, environment: str) -> str:
    """Where attempts are counted."""
    scheme = value.partition("://")[0]
    if scheme == "memory" and environment == "production":
        raise UnusableSetting(
            "RATE_LIMIT_STORAGE is memory://, where each process counts for itself: leave it empty to count in the "
            "database, or set redis://host:6379."
        )
    if scheme not in ("database", "memory") and not scheme.startswith(("redis", "valkey")):
        raise UnusableSetting(
            f'RATE_LIMIT_STORAGE is "{scheme}://…": leave it empty to count in the database, or set redis://host:6379.'
        )
    return value


def whole_number(name: str, value: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise UnusableSetting(f'{name} is "{value}": set a whole number from {low} to {high}.')
    return number
