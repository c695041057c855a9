"""A code of the telephone after the password: asked for, taken once, replaced, and found again when lost."""

import dataclasses
import html
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.accounts.links import Purpose, choose_password, issue
from cdv_civic.accounts.models import Account, AccountSession, RecoveryCode, RoleGrant, SecondFactor
from cdv_civic.accounts.operations import disable_account
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.rules import RECOVERY_CODES, code_at, in_fours, step_at
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.operations import entry as cards
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.core.settings import current_settings
from cdv_civic.demo import accounts as demo
from cdv_civic.sign_in.by_message import operations
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.second_factor.operations import (
    WrongCode,
    enrol,
    reset_second_factor,
    set_up,
    turn_off,
    use_code,
    use_recovery_code,
)
from cdv_civic.sign_in.second_factor.queries import FactorState, factor_state
from cdv_civic.sign_in.second_factor.sealing import UnreadableSecret, seal, unseal
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.factories import PASSWORD, load_actor, make_account, make_contract
from tests.signing_in import SECRET, current_code, open_browser, send, sign_in, token_of, with_factor

SIGN_IN = "/fr/connexion/equipe"
CODE = f"{SIGN_IN}/code"
RECOVERY = f"{SIGN_IN}/secours"
SET_UP = f"{SIGN_IN}/telephone"
ACCOUNT = "/fr/bureau/compte"
SHOWN = f"{ACCOUNT}/codes/nouveaux"
OTHER = "AUTREAUTREAUTREAUTREAUTREAUTREAU"


def give_password(client: FlaskClient, account: SignedIn, **fields: str) -> Any:
    token = token_of(client.get(SIGN_IN))
    data = {"csrf_token": token, "email": account.email, "password": PASSWORD, **fields}
    return client.post(SIGN_IN, data=data)


def with_codes(account: SignedIn) -> list[str]:
    """A telephone that shows the codes of SECRET, and recovery codes."""
    codes = set_up(account.actor_id, SECRET, current_code(SECRET), replacing=True)
    with transaction() as writing:
        writing.get_one(SecondFactor, account.actor_id, populate_existing=True).last_step = 0
    return codes


def standing_of(account: SignedIn) -> FactorState:
    db.session.rollback()  # what others wrote since
    return factor_state(account.actor_id)


def code_in(minutes: float = 0) -> str:
    return code_at(SECRET, step_at(TODAY + timedelta(minutes=minutes)))


def shown_codes(page: str) -> list[str]:
    return re.findall(r"<li><code>([A-Z0-9 ]+)</code></li>", page)


def sentence(text: str) -> str:
    return html.unescape(text)


def lines_of(session: Session, account: SignedIn) -> list[object]:
    session.rollback()
    rows = session.execute(
        select(AuditEntry.after).where(AuditEntry.object_id == account.actor_id).order_by(AuditEntry.id)
    ).scalars()
    return [row["second_factor"] for row in rows if row and "second_factor" in row]


# --- After the password ---


def test_the_password_alone_opens_nothing(client: FlaskClient, session: Session) -> None:
    account = make_account()
    with_factor(account)
    answer = give_password(client, account)
    assert (answer.status_code, answer.location) == (303, CODE)
    for address in ("/fr/bureau", ACCOUNT, "/fr/entree", SHOWN):
        assert client.get(address).location.startswith("/fr/connexion")
    assert session.execute(select(func.count()).select_from(AccountSession)).scalar() == 0
    page = client.get(CODE)
    assert page.headers["Cache-Control"] == "no-store"
    assert 'autocomplete="one-time-code"' in page.text
    assert account.email not in page.text


def test_the_code_opens_and_leads_where_one_was_going(client: FlaskClient) -> None:
    account = make_account()
    code = with_factor(account)
    give_password(client, account, retour="/fr/bureau/engagements?etat=annonce")
    answer = send(client, CODE, code=f" {code[:3]} {code[3:]} ")  # type: ignore[index]
    assert (answer.status_code, answer.location) == (303, "/fr/bureau/engagements?etat=annonce")
    assert client.get("/fr/bureau").status_code == 200
    assert client.get(CODE).location == SIGN_IN, "nothing waits any more"


