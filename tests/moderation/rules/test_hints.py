"""What is seen in a text that asks for a look, and what is not."""

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.rules.detectors.listed_words import ListedWord, WordIndex, key_of
from cdv_civic.moderation.rules.detectors.near_duplicates import nearest
from cdv_civic.moderation.rules.detectors.seen_text import seen_text
from cdv_civic.moderation.rules.hints import (
    LONGEST_READ,
    MOST_HINTS,
    MOST_OF_A_KIND,
    Hint,
    HintKind,
    Surroundings,
    find_hints,
    marked,
    start_of_title,
    whole_text,
)

pytestmark = pytest.mark.one_database

SENSITIVE = Surroundings(sensitive=True)


def seen_in(text: str, kind: HintKind, beside: Surroundings = SENSITIVE) -> list[str]:
    """The parts of a text that a kind of hint marks."""
    return [text[each.start : each.end] for each in find_hints(text, beside) if each.kind is kind]


@pytest.mark.parametrize(
    "number",
    [
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "06\u202f12\u202f34\u202f56\u202f78",
        "06 \u2013 12 \u2013 34 \u2013 56 \u2013 78",
        "0 6 1 2 3 4 5 6 7 8",
        "0612 345 678",
        "06 1234 5678",
        "06 12 34\n56 78",
        "+33 6 12 34 56 78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "0033 6 12 34 56 78",
        "00 33 1 23 45 67 89",
        "+213 6 61 23 45 67",
        "+44 20 7946 0958",
        "00212 612 345 678",
        "٠٦ ١٢ ٣٤ ٥٦ ٧٨",
        "۰۶۱۲۳۴۵۶۷۸",
        "０６ １２ ３４ ５６ ７８",
        "0\u200b6\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8",
        "06\u200e 12\u200f 34\u2060 56\ufeff 78",
        "0\u03356\u0335 12 34 56 78",
        "0\ufe0f\u20e36\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e334\ufe0f\u20e35678",
        "O6 12 34 56 78",
        "О6 12 34 56 78",
        "O6 l2 34 56 78",
        "𝟎𝟔 𝟏𝟐 𝟑𝟒 𝟓𝟔 𝟕𝟖",
        "06_12_34_56_78",
        "06, 12, 34, 56, 78",
    ],
)
def test_a_telephone_number_is_seen_however_it_is_written(number: str) -> None:
    text = f"Appelez le {number} après 18 h"
    assert [each.strip("\u200b\ufe0f\u20e3") for each in seen_in(text, HintKind.PHONE)] == [
        number.strip("\u200b\ufe0f\u20e3")
    ]


def test_a_number_that_is_written_backwards_to_be_read_forwards_is_seen() -> None:
    typed = "Appelez \u202e87 65 43 21 60\u202c vite"
    assert seen_in(typed, HintKind.PHONE) == ["87 65 43 21 60"]


def test_arabic_letters_under_an_override_stand_in_their_own_order() -> None:
    assert seen_text("\u202eمرحبا").plain == "مرحبا"


@pytest.mark.parametrize(
    "text",
    [
        "Ce banc coûte 10 000 euros",
        "+10 000 000 € pour le quartier",
        "+ 20 000 000 euros sur six ans",
        "Le contrat 2024-2030 et celui de 2015-2023",
        "En danger, appelez le 17, le 15, le 18 ou le 112",
        "Le 3919 répond jour et nuit",
        "Numéro vert : 0 800 05 95 95",
        "Le 01/02/2024, 15 h",
        "Le 01 02 2024 15 heures",
        "De 08:30 à 09:45, salle 12",
        "De 08:30-09:45, 10:00-11:30",
        "Les lots 01, 02, 03, 04 et 05",
        "Lots 01, 02, 03, 04, 05",
        "01 02 03 04 05 06",
        "94600 01000 02000",
        "SIRET 552 081 317 66522",
        "Le taux est 0,123456789",
        "Le 14 juillet 2025 à 14h00 2025-2026",
        "Population : 12 345 678 habitants",
        "Article 16-1 de la loi 2014-173 du 21 février 2014",
        "1 250,50 € puis 2 300,75 €",
    ],
)
def test_amounts_dates_and_short_numbers_are_no_telephone_numbers(text: str) -> None:
    assert seen_in(text, HintKind.PHONE) == []


