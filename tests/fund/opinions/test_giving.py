"""A body gives its opinion on a project: who may, until when, and what follows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import CacheTag, TagName, db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier
from cdv_civic.fund.opinions import operations
from cdv_civic.fund.opinions.operations import OpinionDraft, OpinionStands, give_opinion
from cdv_civic.fund.opinions.queries import judging_bodies, opinions_of
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.fund import funds
from tests.races import at_once, write_once_all_have_looked
from tests.voices.voices import BodyWithPeople, make_place


@dataclass(frozen=True)
class Asked:
    """A body that a fund asks, and a project of it that waits for opinions."""

    place: BodyWithPeople
    project: FundProject
    fund_id: int

    @property
    def moderator(self) -> SignedIn:
        return self.place.moderator


def ask(fund_id: int, body_id: int) -> None:
    with transaction() as session:
        session.execute(insert(fund_body).values(fund_id=fund_id, body_id=body_id, position=0))


def make_asked(state: ProjectState = ProjectState.OPINION, **values: Any) -> Asked:
    place = make_place()
    fund = funds.make_fund(place.contract)
    ask(fund.id, place.body.id)
    fund_round = funds.make_round(fund, opinion_asked=True, opinion_until=date(2026, 12, 1))
    return Asked(place, funds.make_project(fund_round, state, **values), fund.id)


def said(stance: str = "for", **values: Any) -> OpinionDraft:
    return OpinionDraft(
        **{
            "stance": stance,
            "reasons": {"fr": "Il réunit les familles."},
            "given_on": clock.today(),
            **values,
        }
    )


def give(asked: Asked, who: SignedIn | None = None, version: int = 0, **values: Any) -> bool:
    return give_opinion(
        who or asked.moderator,
        values.pop("body_id", asked.place.body.id),
        asked.project.id,
        said(**values),
        version=version,
        client_key=new_key(),
    )


def number_of(tag: TagName) -> int:
    db.session.rollback()
    return db.session.execute(select(CacheTag.number).where(CacheTag.name == tag)).scalar() or 0


def now(asked: Asked) -> FundProject:
    db.session.rollback()
    return db.session.get_one(FundProject, asked.project.id, populate_existing=True)


def test_the_first_opinion_freezes_and_the_last_one_sends_the_project_on(app: Flask) -> None:
    asked = make_asked()
    other = make_body(asked.place.contract, "Conseil des jeunes")
    ask(asked.fund_id, other.id)
    assert give(asked) is False
    project = now(asked)
    assert (project.state, project.frozen_at) == ("opinion", clock.now())
    assert db.session.get_one(FundRound, project.round_id).frozen_at == clock.now()
    assert give(asked, administrator(), stance="against", body_id=other.id) is True
    assert now(asked).state == "in-choice"


def administrator() -> SignedIn:
    return make.make_account(role="administrator")


def test_the_last_opinion_raises_the_tag_of_the_fund(app: Flask) -> None:
    asked = make_asked()
    other = make_body(asked.place.contract, "Conseil des jeunes")
    ask(asked.fund_id, other.id)
    tag = fund_tag(asked.fund_id)
    give(asked)
    assert number_of(tag) == 0, "nothing of it is public yet"
    give(asked, administrator(), body_id=other.id)
    assert number_of(tag) == 1, "everybody sees that the project waits for its choice"


def test_it_is_corrected_until_the_decision_and_the_trail_keeps_both(app: Flask) -> None:
    asked = make_asked()
    give(asked)
    assert now(asked).state == "in-choice"
    give(asked, version=1, stance="for-if", reasons={"fr": "Si l’entrée est libre."}, aside=2)
    (opinion,) = opinions_of(asked.project.id, "fr")
    assert (opinion.stance.code, opinion.reasons.text, opinion.aside) == (
        "for-if",
        "Si l’entrée est libre.",
        2,
    )
    lines = db.session.execute(
        select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "opinion.give")
    ).all()
    assert [(before and before["stance"], after["stance"]) for before, after in lines] == [
        (None, "for"),
        ("for", "for-if"),
    ]
    assert "entrée" not in str(lines)
    with transaction() as session:
        session.get_one(FundProject, asked.project.id).state = "not-selected"
    with pytest.raises(OpinionStands):
        give(asked, version=2, stance="against")


def test_it_is_public_with_the_decision_alone(app: Flask) -> None:
    asked = make_asked()
    give(asked)
    assert opinions_of(asked.project.id, "fr", decided=True) == []
    with transaction() as session:
        session.get_one(FundProject, asked.project.id).state = "not-selected"
    assert [each.body for each in opinions_of(asked.project.id, "fr", decided=True)] == [
        asked.place.body.name
    ]


def test_neither_members_nor_staff_nor_other_bodies_give_it(app: Flask) -> None:
    asked = make_asked()
    elsewhere = make_place("mont", "autre-conseil")
    for who in (asked.place.member, asked.place.staff, asked.place.relais, elsewhere.moderator):
        with pytest.raises(Forbidden):
            give(asked, who)
    with pytest.raises(NotFound):
        give(asked, elsewhere.moderator, body_id=elsewhere.body.id)
    assert now(asked).frozen_at is None


@pytest.mark.parametrize("link", ["author", "co-carrier"])
def test_whoever_carries_a_project_neither_sees_nor_judges_it(app: Flask, link: str) -> None:
    asked = make_asked()
    with transaction() as session:
        if link == "author":
            session.get_one(FundProject, asked.project.id).author_id = asked.moderator.actor_id
        else:
            session.add(
                ProjectCoCarrier(
                    project_id=asked.project.id, position=1, name="X", account_id=asked.moderator.actor_id
                )
            )
    with pytest.raises(Forbidden):
        give(asked)
    reach = reach_of(asked.moderator, "opinion.read")
    (body,) = judging_bodies(reach, asked.moderator.actor_id, "fr")
    assert (list(body.to_judge), body.linked) == ([], 1)
    (for_others,) = judging_bodies(reach, asked.place.member.actor_id, "fr")
    assert [each.project_id for each in for_others.to_judge] == [asked.project.id]


def test_a_body_does_not_judge_what_it_carries_and_another_one_does(app: Flask) -> None:
    asked = make_asked()
    with transaction() as session:
        session.get_one(FundProject, asked.project.id).body_id = asked.place.body.id
    with pytest.raises(DomainError, match="DomainError"):
        give(asked)
    (body,) = judging_bodies(reach_of(asked.moderator, "opinion.read"), asked.moderator.actor_id, "fr")
    assert (list(body.to_judge), [each.project_id for each in body.own]) == ([], [asked.project.id])
    other = make_body(asked.place.contract, "Conseil voisin")
    ask(asked.fund_id, other.id)
    assert give(asked, administrator(), body_id=other.id) is True


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stance": "peut-etre"}, "stance"),
        ({"reasons": {"fr": "  "}}, "reasons_fr"),
        ({"reasons": {"fr": "a" * 2001}}, "reasons_fr"),
        ({"given_on": date(2026, 11, 21)}, "given_on"),
        ({"given_on": date(2026, 11, 1)}, "given_on"),
        ({"aside": -1}, "aside"),
        ({"aside": 201}, "aside"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(app: Flask, wrong: dict[str, Any], field: str) -> None:
    asked = make_asked()
    with pytest.raises(DomainError) as refused:
        give(asked, **wrong)
    assert field in [each.field for each in refused.value.refusals]
    assert now(asked).frozen_at is None, "nothing half written"


def test_the_same_form_again_changes_nothing(app: Flask) -> None:
    asked = make_asked()
    for went_on in (True, False):
        done = give_opinion(
            asked.moderator,
            asked.place.body.id,
            asked.project.id,
            said(),
            version=0,
            client_key="un-formulaire",
        )
        assert done is went_on
    rows = db.session.execute(select(ProjectOpinion.version)).scalars().all()
    assert rows == [1]


def test_of_two_at_once_the_second_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = make_asked()
    write_once_all_have_looked(monkeypatch, operations, 2)
    ended = at_once(app, lambda: give(asked, stance="for"), lambda: give(asked, stance="against"))
    assert sorted(type(each).__name__ for each in ended) == ["ChangedMeanwhile", "bool"]
    assert any(isinstance(each, ChangedMeanwhile) for each in ended)


def test_what_still_waits_or_is_decided_takes_no_opinion(app: Flask) -> None:
    asked = make_asked(ProjectState.ADMISSIBLE)
    with pytest.raises(NotFound):
        give(asked)