def test_a_shared_device_stays_shared_through_the_code(client: FlaskClient) -> None:
    account = make_account()
    code = with_factor(account)
    give_password(client, account, shared="y")
    assert "one-time-code" not in client.get(CODE).text
    send(client, CODE, code=code)
    assert "Refresh" in client.get("/fr/bureau").headers


@pytest.mark.parametrize("minutes", [-0.5, 0, 0.5])
def test_a_clock_half_a_minute_off_is_right(client: FlaskClient, minutes: float) -> None:
    account = make_account()
    with_factor(account)
    give_password(client, account)
    assert send(client, CODE, code=code_in(minutes)).status_code == 303


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (5, "L’heure de votre téléphone avance de 5 minutes environ."),
        (1, "L’heure de votre téléphone avance de 1 minute environ."),
        (-5, "Ce code est vieux de 5 minutes environ."),
        (6, "Ce n’est pas le bon code."),
    ],
)
def test_a_clock_some_minutes_off_is_told_and_opens_nothing(
    client: FlaskClient, minutes: int, said: str
) -> None:
    account = make_account()
    with_factor(account)
    give_password(client, account)
    page = send(client, CODE, code=code_in(minutes))
    assert page.status_code == 422
    assert said in sentence(page.text)
    assert client.get("/fr/bureau").status_code == 302
    assert send(client, CODE, code=code_in()).status_code == 303


def test_a_code_serves_once(app: Flask, client: FlaskClient) -> None:
    account = make_account()
    code = with_factor(account)
    give_password(client, account)
    assert send(client, CODE, code=code).status_code == 303
    other = app.test_client()
    give_password(other, account)
    page = send(other, CODE, code=code)
    assert page.status_code == 422
    assert "Ce code a déjà servi. Attendez que votre téléphone en montre un autre" in sentence(page.text)
    with clock.frozen_everywhere(TODAY + timedelta(seconds=30)):
        assert send(other, CODE, code=code_in(0.5)).status_code == 303


def test_what_waits_ends_after_ten_minutes(client: FlaskClient) -> None:
    account = make_account()
    with_factor(account)
    give_password(client, account)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=10, seconds=1)):
        assert client.get(CODE).location == SIGN_IN
        token = token_of(client.get(SIGN_IN))
        answer = client.post(CODE, data={"csrf_token": token, "code": code_in(10)})
        assert answer.location == SIGN_IN
        assert "cette page a attendu plus de 10 minutes" in sentence(client.get(SIGN_IN).text)


@pytest.mark.parametrize("what", ["password", "closed"])
def test_what_waits_ends_with_the_password_and_with_the_account(client: FlaskClient, what: str) -> None:
    account = make_account()
    code = with_factor(account)
    give_password(client, account)
    token = token_of(client.get(CODE))
    if what == "closed":
        disable_account(CommandLine(), account.email)
    else:
        with transaction() as writing:
            link = issue(writing, account.actor_id, Purpose.PASSWORD)
        choose_password(link.token, "trois pommes sous la pluie")
    assert client.post(CODE, data={"csrf_token": token, "code": code}).location == SIGN_IN
    assert client.get("/fr/bureau").status_code == 302


def test_a_session_planted_before_the_password_is_gone_before_the_code(client: FlaskClient) -> None:
    account = make_account()
    with_factor(account)
    client.get(SIGN_IN)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    give_password(client, account)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert not {"token", "_user_id"} & set(cookie)


def test_an_unknown_account_never_sees_the_second_step(client: FlaskClient) -> None:
    with_factor(make_account("agent@example.org"))
    for email, password in (("agent@example.org", "pas le bon"), ("personne@example.org", PASSWORD)):
        answer = sign_in(client, email, password)
        assert (answer.status_code, "ne va pas. Vérifiez les deux" in sentence(answer.text)) == (422, True)
        assert client.get(CODE).location == SIGN_IN


