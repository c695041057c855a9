"""A site that could not work does not start, and says what to set."""

from pathlib import Path

import pytest

from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.settings import Settings
from tests.languages import SHIPPED

KEY = "x" * 40
#: What production asks for.
PRODUCTION = {"SECRET_KEY": KEY, "KEYS_DIR": "/srv/site/keys", "LEDGER_DIR": "/srv/site/ledger"}


def test_production_asks_for_a_secret_key() -> None:
    with pytest.raises(UnusableSetting, match="SECRET_KEY is missing: set a long random value"):
        Settings.from_environment({**PRODUCTION, "SECRET_KEY": ""})


def test_production_refuses_a_short_secret_key() -> None:
    with pytest.raises(UnusableSetting, match="SECRET_KEY is shorter than 32"):
        Settings.from_environment({**PRODUCTION, "SECRET_KEY": "secret"})


def test_development_makes_its_own_key_and_keeps_it(tmp_path: Path) -> None:
    def key(folder: Path) -> str:
        environ = {"CDV_ENV": "development", "KEYS_DIR": str(folder)}
        return Settings.from_environment(environ).secret_key

    one, two = tmp_path / "one", tmp_path / "two"
    assert len(key(one)) >= 32
    assert key(one) == key(one), "the commands of one site agree"
    assert key(one) != key(two)
    assert [(path.name, path.stat().st_mode & 0o777) for path in one.iterdir()] == [
        ("development.key", 0o600)
    ]


@pytest.mark.parametrize("name", ["KEYS_DIR", "LEDGER_DIR"])
def test_secrets_and_the_ledger_lie_outside_what_a_backup_holds(tmp_path: Path, name: str) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(UnusableSetting, match=f"{name} is missing: set a folder outside DATA_DIR"):
        Settings.from_environment(without)
    data = tmp_path / "data"
    (tmp_path / "link").symlink_to(data)
    for wrong in (data, data / "keys", tmp_path / "link" / "keys", tmp_path):
        with pytest.raises(UnusableSetting, match=f"{name} and DATA_DIR lie one within the other"):
            Settings.from_environment({**PRODUCTION, "DATA_DIR": str(data), name: str(wrong)})


