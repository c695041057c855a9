"""A limit stops who attacks, and nobody else: neither the people beside them nor the person who is attacked."""

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import TooManyAttempts, limiter
from cdv_civic.cards.rules import new_code
from cdv_civic.core.ledger import LedgerEntry
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.rate_limits import parse_rate
from cdv_civic.notices import refusals
from cdv_civic.notices.follows import operations
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.models import Notice
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.work_list.operations import choose_period
from cdv_civic.work_list.rules import Period
from tests.cards.cards import make_cards
from tests.factories import PASSWORD, make_account, make_contract, make_quartier
from tests.mail_server import MailBox, send_mails
from tests.notices.follows.following import make_place
from tests.sign_in.test_by_message import MAIL, TEXT
from tests.sign_in.test_recovery import LOST, NEW, link_in
from tests.signing_in import send, sign_in
from tests.sms_gateway import TextBox, texts

__all__ = ["texts"]
CARD = "/fr/carte"
ATTACKER, HOME = "203.0.113.66", "198.51.100.7"


@pytest.fixture(autouse=True)
def _nothing_counted(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


def at(app: Flask, network: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = network
    return client


def set_to(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    settings = dataclasses.replace(app.extensions["settings"], **values)
    monkeypatch.setitem(app.extensions, "settings", settings)


def wrong_cards(app: Flask, network: str, number: int) -> list[int]:
    client = at(app, network)
    return [send(client, CARD, code=new_code()).status_code for _ in range(number)]


def test_wrong_cards_at_a_maison_du_projet_stop_neither_cards_nor_invitations_nor_passwords(
    app: Flask, mail: MailBox
) -> None:
    staff = make_account()
    cards = make_cards(staff, make_quartier(make_contract()), 2)[1]
    invite(CommandLine(), email="nouvelle@example.org", name="N", organisation_name="Ville")
    invitation = link_in(mail)
    assert set(wrong_cards(app, HOME, 40)) == {422}, "who mistypes is told what to compare, each time"
    for card in cards:
        assert send(at(app, HOME), CARD, code=card).status_code == 303
    newcomer = at(app, HOME)
    assert send(newcomer, invitation, password=NEW, again=NEW).status_code == 303
    assert sign_in(at(app, HOME), staff).status_code == 303
    assert send(at(app, HOME), LOST, email=staff.email).status_code == 200
    assert send(at(app, HOME), MAIL, email="voisine@example.org").status_code == 303


def test_dead_links_stop_nobody(app: Flask, mail: MailBox) -> None:
    invite(CommandLine(), email="nouvelle@example.org", name="N", organisation_name="Ville")
    invitation = link_in(mail)
    there = at(app, HOME)
    for number in range(30):
        assert there.get(f"/fr/mot-de-passe/essai-{number}").status_code == 410
        assert there.get(f"/fr/connexion/lien/essai-{number}").status_code == 410
    assert there.get(invitation).status_code == 200


def test_wrong_passwords_on_many_accounts_do_not_stop_the_right_one_beside_them(app: Flask) -> None:
    account = make_account()
    for number in range(40):
        answer = sign_in(at(app, HOME), f"inconnue-{number}@example.org", "pas le bon mot de passe")
        assert answer.status_code == 422
    assert sign_in(at(app, HOME), account).status_code == 303


def test_who_attacks_an_account_is_stopped_and_its_holder_is_not(app: Flask) -> None:
    account = make_account()
    attacker = at(app, ATTACKER)
    codes = [sign_in(attacker, account, "pas le bon mot de passe").status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    assert sign_in(attacker, account).status_code == 429, "guessing right is no way round"
    assert sign_in(at(app, HOME), account).status_code == 303


def test_one_network_does_not_use_up_the_day_of_an_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten tries each quarter of an hour are 960 a day: the holder, in a browser of today, would be out by the evening."""
    set_to(app, monkeypatch, sign_in_limit="1000 per hour")  # in place of many quarters of an hour
    account = make_account()
    attacker = at(app, ATTACKER)
    codes = [sign_in(attacker, account, "faux").status_code for _ in range(110)]
    assert codes == [422] * 33 + [429] * 77
    assert sign_in(at(app, HOME), account).status_code == 303


def test_the_parts_of_one_network_of_ipv6_do_not_use_up_the_day_of_somebody_together(
    app: Flask, mail: MailBox
) -> None:
    account = make_account()
    parts = [at(app, f"2001:db8:1:{number:x}::1") for number in range(40)]
    codes = [sign_in(part, account, "faux").status_code for part in parts]
    assert codes == [422] * 33 + [429] * 7
    codes = [send(part, MAIL, email="amie@example.org").status_code for part in parts]
    assert codes == [303] * 10 + [429] * 30
    assert sign_in(at(app, HOME), account).status_code == 303
    assert send(at(app, HOME), MAIL, email="amie@example.org").status_code == 303


def test_an_attack_from_everywhere_leaves_the_devices_of_the_holder_alone(app: Flask, mail: MailBox) -> None:
    account = make_account()
    office = at(app, HOME)
    assert sign_in(office, account).status_code == 303
    send(office, "/fr/deconnexion", page="/fr/bureau")
    codes = [
        sign_in(at(app, f"203.0.{number // 250}.{number % 250}"), account, "faux").status_code
        for number in range(130)
    ]
    assert codes == [422] * 100 + [429] * 30, "a day has a limit for all strangers together"
    assert sign_in(office, account).status_code == 303, "this browser came in before"
    elsewhere = at(app, "198.51.100.99")
    assert sign_in(elsewhere, account).status_code == 429
    assert send(elsewhere, LOST, email=account.email).status_code == 200
    assert send(elsewhere, link_in(mail), password=NEW, again=NEW).status_code == 303
    assert sign_in(elsewhere, account, NEW).status_code == 303, "a lost password is the way out"


def test_the_cookie_of_a_known_device_is_good_for_its_account_only(app: Flask) -> None:
    mine, theirs = make_account(), make_account()
    attacker = at(app, ATTACKER)
    sign_in(attacker, mine)
    send(attacker, "/fr/deconnexion", page="/fr/bureau")
    assert [sign_in(attacker, theirs, "faux").status_code for _ in range(11)][-1] == 429
    for number in range(2, 102):
        sign_in(at(app, f"203.0.113.{number}"), theirs, "faux")
    assert sign_in(attacker, theirs).status_code == 429


def test_a_shared_device_is_not_known_afterwards(app: Flask) -> None:
    account = make_account()
    shared = at(app, HOME)
    answer = sign_in(shared, account, shared="y")
    assert answer.status_code == 303
    assert not [each for each in answer.headers.getlist("Set-Cookie") if "connu" in each]
    kept = sign_in(at(app, HOME), account)
    assert [each for each in kept.headers.getlist("Set-Cookie") if "connu" in each], "but elsewhere it is"


def test_a_network_of_ipv6_is_one_address(app: Flask) -> None:
    account = make_account()
    codes = [
        sign_in(at(app, f"2001:db8:1:2:{number:x}::{number:x}"), account, "faux").status_code
        for number in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2
    assert sign_in(at(app, "2001:db8:1:3::1"), account).status_code == 303


def test_who_takes_another_part_of_their_ipv6_each_time_waits_in_no_line_and_a_right_card_passes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, sign_in_limit="2 per 15 minutes")
    card = make_cards(make_account(), make_quartier(make_contract()), 1)[1][0]
    for number in range(20):
        wrong_cards(app, f"2001:db8:1:{number:x}::1", 1)

    def may_wait(network: str) -> bool:
        with app.test_request_context(environ_base={"REMOTE_ADDR": network}):
            return limits.may_wait(limits.AttemptKind.CARD)

    assert not may_wait("2001:db8:1:ffff::1"), "a part that has tried nothing, of a network that has"
    assert may_wait("2001:db8:2:1::1")
    assert send(at(app, "2001:db8:1:ffff::1"), CARD, code=card).status_code == 303


def test_a_few_neighbours_of_a_network_of_ipv6_do_not_count_for_all(app: Flask) -> None:
    wrong_cards(app, "2001:db8:1:1::1", 12)
    for network, waits in (("2001:db8:1:1::2", False), ("2001:db8:1:2::1", True)):
        with app.test_request_context(environ_base={"REMOTE_ADDR": network}):
            assert limits.may_wait(limits.AttemptKind.CARD) is waits


def test_messages_and_open_forms_are_counted_for_the_wider_network_of_ipv6_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, open_form_limit="1 per hour", code_network_limit="1 per hour")

    def tries(count: Callable[[int], None]) -> list[bool]:
        passed = []
        for number in range(11):
            with app.test_request_context(environ_base={"REMOTE_ADDR": f"2001:db8:1:{number:x}::1"}):
                try:
                    count(number)
                except limits.TooManyAttempts:
                    passed.append(False)
                else:
                    passed.append(True)
        return passed

    assert tries(lambda _number: limits.count_open_form()) == [True] * 10 + [False]
    assert tries(lambda number: limits.count_message(f"a{number}@example.org")) == [True] * 10 + [False]


@pytest.mark.parametrize("written", ["203.0.113.9:{}", "[2001:db8:1:2::9]:{}"])
def test_the_port_that_some_proxies_add_makes_no_other_network(app: Flask, written: str) -> None:
    account = make_account()
    codes = [
        sign_in(at(app, written.format(4000 + number)), account, "faux").status_code for number in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2


def test_an_address_of_ipv4_is_the_same_in_ipv6(app: Flask) -> None:
    account = make_account()
    for number in range(10):
        network = ATTACKER if number % 2 else f"::ffff:{ATTACKER}"
        sign_in(at(app, network), account, "faux")
    assert sign_in(at(app, ATTACKER), account).status_code == 429
    assert sign_in(at(app, f"::ffff:{HOME}"), account).status_code == 303


def test_a_stranger_does_not_use_up_the_messages_of_somebody(app: Flask, mail: MailBox) -> None:
    codes = [send(at(app, ATTACKER), MAIL, email="amie@example.org").status_code for _ in range(20)]
    assert codes == [303] * 5 + [429] * 15
    assert send(at(app, HOME), MAIL, email="amie@example.org").status_code == 303
    account = make_account("agent@example.org")
    codes = [send(at(app, ATTACKER), LOST, email=account.email).status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert send(at(app, HOME), LOST, email=account.email).status_code == 200


def test_one_address_gets_only_so_many_messages_a_day_from_everywhere(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, code_limit="1000 per hour")
    from_one = [send(at(app, ATTACKER), MAIL, email="amie@example.org").status_code for _ in range(12)]
    assert from_one == [303] * 10 + [429] * 2, "a third of the day's for one network"
    others = [
        send(at(app, f"192.0.2.{number}"), MAIL, email="amie@example.org").status_code for number in range(25)
    ]
    assert others == [303] * 20 + [429] * 5
    send_mails()
    assert len(mail.taken) == 30, "so that no more than 150 codes of six digits are guessed at in a day"


def test_one_network_does_not_use_up_the_text_messages_of_the_site(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, sms_limit="30 per day", sms_network_limit="6 per day")
    codes = [
        send(at(app, ATTACKER), TEXT, phone=f"06 12 34 56 {number:02}").status_code for number in range(10)
    ]
    assert codes == [303] * 6 + [429] * 4
    assert send(at(app, HOME), TEXT, phone="06 22 34 56 78").status_code == 303


def test_one_telephone_does_not_use_up_the_text_messages_of_the_site(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, code_day_limit="6 per day", sms_limit="30 per day")
    codes = [
        send(at(app, f"192.0.2.{number}"), TEXT, phone="06 12 34 56 78").status_code for number in range(10)
    ]
    assert codes == [303] * 6 + [429] * 4


def said_about(page: str, phone: str) -> str:
    """A page without what differs from one to the next."""
    return re.sub(r'value="[^"]*"|/code/[\w-]+|0\d(\W\d\d){4}', "", page.replace(phone, ""))


def test_text_messages_are_kept_for_those_who_have_an_account_and_nobody_learns_who_has(
    app: Flask, session: Session, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account(email="a@example.org", phone="+33611111111", role=None, password_hash="")
    set_to(app, monkeypatch, sms_limit="9 per day", sms_reserve=34)
    for number in range(6):
        assert send(at(app, f"192.0.2.{number}"), TEXT, phone=f"06 12 34 56 {number:02}").status_code == 303
    session.rollback()
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 6
    pages = {}
    for phone in ("06 22 22 22 22", "06 11 11 11 11"):
        client = at(app, HOME)
        answer = send(client, TEXT, phone=phone)
        assert answer.status_code == 303
        pages[phone] = said_about(client.get(answer.location).text, phone)
    assert len(set(pages.values())) == 1
    assert "peut-être pas" in pages["06 22 22 22 22"], "who waits for nothing is told so"
    session.rollback()
    sent = session.execute(select(Notice.recipient)).scalars().all()
    assert len(sent) == 7
    assert "+33611111111" in sent
    assert "+33622222222" not in sent
    for number in range(20, 40):
        assert send(at(app, f"192.0.2.{number}"), TEXT, phone=f"06 32 34 56 {number:02}").status_code == 303
    for number in range(4):
        assert send(at(app, f"198.51.100.{number}"), TEXT, phone="06 11 11 11 11").status_code == 303
    session.rollback()
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 9, "the site's limit holds"


def test_wrong_codes_of_a_telephone_are_bounded_by_the_day(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, sign_in_limit="1000 per minute")
    for number in range(30):
        with app.test_request_context(environ_base={"REMOTE_ADDR": f"203.0.113.{number}"}):
            limits.count_try("code", "agent@example.org")
    with app.test_request_context(), pytest.raises(limits.TooManyAttempts) as refused:
        limits.count_try("code", "agent@example.org")
    assert "Attendez 24 heures" in str(refused.value.sentence)


def test_a_stolen_session_does_not_try_passwords_without_end(app: Flask) -> None:
    account = make_account()
    client = at(app, ATTACKER)
    sign_in(client, account)
    codes = [
        send(client, "/fr/bureau/compte", current="faux", password=NEW, again=NEW).status_code
        for _ in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2
    assert send(client, "/fr/bureau/compte", current=PASSWORD, password=NEW, again=NEW).status_code == 429


def ledger_lines(session: Session) -> int:
    return session.execute(select(func.count(LedgerEntry.id))).scalar_one()


def test_nobody_fills_the_ledger_by_asking_for_messages_and_refusing_them_all_day(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHOICES", parse_rate("5 per day"))
    place, stranger = make_place(), refusals.refuser_of("voisine@example.org", NEWS)
    resident = make_account("voisin@example.org", role=None)
    worker = make_account()

    def follow_and_stop() -> None:
        operations.follow(resident, "quartier", place.quartier.slug, "fr")
        operations.unfollow(resident, "quartier", place.quartier.id)

    def refuse_and_accept() -> None:
        refusals.refuse(stranger, NEWS.name)
        refusals.accept(stranger)

    def choose_and_stop() -> None:
        operations.choose_news(follower, "email", "weekly", "fr")
        operations.choose_news(follower, "none", "weekly", "fr")

    def change_reminders() -> None:
        choose_period(worker, Period.DAILY)
        choose_period(worker, Period.NEVER)

    follower = make_account("suiveuse@example.org", role=None)
    for act in (follow_and_stop, refuse_and_accept, choose_and_stop, change_reminders):
        before = ledger_lines(session)
        for _ in range(5):
            act()
        with pytest.raises(TooManyAttempts):
            act()
        assert 0 < ledger_lines(session) - before <= 11, act.__name__
    # What nobody wants is refused all the same.
    refusals.refuse(stranger, NEWS.name)
    operations.choose_news(follower, "none", "weekly", "fr")
    operations.unfollow(resident, "quartier", place.quartier.id)


def test_a_choice_that_stands_already_leaves_no_line(app: Flask, session: Session) -> None:
    worker = make_account()
    for _ in range(20):
        choose_period(worker, Period.NEVER)
    assert ledger_lines(session) == 1