def test_ten_wrong_codes_close_the_account_for_a_while_where_they_come_from(app: Flask) -> None:
    account = make_account()
    with_factor(account)
    here = app.test_client()
    give_password(here, account)
    for _ in range(10):
        assert send(here, CODE, code="000000").status_code == 422
    refused = send(here, CODE, code=code_in())
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert "Trop d’essais. Attendez 15 minutes" in sentence(refused.text)
    assert send(here, RECOVERY, code="ABCD").status_code == 422, "codes on paper are counted by themselves"
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    give_password(elsewhere, account)
    assert send(elsewhere, CODE, code=code_in()).status_code == 303


def test_wrong_codes_of_one_account_stop_no_other(app: Flask) -> None:
    accounts = [make_account() for _ in range(3)]
    client = app.test_client()
    for account in accounts[:2]:
        with_factor(account)
        give_password(client, account)
        for _ in range(10):
            assert send(client, CODE, code="000000").status_code == 422
    assert give_password(client, accounts[2]).status_code == 303


def test_the_day_has_a_limit_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        app.extensions,
        "settings",
        dataclasses.replace(app.extensions["settings"], sign_in_limit="1000 per minute"),
    )
    account = make_account()
    for number in range(3):  # one network has a third of them
        with app.test_request_context(environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}):
            for _ in range(10):
                limits.count_try(AttemptKind.CODE, account.email)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.9"}):
        with pytest.raises(limits.TooManyAttempts, match="TooMany") as refused:
            limits.count_try(AttemptKind.CODE, account.email)
        assert "Attendez 24 heures" in str(refused.value.sentence)


def test_a_right_code_forgets_the_wrong_ones(app: Flask) -> None:
    account = make_account()
    for number in range(3):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        with_factor(account)
        give_password(client, account)
        for _ in range(6):
            assert send(client, CODE, code="000000").status_code == 422
        assert send(client, CODE, code=code_in()).status_code == 303


def test_a_form_without_its_token_is_shown_again(client: FlaskClient) -> None:
    account = make_account()
    code = with_factor(account)
    give_password(client, account)
    answer = client.post(CODE, data={"code": code})
    assert answer.status_code == 422
    assert "Cette page est restée ouverte trop longtemps." in sentence(answer.text)
    assert send(client, CODE, code=code).status_code == 303, "the code did not serve"


# --- Setting up ---


def test_who_must_have_one_sets_it_up_before_anything_else(client: FlaskClient, session: Session) -> None:
    account = make_account()
    answer = give_password(client, account, retour="/fr/bureau/engagements")
    assert (answer.status_code, answer.location) == (303, SET_UP)
    assert client.get("/fr/bureau").status_code == 302
    page = client.get(SET_UP)
    assert page.headers["Cache-Control"] == "no-store"
    assert "<svg" in page.text
    key = re.search(r'class="key" dir="ltr">([A-Z2-7 ]+)<', page.text)
    assert key
    secret = key.group(1).replace(" ", "")
    assert len(secret) == 32
    assert f"secret={secret}" in html.unescape(page.text), "a link for who reads this on the telephone"
    assert key.group(1) in client.get(SET_UP).text, "a new look keeps the key that is being typed"
    with client.session_transaction() as cookie:
        assert secret not in repr(dict(cookie))
    wrong = send(client, SET_UP, code="000000")
    assert wrong.status_code == 422
    assert key.group(1) in wrong.text
    answer = send(client, SET_UP, code=current_code(secret))
    assert (answer.status_code, answer.location) == (303, SHOWN)
    codes = shown_codes(client.get(SHOWN).text)
    assert len(set(codes)) == RECOVERY_CODES
    assert shown_codes(client.get(SHOWN).text) == codes, "a reload loses nothing"
    with client.session_transaction() as cookie:
        assert codes[0].replace(" ", "") not in repr(dict(cookie))
    done = send(client, SHOWN, page=SHOWN)
    assert (done.status_code, done.location) == (303, "/fr/bureau/engagements")
    assert client.get(SHOWN).location == ACCOUNT, "they are shown once"
    assert client.get("/fr/bureau").status_code == 200
    assert lines_of(session, account) == ["set up"]
    with pytest.raises(WrongCode):
        use_code(account.actor_id, current_code(secret))
    assert use_recovery_code(account.actor_id, codes[3]) == RECOVERY_CODES - 1