def test_two_numbers_are_two_hints() -> None:
    assert seen_in("06 12 34 56 78, 07 98 76 54 32 ou 0199001234", HintKind.PHONE) == [
        "06 12 34 56 78",
        "07 98 76 54 32",
        "0199001234",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "jean.exemple@ville.fr",
        "Jean_Exemple+idees@mail.ville-exemple.fr",
        "jean @ ville.fr",
        "jean@ville . fr",
        "jean arobase ville point fr",
        "jean (at) ville.fr",
        "jean[at]ville[dot]com",
        "jean at ville dot com",
        "jean@ville (point) fr",
        "jean＠ville．fr",
        "je\u200ban@vil\u200ble.fr",
        "jеаn@ville.fr",
        "josé@ville.fr",
    ],
)
def test_an_address_is_seen_however_it_is_written(address: str) -> None:
    assert seen_in(f"Écrivez à {address}, merci", HintKind.EMAIL) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "Suivez-nous sur @ville_orly. Merci à tous",
        "Rendez-vous @ la maison. Demain",
        "Let us meet at the hall. Point one: look at it",
        "L’arobase est un caractère",
        "Trois pommes @ 2 euros",
        "Ce point est clair. Fr",
        "On se retrouve at home",
    ],
)
def test_other_at_signs_are_no_address(text: str) -> None:
    assert seen_in(text, HintKind.EMAIL) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Demandez à M. Exemple ce soir", "M. Exemple"),
        ("Demandez à Mme Exemple-Inventé.", "Mme Exemple-Inventé"),
        ("Mme Éloïse Inventée habite là", "Mme Éloïse Inventée"),
        ("MME EXEMPLE est là", "MME EXEMPLE"),
        ("monsieur Exemple crie", "monsieur Exemple"),
        ("Madame N’Diaye le sait", "Madame N’Diaye"),
        ("Mr O'Exemple", "Mr O'Exemple"),
        ("Mrs Example knows", "Mrs Example"),
        ("M. de La Tour dort", "M. de La Tour"),
        ("M. d’Exemple dort", "M. d’Exemple"),
        ("Mme ben Salem dort", "Mme ben Salem"),
        ("Mme El-Exemple dort", "Mme El-Exemple"),
        ("Mlle La Rocca dort", "Mlle La Rocca"),
        ("le chien de M Exemple", "M Exemple"),
        ("M.Exemple", "M.Exemple"),
        ("M\u200bme Exe\u00admple", "M\u200bme Exe\u00admple"),
        ("Мme Exemple", "Мme Exemple"),
        ("قال السيد محمد بن علي إن", "السيد محمد بن علي"),
        ("تحدثت مع السيدة فاطمة أمس", "السيدة فاطمة"),
        ("للسيدة فاطمة", "للسيدة فاطمة"),
        ("السَّيِّد مُحَمَّد هنا", "السَّيِّد مُحَمَّد"),
    ],
)
def test_a_name_after_a_title_is_seen(text: str, name: str) -> None:
    assert seen_in(text, HintKind.NAME) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Mme la Maire est venue",
        "Madame la préfète à l’égalité",
        "M. le Préfet",
        "Monsieur le maire",
        "MADAME LA MAIRE",
        "Mme L’Adjointe au logement",
        "Madame l’adjointe",
        "M. Le Directeur",
        "Madame, Monsieur, bonjour",
        "Bonjour Madame Monsieur",
        "Bonjour Monsieur Je voudrais un banc",
        "Le bâtiment M. Il faut le repeindre",
        "À 100 M. Ensuite on tourne",
        "10 m. de long",
        "La ligne M Paris",
        "Mme X a dit",
        "M. Untel et Mme Unetelle",
        "Un monsieur est passé",
        "Les dames et messieurs Du quartier",
        "السيد رئيس البلدية",
        "السيدة العمدة",
        "هذه سيدة كبيرة",
    ],
)
def test_offices_and_other_words_are_no_names(text: str) -> None:
    assert seen_in(text, HintKind.NAME) == []


