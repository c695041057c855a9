"""Who is who on a list of candidates: a person is not a contact, and a name is not a person either.

A couple shares an e-mail address, a mother and her son a phone, two namesakes a name. Who may be said twice is asked
about, never left out; only a line that says the same again in every word, contact included, counts once by itself.
"""

import hashlib
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cdv_civic.core.text_folding import fold
from cdv_civic.seats.rules import contact_key, numbered_key, person_key

#: Answers to whether two lines are one person.
SAME: Final = "meme"
OTHER: Final = "autre"
#: Answers all such questions that are left.
ALL_PERSONS: Final = "person-all"


@dataclass(frozen=True)
class NewCandidate:
    """Somebody to put on the list; `profile` holds a value for each category."""

    first_name: str
    last_name: str = ""
    email: str = ""
    phone: str = ""
    profile: tuple[str, ...] = ()
    #: 2 for a second person whom name and contact do not tell from one on the list, and so on.
    namesake: int = 1

    @property
    def key(self) -> str | None:
        """What tells this person from the others on the list; None: not enough is known."""
        return numbered_key(
            person_key(self.first_name, self.last_name, self.email, self.phone), self.namesake
        )

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class CandidateRow:
    """A line that was read."""

    line: int
    candidate: NewCandidate


@dataclass(frozen=True)
class Doubt:
    """A line that may say somebody again: `first` is the other's line, 0 where they are on the list already."""

    field: str
    line: int
    first: int
    person: NewCandidate
    other: NewCandidate
    #: They share the contact, and not the name.
    by_contact: bool
    answer: str = ""
    #: Answered together with all that are left.
    with_others: bool = False


def question(kind: str, place: int, text: str) -> str:
    """The name of a question, which changes with what it is about: an old answer says nothing of another table."""
    return f"{kind}-{place}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _alike(one: NewCandidate, other: NewCandidate) -> bool:
    """Whether two entries say the same of the same person, in every word."""
    return (
        fold(one.name) == fold(other.name)
        and contact_key(one.email, one.phone) == contact_key(other.email, other.phone)
        and one.profile == other.profile
    )


def doubt_of(person: NewCandidate, others: Sequence[NewCandidate]) -> NewCandidate | None:
    """Somebody who may be the same person: with one name, or one e-mail address or phone."""
    names = {_name_key(person)}
    contacts = _contact_keys(person)
    return next(
        (other for other in others if _name_key(other) in names or contacts & _contact_keys(other)), None
    )


def _name_key(person: NewCandidate) -> Hashable:
    return tuple(sorted(fold(person.name).split())) if person.last_name else (person.first_name, object())


def _contact_keys(person: NewCandidate) -> set[str]:
    return {key for key in (contact_key(person.email, ""), contact_key("", person.phone)) if key}


class Persons:
    """Lines against each other and against the list: who is new, who is said again, and who has to be asked about."""

    def __init__(
        self, rows: Sequence[CandidateRow], answers: Mapping[str, str], there: Sequence[NewCandidate]
    ) -> None:
        self.rows: list[CandidateRow] = []
        self.repeated: list[tuple[int, int]] = []
        self.known: list[int] = []
        self.doubts: list[Doubt] = []
        self._names: dict[Hashable, list[CandidateRow]] = {}
        self._contacts: dict[str, list[CandidateRow]] = {}
        self._keys: Counter[str | None] = Counter()
        for each in there:
            self._keep(CandidateRow(0, each))
        for row in rows:
            self._place(row, answers)

    def _keep(self, row: CandidateRow) -> None:
        person = row.candidate
        self._names.setdefault(_name_key(person), []).append(row)
        for key in _contact_keys(person):
            self._contacts.setdefault(key, []).append(row)
        self._keys[replace(person, namesake=1).key] += 1

    def _place(self, row: CandidateRow, answers: Mapping[str, str]) -> None:
        person = row.candidate
        by_name = self._names.get(_name_key(person), [])
        by_contact = [each for key in _contact_keys(person) for each in self._contacts.get(key, [])]
        same = next((each for each in [*by_name, *by_contact] if _alike(each.candidate, person)), None)
        if same is not None and same.line == 0:
            self.known.append(row.line)
            return
        if same is not None and _contact_keys(person):
            self.repeated.append((row.line, same.line))
            return
        near = same or next(iter([*by_name, *by_contact]), None)
        if near is not None:
            text = repr(
                (near.line, near.candidate.name, person.name, person.email, person.phone, person.profile)
            )
            field = question("person", row.line, text)
            own, others = answers.get(field, ""), answers.get(ALL_PERSONS, "")
            answer = next((said for said in (own, others) if said in (SAME, OTHER)), "")
            self.doubts.append(
                Doubt(
                    field,
                    row.line,
                    near.line,
                    person,
                    near.candidate,
                    near not in by_name,
                    answer,
                    bool(answer) and answer != own,
                )
            )
            if answer == SAME:
                self.repeated.append((row.line, near.line))
            if answer != OTHER:
                return
            person = replace(person, namesake=self._keys[person.key] + 1)
        row = CandidateRow(row.line, person)
        self.rows.append(row)
        self._keep(row)