def test_nothing_is_kept_in_clear(client: FlaskClient, session: Session) -> None:
    account = make_account()
    codes = with_codes(account)
    session.rollback()
    kept = [
        repr(tuple(row))
        for table in (SecondFactor, RecoveryCode, AuditEntry)
        for row in session.execute(select(table.__table__))
    ]
    assert len(kept) == 1 + RECOVERY_CODES + 1
    assert not [row for row in kept for secret in (SECRET, *codes) if secret in row]


def test_the_password_alone_replaces_no_telephone(client: FlaskClient) -> None:
    account = make_account()
    give_password(client, account)
    client.get(SET_UP)
    with_factor(account)
    assert client.get(SET_UP).location == CODE
    with pytest.raises(Conflict):
        set_up(account.actor_id, OTHER, current_code(OTHER))


@pytest.mark.parametrize(("asked", "where"), [(False, "/fr/entree"), (True, SET_UP)])
def test_moderators_need_one_where_the_site_says_so(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, asked: bool, where: str
) -> None:

    body = make_body(make_contract())
    moderator = make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    settings = dataclasses.replace(app.extensions["settings"], second_factor_moderators=asked)
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert give_password(client, moderator).location == where


def test_who_turned_it_on_is_asked_whatever_the_role(client: FlaskClient) -> None:
    account = make_account(role=None)
    assert give_password(client, account).location == "/fr/entree"
    with_factor(account)
    other = client.application.test_client()
    assert give_password(other, account).location == CODE


def test_a_role_that_ended_asks_for_nothing(client: FlaskClient) -> None:

    account = make_account()
    with transaction() as writing:
        grant = writing.execute(
            select(RoleGrant).where(RoleGrant.account_id == account.actor_id)
        ).scalar_one()
        grant.starts_at = TODAY - timedelta(days=2)
        grant.ends_at = TODAY - timedelta(days=1)
    assert give_password(client, account).location == "/fr/entree"


@pytest.mark.parametrize("begins", [timedelta(0), timedelta(days=3)])
def test_a_new_role_that_asks_for_one_is_not_held_in_an_older_session(
    app: Flask, client: FlaskClient, begins: timedelta
) -> None:
    account = make_account(role=None)
    open_browser(client, account)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(), starts_at=TODAY + begins)
    assert client.get(ACCOUNT).status_code == 302
    assert give_password(client, account).location == SET_UP


def test_a_new_role_leaves_the_sessions_of_who_has_one(app: Flask, client: FlaskClient) -> None:
    account = make_account(role=None)
    with_codes(account)
    open_browser(client, account)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope())
    assert client.get("/fr/bureau").status_code == 200


# --- Recovery codes ---


def test_a_recovery_code_opens_once(app: Flask, client: FlaskClient, session: Session) -> None:
    account = make_account()
    codes = with_codes(account)
    give_password(client, account)
    typed = in_fours(codes[0]).lower()
    assert send(client, RECOVERY, code=typed).status_code == 303
    page = client.get("/fr/bureau").text
    assert "Ce code de secours ne sert plus. Il vous en reste 9." in sentence(page)
    other = app.test_client()
    give_password(other, account)
    refused = send(other, RECOVERY, code=codes[0])
    assert refused.status_code == 422
    assert "ou il a déjà servi" in sentence(refused.text)
    assert typed not in refused.text or "value" in refused.text
    assert lines_of(session, account) == ["set up", "recovery code used"]