@pytest.mark.parametrize(
    "plate", ["AB-123-CD", "ab-123-cd", "AB 123 CD", "AB123CD", "1234 AB 75", "1234AB75", "123 ABC 2A"]
)
def test_a_plate_is_seen(plate: str) -> None:
    assert seen_in(f"La voiture {plate} gêne", HintKind.PLATE) == [plate]


@pytest.mark.parametrize(
    "text",
    [
        "LA ROUTE DE 100 KM",
        "de 100 km en 200 mn",
        "20 H 30",
        "À 14 H 00 EN 2024",
        "500 DE 20",
        "300 CM 20",
        "Le QPV 94 et la loi 2014-173",
        "100 ANS 50",
        "X-AB-123-CD-Y",
    ],
)
def test_units_and_hours_are_no_plates(text: str) -> None:
    assert seen_in(text, HintKind.PLATE) == []


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("au 12 bis rue des Lilas, hier", "12 bis rue des Lilas"),
        ("au 3, avenue Exemple ce soir", "3, avenue Exemple"),
        ("4 allée des tilleuls", "4 allée des tilleuls"),
        ("10 place de la République", "10 place de la République"),
        ("bât. B appt 12 chez elle", "bât. B appt 12"),
        ("Bâtiment C, escalier 2, porte 14", "Bâtiment C, escalier 2, porte 14"),
        ("12 شارع السلام", "12 شارع السلام"),
        ("12 Example Street", "12 Example Street"),
    ],
)
def test_where_somebody_lives_is_seen_where_it_could_hurt(text: str, home: str) -> None:
    (found,) = seen_in(text, HintKind.STREET_NUMBER)
    assert found.startswith(home)
    assert seen_in(text, HintKind.STREET_NUMBER, Surroundings()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Il y a 12 rues et 3 places",
        "2 cours de français par semaine",
        "10 places de parking",
        "1 mail par mois",
        "En 2024, la rue a été refaite",
        "Le hall est sale, la porte est cassée",
        "3 passages par jour",
        "La porte de Choisy",
        "30 % des logements, 4 logements sur 10",
    ],
)
def test_other_numbers_are_no_address_of_somebody(text: str) -> None:
    assert seen_in(text, HintKind.STREET_NUMBER) == []


def listed(*words: str, lang: str = "fr") -> WordIndex:
    return WordIndex(ListedWord(number, lang, key_of(each)) for number, each in enumerate(words, 1))


@pytest.mark.parametrize(
    ("word", "text", "marked"),
    [
        ("bricabrac", "Quel BRICABRAC !", "BRICABRAC"),
        ("ÉTÉ", "en ete", "ete"),
        ("grand bazar", "un grand, GRAND bazar", "GRAND bazar"),
        ("bricabrac", "bric\u200bab\u00adrac", "bric\u200bab\u00adrac"),
        ("bricabrac", "briсаbrаc", "briсаbrаc"),
        ("bricabrac", "𝐛𝐫𝐢𝐜𝐚𝐛𝐫𝐚𝐜", "𝐛𝐫𝐢𝐜𝐚𝐛𝐫𝐚𝐜"),
        ("bricabrac", "bri\u0301ca\u0308brac", "bri\u0301ca\u0308brac"),
        ("cœur", "ton coeur", "coeur"),
        ("strasse", "die Straße dort", "Straße"),
        ("كلمة", "هذه كَلِمَة هنا", "كَلِمَة"),
        ("كلمة", "كلـمه", "كلـمه"),
        ("தமிழ்", "இது தமிழ் சொல்", "தமிழ்"),
    ],
)
def test_a_listed_word_is_seen_as_it_is_folded_and_marked_as_it_is_typed(
    word: str, text: str, marked: str
) -> None:
    (found,) = seen_in(text, HintKind.PATTERN, Surroundings(listed=listed(word)))
    assert found.rstrip("\u0bcd") == marked.rstrip("\u0bcd")


