"""What is hidden is hidden everywhere: each kind of text is hidden once, and searched in all that the site says.

Pages, searches, feeds, calendars, tables and files of everybody; what the roles read who have no right on it; mails
that were written before and leave after; copies that browsers keep. Shown again it is found again, hidden again it is
gone again; where a part is hidden that part alone is gone; taken back by its author it is nowhere, in no table.
"""

import html
from collections.abc import Callable, Collection, Mapping
from typing import Final

import pytest
from flask import Flask, url_for
from sqlalchemy import delete, select

from cdv_civic.app import create_app
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import Translation
from cdv_civic.core.missing_translations import missing_texts
from cdv_civic.core.paging import Cursor
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES
from cdv_civic.ideas.models import IdeaPoint
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.operations.locking import action_on
from cdv_civic.moderation.reports.operations import NewReport, report
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from tests.mail_server import MailBox
from tests.moderation.cases import KIND as OF_TESTS
from tests.moderation.hidden import makers
from tests.moderation.hidden.makers import KEPT, MARK, PART, PASSAGE, TITLE, TITLE_PART, Marked
from tests.moderation.hidden.outputs import OURS, Reader, mails, saying, tables_saying, write_news

#: Each registered kind of text, and the sites in which one of it is public everywhere it can be.
MAKERS: Final[Mapping[str, tuple[Callable[[], Marked], ...]]] = {
    "voice": (makers.make_marked_voice,),
    "idea": (makers.make_marked_idea, makers.make_marked_idea_of_a_choice),
    "idea_point": (makers.make_marked_point,),
    "statement": (makers.make_marked_statement, makers.make_marked_result),
    "comment": (makers.make_marked_comment, makers.make_marked_comment_on_a_passage),
    "verbatim": (makers.make_marked_verbatim,),
}
#: Swept on both databases, and known in each language where their words stand: together they ask what the others ask.
IN_FULL: Final = (makers.make_marked_idea_of_a_choice, makers.make_marked_comment_on_a_passage)
SITES: Final = [
    pytest.param(
        maker,
        id=maker.__name__.removeprefix("make_marked_"),
        marks=[] if maker in IN_FULL else [pytest.mark.one_database],
    )
    for several in MAKERS.values()
    for maker in several
]


def test_every_kind_of_text_is_swept(app: Flask) -> None:
    assert moderated_kinds().keys() - {OF_TESTS} == MAKERS.keys(), (
        "write a maker of the new kind: a text that everybody reads in every place in which it can stand"
    )


#: Who reads pages that are not for everybody, one of each sort: who has the right to read what is hidden is left out.
READERS: Final = ("neighbour", "member", "relais", "holder", "translator", "staff")


def _without_right(app: Flask, marked: Marked) -> list[tuple[str, Reader]]:
    """Those of `READERS` who may not moderate the text: it is none of theirs once it is hidden."""
    case = db.session.get_one(ModeratedText, marked.case_id)
    asked = action_on(db.session(), case)
    people = ((name, marked.world.people[name]) for name in READERS)
    return [
        (name, Reader(app, marked.world, person))
        for name, person in people
        if person is not None and not may(person, *asked)
    ]


@pytest.mark.parametrize("maker", SITES)
def test_what_is_hidden_is_nowhere(app: Flask, mail: MailBox, maker: Callable[[], Marked]) -> None:
    marked = maker()
    everybody = Reader(app, marked.world)
    _hide(app, mail, marked, everybody, in_full=maker in IN_FULL)
    _hide_a_part(marked, everybody)
    if marked.erase is not None:
        _take_back(app, marked, everybody)


