"""For each kind of moderated text: one that everybody may read, in every place in which it can stand."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any, Final

from PIL import Image
from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import Commitment
from cdv_civic.consultations.answering.operations import answering
from cdv_civic.consultations.choices.operations import make_tree
from cdv_civic.consultations.kinds.comments.models import CommentedThing
from cdv_civic.consultations.kinds.comments.operations import NewComment, comment, take_comment_back
from cdv_civic.consultations.kinds.comments.preparing import CommentSettings, end_embargo, set_step
from cdv_civic.consultations.kinds.statements.operations import NewSentence, add_sentence
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationQuestion,
    ConsultationStep,
    ConsultationWords,
)
from cdv_civic.consultations.paper.operations.printing import reserve_batch
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.consultations.verbatims.operations import choose, take_back_by_receipt
from cdv_civic.consultations.words_models import ConsultationSentence, ConsultationVerbatim
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import translate
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.grouping import place_ideas
from cdv_civic.ideas.operations.keeping import take_back_idea, take_back_point
from cdv_civic.ideas.operations.objecting import object_to_group
from cdv_civic.ideas.operations.pointing import NewIdeaPoint, make_point
from cdv_civic.ideas.operations.putting import NewIdea, put
from cdv_civic.ideas.operations.supporting import Supporter, support
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from cdv_civic.notices.follows.operations import follow
from cdv_civic.participation.operations import link
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind
from cdv_civic.participation.rules.receipts import read_receipt, written
from cdv_civic.territory.models import Body, Contract
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.answering import answer
from cdv_civic.voices.operations.keeping import take_away
from cdv_civic.voices.operations.publishing import publish
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.consultations import factories as asking
from tests.consultations.kinds.comments.commented import make_passage, make_subject
from tests.consultations.recordings.voices import address_of, record
from tests.ideas.boxes import make_a_box
from tests.ideas.choices import count as count_choice
from tests.ideas.choices import grouped
from tests.ideas.choices import published as published_choice
from tests.moderation.hidden.outputs import ASKED_FOR, followed
from tests.permissions.world import World, make_world
from tests.voices.voices import BodyWithPeople, a_voice

#: Words that stand nowhere else: of what is hidden, of what stays where a part is, of a title.
MARK: Final = "crapaudine"
KEPT: Final = "hippocampe"
TITLE: Final = "ornithorynque"
#: Of what is commented, while it is under embargo.
PASSAGE: Final = "tamanoir"
WORDS: Final = f"Un {KEPT} nage ici. Une {ASKED_FOR} et une {MARK} aussi."
#: What stays of these words where a part is hidden.
PART: Final = f"Un {KEPT} nage ici. […]"
#: The same of a title.
TITLE_PART: Final = "Des bancs […]"


@dataclass
class Marked:
    """A text that everybody reads, and the people around it."""

    world: World
    case_id: int
    #: Who moderates it.
    moderator: SignedIn
    #: Its author’s.
    receipt: str
    #: The outputs for everybody in which it stands: neither more nor fewer.
    shown_in: frozenset[str]
    #: Receipts of others who had to do with it.
    others: dict[str, str] = field(default_factory=dict)
    #: Erases the words, as their author wishes; None: nobody can, what is left is the sentence without its author.
    erase: Callable[[], object] | None = None
    #: The columns in which the words stay then: of an answer that stays counted.
    stays_in: frozenset[str] = frozenset()
    #: What stands in the title, where it has one.
    title: str = ""
    #: Where a voice reads it aloud.
    heard_at: str = ""
    #: Whether it is printed for residents.
    printed: bool = False

    @property
    def words_gone(self) -> tuple[str, ...]:
        """What no output holds once the text is hidden."""
        return (MARK, KEPT, *([self.title] if self.title else []))

    def decide(self, act: ModerationAct, part: str | None = None, **parts: Any) -> None:
        """A decision, by the one door that there is; `parts` as `decide` takes them."""
        db.session.rollback()
        case = db.session.get_one(ModeratedText, self.case_id, populate_existing=True)
        restricts = act in (ModerationAct.HIDE, ModerationAct.HIDE_PART)
        reasons = Reasons(law=LegalGround.PRIVACY, facts="Un nom.") if restricts else Reasons()
        decide(self.moderator, self.case_id, act, reasons, version=case.version, part=part, **parts)
        db.session.rollback()


def _around(world: World, case_id: int) -> None:
    """Let the addresses of moderation and of reports name a case."""
    for endpoint in list(world.by_endpoint):
        if endpoint.startswith("moderation_desk."):
            world.by_endpoint[endpoint] = {**world.by_endpoint[endpoint], "text_id": case_id}
    world.by_endpoint["reporting.show"] = {"text_id": case_id}


def _somebody(world: World, name: str) -> SignedIn:
    found = world.people[name]
    assert found is not None
    return found


def make_people() -> World:
    """A world with a neighbour who follows all that can be followed."""
    world = make_world()
    neighbour = make.make_account("voisine@example.org", role=None, password_hash="", organisation_name="")
    world.people["neighbour"] = neighbour
    for kind, reference in followed(world).items():
        follow(neighbour, kind, reference, "fr")
    db.session.rollback()
    return world


def _reported(world: World, case_id: int) -> str:
    """The receipt of a report about it, made by somebody else."""
    taken = report(
        NewReport(case_id, "noms", f"un-signalement-{case_id:08}", "On le reconnaît.", "voisin@example.org")
    )
    report(NewReport(case_id, "noms", f"un-autre-{case_id:08}", "Moi aussi."), world.people["neighbour"])
    return taken.receipt


def make_marked_voice() -> Marked:
    """A message to a body: published by its moderator, answered, linked with a consultation."""
    world = make_people()
    body = db.session.get_one(Body, world.values["body_id"])
    author, moderator = _somebody(world, "resident"), _somebody(world, "moderator")
    got = say(a_voice(body, WORDS, agrees_public=True, contact="autrice@example.org"), author)
    world.values["voice_id"] = got.voice_id
    answer(moderator, got.voice_id, {"fr": "Bientôt."}, answered_by="Le conseil", version=1)
    db.session.rollback()
    voice = db.session.get_one(Voice, got.voice_id)
    publish(moderator, voice.id, "", read_again=True, confirmed=True, version=voice.version)
    asked = int(str(world.values["consultation_id"]))
    with transaction() as session:
        link(
            session,
            moderator,
            Thing(ThingKind.CONSULTATION, asked),
            LinkKind.ANSWERS,
            Thing(ThingKind.VOICE, got.voice_id),
        )
    case_id = db.session.execute(select(Voice.case_id).where(Voice.id == got.voice_id)).scalar_one()
    assert case_id is not None
    _around(world, case_id)
    return Marked(
        world,
        case_id,
        moderator,
        got.receipt,
        frozenset({"pages.body", "voices.index", "reporting.show"}),
        others={"who reported it": _reported(world, case_id)},
        erase=lambda: take_away(read_receipt(got.receipt)),
    )


def _photo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#4f8a4b").save(out, "JPEG")
    out.seek(0)
    return out


def _idea(world: World, title: str, words: str, photo: bool = False) -> tuple[int, str]:
    box_id = _box(world)
    idea = NewIdea(
        box_id,
        title,
        words,
        "ecologie",
        f"une-idee-{title[:20]:_<12}",
        contact="autrice@example.org",
        photo=read_upload(_photo(), field="photo") if photo else None,
    )
    got = put(idea, world.people["resident"])
    return got.idea_id, got.receipt


def _box(world: World) -> int:
    slug = world.by_endpoint["ideas.show"]["slug"]
    return db.session.execute(select(IdeaBox.id).where(IdeaBox.slug == slug)).scalar_one()


def _name_idea(world: World, idea_id: int) -> None:
    for endpoint, own in world.by_endpoint.items():
        if endpoint.startswith(("ideas.", "ideas_desk.", "ideas_relais.", "idea_choices_desk.")):
            world.by_endpoint[endpoint] = {**own, "idea_id": idea_id}


#: The outputs of an idea in a group.
_IDEA_SHOWN: Final = frozenset(
    {
        "ideas.show",
        "ideas.show?q",
        "ideas.one",
        "ideas.group",
        "ideas.csv",
        "ideas.json",
        "reporting.show",
    }
)


def make_marked_idea() -> Marked:
    """An idea with a photo: in a group that its author objects to, answered, supported, with a point of somebody."""
    world = make_people()
    moderator, keeper = _somebody(world, "moderator"), _somebody(world, "administrator")
    idea_id, receipt = _idea(world, f"Des bancs {TITLE}", WORDS, photo=True)
    case_id = db.session.get_one(Idea, idea_id).case_id
    marked = Marked(world, case_id, moderator, receipt, frozenset(), title=TITLE)
    marked.decide(ModerationAct.PUBLISH)
    group_id = int(str(world.by_endpoint["ideas.group"]["group_id"]))
    place_ideas(keeper, _box(world), group_id, [idea_id])
    version = db.session.get_one(Idea, idea_id, populate_existing=True).version
    answer_idea(keeper, idea_id, {"fr": "Bientôt."}, answered_by="La ville", version=version)
    support(idea_id, Supporter(world.people["neighbour"]))
    object_to_group(read_receipt(receipt), "Pas ce groupe.")
    point = make_point(
        NewIdeaPoint(idea_id, "pour", "C’est utile à tous.", "un-point-sous-elle"), world.people["neighbour"]
    )
    _around(world, case_id)
    _name_idea(world, idea_id)
    marked.shown_in = _IDEA_SHOWN
    marked.others = {"who reported it": _reported(world, case_id), "who made a point": point.receipt}
    marked.erase = lambda: take_back_idea(read_receipt(receipt))
    return marked


def make_marked_idea_of_a_choice() -> Marked:
    """An idea in a group that residents chose among others, and of which a part of the contract was born."""
    world = make_people()
    keeper = _somebody(world, "administrator")
    body = db.session.get_one(Body, world.values["body_id"])
    contract = db.session.get_one(Contract, body.contract_id)
    organisation = make.make_organisation(contract)
    place = BodyWithPeople(contract, make.make_quartier(contract), body, organisation, *[keeper] * 5)
    box = make_a_box(place)
    follow(_somebody(world, "neighbour"), "idea_box", box.slug, "fr")
    for endpoint, own in world.by_endpoint.items():
        if endpoint.startswith(("ideas", "idea_choices_desk.")):
            world.by_endpoint[endpoint] = {**own, "slug": box.slug, "box_id": box.id}
    ready = grouped(box)
    idea_id, receipt = _idea(world, f"Des bancs {TITLE}", WORDS)
    place_ideas(keeper, box.id, ready.groups[0], [idea_id])
    row = count_choice(published_choice(ready), ready, 12, 8)
    make_tree(keeper, row.id, ready.groups)
    case_id = db.session.get_one(Idea, idea_id).case_id
    _around(world, case_id)
    _name_idea(world, idea_id)
    for endpoint in ("ideas.group", "ideas_desk.group", "ideas_desk.split", "ideas_desk.merge"):
        world.by_endpoint[endpoint]["group_id"] = ready.groups[0]
    _name_consultation(world, row, "consultations.", "consultation_results", "restitution.")
    return Marked(
        world,
        case_id,
        _somebody(world, "moderator"),
        receipt,
        _IDEA_SHOWN,
        others={"who reported it": _reported(world, case_id)},
        erase=lambda: take_back_idea(read_receipt(receipt)),
        title=TITLE,
    )


def make_marked_point() -> Marked:
    """A point for an idea of somebody else."""
    world = make_people()
    idea_id, _receipt = _idea(world, "Des bancs", "Devant l’école, à l’ombre.")
    point = make_point(NewIdeaPoint(idea_id, "pour", WORDS, "un-point-bien-dit"), world.people["resident"])
    case_id = db.session.get_one(IdeaPoint, point.point_id).case_id
    _around(world, case_id)
    _name_idea(world, idea_id)
    return Marked(
        world,
        case_id,
        _somebody(world, "moderator"),
        point.receipt,
        frozenset({"ideas.one", "reporting.show"}),
        others={"who reported it": _reported(world, case_id)},
        erase=lambda: take_back_point(read_receipt(point.receipt)),
    )


def _sentence(world: World, row: Consultation, step: ConsultationStep) -> tuple[Marked, ConsultationQuestion]:
    """A sentence that a resident added to a step, that a moderator published and a translator translated."""
    staff = _somebody(world, "local")
    receipt = add_sentence(
        NewSentence(row.id, step.id, WORDS, "fr", f"une-phrase-de-{row.id:08}", clock.now()),
        world.people["resident"],
    )
    db.session.rollback()
    sentence = db.session.execute(
        select(ConsultationSentence).where(ConsultationSentence.consultation_id == row.id)
    ).scalar_one()
    marked = Marked(world, sentence.case_id, staff, receipt, frozenset())
    marked.decide(ModerationAct.PUBLISH)
    question_id = db.session.get_one(ConsultationSentence, sentence.id, populate_existing=True).question_id
    question = db.session.get_one(ConsultationQuestion, question_id)
    with transaction() as session:
        for language in ("en", "ar"):
            translate(session, question.text_id, language, f"{language}: {WORDS}", author=staff)
    _around(world, sentence.case_id)
    marked.others = {"who reported it": _reported(world, sentence.case_id)}
    return marked, question


def _consultation(world: World, **values: Any) -> Consultation:
    """An open consultation of the contract."""
    contract_id = db.session.get_one(Body, world.values["body_id"]).contract_id
    contract = db.session.get_one(Contract, contract_id)
    return asking.make_consultation(contract, quartiers=[make.make_quartier(contract)], **values)


def _name_consultation(world: World, row: Consultation, *prefixes: str) -> None:
    for endpoint, own in world.by_endpoint.items():
        if endpoint.startswith(prefixes):
            world.by_endpoint[endpoint] = {**own, "slug": row.slug}


def _answered(row: Consultation, who: SignedIn | None, question: ConsultationQuestion) -> str:
    """The receipt of somebody who agreed with a sentence."""
    sent = answering.SentAnswer(
        consultation_id=row.id,
        version=db.session.get_one(Consultation, row.id, populate_existing=True).version,
        questions=definition_of(row.id, "fr").rules,
        proof=ProofAsked(row.proof or ""),
        answers={question.id: Given(number=1)},
        client_key=f"une-reponse-de-{row.id:08}",
        lang="fr",
        at=clock.now(),
        old_enough=True,
    )
    db.session.rollback()
    kept = answering.answer(sent, who)
    db.session.rollback()
    return written(kept.receipt or "")


def make_marked_statement() -> Marked:
    """A sentence of a consultation that is open: asked on the site and on paper, read aloud, answered."""
    world = make_people()
    row = _consultation(world, one_question_a_screen=False)
    step = asking.make_step(row, "statements", takes_sentences=True)
    asking.make_question(step, "Il faut plus de bancs.", "statement")
    marked, question = _sentence(world, row, step)
    _name_consultation(
        world,
        row,
        "consultations.",
        "consultation_answer.",
        "consultation_sentences.",
        "consultation_voices.",
        "own_consultation",
    )
    local = _somebody(world, "local")
    printed = reserve_batch(local, row.id, 20, ("fr",), f"une-impression-{row.id:08}")
    for name in ("printed_page", "pdf", "example"):
        world.by_endpoint[f"consultation_paper.{name}"] = {"slug": row.slug, "batch_id": printed}
    recording = record(local, question)
    world.by_endpoint["consultation_voice_files.play"] = {"key": address_of(recording).rpartition("/")[2]}
    marked.shown_in = frozenset({"consultation_answer.answer", "reporting.show", "receipt of who answered"})
    marked.heard_at, marked.printed = address_of(recording), True
    marked.others["who answered"] = _answered(row, world.people["neighbour"], question)
    return marked


def make_marked_result() -> Marked:
    """A sentence of a consultation whose results, rows and answer are published."""
    world = make_people()
    row = _consultation(world, open_rows=True)
    step = asking.make_step(row, "statements", takes_sentences=True, opinion_groups=True)
    bench = asking.make_question(step, "Il faut plus de bancs.", "statement")
    marked, question = _sentence(world, row, step)
    for side, other in product((1, 3), repeat=2):
        asking.make_answers(row, 25, numbers={bench.id: side, question.id: other})
    _end(row)
    _name_consultation(
        world, row, "consultations.", "consultation_results", "restitution.", "consultation_sentences."
    )
    marked.shown_in = frozenset(
        {
            "consultation_results.show",
            "consultation_results.csv",
            "consultation_results.json",
            "consultation_results.rows",
            "reporting.show",
        }
    )
    return marked


def _end(row: Consultation) -> None:
    """Let nothing come in any more, and publish the results."""
    with transaction() as session:
        held = session.get_one(Consultation, row.id)
        held.closes_at = held.paper_until = clock.now()
    publish_results(ACTOR, row.id)


#: The outputs of a thing on which somebody said something.
_COMMENTED: Final = frozenset(
    {
        "consultation_comments.thing",
        "consultation_comments.csv",
        "consultation_comments.json",
        "reporting.show",
    }
)
_OF_COMMENTS: Final = ("consultations.", "consultation_comments.", "consultation_results", "restitution.")


def _commented(
    world: World, row: Consultation, thing: CommentedThing, author: SignedIn, words: str = WORDS
) -> tuple[Marked, int]:
    """What somebody said of a thing: not published yet, and the number of its case."""
    new = NewComment(thing.id, words, "fr", f"un-commentaire-{thing.id:08}", clock.now())
    receipt = comment(new, author).receipt
    db.session.rollback()
    case_id = db.session.execute(select(ModeratedText.id).where(ModeratedText.kind == "comment")).scalar_one()
    _name_consultation(world, row, *_OF_COMMENTS)
    world.by_endpoint["consultation_comments.thing"]["thing_id"] = thing.id
    _around(world, case_id)
    marked = Marked(world, case_id, _somebody(world, "local"), receipt, _COMMENTED)
    marked.erase = lambda: take_comment_back(read_receipt(receipt))
    return marked, case_id


def make_marked_comment() -> Marked:
    """A comment on a commitment, of a consultation that is open."""
    world = make_people()
    row = _consultation(world)
    commitment = db.session.get_one(Commitment, world.values["commitment_id"])
    thing = make_subject(asking.make_step(row, "comments"), commitment)
    marked, case_id = _commented(world, row, thing, _somebody(world, "resident"))
    marked.decide(ModerationAct.PUBLISH)
    marked.others = {"who reported it": _reported(world, case_id)}
    return marked


def _under_embargo(world: World) -> tuple[Consultation, ConsultationStep, CommentedThing]:
    """A passage of a document that is under embargo until tomorrow, of a body whose member comments it already."""
    body_id = int(str(world.values["body_id"]))
    row = _consultation(world, body_id=body_id, published_at=None)
    step = asking.make_step(row, "comments", "Le projet")
    settings = CommentSettings({"fr": f"Le règlement {TITLE}"}, embargo_until=clock.now() + timedelta(days=1))
    set_step(ACTOR, row.id, step.id, settings)
    passage = make_passage(step, f"Le parc a un {PASSAGE} et une {ASKED_FOR}.")
    with transaction() as session:
        session.get_one(Consultation, row.id).published_at = clock.now()
    return row, step, passage


def make_comment_under_embargo() -> tuple[Marked, Callable[[], None]]:
    """A comment of a member on a passage under embargo, published for those who read it; and what ends the embargo."""
    world = make_people()
    row, step, passage = _under_embargo(world)
    marked, _case_id = _commented(world, row, passage, _somebody(world, "member"))
    marked.moderator = _somebody(world, "moderator")
    printed = reserve_batch(_somebody(world, "local"), row.id, 20, ("fr",), f"une-impression-{row.id:08}")
    for name in ("printed_page", "pdf", "example"):
        world.by_endpoint[f"consultation_paper.{name}"] = {"slug": row.slug, "batch_id": printed}
    marked.decide(ModerationAct.PUBLISH)
    return marked, lambda: end_embargo(ACTOR, row.id, step.id)


def make_marked_comment_on_a_passage() -> Marked:
    """A comment on a passage of a document whose embargo is over, of a consultation whose results are published."""
    world = make_people()
    row, step, passage = _under_embargo(world)
    end_embargo(ACTOR, row.id, step.id)
    marked, case_id = _commented(world, row, passage, _somebody(world, "resident"))
    marked.moderator = _somebody(world, "moderator")
    marked.decide(ModerationAct.PUBLISH)
    _end(row)
    marked.shown_in = _COMMENTED | {"consultation_results.show"}
    marked.others = {"who reported it": _reported(world, case_id)}
    return marked


def make_marked_verbatim() -> Marked:
    """A text of an answer, chosen among those of a question that said so, in results whose rows are published too."""
    world = make_people()
    row = _consultation(world, stage="closed", open_rows=True)
    step = asking.make_step(row)
    question = asking.make_question(step, "Que manque-t-il ?", "long", may_publish=True)
    asking.make_answers(row, 30, words={question.id: "Des arbres."})
    code = receipt_for("00112233445566778899aabbccddeeff")
    answer = asking.make_answer(
        row,
        words={question.id: WORDS},
        receipt_hash=receipt_hash(code),
        account_id=_somebody(world, "resident").actor_id,
    )
    publish_results(ACTOR, row.id)
    words_id = db.session.execute(
        select(ConsultationWords.id).where(ConsultationWords.answer_id == answer.id)
    ).scalar_one()
    db.session.rollback()
    choose(_somebody(world, "administrator"), row.id, [words_id])
    db.session.rollback()
    chosen = db.session.execute(select(ConsultationVerbatim)).scalar_one()
    case_id, verbatim_id = chosen.case_id, chosen.id
    _name_consultation(world, row, *_OF_COMMENTS, "own_consultation")
    for name in ("texts", "code", "choose"):
        world.by_endpoint[f"consultation_results_desk.{name}"]["question_id"] = question.id
    world.by_endpoint["own_consultation_answers.take_text_back"]["verbatim_id"] = verbatim_id
    _around(world, case_id)
    marked = Marked(
        world,
        case_id,
        _somebody(world, "local"),
        written(code),
        frozenset(
            {
                "consultation_results.show",
                "consultation_results.csv",
                "consultation_results.json",
                "reporting.show",
            }
        ),
        # The answer stays counted, as it was given.
        stays_in=frozenset({"consultation_words.words"}),
    )
    marked.decide(ModerationAct.PUBLISH)
    marked.others = {"who reported it": _reported(world, case_id)}
    marked.erase = lambda: take_back_by_receipt(code, verbatim_id)
    return marked
