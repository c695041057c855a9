"""A moderator decides: who may, what is asked, what is kept, and who is told."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.ledger import LedgerEntry
from cdv_civic.core.localized import words_of
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.moderation.models import ModerationHint, ModerationReport
from cdv_civic.moderation.operations.deciding import acts_on, decide, publish_many
from cdv_civic.moderation.operations.entering import held_case, wait_again
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from tests import factories as make
from tests.moderation.cases import (
    WORDS,
    Desk,
    decisions,
    make_desk,
    make_hint,
    make_principle,
    make_report,
    make_text,
    stored_case,
    told,
)
from tests.races import at_once

WHY = Reasons(law=LegalGround.PRIVACY, facts="Une personne est nommée, avec son adresse.")


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


def hide(desk: Desk, text_id: int, **more: Any) -> int:
    version = more.pop("version", stored_case(text_id).version)
    return decide(
        desk.moderator, text_id, ModerationAct.HIDE, more.pop("reasons", WHY), version=version, **more
    )


def test_what_is_hidden_is_hidden_with_its_reason_and_says_so_without_its_words(
    desk: Desk, session: Session
) -> None:
    text_id = make_text(desk, state="publie")
    hide(desk, text_id)
    case = stored_case(text_id)
    assert (case.state, case.version, told) == ("masque", 2, [(text_id, "masque")])
    (decision,) = decisions(text_id)
    assert (decision.act, decision.source, decision.law) == ("masquer", "regard", "vie_privee")
    assert (decision.decided_by, decision.decided_for) == (desk.moderator.actor_id, desk.place.body.name)
    assert decision.facts_id is not None
    assert words_of([decision.facts_id], "fr")[decision.facts_id].text == WHY.facts
    entry = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc())).scalars().first()
    assert entry is not None
    assert (entry.action, entry.object_kind, entry.before) == (
        "text.moderate",
        "moderated_text",
        {"state": "publie"},
    )
    assert WORDS not in str(entry.after)
    assert WHY.facts not in str(entry.after)


def test_all_that_a_decision_lacks_is_said_at_once(desk: Desk) -> None:
    text_id = make_text(desk, state="publie")
    with pytest.raises(DomainError) as refused:
        decide(desk.moderator, text_id, ModerationAct.HIDE_PART, version=1)
    assert [each.field for each in refused.value.refusals] == ["ground", "facts_fr", "part"]
    with pytest.raises(DomainError) as refused:
        hide(desk, text_id, reasons=Reasons(desk.principle_id, LegalGround.HATRED, "Vu."))
    assert [each.field for each in refused.value.refusals] == ["ground"]
    assert (stored_case(text_id).state, decisions(text_id), told) == ("publie", [], [])


def test_a_ground_is_an_article_of_the_charter_that_holds_there(desk: Desk) -> None:
    text_id = make_text(desk, state="publie")
    elsewhere = make_principle(desk.place, staff=True)
    with pytest.raises(DomainError) as refused:
        hide(desk, text_id, reasons=Reasons(elsewhere, facts="Vu."))
    assert refused.value.field == "ground"
    hide(desk, text_id, reasons=Reasons(desk.principle_id, facts="Vu."))
    assert decisions(text_id)[0].principle_id == desk.principle_id


def test_only_the_moderators_of_a_text_decide_and_never_its_author(desk: Desk) -> None:
    other = make_desk("mont")
    text_id = make_text(desk, author_id=desk.second.actor_id)
    member = desk.place.member
    for nobody in (other.moderator, member, desk.place.staff, desk.second, CommandLine()):
        with pytest.raises(Forbidden):
            decide(nobody, text_id, ModerationAct.PUBLISH, version=1)
    with pytest.raises(NotFound):
        decide(desk.moderator, 999_999, ModerationAct.PUBLISH, version=1)
    decide(desk.moderator, text_id, ModerationAct.PUBLISH, version=1)
    assert stored_case(text_id).state == "publie"


def test_staff_reads_what_no_body_reads_in_its_commune_or_contract(desk: Desk) -> None:
    contract = desk.place.contract
    commune = make.make_commune(contract, "Choisy")
    town = make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.COMMUNE, commune.id))
    in_town = make_text(desk, body_id=None, commune_id=commune.id)
    in_contract = make_text(desk, body_id=None)
    decide(town, in_town, ModerationAct.PUBLISH, version=1)
    for nobody in (town, desk.moderator):
        with pytest.raises(Forbidden):
            decide(nobody, in_contract, ModerationAct.PUBLISH, version=1)
    decide(desk.place.staff, in_contract, ModerationAct.PUBLISH, version=1)
    assert stored_case(in_contract).state == "publie"


def test_a_part_is_hidden_and_no_word_is_added(desk: Desk) -> None:
    text_id = make_text(desk, state="publie")
    for part in ("Un voisin crie. Le parc ferme trop tôt.", "[…]", WORDS):
        with pytest.raises(DomainError) as refused:
            decide(desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, part=part)
        assert [each.field for each in refused.value.refusals] == ["part"]
    decide(
        desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, part="[...] Le parc ferme trop tôt."
    )
    case = stored_case(text_id)
    assert (case.state, case.shown_words) == ("publie", "[…] Le parc ferme trop tôt.")
    hide(desk, text_id)
    decide(desk.moderator, text_id, ModerationAct.SHOW_AGAIN, version=3)
    assert stored_case(text_id).shown_words == "[…] Le parc ferme trop tôt.", "what was hidden stays so"


def test_a_part_of_a_title_is_hidden_as_one_of_the_words_is(desk: Desk) -> None:
    text_id = make_text(desk, state="publie", title="Au parc de M. Untel")
    for title in ("[…]", "", "Au parc de la ville"):
        with pytest.raises(DomainError) as refused:
            decide(desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, part=WORDS, title=title)
        assert [each.field for each in refused.value.refusals] == ["title"]
    whole = "Au parc de M. Untel"
    with pytest.raises(DomainError) as refused:
        decide(desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, part=WORDS, title=whole)
    assert [each.field for each in refused.value.refusals] == ["part"]
    decide(
        desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, part=WORDS, title="Au parc [...]"
    )
    case = stored_case(text_id)
    assert (case.shown_title, case.shown_words, case.part_hidden) == ("Au parc […]", None, True)
    row = decisions(text_id)[-1]
    assert (row.hides_title, row.hides_words, row.hides_photo) == (True, False, False)
    decide(desk.moderator, text_id, ModerationAct.SHOW_AGAIN, version=2)
    assert not stored_case(text_id).part_hidden


def test_a_photo_is_hidden_alone_and_shown_again(desk: Desk) -> None:
    text_id = make_text(desk, state="publie", photo_id=7)
    decide(desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, without_photo=True)
    case = stored_case(text_id)
    assert (case.state, case.photo_hidden, case.shown_words) == ("publie", True, None)
    row = decisions(text_id)[-1]
    assert (row.hides_title, row.hides_words, row.hides_photo) == (False, False, True)
    assert told == [(text_id, "publie")], "pages follow"
    decide(
        desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=2, part="[…] Le parc ferme trop tôt."
    )
    assert stored_case(text_id).photo_hidden, "what nobody spoke of stays as it is"
    hide(desk, text_id)
    decide(desk.moderator, text_id, ModerationAct.SHOW_AGAIN, version=4)
    assert stored_case(text_id).photo_hidden, "what was hidden stays so"
    decide(desk.moderator, text_id, ModerationAct.SHOW_AGAIN, version=5)
    assert not stored_case(text_id).part_hidden
    assert ModerationAct.SHOW_AGAIN not in acts_on(stored_case(text_id))


def test_no_photo_is_hidden_where_there_is_none_and_none_is_left_where_all_is_shown(desk: Desk) -> None:
    for text_id, more in (
        (make_text(desk, state="publie"), {"without_photo": True}),
        (make_text(desk, state="publie", photo_id=7), {"without_photo": False, "part": WORDS}),
    ):
        with pytest.raises(DomainError) as refused:
            decide(desk.moderator, text_id, ModerationAct.HIDE_PART, WHY, version=1, **more)
        assert [each.field for each in refused.value.refusals] == ["part"]


def test_a_photo_that_was_hidden_stays_so_where_its_author_writes_otherwise(
    desk: Desk, session: Session
) -> None:
    text_id = make_text(desk, state="publie", photo_id=7, title="Au parc de M. Untel")
    decide(
        desk.moderator,
        text_id,
        ModerationAct.HIDE_PART,
        WHY,
        version=1,
        part="[…] Le parc ferme trop tôt.",
        title="Au parc […]",
        without_photo=True,
    )
    decide(desk.moderator, text_id, ModerationAct.ASK_TO_REWORD, WHY, version=2)
    with transaction() as writing:
        wait_again(writing, held_case(writing, text_id))
    case = stored_case(text_id)
    assert (case.state, case.shown_words, case.shown_title) == ("en_attente", None, None)
    assert case.photo_hidden, "the photo is the same"


def test_a_text_stands_behind_another_one_that_says_the_same(desk: Desk) -> None:
    first, second, third = (make_text(desk, state="publie") for _each in range(3))
    waiting, elsewhere = make_text(desk), make_text(desk, state="publie", body_id=None)
    for other in (waiting, elsewhere, first, None):
        with pytest.raises(DomainError) as refused:
            decide(desk.moderator, first, ModerationAct.MERGE, version=1, other_text=other)
        assert refused.value.field == "other_text"
    decide(desk.moderator, first, ModerationAct.MERGE, version=1, other_text=second)
    assert (stored_case(first).state, stored_case(first).merged_into_id) == ("regroupe", second)
    decide(desk.moderator, second, ModerationAct.MERGE, version=1, other_text=third)
    assert stored_case(first).merged_into_id == third, "nothing stands behind what nobody sees"


def test_reports_are_answered_by_the_decision_and_are_its_source(desk: Desk, session: Session) -> None:
    text_id = make_text(desk, state="publie")
    reports = [make_report(text_id), make_report(text_id, contact=None)]
    kept = decide(desk.moderator, text_id, ModerationAct.KEEP, version=1)
    session.rollback()
    for report_id in reports:
        report = session.get_one(ModerationReport, report_id, populate_existing=True)
        assert (report.decision_id, report.decided_at is not None) == (kept, True)
    assert (decisions(text_id)[0].source, told) == ("signalement", []), "nothing changed for the feature"
    hide(desk, text_id)
    assert decisions(text_id)[1].source == "regard"


def test_what_is_left_as_it_stands_makes_its_hints_false_alarms(desk: Desk, session: Session) -> None:
    published, hidden = make_text(desk), make_text(desk)
    alarms = [make_hint(each, 0, 14) for each in (published, hidden, hidden)]
    decide(desk.moderator, published, ModerationAct.PUBLISH, version=1)
    hide(desk, hidden, false_alarms=[alarms[2]])
    session.rollback()
    judged = [session.get_one(ModerationHint, each, populate_existing=True).false_alarm for each in alarms]
    assert judged == [True, False, True]
    assert [decisions(each)[0].hinted for each in (published, hidden)] == [True, True]


def test_several_are_published_at_once_but_for_those_to_read_alone(desk: Desk) -> None:
    plain, other = make_text(desk), make_text(desk)
    delicate, minor = make_text(desk, sensitive=True), make_text(desk, minor=True)
    hinted, reported, own = (
        make_text(desk),
        make_text(desk),
        make_text(desk, author_id=desk.moderator.actor_id),
    )
    foreign = make_text(make_desk("mont"))
    make_hint(hinted, 0, 3)
    make_report(reported)
    chosen = [plain, other, delicate, minor, hinted, reported, own, foreign]
    assert publish_many(desk.moderator, chosen) == (plain, other)
    assert [stored_case(each).state for each in chosen[:3]] == ["publie", "publie", "en_attente"]
    assert publish_many(desk.moderator, chosen) == ()
    with pytest.raises(DomainError):
        publish_many(desk.moderator, [])


def test_what_was_hidden_stands_in_the_ledger_as_a_restore_leaves_it(desk: Desk, session: Session) -> None:
    hidden, cut, published = make_text(desk, state="publie"), make_text(desk, state="publie"), make_text(desk)
    hide(desk, hidden)
    decide(desk.moderator, cut, ModerationAct.HIDE_PART, WHY, version=1, part="[…] Le parc ferme trop tôt.")
    decide(desk.moderator, published, ModerationAct.PUBLISH, version=1)
    lines = session.execute(
        select(LedgerEntry.object_id, LedgerEntry.code).where(LedgerEntry.kind == "moderation.hidden")
    )
    assert {tuple(line) for line in lines} == {(str(hidden), "masque"), (str(cut), "en_attente")}


def test_two_moderators_at_once_decide_one_after_the_other(desk: Desk, app: Flask) -> None:
    text_id = make_text(desk)
    ended = at_once(
        app,
        lambda: decide(desk.moderator, text_id, ModerationAct.PUBLISH, version=1),
        lambda: decide(desk.second, text_id, ModerationAct.HIDE, WHY, version=1),
    )
    assert sorted(isinstance(each, ChangedMeanwhile) for each in ended) == [False, True]
    assert len(decisions(text_id)) == 1


def test_two_who_merge_one_into_the_other_leave_one_of_them(desk: Desk, app: Flask) -> None:
    first, second = make_text(desk, state="publie"), make_text(desk, state="publie")
    at_once(
        app,
        lambda: decide(desk.moderator, first, ModerationAct.MERGE, version=1, other_text=second),
        lambda: decide(desk.second, second, ModerationAct.MERGE, version=1, other_text=first),
    )
    assert sorted(stored_case(each).state for each in (first, second)) == ["publie", "regroupe"]


def test_what_may_not_be_done_now_is_refused(desk: Desk) -> None:
    text_id = make_text(desk)
    with pytest.raises(Conflict):
        decide(desk.moderator, text_id, ModerationAct.SHOW_AGAIN, version=1)
    with pytest.raises(ChangedMeanwhile):
        decide(desk.moderator, text_id, ModerationAct.PUBLISH, version=2)


def test_the_database_keeps_no_restriction_without_its_reasons(desk: Desk) -> None:
    text_id = make_text(desk, state="publie")
    hide(desk, text_id)
    with pytest.raises(IntegrityError), transaction():
        decisions(text_id)[0].law = None
