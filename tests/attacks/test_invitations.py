"""An invitation that is over leaves nothing behind that a later link, code or service could open."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.links import DeadLink, Purpose, choose_password, holder_of, issue
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.operations import reset_password
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.rules import Way
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine, Grant, Role, Scope, ScopeKind
from cdv_civic.role_desk.operations.invitations import invite, invite_again
from cdv_civic.role_desk.operations.roles import end_role, give_role
from cdv_civic.role_desk.queries.accounts import account as detail_of
from cdv_civic.sign_in.by_message.operations import ask, enter_by_link
from cdv_civic.sign_in.oidc.client import Identity
from cdv_civic.sign_in.oidc.operations import NoAccount, staff_account
from cdv_civic.sign_in.password.operations import send_password_link
from tests.conftest import TODAY, PostgresServer, Site
from tests.factories import load_actor, make_account, make_contract, make_quartier
from tests.mail_server import MailBox, send_mails
from tests.sign_in.test_by_message import BROWSER, parts_of
from tests.sign_in.test_recovery import LOST, NEW, invite_somebody, link_in, token_in
from tests.signing_in import open_browser, send, sign_in

EMAIL = "nouvelle@example.org"
SITE = Scope()
STAFF = Grant(Role.STAFF, SITE)
WEEK = TODAY + timedelta(days=7)
MONTH = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _nothing_counted(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


def roles_of(session: Session, email: str = EMAIL) -> set[Grant]:
    session.rollback()
    account_id = session.execute(select(Account.id).where(Account.email == email)).scalar_one()
    return set(load_actor(account_id).grants) - {Grant(Role.PERSON)}


def identity(email: str = EMAIL) -> Identity:
    return Identity("https://service.example", "person-1", email, two_factors=True)


def test_an_invitation_that_is_over_is_not_revived_by_a_lost_password(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    invite_somebody()
    send_mails()
    mail.taken.clear()
    with clock.frozen_everywhere(WEEK):
        page = send(client, LOST, email=EMAIL)
        assert page.status_code == 200
        assert "Regardez vos e-mails" in page.text, "the same answer as for anybody"
        send_mails()
        assert mail.taken == []
        assert roles_of(session) == set()


def test_a_live_invitation_is_not_opened_by_a_lost_password_either(
    app: Flask, session: Session, mail: MailBox
) -> None:
    invite_somebody()
    send_password_link(EMAIL, "fr")
    send_mails()
    assert len(mail.taken) == 1, "the invitation alone"


def test_a_link_for_a_password_that_left_before_opens_nothing(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = invite_somebody()
    with transaction() as writing:
        link = issue(writing, account.id, Purpose.PASSWORD)
    with pytest.raises(DeadLink):
        holder_of(link.token)
    with pytest.raises(DeadLink):
        choose_password(link.token, NEW)


def test_the_role_holds_from_the_day_the_person_comes(app: Flask, session: Session, mail: MailBox) -> None:
    end = TODAY + timedelta(days=400)
    invite_somebody(ends_at=end)
    assert roles_of(session) == set()
    choose_password(token_in(mail), NEW)
    assert roles_of(session) == {STAFF}
    session.rollback()
    assert session.execute(select(RoleGrant.ends_at)).scalar_one() == end
    with clock.frozen_everywhere(TODAY + timedelta(days=399)):
        assert roles_of(session) == {STAFF}


def test_another_service_does_not_open_an_invitation_that_is_over(
    app: Flask, session: Session, mail: MailBox
) -> None:
    invite_somebody()
    with clock.frozen_everywhere(WEEK):
        with pytest.raises(NoAccount):
            staff_account(identity())
        with pytest.raises(NoAccount):
            staff_account(identity("personne@example.org"))
        assert roles_of(session) == set()


def test_another_service_opens_a_live_one(app: Flask, session: Session, mail: MailBox) -> None:
    invite_somebody()
    staff_account(identity())
    with clock.frozen_everywhere(MONTH):
        assert roles_of(session) == {STAFF}


def test_a_link_to_come_in_opens_nothing_of_an_invitation_that_is_over(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    invite_somebody()
    ask(Way.EMAIL, EMAIL, browser=BROWSER, language="fr")
    send_mails()
    mail.taken.clear()
    with clock.frozen_everywhere(WEEK):
        ask(Way.EMAIL, EMAIL, browser=BROWSER, language="fr")
        entered = enter_by_link(parts_of(mail)[0].rpartition("/")[2], browser=BROWSER)
        assert entered.first, "as somebody who comes for the first time"
        assert roles_of(session) == set()
        account = session.get_one(Account, entered.account_id)
        assert (account.name, account.organisation_name) == ("", ""), "nor for whom they were to speak"


def test_before_that_it_asks_for_the_password(app: Flask, mail: MailBox) -> None:
    invite_somebody()
    ask(Way.EMAIL, EMAIL, browser=BROWSER, language="fr")
    send_mails()
    assert "/connexion/lien/" not in str(mail.taken[-1])


def test_a_role_without_a_password_waits_a_month_and_no_more(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    invite_somebody(role=Role.RELAIS, scope=_quartier())
    send_mails()
    with clock.frozen_everywhere(MONTH - timedelta(days=1)):
        send(client, "/fr/connexion/e-mail", email=EMAIL)
        assert send(client, parts_of(mail)[0]).status_code == 303
        assert {grant.role for grant in roles_of(session)} == {Role.RELAIS}
    invite_somebody("autre@example.org", role=Role.RELAIS, scope=_quartier())
    send_mails()
    with clock.frozen_everywhere(TODAY + timedelta(days=61)):
        ask(Way.EMAIL, "autre@example.org", browser=BROWSER, language="fr")
        enter_by_link(parts_of(mail)[0].rpartition("/")[2], browser=BROWSER)
        assert roles_of(session, "autre@example.org") == set()


def _quartier() -> Scope:
    return Scope(ScopeKind.QUARTIER, make_quartier(make_contract()).id)


def test_a_resident_who_lets_an_invitation_to_a_team_pass_does_not_open_it_later(
    app: Flask, session: Session, mail: MailBox
) -> None:
    resident = make_account(
        "r@example.org", role=None, organisation_name="", password_hash="", last_seen_on=TODAY.date()
    )
    invite_somebody(resident.email)
    assert roles_of(session, resident.email) == set()
    token = token_in(mail)
    mail.taken.clear()
    with clock.frozen_everywhere(WEEK):
        send_password_link(resident.email, "fr")
        send_mails()
        assert mail.taken == []
        with pytest.raises(DeadLink):
            choose_password(token, NEW)
        reset_password(CommandLine(), resident.email, NEW)
        assert roles_of(session, resident.email) == set()


def test_a_role_given_to_a_resident_waits_for_the_password_that_its_letter_asks_for(
    app: Flask, session: Session, mail: MailBox
) -> None:
    resident = make_account(
        "r@example.org", role=None, organisation_name="", password_hash="", last_seen_on=TODAY.date()
    )
    give_role(CommandLine(), resident.actor_id, Role.STAFF, SITE)
    assert roles_of(session, resident.email) == set()
    choose_password(token_in(mail), NEW)
    assert roles_of(session, resident.email) == {STAFF}


def test_an_invitation_that_is_withdrawn_has_no_living_link(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = invite_somebody()
    token = token_in(mail)
    grant_id = session.execute(select(RoleGrant.id)).scalar_one()
    session.rollback()
    end_role(CommandLine(), account.id, grant_id)
    with pytest.raises(DeadLink):
        choose_password(token, NEW)
    with pytest.raises(NoAccount):
        staff_account(identity())


def test_an_administrator_sees_it_and_invites_again(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    administrator = make_account(role="administrator")
    end = TODAY + timedelta(days=400)
    account = invite_somebody(ends_at=end)
    with clock.frozen_everywhere(WEEK):
        open_browser(client, administrator)
        page = client.get(f"/fr/bureau/comptes/{account.id}")
        assert "invitation expirée" in page.text
        assert "invitation expirée" in client.get("/fr/bureau/comptes").text
        again = f"/fr/bureau/comptes/{account.id}/inviter"
        assert send(client, again, page=f"/fr/bureau/comptes/{account.id}").status_code == 303
        assert "invitation envoyée" in client.get(f"/fr/bureau/comptes/{account.id}").text
        assert send(app.test_client(), link_in(mail), password=NEW, again=NEW).status_code == 303
        assert roles_of(session) == {STAFF}
        session.rollback()
        assert (
            session.execute(select(RoleGrant.ends_at).where(RoleGrant.account_id == account.id)).scalar_one()
            == end
        )
        assert sign_in(app.test_client(), EMAIL, NEW).status_code == 303


def test_inviting_anew_after_it_is_over_leaves_one_role(app: Flask, session: Session, mail: MailBox) -> None:
    administrator = make_account(role="administrator")
    account = invite_somebody()
    with clock.frozen_everywhere(WEEK):
        invite_somebody()
        invite_again(administrator, account.id, "fr")
        choose_password(token_in(mail), NEW)
        assert roles_of(session) == {STAFF}
        session.rollback()
        ends = session.execute(
            select(RoleGrant.ends_at).where(RoleGrant.account_id == account.id).order_by(RoleGrant.id)
        )
        assert [end is None for end in ends.scalars()] == [False, True]


def test_a_role_that_begins_later_waits_like_any_other(app: Flask, session: Session, mail: MailBox) -> None:
    invite_somebody(starts_at=MONTH)
    choose_password(token_in(mail), NEW)
    assert roles_of(session) == set()
    with clock.frozen_everywhere(MONTH):
        assert roles_of(session) == {STAFF}
    other = invite_somebody("autre@example.org", starts_at=MONTH)
    with clock.frozen_everywhere(WEEK):
        reset_password(CommandLine(), "autre@example.org", NEW)
    with clock.frozen_everywhere(MONTH):
        assert roles_of(session, "autre@example.org") == set()
    assert other.id


def test_a_second_role_for_somebody_invited_does_not_prolong_the_first(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = invite_somebody()
    with clock.frozen_everywhere(TODAY + timedelta(days=6)):
        grant_role(CommandLine(), account.id, Role.TRANSLATOR, _language())
        invite_somebody(role=Role.TRANSLATOR, scope=_language(), with_password=True)
    with clock.frozen_everywhere(WEEK):
        choose_password(token_in(mail), NEW)
        assert {grant.role for grant in roles_of(session)} == {Role.TRANSLATOR}


def _language() -> Scope:
    return Scope(ScopeKind.LANGUAGE, "ar")


def test_the_list_of_who_gives_roles_shows_what_became_of_theirs(
    app: Flask, session: Session, mail: MailBox
) -> None:
    staff = make_account()
    account = invite(staff, email=EMAIL, name="N", organisation_name="Ville", role=Role.STAFF, scope=SITE)
    with clock.frozen_everywhere(WEEK), app.test_request_context("/fr/"):
        detail = detail_of(staff, account.id)
        assert detail is not None
        assert detail.standing == "lapsed"


def test_the_database_itself_ends_a_role_that_waits(app: Flask, session: Session, mail: MailBox) -> None:
    invite_somebody()
    session.rollback()
    for change in ("ends_at = NULL", "waits_until = NULL, planned_end = ends_at"):
        with pytest.raises(IntegrityError):
            session.execute(text(f"UPDATE role_grant SET {change}"))
        session.rollback()


def test_invitations_of_before_the_migration_end_too(tmp_path: Path, postgres: PostgresServer | None) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        downgrade(revision="0013")
        db.session.execute(
            text(
                "INSERT INTO account (id, email, name, organisation_name, password_hash, minor, created_at) VALUES "
                "(1, 'late@example.org', '', 'Ville', '', false, '2026-01-01'), "
                "(2, 'live@example.org', '', 'Ville', '', false, '2026-01-01'), "
                "(3, 'open@example.org', '', 'Ville', 'a hash', false, '2026-01-01'), "
                "(4, 'relais@example.org', '', '', '', false, '2026-01-01')"
            )
        )
        db.session.execute(
            text(
                "INSERT INTO role_grant (id, account_id, role, scope_kind, scope_key, starts_at, granted_at) VALUES "
                "(1, 1, 'staff', 'site', 'site', '2026-01-01', '2026-01-01'), "
                "(2, 2, 'staff', 'site', 'site', '2026-01-01', '2026-01-01'), "
                "(3, 3, 'staff', 'site', 'site', '2026-01-01', '2026-01-01'), "
                "(4, 4, 'relais', 'site', 'site', '2026-01-01', '2026-01-01')"
            )
        )
        db.session.execute(
            text(
                "INSERT INTO account_link (account_id, purpose, token_hash, created_at, expires_at) VALUES "
                "(1, 'invitation', 'a', '2026-01-01', '2026-01-08'), "
                "(2, 'invitation', 'b', '2026-01-01', '2999-01-08')"
            )
        )
        db.session.commit()
        upgrade()
        rows = {row.account_id: row for row in db.session.execute(select(RoleGrant)).scalars()}
        now = datetime.now(UTC)  # a migration has no other clock
        ends = {key: row.ends_at for key, row in rows.items()}
        assert ends[3] is None
        assert ends[1] is not None
        assert ends[1] < now
        assert ends[2] is not None
        assert ends[2].year == 2999
        assert ends[4] is not None
        assert now < ends[4] < now + timedelta(days=31)
        db.session.remove()
        downgrade(revision="0013")
        kept = {
            row[0]: row[1] for row in db.session.execute(text("SELECT account_id, ends_at FROM role_grant"))
        }
        assert (kept[2], kept[3], kept[4]) == (None, None, None)
        assert kept[1] is not None, "what is over stays over"
        db.session.remove()
        upgrade()
        db.session.remove()
        db.engine.dispose()


def test_whoever_invites_a_resident_to_a_team_does_not_close_their_own_space(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    """A moderator could keep any resident of whom they know the address out, by link and by card, week after week."""
    ask(Way.EMAIL, EMAIL, browser=BROWSER, language="fr")
    send_mails()
    resident = enter_by_link(parts_of(mail)[0].rpartition("/")[2], browser=BROWSER).account_id
    with transaction() as open_session:
        open_session.get_one(Account, resident).last_seen_on = TODAY.date()
    contract = make_contract()
    scope = Scope(ScopeKind.CONTRACT, contract.id)
    invite(CommandLine(), email=EMAIL, name="", organisation_name="", role=Role.STAFF, scope=scope)
    send_mails()
    mail.taken.clear()
    ask(Way.EMAIL, EMAIL, browser=BROWSER, language="fr")
    send_mails()
    assert enter_by_link(parts_of(mail)[0].rpartition("/")[2], browser=BROWSER).account_id == resident
    assert Grant(Role.STAFF, scope) not in roles_of(session)
