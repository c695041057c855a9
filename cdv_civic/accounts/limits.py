"""How often one may try, so that a limit stops who attacks and nobody beside them.

Each kind of attempt has counters of its own, for what it aims at (its target): an account, a code, an address.

- What can be guessed (passwords, codes of six digits) is counted before it is tried: for the target and the network
  it comes from, for the target and the browser where its holder came in before (`known_devices`), and for a day from
  everywhere, of which one network gets a third: nobody keeps a holder out alone. Only there is a right guess refused:
  a limit that lets it pass would be none.
- What cannot be guessed (links of 256 bits) is not counted at all.
- What can hardly be guessed but costs the site work (cards, passwords of many accounts) is never refused to a network:
  one that has failed often does not wait in line any more (`may_wait`), it passes where nobody else is.
- What sends a message is counted for the address and the network, for the address alone, for the network alone; and
  every text message for the site (SMS_LIMIT): a code before it is written, any other as it leaves.
- Where a network counts alone, the /48 around a /64 of IPv6 counts too, ten times as wide: whoever has one, or rents
  it, sends each attempt from another /64. A third of a day is what the /48 gets in all, for the same reason.

Where the counters do not answer, nobody guesses and no message leaves (`CountersSilent`); what residents say without
an account is taken.
"""

import ipaddress
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final

from flask import Flask, current_app, request
from limits import RateLimitItem, RateLimitItemPerDay
from werkzeug.local import LocalProxy

from cdv_civic.accounts import known_devices
from cdv_civic.core import rate_limits
from cdv_civic.core.concurrency import ConcurrencyLimit, TooManyAtOnce
from cdv_civic.core.errors import TryLater
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext
from cdv_civic.core.rate_limits import Counters, CountersDown, counters, parse_rate
from cdv_civic.core.settings import Settings, current_settings

#: The counters of this site.
limiter: Counters = LocalProxy(counters)  # type: ignore[assignment]


class AttemptKind(StrEnum):
    """What is tried; none uses up the tries of another."""

    PASSWORD = "password"  # noqa: S105  (a kind, not a password)
    #: The password once more, of whoever is in already.
    CONFIRM = "confirm"
    #: The six digits of the authenticator app.
    CODE = "code"
    RECOVERY = "recovery"
    CARD = "card"
    RECEIPT = "receipt"


#: Tries of one target in a day, from all networks together, and of one browser where its holder came in before.
#: A code has 3 chances in a million to be guessed, and 21 to be near enough for the word about a wrong clock.
A_DAY: Final = {AttemptKind.CODE: parse_rate("30 per day")}
USUAL_DAY: Final = parse_rate("100 per day")

#: How often one account, or address, may ask for messages (again) in a day. To refuse them is never counted, and each
#: refusal stands in the ledger for good: whoever could ask again without end could fill the disk with both.
CHOICES: Final = parse_rate("300 per day")

#: Who has failed often looks for one receipt at a time, half a second each: 41 bits are safe at that pace.
_slow_lane: Final = ConcurrencyLimit(at_once=1, waiting=1, timeout=2, pause=0.5)


class TooManyAttempts(TryLater):
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
        super().__init__(sentence, seconds)