def test_a_recovery_code_is_its_owners_alone(client: FlaskClient) -> None:
    account, other = make_account(), make_account()
    codes = with_codes(other)
    with_codes(account)
    with pytest.raises(WrongCode):
        use_recovery_code(account.actor_id, codes[0])
    assert use_recovery_code(other.actor_id, codes[0]) == 9


@pytest.mark.parametrize("typed", ["", "AAAA", "000000", "A" * 10_000, "ÀÉÎ", "é" * 12])
def test_nonsense_is_no_recovery_code(app: Flask, typed: str) -> None:
    account = make_account()
    with_codes(account)
    with pytest.raises(WrongCode):
        use_recovery_code(account.actor_id, typed)


# --- Races ---


def together(app: Flask, work: Callable[[int], object]) -> tuple[int, list[type[Exception]]]:
    """50 threads do `work` at once: how many succeeded, and how the others failed."""
    ready = threading.Barrier(50)
    won: list[object] = []
    lost: list[type[Exception]] = []

    def act(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                won.append(work(number))
            except Exception as error:
                lost.append(type(error))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won), lost


def test_a_code_sent_fifty_times_at_once_opens_once(app: Flask) -> None:
    account = make_account()
    code = with_factor(account) or ""
    won, lost = together(app, lambda _number: use_code(account.actor_id, code))
    assert (won, len(lost), set(lost)) == (1, 49, {WrongCode})


def test_a_recovery_code_sent_fifty_times_at_once_opens_once(app: Flask) -> None:
    account = make_account()
    codes = with_codes(account)
    won, lost = together(app, lambda _number: use_recovery_code(account.actor_id, codes[0]))
    assert (won, len(lost), set(lost)) == (1, 49, {WrongCode})


def test_of_fifty_telephones_at_once_one_is_taken(app: Flask) -> None:
    account = make_account()
    won, lost = together(app, lambda _number: set_up(account.actor_id, SECRET, code_in()))
    assert (won, len(lost), set(lost)) == (1, 49, {Conflict})
    assert standing_of(account).codes_left == RECOVERY_CODES


# --- « Mon compte » ---


def test_anybody_with_a_password_may_turn_it_on_and_off(app: Flask, client: FlaskClient) -> None:
    account = make_account(role=None)
    open_browser(client, account)
    other = app.test_client()
    open_browser(other, account)
    page = f"{ACCOUNT}/telephone"
    assert "Ajouter mon téléphone" in client.get(ACCOUNT).text
    assert send(client, page, current="pas le bon mot de passe").status_code == 422
    assert 'class="key"' not in client.get(page).text
    assert send(client, page, current=PASSWORD).location == page
    key = re.search(r'class="key" dir="ltr">([A-Z2-7 ]+)<', client.get(page).text)
    assert key
    code = current_code(key.group(1).replace(" ", ""))
    assert send(client, page, code=code).location == SHOWN
    assert len(shown_codes(client.get(SHOWN).text)) == RECOVERY_CODES
    assert send(client, SHOWN, page=SHOWN).location == ACCOUNT
    assert other.get(ACCOUNT).status_code == 302, "other browsers are closed"
    text = sentence(client.get(ACCOUNT).text)
    assert "Il vous reste 10 codes de secours." in text
    assert "Ne plus demander de code" in text
    assert send(client, f"{ACCOUNT}/telephone/retirer", current="pas le bon").status_code == 422
    assert standing_of(account).on
    assert send(client, f"{ACCOUNT}/telephone/retirer", current=PASSWORD).location == ACCOUNT
    assert not standing_of(account).on
    assert standing_of(account).codes_left == 0