def test_a_listed_word_is_found_whole_and_alone() -> None:
    beside = Surroundings(listed=listed("con", "sot"))
    assert seen_in("Le conseil, un concert, la sottise", HintKind.PATTERN, beside) == []


def test_the_longest_phrase_is_found() -> None:
    found = listed("grand", "grand bazar", "bazar").find(seen_text("grand bazar, grand merci, bazar"))
    assert [each.id for each in found] == [2, 1, 3]


def test_words_of_another_language_are_not_looked_for() -> None:
    beside = Surroundings(listed=listed("pain", lang="en"), langs=("fr",))
    assert seen_in("du pain", HintKind.PATTERN, beside) == []


IDEA = "Mettre des bancs et des arbres sur la place du marché pour que les anciens se reposent"


def test_a_text_that_says_nearly_the_same_is_found() -> None:
    others = {7: "Des jeux pour les enfants au parc des Lilas", 8: IDEA.upper(), 9: IDEA + " !"}
    assert nearest(f"{IDEA}, merci", others) == 8
    assert nearest("Refaire la piste cyclable de la rue du Port avant la rentrée des classes", others) is None
    hints = find_hints(IDEA, Surroundings(others=others))
    assert [(each.kind, each.other_id) for each in hints] == [(HintKind.NEAR_DUPLICATE, 8)]


def test_short_texts_are_alike_when_they_are_the_same() -> None:
    assert nearest("Plus de bancs !", {1: "Moins de bancs", 2: "plus de BANCS"}) == 2
    assert nearest("Oui merci", {1: "Oui merci"}) is None
    assert nearest("", {1: ""}) is None


def test_a_text_of_nothing_but_numbers_gets_few_hints_of_each_kind() -> None:
    text = "06 12 34 56 78 ; " * 500 + "a@b.fr ; " * 500
    found = find_hints(text, SENSITIVE)
    assert [each.kind for each in found].count(HintKind.PHONE) == MOST_OF_A_KIND
    assert len(found) <= MOST_HINTS