class TooManyTexts(TooManyAttempts):
    """The site has sent as many text messages as it may: each costs money."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.sentence = _l("Le site a déjà envoyé beaucoup de SMS aujourd’hui. Revenez demain.")


class CountersSilent(TryLater):
    """Nobody can say how often something was tried, so it is not tried."""

    def __init__(self) -> None:
        super().__init__(
            _l("Le site ne peut pas vérifier cela en ce moment. Essayez de nouveau dans une minute."),
            60,
        )


_WITH_PORT: Final = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+")


#: Prefix of what one customer of IPv6 has to itself at least, and of what many get, or can rent: 65,536 of the first.
_CUSTOMER: Final = 64
_SITE: Final = 48
#: How much more the second may do: customers of one operator share it.
_SITE_FACTOR: Final = 10


def network(prefix: int = _CUSTOMER) -> str:
    """Where the request comes from: an address of IPv4, or the part of IPv6 that one customer has to itself."""
    said = request.remote_addr or ""
    with_port = _WITH_PORT.fullmatch(said)  # as some proxies write it: each connection has another one
    if with_port is not None:
        said = with_port["six"] or with_port["four"]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _hashed(*parts: str) -> str:
    return keyed_hash("rate limit", *parts)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except CountersDown as error:
        current_app.logger.error("the counters of attempts do not answer: %s", type(error.__cause__).__name__)
        raise CountersSilent from None


_Limits = tuple[tuple[RateLimitItem, str], ...]


def _by_network(item: RateLimitItem, *counted: str) -> _Limits:
    """What one network may do, whatever it aims at; of IPv6 the larger one around it too: its parts cost nothing."""
    near, wide = network(), network(_SITE)
    limits: _Limits = ((item, _hashed(*counted, near)),)
    if wide == near:
        return limits
    return *limits, (
        type(item)(_SITE_FACTOR * item.amount, item.multiples, item.namespace),
        _hashed(*counted, wide),
    )


def _hit(limits: _Limits) -> None:
    """Count in each; raise `TooManyAttempts` at the first that is full."""
    with _answering():
        for item, key in limits:
            if not limiter.hit(item, key):
                raise TooManyAttempts(limiter.seconds_left(item, key))


# --- What can be guessed ---


def _limits_of(kind: str, target: str) -> _Limits:
    """The short limit, then those of the day."""
    short, day = parse_rate(current_settings().sign_in_limit), A_DAY.get(AttemptKind(kind), USUAL_DAY)
    device = known_devices.device_of(target)
    if device is not None:
        known = _hashed(kind, "known", device, target)
        return (short, known), (day, known)
    return (
        (short, _hashed(kind, "from", network(), target)),
        (_a_third(day), _hashed(kind, "for, from, a day", target, network(_SITE))),
        (day, _hashed(kind, "for", target)),
    )


def count_try(kind: str, target: str) -> None:
    """Count a guess at a target (the folded e-mail of an account) before it is tried; raise `TooManyAttempts`.

    A burst of parallel ones gains nothing. 3 statements; 2 where the browser is known.
    """
    _hit(_limits_of(kind, target))


def note_right(kind: str, target: str) -> None:
    """Forget the wrong tries before the right one, from here; those of strangers stay counted for the day."""
    (short, key), *of_the_day = _limits_of(kind, target)
    with _answering():
        limiter.clear(short, key)
        for day, key_of_day in of_the_day:
            limiter.give_back(day, key_of_day)


@contextmanager
def counted_try(kind: str, target: str) -> Iterator[None]:
    """Count a guess that is tried within, and forget the wrong ones before it once it was right.

    One that was not tried, as too many were at work (`TooManyAtOnce`), is given back. Raises `TooManyAttempts` before
    it is tried. As many statements as `count_try`, and once it was right those of `note_right`.
    """
    count_try(kind, target)
    try:
        yield
    except TooManyAtOnce:
        with _answering():
            for item, key in _limits_of(kind, target):
                limiter.give_back(item, key)
        raise
    note_right(kind, target)


# --- What costs work ---


def _failures(kind: str) -> _Limits:
    return _by_network(parse_rate(current_settings().sign_in_limit), kind, "failures from")


def may_wait(kind: str) -> bool:
    """Whether this network may stand in line for costly work: it has not failed too often.

    1 statement, of IPv6 2.
    """
    try:
        return not any(limiter.full(item, key) for item, key in _failures(kind))
    except CountersDown:
        return False


def note_failure(kind: str) -> None:
    """Count a failed attempt of this network. 1 statement, of IPv6 2."""
    with _answering():
        for item, key in _failures(kind):
            limiter.hit(item, key)


@contextmanager
def unhurried(kind: str) -> Iterator[None]:
    """Look something up for a stranger: slowly, one at a time, where their network has failed often.

    Raises `core.concurrency.TooManyAtOnce`.
    """
    if may_wait(kind):
        yield
        return
    with _slow_lane.slot():
        yield


def count_open_form() -> None:
    """Count a form that a visitor sends without an account; raise `TooManyAttempts` beyond OPEN_FORM_LIMIT."""
    try:
        _hit(_by_network(parse_rate(current_settings().open_form_limit), "open form"))
    except CountersSilent:
        return


def count_choice(target: str) -> None:
    """Count that somebody asks for messages: an account, or the hash of an address; raise `TooManyAttempts`.

    Outside of transactions. 1 statement.
    """
    try:
        _hit(((CHOICES, _hashed("choice", target)),))
    except CountersSilent:
        return


# --- What sends a message ---


def _a_third(item: RateLimitItem) -> RateLimitItem:
    return type(item)(max(1, item.amount // 3), item.multiples, item.namespace)


def _count_letter(kind: str, address: str, an_hour: str) -> None:
    settings = current_settings()
    day = parse_rate(settings.code_day_limit)
    _hit(
        (
            *_by_network(parse_rate(settings.code_network_limit), kind, "from"),
            (parse_rate(an_hour), _hashed(kind, "for, from", address, network())),
            (_a_third(day), _hashed(kind, "for, from, a day", address, network(_SITE))),
            (day, _hashed(kind, "for", address)),
        )
    )


def count_lost_password(address: str) -> None:
    """Count a request for a link to a folded e-mail, whether it has an account or not; raise `TooManyAttempts`."""
    _count_letter("lost password", address, current_settings().lost_password_limit)


def count_message(address: str, *, text: bool = False) -> None:
    """Count a request for a link or a code to an address (folded e-mail, E.164), whether it has an account or not.

    Raises `TooManyAttempts`: CODE_LIMIT for the address as asked from one network (one that asks for somebody else's
    leaves them theirs), CODE_DAY_LIMIT for the address in a day (one network gets a third of it), CODE_NETWORK_LIMIT
    for the network, SMS_NETWORK_LIMIT for its text messages.
    """
    if text:
        _hit(_by_network(parse_rate(current_settings().sms_network_limit), "texts from"))
    _count_letter("text" if text else "mail", address, current_settings().code_limit)


def _shares() -> tuple[tuple[RateLimitItem, str], tuple[RateLimitItem, str]]:
    """What anybody may use of SMS_LIMIT, and what is kept (SMS_RESERVE, in percent) for whoever has an account."""
    settings = current_settings()
    whole = parse_rate(settings.sms_limit)
    kept = whole.amount * settings.sms_reserve // 100
    of = type(whole)
    return (
        (of(whole.amount - kept, whole.multiples, "open"), _hashed("texts, open")),
        (of(kept, whole.multiples, "kept"), _hashed("texts, kept")),
    )


def texts_run_low() -> bool:
    """Whether only numbers with an account get a text message now. Says nothing about any number. 1 statement."""
    with _answering():
        return limiter.full(*_shares()[0])


def _take_share(*, known: bool) -> tuple[RateLimitItem, str] | None:
    """Count a text message; the share that it was taken from, None where none is left. 1 or 2 statements."""
    share, kept = _shares()
    if limiter.hit(*share):
        return share
    return kept if known and kept[0].amount > 0 and limiter.hit(*kept) else None


def take_text(*, known: bool) -> bool:
    """Count a text message, and say whether it may leave; `known`: the number has an account. 2 statements at most.

    What the answer is, and what it costs, must reach nobody: who asks sees the same page for every number.
    """
    with _answering():
        taken = _take_share(known=known)
        if taken is None and not known:
            limiter.hit(RateLimitItemPerDay(1), _hashed("texts, to nobody"))
    return taken is not None


@contextmanager
def counted_text() -> Iterator[None]:
    """Count a text message to somebody's own number that is written within; given back where it is not.

    Raises `TooManyTexts`.
    """
    with _answering():
        taken = _take_share(known=True)
        if taken is None:
            raise TooManyTexts(limiter.seconds_left(*_shares()[0]))
    try:
        yield
    except BaseException:
        with _answering():
            limiter.give_back(*taken)
        raise


def note_text() -> None:
    """Count a text message that leaves in any case: one that nobody asks for, such as an answer."""
    with suppress(CountersDown):
        _take_share(known=True)


def require_text() -> None:
    """Count a text message to a number that has no account yet; raises `TooManyTexts`."""
    share = _shares()[0]
    with _answering():
        if not limiter.hit(*share):
            raise TooManyTexts(limiter.seconds_left(*share))


def register(app: Flask, settings: Settings) -> None:
    """Bind the counters to their storage."""
    rate_limits.register(app, settings)
