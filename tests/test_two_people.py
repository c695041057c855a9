"""Two people at once, in every form that carries a version: nobody's words are overwritten unseen, none are lost."""

import html
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cdv_civic.bodies.rules import monthly
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings, set_step
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.draws.queries import candidates_of
from cdv_civic.fund.models.choosing import JuryMeeting
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.seats.models import Seat
from cdv_civic.territory.models import Body, Contract
from cdv_civic.voices.operations.answering import close
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import announce
from tests.consultations.desk.preparing import ready
from tests.consultations.factories import make_consultation, make_step
from tests.consultations.kinds.comments.commented import make_passage
from tests.draws.draws import make_draw, make_seat
from tests.fund import funds
from tests.page_forms import PageForm
from tests.permissions.world import World, make_world
from tests.signing_in import open_browser
from tests.voices.voices import a_voice

#: Who opens a form: the first of them who may.
_WHO: Final = ("administrator", "moderator", "holder")
#: Their form carries a version too, of nothing: what they make is new.
_NEW: Final = frozenset(
    {
        "bodies_desk.announce",
        "bodies_desk.publish",
        "consultations_desk.add_question",
        "consultations_desk.add_step",
        "consultations_desk.from_contract",
        "consultations_desk.options",
        "draws_desk.prepare",
        "juries_desk.add_member",
        "juries_desk.new_meeting",
        "language_help_desk.add",
        "seats_desk.add",
    }
)


@dataclass(frozen=True)
class Case:
    """What somebody types in a form, what somebody else stored meanwhile, and the texts that the page shows then.

    `by`: the endpoint of the form of the other one, where it is not the same.
    """

    mine: dict[str, str]
    theirs: dict[str, str]
    shown: tuple[str, ...]
    by: str = ""
    #: A name in `World.by_endpoint` of what the other one changes, where it is not quite the same thing.
    of: str = ""
    #: What the other one did is done once: somebody has read it. It is shown, and nothing can be sent any more.
    once: bool = False