def _hide(app: Flask, mail: MailBox, marked: Marked, everybody: Reader, *, in_full: bool) -> None:
    """Hidden it is nowhere; shown again it is where it was; hidden again it is nowhere.

    Before, everything is read, so that it is known where the words stand: in French, and `in_full` in each language. Then
    everything in French, and in the others, and each time after, where they stood: elsewhere nothing said them while
    they were public.
    """
    world, gone, shown = marked.world, marked.words_gone, set(marked.shown_in)

    def found(*words: str, language: str = "fr", among: Collection[str] | None = None) -> set[str]:
        return saying(everybody.read(language, marked.others, among=among), *words)

    assert saying(everybody.read("fr", marked.others, keeping=gone), MARK) == shown
    for language in ("en", "ar"):
        assert (language, found(MARK, language=language, among=None if in_full else shown)) == (
            language,
            shown,
        )
    write_news()
    marked.decide(ModerationAct.HIDE)
    assert found(*gone) == set()
    for language in ("en", "ar"):
        assert (language, found(*gone, language=language, among=shown)) == (language, set())
    assert saying(everybody.copies_that_stand(), *gone) == set()
    sent = mails(mail)
    assert sent, "nothing was sent: nothing is tried"
    assert saying(sent, *gone) == set()
    for name, reader in _without_right(app, marked):
        assert (name, saying(reader.read(), *gone)) == (name, set())
    assert saying(Reader(app, world, marked.moderator).read(only="moderation_desk."), MARK)
    author = Reader(app, world, world.people["resident"])
    assert saying(author.read(only="my_space."), MARK) >= {"my_space.export"}
    assert "Un nom." in author.follow(marked.receipt), "the receipt says why"
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert found(MARK, among=shown) == shown
    marked.decide(ModerationAct.HIDE)
    assert found(*gone, among=shown) == set()
    marked.decide(ModerationAct.SHOW_AGAIN)


def _hide_a_part(marked: Marked, everybody: Reader) -> None:
    """That part alone is gone, in each language; and it stays so where the whole is hidden and shown again."""
    everybody.read("fr", marked.others, among=marked.shown_in, keeping=(MARK,))
    marked.decide(ModerationAct.HIDE_PART, part=PART, title=TITLE_PART if marked.title else None)
    gone = (MARK, marked.title) if marked.title else (MARK,)
    for language, among in (("fr", None), ("en", marked.shown_in), ("ar", marked.shown_in)):
        read = everybody.read(language, marked.others, among=among)
        assert (language, saying(read, *gone)) == (language, set())
        # Whoever searches for the hidden words finds nothing.
        assert saying(read, KEPT) == {name for name in marked.shown_in if not name.endswith("?q")}
    assert saying(everybody.copies_that_stand(), *gone) == set()
    for name, reader in _without_right(everybody.app, marked):
        assert (name, saying(reader.read(), *gone)) == (name, set())
    marked.decide(ModerationAct.HIDE)
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert saying(everybody.read("fr", marked.others, among=marked.shown_in), *gone) == set()


def _take_back(app: Flask, marked: Marked, everybody: Reader) -> None:
    """What its author takes back is in no table but that of the answer which stays: moderators read it no more."""
    assert marked.erase is not None
    assert tables_saying(*marked.words_gone) > marked.stays_in
    marked.erase()
    assert tables_saying(*marked.words_gone) == marked.stays_in
    assert saying(everybody.read("fr", marked.others), *marked.words_gone) == set()
    assert saying(everybody.copies_that_stand(), *marked.words_gone) == set()
    moderator = Reader(app, marked.world, marked.moderator)
    assert saying(moderator.read(only="moderation_desk."), *marked.words_gone) == set()


#: Who is outside of the body that asks, one of each sort: a resident, who follows everything, who works elsewhere.
OUTSIDE: Final = ("resident", "neighbour", "relais", "holder", "translator", "elsewhere")


def test_what_is_under_embargo_is_nowhere_for_people_outside(app: Flask, mail: MailBox) -> None:
    """Neither the document nor what members said of it, published among them; then it is where everybody reads."""
    marked, end_embargo = makers.make_comment_under_embargo()
    world, secret = marked.world, (MARK, KEPT, TITLE, PASSAGE)
    everybody, member = Reader(app, world), Reader(app, world, world.people["member"])
    inside = member.read(only="consultation_comments.")
    assert saying(inside, MARK) == {"consultation_comments.thing"}
    assert saying(inside, PASSAGE) == {"consultation_comments.thing", "consultation_comments.insiders"}
    # Where the passage stands for everybody, later.
    shown = marked.shown_in - {"reporting.show"} | {"consultation_comments.index"}
    for language, among in (("fr", None), ("en", shown), ("ar", shown)):
        assert (language, saying(everybody.read(language, among=among), *secret)) == (language, set())
    assert saying(Reader(app, world, world.people["local"]).read_prints(), *secret) == set()
    for name in OUTSIDE:
        assert (name, saying(Reader(app, world, world.people[name]).read(), *secret)) == (name, set())
    write_news()
    sent = mails(mail)
    assert sent, "nothing was sent: nothing is tried"
    assert saying(sent, *secret) == set()
    end_embargo()
    read = everybody.read()
    assert saying(read, MARK) == marked.shown_in
    assert saying(read, PASSAGE) == shown