def test_the_copy_of_the_ledger_holds_no_key(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    for wrong in (keys, keys / "ledger", tmp_path):
        set_to = {**PRODUCTION, "DATA_DIR": "/srv/site/data", "KEYS_DIR": str(keys), "LEDGER_DIR": str(wrong)}
        with pytest.raises(UnusableSetting, match="LEDGER_DIR and KEYS_DIR lie one within the other"):
            Settings.from_environment(set_to)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://[2001:db8::1]:8443", "https://é.fr/"])
def test_the_public_address_is_a_host_and_at_most_a_port(address: str) -> None:
    assert Settings.from_environment({**PRODUCTION, "BASE_URL": address}).base_url == address.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CDV_ENV", "prod", "set it to production, development or testing"),
        ("AUDIT_HEAD_TO", "a@example.org;b@example.org", "AUDIT_HEAD_TO cannot be read"),
        ("AUDIT_HEAD_TO", ",".join(f"a{n}@example.org" for n in range(6)), "set up to 5 e-mail addresses"),
        ("AUDIT_HEAD_TO", "a@example.org", "SMTP_URL is missing"),
        ("LANGUAGES", "fr,xx", f'names "xx", which has no language pack: choose among {", ".join(SHIPPED)}'),
        ("LANGUAGES", "fr,../fr", "has no language pack"),
        ("LANGUAGES", "en", "starts with fr"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL cannot be read"),
        ("DATABASE_URL", "mysql://x/y", "set a sqlite:// or a postgresql:// address"),
        ("DATABASE_URL", "postgresql://me:secret@db:port/y", "DATABASE_URL cannot be read"),
        (
            "DATABASE_URL",
            "sqlite://",
            "set something like sqlite:////path/to/file.sqlite3, with four slashes",
        ),
        ("DATABASE_URL", "sqlite:///site.sqlite3", "DATABASE_URL names no whole path"),
        ("BASE_URL", "example.fr", "set the public address of the site"),
        ("BASE_URL", "https://example.fr/quartiers", "lies in no folder of another"),
        ("BASE_URL", "https://example.fr:port", "set the public address of the site"),
        ("BASE_URL", "https://me:me@example.fr", "set the public address of the site"),
        ("TIMEZONE", "Europe/Orly", "set the territory's zone"),
        ("SECOND_FACTOR_MODERATORS", "perhaps", "set it to 1 or 0"),
        ("SECURITY_CONTACT", "securite", "set an e-mail address, or an address that begins with https://"),
        ("SECURITY_CONTACT", "http://example.fr/securite", "SECURITY_CONTACT cannot be read"),
        ("SECURITY_CONTACT", "a@example.fr\nPolicy: x", "SECURITY_CONTACT cannot be read"),
        ("DEMO", "perhaps", "set it to 1 or 0"),
        ("STALE_AFTER_DAYS", "-4", "set a whole number from 1 to 3650"),
        ("SMTP_URL", "mail.example.fr", "SMTP_URL cannot be read: set something like smtps://"),
        ("SMTP_URL", "http://mail.example.fr", "SMTP_URL cannot be read"),
        ("SMTP_URL", "smtp://mail.example.fr:port", "SMTP_URL cannot be read"),
        ("SMTP_URL", "smtp://me:secret@mail.example.fr", "set smtps:// or smtp+starttls://"),
        ("MAIL_FROM", "site@example.fr\nBcc: other@example.fr", "MAIL_FROM is not an e-mail address"),
        ("MAIL_KEPT_DAYS", "0", "set a whole number from 1 to 3650"),
        ("MAIL_STUCK_MINUTES", "0", "set a whole number from 1 to 1440"),
        ("ACCOUNT_UNUSED_DAYS", "7", "set a whole number from 30 to 3650"),
        ("ACCOUNT_WARNING_DAYS", "1", "set a whole number from 7 to 365"),
        ("ACCOUNT_CLOSED_DAYS", "jamais", "set a whole number from 1 to 3650"),
        ("LOST_PASSWORD_LIMIT", "often", "set something like 5 per hour"),
        ("SIGN_IN_LIMIT", "0 per hour", "set something like 5 per hour"),
        ("SIGN_IN_LIMIT", "10 per 15 minutes; 50 per day", "set something like 5 per hour"),
        ("JOBS", "some", "set it to 1 or 0"),
        ("PROXIES", "many", "set a whole number from 0 to 10"),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_set(name: str, value: str, sentence: str) -> None:
    with pytest.raises(UnusableSetting) as refusal:
        Settings.from_environment({**PRODUCTION, name: value})
    assert name in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "least", "usual", "most"),
    [
        ("STATEMENT_SECONDS", 1, 15, 600),
        ("LOCK_SECONDS", 1, 5, 600),
        ("PROXIES", 0, 0, 10),
        ("VOICE_CONTACT_DAYS", 0, 90, 3650),
        ("CONSULTATION_LINK_DAYS", 0, 90, 3650),
        ("CONSULTATION_EVIDENCE_DAYS", 1, 180, 3650),
        ("FUND_PROJECT_YEARS", 3, 10, 50),
        ("CARD_CLOSINGS_A_DAY", 1, 20, 1000),
        ("MAIL_KEPT_DAYS", 1, 30, 3650),
        ("MAIL_STUCK_MINUTES", 1, 15, 1440),
        ("ACCOUNT_UNUSED_DAYS", 30, 730, 3650),
        ("ACCOUNT_WARNING_DAYS", 7, 30, 365),
        ("ACCOUNT_CLOSED_DAYS", 1, 365, 3650),
        ("SMS_RESERVE", 0, 33, 90),
        ("DRAW_KEPT_DAYS", 1, 90, 3650),
        ("STALE_AFTER_DAYS", 1, 183, 3650),
        ("DEADLINE_SOON_DAYS", 1, 60, 3650),
        ("DISK_FREE_MB", 0, 500, 1_000_000),
        ("SMALL_COUNT", 1, 5, 1000),
    ],
)
def test_a_number_may_be_set_to_its_bounds_and_no_further(
    name: str, least: int, usual: int, most: int
) -> None:
    def read(**set_to: str) -> int:
        number: int = getattr(Settings.from_environment({**PRODUCTION, **set_to}), name.lower())
        return number

    assert read() == usual
    for number in (least, most):
        assert read(**{name: str(number)}) == number
    for beyond in (least - 1, most + 1):
        with pytest.raises(UnusableSetting, match=f"{name} is .* from {least} to {most}"):
            read(**{name: str(beyond)})


