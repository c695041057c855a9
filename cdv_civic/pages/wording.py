"""Figures said as sentences, in the reader's language."""

import re
from collections.abc import Iterable
from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.formats import number_text
from cdv_civic.core.text_folding import fold
from cdv_civic.territory.queries.quartiers import Share

_AGE: Final = re.compile(r"part des (moins|plus) de (\d\d) ans")


def number(value: int) -> str:
    """« 10 672 »: a whole number as people write it."""
    return number_text(value)


def enumeration(items: Iterable[str]) -> str:
    """« A, B et C »."""
    listed = list(items)
    if len(listed) < 2:
        return "".join(listed)
    return _("%(first)s et %(last)s", first=_(", ").join(listed[:-1]), last=listed[-1])


def actions(count: int) -> str:
    """« 64 actions »: all that a contract cites, promises or not."""
    return str(ngettext("%(count)s action", "%(count)s actions", count, count=number(count)))


def share(share: Share) -> str:
    """« 2 personnes sur 5 environ ont moins de 24 ans »: a share as people say it."""
    match = _AGE.fullmatch(fold(share.name))
    part, whole = number(share.part), number(share.whole)
    if match is None:
        return _("%(name)s : environ %(part)s sur %(whole)s", name=share.name, part=part, whole=whole)
    if match[1] == "moins":
        return str(
            ngettext(
                "Environ %(part)s personne sur %(whole)s a moins de %(age)s ans",
                "Environ %(part)s personnes sur %(whole)s ont moins de %(age)s ans",
                share.part,
                part=part,
                whole=whole,
                age=match[2],
            )
        )
    return str(
        ngettext(
            "Environ %(part)s personne sur %(whole)s a plus de %(age)s ans",
            "Environ %(part)s personnes sur %(whole)s ont plus de %(age)s ans",
            share.part,
            part=part,
            whole=whole,
            age=match[2],
        )
    )


def natures(promises: int, leads: int) -> str:
    """« 10 promesses, 39 pistes et études »; where nothing is promised, that is said too."""
    parts = []
    if promises:
        parts.append(ngettext("%(count)s promesse", "%(count)s promesses", promises, count=number(promises)))
    if leads:
        parts.append(
            ngettext("%(count)s piste ou étude", "%(count)s pistes et études", leads, count=number(leads))
        )
    if not promises:
        parts.append(_("aucune promesse"))
    return _(", ").join(map(str, parts))


def cited_sentence(promises: int, leads: int, done: int, *, of_holder: bool = False) -> str:
    """« Le contrat cite 49 actions : 10 promesses, 39 pistes et études. 13 sont réalisées. »

    A lead is never called a promise. `done`: how many of both are done; `of_holder`: those of one organisation.
    """
    total = promises + leads
    if not total:
        return _("Aucune action du contrat n’est encore reliée ici.")
    n, kinds = number(total), natures(promises, leads)
    cited = (
        ngettext(
            "Le contrat cite %(count)s action à son nom : %(kinds)s.",
            "Le contrat cite %(count)s actions à son nom : %(kinds)s.",
            total,
            count=n,
            kinds=kinds,
        )
        if of_holder
        else ngettext(
            "Le contrat cite %(count)s action : %(kinds)s.",
            "Le contrat cite %(count)s actions : %(kinds)s.",
            total,
            count=n,
            kinds=kinds,
        )
    )
    if not done:
        return str(cited)
    finished = ngettext("%(count)s est réalisée.", "%(count)s sont réalisées.", done, count=number(done))
    return f"{cited} {finished}"


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.globals.update(actions_said=actions, said_number=number)
    app.jinja_env.filters.update(enumeration=enumeration, share_said=share)