ANY = st.text(max_size=200)
#: What texts that hide something are made of.
PIECES = st.lists(
    st.sampled_from(
        [*"06+()@.-,\n M", "06 12", "34 56 78", "+33", "\u202e", "\u202c", "\u200b", "\u0301", "Mme ", "Exemple",
         "arobase", " point ", "fr", "AB-123-CD", "12 rue ", "السيد ", "محمد", "ﷺ", "½", "ß", "\u0345", "İ", "\ud83d\ude00"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.one_of(ANY, PIECES), st.lists(ANY, max_size=3))
def test_hints_lie_in_the_text_and_in_its_order(text: str, words: list[str]) -> None:
    beside = Surroundings(sensitive=True, listed=listed(*words), others={1: text[:50]})
    found = find_hints(text, beside)
    assert all(0 <= each.start <= each.end <= len(text) for each in found)
    assert all(each.start < each.end for each in found if each.kind is not HintKind.NEAR_DUPLICATE)
    assert all(before.start <= after.start for before, after in pairwise(found))
    assert len(found) <= MOST_HINTS


@given(
    st.text("abcdé أبة1", min_size=1, max_size=30),
    st.lists(st.sampled_from("\u200b\u200d\u00ad\u2060\ufe0f\u202a\u0301"), max_size=9),
    st.randoms(),
)
def test_what_nobody_sees_changes_no_word(text: str, unseen: list[str], chance: Random) -> None:
    hidden = text
    for each in unseen:
        place = chance.randint(0, len(hidden))
        hidden = hidden[:place] + each + hidden[place:]
    assert key_of(hidden) == key_of(text)


@given(st.text("abcdéÀçœ أبة", min_size=1, max_size=30))
def test_letters_of_our_languages_fold_as_everywhere(text: str) -> None:
    assert key_of(text) == fold(text)


def seconds(text: str, beside: Surroundings) -> float:
    started = time.process_time()
    find_hints(text, beside)
    return time.process_time() - started


#: What a text may be made of to keep a worker busy.
HOSTILE = (
    *(
        "0",
        "06 ",
        "06 12 34 56 7",
        "+33 ",
        "1 ",
        "00",
        "a@",
        "@a.",
        "a@a",
        " at a dot ",
        "a.a-",
        "a (at) ",
        "[at]a(dot)",
    ),
    *(
        "M. ",
        "M. de ",
        "Mme Le ",
        "Mme De La ",
        "Mme ben ben ",
        "السيد بن ",
        "AB-12",
        "AA",
        "1234 AB ",
        "12 rue ",
    ),
    *(
        "12 a a a ",
        "bât. B ",
        "bât B, esc 2, ",
        "شارع ا ",
        "12 place de la ",
        "\u202e",
        "\u202ea\u202c",
        "\u0301",
        "ﷺ",
    ),
    *("bric ", "bric a ", "é", "٠", "-", "'", " ", "\n", "12 bis "),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_what_a_text_costs_grows_with_its_length_alone(piece: str) -> None:
    """Ten times the text costs ten times the time: thirty leave room for what else the machine does."""
    beside = Surroundings(sensitive=True, listed=listed("bric", "bric a bric a bric a brac"))
    short, long = ((piece * length)[:length] for length in (2000, 20_000))
    seconds(short, beside)
    assert seconds(long, beside) < max(30 * min(seconds(short, beside) for _ in range(3)), 0.05)


def test_a_list_of_five_thousand_phrases_costs_what_one_costs() -> None:
    """Also where all of them begin with one word, and the text is made of it."""
    text = ("bric a brac " * 2000)[:20_000]
    one = listed("bric a brac")
    many = listed("bric a brac", *(f"bric mot{number}" for number in range(5000)))
    few, lots = (min(seconds(text, Surroundings(listed=index)) for _ in range(3)) for index in (one, many))
    assert lots < 3 * few


def test_what_is_beyond_the_longest_text_is_not_read() -> None:
    assert find_hints("a" * LONGEST_READ + " 06 12 34 56 78", SENSITIVE) == ()


def test_words_stand_before_their_title_so_that_places_in_them_stay() -> None:
    text = whole_text("Chez Mme Exemple", "Au 06 12 34 56 78")
    name, phone = sorted(find_hints(text, SENSITIVE), key=lambda each: each.kind)
    assert "Au 06 12 34 56 78"[phone.start : phone.end] == "06 12 34 56 78"
    start = start_of_title("Au 06 12 34 56 78")
    assert "Chez Mme Exemple"[name.start - start : name.end - start] == "Mme Exemple"
    assert whole_text("", "Ici") == "Ici"


def test_marks_that_overlap_are_parts_of_their_own() -> None:
    hints = [Hint(HintKind.NAME, 2, 6), Hint(HintKind.PATTERN, 4, 8), Hint(HintKind.NEAR_DUPLICATE, 0, 10)]
    parts = [(each.text, each.hints) for each in marked("0123456789", hints)]
    assert parts == [("01", ()), ("23", (0,)), ("45", (0, 1)), ("67", (1,)), ("89", ())]


@given(ANY, st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=9), st.integers(0, 40))
def test_marked_parts_are_the_text(text: str, spans: list[tuple[int, int]], start: int) -> None:
    """Also where the hints are those of another text than this one, which was changed since."""
    hints = [Hint(HintKind.NAME, min(span), max(span)) for span in spans]
    parts = marked(text, hints, start)
    assert "".join(each.text for each in parts) == text
    assert all(each.text for each in parts)