MAIL = {"SMTP_URL": "smtps://me:p%40ss@mail.example.fr", "MAIL_FROM": "site@example.fr"}


def test_a_mail_server_asks_for_a_sender() -> None:
    with pytest.raises(UnusableSetting, match="MAIL_FROM is missing: set the address that mails come from"):
        Settings.from_environment({**PRODUCTION, "SMTP_URL": MAIL["SMTP_URL"]})


def test_mails_ask_for_the_public_address_of_the_site_for_their_links() -> None:
    with pytest.raises(UnusableSetting, match="BASE_URL is missing: mails hold links"):
        Settings.from_environment({**PRODUCTION, **MAIL})
    settings = Settings.from_environment({**PRODUCTION, **MAIL, "BASE_URL": "https://site.example.fr"})
    assert settings.mails


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("", "http://127.0.0.1:8000"),
        ("127.0.0.1:8102", "http://127.0.0.1:8102"),
        ("localhost:8102", "http://localhost:8102"),
        ("0.0.0.0:8102", "http://127.0.0.1:8102"),
        (":8102", "http://127.0.0.1:8102"),
        ("[::1]:8102", "http://[::1]:8102"),
        ("[::]:8102", "http://127.0.0.1:8102"),
        ("[::1]", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
        ("127.0.0.1:8102,127.0.0.1:8103", "http://127.0.0.1:8102"),
        ("unix:/run/site.sock", "http://127.0.0.1:8000"),
    ],
)
def test_while_developing_links_of_letters_lead_to_where_the_site_listens(bind: str, address: str) -> None:
    environ = {"CDV_ENV": "development", "SECRET_KEY": KEY, "BIND": bind}
    assert Settings.from_environment(environ).own_address == address
    named = Settings.from_environment({**environ, "BASE_URL": "http://other.example"})
    assert named.own_address == "http://other.example"


def test_production_without_a_mail_server_writes_no_mail() -> None:
    assert not Settings.from_environment(PRODUCTION).mails
    assert Settings.from_environment({"CDV_ENV": "development", "SECRET_KEY": KEY}).mails


