"""What an organiser does with the document of a step of comments: cut it into passages, and change these."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from cdv_civic.consultations.kinds.comments.models import CommentedThing
from cdv_civic.consultations.kinds.comments.preparing import (
    Texts,
    changed_step,
    count_there,
    put_in_order,
    put_title,
    thing_among,
    things_in_order,
)
from cdv_civic.consultations.kinds.comments.rules import (
    LONGEST_DOCUMENT,
    LONGEST_PASSAGE,
    MOST_PASSAGES,
    SubjectKind,
    passages,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.building import next_position
from cdv_civic.consultations.operations.editing.holding import put_field
from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import said_in, texts_in_all
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids


def add_document(
    actor: Actor,
    consultation_id: int,
    step_id: int,
    title: Texts,
    text: str,
    *,
    version: int | None = None,
) -> int:
    """Cut a document into passages, after those that are there; how many. Its title is put in place of the one before.

    Raises as `editing` does, and `DomainError`.
    """
    plain = pasted_text.free_text(text)
    with Refusals() as refused:
        if not said_in(title):
            refused.add(DomainError(_l("Donnez le titre du document."), field=f"title_{SOURCE_LANGUAGE}"))
        cut = refused.unless(_cut, plain) or []
    with changed_step(actor, consultation_id, step_id, version) as (session, row, step):
        _refuse_many(count_there(session, step_id, passage=True) + len(cut), "text")
        put_title(session, actor, row, step, title)
        append_passages(session, actor, row, step_id, [{SOURCE_LANGUAGE: each} for each in cut])
    return len(cut)


def _cut(plain: str) -> list[str]:
    """The passages of a document; raises `DomainError`."""
    if len(plain) > LONGEST_DOCUMENT:
        raise DomainError(
            _l("Ce document est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_DOCUMENT),
            field="text",
        )
    found = passages(plain)
    if not found:
        raise DomainError(_l("Collez le texte du document."), field="text")
    _refuse_many(len(found), "text")
    long = next((each for each in found if len(each) > LONGEST_PASSAGE), None)
    if long is not None:
        raise DomainError(
            _l(
                "Le passage qui commence par «\u00a0%(begin)s…\u00a0» est trop long\u00a0: %(most)s caractères au "
                "plus. Ajoutez-y une ligne vide.",
                begin=long[:40],
                most=LONGEST_PASSAGE,
            ),
            field="text",
        )
    return found


def _refuse_many(count: int, field: str) -> None:
    if count > MOST_PASSAGES:
        raise DomainError(
            _l(
                "Un document a %(most)s passages au plus, et celui-ci en aurait %(count)s. Réunissez des passages.",
                most=MOST_PASSAGES,
                count=count,
            ),
            field=field,
        )


def append_passages(
    session: Session, actor: Actor | None, row: Consultation, step_id: int, texts: Sequence[Texts]
) -> list[int]:
    """Passages after all that the step asks to comment, their words by language; their ids. The caller holds the
    consultation.
    """
    ids = reserve_ids(session, CommentedThing, len(texts)) if texts else []
    position = next_position(session, CommentedThing, CommentedThing.step_id == step_id)
    for number, (thing_id, words) in enumerate(zip(ids, texts, strict=True)):
        thing = CommentedThing(
            id=thing_id,
            consultation_id=row.id,
            contract_id=row.contract_id,
            step_id=step_id,
            position=position + number,
            kind=SubjectKind.PASSAGE.value,
            commitment_id=None,
            indicator_id=None,
            text_id=None,
        )
        _put_words(session, actor, row, thing, words)
        session.add(thing)
    session.flush()
    return list(ids)


def _put_words(
    session: Session, actor: Actor | None, row: Consultation, thing: CommentedThing, words: Texts
) -> None:
    put_field(
        session,
        actor,
        thing,
        "text",
        words,
        longest=LONGEST_PASSAGE,
        contract_id=row.contract_id,
        must=_l("Écrivez le passage."),
    )


def change_passage(
    actor: Actor,
    consultation_id: int,
    step_id: int,
    thing_id: int,
    texts: Texts,
    *,
    version: int | None = None,
) -> None:
    """Other words for a passage. An empty line in the French text cuts it there: each part is a passage, and so it is
    in the other languages where they have as many parts; else what is written in them stays with the first.

    Raises as `editing` does, `NotFound`, and `DomainError`.
    """
    parts = {tag: _parts(words) for tag, words in said_in(texts).items()}
    count = len(parts.get(SOURCE_LANGUAGE, ()))
    with changed_step(actor, consultation_id, step_id, version) as (session, row, _settings):
        things = things_in_order(session, step_id)
        thing = thing_among(things, thing_id, passage=True)
        _refuse_many(
            count_there(session, step_id, passage=True) + max(count - 1, 0), f"text_{SOURCE_LANGUAGE}"
        )
        cut = [
            {
                tag: found[number] if len(found) == count else "\n".join(found)
                for tag, found in parts.items()
                if len(found) == count or number == 0
            }
            for number in range(max(count, 1))
        ]
        _put_words(session, actor, row, thing, cut[0])
        made = append_passages(session, actor, row, step_id, cut[1:])
        if made:
            known = {each.id: each for each in things_in_order(session, step_id)}
            at = things.index(thing) + 1
            put_in_order([*things[:at], *(known[each] for each in made), *things[at:]])


def _parts(words: str) -> list[str]:
    """What stands between empty lines."""
    found: list[list[str]] = [[]]
    for line in words.split("\n"):
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def join_passage(actor: Actor, consultation_id: int, step_id: int, thing_id: int) -> None:
    """Make one passage of it and of the one before it. Raises as `editing` does, `NotFound`, and `DomainError`."""
    with changed_step(actor, consultation_id, step_id, None) as (session, row, _settings):
        things = things_in_order(session, step_id)
        thing = thing_among(things, thing_id, passage=True)
        before = [each for each in things[: things.index(thing)] if each.kind == SubjectKind.PASSAGE.value]
        if not before:
            raise DomainError(_l("C’est le premier passage\u00a0: il n’y en a pas avant lui."))
        first, second = texts_in_all(before[-1].text_id, thing.text_id)
        joined = {tag: f"{first[tag]}\n{second[tag]}" for tag in first if tag in second}
        if len(joined[SOURCE_LANGUAGE]) > LONGEST_PASSAGE:
            raise DomainError(
                _l(
                    "Ensemble, ils seraient trop longs\u00a0: %(most)s caractères au plus.",
                    most=LONGEST_PASSAGE,
                )
            )
        _put_words(session, actor, row, before[-1], joined)
        session.delete(thing)
