"""What a column of a table of people is, by its name, as people and their programs call it."""

from collections.abc import Sequence
from typing import Final

from cdv_civic.core.text_folding import fold

FIRST_NAME: Final = "first_name"
LAST_NAME: Final = "last_name"
CONTACT: Final = "contact"
EMAIL: Final = "email"
PHONE: Final = "phone"
KINDS: Final = (FIRST_NAME, LAST_NAME, CONTACT, EMAIL, PHONE)

#: Folded names. Where a table has several names of a person, the earlier of these counts.
_LAST_NAMES: Final = (
    "nom d usage", "nom usuel", "nom marital", "nom d epouse", "nom", "noms", "nom de famille", "nom s",
    "last name", "lastname", "family name", "surname", "اللقب", "اسم العائله", "nom patronymique", "patronyme",
    "nom de naissance", "nom de jeune fille",
)  # fmt: skip
_FIRST_NAMES: Final = (
    "prenom d usage", "prenom usuel", "prenom", "prenoms", "prenom s", "premier prenom", "1er prenom", "first name",
    "firstname", "given name", "forename", "الاسم الاول", "الاسم الشخصي",
)  # fmt: skip
_CONTACTS: Final = ("contact", "contacts", "coordonnees", "coordonnee", "الاتصال")
_PHONE_WORDS: Final = frozenset(
    {
        "telephone",
        "telephones",
        "tel",
        "portable",
        "mobile",
        "gsm",
        "phone",
        "cellulaire",
        "whatsapp",
        "fixe",
        "sms",
    }
    | {"الهاتف", "هاتف", "الجوال", "جوال", "المحمول"}
)
_EMAIL_WORDS: Final = frozenset(
    {
        "mail",
        "email",
        "emails",
        "mails",
        "courriel",
        "courriels",
        "mel",
        "electronique",
        "البريد",
        "الالكتروني",
    }
)
#: What may stand beside such a word without making it somebody else's, or another thing.
_BESIDE: Final = frozenset(
    {
        "adresse",
        "e",
        "n",
        "no",
        "num",
        "numero",
        "de",
        "du",
        "d",
        "le",
        "la",
        "l",
        "s",
        "ou",
        "et",
        "cell",
        "address",
    }
    | {
        "personnel",
        "personnelle",
        "perso",
        "prive",
        "privee",
        "principal",
        "principale",
        "contact",
        "domicile",
    }
    | {"autre", "secondaire", "habitant", "candidat", "candidate", "personne", "number", "رقم"}
    | {str(number) for number in range(1, 10)}
)


def kind_of(name: str) -> tuple[str, int] | None:
    """What a column holds by its name, and its rank among those that hold the same; None: nobody knows."""
    folded = fold(name)
    for kind, names in ((LAST_NAME, _LAST_NAMES), (FIRST_NAME, _FIRST_NAMES), (CONTACT, _CONTACTS)):
        if folded in names:
            return kind, names.index(folded)
    if folded == "numero":
        return PHONE, 1
    words = set(folded.split())
    for kind, telling in ((EMAIL, _EMAIL_WORDS), (PHONE, _PHONE_WORDS)):
        if words & telling and words <= telling | _BESIDE:
            # A number that takes messages before one that stands at home.
            return kind, int(kind == PHONE and "fixe" in words)
    return None


def known_columns(cells: Sequence[str], categories: Sequence[str]) -> dict[str, list[int]]:
    """The places of the columns that are known, by what they hold, the first counts; `category 0` and so on."""
    named = {fold(category): f"category {place}" for place, category in enumerate(categories)}
    ranked: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(cells):
        category = named.get(fold(cell))
        found = (category, 0) if category else kind_of(cell)
        if found is not None:
            ranked.setdefault(found[0], []).append((found[1], place))
    return {name: [place for _rank, place in sorted(places)] for name, places in ranked.items()}
