"""The French of the interface: words that residents do not know, sentences that hang on the one before, and long ones."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from babel.messages.extract import extract_from_dir

from cdv_civic.core.settings import ROOT
from tools.catalogues import KEYWORDS, sentences

#: What is said no more, and what is said.
GIVEN_UP: Final = {
    r"\b(?<!langue des )signes?\b(?! de)": "lettre, chiffre, caractère",
    r"\binstances?\b": "conseil ou groupe",
    r"\b[Ii]nstitutions?\b": "organisme",
    r"\borganisations?\b(?!:|\))": "organisme",
    r"\b[Mm]andats?\b": "siège",
    r"\bsuppléant": "personne remplaçante",
    r"\béchéance": "date prévue",
    r"\b[Ss]ans suite\b": "arrêté, avec une raison",
    r"\bfait foi\b|\bpour mémoire\b": "le texte français compte",
    r"\bsaisir la Cnil\b": "écrire à la Cnil",
    r"\bseniors?\b": "personnes âgées",
    r"\badministré|\busager(?!s )": "habitante, habitant",
    r"\bveille active\b": "ancien quartier prioritaire",
    r"\bvisez\b(?!.*QR)": "QR code",
    r"\b[Cc]arte personnelle\b": "carte d’accès",
    r"(?<!habitantes et )(?<!habitantes et les )(?<!habitantes et des )(?<!habitantes et d’)(?<!habitantes et aux )(?<!habitantes ou )(?<!, des )\bhabitants\b": (
        "les habitantes et les habitants"
    ),
    r"\bélus\b(?<!élues et élus)": "élues et élus",
    r"\b(?:Où vous répondre|Où lui répondre)\b": "Comment vous répondre",
    r"\bRevenez bientôt\b": "Demandez à la mairie",
    r"n’hésitez pas|merci de bien vouloir|dispositif": "dites qui fait quoi",
}
#: Sentences that begin with a pronoun say nothing alone, to the ear and to whoever translates. « Il faut », « il y a »
#: and the like have no noun to name.
_PRONOUN: Final = re.compile(
    r"^(?:Elles?|Ils|Celles?|Celui|Ceux|Il(?! (?:y a|n’y a|n’y aura|en reste|ne reste|vous reste|vous en|y en a|faut|reste|manque|existe)))\b"
)
MOST_WORDS: Final = 15
#: Public sentences that are longer, and why they stay so for now.
LONG: Final = frozenset({
    # Lists of what is kept and never asked: each thing is a word of its own.
    "Nous gardons votre adresse e-mail ou votre numéro de téléphone, et ce que vous choisissez de dire de vous.",
    "Nous ne demandons jamais votre origine, votre nationalité, votre religion, votre date de naissance ni l’adresse de votre logement.",
    "Pour éviter les abus, le site compte les envois faits depuis une même connexion ou vers une même adresse\u00a0: mots de passe, liens, codes, cartes, reçus, messages sans compte.",
    "Si vous voulez une réponse, nous gardons aussi votre e-mail ou votre téléphone, et la langue de la réponse.",
    "Vous pouvez aussi demander à voir, à corriger ou à effacer ce qui vous concerne, sans compte.",
    "la liste de ce que vous avez publié ou corrigé, avec la date\u00a0: les habitantes et les habitants doivent pouvoir s’y fier.",
    "près de chez vous\u00a0: demandez à la mairie où est la personne déléguée du Défenseur des droits.",
    "un prénom ou un pseudonyme, vos quartiers, et si vous avez moins de 18 ans\u00a0: seulement si vous le dites\u00a0;",
    "une adresse e-mail, un numéro de téléphone ou une carte\u00a0: un seul suffit, pour vous reconnaître et vous répondre\u00a0;",
    # Of the account, whose pages are written anew elsewhere.
    "Un compte sert à suivre ce qui change, à prendre la parole et à retrouver ce que vous avez écrit.",
    "Avant d’ajouter une façon de vous connecter, montrez que c’est bien vous : connectez-vous encore une fois, comme d’habitude.",
    "Votre compte peut changer ce que tout un quartier lit : un mot de passe seul ne suffit pas.",
})  # fmt: skip


@cache
def public() -> frozenset[str]:
    """What the templates of public pages say: those of the desk, and what is drawn there alone, are not among them."""
    options = {"**.html": {"trimmed": "true", "silent": "false"}}
    found = extract_from_dir(ROOT / "templates", [("**.html", "jinja2")], options, keywords=KEYWORDS)
    said: set[str] = set()
    for name, _line, message, _comments, _context in found:
        text = (ROOT / "templates" / name).read_text(encoding="utf-8")
        if "layouts/desk.html" in text or "/desk" in f"/{name}" or name.startswith(_DESK):
            continue
        said.update((message,) if isinstance(message, str) else message)
    return frozenset(said)


#: Folders and files that only staff see.
_DESK: Final = ("role_desk", "work_list", "drafts", "layouts/desk")


def each_sentence(message: str) -> Iterator[str]:
    """The sentences of a message, without tags."""
    for line in re.sub(r"<[^>]+>", "", message).splitlines():
        yield from re.split(r"(?<=[.!?])[\s\u00a0]+", line.strip())


def words_in(sentence: str) -> int:
    """How many words a sentence has."""
    return len([word for word in re.split(r"[\s\u00a0\u202f]+", sentence) if re.search(r"\w", word)])


@cache
def all_said() -> tuple[str, ...]:
    said = {text for message in sentences() for text in ((message,) if isinstance(message, str) else message)}
    return tuple(sorted(said))


@pytest.mark.parametrize("given_up", GIVEN_UP)
def test_one_thing_has_one_plain_french_word(given_up: str) -> None:
    assert [text for text in all_said() if re.search(given_up, text)] == [], GIVEN_UP[given_up]


def test_no_message_begins_with_a_pronoun_without_its_noun() -> None:
    assert [text for text in all_said() if _PRONOUN.search(text)] == []


def test_no_sentence_of_a_public_page_is_longer_than_fifteen_words() -> None:
    long = {each for message in public() for each in each_sentence(message) if words_in(each) > MOST_WORDS}
    assert long - LONG == set()
    assert LONG - long == set(), "no longer said, or no longer long"


def test_no_two_messages_differ_by_a_space_alone() -> None:
    plain: dict[str, set[str]] = {}
    for text in all_said():
        plain.setdefault(re.sub(r"[\u00a0\u202f]", " ", text), set()).add(text)
    assert {text: found for text, found in plain.items() if len(found) > 1} == {}
