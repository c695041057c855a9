"""A decision that an appeal changed is not taken again by the same person: no text goes round for ever."""

import html

import pytest
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.errors import Forbidden
from cdv_civic.moderation.appeals.operations.contesting import contest, contest_by_receipt
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.moderation.appeals.test_appealing import an_appeal, answered, moderator_of
from tests.moderation.notes import Notes, a_report, case, decide, with_account
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, make_place


@pytest.fixture
def place(notes: Notes) -> BodyWithPeople:
    return make_place()


def shown_again(notes: Notes, place: BodyWithPeople, other: SignedIn) -> int:
    """A text that its moderator hid and that an appeal showed again."""
    author = make.make_account()
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    answered(other, contest(author, an_appeal(decision)), AppealOutcome.REVERSED)
    assert case(text_id).state == "publie"
    return text_id


@pytest.mark.parametrize(
    ("act", "part"), [(ModerationAct.HIDE, ""), (ModerationAct.HIDE_PART, "Le banc […]")]
)
def test_what_an_appeal_shows_again_is_not_hidden_by_the_same_person(
    notes: Notes, place: BodyWithPeople, act: ModerationAct, part: str
) -> None:
    other = moderator_of(place)
    text_id = shown_again(notes, place, other)
    with pytest.raises(Forbidden):
        decide(text_id, act, place.moderator, part=part)
    assert case(text_id).state == "publie"
    decide(text_id, act, other, part=part)


def test_they_may_still_leave_it_where_somebody_reports_it(notes: Notes, place: BodyWithPeople) -> None:
    text_id = shown_again(notes, place, moderator_of(place))
    report(a_report(text_id))
    decide(text_id, ModerationAct.KEEP, place.moderator)
    assert case(text_id).state == "publie"


def test_what_an_appeal_hides_is_not_shown_by_who_left_it(notes: Notes, place: BodyWithPeople) -> None:
    other, third = moderator_of(place), moderator_of(place)
    text_id = notes.write(place.body)
    receipt = read_receipt(report(a_report(text_id)).receipt)
    kept = decide(text_id, ModerationAct.KEEP, place.moderator)
    answered(other, contest_by_receipt(receipt, an_appeal(kept)), AppealOutcome.REVERSED, law="injure")
    with pytest.raises(Forbidden):
        decide(text_id, ModerationAct.SHOW_AGAIN, place.moderator)
    assert case(text_id).state == "masque"
    decide(text_id, ModerationAct.SHOW_AGAIN, third)
    decide(text_id, ModerationAct.HIDE, place.moderator)
    assert case(text_id).state == "masque", "somebody else decided since: they may again"


def test_an_appeal_that_was_lost_bars_nobody(notes: Notes, place: BodyWithPeople) -> None:
    author = make.make_account()
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    answered(moderator_of(place), contest(author, an_appeal(decision)), AppealOutcome.UPHELD)
    decide(text_id, ModerationAct.SHOW_AGAIN, place.moderator)
    assert case(text_id).state == "publie"


def test_the_page_says_so_and_offers_nothing_else(
    client: FlaskClient, notes: Notes, place: BodyWithPeople
) -> None:
    text_id = shown_again(notes, place, moderator_of(place))
    at = f"/fr/bureau/instances/{place.body.id}/moderation/{text_id}"
    open_browser(client, place.moderator)
    page = html.unescape(client.get(at).text)
    assert "Un recours a changé votre décision" in page
    assert f"{at}/masquer" not in page
    assert client.get(f"{at}/masquer").status_code == 303