def test_searches_count_no_idea_that_is_hidden(app: Flask) -> None:
    """A page repeats what was searched: that it counts what it found tells of the idea."""
    marked = makers.make_marked_idea()
    everybody = Reader(app, marked.world)
    pages = ("commitments.index?q", "ideas.index?q")

    def found() -> set[str]:
        return saying(everybody.read(among=pages), "1 idée")

    assert found() == set(pages)
    marked.decide(ModerationAct.HIDE)
    assert found() == set()
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert found() == set(pages)
    marked.decide(ModerationAct.HIDE_PART, part=PART)
    assert found() == set(), "the word that is searched stands in the hidden part"


def test_a_voice_that_reads_what_is_hidden_is_not_heard(app: Flask) -> None:
    marked = makers.make_marked_statement()
    browser = Reader(app, marked.world).browser
    heard = browser.get(marked.heard_at)
    assert heard.status_code == 200
    marked.decide(ModerationAct.HIDE)
    mark = {"If-None-Match": heard.headers["ETag"]}
    assert [browser.get(marked.heard_at, headers=each).status_code for each in ({}, mark)] == [404, 404]
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert browser.get(marked.heard_at).status_code == 200
    marked.decide(ModerationAct.HIDE_PART, part=PART)
    assert browser.get(marked.heard_at).status_code == 404, "it reads the hidden part aloud"


def test_sheets_that_are_printed_after_do_not_ask_what_is_hidden(app: Flask) -> None:
    marked = makers.make_marked_statement()
    staff = Reader(app, marked.world, marked.world.people["local"])
    sheets = {"consultation_paper.pdf", "consultation_paper.example"}
    assert saying(staff.read_prints(), MARK) == sheets
    assert "consultation_paper.printed_page" in saying(staff.read(only="consultation_paper."), MARK)
    marked.decide(ModerationAct.HIDE)
    assert saying(staff.read_prints(), MARK) == set()
    assert saying(staff.read(only="consultation_paper."), MARK) == set()


def test_nobody_is_asked_to_translate_what_is_hidden(app: Flask) -> None:
    marked = makers.make_marked_statement()
    with transaction() as session:
        session.execute(delete(Translation))
    contract_id = db.session.get_one(ModeratedText, marked.case_id).contract_id

    def asked() -> bool:
        db.session.rollback()
        page = missing_texts(contract_id, "en")
        found = [each.original for each in page.rows]
        while page.next_key is not None:
            page = missing_texts(contract_id, "en", Cursor(page.next_key, before=False))
            found += [each.original for each in page.rows]
        return any(MARK in original for original in found)

    assert asked()
    marked.decide(ModerationAct.HIDE)
    assert not asked()
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert asked()