def test_who_must_have_one_cannot_turn_it_off(client: FlaskClient) -> None:
    account = make_account()
    with_codes(account)
    open_browser(client, account)
    assert "Ne plus demander de code" not in sentence(client.get(ACCOUNT).text)
    assert send(client, f"{ACCOUNT}/telephone/retirer", current=PASSWORD).status_code == 409
    with pytest.raises(Conflict):
        turn_off(account)
    assert standing_of(account).on


def test_another_telephone_takes_the_place_of_the_first(client: FlaskClient, session: Session) -> None:
    account = make_account()
    old = with_codes(account)
    open_browser(client, account)
    page = f"{ACCOUNT}/telephone"
    send(client, page, current=PASSWORD)
    key = re.search(r'class="key" dir="ltr">([A-Z2-7 ]+)<', client.get(page).text)
    assert key
    assert standing_of(account).on, "the first one serves until the other shows its code"
    send(client, page, code=current_code(key.group(1).replace(" ", "")))
    with pytest.raises(WrongCode):
        use_code(account.actor_id, code_in())
    with pytest.raises(WrongCode):
        use_recovery_code(account.actor_id, old[0])
    assert client.get(ACCOUNT).status_code == 200
    assert lines_of(session, account) == ["set up", "changed"]


def test_the_password_for_a_telephone_is_fresh_for_ten_minutes(client: FlaskClient) -> None:
    account = make_account()
    open_browser(client, account)
    page = f"{ACCOUNT}/telephone"
    send(client, page, current=PASSWORD)
    assert 'name="code"' in client.get(page).text
    with clock.frozen_everywhere(TODAY + timedelta(minutes=11)):
        assert 'name="current"' in client.get(page).text


def test_new_recovery_codes_end_the_old_ones(client: FlaskClient) -> None:
    account = make_account()
    old = with_codes(account)
    open_browser(client, account)
    assert send(client, f"{ACCOUNT}/codes", current="pas le bon mot de passe").status_code == 422
    assert send(client, f"{ACCOUNT}/codes", current=PASSWORD).location == SHOWN
    new = shown_codes(client.get(SHOWN).text)
    assert not set(new) & {in_fours(code) for code in old}
    with pytest.raises(WrongCode):
        use_recovery_code(account.actor_id, old[0])
    assert use_recovery_code(account.actor_id, new[0]) == 9


def test_guessing_the_password_of_an_open_account_has_a_limit(client: FlaskClient) -> None:
    account = make_account()
    open_browser(client, account)
    for _ in range(10):
        assert send(client, f"{ACCOUNT}/codes", current="pas le bon mot de passe").status_code == 422
    assert send(client, f"{ACCOUNT}/codes", current=PASSWORD).status_code == 429


def test_somebody_without_a_password_sees_no_second_factor(client: FlaskClient) -> None:
    open_browser(client, make_account(role=None, password_hash=""))
    page = client.get(ACCOUNT).text
    assert "factor-title" not in page
    assert "password-title" not in page
    assert "Me déconnecter partout" in page


# --- Lost ---


