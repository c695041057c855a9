"""How often one may try to sign in: per address of the network, and per account.

Counters live where RATE_LIMIT_STORAGE says; in memory each web process counts for itself. Their keys are
hashed: no address of anybody is kept.
"""

import hashlib
import hmac
import math
import time
from typing import Final

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from cdv_civic.core.config import Settings
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n import lazy_gettext, lazy_ngettext

limiter = Limiter(get_remote_address)

#: Wrong codes of one account in a day, beside what SIGN_IN_LIMIT says.
CODES_A_DAY: Final = parse("30 per day")


class TooManyAttempts(DomainError):
    """Too many failed attempts; `seconds` says in how long another one counts."""

    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = max(1, math.ceil(seconds / 60))
        if minutes > 90:
            sentence = lazy_ngettext(
                "Trop d’essais. Attendez %(num)s heure, puis essayez de nouveau.",
                "Trop d’essais. Attendez %(num)s heures, puis essayez de nouveau.",
                math.ceil(minutes / 60),
            )
        else:
            sentence = lazy_ngettext(
                "Trop d’essais. Attendez %(num)s minute, puis essayez de nouveau.",
                "Trop d’essais. Attendez %(num)s minutes, puis essayez de nouveau.",
                minutes,
            )
        super().__init__(sentence)
        self.seconds = seconds


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _limit() -> RateLimitItem:
    return parse(_settings().sign_in_limit)


def _hashed(*parts: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _refuse(item: RateLimitItem, key: str) -> None:
    window = limiter.limiter.get_window_stats(item, key)
    raise TooManyAttempts(max(1, math.ceil(window.reset_time - time.time())))


def count_attempt(account: str) -> None:
    """Count an attempt to sign in as `account` (a folded e-mail) before it is tried; raise `TooManyAttempts`.

    An account's attempts are all counted beforehand, so that a burst of parallel ones gains nothing;
    a network address's are counted when they have failed: many people may share one.
    """
    item = _limit()
    here, who = _address_key(), _hashed("account", account)
    if not limiter.limiter.test(item, here):
        _refuse(item, here)
    if not limiter.limiter.hit(item, who):
        _refuse(item, who)


def count_lost_password(account: str) -> None:
    """Count a request for a link to a folded e-mail, whether it has an account or not; raise `TooManyAttempts`.

    A network address may ask as often as it may try to sign in, an account as LOST_PASSWORD_LIMIT says.
    """
    for item, key in (
        (_limit(), _hashed("lost, from", get_remote_address())),
        (parse(_settings().lost_password_limit), _hashed("lost, for", account)),
    ):
        if not limiter.limiter.hit(item, key):
            _refuse(item, key)


def count_open_form() -> None:
    """Count a form that a visitor sends without an account; raise `TooManyAttempts` beyond OPEN_FORM_LIMIT."""
    item, here = parse(_settings().open_form_limit), _hashed("open form, from", get_remote_address())
    if not limiter.limiter.hit(item, here):
        _refuse(item, here)


def _code_limits(account_id: int) -> tuple[tuple[RateLimitItem, str], ...]:
    key = _hashed("code", str(account_id))
    return (_limit(), key), (CODES_A_DAY, key)


def count_code(account_id: int) -> None:
    """Count a code of six digits, or of recovery, before it is tried; raise `TooManyAttempts`.

    Whoever is here knows the password. A guess has 3 chances in a million to be right, and 21 to be near enough for
    the word about a wrong clock: the day has a limit too.
    """
    here = _address_key()
    if not limiter.limiter.test(_limit(), here):
        _refuse(_limit(), here)
    for item, key in _code_limits(account_id):
        if not limiter.limiter.hit(item, key):
            _refuse(item, key)


def note_right_code(account_id: int) -> None:
    """Forget the codes that an account tried before the right one."""
    for item, key in _code_limits(account_id):
        limiter.limiter.clear(item, key)


class TooManyTexts(TooManyAttempts):
    """The site has sent as many text messages as it may: each costs money."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.sentence = lazy_gettext(
            "Le site a déjà envoyé beaucoup de SMS aujourd’hui. Choisissez un lien par e-mail, ou revenez demain."
        )


def count_message(address: str, *, text: bool = False) -> None:
    """Count a request for a link or a code to an address (folded e-mail, E.164), whether it has an account or not.

    Raises `TooManyAttempts`: CODE_LIMIT for the address, CODE_NETWORK_LIMIT for where it is asked from (many people
    may share it), SMS_LIMIT for all text messages of the site.
    """
    settings = _settings()
    for item, key in (
        (parse(settings.code_network_limit), _hashed("code, from", get_remote_address())),
        (parse(settings.code_limit), _hashed("code, for", address)),
    ):
        if not limiter.limiter.hit(item, key):
            _refuse(item, key)
    if text:
        item, key = parse(settings.sms_limit), _hashed("text messages")
        if not limiter.limiter.hit(item, key):
            window = limiter.limiter.get_window_stats(item, key)
            raise TooManyTexts(max(1, math.ceil(window.reset_time - time.time())))


def check_address() -> None:
    """Raise `TooManyAttempts` where this network address has failed too often."""
    if not limiter.limiter.test(_limit(), _address_key()):
        _refuse(_limit(), _address_key())


def note_failure() -> None:
    """Count a failed attempt of this network address."""
    limiter.limiter.hit(_limit(), _address_key())


def note_success(account: str) -> None:
    """Forget the attempts of an account that signed in."""
    limiter.limiter.clear(_limit(), _hashed("account", account))


def _address_key() -> str:
    return _hashed("address", get_remote_address())


def register(app: Flask) -> None:
    """Bind the counters to their storage.

    The extension is told that its hooks stand already: only the sign-in counts, and it asks by itself, so no
    other page pays for a check.
    """
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