def test_sqlite_in_the_data_folder_is_the_default(tmp_path: Path) -> None:
    settings = Settings.from_environment({**PRODUCTION, "DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/cdv_civic.sqlite3"


def test_a_postgresql_address_is_given_our_driver_and_keeps_its_password() -> None:
    settings = Settings.from_environment({**PRODUCTION, "DATABASE_URL": "postgres://me:p%40ss@db/civic"})
    assert settings.database_url == "postgresql+psycopg://me:p%40ss@db/civic"


@pytest.mark.parametrize(
    ("base_url", "name", "https"),
    [("https://site.example.org", "__Host-session", True), ("http://127.0.0.1:8000", "session", False)],
)
def test_the_cookie_of_a_session_is_for_this_site_alone_and_closed_to_scripts(
    base_url: str, name: str, https: bool
) -> None:
    config = Settings(base_url=base_url).flask_config()
    cookie = {key.removeprefix("SESSION_COOKIE_"): config[key] for key in config if "SESSION_COOKIE_" in key}
    assert cookie == {"NAME": name, "PATH": "/", "HTTPONLY": True, "SAMESITE": "Lax", "SECURE": https}
    assert config["PERMANENT_SESSION_LIFETIME"] == 30 * 24 * 3600
    assert config["SESSION_REFRESH_EACH_REQUEST"] is False, "a page that is read sets no cookie"
    assert config["WTF_CSRF_SSL_STRICT"] is https


#: Files in a bucket.
S3 = {"S3_URL": "https://s3.example.fr/", "S3_BUCKET": "cdv-civic", "S3_REGION": "fr-par"}


def with_keys(
    folder: Path, content: str | bytes | None = "SCWACCESS\nsecret/+key\n", **changed: str
) -> Settings:
    folder.mkdir(exist_ok=True)
    if content is not None:
        written = content.encode() if isinstance(content, str) else content
        (folder / "s3.credentials").write_bytes(written)
    return Settings.from_environment({**PRODUCTION, "KEYS_DIR": str(folder), **S3, **changed})


def test_files_lie_in_a_folder_unless_a_bucket_is_named(tmp_path: Path) -> None:
    assert Settings.from_environment(PRODUCTION).s3 is None
    s3 = with_keys(tmp_path, S3_PREFIX="/a-town/files/").s3
    assert s3 is not None
    assert (s3.url, s3.bucket, s3.region, s3.prefix) == (
        "https://s3.example.fr", "cdv-civic", "fr-par", "a-town/files/",
    )  # fmt: skip
    assert (s3.access_key, s3.secret_key) == ("SCWACCESS", "secret/+key")
    assert "ACCESS" not in repr(s3)
    assert "secret" not in repr(s3)
    assert with_keys(tmp_path, S3_URL="http://127.0.0.1:3900").s3 is not None
    plain = with_keys(tmp_path).s3
    assert plain is not None
    assert plain.prefix == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("S3_URL", "", "S3_URL is missing: S3_BUCKET asks for it"),
        ("S3_URL", "s3.example.fr", "S3_URL cannot be read"),
        ("S3_URL", "https://s3.example.fr/cdv-civic", "without the bucket"),
        ("S3_URL", "https://s3.example.fr:port", "S3_URL cannot be read"),
        ("S3_URL", "https://me:mine@s3.example.fr", "keys lie in KEYS_DIR/s3.credentials"),
        ("S3_URL", "http://s3.example.fr", "set https:// instead of http://"),
        ("S3_BUCKET", "", "S3_BUCKET is missing: S3_URL asks for it"),
        ("S3_BUCKET", "Ma Ville", "such as cdv-civic"),
        ("S3_REGION", "", "S3_REGION is missing: S3_URL asks for it"),
        ("S3_REGION", "fr/par", "such as fr-par"),
        ("S3_PREFIX", "../other", "S3_PREFIX is"),
        ("S3_PREFIX", "a//b", "S3_PREFIX is"),
        ("S3_CA_FILE", "/nowhere/ca.pem", "S3_CA_FILE cannot be used (FileNotFoundError)"),
        ("S3_CA_FILE", __file__, "S3_CA_FILE cannot be used (SSLError)"),
    ],
)
def test_half_a_bucket_is_refused_with_what_to_set(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(UnusableSetting) as refusal:
        with_keys(tmp_path, **{name: value})
    assert sentence in str(refusal.value)
    assert "mine" not in str(refusal.value)


@pytest.mark.parametrize("content", [None, "", "one\n", "one two three", b"\xc3\xa9 secret", "one secret\0"])
def test_a_bucket_without_keys_is_refused_and_no_key_is_told(
    tmp_path: Path, content: str | bytes | None
) -> None:
    with pytest.raises(UnusableSetting, match=r"s3\.credentials (is missing|cannot be used)") as refusal:
        with_keys(tmp_path, content)
    assert "secret\0" not in str(refusal.value)
