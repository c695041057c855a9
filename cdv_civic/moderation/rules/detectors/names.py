"""Names of people after « M. », « Mme », « Mr », « السيد »: not offices (« Mme la maire »). Linear in the text."""

import re
from collections.abc import Iterator
from typing import Final

from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.rules.detectors.seen_text import SeenText, TextSpan, seen_text

_TITLE: Final = re.compile(
    r"(?<![\w'-])(?:(?P<letter>MM?)(?:\.|(?= ))"
    r"|(?:mrs?|ms|mmes?|mlles?)(?:\.|(?=[ \n-]))|(?:monsieur|madame|mademoiselle|messieurs|mesdames)(?=[ \n-]))",
    re.IGNORECASE,
)
#: After these a letter M names a building, a line or a size; after a number, metres.
_BEFORE_A_LETTER: Final = re.compile(
    r"(?:\d|\b(?:bat(?:iment)?|bloc|hall|escalier|tour|ligne|lot|zone|taille|porte|section|lettre|groupe))[. ]{1,2}\Z",
    re.IGNORECASE,
)
_FIRST_WORD: Final = re.compile(r"[ -]{0,2}\n?([^\W\d_][\w'-]{0,40})")
_NEXT_WORD: Final = re.compile(r"[ -]{1,3}([^\W\d_][\w'-]{0,40})")


def _set(words: str) -> frozenset[str]:
    """Words as `seen_text` gives them."""
    return frozenset(seen_text(words).plain.split())


_ARTICLES: Final = _set("le la les")
_PARTICLES: Final = _set(
    "de du des d von van der den del della di da dos el al ben bin bint ibn bou abou abd ait ould old y"
)
_NAMES_TOO: Final = _set("ben el al")
#: Who does something in public, by their office.
_OFFICES: Final = _set(
    "maire adjoint adjointe prefet prefete sous president presidente vice ministre depute deputee senateur senatrice"
    " directeur directrice conseiller conseillere elu elue delegue deleguee juge procureur procureure commissaire"
    " recteur rectrice proviseur proviseure principal principale secretaire gardien gardienne chef cheffe"
    " responsable premier premiere mediateur mediatrice cure imam docteur professeur mayor president"
)
#: What begins a sentence after a title, and names that are nobody's.
_NO_NAMES: Final = _set(
    "m mr mrs mme mlle monsieur madame mademoiselle messieurs mesdames et ou mais donc or ni car il elle on nous vous"
    " ils elles je tu ce cet cette ces c j l un une au aux en a est etait sont dans avec pour par sur sans si quand"
    " comme que qui quoi comment pourquoi mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs bonjour"
    " bonsoir merci salut cher chere svp aucun rien tout tous toute toutes the and we you they it is bonne bon"
    " untel unetelle untelle xx xxx machin truc tartempion bricolage propre"
)
_LONGEST_NAME: Final = 8
_ARABIC_TITLE: Final = re.compile(r"(?<!\w)[وفب]?(?:ال|لل)(?:سيدة|سيد|انسة)[ \n]{1,2}")
_ARABIC_WORD: Final = re.compile(r" {0,2}([\u0621-\u064a]{2,30})")
_ARABIC_OFFICES: Final = _set(
    "رئيس رئيسة الرئيس الرئيسة عمدة العمدة محافظ المحافظ المحافظة والي الوالي مدير المدير المديرة مديرة"
    " النائب النائبة نائب نائبة الوزير الوزيرة وزير القاضي القاضية المفوض الأمين المندوب المندوبة"
    " المستشار المستشارة السيد السيدة والسيدة والسادة الذي التي هو هي في من إلى على عن"
)
_ARABIC_JOINS: Final = _set("بن ابن بنت عبد أبو أم ولد بو آيت آل")


def names(seen: SeenText) -> Iterator[TextSpan]:
    """A title with the name that follows it."""
    for title in _TITLE.finditer(seen.plain):
        letter = title["letter"]
        if letter and (
            letter[0] == "m"
            or _BEFORE_A_LETTER.search(seen.plain[max(0, title.start() - 14) : title.start()])
        ):
            continue
        end = _end_of_name(seen.plain, title.end())
        if end:
            yield seen.span(title.start(), end)
    for title in _ARABIC_TITLE.finditer(seen.plain):
        end = _end_of_arabic_name(seen.plain, title.end())
        if end:
            yield seen.span(title.start(), end)


def _end_of_name(plain: str, place: int) -> int | None:
    """Where a name ends that begins here; None where there is none."""
    end = None
    found = _FIRST_WORD.match(plain, place)
    for _count in range(_LONGEST_NAME):
        if found is None:
            break
        word, bare = found[1], fold(found[1])
        first, _, rest = bare.partition(" ")
        joins = bare in _ARTICLES or bare in _PARTICLES
        capital = word[0].isupper() or word.partition("'")[2][:1].isupper()
        if joins:
            # « Mme la maire »: no name begins with a small article.
            if end is None and bare in _ARTICLES and not capital:
                break
            if capital and bare in _NAMES_TOO:
                end = found.end()
        elif (
            first in _NO_NAMES or not capital or (end is None and (len(bare) < 2 or {first, rest} & _OFFICES))
        ):
            break
        else:
            end = found.end()
        found = _NEXT_WORD.match(plain, found.end())
    return end


def _end_of_arabic_name(plain: str, place: int) -> int | None:
    """The first word, and the next ones where they belong to it: Arabic has no capitals to tell."""
    end = None
    joined = True
    while joined:
        found = _ARABIC_WORD.match(plain, place)
        if found is None or found[1] in _ARABIC_OFFICES:
            break
        place = found.end()
        joined = found[1] in _ARABIC_JOINS
        if not joined:
            end = place
            follows = _ARABIC_WORD.match(plain, place)
            joined = follows is not None and follows[1] in _ARABIC_JOINS
    return end