def test_a_photo_is_gone_with_its_idea_whatever_a_browser_keeps(app: Flask) -> None:
    marked = makers.make_marked_idea()
    browser = Reader(app, marked.world).browser
    idea = marked.world.by_endpoint["ideas.one"]
    photo = f"/fr/idees/{idea['slug']}/{idea['idea_id']}/photo/petite"
    shown = browser.get(photo)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "public, no-cache")
    marked.decide(ModerationAct.HIDE)
    assert browser.get(photo, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 404
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert browser.get(photo).status_code == 200


def test_a_photo_that_is_hidden_alone_is_nowhere_and_its_idea_stays(app: Flask, mail: MailBox) -> None:
    """No page, feed, table or kept copy leads to it, and no address gives it; shown again it is back, and hidden again
    gone again, also where the whole idea was hidden meanwhile."""
    marked = makers.make_marked_idea()
    everybody = Reader(app, marked.world)
    idea = marked.world.by_endpoint["ideas.one"]
    at = f"/idees/{idea['slug']}/{idea['idea_id']}/photo/"
    photos = [f"/fr{at}{size}" for size in PHOTO_SIZES]
    # What is asked for its address, and repeats it.
    asked = {"ideas.photo"}
    read = everybody.read(keeping=(at,))
    assert saying(read, at) - asked == {"ideas.one"}
    shown = [everybody.browser.get(each) for each in photos]
    assert [each.status_code for each in shown] == [200] * len(photos)

    def answers() -> set[int]:
        """As browsers ask that keep a copy, and as those that do not."""
        marks: list[dict[str, str]] = [{"If-None-Match": each.headers["ETag"]} for each in shown]
        return {
            everybody.browser.get(each, headers=headers).status_code
            for each, mark in zip(photos, marks, strict=True)
            for headers in ({}, mark)
        }

    marked.decide(ModerationAct.HIDE_PART, without_photo=True)
    for language, among in (("fr", None), ("en", marked.shown_in), ("ar", marked.shown_in)):
        assert saying(everybody.read(language, marked.others, among=among), at) <= asked
    assert saying(everybody.copies_that_stand(), at) == set()
    assert answers() == {404}
    for name, reader in _without_right(app, marked):
        assert (name, saying(reader.read(), at) - asked) == (name, set())
    assert saying(everybody.read(among=marked.shown_in), MARK) == set(marked.shown_in), "the words stay"
    write_news()
    sent = mails(mail)
    assert any("la photo" in each for each in sent.values()), "the author is told what is hidden"
    assert saying(sent, at) == set()
    moderator = Reader(app, marked.world, marked.moderator)
    assert saying(moderator.read(only="moderation_desk.one"), "La photo est masquée")
    marked.decide(ModerationAct.HIDE)
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert answers() == {404}, "it was hidden before"
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert answers() == {200, 304}
    assert saying(everybody.read(only="ideas."), at) - asked == {"ideas.one"}
    marked.decide(ModerationAct.HIDE_PART, part=PART, without_photo=True)
    assert answers() == {404}
    assert saying(everybody.read(among=marked.shown_in), MARK, at) == set()


def test_what_stands_under_a_hidden_idea_is_read_by_nobody(app: Flask) -> None:
    """A point stays its author’s: it is not shown alone, and says nothing of the idea."""
    marked = makers.make_marked_idea()
    everybody = Reader(app, marked.world)
    point = db.session.execute(select(IdeaPoint.case_id)).scalars().first()
    address = f"/fr/signaler/{point}"
    assert "C’est utile à tous." in html.unescape(everybody.browser.get(address).text)
    marked.decide(ModerationAct.HIDE)
    assert everybody.browser.get(address).status_code == 404
    sent = {"client_key": "un-signalement-devine", "reason": "haine"}
    assert everybody.browser.post(address, data=sent, headers=OURS).status_code == 404
    assert marked.title not in everybody.follow(marked.others["who made a point"])
    moderator = Reader(app, marked.world, marked.moderator)
    marked.world.by_endpoint["moderation_desk.one"] = {"text_id": point}
    assert "C’est utile à tous." in moderator.read(only="moderation_desk.one")["moderation_desk.one"]


def test_letters_about_a_point_do_not_name_a_hidden_idea(app: Flask, mail: MailBox) -> None:
    marked = makers.make_marked_idea()
    point = db.session.execute(select(IdeaPoint.case_id)).scalars().first()
    assert point is not None
    report(NewReport(point, "noms", "un-signalement-de-point", "Ici.", "voisin@example.org"))
    marked.decide(ModerationAct.HIDE)
    case = db.session.get_one(ModeratedText, point)
    version, text_id = case.version, case.id
    db.session.rollback()
    reasons = Reasons(law=LegalGround.PRIVACY, facts="Un nom.")
    decide(marked.moderator, text_id, ModerationAct.HIDE, reasons, version=version)
    sent = mails(mail)
    assert any("signalement" in name for name in sent)
    assert saying(sent, *marked.words_gone) == set()


def test_a_page_that_another_process_keeps_is_gone_too(app: Flask) -> None:
    marked = makers.make_marked_idea()
    other = create_app(app.extensions["settings"])
    browser = other.test_client()
    with app.test_request_context("/fr/"):
        idea = marked.world.by_endpoint["ideas.one"]
        pages = [
            url_for("ideas.one", slug=idea["slug"], idea_id=idea["idea_id"]),
            url_for("ideas.show", slug=idea["slug"]),
        ]
    for _each in range(2):
        assert all(MARK in browser.get(page).text for page in pages)
    marked.decide(ModerationAct.HIDE)
    assert not any(MARK in browser.get(page).text for page in pages)
    marked.decide(ModerationAct.SHOW_AGAIN)
    assert all(MARK in browser.get(page).text for page in pages)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