_MOVED: Final = {"start": "17:00", "reason_fr": "Leur raison"}
_SOMEBODY_ELSE: Final = "somebody else of the same list"
#: Of several texts of a form, whose names hold their numbers.
_FIRST_TEXT: Final = "the first text"
#: The last question of a sheet of paper, whatever its id is.
_LAST_ANSWER: Final = "the last answer"
_WHY: Final = {"reason": "Une raison assez longue."}
#: A text that one moderator hides while another one publishes it.
_PUBLISHED_MEANWHILE: Final = "a text that is published meanwhile"
_HIDING: Final = {"ground": "loi-injure"}
#: In the order in which they are tried: each leaves what the next one needs.
CASES: Final = {
    "bodies_desk.edit": Case(
        {"contact_fr": "Mes mots"}, {"contact_fr": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "bodies_desk.attendance": Case({"present": "1217"}, {"present": "3418"}, ("1217", "3418")),
    "bodies_desk.change": Case(
        {"sentence_fr": "Mes mots"}, {"place": "Leur salle"}, ("Mes mots", "Leur salle")
    ),
    "bodies_desk.move_occurrence": Case(
        {"place": "Ma salle", "reason_fr": "Ma raison"},
        {"place": "La leur", **_MOVED},
        ("Ma salle", "Ma raison", "La leur", "Leur raison"),
    ),
    "bodies_desk.restore_occurrence": Case({}, _MOVED, ("Leur raison",), "bodies_desk.move_occurrence"),
    "bodies_desk.cancel_occurrence": Case(
        {"reason_fr": "Ma raison"}, _MOVED, ("Ma raison", "Leur raison"), "bodies_desk.move_occurrence"
    ),
    "bodies_desk.cancel": Case(
        {"reason_fr": "Ma raison"},
        {"title_fr": "Leur titre"},
        ("Ma raison", "Leur titre"),
        "bodies_desk.change",
    ),
    "bodies_desk.change_publication": Case(
        {"summary_fr": "Mes mots"}, {"summary_fr": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "bodies_desk.withdraw_publication": Case(
        {"reason_fr": "Ma raison"},
        {"title_fr": "Leur titre"},
        ("Ma raison", "Leur titre"),
        "bodies_desk.change_publication",
    ),
    "commitments_desk.edit": Case(
        {"title": "Mon titre", **_WHY}, {"title": "Leur titre", **_WHY}, ("Mon titre", "Leur titre")
    ),
    "commitments_desk.links": Case(
        _WHY, {"title": "Un autre titre", **_WHY}, ("Un autre titre",), "commitments_desk.edit"
    ),
    "commitments_desk.origin": Case(
        {"how": "habitants", "note_fr": "Mes mots"},
        {"how": "en_partie", "note_fr": "Leurs mots"},
        ("Mes mots", "Leurs mots"),
    ),
    "commitments_desk.translations": Case(
        {_FIRST_TEXT: "My words"}, {_FIRST_TEXT: "Their words"}, ("My words", "Their words")
    ),
    "consultation_restitution_desk.edit": Case(
        {"said_fr": "Mes mots"}, {"said_fr": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "consultation_in_person.correct": Case(
        {_LAST_ANSWER: "Mes mots", "people": "31"},
        {_LAST_ANSWER: "Leurs mots", "people": "27"},
        ("Mes mots", "Leurs mots", "31", "27"),
    ),
    "consultation_in_person.correct_workshop": Case(
        {"place": "Ma salle"}, {"place": "Leur salle"}, ("Ma salle", "Leur salle")
    ),
    "consultation_in_person.remove": Case({}, {"people": "26"}, (), "consultation_in_person.correct"),
    "consultation_in_person.remove_workshop": Case(
        {}, {"place": "Une autre salle"}, ("Une autre salle",), "consultation_in_person.correct_workshop"
    ),
    "consultation_paper.sheet": Case(
        {_LAST_ANSWER: "Mes mots"}, {_LAST_ANSWER: "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "consultations_desk.settings": Case(
        {"title_fr": "Mon titre"}, {"title_fr": "Leur titre"}, ("Mon titre", "Leur titre")
    ),
    "consultations_desk.quartiers": Case(
        {}, {"title_fr": "Un autre titre"}, ("Un autre titre",), "consultations_desk.settings"
    ),
    "consultations_desk.publics": Case(
        {"name_1_fr": "Mon public", "channel_1": "rue"},
        {"name_1_fr": "Leur public", "channel_1": "rue"},
        ("Mon public", "Leur public"),
    ),
    "consultations_desk.counting": Case(
        {"entered_twice": "y"},
        {"title_fr": "Encore un titre"},
        ("Encore un titre",),
        "consultations_desk.settings",
    ),
    "consultations_desk.change_step": Case(
        {"title_fr": "Mon étape"}, {"title_fr": "Leur étape"}, ("Mon étape", "Leur étape")
    ),
    "consultations_desk.change_question": Case(
        {"text_fr": "Ma question"}, {"text_fr": "Leur question"}, ("Ma question", "Leur question")
    ),
    "consultations_desk.change_option": Case(
        {"text_fr": "Mon choix"}, {"text_fr": "Leur choix"}, ("Mon choix", "Leur choix")
    ),
    "consultation_comments_desk.settings": Case(
        {"title_fr": "Mon document", "embargo_day": "2027-01-08"},
        {"title_fr": "Leur document", "embargo_day": "2027-01-09"},
        ("Mon document", "Leur document", "8 janvier 2027", "9 janvier 2027"),
    ),
    "consultation_comments_desk.document": Case(
        {"text": "Mon article du règlement."},
        {"text": "Leur article du règlement."},
        ("Mon article du règlement.", "Leur article du règlement."),
    ),
    "consultation_comments_desk.passage": Case(
        {"text_fr": "Mon passage"}, {"text_fr": "Leur passage"}, ("Mon passage", "Leur passage")
    ),
    "consultation_comments_desk.remove": Case(
        {}, {"text_fr": "Un autre passage"}, ("Un autre passage",), "consultation_comments_desk.passage"
    ),
    "consultation_comments_desk.embargo": Case(
        {},
        {"title_fr": "Un autre document", "embargo_day": "2027-01-10"},
        ("Un autre document", "10 janvier"),
        "consultation_comments_desk.settings",
        of="consultation_comments_desk.embargo",
    ),
    "consultation_statements_desk.settings": Case(
        {"sentences": "Ma phrase sur le parc."},
        {"sentences": "Leur phrase sur le parc."},
        ("Ma phrase sur le parc.", "Leur phrase sur le parc."),
    ),
    "consultations_desk.delete_option": Case(
        {}, {"title_fr": "Titre quatre"}, ("Titre quatre",), "consultations_desk.settings"
    ),
    "consultations_desk.delete_question": Case(
        {}, {"title_fr": "Titre cinq"}, ("Titre cinq",), "consultations_desk.settings"
    ),
    "consultations_desk.delete_step": Case(
        {}, {"title_fr": "Titre six"}, ("Titre six",), "consultations_desk.settings"
    ),
    "consultations_desk.discard": Case(
        {}, {"title_fr": "Titre sept"}, ("Titre sept",), "consultations_desk.settings"
    ),
    "consultations_desk.publish": Case(
        {}, {"title_fr": "Titre huit"}, ("Titre huit",), "consultations_desk.settings"
    ),
    "consultations_desk.prolong": Case(
        {"reason_fr": "Ma raison", "closes_day": "2027-03-01", "paper_day": "", "due_day": "2027-06-01"},
        {"entered_twice": "y"},
        ("Ma raison",),
        "consultations_desk.counting",
    ),
    "consultations_desk.take_back": Case({}, {"entered_twice": "y"}, (), "consultations_desk.counting"),
    "consultations_desk.withdraw": Case(
        {"reason_fr": "Ma raison"}, {"open_rows": "y"}, ("Ma raison",), "consultations_desk.counting"
    ),
    "draws_desk.change": Case({"title": "Mon titre"}, {"title": "Leur titre"}, ("Mon titre", "Leur titre")),
    "draws_desk.publish": Case(
        {"seed_rule": "Ma règle", "seed_day": "2026-12-05"},
        {"title": "Encore un titre"},
        ("Ma règle", "Encore un titre"),
        "draws_desk.change",
    ),
    "draws_desk.withdraw": Case(
        {"seed_rule": "Ma règle"}, {"seed_rule": "Leur règle"}, ("Ma règle", "Leur règle"), of=_SOMEBODY_ELSE
    ),
    "seats_desk.change": Case(
        {"represents": "Mes mots"}, {"last_name": "Leur nom"}, ("Mes mots", "Leur nom")
    ),
    "seats_desk.account": Case(
        {"email": "a@example.org"}, {"first_name": "Zora"}, ("a@example.org", "Zora"), "seats_desk.change"
    ),
    "seats_desk.end": Case({"ending": "depart"}, {"first_name": "Lila"}, ("Lila",), "seats_desk.change"),
    "glossary.word": Case(
        {"explanation_en": "My words"}, {"explanation_en": "Their words"}, ("My words", "Their words")
    ),
    "charter_desk.add": Case({"text_fr": "Mon principe"}, {"text_fr": "Leur principe"}, ("Mon principe",)),
    "charter_desk.edit": Case({"read_within_hours": "24"}, {"read_within_hours": "48"}, ("24", "48")),
    "charter_desk.change": Case(
        {"text_fr": "Ma règle du jeu"},
        {"text_fr": "Leur règle du jeu"},
        ("Ma règle du jeu", "Leur règle du jeu"),
    ),
    "ideas_desk.settings": Case(
        {"title_fr": "Ma boîte"}, {"title_fr": "Leur boîte"}, ("Ma boîte", "Leur boîte")
    ),
    "consultation_ideas_desk.settings": Case(
        {"box": "nouvelle", "title_fr": "Ma boîte", "question_fr": "Quoi ?"},
        {"box": "nouvelle", "title_fr": "Leur boîte", "question_fr": "Quoi ?"},
        ("Ma boîte", "Leur boîte"),
    ),
    "ideas_desk.answer": Case(
        {"answer_fr": "Ma réponse"}, {"answer_fr": "Leur réponse"}, ("Ma réponse", "Leur réponse")
    ),
    "ideas_desk.group": Case(
        {"title_fr": "Mon groupe"}, {"title_fr": "Leur groupe"}, ("Mon groupe", "Leur groupe")
    ),
    "ideas_desk.objection": Case(
        {"answer_fr": "Ma réponse sur ce groupe"},
        {"answer_fr": "Leur réponse sur ce groupe"},
        ("Ma réponse sur ce groupe", "Leur réponse sur ce groupe"),
        once=True,
    ),
    "ideas_desk.merge": Case(
        {"into": "2"}, {"title_fr": "Groupe deux"}, ("Groupe deux",), "ideas_desk.group"
    ),
    "opinions_desk.give": Case(
        {"stance": "for", "reasons_fr": "Mes raisons"},
        {"stance": "against", "reasons_fr": "Leurs raisons"},
        ("Mes raisons", "Leurs raisons"),
    ),
    "juries_desk.change_member": Case(
        {"represents": "Mes mots"}, {"name": "Leur nom"}, ("Mes mots", "Leur nom")
    ),
    "juries_desk.change_meeting": Case(
        {"place": "Ma salle"}, {"place": "Leur salle"}, ("Ma salle", "Leur salle")
    ),
    "juries_desk.presences": Case({}, {}, ()),
    "juries_desk.decide": Case(
        {"reason_fr": "Mes mots"}, {"reason_fr": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "juries_desk.cancel_meeting": Case(
        {}, {"place": "Une autre salle"}, (), "juries_desk.change_meeting", of="juries_desk.cancel_meeting"
    ),
    "juries_desk.end_member": Case({}, {"name": "Zora"}, ("Zora",), "juries_desk.change_member"),
    "ideas_desk.withdraw": Case({}, {"title_fr": "Boîte trois"}, ("Boîte trois",), "ideas_desk.settings"),
    "funds_desk.settings": Case(
        {"part_of": "Mon programme"}, {"part_of": "Leur programme"}, ("Mon programme", "Leur programme")
    ),
    "funds_desk.rules": Case(
        {"own_purposes": "Mon sujet"}, {"own_purposes": "Leur sujet"}, ("Mon sujet", "Leur sujet")
    ),
    "funds_desk.envelope": Case({"amount": "12345"}, {"amount": "54321"}, ("12345", "54321")),
    "funds_desk.round_settings": Case(
        {"title_fr": "Mon appel"}, {"title_fr": "Leur appel"}, ("Mon appel", "Leur appel")
    ),
    "funds_desk.round_rules": Case(
        {"own_purposes": "Mon thème"}, {"own_purposes": "Leur thème"}, ("Mon thème", "Leur thème")
    ),
    "funds_desk.close_round": Case(
        {}, {"title_fr": "Appel de mai"}, ("Appel de mai",), "funds_desk.round_settings"
    ),
    "funds_desk.delete_envelope": Case({}, {"amount": "777"}, ("777",), "funds_desk.envelope"),
    "funds_desk.withdraw": Case({}, {"name_fr": "Fonds d’ici"}, ("Fonds d’ici",), "funds_desk.settings"),
    "reviews_desk.write": Case({"words": "Mes mots"}, {"words": "Leurs mots"}, ("Mes mots", "Leurs mots")),
    "reviews_desk.stop": Case(
        {"reason_fr": "Ma raison"}, {"words": "Leurs mots"}, ("Ma raison",), "reviews_desk.write"
    ),
    "projects_desk.act": Case(
        {"title": "Mon projet"}, {"title": "Leur projet"}, ("Mon projet", "Leur projet")
    ),
    "language_help_desk.change": Case(
        {"service": "Mon service"}, {"service": "Leur service"}, ("Mon service", "Leur service")
    ),
    "appeals_desk.answer": Case(
        {"outcome": "annulee", "answer_fr": "Ma réponse au recours"},
        {"outcome": "maintenue", "answer_fr": "Leur réponse au recours"},
        ("Ma réponse au recours", "Leur réponse au recours", "La décision ne change pas"),
        once=True,
    ),
    "moderation_desk.decide": Case(
        {"facts_fr": "Ce que j’ai vu", **_HIDING},
        {},
        ("Ce que j’ai vu", "Ce texte est public."),
        of=_PUBLISHED_MEANWHILE,
    ),
    "moderation_desk.staff_decide": Case(
        {"facts_fr": "Ce que j’ai vu", **_HIDING},
        {"facts_fr": "Ce que d’autres ont vu", **_HIDING},
        ("Ce que j’ai vu", "Ce que d’autres ont vu"),
        once=True,
    ),
    "transmitted_desk.reply": Case(
        {"reply": "Mes mots"}, {"reply": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "voices_desk.options": Case(
        {"readers_fr": "Mes mots"}, {"readers_fr": "Leurs mots"}, ("Mes mots", "Leurs mots")
    ),
    "voices_desk.correct": Case({"theme": "sante"}, {"holds_names": "y"}, ('<span dir="auto">oui</span>',)),
    "seats_desk.accept": Case(
        {}, {"first_name": "Aïcha"}, ("Aïcha",), "seats_desk.change", of="seats_desk.accept"
    ),
    "seats_desk.decline": Case({}, {"first_name": "Nadia"}, ("Nadia",), "seats_desk.change"),
    "voices_desk.publish": Case(
        {"words": "Mes mots", "read_again": "y"},
        {"words": "Leurs mots", "read_again": "y"},
        ("Mes mots", "Leurs mots"),
    ),
    "voices_desk.transmit": Case(
        {"organisation": "1", "sentence_fr": "Ma phrase"},
        {"organisation": "1", "sentence_fr": "Leur phrase"},
        ("Ma phrase", "Leur phrase"),
    ),
    "voices_desk.close": Case(
        {"reason_fr": "Ma raison"},
        {"organisation": "1", "sentence_fr": "Une autre phrase"},
        ("Ma raison", "Une autre phrase"),
        "voices_desk.transmit",
    ),
    "voices_desk.reopen": Case(
        {"sentence_fr": "Ma reprise"},
        {"theme": "emploi"},
        ("Ma reprise", "Rien ne suit."),
        "voices_desk.correct",
    ),
    "voices_desk.answer": Case(
        {"answer_fr": "Ma réponse"},
        {"organisation": "1", "sentence_fr": "Encore une phrase"},
        ("Ma réponse", "Encore une phrase"),
        "voices_desk.transmit",
    ),
}


def _filled(page: str, typed: dict[str, str]) -> dict[str, list[str]]:
    form = PageForm(page, "version")
    known = {
        _FIRST_TEXT: next((name for name, _value in form.sent if name.startswith("text_")), ""),
        _LAST_ANSWER: next((name for name, _value in reversed(form.sent) if name.startswith("q")), ""),
    }
    return form.filled({known.get(name, name): value for name, value in typed.items()})


class Desk:
    """Somebody at the desk of the world, who may open every form."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.clients: list[FlaskClient] = []
        for who in _WHO:
            person = world.people[who]
            assert person is not None
            self.clients.append(app.test_client())
            open_browser(self.clients[-1], person)

    def address(self, endpoint: str, of: str = "") -> str:
        """Where a form is; `of` is an endpoint that says of which thing."""
        names = next(self.app.url_map.iter_rules(endpoint)).arguments
        values = self.world.arguments(of or endpoint, names)
        return self.app.url_map.bind("localhost").build(endpoint, values)

    def open(self, endpoint: str, of: str = "") -> tuple[FlaskClient, str]:
        """The first who may open the page of a form, and the page; "" where nobody sees one."""
        for client in self.clients:
            answer = client.get(self.address(endpoint, of))
            db.session.rollback()
            if answer.status_code == 200:
                return client, answer.text
        return self.clients[0], ""


@pytest.fixture
def desk(app: Flask) -> Desk:
    world = make_world()
    administrator = world.people["administrator"]
    assert administrator is not None
    body = db.session.get_one(Body, world.values["body_id"])
    draft = make_draw(administrator, body)
    for endpoint in ("draws_desk.change", "draws_desk.publish"):
        world.by_endpoint[endpoint] = {"draw_id": draft}
    candidates = candidates_of(int(str(world.values["draw_id"])))
    world.by_endpoint[_SOMEBODY_ELSE] = {"candidate_id": candidates[-1].id}
    first = date(2026, 11, 5)
    meeting = announce(administrator, body, first, recurrence=monthly(first))
    for endpoint in (each for each in CASES if each.startswith("bodies_desk.")):
        world.by_endpoint[endpoint] = {"meeting_id": meeting, "day": "2026-12-03"}
    world.by_endpoint["bodies_desk.attendance"]["day"] = "2026-11-05"
    proposed = make_seat(administrator, body)
    world.by_endpoint["seats_desk.decline"] = {"seat_id": proposed}
    accepted = make_seat(administrator, body)
    world.by_endpoint["seats_desk.accept"] = {"seat_id": accepted}
    with transaction() as session:
        session.execute(update(Seat).where(Seat.id.in_((proposed, accepted))).values(pending=True))
    # Words that were ended: only they can be taken up again.
    ended = say(a_voice(body)).voice_id
    close(administrator, ended, {"fr": "Rien ne suit."}, answered_by="Conseil", version=1)
    world.by_endpoint["voices_desk.reopen"] = {"voice_id": ended}
    world.by_endpoint["voices_desk.answer"] = {"voice_id": say(a_voice(body)).voice_id}
    contract = db.session.get_one(Contract, body.contract_id)
    quartier = make.make_quartier(contract)
    world.by_endpoint["consultations_desk.publish"] = {
        "slug": ready(administrator, contract, [quartier]).slug
    }
    again = make_consultation(contract, quartiers=[quartier])
    world.by_endpoint["consultations_desk.take_back"] = {"slug": again.slug}
    for endpoint in ("moderation_desk.decide", "moderation_desk.staff_decide"):
        world.by_endpoint[endpoint] = {**world.by_endpoint[endpoint], "act": "masquer"}
    world.by_endpoint[_PUBLISHED_MEANWHILE] = {
        **world.by_endpoint["moderation_desk.decide"],
        "act": "publier",
    }
    # A document that few people read yet, and a step of sentences.
    asked = make_consultation(contract, quartiers=[quartier], stage="draft")
    document = make_step(asked, "comments")
    make_passage(document)
    until = clock.now() + timedelta(days=30)
    set_step(
        administrator, asked.id, document.id, CommentSettings({"fr": "Un document"}, embargo_until=until)
    )
    world.by_endpoint["consultation_comments_desk.embargo"] = {"slug": asked.slug, "step_id": document.id}
    sentences = make_step(asked, "statements")
    world.by_endpoint["consultation_statements_desk.settings"] = {
        "slug": asked.slug,
        "step_id": sentences.id,
    }
    # A meeting at which nothing is decided: it alone can be cancelled.
    meeting_row = db.session.get_one(
        JuryMeeting, int(str(world.by_endpoint["juries_desk.meeting"]["meeting_id"]))
    )
    waiting = funds.make_project(db.session.get_one(FundRound, meeting_row.round_id), ProjectState.IN_CHOICE)
    world.by_endpoint["juries_desk.cancel_meeting"] = {"meeting_id": funds.make_meeting(waiting).meeting.id}
    made = Desk(app, world)
    # A date that is moved: only then can it be restored.
    client, page = made.open("bodies_desk.move_occurrence")
    moved = _filled(page, {"reason_fr": "La salle est prise.", "start": "16:00"})
    assert client.post(made.address("bodies_desk.move_occurrence"), data=moved).status_code == 303
    return made


def forms_with_a_version(app: Flask, desk: Desk) -> set[str]:
    found = set()
    for rule in app.url_map.iter_rules():
        if {"GET", "POST"} <= (rule.methods or set()):
            _client, page = desk.open(rule.endpoint)
            if PageForm(page, "version").sent:
                found.add(rule.endpoint)
    return found - _NEW


def test_every_form_that_carries_a_version_shows_what_somebody_else_stored(app: Flask, desk: Desk) -> None:
    assert forms_with_a_version(app, desk) == set(CASES)
    wrong = []
    for endpoint, case in CASES.items():
        other = case.by or endpoint
        client, opened = desk.open(endpoint)
        second, page = desk.open(other, case.of or endpoint)
        faster = second.post(desk.address(other, case.of or endpoint), data=_filled(page, case.theirs))
        late = client.post(desk.address(endpoint), data=_filled(opened, case.mine))
        missing = [text for text in case.shown if text not in html.unescape(late.text)]
        again = client.post(desk.address(endpoint), data=_filled(late.text, {}))
        found = (faster.status_code, late.status_code, missing, again.status_code)
        if found != (303, 409, [], 409 if case.once else 303):
            wrong.append((endpoint, *found))
    assert wrong == []
