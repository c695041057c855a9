"""Each act that changes what anybody reads of a box of ideas or of a charter is shown at once by pages that are kept."""

import html
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import db
from cdv_civic.ideas.models import IdeaGroup
from cdv_civic.ideas.operations import answering, boxes, grouping, keeping, objecting, pointing
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support
from cdv_civic.moderation.charter import operations as charter
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.ideas.boxes import SETTINGS, a_point, make_a_box, put_one, stored_box, stored_idea
from tests.ideas.test_grouping import a_group, choose, retain
from tests.moderation.charter.test_charter import PAGE, a_charter, facts, whose
from tests.pages.test_kept_pages import made_anew, made_of_nothing_kept
from tests.voices.voices import make_place


def version_of(group: int) -> int:
    db.session.rollback()
    return int(db.session.get_one(IdeaGroup, group, populate_existing=True).version)


def test_pages_of_a_box_show_each_act_at_once(app: Flask, client: FlaskClient) -> None:
    limiter.reset()
    box = make_a_box()
    who, first, second = box.moderator, put_one(box, "Des bancs"), put_one(box, "Un arbre")
    gone = put_one(box, "Un jeu")
    groups: list[int] = []
    receipts: list[str] = []
    place = box.place

    def version() -> int:
        return int(stored_box(box.slug).version)

    def point() -> None:
        receipts.append(pointing.make_point(a_point(first.idea_id)).receipt)

    def object_and_answer() -> None:
        objecting.object_to_group(read_receipt(first.receipt), "Non.")
        objecting.answer_objection(who, 1, {"fr": "Oui."}, to_group=groups[1], version=1)

    def count() -> None:
        for number in range(20):
            account = make.make_account(f"voisin-{number}@example.org", role=None, password_hash="")
            support(first.idea_id, Supporter(account))
        count_supports()

    acts: list[tuple[str, Callable[[], object]]] = [
        ("_put", lambda: put_one(box, "Une fontaine")),
        ("_make", point),
        ("describe_box", lambda: boxes.describe_box(
            who, box.id, replace(SETTINGS, title={"fr": "Vos idées"}), version=version())),
        ("answer_idea", lambda: answering.answer_idea(
            who, first.idea_id, {"fr": "Bientôt."}, answered_by="La ville",
            version=stored_idea(first.idea_id).version)),
        ("make_group", lambda: groups.extend(a_group(box, each) for each in ("Un", "Deux", "Trois"))),
        ("place_ideas", lambda: grouping.place_ideas(
            who, box.id, groups[0], [first.idea_id, second.idea_id])),
        ("answer_objection", object_and_answer),
        ("take_out", lambda: grouping.take_out(who, box.id, [second.idea_id])),
        ("merge_groups", lambda: grouping.merge_groups(
            who, box.id, groups[2], groups[0], version=version_of(groups[2]))),
        ("_count_box", count),
        ("take_back_idea", lambda: keeping.take_back_idea(read_receipt(gone.receipt))),
        ("take_back_point", lambda: keeping.take_back_point(read_receipt(receipts[0]))),
        ("describe_group", lambda: retain(box, groups[0], groups[1])),
        ("withdraw_box", lambda: boxes.withdraw_box(who, box.id, version=version())),
        ("publish_box", lambda: boxes.publish_box(who, box.id, version=version())),
        ("open_choice", lambda: choose(box)),
    ]  # fmt: skip
    body = f"/fr/contrats/{place.contract.slug}/instances/{place.body.slug}"
    pages = ["/fr/idees", box.url, f"{box.url}/{first.idea_id}", f"{box.url}/{gone.idea_id}", body]
    fresh = made_anew(app, client, pages)[0]
    unseen, stale = set(), {}
    for name, act in acts:
        before = fresh
        act()
        db.session.rollback()
        if groups and len(pages) == 5:
            pages += [f"{box.url}/groupes/{each}" for each in groups]
        shown = made_anew(app, client, pages)[0]
        fresh = made_of_nothing_kept(app, client, pages)
        stale[name] = {page for page in pages if shown[page] != fresh[page]}
        if fresh == before:
            unseen.add(name)
    assert {name: found for name, found in stale.items() if found} == {}
    assert unseen == set(), "an act that no page shows tries nothing"


def test_the_page_of_a_charter_shows_each_act_at_once(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    first, second, _third = a_charter(place, "Un.", "Deux.", "Trois.")
    who = place.moderator

    def version() -> int:
        return facts(place).version

    acts: list[Callable[[], object]] = [
        lambda: charter.describe_charter(who, whose(place), charter.Manner(True, 5, None), version=version()),
        lambda: charter.add_principle(who, whose(place), {"fr": "Quatre."}, version=version()),
        lambda: charter.change_principle(who, first, {"fr": "Autre."}, version=version()),
        lambda: charter.move_principle(who, second, up=True, version=version()),
        lambda: charter.retire_principle(who, first, version=version()),
    ]
    other = make_place("mont", "groupe")
    new_page = PAGE.replace(place.contract.slug, other.contract.slug).replace(
        place.body.slug, other.body.slug
    )
    client.get(new_page)
    charter.adopt_example(other.moderator, whose(other), version=0)
    charter.publish_charter(other.moderator, whose(other), version=facts(other).version)
    shown = made_anew(app, client, [new_page])[0]
    assert shown == made_of_nothing_kept(app, client, [new_page])
    assert next(iter(facts(other).principles.values())).text in html.unescape(client.get(new_page).text)
    fresh = made_anew(app, client, [PAGE])[0]
    for act in acts:
        before = fresh
        act()
        db.session.rollback()
        shown = made_anew(app, client, [PAGE])[0]
        fresh = made_of_nothing_kept(app, client, [PAGE])
        assert shown == fresh != before