def test_an_administrator_helps_who_lost_everything(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account, administrator = make_account(), make_account(role="administrator")
    with_codes(account)
    theirs = app.test_client()
    open_browser(theirs, account)
    open_browser(client, administrator)
    own = f"/fr/bureau/comptes/{account.actor_id}"
    assert "Téléphone perdu" in client.get(own).text
    answer = send(client, f"{own}/telephone", page=own)
    assert (answer.status_code, answer.location) == (303, own)
    assert theirs.get("/fr/bureau").status_code == 302
    assert lines_of(session, account) == ["set up", "reset"]
    assert give_password(theirs, account).location == SET_UP


def test_nobody_else_resets_a_second_factor(client: FlaskClient) -> None:
    account, staff = make_account(), make_account()
    with_codes(account)
    open_browser(client, staff)
    answer = send(client, f"/fr/bureau/comptes/{account.actor_id}/telephone", page="/fr/bureau")
    assert answer.status_code == 403
    with pytest.raises(Forbidden):
        reset_second_factor(staff, account.actor_id)
    assert standing_of(account).on
    with pytest.raises(NotFound):
        reset_second_factor(CommandLine(), 999)


def test_the_command_line_resets_too(app: Flask) -> None:
    account = make_account()
    with_codes(account)
    run = app.test_cli_runner().invoke
    result = run(args=["staff", "reset-factor", account.email.upper()])
    assert result.exit_code == 0, result.output
    assert not standing_of(account).on
    unknown = run(args=["staff", "reset-factor", "personne@example.org"])
    assert (unknown.exit_code, "Aucun compte" in unknown.output) == (1, True)


def test_a_changed_key_of_the_site_leaves_recovery_codes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_account()
    codes = with_codes(account)
    moved = dataclasses.replace(current_settings(), secret_key="another key, for a site that was moved")
    monkeypatch.setitem(app.extensions, "settings", moved)
    with pytest.raises(UnreadableSecret):
        use_code(account.actor_id, code_in())
    give_password(client, account)
    page = send(client, CODE, code=code_in())
    assert page.status_code == 422
    assert "Le site ne sait plus lire les codes de votre téléphone." in sentence(page.text)
    assert send(client, RECOVERY, code=codes[0]).status_code == 303


def test_what_is_sealed_is_read_only_as_what_it_is(app: Flask) -> None:
    sealed = seal("un secret", "factor of 1")
    assert unseal(sealed, "factor of 1") == "un secret"
    assert seal("un secret", "factor of 1") != sealed
    for text, about in ((sealed, "factor of 2"), (sealed[:-4], "factor of 1"), ("", "x"), ("é", "x")):
        with pytest.raises(UnreadableSecret):
            unseal(text, about)


# --- What others rely on ---


def test_erasing_an_account_erases_its_telephone(app: Flask, session: Session) -> None:

    account = make_account(role=None)
    with_codes(account)
    part = next(part for part in personal_parts() if part.key == "second_factor")
    rows = part.read(session, account.actor_id)
    assert [row["recovery_codes"] for row in rows] == [RECOVERY_CODES]
    assert SECRET not in repr(rows)
    with transaction() as writing:
        part.erase(writing, account.actor_id)
    for table in (SecondFactor, RecoveryCode):
        assert session.execute(select(func.count()).select_from(table)).scalar() == 0


def test_the_demonstration_shows_the_code_of_the_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    account = demo.ensure_demo_account()
    demo.ensure_demo_account()
    with app.test_request_context():
        assert demo_hints() is None, "nowhere but in development"
    settings = dataclasses.replace(app.extensions["settings"], environment="development", demo=True)
    monkeypatch.setitem(app.extensions, "settings", settings)
    with app.test_request_context():
        assert demo_hints() is not None
    first = demo.code_of()
    assert first == current_code(demo.SECRET)
    use_code(account.id, first)
    second = demo.code_of(account.id)
    assert second not in (None, first)
    use_code(account.id, second or "")
    other = make_account()
    with_factor(other)
    assert demo.code_of(other.actor_id) is None


def test_no_link_and_no_card_goes_round_the_code(app: Flask) -> None:
    account = make_account(role=None)
    asked = select(operations.needs_password()).where(Account.id == account.actor_id)
    cards.require_resident(account.actor_id, "")
    assert db.session.execute(asked).scalar() is False
    with_factor(account)
    db.session.rollback()
    assert db.session.execute(asked).scalar() is True
    with pytest.raises(cards.CardRefused):
        cards.require_resident(account.actor_id, "")


def test_enrolling_twice_keeps_the_last(app: Flask, session: Session) -> None:
    account = make_account()
    for secret in (OTHER, SECRET):
        with transaction() as writing:
            enrol(writing, account.actor_id, secret)
    use_code(account.actor_id, code_in())
    assert load_actor(account.actor_id).actor_id == account.actor_id
    assert db.session.get(Account, account.actor_id) is not None
