"""A decision is contested by the author or by who reported; another person answers, and the text is as they say."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.moderation.appeals.operations.answering import AppealAnswer, decide_appeal, seen_version
from cdv_civic.moderation.appeals.operations.contesting import (
    AppealedBefore,
    NewAppeal,
    contest,
    contest_by_receipt,
)
from cdv_civic.moderation.models import (
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationHint,
    ModerationReport,
)
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct
from cdv_civic.moderation.rules.hints import HintKind
from cdv_civic.notices.models import Notice
from cdv_civic.participation.rules.receipts import read_receipt, receipt_from, written
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.mail_server import MailBox
from tests.moderation.notes import (
    Notes,
    a_report,
    case,
    decide,
    make_charter,
    with_account,
    without_account,
)
from tests.page_forms import PageForm
from tests.races import at_once
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, make_place

WORDS = "Je n’ai visé personne."
RECEIPT = written(receipt_from(b"a receipt of a text"))


def moderator_of(place: BodyWithPeople) -> SignedIn:
    return make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, place.body.id))


def an_appeal(
    decision_id: int, words: str = WORDS, key: str = "un-recours-0001", lang: str = "fr"
) -> NewAppeal:
    return NewAppeal(decision_id, words, key, lang)


def stored(appeal_id: int) -> ModerationAppeal:
    db.session.rollback()
    return db.session.get_one(ModerationAppeal, appeal_id, populate_existing=True)


def seen(appeal_id: int) -> int:
    appeal = stored(appeal_id)
    decision = db.session.get_one(ModerationDecision, appeal.decision_id)
    return seen_version(appeal.version, db.session.get_one(ModeratedText, decision.text_id).version)


def answered(by: SignedIn, appeal_id: int, outcome: AppealOutcome, **more: object) -> bool:
    answer = AppealAnswer(outcome, {"fr": "Nous avons relu.", "en": "We read it again."}, **more)  # type: ignore[arg-type]
    return decide_appeal(by, appeal_id, answer, version=seen(appeal_id))


def last_decision(text_id: int) -> ModerationDecision:
    db.session.rollback()
    return db.session.execute(
        select(ModerationDecision)
        .where(ModerationDecision.text_id == text_id)
        .order_by(ModerationDecision.id.desc())
        .limit(1)
    ).scalar_one()


def test_an_appeal_of_the_author_that_is_won_shows_the_text_again(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    appeal_id = contest(author, an_appeal(decision))
    assert stored(appeal_id).to_body_id == place.body.id
    assert answered(other, appeal_id, AppealOutcome.REVERSED)
    text, row = case(text_id), last_decision(text_id)
    assert (text.state, text.shown_words) == ("publie", None)
    assert (row.act, row.source, row.decided_by) == ("remontrer", "recours", other.actor_id)
    assert notes.changed[-1] == (text_id, "publie")
    assert stored(appeal_id).decided_for == place.body.name


def test_an_appeal_that_is_lost_changes_nothing(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    appeal_id = contest(author, an_appeal(decision))
    assert not answered(other, appeal_id, AppealOutcome.UPHELD)
    assert case(text_id).state == "masque"
    assert last_decision(text_id).id == decision


def test_an_appeal_won_in_part_shows_other_words_for_the_same_reason(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    with pytest.raises(DomainError):
        answered(other, appeal_id, AppealOutcome.IN_PART)
    assert answered(other, appeal_id, AppealOutcome.IN_PART, part="Le banc […] est cassé.")
    text, row = case(text_id), last_decision(text_id)
    assert (text.state, text.shown_words) == ("publie", "Le banc […] est cassé.")
    assert (row.act, row.law) == ("masquer_en_partie", "injure")


def test_where_a_part_stays_hidden_the_appeal_is_won_in_part_with_the_same_words(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    part = "Le banc […] est cassé."
    decision = decide(text_id, ModerationAct.HIDE_PART, place.moderator, part=part)
    appeal_id = contest(author, an_appeal(decision))
    assert answered(other, appeal_id, AppealOutcome.IN_PART, part=part)
    text, row = case(text_id), last_decision(text_id)
    assert (text.state, text.shown_words) == ("publie", part)
    assert (row.act, row.source, row.decided_by) == ("masquer_en_partie", "recours", other.actor_id)
    # Whoever wrote it may contest that too, and win the rest.
    second = contest(author, an_appeal(row.id, key="un-recours-0009"))
    assert answered(place.moderator, second, AppealOutcome.REVERSED)
    assert case(text_id).shown_words is None


def test_of_a_long_text_all_but_a_name_may_stay(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    words = "Monsieur Untel. " + "Le banc est cassé. " * 400
    text_id = notes.write(place.body, words=words, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    part = words.replace("Monsieur Untel.", "[…]")
    assert len(part) > 4000
    assert answered(other, appeal_id, AppealOutcome.IN_PART, part=part)
    assert case(text_id).state == "publie"


@pytest.mark.parametrize("part", ["Le banc du parc est cassé.", " Le banc du parc […]\nest cassé. "])
def test_all_of_a_text_is_no_part_of_it(notes: Notes, part: str) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    with pytest.raises(DomainError) as refused:
        answered(other, appeal_id, AppealOutcome.IN_PART, part=part)
    assert (refused.value.field, str(refused.value.sentence).startswith("C’est tout le texte")) == (
        "part",
        True,
    )
    assert case(text_id).state == "masque"


def test_what_moderators_said_of_hints_stays_where_an_appeal_changes_a_text_in_part(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    with transaction() as session:
        session.add_all(
            ModerationHint(
                text_id=text_id,
                kind=HintKind.NAME.value,
                starts_at=at,
                ends_at=at + 2,
                pattern_id=None,
                other_text_id=None,
            )
            for at in (0, 3)
        )
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    with transaction() as session:
        first = session.scalars(select(ModerationHint).order_by(ModerationHint.id)).all()[0]
        first.false_alarm = True
    answered(other, contest(author, an_appeal(decision)), AppealOutcome.IN_PART, part="Le banc […]")
    db.session.rollback()
    alarms = select(ModerationHint.false_alarm).order_by(ModerationHint.id)
    assert list(db.session.scalars(alarms)) == [True, False]


def test_a_part_that_was_hidden_can_be_won_back(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE_PART, place.moderator, part="Le banc […]")
    appeal_id = contest(author, an_appeal(decision))
    assert answered(other, appeal_id, AppealOutcome.REVERSED)
    assert case(text_id).shown_words is None


def test_what_was_hidden_in_part_before_stays_so_where_the_rest_is_won_back(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    decide(text_id, ModerationAct.HIDE_PART, place.moderator, part="Le banc […]")
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    assert answered(other, appeal_id, AppealOutcome.REVERSED)
    assert (case(text_id).state, case(text_id).shown_words) == ("publie", "Le banc […]")


def test_an_appeal_answers_the_reports_that_wait_only_where_it_hides_the_text(notes: Notes) -> None:
    place = make_place()
    other = moderator_of(place)
    for reported, outcome, waits in (
        (ModerationAct.KEEP, AppealOutcome.REVERSED, False),
        (ModerationAct.KEEP, AppealOutcome.IN_PART, True),
    ):
        text_id = notes.write(place.body)
        taken = report(a_report(text_id))
        appeal_id = contest_by_receipt(
            read_receipt(taken.receipt),
            an_appeal(decide(text_id, reported, place.moderator), key=f"un-recours-{text_id:04}"),
        )
        later = report(a_report(text_id)).report_id
        answered(other, appeal_id, outcome, part="Le banc […]", law=LegalGround.INSULT.value)
        db.session.rollback()
        assert (db.session.get_one(ModerationReport, later).decided_at is None) == waits


def test_who_reported_contests_a_text_that_stays_and_names_no_reason(notes: Notes) -> None:
    place = make_place()
    other = moderator_of(place)
    (principle,) = make_charter(place.body, "On ne blesse personne.")
    text_id = notes.write(place.body)
    taken = report(a_report(text_id))
    decision = decide(text_id, ModerationAct.KEEP, place.moderator)
    code = read_receipt(taken.receipt)
    appeal_id = contest_by_receipt(code, an_appeal(decision))
    with pytest.raises(DomainError) as refused:
        answered(other, appeal_id, AppealOutcome.REVERSED)
    assert refused.value.field == "ground"
    assert answered(other, appeal_id, AppealOutcome.REVERSED, principle_id=principle)
    assert (case(text_id).state, last_decision(text_id).principle_id) == ("masque", principle)


def test_a_ground_of_another_charter_is_none(notes: Notes) -> None:
    place, elsewhere = make_place(), make_place("ailleurs")
    other = moderator_of(place)
    (foreign,) = make_charter(elsewhere.body, "On se respecte.")
    text_id = notes.write(place.body)
    taken = report(a_report(text_id))
    appeal_id = contest_by_receipt(
        read_receipt(taken.receipt), an_appeal(decide(text_id, ModerationAct.KEEP, place.moderator))
    )
    for ground in (
        {"principle_id": foreign},
        {"law": "loi du quartier"},
        {"principle_id": foreign, "law": "haine"},
    ):
        with pytest.raises(DomainError):
            answered(other, appeal_id, AppealOutcome.REVERSED, **ground)
    assert answered(other, appeal_id, AppealOutcome.REVERSED, law=LegalGround.HATRED.value)


def test_nobody_answers_an_appeal_against_their_own_decision_or_about_their_own_text(notes: Notes) -> None:
    place = make_place()
    other, third = moderator_of(place), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(other))
    appeal_id = contest(other, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    for barred in (place.moderator, other):
        with pytest.raises(Forbidden):
            answered(barred, appeal_id, AppealOutcome.REVERSED)
    with pytest.raises(Forbidden):
        answered(place.member, appeal_id, AppealOutcome.REVERSED)
    assert answered(third, appeal_id, AppealOutcome.REVERSED)


def test_where_a_body_has_one_moderator_another_body_answers_or_the_staff(notes: Notes) -> None:
    place = make_place()
    author = make.make_account()
    named = make_body(place.contract, slug="voisins")
    text_id = notes.write(place.body, author=with_account(author))
    first = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    assert stored(first).to_body_id is None
    staff = make.make_account(contract=place.contract)
    assert answered(staff, first, AppealOutcome.REVERSED)
    make_charter(place.body, "On se respecte.", appeals_to=named)
    other_text = notes.write(place.body, author=with_account(author))
    second = contest(
        author, an_appeal(decide(other_text, ModerationAct.HIDE, place.moderator), key="un-recours-0002")
    )
    assert stored(second).to_body_id == named.id
    neighbour = make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, named.id))
    assert answered(neighbour, second, AppealOutcome.REVERSED)


def test_the_author_without_account_contests_by_the_receipt_of_the_text(
    client: FlaskClient, notes: Notes
) -> None:
    place = make_place()
    text_id = notes.write(place.body, author=without_account())
    other = notes.write(place.body)
    decision, foreign = (decide(each, ModerationAct.HIDE, place.moderator) for each in (text_id, other))
    notes.receipts[read_receipt(RECEIPT)] = text_id
    with pytest.raises(NotFound):
        contest_by_receipt(read_receipt(RECEIPT), an_appeal(foreign))
    asked = client.post("/fr/contester", data={"receipt": RECEIPT, "decision": str(decision)})
    assert asked.status_code == 200
    form = fields(asked.text)
    empty = client.post("/fr/contester", data=form)
    assert empty.status_code == 422
    sent = client.post("/fr/contester", data={**fields(empty.text), "words": WORDS})
    assert "Recours reçu" in html.unescape(sent.text)
    assert db.session.execute(select(ModerationAppeal.words)).scalar_one() == WORDS
    again = client.post("/fr/contester", data={"receipt": RECEIPT, "decision": str(decision)})
    assert "Cette décision est contestée" in html.unescape(again.text)
    assert "<textarea" not in again.text


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form of an appeal."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    found = [re.search(r'name="(\w+)"', each) for each in inputs]
    return {
        name[1]: value[1]
        for name, each in zip(found, inputs, strict=True)
        if name is not None and (value := re.search(r'value="([^"]*)"', each)) is not None
    }


def test_a_wrong_receipt_leads_to_the_place_where_one_is_typed(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    text_id = notes.write(place.body)
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    sent = client.post("/fr/contester", data={"receipt": RECEIPT, "decision": str(decision)})
    assert sent.status_code == 303
    assert sent.location.endswith("/fr/parole/suivi")


def test_six_months_and_no_day_more(notes: Notes) -> None:
    place = make_place()
    author = make.make_account()
    texts = [notes.write(place.body, author=with_account(author)) for _each in range(2)]
    first, second = (decide(each, ModerationAct.HIDE, place.moderator) for each in texts)
    with clock.frozen_everywhere(TODAY.replace(year=2027, month=5, day=20)):
        contest(author, an_appeal(first))
    with clock.frozen_everywhere(TODAY.replace(year=2027, month=5, day=21)), pytest.raises(Conflict):
        contest(author, an_appeal(second, key="un-recours-0002"))


def test_one_side_contests_a_decision_once(app: Flask, notes: Notes) -> None:
    place = make_place()
    author = make.make_account()
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    news = [an_appeal(decision, key=f"un-recours-{number}") for number in range(4)]
    ended = at_once(app, *[lambda new=new: contest(author, new) for new in news])
    assert sorted(type(each).__name__ for each in ended) == ["AppealedBefore"] * 3 + ["int"]
    with pytest.raises(AppealedBefore):
        contest(author, an_appeal(decision, key="un-recours-0009"))
    assert contest(author, news[[isinstance(each, int) for each in ended].index(True)])


def test_of_two_answers_at_once_one_is_taken(app: Flask, notes: Notes) -> None:
    place = make_place()
    author, people = make.make_account(), [moderator_of(place) for _each in range(3)]
    text_id = notes.write(place.body, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    version = seen(appeal_id)
    outcomes = (AppealOutcome.REVERSED, AppealOutcome.UPHELD, AppealOutcome.REVERSED)
    ended = at_once(
        app,
        *[
            lambda who=who, outcome=outcome: decide_appeal(
                who, appeal_id, AppealAnswer(outcome, {"fr": "Relu."}), version=version
            )
            for who, outcome in zip(people, outcomes, strict=True)
        ],
    )
    assert sum(isinstance(each, bool) for each in ended) == 1
    assert sum(isinstance(each, Conflict) for each in ended) == 2
    db.session.rollback()
    decisions = db.session.execute(
        select(func.count()).where(ModerationDecision.text_id == text_id)
    ).scalar_one()
    assert decisions == (2 if stored(appeal_id).outcome == "annulee" else 1)


def test_a_decision_that_is_taken_meanwhile_is_not_overruled_unseen(notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    opened_on = seen(appeal_id)
    decide(text_id, ModerationAct.SHOW_AGAIN, moderator_of(place))
    decide(text_id, ModerationAct.HIDE, moderator_of(place))
    answer = AppealAnswer(AppealOutcome.REVERSED, {"fr": "Relu."})
    with pytest.raises(Conflict):
        decide_appeal(other, appeal_id, answer, version=opened_on)
    assert not decide_appeal(other, appeal_id, answer, version=seen(appeal_id))
    assert case(text_id).state == "masque", "the later decision stands until it is contested itself"


def test_a_decision_at_the_moment_of_an_answer_leaves_one_of_both(app: Flask, notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    version = seen(appeal_id)

    def show_again() -> str:
        with transaction() as session:
            text = session.execute(
                select(ModeratedText).where(ModeratedText.id == text_id).with_for_update(key_share=True),
                execution_options={"populate_existing": True},
            ).scalar_one()
            if text.state != "masque":
                return "was shown"
            text.state, text.version = "publie", text.version + 1
            return "shown"

    ended = at_once(
        app,
        show_again,
        lambda: decide_appeal(
            other, appeal_id, AppealAnswer(AppealOutcome.REVERSED, {"fr": "Relu."}), version=version
        ),
    )
    assert case(text_id).state == "publie"
    assert (ended[0] == "shown") == isinstance(ended[1], Conflict)


def test_both_sides_are_told_each_in_their_language(mail: MailBox, notes: Notes) -> None:
    place = make_place()
    other = moderator_of(place)
    text_id = notes.write(place.body, author=without_account("auteur@exemple.fr", "en"))
    taken = report(a_report(text_id, contact="signale@exemple.fr", lang="fr"))
    decision = decide(text_id, ModerationAct.KEEP, place.moderator)
    appeal_id = contest_by_receipt(read_receipt(taken.receipt), an_appeal(decision))
    answered(other, appeal_id, AppealOutcome.UPHELD)
    letters = db.session.execute(select(Notice).order_by(Notice.id)).scalars().all()
    told = {each.recipient: each for each in letters[-2:]}
    assert set(told) == {"auteur@exemple.fr", "signale@exemple.fr"}
    assert "We read it again." in (told["auteur@exemple.fr"].text_body or "")
    assert "Nous avons relu." in (told["signale@exemple.fr"].text_body or "")
    assert all(WORDS not in (each.text_body or "") for each in letters)


def test_a_receipt_shows_the_answer(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    other = moderator_of(place)
    taken = report(a_report(notes.write(place.body)))
    decision = decide(1, ModerationAct.KEEP, place.moderator)
    page = html.unescape(client.post("/fr/parole/suivi", data={"receipt": taken.receipt}).text)
    assert "jusqu’au 20 mai 2027" in page
    appeal_id = contest_by_receipt(read_receipt(taken.receipt), an_appeal(decision))
    answered(other, appeal_id, AppealOutcome.UPHELD)
    page = html.unescape(client.post("/en/parole/suivi", data={"receipt": taken.receipt}).text)
    assert "We read it again." in page


def test_the_desk_shows_to_each_what_they_may_answer(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    author, other = make.make_account(), moderator_of(place)
    text_id = notes.write(place.body, "Le banc de Madame X.", author=with_account(author))
    appeal_id = contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator)))
    open_browser(client, place.moderator)
    assert WORDS not in html.unescape(client.get("/fr/bureau/recours").text)
    assert client.get(f"/fr/bureau/recours/{appeal_id}").status_code == 403
    open_browser(client, other)
    assert WORDS in html.unescape(client.get("/fr/bureau/recours").text)
    assert "1 recours attend votre réponse" in html.unescape(client.get("/fr/bureau").text)
    page = client.get(f"/fr/bureau/recours/{appeal_id}")
    assert "Le banc de Madame X." in html.unescape(page.text)
    form = PageForm(page.text, "answer_fr")
    wrong = client.post(
        f"/fr/bureau/recours/{appeal_id}", data=form.filled({"outcome": "annulee", "answer_fr": ""})
    )
    assert wrong.status_code == 422
    sent = client.post(
        f"/fr/bureau/recours/{appeal_id}", data=form.filled({"outcome": "annulee", "answer_fr": "Relu."})
    )
    assert sent.status_code == 303
    assert case(text_id).state == "publie"


def test_an_account_finds_its_decisions_and_contests_one(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    author = make.make_account()
    text_id = notes.write(place.body, author=with_account(author))
    decision = decide(text_id, ModerationAct.HIDE, place.moderator)
    open_browser(client, author)
    assert "Contester la décision" in html.unescape(client.get("/fr/moi/moderation").text)
    address = f"/fr/moi/moderation/contester/{decision}"
    form = PageForm(client.get(address).text, "client_key")
    assert client.post(address, data=form.filled({"words": ""})).status_code == 422
    assert client.post(address, data=form.filled({"words": WORDS})).status_code == 303
    assert "Cette décision est contestée" in html.unescape(client.get("/fr/moi/moderation").text)
    open_browser(client, make.make_account())
    assert client.get(address).status_code == 404


def test_an_appeal_is_due_in_thirty_days(notes: Notes) -> None:
    place = make_place()
    author = make.make_account()
    text_id = notes.write(place.body, author=with_account(author))
    appeal = stored(contest(author, an_appeal(decide(text_id, ModerationAct.HIDE, place.moderator))))
    assert appeal.due_at - appeal.received_at == timedelta(days=30)
