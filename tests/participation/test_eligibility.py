"""Who may take part: from plain values, whatever the roles."""

from dataclasses import fields, replace
from itertools import product

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from cdv_civic.accounts.models import Account, ResidentQuartier
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.participation.queries import participant
from cdv_civic.participation.rules.channels import COUNTED, Channel
from cdv_civic.participation.rules.eligibility import (
    AgeBand,
    EntryMode,
    Ineligibility,
    Part,
    Participant,
    Proof,
    ProofLevel,
    Requirement,
    reasons_against,
)
from cdv_civic.participation.taking_part import MayNotTakePart, require_part
from cdv_civic.participation.wording import WHY_NOT
from tests import factories as make
from tests.conftest import counting

EAST, WEST, AWAY = 1, 2, 3

participants = st.builds(
    Participant,
    known=st.booleans(),
    quartiers=st.dictionaries(st.integers(1, 3), st.sampled_from(Proof)),
    age=st.none() | st.sampled_from(AgeBand),
    answered_before=st.booleans(),
)
requirements = st.builds(
    Requirement,
    part=st.sampled_from(Part),
    quartiers=st.none() | st.frozensets(st.integers(1, 3)),
    proof=st.none() | st.sampled_from(ProofLevel),
    ages=st.none() | st.frozensets(st.sampled_from(AgeBand)),
    once=st.booleans(),
    channels=st.none() | st.frozensets(st.sampled_from(COUNTED)),
    assisted=st.booleans(),
)
entries = st.builds(EntryMode, channel=st.sampled_from(Channel), assisted=st.booleans())


@given(participants, st.sampled_from(Channel))
def test_anybody_may_answer_where_nothing_is_required(who: Participant, channel: Channel) -> None:
    for assisted in (False, True):
        assert reasons_against(Requirement(), who, EntryMode(channel, assisted)) == ()


@given(requirements, participants, entries)
def test_nobody_ever_votes_in_anybodys_place(
    requirement: Requirement, who: Participant, entry: EntryMode
) -> None:
    vote = replace(requirement, part=Part.VOTE)
    assert Ineligibility.VOTE_FOR_OTHERS in reasons_against(vote, who, replace(entry, assisted=True))


@given(requirements, participants, entries)
def test_whoever_may_where_more_is_required_may_where_less_is(
    requirement: Requirement, who: Participant, entry: EntryMode
) -> None:
    if reasons_against(requirement, who, entry):
        return
    for eased in (
        replace(requirement, quartiers=None),
        replace(requirement, ages=None),
        replace(requirement, once=False),
        replace(requirement, channels=None),
        replace(requirement, proof=None),
        replace(requirement, part=Part.ANSWER),
    ):
        assert reasons_against(eased, who, entry) == ()
    if requirement.quartiers is not None:
        wider = replace(requirement, quartiers=requirement.quartiers | {9})
        assert reasons_against(wider, who, entry) == ()


@given(requirements, participants, entries)
def test_a_better_proof_or_another_quartier_never_shuts_anybody_out(
    requirement: Requirement, who: Participant, entry: EntryMode
) -> None:
    before = set(reasons_against(requirement, who, entry))
    better = replace(who, quartiers={**dict.fromkeys(who.quartiers, Proof.CARD), 9: Proof.DECLARED})
    assert set(reasons_against(requirement, better, entry)) - before <= {Ineligibility.NOT_PROVEN}
    if who.quartiers:
        better = replace(who, quartiers=dict.fromkeys(who.quartiers, Proof.CARD))
        assert set(reasons_against(requirement, better, entry)) <= before


@given(requirements, participants, entries)
def test_each_reason_can_be_put_right_by_what_it_names(
    requirement: Requirement, who: Participant, entry: EntryMode
) -> None:
    remedies = {
        Ineligibility.ELSEWHERE: (replace(requirement, quartiers=None, proof=None), who, entry),
        Ineligibility.NOT_PROVEN: (replace(requirement, proof=None), who, entry),
        Ineligibility.AGE: (replace(requirement, ages=None), who, entry),
        Ineligibility.AGE_NOT_SAID: (replace(requirement, ages=None), who, entry),
        Ineligibility.ANSWERED_BEFORE: (requirement, replace(who, answered_before=False), entry),
        Ineligibility.NOT_KNOWN: (requirement, replace(who, known=True), entry),
        Ineligibility.CHANNEL: (replace(requirement, channels=None), who, entry),
        Ineligibility.NOT_FOR_OTHERS: (requirement, who, replace(entry, assisted=False)),
        Ineligibility.VOTE_FOR_OTHERS: (requirement, who, replace(entry, assisted=False)),
    }
    reasons = reasons_against(requirement, who, entry)
    assert list(reasons) == [reason for reason in Ineligibility if reason in reasons], (
        "in one order, each once"
    )
    for reason in reasons:
        assert reason not in reasons_against(*remedies[reason])


