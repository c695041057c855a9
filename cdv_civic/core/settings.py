"""Settings, read once from the environment, refused at start when unusable.

A setting that cannot work stops the program with a sentence that says what to set
(`UnusableSetting`); nothing is guessed for a city that runs the platform for real.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from limits import parse as parse_rate
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cdv_civic.core.external_services import MailServer, Provider, TextGateway, UnusableSetting, switch
from cdv_civic.core.secrets import KeyFolder

ROOT = Path(__file__).resolve().parents[2]
SUPPORTED_DATABASES = ("sqlite", "postgresql")
MOST_ADDRESSES = 5


_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,63}")


@dataclass(frozen=True)
class Settings:
    """All that a deployment chooses. Sizes are bytes, times are seconds unless named otherwise."""

    environment: str = "production"  # "production", "development" or "testing"
    secret_key: str = ""
    database_url: str = ""
    statement_seconds: int = 15
    lock_seconds: int = 5
    data_dir: Path = ROOT / "data"
    #: Secrets of the site, a file each (`core.secrets`): never under `data_dir`, never in a backup.
    keys_dir: Path = ROOT / "keys"
    #: What a restored backup must not undo (ids and dates): outside the database and `data_dir`, only ever added to.
    ledger_dir: Path = ROOT / "ledger"
    base_url: str = ""
    languages: tuple[str, ...] = ("fr", "en", "ar")
    timezone: str = "Europe/Paris"
    site_name: str = ""  # empty: the name of `core.web.assets.site_name`, in each reader's language
    demo: bool = False
    page_cache: bool = True
    proxies: int = 0
    rate_limit_storage: str = "database://"
    sign_in_limit: str = "10 per 15 minutes"
    lost_password_limit: str = "5 per hour"  # noqa: S105  (how often, not a password)
    open_form_limit: str = "20 per hour"
    voice_contact_days: int = 90
    #: Personal cards that one person may close or replace in a day; then administrators are told.
    card_closings_a_day: int = 20
    second_factor_moderators: bool = False  # staff and administrators always have one
    smtp_url: str = ""  # empty: mails stay in the outbox while developing, and are not written in production
    mail_from: str = ""
    mail_kept_days: int = 30
    #: Who gets the head of the audit trail every day.
    audit_head_to: tuple[str, ...] = ()
    #: After how long without a message leaving, while some are due, somebody is told.
    mail_stuck_minutes: int = 15
    #: After how long without anybody signed in an account is unused; then how long its holder may still come back.
    account_unused_days: int = 730
    account_warning_days: int = 30
    #: How long after it was closed by an administrator an account is erased.
    account_closed_days: int = 365
    code_limit: str = "5 per hour"
    code_network_limit: str = "60 per hour"
    code_day_limit: str = "30 per day"
    sms: TextGateway | None = None  # None: as without smtp_url
    sms_limit: str = "500 per day"
    sms_network_limit: str = "100 per day"
    #: Percent of `sms_limit` that is kept for numbers with an account.
    sms_reserve: int = 33
    sms_countries: tuple[str, ...] = ("FR",)
    draw_kept_days: int = 90
    jobs: bool = True
    oidc_staff: Provider | None = None
    oidc_residents: Provider | None = None
    help_phone: str = ""
    help_place: str = ""
    help_hours: str = ""
    publisher: str = ""
    hosting: str = ""
    privacy_contact: str = ""
    #: Whom to tell of a weakness, as a URI: `/.well-known/security.txt` names them.
    security_contact: str = ""
    stale_after_days: int = 183
    deadline_soon_days: int = 60
    #: Megabytes below which the disk of `data_dir` is called full (`core.web.health`).
    disk_free_mb: int = 500
    #: Counts below it are told as « fewer than », so that nobody is recognised.
    small_count: int = 5
    upload_limit: int = 10 * 1024 * 1024
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def development(self) -> bool:
        """True where development pages and the demo's accounts may be shown."""
        return self.environment == "development"

    @property
    def mails(self) -> bool:
        """Whether the site writes mails: in production it needs a server that takes them."""
        return bool(self.smtp_url) or self.environment != "production"

    @property
    def texts(self) -> bool:
        """Whether the site writes text messages (SMS): in production it needs a gateway that takes them."""
        return self.sms is not None or self.environment != "production"

    @property
    def default_language(self) -> str:
        """The language that strings and originals are written in."""
        return self.languages[0]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raise `UnusableSetting` naming the variable to set."""
        environment = environ.get("CDV_ENV", "production")
        if environment not in ("production", "development", "testing"):
            raise UnusableSetting(
                f'CDV_ENV is "{environment}": set it to production, development or testing.'
            )
        base_url = _base_url(environ.get("BASE_URL", ""))
        smtp_url, mail_from = _mail(environ.get("SMTP_URL", ""), environ.get("MAIL_FROM", ""), base_url)
        data_dir = Path(environ.get("DATA_DIR") or ROOT / "data").absolute()
        keys_dir = _folder_apart("KEYS_DIR", environ, environment, ROOT / "keys", data_dir)
        return cls(
            environment=environment,
            secret_key=_secret_key(environ.get("SECRET_KEY", ""), environment, keys_dir),
            database_url=_database_url(environ.get("DATABASE_URL", ""), data_dir),
            statement_seconds=_whole_number(
                "STATEMENT_SECONDS", environ.get("STATEMENT_SECONDS", "15"), 1, 600
            ),
            lock_seconds=_whole_number("LOCK_SECONDS", environ.get("LOCK_SECONDS", "5"), 1, 600),
            data_dir=data_dir,
            keys_dir=keys_dir,
            ledger_dir=_folder_apart("LEDGER_DIR", environ, environment, ROOT / "ledger", data_dir),
            base_url=base_url,
            languages=_languages(environ.get("LANGUAGES", "fr,en,ar")),
            timezone=_timezone(environ.get("TIMEZONE", "Europe/Paris")),
            site_name=environ.get("SITE_NAME", "").strip(),
            demo=switch("DEMO", environ.get("DEMO", "0")),
            page_cache=switch("PAGE_CACHE", environ.get("PAGE_CACHE", "1")),
            proxies=_whole_number("PROXIES", environ.get("PROXIES", "0"), 0, 10),
            rate_limit_storage=_counters(
                environ.get("RATE_LIMIT_STORAGE") or cls.rate_limit_storage, environment
            ),
            sign_in_limit=_rate("SIGN_IN_LIMIT", environ.get("SIGN_IN_LIMIT") or cls.sign_in_limit),
            lost_password_limit=_rate(
                "LOST_PASSWORD_LIMIT", environ.get("LOST_PASSWORD_LIMIT") or cls.lost_password_limit
            ),
            open_form_limit=_rate("OPEN_FORM_LIMIT", environ.get("OPEN_FORM_LIMIT") or cls.open_form_limit),
            voice_contact_days=_whole_number(
                "VOICE_CONTACT_DAYS", environ.get("VOICE_CONTACT_DAYS", "90"), 0, 3650
            ),
            card_closings_a_day=_whole_number(
                "CARD_CLOSINGS_A_DAY", environ.get("CARD_CLOSINGS_A_DAY", "20"), 1, 1000
            ),
            second_factor_moderators=switch(
                "SECOND_FACTOR_MODERATORS", environ.get("SECOND_FACTOR_MODERATORS", "0")
            ),
            smtp_url=smtp_url,
            mail_from=mail_from,
            mail_kept_days=_whole_number("MAIL_KEPT_DAYS", environ.get("MAIL_KEPT_DAYS", "30"), 1, 3650),
            audit_head_to=_addresses(
                "AUDIT_HEAD_TO", environ.get("AUDIT_HEAD_TO", ""), smtp_url, environment
            ),
            mail_stuck_minutes=_whole_number(
                "MAIL_STUCK_MINUTES", environ.get("MAIL_STUCK_MINUTES", "15"), 1, 1440
            ),
            account_unused_days=_whole_number(
                "ACCOUNT_UNUSED_DAYS", environ.get("ACCOUNT_UNUSED_DAYS", "730"), 30, 3650
            ),
            account_warning_days=_whole_number(
                "ACCOUNT_WARNING_DAYS", environ.get("ACCOUNT_WARNING_DAYS", "30"), 7, 365
            ),
            account_closed_days=_whole_number(
                "ACCOUNT_CLOSED_DAYS", environ.get("ACCOUNT_CLOSED_DAYS", "365"), 1, 3650
            ),
            code_limit=_rate("CODE_LIMIT", environ.get("CODE_LIMIT") or cls.code_limit),
            code_network_limit=_rate(
                "CODE_NETWORK_LIMIT", environ.get("CODE_NETWORK_LIMIT") or cls.code_network_limit
            ),
            code_day_limit=_rate("CODE_DAY_LIMIT", environ.get("CODE_DAY_LIMIT") or cls.code_day_limit),
            sms=TextGateway.from_environment(environ, environment),
            sms_limit=_rate("SMS_LIMIT", environ.get("SMS_LIMIT") or cls.sms_limit),
            sms_network_limit=_rate(
                "SMS_NETWORK_LIMIT", environ.get("SMS_NETWORK_LIMIT") or cls.sms_network_limit
            ),
            sms_reserve=_whole_number("SMS_RESERVE", environ.get("SMS_RESERVE", "33"), 0, 90),
            sms_countries=_countries(environ.get("SMS_COUNTRIES") or "FR"),
            draw_kept_days=_whole_number("DRAW_KEPT_DAYS", environ.get("DRAW_KEPT_DAYS", "90"), 1, 3650),
            jobs=switch("JOBS", environ.get("JOBS", "1")),
            oidc_staff=Provider.from_environment("OIDC_STAFF", environ, environment),
            oidc_residents=Provider.from_environment("OIDC_RESIDENTS", environ, environment),
            help_phone=environ.get("HELP_PHONE", ""),
            help_place=environ.get("HELP_PLACE", ""),
            help_hours=environ.get("HELP_HOURS", ""),
            publisher=environ.get("PUBLISHER", ""),
            hosting=environ.get("HOSTING", ""),
            privacy_contact=environ.get("PRIVACY_CONTACT", ""),
            security_contact=_security_contact(environ.get("SECURITY_CONTACT", "")),
            stale_after_days=_whole_number(
                "STALE_AFTER_DAYS", environ.get("STALE_AFTER_DAYS", "183"), 1, 3650
            ),
            deadline_soon_days=_whole_number(
                "DEADLINE_SOON_DAYS", environ.get("DEADLINE_SOON_DAYS", "60"), 1, 3650
            ),
            disk_free_mb=_whole_number("DISK_FREE_MB", environ.get("DISK_FREE_MB", "500"), 0, 1_000_000),
            small_count=_whole_number("SMALL_COUNT", environ.get("SMALL_COUNT", "5"), 1, 1000),
        )

    def flask_config(self) -> dict[str, object]:
        """The same settings in the words of Flask and its extensions."""
        https = self.base_url.startswith("https://")
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.environment == "testing",
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            # The prefix makes browsers refuse such a cookie from a neighbour under the same domain, or without HTTPS.
            "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
            "SESSION_COOKIE_PATH": "/",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": https,
            # No cookie is older; the row of the session ends sooner where it must (`accounts.rules.idle_after`).
            "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
            "SESSION_REFRESH_EACH_REQUEST": False,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": https,
            "BABEL_DEFAULT_LOCALE": self.default_language,
            "BABEL_DEFAULT_TIMEZONE": self.timezone,
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
            **self.extra,
        }


def _folder_apart(
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
    real, data = folder.resolve(), data_dir.resolve()
    if real.is_relative_to(data) or data.is_relative_to(real):
        raise UnusableSetting(
            f"{name} and DATA_DIR lie one within the other: set {name} to a folder of its own, "
            "so that no backup holds it and no restore overwrites it."
        )
    return folder


def _secret_key(value: str, environment: str, keys_dir: Path) -> str:
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


def _database_url(value: str, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'cdv_civic.sqlite3'}"
    try:
        url = make_url(value)
    except ArgumentError:
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
    return url.render_as_string(hide_password=False)


def _base_url(value: str) -> str:
    value = value.rstrip("/")
    if value and not (value.startswith(("http://", "https://")) and len(value) > 8 and " " not in value):
        raise UnusableSetting(
            f'BASE_URL is "{value}": set the public address of the site, such as https://engagements.example.fr.'
        )
    return value


def _mail(url: str, sender: str, base_url: str) -> tuple[str, str]:
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


def _addresses(name: str, value: str, smtp_url: str, environment: str) -> tuple[str, ...]:
    addresses = tuple(dict.fromkeys(each.strip() for each in value.split(",") if each.strip()))
    if len(addresses) > MOST_ADDRESSES or not all(_MAILBOX.fullmatch(each) for each in addresses):
        raise UnusableSetting(
            f"{name} cannot be read: set up to {MOST_ADDRESSES} e-mail addresses with commas between them."
        )
    if addresses and not smtp_url and environment == "production":
        raise UnusableSetting(f"SMTP_URL is missing: set a mail server, or leave {name} empty.")
    return addresses


def _security_contact(value: str) -> str:
    value = value.strip(" ")
    if _MAILBOX.fullmatch(value):
        return f"mailto:{value}"
    if value and not re.fullmatch(r"https://[\x21-\x7e]+", value):
        raise UnusableSetting(
            "SECURITY_CONTACT cannot be read: set an e-mail address, or an address that begins with https://."
        )
    return value


def _countries(value: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code.strip().upper() for code in value.split(",") if code.strip()))
    if not codes or not all(code == "ALL" or re.fullmatch(r"[A-Z]{2}", code) for code in codes):
        raise UnusableSetting(
            f'SMS_COUNTRIES is "{value}": set codes of two letters such as FR,BE, or ALL '
            "(FR stands for the overseas departments too)."
        )
    return codes


def _languages(value: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip() for tag in value.split(",") if tag.strip()))
    if not tags or tags[0] != "fr":
        raise UnusableSetting(
            f'LANGUAGES is "{value}": set a list that starts with fr, such as fr,en,ar '
            "(French is what every original is written in)."
        )
    for tag in tags:
        if "/" in tag or tag.startswith(".") or not (ROOT / "translations" / tag / "pack.toml").is_file():
            known = ", ".join(
                sorted(path.parent.name for path in (ROOT / "translations").glob("*/pack.toml"))
            )
            raise UnusableSetting(
                f'LANGUAGES names "{tag}", which has no language pack: choose among {known}.'
            )
    return tags


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise UnusableSetting(
            f'TIMEZONE is "{value}": set the territory\'s zone, such as Europe/Paris or America/Cayenne.'
        ) from None
    return value


def _rate(name: str, value: str) -> str:
    try:
        parse_rate(value)
    except ValueError:
        raise UnusableSetting(f'{name} is "{value}": set something like 5 per hour.') from None
    return value


def _counters(value: str, environment: str) -> str:
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


def _whole_number(name: str, value: str, low: int, high: int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise UnusableSetting(f'{name} is "{value}": set a whole number from {low} to {high}.')
    return number


def current_settings() -> Settings:
    """The settings of the application at hand."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def keys() -> KeyFolder:
    """The keys of this site: KEYS_DIR."""
    return KeyFolder(current_settings().keys_dir)
