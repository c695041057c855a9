"""A role holds from its first moment to its last, and not a request longer."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.roles import BadRole, end_role, grant_role
from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.role_desk.role_dates import span
from tests.conftest import TODAY
from tests.factories import make_account, make_commune, make_contract
from tests.signing_in import open_browser

DESK = "/fr/bureau/engagements"


def test_a_role_that_starts_later_does_not_hold_today(client: FlaskClient) -> None:
    account = make_account(role=None)
    later = TODAY + timedelta(hours=8)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(), starts_at=later)
    open_browser(client, account)
    assert client.get(DESK).status_code == 403
    with clock.frozen_everywhere(later - timedelta(seconds=1)):
        assert client.get(DESK).status_code == 403
    with clock.frozen_everywhere(later):
        assert client.get(DESK).status_code == 200


def test_a_role_ends_with_the_next_request(client: FlaskClient) -> None:
    account = make_account(role=None)
    end = TODAY + timedelta(hours=8)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(), ends_at=end)
    open_browser(client, account)
    with clock.frozen_everywhere(end - timedelta(seconds=1)):
        assert client.get(DESK).status_code == 200
    with clock.frozen_everywhere(end):
        assert client.get(DESK).status_code == 403


def test_a_role_that_is_ended_holds_no_longer(client: FlaskClient) -> None:
    account = make_account(role=None)
    grant = grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope())
    open_browser(client, account)
    assert client.get(DESK).status_code == 200
    end_role(CommandLine(), grant.id)
    assert client.get(DESK).status_code == 403


def test_a_role_that_was_still_to_begin_never_holds(client: FlaskClient) -> None:
    account = make_account(role=None)
    later = TODAY + timedelta(hours=8)
    grant = grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(), starts_at=later)
    end_role(CommandLine(), grant.id)
    open_browser(client, account)
    with clock.frozen_everywhere(later + timedelta(hours=2)):
        assert client.get(DESK).status_code == 403


def test_what_cannot_be_given_is_refused(app: Flask) -> None:
    account = make_account(role=None)
    commune = Scope(ScopeKind.COMMUNE, make_commune(make_contract()).id)
    with pytest.raises(BadRole):
        grant_role(CommandLine(), account.actor_id, Role.MEMBER, commune)
    with pytest.raises(BadRole):
        grant_role(CommandLine(), account.actor_id, Role.PERSON, Scope())
    with pytest.raises(BadRole):
        grant_role(CommandLine(), account.actor_id, Role.STAFF, commune, ends_at=TODAY)
    with pytest.raises(NotFound):
        grant_role(CommandLine(), account.actor_id, Role.STAFF, Scope(ScopeKind.COMMUNE, 999_999))
    with pytest.raises(NotFound):
        grant_role(CommandLine(), 999_999, Role.STAFF, commune)
    with pytest.raises(NotFound):
        end_role(CommandLine(), 999_999)
    with pytest.raises(Forbidden):
        grant_role(account, account.actor_id, Role.STAFF, commune)
    grant_role(CommandLine(), account.actor_id, Role.STAFF, commune)
    with pytest.raises(Conflict):
        grant_role(CommandLine(), account.actor_id, Role.STAFF, commune)


def test_days_are_those_of_the_territory(app: Flask) -> None:
    today = TODAY.date()
    assert span(None, None) == (None, None)
    assert span(today, today) == (None, datetime(2026, 11, 20, 23, tzinfo=UTC))
    start, end = span(today + timedelta(days=1), datetime(2027, 7, 14, tzinfo=UTC).date())
    assert (start, end) == (datetime(2026, 11, 20, 23, tzinfo=UTC), datetime(2027, 7, 14, 22, tzinfo=UTC))
    for first, last in (
        (today - timedelta(days=1), None),
        (None, today.replace(year=9999)),
        (None, today.replace(year=1)),
    ):
        with pytest.raises(BadRole):
            span(first, last)
