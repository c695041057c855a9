"""An act that changes what anybody may read says so, or a table says why it changes nothing of that.

Pages are kept until the number of a cache tag that they show is raised (`core.web.page_cache`): an act that forgets it
leaves them as they were until midnight. Whether an action of the audit trail changes pages depends on the row (an answer
to words that are not public does not), so that no register of actions could tell: each transaction is looked at instead.
Whether the tag is the right one, `tests/pages/test_kept_pages.py` finds out by doing the act.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cdv_civic.core.settings import ROOT

#: Features whose rows no public page shows; what they do to those of others they ask of these.
SHOW_NOTHING: Final = {
    "accounts": "people; who reads what residents say, and seats of who leaves, raise the tags of their bodies",
    "backup": "copies",
    "cards": "ways in",
    "console": "commands",
    "core": "knows nothing of pages",
    "demo": "acts of the other features",
    "drafts": "what nobody but its author reads",
    "jobs": "leases",
    "my_space": "people; who says that they are a minor raises the tags of their seats",
    "notices": "messages",
    "role_desk": "roles, given by accounts",
    "sign_in": "ways in",
    "work_list": "what waits for staff",
}
#: Acts that raise no tag, and why no page changes.
CHANGES_NO_PAGE: Final = {
    **dict.fromkeys(
        (f"consultations/answering/operations/answering:{act}" for act in ("answer", "change", "take_away")),
        "a job says how many answers there are, once an hour",
    ),
    "consultations/answering/operations/answering:join": "whose an answer is is never shown",
    "consultations/answering/operations/retention:_unlink": "whose an answer is is never shown",
    "consultations/in_person/operations/entering:entering": "a job says how many answers there are, once an hour",
    "consultations/choices/operations:_draft": "nobody sees it before it is published",
    "consultations/recordings/operations:erase_recordings": "its consultation is over: nobody hears it any more",
    "consultations/recordings/operations:remove_recording": "heard in the form of an answer, which nobody keeps",
    "consultations/restitution/operations:say_heard": "who feels heard is said from the next day on",
    "consultations/restitution/telling:_remind": "messages",
    "consultations/restitution/telling:_tell_all": "messages",
    "consultations/results/full_export:take_away": "a file for staff; the audit trail says so",
    "consultations/results/operations/coding:add_option": "shown once results are published",
    "consultations/results/operations/coding:code_texts": "counted once results are published",
    "fund/instruction/operations/exporting:take_away": "a file for staff; the audit trail says so",
    "consultations/paper/operations/correcting:correct_sheet": "answers are counted for the public by a job",
    "consultations/paper/operations/correcting:put_back": "sheets of paper are for those who type them in",
    "consultations/paper/operations/correcting:take_sheet_back": "answers are counted for the public by a job",
    "consultations/paper/operations/correcting:void_sheets": "sheets of paper are for those who type them in",
    "consultations/paper/operations/entering:choose_entry": "answers are counted for the public by a job",
    "consultations/paper/operations/entering:enter_sheet": "answers are counted for the public by a job",
    "consultations/paper/operations/entering:keep_waiting": "answers are counted for the public by a job",
    "consultations/paper/operations/evidence:add_evidence": "a photo of a sheet is never shown",
    "consultations/paper/operations/evidence:erase_evidence": "a photo of a sheet is never shown",
    "consultations/paper/operations/importing:import_sheets": "answers are counted for the public by a job",
    "consultations/paper/operations/printing:reserve_batch": "sheets of paper are for those who type them in",
    "consultations/kinds/statements/operations:add_sentence": "a sentence is read by a moderator before anybody else",
    "consultations/kinds/statements/operations:reword_sentence": "it was hidden, and is read by a moderator before",
    "consultations/verbatims/operations:_take_back": "what brings pages in line does (`case_changed`)",
    "consultations/verbatims/operations:choose": "a text is read by a moderator before anybody else",
    "consultations/operations/editing/creating:_create": "nobody but the organiser sees it yet",
    "consultations/operations/editing/copying:_copy": "nobody but the organiser sees it yet",
    "consultations/operations/editing/publishing:discard": "it was never public",
    "draws/operations/drawing:propose_seats": "a proposed seat waits for an answer",
    "draws/operations/drawing:take_back_proposals": "a proposed seat waits for an answer",
    "draws/operations/preparing:prepare_draw": "nothing of the draw is published yet",
    "draws/operations/preparing:change_draw": "nothing of the draw is published yet",
    "draws/operations/preparing:discard_draw": "nothing of the draw is published yet",
    "draws/operations/preparing:add_candidates": "nothing of the draw is published yet",
    "draws/operations/preparing:remove_candidate": "nothing of the draw is published yet",
    "draws/operations/retention:forget_candidates": "the published list holds no names",
    "fund/desk/operations/funds:_make": "nobody but those who run it sees it yet",
    "fund/desk/operations/rounds:_make": "nobody but those who run its fund sees it yet",
    **dict.fromkeys(
        (
            f"fund/juries/operations/{act}"
            for act in (
                "agenda:add_waiting",
                "agenda:move_item",
                "agenda:remove_item",
                "agenda:set_presences",
                "deciding:decide",
                "deciding:undecide",
                "linking:declare_link",
                "linking:declare_own_link",
                "linking:take_link_back",
                "marking:mark_project",
                "meetings:cancel_meeting",
                "meetings:change_meeting",
                "meetings:make_meeting",
                "members:_put",
                "members:end_member",
            )
        ),
        "nothing of a commission is public before its meeting is closed, and its minutes are published",
    ),
    "fund/juries/personal_data:forget_former": "minutes name no member",
    "glossary/operations:explain": "each translation in it publishes",
    "fund/reviews/operations/deciding:ask_more": "the carrier alone reads what is missing",
    "fund/reviews/operations/reminding:_remind": "the carrier alone is told",
    "fund/projects/operations/correcting:correct": "nobody but the desk reads a project before it can be chosen",
    "fund/projects/operations/depositing:_deposit": "nobody but the desk reads a project before it can be chosen",
    "ideas/operations/boxes:_make": "nobody but its keepers sees it yet",
    "ideas/operations/keeping:erase_contacts": "a contact is never shown",
    "ideas/operations/objecting:object_to_group": "an objection is for its author and the keepers of the box",
    "ideas/operations/supporting:support": "a job says how many support an idea, once an hour",
    "ideas/operations/supporting:withdraw_support": "a job says how many support an idea, once an hour",
    **dict.fromkeys(
        (f"moderation/hint_list/operations:{act}" for act in ("add_words", "put_back", "take_off")),
        "the words that are looked for are for staff and moderators",
    ),
    **dict.fromkeys(
        (f"moderation/operations/deciding:{act}" for act in ("decide", "publish_many")),
        "the feature that a text belongs to raises the tags of its pages (`ModeratedKind.changed`)",
    ),
    "packs/operations/importing:import_pack": "what it writes, it writes in a part that publishes",
    "seats/operations/proposals:decline": "a proposed seat was never shown",
    "seats/operations/retention:forget_former": "former members are shown to staff",
    "translation/operations:forget_unsaid": "no page says these sentences",
    "moderation/appeals/operations/contesting:_contest": "only the two sides see that a decision is contested",
    "moderation/appeals/operations/answering:decide_appeal": "the text’s kind raises the tags of what shows it",
    "moderation/reports/keeping:erase_contacts": "a contact is never shown",
    "moderation/reports/operations:_report": "a report hides nothing, and figures are of the day before",
    "voices/operations/keeping:_ask_again": "that somebody still waits is for the group alone",
    "voices/operations/keeping:erase_contacts": "a contact is never shown",
    "voices/operations/receiving:_receive": "words are read before they are published",
    "voices/operations/replying:reply": "the body reads the reply, and answers itself",
}


#: What raises tags: those that it is given, those of a box, or those of a fund.
RAISES: Final = frozenset({"raise_tags", "raise_box_tags", "raise_fund_tags"})


def _calls(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _opens(function: ast.FunctionDef) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "transaction"
    ]


def acts(source: str) -> Iterator[tuple[str, bool]]:
    """Each function of a module that opens a transaction, and whether it, or a helper beside it, publishes."""
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    for name, function in functions.items():
        opened = _opens(function)
        if opened:
            said = all(any(each.arg == "publishes" for each in call.keywords) for call in opened)
            beside = [function, *(functions[each] for each in _calls(function) & functions.keys())]
            yield name, said or any(_calls(each) & RAISES for each in beside)


def features() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "cdv_civic").glob("*/__init__.py"))


def test_each_act_raises_a_cache_tag_or_says_why_not() -> None:
    silent = set()
    for feature in features():
        for path in feature.rglob("*.py") if feature.name not in SHOW_NOTHING else ():
            module = path.relative_to(ROOT / "cdv_civic").with_suffix("").as_posix()
            silent |= {
                f"{module}:{name}" for name, publishes in acts(path.read_text("utf-8")) if not publishes
            }
    assert silent == CHANGES_NO_PAGE.keys()


def test_the_features_that_show_nothing_are_there() -> None:
    assert SHOW_NOTHING.keys() <= {path.name for path in features()}


def test_the_check_sees_an_act_that_publishes_nothing() -> None:
    source = """
def open_seat():
    with transaction(publishes=SITE) as session: ...
def forgotten():
    with stored() as rows, transaction() as session: ...
def by_a_helper():
    session = kept.enter_context(transaction()); _told(session)
def _told(session): raise_tags(session, HERE)
"""
    assert dict(acts(source)) == {"open_seat": True, "forgotten": False, "by_a_helper": True}
