"""One of everything that a route names, in one contract; and one person for each role."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from sqlalchemy import insert, select, update

from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.accounts.models import ResidentQuartier, RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.commitments.models import Commitment
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer, enter_group
from cdv_civic.consultations.in_person.operations.workshops import (
    NewWorkshop,
    enter_table,
    note_workshop,
)
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.operations.evidence import add_evidence
from cdv_civic.consultations.paper.queries.sheets import batches_of
from cdv_civic.consultations.recordings.operations import NewRecording, keep_recording
from cdv_civic.consultations.results.operations.closing import publish_results
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.drafts.models import Draft
from cdv_civic.draws.queries import candidates_of
from cdv_civic.fund.imported.operations import import_round
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.meetings import publish_minutes
from cdv_civic.fund.models.funds import fund_body
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.glossary.operations import FILE, load
from cdv_civic.ideas.models import IdeaBox, IdeaObjection
from cdv_civic.ideas.operations.boxes import Keeper, make_box, publish_box
from cdv_civic.ideas.operations.grouping import make_group
from cdv_civic.ideas.operations.objecting import object_to_group
from cdv_civic.ideas.operations.putting import NewIdea, put
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.models import Commune, Contract, Organisation, Quartier
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.cards.cards import make_cards
from tests.consultations.desk.preparing import make_correction
from tests.consultations.factories import (
    make_answers,
    make_consultation,
    make_question,
    make_step,
    options_of,
)
from tests.consultations.kinds.comments.commented import make_passage, make_subject
from tests.consultations.paper.sheets import make_asked, typed
from tests.consultations.recordings.voices import address_of
from tests.consultations.recordings.voices import voice as voice_file
from tests.consultations.restitution.replies import make_reply
from tests.draws.draws import make_published, make_seat
from tests.fund import funds
from tests.fund.funds import make_envelope, make_fund, make_round
from tests.fund.imported.votes import VOTE
from tests.fund.instruction.desk import make_project_file
from tests.fund.public.lives import live as make_lived
from tests.ideas.boxes import SETTINGS
from tests.language_help.services import make_service
from tests.moderation.cases import declare, make_case, make_principle
from tests.moderation.notes import make_appeal
from tests.permissions.deposit_world import deposit_arguments
from tests.permissions.fund_world import fund_arguments
from tests.voices.voices import BodyWithPeople, make_voice

#: The columns of the table: who tries each route.
PEOPLE: Final = (
    "visitor",
    "resident",
    "member",
    "moderator",
    "relais",
    "holder",
    "translator",
    "state",
    "commune",
    "staff",
    # Who administers this contract, another contract, the whole site.
    "local",
    "elsewhere",
    "administrator",
)

#: The routes of the pages of paper.
PAPER: Final = (
    *(
        "show",
        "new",
        "batch",
        "printed_page",
        "pdf",
        "example",
        "enter",
        "sheet",
        "take_back",
        "photo",
        "void",
    ),
    *("put_back", "compare", "keep_waiting", "compare_sheet", "model_csv", "model_xlsx", "table", "late"),
    *("show_posters", "poster", "poster_pdf", "handouts", "handouts_pdf", "evidence_file"),
)

#: Routes of the desk of commissions, and of whoever sits.
JURIES: Final = (
    *("fund", "add_member", "change_member", "end_member", "new_meeting", "meeting", "change_meeting"),
    *(
        "cancel_meeting",
        "add_projects",
        "move_item",
        "presences",
        "note_link",
        "take_link_back",
        "invitation",
    ),
    *("decide", "undecide", "close", "sitting", "mark", "own_link"),
)

#: Routes of the desk of consultations, by whether their consultation is public.
_OF_A_CONSULTATION: Final = (
    "add_question",
    "add_step",
    "change_option",
    "change_question",
    "change_step",
    "counting",
    "delete_option",
    "delete_question",
    "delete_step",
    "discard",
    "from_contract",
    "move_option",
    "move_question",
    "move_step",
    "options",
    "preview",
    "publics",
    "publish",
    "quartiers",
    "questions",
    "settings",
    "show",
    "texts",
)
_OF_A_PUBLIC_ONE: Final = (
    "corrections",
    "decide_correction",
    "prolong",
    "propose_correction",
    "take_back",
    "withdraw",
)


#: The routes of the desk of funds.
FUNDS_DESK: Final = (
    *("show", "settings", "rules", "publish", "withdraw", "add_envelope", "envelope", "delete_envelope"),
    *("begin_round", "show_round", "round_settings", "round_rules", "open_round", "close_round"),
)


@dataclass(frozen=True)
class World:
    """`values` holds what the argument of a route stands for; `by_endpoint` what it stands for in one route."""

    people: dict[str, SignedIn | None]
    values: dict[str, object]
    by_endpoint: dict[str, dict[str, object]]

    def arguments(self, endpoint: str, names: set[str]) -> dict[str, object]:
        """Values for the arguments of a route; `KeyError` for one that nobody has said."""
        own = self.by_endpoint.get(endpoint, {})
        return {name: own[name] if name in own else self.values[name] for name in sorted(names)}


def make_ideas(administrator: SignedIn, contract_id: int, body_id: int) -> dict[str, object]:
    """A box of ideas of a body, with an idea in a group that its author objects to: what addresses name."""
    keeper = Keeper(contract_id, body_id=body_id)
    slug = make_box(administrator, keeper, SETTINGS, client_key=f"une-boite-du-monde-{contract_id}")
    box_id = db.session.execute(select(IdeaBox.id).where(IdeaBox.slug == slug)).scalar_one()
    publish_box(administrator, box_id, version=1)
    idea = put(NewIdea(box_id, "Des bancs", "Ici.", "sante", f"une-idee-du-monde-{contract_id}"))
    group = make_group(administrator, box_id, {"fr": "S’asseoir"}, {}, [idea.idea_id], client_key=new_key())
    make_group(administrator, box_id, {"fr": "Un autre"}, {}, client_key=new_key())
    object_to_group(read_receipt(idea.receipt), "Pas ce groupe.")
    objection = db.session.execute(
        select(IdeaObjection.id).where(IdeaObjection.idea_id == idea.idea_id)
    ).scalar_one()
    return {
        "slug": slug,
        "box_id": box_id,
        "idea_id": idea.idea_id,
        "group_id": group,
        "objection_id": objection,
    }


def make_funds(
    contract: Contract, staff: SignedIn, commune_id: int, owner_id: int
) -> dict[str, dict[str, object]]:
    """A fund of a commune and of an organisation with money, a round with a public project, and a round that was held elsewhere: what addresses name."""
    fund = make_fund(contract, commune_id=commune_id, owner_id=owner_id)
    envelope = make_envelope(fund)
    row = make_round(fund)
    project = make_lived(row, "admissible", contract_id=contract.id)
    voted = import_round(staff, fund.slug, VOTE.replace("voisins", contract.slug).encode())
    of_fund: dict[str, object] = {"slug": fund.slug, "envelope_id": envelope.id, "round_slug": row.slug}
    of_vote: dict[str, object] = {"slug": fund.slug, "round_slug": voted, "rule": "plus-de-voix"}
    of_project: dict[str, object] = {**of_fund, "number": project.number, "size": "petite", "file_id": 1}
    return {
        **{f"funds.{name}": of_fund for name in ("show", "round", "csv", "json")},
        **{f"funds.{name}": of_vote for name in ("count", "counts", "ballots", "kit")},
        **{f"funds.{name}": of_project for name in ("project", "photo", "review_photo")},
        **{f"funds_desk.{name}": of_fund for name in FUNDS_DESK},
    }


def make_juries(
    administrator: SignedIn, contract: Contract, body_id: int, resident: SignedIn
) -> dict[str, dict[str, object]]:
    """A fund that asks a body, and its commission, in which a resident sits: two meetings, one of which is told of."""
    fund = funds.make_fund(contract)
    with transaction() as session:
        session.execute(insert(fund_body).values(fund_id=fund.id, body_id=body_id, position=0))
    fund_round = funds.make_round(fund)
    asked = funds.make_project(fund_round, ProjectState.OPINION)
    project = funds.make_project(fund_round, ProjectState.IN_CHOICE)
    member = funds.make_member(fund, account_id=resident.actor_id)
    agenda = funds.make_meeting(project)
    told = funds.make_meeting(funds.make_project(fund_round, ProjectState.IN_CHOICE))
    close_meeting(administrator, told.meeting.id)
    publish_minutes(administrator, told.meeting.id)
    desk: dict[str, object] = {
        "fund_id": fund.id,
        "member_id": member.id,
        "meeting_id": agenda.meeting.id,
        "item_id": agenda.item.id,
        "direction": "monter",
    }
    minutes: dict[str, object] = {
        "slug": fund.slug,
        "round_slug": fund_round.slug,
        "meeting_id": told.meeting.id,
    }
    opinion: dict[str, object] = {"body_id": body_id, "project_id": asked.id}
    return {
        **{f"juries_desk.{name}": desk for name in JURIES},
        "juries_desk.minutes": {"meeting_id": told.meeting.id},
        **{f"fund_juries.{name}": minutes for name in ("minutes", "pdf")},
        **{f"opinions_desk.{name}": opinion for name in ("show", "give")},
    }


def make_moderation(place: BodyWithPeople) -> dict[str, dict[str, object]]:
    """Texts of a body and of the staff of its contract, an appeal, and an article of a charter: what routes name."""
    declare()
    contract_id, body_id = place.contract.id, place.body.id
    of_body = {"text_id": make_case(contract_id, body_id), "act": "publier"}
    of_staff = {"text_id": make_case(contract_id, None), "act": "publier", "contract_id": contract_id}
    principle: dict[str, object] = {"principle_id": make_principle(place)}
    charter = {"slug": place.body.slug, "year": 2026}
    make_principle(place, staff=True)
    own = ("find", "one", "decide", "photo", "queue", "publish_chosen")
    return {
        **{f"moderation_desk.{name}": of_body for name in own},
        **{f"moderation_desk.staff_{name}": of_staff for name in own if name != "find"},
        "reporting.show": {"text_id": make_case(contract_id, body_id, state="publie")},
        "appeals_desk.answer": {"appeal_id": make_appeal(place.body, "Ce n’est pas juste.")},
        "own_moderation.appeal": {"decision_id": 1},
        **{f"charter_desk.{name}": principle for name in ("change", "move", "retire")},
        **{
            f"charter_desk.{name}": {"contract_id": contract_id, "body_id": body_id}
            for name in ("edit", "add", "adopt", "publish")
        },
        **{f"charters.{name}": charter for name in ("of_body", "figures_of_body", "figures_of_staff")},
    }


def make_instructed(contract: Contract, commune: Commune, holder: Organisation) -> dict[str, object]:
    """A project to look at, with a photo of its review, in a fund of an organisation: what addresses name."""
    fund = funds.make_fund(contract, commune_id=commune.id, owner_id=holder.id)
    fund_round = funds.make_round(fund)
    project = funds.make_project(fund_round)
    photo = make_project_file(project, "photo")
    return {
        "round_id": fund_round.id,
        "project_id": project.id,
        "file_id": photo.file_id,
        "act": "corriger",
        "visibility": "masquer",
        "size": "petite",
        "year": 2026,
    }


def make_world() -> World:
    """A contract with one commune, one quartier, one body, one organisation, and what happens there."""
    administrator = make.make_account(role="administrator")
    contract = make.make_contract()
    commune = make.make_commune(contract)
    quartier = make.make_quartier(contract, communes=[commune])
    holder = make.make_organisation(contract)
    axis = make.make_axis(contract)
    body = make_body(contract, quartiers=[quartier], communes=[commune])
    indicator = make.make_indicator(contract)
    value = make.make_value(indicator, date(2026, 11, 2), 3)
    commitment = make.make_commitment(
        contract, quartiers=[quartier], holders=[holder], indicators=[indicator], state="a_verifier"
    )
    progress = make.make_progress(commitment)
    meeting = announce(administrator, body, date(2026, 12, 10))
    publication = publish(
        administrator,
        body.id,
        PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2)),
        client_key="un-avis-du-monde",
        zone=PARIS,
    )
    with transaction() as session:
        voice = make_voice(session, body)
        transmitted = make_voice(session, body)
        session.execute(
            update(Voice).where(Voice.id == transmitted).values(state="transmis", transmitted_to_id=holder.id)
        )
    ideas = make_ideas(administrator, contract.id, body.id)
    instructed = make_instructed(contract, commune, holder)
    for_ideas = make_consultation(contract, quartiers=[quartier], commune_id=commune.id, stage="draft")
    step_of_ideas = make_step(for_ideas, "ideas")
    funds_of_commune = make_funds(contract, administrator, commune.id, holder.id)
    moderation = make_moderation(BodyWithPeople(contract, quartier, body, holder, *[administrator] * 5))
    notice = make.make_notice(contract_id=contract.id, failed_at=clock.now(), last_error="451")
    seat = make_seat(administrator, body)
    draw = make_published(administrator, body)
    candidate = candidates_of(draw)[0].id
    batch, _codes = make_cards(administrator, quartier)
    on_paper = make_asked(contract=contract, quartiers=[quartier])
    enter_sheet(on_paper.staff, on_paper.row.id, typed(on_paper, 1))
    photo = add_evidence(on_paper.staff, on_paper.row.id, 1, Upload("pdf", {".pdf": b"%PDF-1.4 %%EOF"}, 14))
    workshop = note_workshop(
        administrator,
        NewWorkshop(on_paper.row.id, f"un-atelier-du-monde-{on_paper.row.id}", None, "Maison du projet", 9),
    )
    heard = HeardAnswer(on_paper.row.id, {}, "une-table-du-monde", "fr")
    enter_table(administrator, workshop, heard, number=1, people=9, sheet=None)
    empty = note_workshop(
        administrator,
        NewWorkshop(
            on_paper.row.id, f"un-atelier-vide-du-monde-{on_paper.row.id}", None, "Maison du projet", 9
        ),
    )
    group = enter_group(administrator, HeardAnswer(on_paper.row.id, {}, "un-groupe-du-monde", "fr"), 24).id
    read_aloud = NewRecording(
        on_paper.row.id, on_paper.questions["single"], "ar", f"une-voix-du-monde-{on_paper.row.id}"
    )
    recording = keep_recording(on_paper.staff, read_aloud, voice_file())
    consultation = make_consultation(contract, quartiers=[quartier], commune_id=commune.id, stage="draft")
    step = make_step(consultation)
    question = make_question(step)
    commenting = make_step(consultation, "comments")
    passage = make_passage(commenting)
    correctable = make_consultation(contract, quartiers=[quartier], commune_id=commune.id)
    correction, text = make_correction(correctable)
    word = _word()
    service = make_service(contract, quartier=quartier)
    # Of the body, so that its moderator makes it too; its answer is published.
    answered = make_consultation(contract, quartiers=[quartier], body_id=body.id, stage="counted")
    make_reply(answered, who=administrator)
    commented = make_subject(make_step(answered, "comments"), commitment)
    asked = make_consultation(contract, quartiers=[quartier])
    counted, asked_in_words = _counted(administrator, contract, quartier)

    def person(role: Role, kind: ScopeKind, scope_id: Any) -> SignedIn:
        return make.make_account(role=role.value, scope=Scope(kind, scope_id))

    people: dict[str, SignedIn | None] = {
        "visitor": None,
        "resident": make.make_account(role=None, password_hash="", organisation_name=""),
        "member": person(Role.MEMBER, ScopeKind.BODY, body.id),
        "moderator": person(Role.MODERATOR, ScopeKind.BODY, body.id),
        "relais": person(Role.RELAIS, ScopeKind.QUARTIER, quartier.id),
        "holder": person(Role.HOLDER, ScopeKind.ORGANISATION, holder.id),
        "translator": person(Role.TRANSLATOR, ScopeKind.LANGUAGE, "en"),
        "state": person(Role.STATE, ScopeKind.CONTRACT, contract.id),
        "commune": person(Role.STAFF, ScopeKind.COMMUNE, commune.id),
        "staff": person(Role.STAFF, ScopeKind.CONTRACT, contract.id),
        "local": person(Role.ADMINISTRATOR, ScopeKind.CONTRACT, contract.id),
        "elsewhere": person(Role.ADMINISTRATOR, ScopeKind.CONTRACT, make.make_contract().id),
        "administrator": administrator,
    }
    resident = people["resident"]
    assert resident is not None
    with transaction() as session:
        # Telling of it announced it; to be published it must be one that is still to be checked.
        session.execute(update(Commitment).values(state=TO_CHECK))
        session.add(
            ResidentQuartier(
                account_id=resident.actor_id,
                quartier_id=quartier.id,
                chosen_at=commitment.published_at or contract.imported_at,
                verified_at=None,
            )
        )
        draft = Draft(
            account_id=administrator.actor_id,
            form_kind="commitment.edit",
            owner_key=str(commitment.id),
            fields={"title": ["Un titre à finir"]},
            base="",
            version="v",
            saved_at=clock.now(),
        )
        session.add(draft)
        link = issue(session, administrator.actor_id, Purpose.PASSWORD)
    values: dict[str, object] = {
        "lang": "fr",
        "seat_id": seat,
        "draw_id": draw,
        "candidate_id": candidate,
        "number": 1,
        "contract": contract.slug,
        "code": commitment.code,
        "commitment_id": commitment.id,
        "progress_id": progress.id,
        "value_id": value.id,
        "axis_id": axis.id,
        "body_id": body.id,
        "meeting_id": meeting,
        "day": "2026-12-10",
        "rule": "plus-de-voix",
        "publication_id": publication,
        "voice_id": voice,
        "draft_id": draft.id,
        "notice_id": notice.id,
        "batch_id": batch,
        "account_id": resident.actor_id,
        "consultation_id": on_paper.row.id,
        "key": word,
        "help_id": service,
        "token": link.token,
        "ref": "r",
        "session_id": 1,
        "id": 1,
        "size": "original",
        "which": "equipe",
        "way": "email",
        "kind": "quartier",
        "reference": quartier.slug,
        "form_at": "json",
        "step_id": step.id,
        "question_id": question.id,
        "option_id": options_of(question)[0],
        "direction": "monter",
        "correction_id": correction,
        "text_id": text,
    }
    relais = people["relais"]
    assert relais is not None
    grant_id = db.session.execute(
        select(RoleGrant.id).where(RoleGrant.account_id == relais.actor_id)
    ).scalar_one()
    by_endpoint: dict[str, dict[str, object]] = {
        **funds_of_commune,
        **make_juries(administrator, contract, body.id, resident),
        **{
            f"role_desk.{name}": {"account_id": relais.actor_id}
            for name in ("show", "give", "close", "unlink")
        },
        "role_desk.end": {"account_id": relais.actor_id, "grant_id": grant_id},
        **{
            f"consultation_paper.{name}": {
                "slug": on_paper.row.slug,
                "batch_id": batches_of(on_paper.row.id)[0].id,
                "evidence_id": photo,
            }
            for name in PAPER
        },
        **{
            f"consultations_desk.{name}": {"slug": consultation.slug, "consultation_id": consultation.id}
            for name in _OF_A_CONSULTATION
        },
        **{f"consultations_desk.{name}": {"slug": correctable.slug} for name in _OF_A_PUBLIC_ONE},
        **{
            f"consultation_voices.{name}": {
                "slug": on_paper.row.slug,
                "question_id": on_paper.questions["single"],
                "recording_id": recording,
                "language": "ar",
            }
            for name in ("index", "add", "replace", "remove")
        },
        "consultation_voice_files.play": {"key": address_of(recording).rpartition("/")[2]},
        **fund_arguments(contract),
        "pages.body": {"slug": body.slug},
        "voices.speak": {"slug": body.slug},
        **{f"votes.{name}": {"slug": "a-vote"} for name in ("show", "count", "counts", "file", "kit")},
        **{
            f"ideas.{name}": ideas
            for name in (
                "show",
                "one",
                "photo",
                "group",
                "csv",
                "json",
                "propose",
                "back",
                "back_no_more",
                "point",
            )
        },
        **{f"ideas_relais.{name}": ideas for name in ("consent", "write", "paper")},
        **{
            f"ideas_desk.{name}": ideas
            for name in (
                "show",
                "box",
                "settings",
                "publish",
                "withdraw",
                "place",
                "new_group",
                "group",
                "merge",
                "split",
                "answer",
                "objection",
            )
        },
        **{f"idea_choices_desk.{name}": ideas for name in ("choice", "renew", "tree")},
        **deposit_arguments(contract),
        **{
            f"projects_desk.{name}": instructed
            for name in (
                "projects",
                "export",
                "take_file",
                "one",
                "act",
                "photo",
                "file",
                "hide_photo",
                "show_or_hide",
            )
        },
        "projects_desk.press_act": {**instructed, "act": "recevable"},
        **{f"fund_subsidies.{name}": instructed for name in ("csv", "json")},
        "consultation_ideas_desk.settings": {"slug": for_ideas.slug, "step_id": step_of_ideas.id},
        **moderation,
        "consultation_comments.thing": {"slug": answered.slug, "thing_id": commented.id},
        **{
            f"consultation_comments.{name}": {"slug": answered.slug}
            for name in ("index", "insiders", "csv", "json")
        },
        **{
            f"consultation_comments_desk.{name}": {
                "slug": consultation.slug,
                "step_id": commenting.id,
                "thing_id": passage.id,
                "direction": "monter",
            }
            for name in ("settings", "add", "document", "passage", "move", "join", "remove", "embargo")
        },
        **{f"consultation_sentences.{name}": {"slug": answered.slug} for name in ("add", "reword")},
        "consultation_statements_desk.settings": {"slug": consultation.slug, "step_id": step.id},
        "transmitted_desk.reply": {"voice_id": transmitted},
        "voices.index": {"slug": body.slug},
        "draws.show": {"slug": body.slug},
        "draws.list_text": {"slug": body.slug},
        "draws.older_list": {"slug": body.slug},
        "draws.whole": {"slug": body.slug},
        "bodies.body_calendar": {"slug": body.slug},
        "bodies.event_calendar": {"slug": body.slug},
        "bodies.dates": {"slug": body.slug},
        "bodies.meeting": {"slug": body.slug},
        "bodies.publications": {"slug": body.slug},
        "bodies.publication": {"slug": body.slug},
        "pages.organisation": {"slug": holder.slug},
        "pages.quartier": {"slug": quartier.slug},
        "consultations.show": {"slug": answered.slug},
        "restitution.show": {"slug": answered.slug},
        "restitution.heard": {"slug": answered.slug},
        **{
            f"consultation_restitution_desk.{name}": {"slug": answered.slug, "consultation_id": answered.id}
            for name in ("edit", "preview", "publish")
        },
        "pages.quartier_dates": {"slug": quartier.slug},
        "pages.quartier_news": {"slug": quartier.slug},
        "bodies.quartier_calendar": {"slug": quartier.slug},
        "consultation_answer.answer": {"slug": asked.slug},
        "consultation_identity.start": {"slug": asked.slug},
        **{
            f"consultation_in_person.{name}": {"slug": on_paper.row.slug, "workshop_id": workshop}
            for name in (
                "show",
                "group",
                "new_workshop",
                "workshop",
                "table",
                "remove_table",
                "table_sheet",
                "correct_workshop",
            )
        },
        "consultation_in_person.remove_workshop": {"slug": on_paper.row.slug, "workshop_id": empty},
        **{
            f"consultation_in_person.{name}": {"slug": on_paper.row.slug, "answer_id": group}
            for name in ("street_answers", "correct", "remove")
        },
        **{f"consultation_street.{name}": {"slug": on_paper.row.slug} for name in ("consent", "write")},
        "own_consultation_answers.one": {"slug": asked.slug},
        "own_consultation_answers.take_away": {"slug": asked.slug},
        "own_consultation_answers.take_text_back": {"slug": asked.slug, "verbatim_id": 1},
        **{
            f"consultation_results.{name}": {"slug": counted}
            for name in ("show", "csv", "json", "schema", "rows")
        },
        **{
            f"consultation_results_desk.{name}": {"slug": counted, "question_id": asked_in_words}
            for name in (
                "show",
                "choose",
                "publish",
                "export",
                "texts",
                "code",
                "new_option",
                "correct",
                "late",
            )
        },
    }
    return World(people, values, by_endpoint)


def _counted(administrator: SignedIn, contract: Contract, quartier: Quartier) -> tuple[str, int]:
    """A consultation whose results and rows are published, and its question that is answered in words."""
    row = make_consultation(contract, quartiers=[quartier], stage="closed", open_rows=True)
    step = make_step(row)
    question, words = make_question(step), make_question(step, kind="long")
    make_answers(row, 30, choices={options_of(question)[0]: None}, words={words.id: "Des bancs"})
    publish_results(administrator, row.id)
    return row.slug, words.id


def _word() -> str:
    """The first word of the glossary: all of them take a second."""
    row = json.loads(FILE.read_text(encoding="utf-8"))[0]
    with NamedTemporaryFile("w", encoding="utf-8") as file:
        json.dump([row], file)
        file.flush()
        load(Path(file.name))
    return str(row["key"])
