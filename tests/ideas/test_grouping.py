"""Ideas are grouped: nothing is lost, each author is told and may object once, until residents choose."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden
from cdv_civic.core.idempotency import BadKey, KeyUsedElsewhere, new_key
from cdv_civic.ideas.models import Idea, IdeaGroup, IdeaObjection, IdeaPlacing
from cdv_civic.ideas.operations.grouping import (
    ChoiceOpen,
    describe_group,
    make_group,
    merge_groups,
    place_ideas,
    split_group,
    take_out,
)
from cdv_civic.ideas.operations.holding import NoChoice, open_choice
from cdv_civic.ideas.operations.keeping import take_back_idea
from cdv_civic.ideas.operations.objecting import (
    AnsweredAlready,
    TooLate,
    answer_objection,
    object_to_group,
)
from cdv_civic.ideas.queries.groups import retained_groups
from cdv_civic.ideas.rules.grouping import WhyNoChoice, WhyNotObject
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide as moderate
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.notices.models import Notice
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.models import Body
from tests import factories as make
from tests.ideas.boxes import BoxWithPeople, decide, make_a_box, put_one, stored_idea
from tests.ideas.test_pages import OURS, follow
from tests.page_forms import PageForm
from tests.races import at_once
from tests.signing_in import open_browser


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def a_group(box: BoxWithPeople, title: str, *ideas: int) -> int:
    return make_group(box.moderator, box.id, {"fr": title}, {}, ideas, client_key=new_key())


def standing(session: Session, box: BoxWithPeople) -> dict[int, int]:
    """The group of each idea that stands in one."""
    session.rollback()
    rows = session.execute(
        select(IdeaPlacing.idea_id, IdeaPlacing.group_id).where(
            IdeaPlacing.box_id == box.id, IdeaPlacing.ended_at.is_(None)
        )
    ).all()
    return {row.idea_id: row.group_id for row in rows}


def mails(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count(Notice.id))).scalar_one()


def retain(box: BoxWithPeople, *groups: int) -> None:
    for group in groups:
        version = db.session.get_one(IdeaGroup, group).version
        db.session.rollback()
        describe_group(
            box.moderator, box.id, group, {"fr": f"Groupe {group}"}, {}, retained=True, version=version
        )


def choose(box: BoxWithPeople) -> None:
    with transaction() as session:
        open_choice(session, box.moderator, box.id)


def test_each_author_is_told_where_their_idea_went(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    one = put_one(box, "Des bancs", contact="awa@example.org")
    two = put_one(box, "Plus de bancs")
    group = a_group(box, "S’asseoir", one.idea_id, two.idea_id)
    assert mails(session) == 1, "the other one has the receipt alone"
    assert standing(session, box) == {one.idea_id: group, two.idea_id: group}
    for got in (one, two):
        assert "S’asseoir" in follow(client, got.receipt)
    assert "S’asseoir" in client.get(box.url).text
    assert "Plus de bancs" in client.get(f"{box.url}/groupes/{group}").text


def test_an_idea_stands_in_one_group_and_its_way_is_kept(box: BoxWithPeople, session: Session) -> None:
    idea = put_one(box).idea_id
    first, second = a_group(box, "Un", idea), a_group(box, "Deux")
    assert place_ideas(box.moderator, box.id, second, [idea]) == 1
    assert place_ideas(box.moderator, box.id, second, [idea]) == 0
    assert standing(session, box) == {idea: second}
    way = session.execute(select(IdeaPlacing.group_id).order_by(IdeaPlacing.id)).scalars().all()
    assert way == [first, second]
    assert take_out(box.moderator, box.id, [idea]) == 1
    assert standing(session, box) == {}


def test_merging_two_groups_loses_no_idea_and_leads_from_one_to_the_other(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    ideas = [put_one(box, f"Idée {each}").idea_id for each in range(4)]
    first, second = a_group(box, "Un", *ideas[:3]), a_group(box, "Deux", ideas[3])
    decide(stored_idea(ideas[0]).case_id, "masque")
    assert merge_groups(box.moderator, box.id, first, second, version=1) == 2
    assert standing(session, box) == dict.fromkeys(ideas, second)
    assert f"/groupes/{second}" in client.get(f"{box.url}/groupes/{first}").text
    with pytest.raises(DomainError):
        merge_groups(box.moderator, box.id, first, second, version=2)
    with pytest.raises(ChangedMeanwhile):
        merge_groups(box.moderator, box.id, second, a_group(box, "Trois"), version=7)


def test_a_group_is_split_in_one_act_and_each_author_is_told_once(
    box: BoxWithPeople, session: Session
) -> None:
    got = [put_one(box, f"Idée {each}", contact=f"p{each}@example.org") for each in range(4)]
    ideas = [each.idea_id for each in got]
    group = a_group(box, "Un", *ideas)
    object_to_group(read_receipt(got[0].receipt), "Pas ce groupe.")
    before = mails(session)
    other = split_group(box.moderator, box.id, group, [*ideas[:2], ideas[0], 999], {"fr": "Deux"})
    assert mails(session) == before + 2
    assert standing(session, box) == {ideas[0]: other, ideas[1]: other, ideas[2]: group, ideas[3]: group}
    answer_objection(box.moderator, 1, {"fr": "Vous avez raison."}, to_group=None, version=1)
    with pytest.raises(TooLate):
        object_to_group(read_receipt(got[0].receipt), "Encore.")
    object_to_group(read_receipt(got[1].receipt), "Celui-ci non plus.")


def test_a_group_is_not_split_into_itself_or_by_what_stands_elsewhere(
    box: BoxWithPeople, session: Session
) -> None:
    ideas = [put_one(box, f"Idée {each}").idea_id for each in range(3)]
    group, other = a_group(box, "Un", *ideas[:2]), a_group(box, "Deux", ideas[2])
    hidden = put_one(box, "Masquée").idea_id
    place_ideas(box.moderator, box.id, group, [hidden])
    decide(stored_idea(hidden).case_id, "masque")
    for chosen in ([], [ideas[2]], [hidden], ideas[:2]):
        with pytest.raises(DomainError) as refused:
            split_group(box.moderator, box.id, group, chosen, {"fr": "Trois"})
        assert refused.value.field == "ideas"
    with pytest.raises(DomainError) as refused:
        split_group(box.moderator, box.id, group, ideas[:1], {"fr": " "})
    assert refused.value.field == "title_fr"
    with pytest.raises(Forbidden):
        split_group(box.place.member, box.id, group, ideas[:1], {"fr": "Trois"})
    assert standing(session, box) == {ideas[0]: group, ideas[1]: group, hidden: group, ideas[2]: other}
    assert session.execute(select(func.count(IdeaGroup.id))).scalar_one() == 2


def test_the_desk_splits_a_group_and_gives_back_what_was_chosen(
    app: Flask, box: BoxWithPeople, session: Session
) -> None:
    group = a_group(box, "Un", *(put_one(box, f"Idée {each}").idea_id for each in range(3)))
    desk = app.test_client()
    open_browser(desk, box.moderator)
    url = f"/fr/bureau/idees/{box.slug}/groupes/{group}/separer"
    assert f"/groupes/{group}/separer" in desk.get(url.removesuffix("/separer")).text
    data = {"ideas": ["1", "3"], "title_fr": "", **token(desk, url)}
    wrong = desk.post(url, data=data)
    assert wrong.status_code == 422
    assert wrong.text.count(" checked") == 2
    assert desk.post(url, data={**data, "title_fr": "Deux"}).status_code == 303
    assert standing(session, box) == {1: 2, 2: 1, 3: 2}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=12))
def test_whatever_is_moved_no_idea_is_lost_or_stands_twice(
    box: BoxWithPeople, session: Session, moves: list[tuple[int, int]]
) -> None:
    ideas = session.execute(select(Idea.id).order_by(Idea.id)).scalars().all()
    if not ideas:
        session.rollback()
        ideas = [put_one(box, f"Idée {each}").idea_id for each in range(6)]
        for each in range(3):
            a_group(box, f"Groupe {each}")
    groups = session.execute(select(IdeaGroup.id).order_by(IdeaGroup.id)).scalars().all()
    session.rollback()
    take_out(box.moderator, box.id, ideas)
    expected: dict[int, int] = {}
    for idea, group in moves:
        place_ideas(box.moderator, box.id, groups[group], [ideas[idea]])
        expected[ideas[idea]] = groups[group]
    assert standing(session, box) == expected


def test_ideas_of_another_box_and_hidden_ones_are_left_out(box: BoxWithPeople, session: Session) -> None:
    other = put_one(make_a_box(box.place, title={"fr": "Une autre boîte"})).idea_id
    hidden = put_one(box).idea_id
    decide(stored_idea(hidden).case_id, "masque")
    a_group(box, "Un", other, hidden)
    assert standing(session, box) == {}


def test_an_author_objects_once_and_the_organiser_moves_the_idea(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    got = put_one(box, contact="awa@example.org")
    first, second = a_group(box, "Un", got.idea_id), a_group(box, "Deux")
    answer = client.post(
        "/fr/idees/suivi/objection",
        data={"receipt": got.receipt, "words": "Je parlais d’ombre, pas de bancs."},
        headers=OURS,
    )
    assert "Une personne va vous répondre ici" in answer.text
    with pytest.raises(TooLate) as refused:
        object_to_group(read_receipt(got.receipt), "Encore.")
    assert refused.value.why is WhyNotObject.DONE
    before = mails(session)
    answer_objection(box.moderator, 1, {"fr": "Vous avez raison."}, to_group=second, version=1)
    assert mails(session) > before
    assert standing(session, box) == {got.idea_id: second}
    followed = follow(client, got.receipt)
    assert "Votre idée a changé de groupe" in followed
    assert "Vous avez raison." in followed
    with pytest.raises(AnsweredAlready):
        answer_objection(box.moderator, 1, {"fr": "Non."}, to_group=first, version=2)


def test_an_objection_after_the_choice_opened_is_refused_kindly(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    ideas = [put_one(box, f"Idée {each}") for each in range(2)]
    groups = [a_group(box, f"Groupe {each.idea_id}", each.idea_id) for each in ideas]
    retain(box, *groups)
    choose(box)
    assert "les idées ne bougent plus" in follow(client, ideas[0].receipt)
    late = client.post(
        "/fr/idees/suivi/objection",
        data={"receipt": ideas[0].receipt, "words": "Pas ce groupe."},
        headers=OURS,
    )
    assert late.status_code == 409
    assert "Le choix entre les groupes est ouvert" in late.text
    assert session.execute(select(func.count(IdeaObjection.id))).scalar_one() == 0
    acts: tuple[Callable[[], object], ...] = (
        lambda: place_ideas(box.moderator, box.id, groups[0], [ideas[1].idea_id]),
        lambda: merge_groups(box.moderator, box.id, groups[0], groups[1], version=2),
        lambda: a_group(box, "Trop tard"),
        lambda: split_group(box.moderator, box.id, groups[0], [ideas[0].idea_id], {"fr": "Trop tard"}),
    )
    for act in acts:
        with pytest.raises(ChoiceOpen):
            act()
    assert [each.id for each in retained_groups(box.id)] == groups


def test_the_choice_waits_for_objections_and_for_two_groups(box: BoxWithPeople) -> None:
    got = put_one(box)
    group = a_group(box, "Un", got.idea_id)
    retain(box, group)
    with pytest.raises(NoChoice) as refused:
        choose(box)
    assert refused.value.why is WhyNoChoice.FEW_GROUPS
    retain(box, a_group(box, "Deux"))
    object_to_group(read_receipt(got.receipt), "Pas ce groupe.")
    with pytest.raises(NoChoice) as refused:
        choose(box)
    assert refused.value.why is WhyNoChoice.OBJECTIONS_WAIT
    answer_objection(box.moderator, 1, {"fr": "Elle reste, car…"}, to_group=None, version=1)
    choose(box)


def test_an_objection_of_an_idea_that_was_taken_back_keeps_no_choice_closed(box: BoxWithPeople) -> None:
    got = put_one(box)
    group = a_group(box, "Un", got.idea_id)
    retain(box, group, a_group(box, "Deux"))
    object_to_group(read_receipt(got.receipt), "Pas ce groupe.")
    take_back_idea(read_receipt(got.receipt))
    choose(box)


def test_only_who_keeps_the_box_groups_its_ideas(box: BoxWithPeople) -> None:
    idea = put_one(box).idea_id
    for stranger in (box.place.member, box.place.relais, make.make_account(role=None)):
        with pytest.raises(Forbidden):
            make_group(stranger, box.id, {"fr": "Un"}, {}, [idea], client_key=new_key())


def test_the_desk_groups_answers_and_hears_objections(
    app: Flask, client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    got = put_one(box)
    desk = app.test_client()
    open_browser(desk, box.moderator)
    url = f"/fr/bureau/idees/{box.slug}"
    assert "Des bancs" in desk.get(url).text
    sent = desk.post(f"{url}/ranger", data={"idea": "1", "group": "nouveau", **token(desk, url)})
    assert sent.location.endswith("/groupes/nouveau?idees=1")
    page = desk.get(sent.location).text
    assert '<li dir="auto">Des bancs</li>' in page, "a title is found for what one reads"
    desk.post(sent.location, data=PageForm(page, "title_fr").filled({"title_fr": "S’asseoir"}))
    assert standing(session, box) == {1: 1}
    object_to_group(read_receipt(got.receipt), "Pas ce groupe.")
    assert "dit que son groupe ne va pas" in desk.get(url).text
    page = f"{url}/objections/1"
    shown = desk.get(page).text
    assert "Pas ce groupe." in shown
    assert "facultatif" not in shown.partition("Votre décision")[2].partition("</select>")[0]
    desk.post(
        page, data={"version": "1", "to_group": "reste", "answer_fr": "Elle reste.", **token(desk, page)}
    )
    assert "Elle reste." in follow(client, got.receipt)
    page = f"{url}/1/repondre"
    version = str(stored_idea(1).version)
    answer = {"version": version, "answer_fr": "Trois bancs en mai.", "answered_by": "Ville d’Orly"}
    desk.post(page, data={**answer, **token(desk, page)})
    assert "Trois bancs en mai." in client.get(f"{box.url}/1").text


def test_what_was_typed_comes_back_where_somebody_else_was_faster(app: Flask, box: BoxWithPeople) -> None:
    desk = app.test_client()
    open_browser(desk, box.moderator)
    first = put_one(box).idea_id
    second = put_one(box, "Des arbres", "Sur la place.").idea_id
    group = a_group(box, "S’asseoir", first)
    other = a_group(box, "L’ombre", second)
    url = f"/fr/bureau/idees/{box.slug}"
    page = f"{url}/groupes/{group}"
    typed = {
        "version": "1",
        "title_fr": "S’asseoir partout",
        "words_fr": "Près des arrêts.",
        **token(desk, page),
    }
    answered = f"{url}/{first}/repondre"
    said = {"version": "1", "answer_fr": "Trois bancs.", "answered_by": "Ville", **token(desk, answered)}
    merge_groups(box.moderator, box.id, group, other, version=1)
    decide(stored_idea(first).case_id, "masque")
    for address, form, words in ((page, typed, "S’asseoir partout"), (answered, said, "Trois bancs.")):
        refused = desk.post(address, data=form)
        assert refused.status_code == 409
        assert words in refused.text
        assert "Vos mots sont encore ici" in refused.text
        assert "Devant l’école" not in refused.text, "nothing of what is hidden"
        assert desk.get(address).status_code == 404


def test_a_body_that_has_a_box_is_retired_and_never_deleted(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    idea = put_one(box).idea_id
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(delete(Body).where(Body.id == box.place.body.id))
    with transaction(publishes=SITE) as writing:
        writing.get_one(Body, box.place.body.id).retired_at = clock.now()
    assert client.get(f"{box.url}/{idea}").status_code == 200
    case = stored_idea(idea).case_id
    why = Reasons(law=LegalGround.PRIVACY, facts="Une personne est nommée.")
    version = session.get_one(ModeratedText, case, populate_existing=True).version
    moderate(box.moderator, case, ModerationAct.HIDE, why, version=version)
    assert client.get(f"{box.url}/{idea}").status_code == 404


def token(desk: FlaskClient, url: str) -> dict[str, str]:
    page = desk.get(url).text
    return {"csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0] or _of(page)}


def _of(page: str) -> str:
    return page.partition('id="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def groups_in(session: Session) -> list[int]:
    session.rollback()
    return list(session.execute(select(IdeaGroup.id).order_by(IdeaGroup.id)).scalars())


@pytest.mark.parametrize("with_ideas", [False, True])
def test_the_form_of_a_group_makes_one_however_often_it_is_sent(
    app: Flask, box: BoxWithPeople, session: Session, with_ideas: bool
) -> None:
    ideas = f"?idees={put_one(box).idea_id}" if with_ideas else ""
    desk = app.test_client()
    open_browser(desk, box.moderator)
    url = f"/fr/bureau/idees/{box.slug}/groupes/nouveau{ideas}"
    form = PageForm(desk.get(url).text, "title_fr").filled({"title_fr": "S’asseoir"})
    assert [desk.post(url, data=form).status_code for _time in range(2)] == [303, 303]
    assert len(groups_in(session)) == 1
    another = PageForm(desk.get(url).text, "title_fr").filled({"title_fr": "S’asseoir"})
    assert desk.post(url, data=another).status_code == 303
    assert len(groups_in(session)) == 2, "another form with the same title is another group"


def test_the_form_of_a_group_sent_twice_at_once_makes_one(
    app: Flask, box: BoxWithPeople, session: Session
) -> None:
    made = at_once(
        app,
        *[lambda: make_group(box.moderator, box.id, {"fr": "Un"}, {}, client_key="un-groupe-neuf")] * 3,
    )
    assert groups_in(session) == [made[0]]
    assert len(set(made)) == 1


def test_the_key_of_a_form_makes_no_group_in_another_box(box: BoxWithPeople) -> None:
    other = make_a_box(box.place, title={"fr": "Une autre boîte"})
    make_group(box.moderator, box.id, {"fr": "Un"}, {}, client_key="un-groupe-neuf")
    with pytest.raises(KeyUsedElsewhere):
        make_group(box.moderator, other.id, {"fr": "Un"}, {}, client_key="un-groupe-neuf")
    with pytest.raises(BadKey):
        make_group(box.moderator, box.id, {"fr": "Un"}, {}, client_key="")