@pytest.mark.parametrize(("proof", "needed"), list(product(Proof, ProofLevel)))
def test_a_proof_is_worth_its_level(proof: Proof, needed: ProofLevel) -> None:
    worth = {Proof.DECLARED: 1, Proof.PHONE: 2, Proof.RELAIS: 3, Proof.CARD: 3}
    who = Participant(True, {EAST: proof})
    asked = Requirement(quartiers=frozenset({EAST}), proof=needed)
    assert reasons_against(asked, who, EntryMode()) == (
        () if worth[proof] >= needed else (Ineligibility.NOT_PROVEN,)
    )


def test_the_proof_of_a_quartier_says_nothing_of_another() -> None:
    asked = Requirement(quartiers=frozenset({EAST, WEST}), proof=ProofLevel.VOUCHED)
    who = Participant(True, {EAST: Proof.DECLARED, AWAY: Proof.CARD})
    assert reasons_against(asked, who, EntryMode()) == (Ineligibility.NOT_PROVEN,)
    assert reasons_against(asked, Participant(True, {AWAY: Proof.CARD}), EntryMode()) == (
        Ineligibility.ELSEWHERE,
    )
    both = Participant(True, {EAST: Proof.DECLARED, WEST: Proof.RELAIS})
    assert reasons_against(asked, both, EntryMode()) == ()
    assert reasons_against(Requirement(proof=ProofLevel.VOUCHED), who, EntryMode()) == ()


def test_one_voice_for_each_person_asks_who_it_is() -> None:
    once = Requirement(once=True)
    assert reasons_against(once, Participant(), EntryMode()) == (Ineligibility.NOT_KNOWN,)
    assert reasons_against(once, Participant(known=True), EntryMode()) == ()
    again = Participant(known=True, answered_before=True)
    assert reasons_against(once, again, EntryMode()) == (Ineligibility.ANSWERED_BEFORE,)


def test_who_is_asked_for_an_age_says_it() -> None:
    young = Requirement(ages=frozenset(band for band in AgeBand if band.minor))
    assert reasons_against(young, Participant(), EntryMode()) == (Ineligibility.AGE_NOT_SAID,)
    assert reasons_against(young, Participant(age=AgeBand.FROM_15_TO_17), EntryMode()) == ()
    assert reasons_against(young, Participant(age=AgeBand.FROM_18_TO_24), EntryMode()) == (Ineligibility.AGE,)


def test_a_market_is_the_street_for_a_rule() -> None:
    street = Requirement(channels=frozenset({Channel.STREET}))
    assert reasons_against(street, Participant(), EntryMode(Channel.MARKET)) == ()
    assert reasons_against(street, Participant(), EntryMode(Channel.PAPER)) == (Ineligibility.CHANNEL,)


def test_no_role_is_known_to_a_rule() -> None:
    known = {each.name for kind in (Participant, Requirement, EntryMode) for each in fields(kind)}
    assert not {name for name in known if "role" in name or "staff" in name or "grant" in name}


def test_every_reason_has_its_sentence(app: Flask) -> None:
    assert set(WHY_NOT) == set(Ineligibility)


# --- from the database --------------------------------------------------------------------------------------------


def test_what_is_known_of_an_account_is_its_quartiers_and_how_they_were_proven(app: Flask) -> None:
    contract = make.make_contract()
    east, west = (make.make_quartier(contract).id for _each in range(2))
    account_id = make.make_account(role="staff").actor_id
    assert participant(account_id) == Participant(known=True)
    with transaction() as session:
        for quartier, verified_at in ((east, None), (west, clock.now())):
            session.add(
                ResidentQuartier(
                    account_id=account_id,
                    quartier_id=quartier,
                    chosen_at=clock.now(),
                    verified_at=verified_at,
                )
            )
    with counting(app) as statements:
        assert participant(account_id).quartiers == {east: Proof.DECLARED, west: Proof.CARD}
    assert len(statements) == 1
    with transaction() as session:
        session.execute(update(Account).values(phone="+33612345678"))
    assert participant(account_id).quartiers == {east: Proof.PHONE, west: Proof.CARD}
    with transaction() as session:
        session.execute(update(Account).values(disabled_at=clock.now()))
    assert not participant(account_id).known
    assert not participant(account_id + 1).known


def test_staff_take_part_as_anybody_else_does(app: Flask) -> None:
    quartier = make.make_quartier(make.make_contract())
    asked = Requirement(quartiers=frozenset({quartier.id}), once=True)
    administrator = make.make_account(role="administrator")
    with pytest.raises(MayNotTakePart) as refused:
        require_part(asked, administrator.actor_id, EntryMode())
    assert refused.value.reasons == (Ineligibility.ELSEWHERE,)
    with pytest.raises(MayNotTakePart) as refused:
        require_part(asked, None, EntryMode())
    assert refused.value.reasons == (Ineligibility.ELSEWHERE, Ineligibility.NOT_KNOWN)


def test_nothing_is_asked_of_the_database_where_nothing_is_asked_of_the_person(app: Flask) -> None:
    account_id = make.make_account().actor_id
    young = Requirement(ages=frozenset({AgeBand.UNDER_11}))
    with counting(app) as statements:
        require_part(Requirement(), account_id, EntryMode())
        for who in (None, account_id):
            require_part(young, who, EntryMode(), age=AgeBand.UNDER_11)
    assert statements == []
