"""A carrier tells what happened, once; and corrects it until the desk took it for complete."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.projects import FundProject, ProjectFile, ProjectReview
from cdv_civic.fund.operations.locking import raise_fund_tags, record_of_fund
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.reviews.budget import costs_of
from cdv_civic.fund.reviews.conditions import of_review
from cdv_civic.fund.reviews.operations.finding import HeldProject, carried, instructed
from cdv_civic.fund.rules.budgets import MOST_CENTS
from cdv_civic.fund.rules.files import MOST_FILES, ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import LONGEST_CAPTION, LONGEST_REVIEW, MOST_PEOPLE, TELLS
from cdv_civic.fund.scopes import INSTRUCT

#: A file that its carrier took away again.
FILE_REMOVED: Final = "fund_file.removed"
TAKEN_ALREADY: Final = _l("Ce bilan est complet\u00a0: l’équipe l’a lu, il ne change plus.")
#: Adds the rows of files that were stored.
_RowsOf: TypeAlias = Callable[[Session], list[StoredFile]]
NOT_AWAITED: Final = _l("Ce projet n’attend pas de bilan en ce moment.")


@dataclass(frozen=True)
class NewFile:
    """A photo or a proof, and the words that go with it."""

    kind: ProjectFileKind
    upload: Upload
    caption: str
    #: The field of the form that it came by.
    field: str


@dataclass(frozen=True)
class NewReview:
    """What happened, as a form says it."""

    happened_on: date
    words: str
    people: int
    #: Cents of each line of the budget, by its id.
    spent: Mapping[int, int]
    client_key: str
    lang: str | None = None
    #: Of the review that the form shows; 0: there is none yet.
    version: int = 0
    files: Sequence[NewFile] = ()
    #: Ids of files that are taken away, and the captions of those that stay.
    removed: Collection[int] = ()
    captions: Mapping[int, str] = field(default_factory=dict)


def tell(whose: ColumnElement[bool], told: NewReview, actor: Actor | None = None) -> int:
    """Keep what the carrier of a project tells (`finding.by_receipt`, `by_account`), or tells otherwise.

    The same form again changes nothing. The id of the project. Raises `NotFound`, `Conflict`, `DomainError`.
    """
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(*(each.upload for each in told.files)))
        session = kept.enter_context(transaction())
        held = carried(session, whose)
        _tell(session, held, told, actor, rows_of)
        return held.project.id


def tell_at_desk(actor: Actor, project_id: int, told: NewReview) -> None:
    """The same of what a carrier brought on paper. Raises `Forbidden` too."""
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(*(each.upload for each in told.files)))
        session = kept.enter_context(transaction())
        held = instructed(session, actor, project_id)
        if _tell(session, held, told, actor, rows_of):
            record_of_fund(
                session, actor, held.fund, INSTRUCT, "fund_project", project_id, {"review": "entered"}
            )


def _tell(
    session: Session, held: HeldProject, told: NewReview, actor: Actor | None, rows_of: _RowsOf
) -> bool:
    """Whether anything was new."""
    fund, project, _envelope = held
    key = stored_key(bound_key(read_key(told.client_key), project.id))
    review = session.get(ProjectReview, project.id, populate_existing=True)
    if review is not None and review.client_key == key:
        return False
    if ProjectState(project.state) not in TELLS:
        taken = review is not None and review.taken_at is not None
        raise Conflict(TAKEN_ALREADY if taken else NOT_AWAITED)
    if told.version != (review.version if review is not None else 0):
        raise ChangedMeanwhile
    with Refusals() as refused:
        words = refused.unless(_checked, told, project) or ""
        refused.unless(_spend, session, project, told.spent)
        refused.unless(_change_files, session, project, told, rows_of)
    if review is None:
        review = ProjectReview(project_id=project.id, asked="", asked_at=None, version=0)
        session.add(review)
    review.words, review.people, review.happened_on = words, told.people, told.happened_on
    review.lang = told.lang if told.lang in SPOKEN else None
    review.sent_at = clock.now()
    review.client_key = key
    review.version += 1
    if project.state == ProjectState.PAID.value:
        # Many take place before the money comes: the states stay in their order, the review says the day.
        day = max(told.happened_on, project.state_on)
        move(session, actor, project, ProjectState.DONE, fund.contract_id, on=day)
    else:
        project.version += 1
    session.flush()
    raise_fund_tags(session, fund)
    return True


def _checked(told: NewReview, project: FundProject) -> str:
    """The words as they are kept; raises `DomainError` for all that is wrong."""
    words = pasted_text.free_text(told.words)
    today = clock.today()
    with Refusals() as refused:
        if told.happened_on > today:
            refused.add(
                DomainError(_l("Cette date est dans le futur\u00a0: corrigez-la."), field="happened_on")
            )
        if told.happened_on < project.submitted_at.astimezone(clock.zone()).date():
            refused.add(
                DomainError(
                    _l("Cette date est avant le dépôt du projet\u00a0: corrigez-la."), field="happened_on"
                )
            )
        if not words:
            refused.add(DomainError(_l("Racontez en quelques mots ce qui s’est passé."), field="words"))
        if len(words) > LONGEST_REVIEW:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_REVIEW),
                    field="words",
                )
            )
        if not 0 <= told.people <= MOST_PEOPLE:
            refused.add(
                DomainError(
                    _l("Écrivez un nombre entre 0 et %(most)s.", most=MOST_PEOPLE),
                    field="people",
                )
            )
    return words


def _spend(session: Session, project: FundProject, spent: Mapping[int, int]) -> None:
    """Write what was spent beside each line: all of them. More than a line cost is what the carrier paid besides."""
    with Refusals() as refused:
        for line in costs_of(session, project.id):
            cents = spent.get(line.id)
            if cents is None or not 0 <= cents <= MOST_CENTS:
                refused.add(
                    DomainError(
                        _l("Écrivez ce que vous avez dépensé, en euros. Rien\u00a0? Écrivez 0."),
                        field=f"spent_{line.id}",
                    )
                )
            else:
                line.spent_cents = cents


def _caption(typed: str, field_name: str) -> str:
    caption = pasted_text.one_line(typed)
    if len(caption) > LONGEST_CAPTION:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_CAPTION),
            field=field_name,
        )
    return caption


def _change_files(session: Session, project: FundProject, told: NewReview, rows_of: _RowsOf) -> None:
    there = {
        each.id: each
        for each in session.execute(
            select(ProjectFile)
            .where(ProjectFile.project_id == project.id, of_review())
            .order_by(ProjectFile.position)
        ).scalars()
    }
    with Refusals() as refused:
        for each in told.files:
            if each.kind is ProjectFileKind.PHOTO and each.upload.kind != "photo":
                refused.add(DomainError(_l("Envoyez une photo, pas un document."), field=each.field))
            if each.kind is ProjectFileKind.PHOTO and project.personal:
                refused.add(
                    DomainError(
                        _l("Ce fonds aide une personne\u00a0: aucune photo n’est publiée."), field=each.field
                    )
                )
        captions = [refused.unless(_caption, each.caption, f"{each.field}_caption") for each in told.files]
        kept_captions = {
            file_id: refused.unless(_caption, typed, f"caption_{file_id}")
            for file_id, typed in told.captions.items()
            if file_id in there
        }
        staying = Counter(ProjectFileKind(row.kind) for row in there.values() if row.id not in told.removed)
        added = Counter(each.kind for each in told.files)
        for kind, count in added.items():
            if staying[kind] + count > MOST_FILES:
                first = next(each.field for each in told.files if each.kind is kind)
                refused.add(
                    DomainError(
                        _l("C’est trop\u00a0: %(most)s au plus. Enlevez-en d’abord.", most=MOST_FILES),
                        field=first,
                    )
                )
    last = Counter[str]()
    for row in there.values():
        last[row.kind] = max(last[row.kind], row.position)
        if row.id in told.removed:
            remove_file(session, row)
        elif row.id in kept_captions:
            row.caption = kept_captions[row.id] or ""
    files = rows_of(session) if told.files else []
    for each, caption, stored_file in zip(told.files, captions, files, strict=True):
        last[each.kind.value] += 1
        session.add(
            ProjectFile(
                project_id=project.id,
                file_id=stored_file.id,
                kind=each.kind.value,
                position=last[each.kind.value],
                caption=caption or "",
                hidden_at=None,
            )
        )
    session.flush()


def remove_file(session: Session, row: ProjectFile) -> None:
    """Delete a file of a project, within the caller's transaction: a restore does not bring it back."""
    stored_file = session.get(StoredFile, row.file_id)
    if stored_file is None:
        raise LookupError("a file of a project has no row")
    ledger.note(session, FILE_REMOVED, row.id, born=stored_file.key)
    session.delete(row)
    session.flush()
    session.delete(stored_file)
    session.flush()
