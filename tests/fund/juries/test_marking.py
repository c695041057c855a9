"""Marks: given by members who are there, hidden from whoever is linked, gone where a link is declared."""

from fractions import Fraction

import pytest
from flask import Flask

from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.fund.juries.operations import linking, marking
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.linking import (
    NotedLink,
    declare_link,
    declare_own_link,
    take_link_back,
)
from cdv_civic.fund.juries.operations.locking import MeetingClosed
from cdv_civic.fund.juries.operations.marking import MemberAside, mark_project
from cdv_civic.fund.juries.queries.meetings import book_of, meeting_at
from cdv_civic.fund.juries.queries.minutes import minutes_of
from cdv_civic.fund.juries.queries.sitting import own_sitting, sittings_of
from cdv_civic.fund.models.funds import FundRound
from tests import factories as make
from tests.fund.juries.commissions import Commission, carried, here, make_commission
from tests.races import at_once, write_once_all_have_looked


def mark(made: Commission, member: int, mark: int, project: int = 0) -> None:
    mark_project(made.accounts[member], made.items[project].id, mark)


def test_a_member_who_is_there_marks_and_changes_the_mark(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 0, 12)
    mark(made, 0, 15)
    mark(made, 1, 4)
    ids = made.items[0].id, made.members
    assert made.marks() == {(ids[0], ids[1][0].id): 15, (ids[0], ids[1][1].id): 4}
    assert made.project(0).frozen_at is not None
    assert db.session.get_one(FundRound, made.round.id, populate_existing=True).frozen_at is not None
    assert made.project(1).frozen_at is None


def test_nobody_else_marks(app: Flask) -> None:
    made = make_commission("marks", present=3)
    with pytest.raises(Forbidden):
        mark(made, 3, 12)
    for stranger in (make.make_account(role=None), make.make_account(role="administrator")):
        with pytest.raises(NotFound):
            mark_project(stranger, made.items[0].id, 12)
    by_hands = make_commission("hands")
    with pytest.raises(Conflict):
        mark(by_hands, 0, 12)
    assert made.marks() == {}


@pytest.mark.parametrize("wrong", [-1, 21, 2**40])
def test_a_mark_lies_between_0_and_20(app: Flask, wrong: int) -> None:
    made = make_commission("marks")
    with pytest.raises(DomainError) as refused:
        mark(made, 0, wrong)
    assert refused.value.field == "mark"


def test_whoever_carries_a_project_does_not_mark_it(app: Flask) -> None:
    made = make_commission("marks")
    carried(made.projects[0], made.accounts[0])
    with pytest.raises(MemberAside):
        mark(made, 0, 20)
    mark(made, 0, 9, project=1)


def test_declaring_a_link_after_marking_takes_the_mark_away_and_says_so(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 0, 20)
    mark(made, 1, 10)
    assert declare_own_link(made.accounts[0], made.items[0].id) == NotedLink(True, False)
    assert list(made.marks().values()) == [10]
    assert declare_own_link(made.accounts[0], made.items[0].id) == NotedLink(False, False)
    with pytest.raises(MemberAside):
        mark(made, 0, 20)


def test_a_decision_that_counted_the_member_is_entered_anew(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 0, 20)
    made.decide(0)
    assert declare_link(made.secretary, made.items[0].id, made.members[0].id) == NotedLink(True, True)
    assert made.items[0].outcome is None
    take_link_back(made.secretary, made.items[0].id, made.members[0].id)
    mark(made, 0, 11)


def test_a_link_that_follows_is_not_taken_back(app: Flask) -> None:
    made = make_commission("marks")
    carried(made.projects[0], made.accounts[0])
    with pytest.raises(Forbidden):
        take_link_back(made.secretary, made.items[0].id, made.members[0].id)
    with pytest.raises(Forbidden):
        declare_link(made.accounts[1], made.items[0].id, made.members[0].id)


def test_members_see_their_own_marks_alone_until_all_is_decided(app: Flask) -> None:
    made = make_commission("marks")
    for member, given in enumerate((20, 10, 12)):
        mark(made, member, given)
    declare_own_link(made.accounts[3], made.items[0].id)

    def seen(member: int) -> list[tuple[int | None, object]]:
        db.session.rollback()
        meeting = meeting_at(made.meeting_id, "fr")
        assert meeting is not None
        own = own_sitting(meeting, made.accounts[member].actor_id, "fr")
        assert own is not None
        return [(each.mark, each.mean) for each in own.items]

    assert seen(0) == [(20, None), (None, None)]
    assert seen(3) == [(None, None), (None, None)]
    made.decide(0)
    close_meeting(made.secretary, made.meeting_id)
    assert seen(0) == [(20, 14), (None, None)]
    assert seen(3) == [(None, None), (None, None)], "never, where they are linked"
    assert [each.meeting_id for each in sittings_of(made.accounts[0].actor_id, "fr")] == [made.meeting_id]
    assert sittings_of(make.make_account(role=None).actor_id, "fr") == []


def test_the_secretary_sees_the_mean_but_of_what_they_are_linked_to(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 0, 20)
    mark(made, 1, 11)
    meeting = meeting_at(made.meeting_id, "fr")
    assert meeting is not None
    book = book_of(meeting, made.secretary.actor_id, "fr")
    assert (book.mean(book.items[0]), book.marked(book.items[0])) == (Fraction(31, 2), 2)
    carried(made.projects[0], made.secretary)
    db.session.rollback()
    book = book_of(meeting, made.secretary.actor_id, "fr")
    assert book.mean(book.items[0]) is None


def test_marks_of_whoever_left_before_do_not_stay(app: Flask) -> None:
    made = make_commission("marks")
    for member, given in enumerate((20, 10, 12, 0)):
        mark(made, member, given)
    here(made, 0, 1, 2)
    made.decide(0)
    close_meeting(made.secretary, made.meeting_id)
    assert sorted(made.marks().values()) == [10, 12, 20]
    with pytest.raises(MeetingClosed):
        mark(made, 0, 3)
    with pytest.raises(MeetingClosed):
        declare_own_link(made.accounts[0], made.items[0].id)


def test_few_marks_are_not_told_as_a_mean(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 0, 20)
    mark(made, 1, 10)
    made.decide(0)
    close_meeting(made.secretary, made.meeting_id)
    meeting = meeting_at(made.meeting_id, "fr")
    assert meeting is not None
    assert [each.mean for each in minutes_of(meeting, "fr").items] == [None, None]


def test_a_mark_while_a_link_is_declared_leaves_no_mark_of_a_linked_member(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_commission("marks")
    item = made.items[0].id
    mark(made, 1, 5)  # nothing is left to freeze
    write_once_all_have_looked(monkeypatch, marking, 1)
    write_once_all_have_looked(monkeypatch, linking, 1)
    ended = at_once(
        app,
        lambda: mark_project(made.accounts[0], item, 20),
        lambda: declare_own_link(made.accounts[0], item),
    )
    assert not [each for each in ended if isinstance(each, Exception) and not isinstance(each, MemberAside)]
    assert list(made.marks().values()) == [5]


def test_a_mark_while_the_meeting_closes_is_kept_and_counted_or_refused(app: Flask) -> None:
    made = make_commission("marks")
    mark(made, 1, 5)
    made.decide(0)
    item = made.items[0].id
    ended = at_once(
        app,
        lambda: mark_project(made.accounts[0], item, 20),
        lambda: close_meeting(made.secretary, made.meeting_id),
    )
    assert ended[1] is True
    assert (len(made.marks()) == 2) == (ended[0] is None)
    assert ended[0] is None or isinstance(ended[0], Conflict)
