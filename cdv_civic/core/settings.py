"""Settings, read once from the environment, refused at start when unusable.

A setting that cannot work stops the program with a sentence that says what to set
(`UnusableSetting`); nothing is guessed for a city that runs the platform for real.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from cdv_civic.core.external_services import ObjectStorage, Provider, TextGateway, UnusableSetting, switch
from cdv_civic.core.secrets import KeyFolder
from cdv_civic.core.setting_values import (
    DEFAULT_BIND,
    address_of_bind,
    folder_apart,
    read_addresses,
    read_base_url,
    read_counters,
    read_countries,
    read_database_url,
    read_languages,
    read_ledger_dir,
    read_mail,
    read_rate,
    read_secret_key,
    read_security_contact,
    read_timezone,
    whole_number,
)

ROOT = Path(__file__).resolve().parents[2]


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
    #: Where photos and documents are kept; None: in `data_dir`.
    s3: ObjectStorage | None = None
    base_url: str = ""
    #: Where gunicorn listens: what links of letters begin with while developing, where `base_url` is empty.
    bind: str = DEFAULT_BIND
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
    #: Answers to a consultation lose accounts and receipts so many days after the answer to it was published.
    consultation_link_days: int = 90
    #: How long photos and scans of sheets of paper stay after a consultation has ended.
    consultation_evidence_days: int = 180
    #: A project of a fund is kept for so many years after its last step, as accounts of public money are.
    fund_project_years: int = 10
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
    def own_address(self) -> str:
        """What links begin with where no request says it: `base_url`, or this machine as `bind` names it."""
        return self.base_url or address_of_bind(self.bind)

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
        base_url = read_base_url(environ.get("BASE_URL", ""))
        smtp_url, mail_from = read_mail(environ.get("SMTP_URL", ""), environ.get("MAIL_FROM", ""), base_url)
        data_dir = Path(environ.get("DATA_DIR") or ROOT / "data").absolute()
        keys_dir = folder_apart("KEYS_DIR", environ, environment, ROOT / "keys", data_dir)
        return cls(
            environment=environment,
            secret_key=read_secret_key(environ.get("SECRET_KEY", ""), environment, keys_dir),
            database_url=read_database_url(environ.get("DATABASE_URL", ""), data_dir),
            statement_seconds=whole_number(
                "STATEMENT_SECONDS", environ.get("STATEMENT_SECONDS", "15"), 1, 600
            ),
            lock_seconds=whole_number("LOCK_SECONDS", environ.get("LOCK_SECONDS", "5"), 1, 600),
            data_dir=data_dir,
            keys_dir=keys_dir,
            ledger_dir=read_ledger_dir(environ, environment, ROOT / "ledger", data_dir, keys_dir),
            s3=ObjectStorage.from_environment(environ, keys_dir),
            base_url=base_url,
            bind=environ.get("BIND") or DEFAULT_BIND,
            languages=read_languages(
                environ.get("LANGUAGES", ",".join(cls.languages)), ROOT / "translations"
            ),
            timezone=read_timezone(environ.get("TIMEZONE", "Europe/Paris")),
            site_name=environ.get("SITE_NAME", "").strip(),
            demo=switch("DEMO", environ.get("DEMO", "0")),
            page_cache=switch("PAGE_CACHE", environ.get("PAGE_CACHE", "1")),
            proxies=whole_number("PROXIES", environ.get("PROXIES", "0"), 0, 10),
            rate_limit_storage=read_counters(
                environ.get("RATE_LIMIT_STORAGE") or cls.rate_limit_storage, environment
            ),
            sign_in_limit=read_rate("SIGN_IN_LIMIT", environ.get("SIGN_IN_LIMIT") or cls.sign_in_limit),
            lost_password_limit=read_rate(
                "LOST_PASSWORD_LIMIT", environ.get("LOST_PASSWORD_LIMIT") or cls.lost_password_limit
            ),
            open_form_limit=read_rate(
                "OPEN_FORM_LIMIT", environ.get("OPEN_FORM_LIMIT") or cls.open_form_limit
            ),
            voice_contact_days=whole_number(
                "VOICE_CONTACT_DAYS", environ.get("VOICE_CONTACT_DAYS", "90"), 0, 3650
            ),
            consultation_link_days=whole_number(
                "CONSULTATION_LINK_DAYS", environ.get("CONSULTATION_LINK_DAYS", "90"), 0, 3650
            ),
            consultation_evidence_days=whole_number(
                "CONSULTATION_EVIDENCE_DAYS", environ.get("CONSULTATION_EVIDENCE_DAYS", "180"), 1, 3650
            ),
            fund_project_years=whole_number(
                "FUND_PROJECT_YEARS", environ.get("FUND_PROJECT_YEARS", "10"), 3, 50
            ),
            card_closings_a_day=whole_number(
                "CARD_CLOSINGS_A_DAY", environ.get("CARD_CLOSINGS_A_DAY", "20"), 1, 1000
            ),
            second_factor_moderators=switch(
                "SECOND_FACTOR_MODERATORS", environ.get("SECOND_FACTOR_MODERATORS", "0")
            ),
            smtp_url=smtp_url,
            mail_from=mail_from,
            mail_kept_days=whole_number("MAIL_KEPT_DAYS", environ.get("MAIL_KEPT_DAYS", "30"), 1, 3650),
            audit_head_to=read_addresses(
                "AUDIT_HEAD_TO", environ.get("AUDIT_HEAD_TO", ""), smtp_url, environment
            ),
            mail_stuck_minutes=whole_number(
                "MAIL_STUCK_MINUTES", environ.get("MAIL_STUCK_MINUTES", "15"), 1, 1440
            ),
            account_unused_days=whole_number(
                "ACCOUNT_UNUSED_DAYS", environ.get("ACCOUNT_UNUSED_DAYS", "730"), 30, 3650
            ),
            account_warning_days=whole_number(
                "ACCOUNT_WARNING_DAYS", environ.get("ACCOUNT_WARNING_DAYS", "30"), 7, 365
            ),
            account_closed_days=whole_number(
                "ACCOUNT_CLOSED_DAYS", environ.get("ACCOUNT_CLOSED_DAYS", "365"), 1, 3650
            ),
            code_limit=read_rate("CODE_LIMIT", environ.get("CODE_LIMIT") or cls.code_limit),
            code_network_limit=read_rate(
                "CODE_NETWORK_LIMIT", environ.get("CODE_NETWORK_LIMIT") or cls.code_network_limit
            ),
            code_day_limit=read_rate("CODE_DAY_LIMIT", environ.get("CODE_DAY_LIMIT") or cls.code_day_limit),
            sms=TextGateway.from_environment(environ, environment),
            sms_limit=read_rate("SMS_LIMIT", environ.get("SMS_LIMIT") or cls.sms_limit),
            sms_network_limit=read_rate(
                "SMS_NETWORK_LIMIT", environ.get("SMS_NETWORK_LIMIT") or cls.sms_network_limit
            ),
            sms_reserve=whole_number("SMS_RESERVE", environ.get("SMS_RESERVE", "33"), 0, 90),
            sms_countries=read_countries(environ.get("SMS_COUNTRIES") or "FR"),
            draw_kept_days=whole_number("DRAW_KEPT_DAYS", environ.get("DRAW_KEPT_DAYS", "90"), 1, 3650),
            jobs=switch("JOBS", environ.get("JOBS", "1")),
            oidc_staff=Provider.from_environment("OIDC_STAFF", environ, environment),
            oidc_residents=Provider.from_environment("OIDC_RESIDENTS", environ, environment),
            help_phone=environ.get("HELP_PHONE", ""),
            help_place=environ.get("HELP_PLACE", ""),
            help_hours=environ.get("HELP_HOURS", ""),
            publisher=environ.get("PUBLISHER", ""),
            hosting=environ.get("HOSTING", ""),
            privacy_contact=environ.get("PRIVACY_CONTACT", ""),
            security_contact=read_security_contact(environ.get("SECURITY_CONTACT", "")),
            stale_after_days=whole_number(
                "STALE_AFTER_DAYS", environ.get("STALE_AFTER_DAYS", "183"), 1, 3650
            ),
            deadline_soon_days=whole_number(
                "DEADLINE_SOON_DAYS", environ.get("DEADLINE_SOON_DAYS", "60"), 1, 3650
            ),
            disk_free_mb=whole_number("DISK_FREE_MB", environ.get("DISK_FREE_MB", "500"), 0, 1_000_000),
            small_count=whole_number("SMALL_COUNT", environ.get("SMALL_COUNT", "5"), 1, 1000),
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


def current_settings() -> Settings:
    """The settings of the application at hand."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def keys() -> KeyFolder:
    """The keys of this site: KEYS_DIR."""
    return KeyFolder(current_settings().keys_dir)
