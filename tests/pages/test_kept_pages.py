"""Each act that changes what anybody may read is done on a site whose pages are all kept: every page shows it at once,
and the pages of another contract stay as they were.

Which acts these are says `tests/core/test_publishing.py`: one that is missing here fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts import invitations
from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.operations import close_account
from cdv_civic.accounts.roles import end_role, grant_role
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations import describing, meetings, occurrences, publications
from cdv_civic.bodies.rules import Slot, monthly
from cdv_civic.commitments.operations import axes, editing, indicators, progress, publishing, translating
from cdv_civic.consultations.restitution import operations as replies
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.i18n.entries import Entry
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.page_cache import PageStore
from cdv_civic.core.web.validity import ANY
from cdv_civic.draws.operations import drawing
from cdv_civic.draws.operations import publishing as draw_lists
from cdv_civic.draws.queries import candidates_of
from cdv_civic.glossary import operations as glossary
from cdv_civic.language_help import operations as language_help
from cdv_civic.my_space.operations import describe_myself
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations import accounts, members, numbers, proposals
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.translation.operations import import_translations
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping
from cdv_civic.voices.operations import publishing as public_voices
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at
from tests.bodies.test_publications import opinion
from tests.conftest import TODAY, counting
from tests.consultations.factories import make_consultation
from tests.consultations.restitution.replies import a_reply, make_reply
from tests.core.test_publishing import SHOW_NOTHING, acts, features
from tests.draws.draws import RULE, SEED_DAY, at_desk, make_draw, make_seat
from tests.language_help.services import a_service, make_service
from tests.packs.samples import load, newer, small
from tests.voices.voices import BodyWithPeople, hidden, make_place, said

SHELL: Final = CommandLine()
#: A Saturday; the series has one each month.
SATURDAY: Final = date(2026, 11, 14)
DECEMBER: Final = date(2026, 12, 12)
WHY: Final = {"fr": "Une erreur."}
PAGES_OF_ALL: Final = (
    "/fr/",
    "/fr/dire",
    "/fr/quartiers",
    "/fr/consultations",
    "/fr/contrats",
    "/fr/engagements",
    "/fr/langues",
    "/fr/mots",
    "/sitemap.xml",
)


def pages_of(world: "World") -> tuple[str, ...]:
    """Pages of one contract; nobody finds the draw before its list is published."""
    contract, body, quartier = world.place.contract.slug, world.place.body.slug, world.quartier
    here = f"/fr/contrats/{contract}"
    return (
        here,
        f"{here}?axe=AXE",
        f"{here}/organisations",
        f"{here}/organisations/porteur",
        f"{here}/instances",
        f"{here}/instances/{body}",
        f"{here}/instances/{body}/publications",
        f"{here}/instances/{body}/rencontres",
        f"{here}/instances/{body}/paroles",
        f"/fr/dire?quartier={quartier}",
        f"/fr/dire?contrat={contract}&engagement=C-1",
        f"{here}/instances/{body}/rencontres/{world.made['series']}",
        f"{here}/instances/{body}/rencontres/{world.made['series']}.ics",
        f"{here}/instances/{body}/tirages/{world.made['draw']}",
        f"{here}/instances/{body}/calendrier.ics",
        f"{here}/engagements/C-1",
        f"/ar/contrats/{contract}/engagements/C-1",
        f"/fr/engagements?contrat={contract}",
        f"/fr/consultations?contrat={contract}",
        f"/fr/consultations/rue-{contract}",
        f"/ar/consultations/rue-{contract}/reponse",
        f"/fr/nouvelles/consultation/rue-{contract}.atom",
        f"/fr/quartiers/{quartier}",
        f"/fr/quartiers/{quartier}/dates",
        f"/fr/quartiers/{quartier}/nouvelles",
        f"/fr/quartiers/{quartier}/calendrier.ics",
        f"/fr/en-ce-moment?quartier={quartier}",
        f"/fr/suivre/quartier/{quartier}",
        f"/fr/nouvelles/quartier/{quartier}.atom",
        f"/fr/nouvelles/engagement/{contract}/C-1.atom",
        f"/fr/nouvelles/instance/{contract}/{body}.atom",
        f"/fr/nouvelles/organisation/{contract}/porteur.atom",
    )


def lasting(world: "World") -> tuple[str, ...]:
    """Those that are found, and kept, from the beginning."""
    return tuple(page for page in pages_of(world) if "/tirages/" not in page and "/reponse" not in page)


@dataclass
class World:
    """A contract with something of everything; what the acts find or make, by name."""

    place: BodyWithPeople
    administrator: SignedIn
    quartier: str
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def body_id(self) -> int:
        return self.place.body.id

    def version(self, table: Any, row_id: int) -> int:
        db.session.rollback()
        return int(db.session.execute(select(table.version).where(table.id == row_id)).scalar_one())

    def voice(self, name: str) -> tuple[int, int]:
        """Id and version of a word."""
        return self.made[name].voice_id, self.version(Voice, self.made[name].voice_id)


def make_world(slug: str, body: str) -> World:
    place = make_place(slug, body)
    who = make.make_account(role="administrator")
    holder = make.make_organisation(place.contract, slug="porteur")
    axis = make.make_axis(place.contract, code="AXE")
    indicator = make.make_indicator(place.contract)
    common: dict[str, Any] = {"axes": [axis], "holders": [holder], "quartiers": [place.quartier]}
    world = World(place, who, place.quartier.slug)
    world.made = {
        "axis": axis.id,
        "indicator": indicator.id,
        "commitment": make.make_commitment(
            place.contract, "Ouvrir un parc", code="C-1", indicators=[indicator], **common
        ),
        "to check": make.make_commitment(place.contract, "Planter", code="C-2", state=TO_CHECK, **common).id,
        "series": announce(who, place.body, SATURDAY, kind="permanence", recurrence=monthly(SATURDAY)),
        "draw": make_draw(who, place.body),
        "shown": said(place, "Le parc est fermé.", agrees_public=True),
        "withdrawn": said(place, "La rue est sombre.", agrees_public=True),
        "taken away": said(place, "Où est la crèche ?", agrees_public=True),
        "seat": make_seat(who, place.body, "Awa"),
        "asked": make_consultation(
            place.contract, quartiers=[place.quartier], stage="counted", slug=f"rue-{slug}"
        ),
    }
    make_reply(world.made["asked"], published=False, who=who)
    return world


def moderator(world: World) -> SignedIn:
    return make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, world.body_id))


def _publish_voice(world: World, name: str) -> None:
    voice_id, version = world.voice(name)
    public_voices.publish(
        world.place.moderator, voice_id, "", read_again=True, confirmed=True, version=version
    )


def _let_wait(world: World) -> int:
    """Somebody who was invited to moderate; all other moderators are gone."""
    who = make.make_account(role=None, password_hash="", last_seen_on=None)
    grant_role(SHELL, who.actor_id, Role.MODERATOR, Scope(ScopeKind.BODY, world.body_id))
    return who.actor_id


def _come(account_id: int) -> None:
    with transaction() as session:
        invitations.accept(session, account_id, by_password=True)


def _edit(world: World) -> editing.Edit:
    return editing.Edit(title="Ouvrir un grand parc", nature=world.made["commitment"].nature)


def _publication(world: World, name: str) -> int:
    world.made[name] = publications.publish(
        world.administrator, world.body_id, opinion(), client_key=f"un-avis-{name}-essai", zone=PARIS
    )
    return int(world.made[name])


def _seat(world: World, name: str, **values: Any) -> int:
    world.made[name] = members.open_seat(
        world.administrator,
        world.body_id,
        members.Member(
            **{
                "college": "habitants",
                "way": "volontaire",
                "first_name": name,
                "starts_on": date(2026, 3, 8),
                **values,
            }
        ),
        client_key=f"un-siege-d-essai-{name}",
        pending=name == "Propose",
    )
    return int(world.made[name])


def _link_a_minor(world: World) -> None:
    young = make.make_account("jeune@example.org", role=None, minor=True, password_hash="")
    world.made["young"] = young
    accounts.link_account(
        world.administrator, world.made["seat"], "jeune@example.org",
        version=world.version(Seat, world.made["seat"]),
    )  # fmt: skip


def _last_publication() -> int:
    db.session.rollback()
    wanted = select(AuditEntry.id).where(AuditEntry.action == publishing.ACTION)
    return int(db.session.execute(wanted.order_by(AuditEntry.id.desc()).limit(1)).scalar_one())


def _news(world: World) -> progress.NewProgress:
    return progress.NewProgress(
        "en_cours", date(2026, 11, 2), "Le chantier a commencé.", client_key="une-nouvelle-d-essai"
    )


def _tell(world: World) -> None:
    told = progress.publish_progress(world.administrator, world.made["commitment"].id, _news(world))
    world.made["news"] = told.id


def _measure(world: World) -> None:
    world.made["value"] = indicators.enter_indicator_value(
        world.administrator, world.made["indicator"], value="12", measured_on=date(2026, 11, 1)
    ).id


def _listen(world: World, *, is_open: bool, version: int) -> None:
    keeping.describe_listening(
        world.administrator, world.body_id, is_open=is_open, due_days=30, readers={}, version=version
    )


def _announce(world: World) -> None:
    world.made["meeting"] = announce(world.administrator, world.place.body)


#: In this order: an act may need what one before it made.
ACTS: Final[Sequence[tuple[str, Callable[[World], object]]]] = (
    ("commitments/operations/progress:publish_progress", _tell),
    ("commitments/operations/progress:withdraw_progress",
        lambda w: progress.withdraw_progress(w.administrator, w.made["news"], "Une erreur.")),
    ("commitments/operations/editing:edit_commitment",
        lambda w: editing.edit_commitment(
            w.administrator, w.made["commitment"].id, _edit(w), version=1, reason="Une erreur.")),
    ("commitments/operations/editing:set_links",
        lambda w: editing.set_links(
            w.administrator, w.made["commitment"].id, version=2, reason="Une erreur.", holders=[w.place.town.id])),
    ("commitments/operations/axes:set_axis_theme",
        lambda w: axes.set_axis_theme(w.administrator, w.made["axis"], "sante")),
    ("commitments/operations/axes:set_axis_origin",
        lambda w: axes.set_axis_origin(
            w.administrator, w.made["axis"], "sans_concertation", {"fr": "Faute de temps."}, version=0)),
    ("commitments/operations/translating:translate_commitment",
        lambda w: translating.translate_commitment(
            w.administrator, w.made["commitment"].id, "ar", {w.made["commitment"].title_id: "فتح حديقة"})),
    ("commitments/operations/indicators:enter_indicator_value", _measure),
    ("commitments/operations/indicators:withdraw_indicator_value",
        lambda w: indicators.withdraw_indicator_value(w.administrator, w.made["value"])),
    ("commitments/operations/publishing:publish_commitments",
        lambda w: publishing.publish_commitments(w.administrator, [w.made["to check"]])),
    ("commitments/operations/publishing:undo_publication",
        lambda w: publishing.undo_publication(w.administrator, [_last_publication()])),
    ("bodies/operations/describing:describe_body",
        lambda w: describing.describe_body(
            w.administrator, w.body_id, version=0, state="actif", contact={"fr": "Venez."}, joining={})),
    ("bodies/operations/meetings:announce_meeting", _announce),
    ("bodies/operations/meetings:change_meeting",
        lambda w: meetings.change_meeting(
            w.administrator, w.made["meeting"], an_event(place="Ailleurs"), sequence=0, zone=PARIS)),
    ("bodies/operations/meetings:cancel_meeting",
        lambda w: meetings.cancel_meeting(w.administrator, w.made["meeting"], WHY, sequence=1)),
    ("bodies/operations/occurrences:cancel_occurrence",
        lambda w: occurrences.cancel_occurrence(
            w.administrator, w.made["series"], DECEMBER, WHY, sequence=0, zone=PARIS)),
    ("bodies/operations/occurrences:restore_occurrence",
        lambda w: occurrences.restore_occurrence(
            w.administrator, w.made["series"], DECEMBER, sequence=1, zone=PARIS)),
    ("bodies/operations/occurrences:move_occurrence",
        lambda w: occurrences.move_occurrence(
            w.administrator, w.made["series"], DECEMBER, [Slot(at(date(2026, 12, 13), 10), None)], WHY,
            sequence=2, zone=PARIS)),
    ("bodies/operations/occurrences:enter_attendance",
        lambda w: occurrences.enter_attendance(
            w.administrator, w.made["series"], SATURDAY, present=12, first_time=3, version=0, zone=PARIS)),
    ("bodies/operations/publications:publish", lambda w: _publication(w, "paper")),
    ("bodies/operations/publications:change_publication",
        lambda w: publications.change_publication(
            w.administrator, w.made["paper"], opinion(summary={"fr": "Non."}), version=1)),
    ("bodies/operations/publications:withdraw_publication",
        lambda w: publications.withdraw_publication(w.administrator, w.made["paper"], WHY, version=2)),
    ("consultations/restitution/operations:publish_reply",
        lambda w: replies.publish_reply(w.administrator, w.made["asked"].id, version=1)),
    ("consultations/restitution/operations:save_reply",
        lambda w: replies.save_reply(
            w.administrator, w.made["asked"].id, a_reply(said={"fr": "Autre chose."}), version=2)),
    ("seats/operations/numbers:set_numbers",
        lambda w: numbers.set_numbers(w.administrator, w.body_id, {"habitants": 9})),
    ("seats/operations/members:open_seat", lambda w: _seat(w, "Moussa", substitute=True)),
    ("seats/operations/members:call_substitute",
        lambda w: members.call_substitute(w.administrator, w.made["Moussa"])),
    ("seats/operations/members:change_seat",
        lambda w: members.change_seat(
            w.administrator, w.made["Moussa"],
            members.Member("habitants", "volontaire", "Ibrahima", date(2026, 3, 8)),
            version=w.version(Seat, w.made["Moussa"]))),
    ("seats/operations/members:end_seat",
        lambda w: members.end_seat(
            w.administrator, w.made["Moussa"], "depart", version=w.version(Seat, w.made["Moussa"]))),
    ("seats/operations/members:open_seat", lambda w: _seat(w, "Propose")),
    ("seats/operations/proposals:accept",
        lambda w: proposals.accept(w.administrator, w.made["Propose"], version=0)),
    ("seats/operations/accounts:link_account", _link_a_minor),
    ("my_space/operations:describe_myself", lambda w: describe_myself(w.made["young"], name="", minor=False)),
    ("accounts/erasure:erase_own_account", lambda w: erase_own_account(w.made["young"])),
    ("draws/operations/publishing:publish_list",
        lambda w: draw_lists.publish_list(
            w.administrator, w.made["draw"], seed_rule=RULE, seed_day=SEED_DAY,
            version=at_desk(w.place.body, w.made["draw"]).version)),
    ("draws/operations/publishing:withdraw_candidate",
        lambda w: draw_lists.withdraw_candidate(
            w.administrator, w.made["draw"], candidates_of(w.made["draw"])[0].id, seed_rule=RULE,
            seed_day=SEED_DAY, version=at_desk(w.place.body, w.made["draw"]).version)),
    ("voices/operations/keeping:describe_listening", lambda w: _listen(w, is_open=False, version=0)),
    ("voices/operations/keeping:describe_listening", lambda w: _listen(w, is_open=True, version=1)),
    ("voices/operations/publishing:publish", lambda w: _publish_voice(w, "shown")),
    ("voices/operations/answering:transmit_many",
        lambda w: answering.transmit_many(
            w.place.moderator, w.body_id, [w.voice("shown")[0]], w.place.town.id)),
    ("voices/operations/answering:take_back",
        lambda w: answering.take_back(w.place.moderator, w.body_id, [w.voice("shown")[0]])),
    ("voices/operations/answering:transmit",
        lambda w: answering.transmit(
            w.place.moderator, w.voice("shown")[0], w.place.town.id, {}, version=w.voice("shown")[1])),
    ("voices/operations/answering:_end",
        lambda w: answering.answer(
            w.place.moderator, w.voice("shown")[0], {"fr": "Il ouvre demain."}, version=w.voice("shown")[1])),
    ("voices/operations/answering:reopen",
        lambda w: answering.reopen(w.place.moderator, w.voice("shown")[0], {}, version=w.voice("shown")[1])),
    ("voices/operations/answering:correct",
        lambda w: answering.correct(
            w.place.moderator, w.voice("shown")[0], theme="ecologie", holds_names=True,
            version=w.voice("shown")[1])),
    ("voices/operations/publishing:publish", lambda w: _publish_voice(w, "withdrawn")),
    ("moderation/operations/deciding:decide", lambda w: hidden(w.place.moderator, w.voice("withdrawn")[0])),
    ("voices/operations/publishing:publish", lambda w: _publish_voice(w, "taken away")),
    ("voices/operations/keeping:_take_away",
        lambda w: keeping.take_away(read_receipt(w.made["taken away"].receipt))),
    ("accounts/operations:close_account", lambda w: close_account(SHELL, w.place.moderator.actor_id)),
    ("accounts/roles:grant_role",
        lambda w: grant_role(SHELL, w.place.staff.actor_id, Role.MODERATOR, Scope(ScopeKind.BODY, w.body_id))),
    ("accounts/roles:end_role", lambda w: end_role(SHELL, w.made.setdefault("role", _last_grant(w)))),
    ("accounts/invitations:accept", lambda w: _come(_let_wait(w))),
    ("accounts/erasure:erase_own_account", lambda w: _erase_moderators(w)),
)  # fmt: skip
#: Acts for the whole site: they may drop every page.
ACTS_FOR_ALL: Final[Sequence[tuple[str, Callable[[World], object]]]] = (
    ("glossary/operations:load", lambda w: glossary.load()),
    ("glossary/operations:translate_entry",
        lambda w: glossary.translate_entry("qpv", "fr", "Un quartier.", actor=w.administrator)),
    ("packs/operations/importing:import_pack", lambda w: load(small())),
    ("language_help/operations:add_service",
        lambda w: w.made.setdefault("service", make_service(w.place.contract))),
    ("language_help/operations:change_service",
        lambda w: language_help.change_service(
            w.administrator, w.made["service"], a_service("Un autre nom"), version=1)),
    ("language_help/operations:_show",
        lambda w: language_help.withdraw_service(w.administrator, w.made["service"])),
    ("language_help/operations:_show",
        lambda w: language_help.put_back_service(w.administrator, w.made["service"])),
    ("translation/operations:import_translations",
        lambda w: import_translations(SHELL, "fr", [Entry("Accueil", None, ("Début",))])),
)  # fmt: skip
#: Acts that are tried by others of the list, or where they are done.
TRIED_ELSEWHERE: Final = {
    "consultations/recordings/operations:keep_recording": "test_a_voice_that_comes_or_goes_is_heard_at_once",
    "consultations/operations/editing/holding:editing": "test_each_act_raises_the_tag_of_its_consultation",
    **dict.fromkeys(
        (
            f"consultations/results/operations/closing:{act}"
            for act in ("_count_one", "publish_results", "correct_results")
        ),
        "test_kept_pages_show_each_version_and_each_count_as_soon_as_it_is_published",
    ),
    "commitments/search:index_anew": "test_what_was_indexed_by_other_rules_is_indexed_anew",
    "draws/operations/drawing:seed_draw": "test_a_result_is_shown_on_the_day_it_is_drawn",
    "packs/operations/importing:run": "import_pack, whose part it is",
    "consultations/choices/operations:make_tree": "test_the_contract_has_a_part_for_each_group_once",
    **dict.fromkeys(
        (f"commitments/operations/axes:{act}" for act in ("hang_commitment", "take_commitment_off")),
        "test_commitments_hang_on_a_part_that_residents_chose",
    ),
    **dict.fromkeys(
        (
            *(f"ideas/operations/boxes:{act}_box" for act in ("describe", "publish", "withdraw")),
            *(f"ideas/operations/grouping:{act}_group" for act in ("describe", "make", "split")),
            *(f"ideas/operations/grouping:{act}" for act in ("merge_groups", "place_ideas", "take_out")),
            *(f"ideas/operations/keeping:take_back_{what}" for what in ("idea", "point")),
            "ideas/operations/answering:answer_idea",
            "ideas/operations/objecting:answer_objection",
            "ideas/operations/pointing:_make",
            "ideas/operations/putting:_put",
            "ideas/operations/supporting:_count_box",
        ),
        "test_pages_of_a_box_show_each_act_at_once",
    ),
    **dict.fromkeys(
        ("fund/juries/operations/closing:close_meeting", "fund/juries/operations/meetings:publish_minutes"),
        "test_kept_minutes_go_with_their_fund_and_acts_raise_its_tag",
    ),
    "fund/opinions/operations:give_opinion": "test_the_last_opinion_raises_the_tag_of_the_fund",
    **dict.fromkeys(
        (f"ideas/operations/keeping:{act}" for act in ("reword", "reword_point")),
        "test_an_author_who_is_asked_writes_it_otherwise; it waits for a moderator, and is on no page",
    ),
    **dict.fromkeys(
        (
            f"consultations/kinds/comments/operations:{act}"
            for act in ("_comment", "reword", "take_comment_back")
        ),
        "test_pages_of_comments_show_each_act_at_once",
    ),
    **dict.fromkeys(
        (
            *(f"fund/desk/operations/funds:{act}" for act in ("describe_fund", "publish_fund")),
            *(f"fund/desk/operations/funds:{act}" for act in ("set_fund_rules", "withdraw_fund")),
            *(
                f"fund/desk/operations/envelopes:{act}"
                for act in ("_make", "change_envelope", "delete_envelope")
            ),
            *(f"fund/desk/operations/rounds:{act}_round" for act in ("describe", "open", "close")),
            "fund/desk/operations/rounds:set_round_rules",
            "fund/imported/operations:import_round",
        ),
        "test_pages_of_a_fund_show_each_act_at_once",
    ),
    **dict.fromkeys(
        (
            *(f"fund/reviews/operations/deciding:{act}" for act in ("take", "show_photo")),
            *(f"fund/reviews/operations/stopping:{act}" for act in ("stop_by_carrier", "stop_at_desk")),
            *(f"fund/reviews/operations/telling:{act}" for act in ("tell", "tell_at_desk")),
            "fund/reviews/operations/stopping:note_return",
        ),
        "test_pages_of_a_project_show_what_became_of_it_at_once",
    ),
    **dict.fromkeys(
        (
            "fund/projects/operations/correcting:give_up",
            "fund/projects/operations/keeping:erase_people",
            "fund/projects/operations/keeping:forget_projects",
        ),
        "test_what_everybody_read_of_a_project_raises_the_tag_of_its_fund",
    ),
    "consultations/verbatims/operations:give_up": "test_a_text_that_is_given_up_is_on_no_page",
    **dict.fromkeys(
        (
            *(f"moderation/charter/operations:{act}_charter" for act in ("describe", "publish")),
            *(
                f"moderation/charter/operations:{act}_principle"
                for act in ("add", "change", "move", "retire")
            ),
            "moderation/charter/operations:adopt_example",
        ),
        "test_the_page_of_a_charter_shows_each_act_at_once",
    ),
}


def _last_grant(world: World) -> int:
    db.session.rollback()
    wanted = select(RoleGrant.id).where(RoleGrant.body_id == world.body_id, RoleGrant.role == "moderator")
    return int(db.session.execute(wanted.order_by(RoleGrant.id.desc()).limit(1)).scalar_one())


def _erase_moderators(world: World) -> None:
    db.session.rollback()
    wanted = select(RoleGrant.account_id).where(
        RoleGrant.body_id == world.body_id, RoleGrant.role == "moderator", RoleGrant.ends_at.is_(None)
    )
    for account_id in db.session.execute(wanted).scalars().all():
        erase_own_account(make.load_actor(account_id))


def store_of(app: Flask) -> PageStore:
    store: PageStore = app.extensions["page_store"]
    return store


def made_anew(app: Flask, client: FlaskClient, pages: Sequence[str]) -> tuple[dict[str, bytes], set[str]]:
    """What pages show, and which of them were made again for it."""
    shown, anew = {}, set()
    for page in pages:
        with counting(app) as statements:
            answer = client.get(page)
        shown[page] = answer.data
        if len(statements) > 1:
            anew.add(page)
    return shown, anew


def made_of_nothing_kept(app: Flask, client: FlaskClient, pages: Sequence[str]) -> dict[str, bytes]:
    """What pages show that are made anew, with all their parts; other pages stay as they are kept."""
    store = store_of(app)
    others = dict(store.pages)
    store.clear()
    shown, _all = made_anew(app, client, pages)
    for key in others.keys() - store.pages.keys():
        store.put(key, others[key])
    return shown


@pytest.mark.one_database
def test_every_page_shows_each_act_at_once_and_those_of_another_contract_stay(
    app: Flask, client: FlaskClient
) -> None:
    here, there = make_world("val", "conseil"), make_world("mont", "groupe")
    own = (*PAGES_OF_ALL, *pages_of(here))
    others = lasting(there)
    glossary.load()
    made_anew(app, client, others)
    fresh, _anew = made_anew(app, client, own)
    stale: dict[str, set[str]] = {}
    dropped: dict[str, set[str]] = {}
    seen = set()
    for name, act in ACTS:
        before = fresh
        act(here)
        db.session.rollback()
        shown, anew = made_anew(app, client, (*own, *others))
        fresh = made_of_nothing_kept(app, client, own)
        stale.setdefault(name, set()).update(page for page in own if shown[page] != fresh[page])
        dropped.setdefault(name, set()).update(anew & {*others})
        if fresh != before:
            seen.add(name)
    # No act dropped them: what they show now is what they showed from the beginning.
    anew_of_others = made_of_nothing_kept(app, client, others)
    stale["all of them"] = {page for page in others if shown[page] != anew_of_others[page]}
    assert {name: found for name, found in stale.items() if found} == {}
    assert {name: found for name, found in dropped.items() if found} == {}
    assert {name for name, _act in ACTS} == seen, "an act that no page shows tries nothing"


def test_acts_for_the_whole_site_are_shown_at_once(app: Flask, client: FlaskClient) -> None:
    world = make_world("val", "conseil")
    pages = (*PAGES_OF_ALL, *pages_of(world))
    made_anew(app, client, pages)
    for name, act in ACTS_FOR_ALL:
        before = made_anew(app, client, pages)[0]
        act(world)
        db.session.rollback()
        shown, _anew = made_anew(app, client, pages)
        store_of(app).clear()
        assert made_anew(app, client, pages)[0] == shown != before, name


def test_an_import_drops_the_pages_of_its_contract_and_of_those_that_share_its_communes(
    app: Flask, client: FlaskClient
) -> None:
    load(small(), publish=True)
    world = make_world("val", "conseil")
    other = lasting(world)
    own = "/fr/contrats/essai-2024/engagements/A-1"
    made_anew(app, client, (own, *other))
    load(newer(title="Ouvrir deux permanences"))
    assert made_anew(app, client, (own, *other))[1] == {own}
    renamed = small()
    renamed["communes"][0]["name"] = "Orly-Ville"
    load(renamed)
    assert made_anew(app, client, (own, *other))[1] == {own, *other}


def test_a_result_is_shown_on_the_day_it_is_drawn(app: Flask, client: FlaskClient) -> None:
    world = make_world("val", "conseil")
    draw_id = world.made["draw"]
    draw_lists.publish_list(
        world.administrator, draw_id, seed_rule=RULE, seed_day=SEED_DAY,
        version=at_desk(world.place.body, draw_id).version,
    )  # fmt: skip
    page = f"/fr/contrats/val/instances/conseil/tirages/{draw_id}"
    with clock.frozen_everywhere(TODAY.replace(month=12, day=6)):
        before = client.get(page).data
        drawing.seed_draw(world.administrator, draw_id, "3 17 22 41 49 5")
        assert client.get(page).data != before


def test_each_act_that_publishes_is_tried(app: Flask) -> None:
    publish = set()
    for feature in features():
        for path in feature.rglob("*.py") if feature.name not in SHOW_NOTHING else ():
            module = path.relative_to(ROOT / "cdv_civic").with_suffix("").as_posix()
            publish |= {
                f"{module}:{name}" for name, said_so in acts(Path(path).read_text("utf-8")) if said_so
            }
    tried = {name for name, _act in (*ACTS, *ACTS_FOR_ALL)} | TRIED_ELSEWHERE.keys()
    assert publish - tried == set(), "do the act in ACTS: every page must show it"


def test_busy_pages_say_what_they_show(app: Flask, client: FlaskClient) -> None:
    """What says nothing is dropped by anything that anybody publishes anywhere."""
    world = make_world("val", "conseil")
    made_anew(app, client, (*PAGES_OF_ALL, *pages_of(world)))
    silent = [key for key, kept in store_of(app).pages.items() if ANY in kept.validity.numbers]
    assert silent == []
