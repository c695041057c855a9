"""An erased account leaves nothing by which a person could be known, and nothing brings it back."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_own_account, locked_account
from cdv_civic.accounts.links import DeadLink, Purpose, choose_password, issue
from cdv_civic.accounts.models import (
    NO_PASSWORD,
    Account,
    AccountIdentity,
    AccountLink,
    AccountSession,
    RecoveryCode,
    ResidentQuartier,
    RoleGrant,
    SecondFactor,
)
from cdv_civic.accounts.operations import WrongCredentials, change_own_password
from cdv_civic.accounts.personal_parts import PersonalPart, personal_parts
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import AccountClosed, SignedIn, load_account, open_session
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.localized import Translation, TranslationState, translate
from cdv_civic.core.policy.model import CommandLine, Role, Scope
from cdv_civic.sign_in.by_message.models import SignInCode
from tests.conftest import TODAY
from tests.factories import PASSWORD, make_account, make_contract, make_notice, make_quartier
from tests.signing_in import open_browser, sign_in
from tests.texts import write_text

NEW = "trois pommes sous la pluie"


def everything_kept(session: Session) -> str:
    """All rows of the database, as text."""
    session.rollback()
    return "\n".join(
        repr(row) for table in db.metadata.sorted_tables for row in session.execute(select(table)).all()
    )


def make_resident(**values: Any) -> SignedIn:
    return make_account(
        **{"role": None, "name": "Zoubida", "organisation_name": "", "password_hash": NO_PASSWORD, **values}
    )


def test_nothing_of_the_person_stays(app: Flask, client: FlaskClient, session: Session) -> None:
    quartier = make_quartier(make_contract())
    account = make_account("zoubida@example.org", phone="+33612345678", name="Zoubida", minor=True)
    open_browser(client, account)
    with transaction() as writing:
        writing.add(
            ResidentQuartier(account_id=account.actor_id, quartier_id=quartier.id, chosen_at=clock.now())
        )
        issue(writing, account.actor_id, Purpose.PASSWORD)
        writing.add(
            SecondFactor(
                account_id=account.actor_id, secret="sealed-secret", confirmed_at=clock.now(), last_step=1
            )
        )
        writing.add(RecoveryCode(account_id=account.actor_id, code_hash="recovery-hash", used_at=None))
        writing.add(
            AccountIdentity(
                account_id=account.actor_id,
                issuer="https://service.example",
                subject="subject-7",
                linked_at=clock.now(),
            )
        )
        for way, address in (("email", "zoubida@example.org"), ("sms", "+33612345678")):
            writing.add(
                SignInCode(
                    ref=f"ref-{way}",
                    way=way,
                    address_hash=f"hash-{way}",
                    address=address,
                    token_hash=f"token-{way}",
                    code_hash="code",
                    browser_hash="browser",
                    created_at=clock.now(),
                    expires_at=clock.now(),
                    used_at=None,
                )
            )
    make_notice(recipient="zoubida@example.org", subject="Bonjour Zoubida")
    assert client.get("/fr/bureau/compte").status_code == 200
    erase_own_account(account)
    kept = everything_kept(session)
    for said in (
        "zoubida",
        "Zoubida",
        "0612345678",
        "33612345678",
        "argon2",
        "Firefox",
        "sealed-secret",
        "recovery-hash",
        "subject-7",
    ):
        assert said not in kept
    row = session.get_one(Account, account.actor_id)
    assert (row.email, row.phone, row.name, row.organisation_name, row.password_hash, row.minor) == (
        *(None, None),
        *("", "", NO_PASSWORD, False),
    )
    assert row.erased_at == row.disabled_at == row.created_at == TODAY
    for table in (AccountSession, AccountLink, ResidentQuartier):
        assert session.execute(select(func.count()).select_from(table)).scalar() == 0
    assert client.get("/fr/bureau/compte").status_code == 302
    assert sign_in(app.test_client(), account).status_code == 422


def test_roles_end_and_the_trail_says_so_without_a_name(app: Flask, session: Session) -> None:
    account = make_account(name="Zoubida", organisation_name="")
    erase_own_account(account)
    session.rollback()
    grant = session.execute(select(RoleGrant)).scalar_one()
    assert grant.ends_at == TODAY
    entries = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [(entry.action, entry.actor_label, entry.after) for entry in entries] == [
        ("role.grant", "", {"role": "staff", "ended": True}),
        ("account.self", "", {"erased": True}),
    ]
    assert verify(session) == (2, None)


def test_translations_stay_without_the_name_of_whoever_wrote_or_reviewed_them(
    app: Flask, session: Session
) -> None:
    translator, other = make_account(name="Zoubida"), make_account()
    with transaction() as writing:
        written, reviewed = write_text(writing, "Un parc"), write_text(writing, "Une école")
        translate(writing, written, "ar", "حديقة", author=translator, state=TranslationState.DRAFT)
        for author in (other, translator):
            translate(writing, reviewed, "ar", "مدرسة", author=author)
    (part,) = (each for each in personal_parts() if each.key == "translations")
    rows = part.read(session, translator.actor_id)
    assert rows == [
        {
            "language": "ar",
            "written": 1,
            "reviewed": 1,
            "texts_written": ["حديقة"],
            "texts_reviewed": ["مدرسة"],
        }
    ]
    erase_own_account(translator)
    session.rollback()
    kept = session.execute(
        select(Translation.text, Translation.author_id, Translation.reviewer_id).order_by(Translation.text_id)
    ).all()
    assert [tuple(row) for row in kept] == [("حديقة", None, None), ("مدرسة", other.actor_id, None)]


def test_a_role_that_was_still_to_begin_never_holds(app: Flask, session: Session) -> None:
    account = make_account(role=None)
    begins = TODAY + timedelta(days=3)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(), starts_at=begins)
    erase_own_account(account)
    grant = session.execute(select(RoleGrant)).scalar_one()
    assert grant.ends_at == grant.starts_at == begins


def test_the_last_administrator_is_refused_and_keeps_everything(app: Flask, session: Session) -> None:
    account = make_account("admin@example.org", role="administrator")
    before = everything_kept(session)
    with pytest.raises(Conflict):
        erase_own_account(account)
    assert everything_kept(session) == before
    make_account(role="administrator")
    erase_own_account(account)
    assert "admin@example.org" not in everything_kept(session)


def test_a_part_that_fails_takes_everything_back(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_resident(email="zoubida@example.org")

    def fail(_session: Session, _account_id: int) -> None:
        raise RuntimeError

    broken = PersonalPart("broken", "", lambda _session, _account_id: (), fail)
    monkeypatch.setitem(app.extensions, "personal_parts", {"broken": broken})
    before = everything_kept(session)
    with pytest.raises(RuntimeError):
        erase_own_account(account)
    assert everything_kept(session) == before


def test_parts_are_erased_while_the_address_is_still_known(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def look(session: Session, account_id: int) -> None:
        seen.append(session.get_one(Account, account_id).email)

    part = PersonalPart("mails", "", lambda _session, _account_id: (), look)
    monkeypatch.setitem(app.extensions, "personal_parts", {"mails": part})
    erase_own_account(make_resident(email="zoubida@example.org"))
    assert seen == ["zoubida@example.org"]


def test_erasing_twice_does_nothing_more(app: Flask, session: Session) -> None:
    account = make_resident()
    erase_own_account(account)
    before = everything_kept(session)
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        erase_own_account(account)
    assert everything_kept(session) == before


def test_somebody_erased_can_come_back_as_somebody_new(app: Flask) -> None:
    account = make_account("zoubida@example.org")
    erase_own_account(account)
    again = make_account("zoubida@example.org")
    assert again.actor_id != account.actor_id


def test_nothing_wakes_an_erased_account(app: Flask, session: Session) -> None:
    account = make_account()
    with transaction() as writing:
        link = issue(writing, account.actor_id, Purpose.PASSWORD)
    erase_own_account(account)
    with pytest.raises(DeadLink):
        choose_password(link.token, NEW)
    with app.test_request_context(), pytest.raises(AccountClosed):
        open_session(account.actor_id, Way.EMAIL)
    with pytest.raises(NotFound), transaction() as writing:
        locked_account(writing, account.actor_id)
    with pytest.raises((NotFound, WrongCredentials)):
        change_own_password(account, current=PASSWORD, password=NEW)
    with pytest.raises(NotFound):
        grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope())
    session.rollback()
    assert session.execute(select(func.count()).select_from(AccountSession)).scalar() == 0


def test_erasures_and_sign_ins_at_once_bring_nothing_back(app: Flask, session: Session) -> None:
    account = make_account("zoubida@example.org")
    session.rollback()
    ready = threading.Barrier(24)
    wrong: list[str] = []
    erased: list[int] = []

    def act(number: int) -> None:
        with app.app_context(), app.test_request_context():
            ready.wait()
            try:
                if number % 8 == 7:
                    erase_own_account(account)
                    erased.append(number)
                elif number % 2:
                    change_own_password(account, current=PASSWORD, password=f"{NEW} {number}")
                else:
                    open_session(account.actor_id, Way.EMAIL)
            except DomainError:
                pass
            except Exception as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert erased
    session.rollback()
    row = session.get_one(Account, account.actor_id, populate_existing=True)
    assert (row.erased_at, row.email, row.password_hash, row.last_seen_on) == (TODAY, None, NO_PASSWORD, None)
    assert session.execute(select(func.count()).select_from(AccountSession)).scalar() == 0

    assert [
        entry.after
        for entry in session.execute(
            select(AuditEntry).where(AuditEntry.action == "account.self").order_by(AuditEntry.id)
        ).scalars()
    ][-1] == {"erased": True}
    assert verify(session)[1] is None


def test_two_last_administrators_cannot_both_leave(app: Flask, session: Session) -> None:
    accounts = [make_account(role="administrator") for _ in range(2)]
    session.rollback()
    ready = threading.Barrier(2)
    ended: list[type[Exception] | None] = []

    def leave(account: SignedIn) -> None:
        with app.app_context():
            ready.wait()
            try:
                erase_own_account(account)
                ended.append(None)
            except Exception as error:
                ended.append(type(error))

    threads = [threading.Thread(target=leave, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended, key=repr) == [Conflict, None]
    session.rollback()
    erased = select(func.count()).select_from(Account).where(Account.erased_at.is_not(None))
    assert session.execute(erased).scalar() == 1


def test_a_browser_that_stays_open_counts_as_use(app: Flask, session: Session, client: FlaskClient) -> None:
    account = make_account(role=None, password_hash="", warned_at=TODAY)
    open_browser(client, account, way="card")
    later = TODAY + timedelta(days=20)
    with clock.frozen_everywhere(later):
        assert client.get("/fr/moi").status_code == 200
    session.rollback()
    row = session.get_one(Account, account.actor_id, populate_existing=True)
    assert (row.last_seen_on, row.warned_at) == (later.date(), None)


def test_the_parts_of_people_have_words_for_all_they_show(app: Flask) -> None:
    account = make_account()
    for part in personal_parts():
        for row in part.read(db.session(), account.actor_id):
            assert set(part.words) <= set(row), part.key
    assert load_account("nobody") is None
