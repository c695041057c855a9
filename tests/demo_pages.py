"""The addresses of the demonstration's pages, without their language: what the checks of all pages read.

Pages of single rows have numbers in their addresses: they are found by following links, as staff do.
"""

import html
import re
from collections.abc import Callable, Iterable

#: Gives the source of a page: "/fr/bureau" in, HTML out.
Read = Callable[[str], str]

CONTRACT = "/contrats/grand-orly-seine-bievre-2024-2030"
FPCC = "/fonds/fonds-participatif-des-conseils-citoyens-fpcc-de-viry"
MICRO_PROJECTS = "/fonds/commission-micro-projets-de-grand-paris-sud"
PUBLIC_PAGES = (
    "/",
    "/en-ce-moment",
    "/en-ce-moment?quartier=orly-quartier-est",
    "/dire",
    "/dire?quartier=orly-quartier-est",
    "/langues",
    "/langues?langue=ar&ville=orly",
    "/quartiers",
    "/quartiers?q=quartier+est",
    "/quartiers?q=zzzzzz",
    "/quartiers/orly-quartier-est",
    "/quartiers/orly-quartier-est/dates",
    "/quartiers/orly-quartier-est/nouvelles",
    "/quartiers/valenton-villeneuve-saint-georges-polognes-le-plateau",
    "/quartiers/ivry-sur-seine-monmousseau",
    "/contrats",
    CONTRACT,
    f"{CONTRACT}?arbre=communes",
    f"{CONTRACT}?axe=ORL-EST-EMA",
    f"{CONTRACT}/organisations",
    f"{CONTRACT}/organisations/commune-d-orly",
    f"{CONTRACT}/instances",
    f"{CONTRACT}/instances/conseil-de-quartier",
    f"{CONTRACT}/charte",
    f"{CONTRACT}/instances/conseil-de-quartier/charte",
    "/idees/vos-idees-pour-le-quartier-est-exemple",
    "/idees/vos-idees-pour-le-quartier-est-exemple/1",
    "/idees/vos-idees-pour-le-quartier-est-exemple/1/point?cote=pour",
    "/idees/vos-idees-pour-le-quartier-est-exemple/1/soutenir",
    "/idees/vos-idees-pour-le-quartier-est-exemple/proposer",
    "/idees/la-place-de-grigny-2-exemple",
    "/idees/la-place-de-grigny-2-exemple/5",
    "/idees/la-place-de-grigny-2-exemple/groupes/3",
    "/consultations/grigny-2-vos-idees",
    "/consultations/grigny-2-vos-idees/resultats",
    "/consultations/le-choix-la-place-de-grigny-2-exemple",
    "/consultations/le-choix-la-place-de-grigny-2-exemple/resultats",
    "/contrats/grand-paris-sud-2024-2030?arbre=habitants",
    "/contrats/grand-paris-sud-2024-2030/charte",
    f"{CONTRACT}/instances/conseil-de-quartier/paroles",
    # The first text of the demonstration that everybody reads.
    "/signaler/1",
    f"{CONTRACT}/instances/conseil-de-quartier/rencontres",
    f"{CONTRACT}/instances/conseil-de-quartier/rencontres/1",
    f"{CONTRACT}/instances/conseil-de-quartier/rencontres/3",
    f"{CONTRACT}/instances/conseil-de-quartier/publications",
    f"{CONTRACT}/instances/conseil-de-quartier/publications/1",
    f"{CONTRACT}/instances/clspd-orly",
    f"{CONTRACT}/instances/conseil-des-seniors/parole",
    f"{CONTRACT}/instances/conseil-des-seniors/paroles",
    "/parole/suivi",
    "/fonds",
    "/fonds/subventions",
    FPCC,
    f"{FPCC}/projets-de-l-annee",
    f"{FPCC}/projets-de-l-annee?etat=retenus",
    # Closed with its review, and refused against its will.
    f"{FPCC}/projets-de-l-annee/1",
    f"{FPCC}/projets-de-l-annee/7",
    f"{FPCC}/projets-de-l-annee/proposer",
    "/fonds/budget-participatif-de-villejuif",
    "/fonds/budget-participatif-de-villejuif/les-projets-a-choisir",
    "/fonds/budget-participatif-de-villejuif/budget-participatif-exemple-2025",
    "/fonds/budget-participatif-de-villejuif/budget-participatif-exemple-2025/comptes/plus-de-voix",
    MICRO_PROJECTS,
    f"{MICRO_PROJECTS}/premiere-session",
    # Of whom nobody has heard for long.
    f"{MICRO_PROJECTS}/premiere-session/3",
    f"{MICRO_PROJECTS}/premiere-session/commissions/4",
    "/idees",
    f"{CONTRACT}/instances/conseil-de-quartier/tirages/1",
    f"{CONTRACT}/instances/conseil-de-quartier/tirages/2",
    "/fonds/subventions",
    "/votes",
    "/votes/toulouse-2019",
    "/votes/toulouse-2019/plus-de-voix",
    "/votes/toulouse-2019/parts-egales",
    "/consultations",
    "/consultations?etat=ouvertes",
    "/consultations?q=école",
    "/consultations/vivre-a-grand-paris-sud-2027",
    "/consultations/vivre-a-grand-paris-sud-2027/repondre",
    "/consultations/vivre-a-grand-paris-sud-2023",
    "/consultations/vivre-a-grand-paris-sud-2023/resultats",
    "/consultations/grigny-2-devant-l-ecole/resultats",
    "/consultations/corbeil-vivre-ensemble/resultats",
    "/consultations/orly-des-arbres-et-des-regles/avis",
    "/consultations/orly-des-arbres-et-des-regles/resultats",
    "/consultations/evry-les-soirs-d-ete",
    "/consultations/evry-les-soirs-d-ete/repondre",
    "/consultations/evry-les-soirs-d-ete/phrase",
    "/consultations/grigny-2-devant-l-ecole/reponse",
    "/engagements",
    "/engagements?quartier=orly-quartier-est",
    "/engagements?q=écoles&theme=emancipation",
    "/engagements?q=zzzzzz",
    f"{CONTRACT}/engagements/ORL-EST-EMA-07",
    f"{CONTRACT}/engagements/ORL-EST-TEE-03",
    f"{CONTRACT}/engagements/ETAT.O1.1",
    f"{CONTRACT}/engagements/OT.D7",
    "/suivre/quartier/orly-quartier-est",
    "/suivre/engagement/grand-orly-seine-bievre-2024-2030/ORL-EST-EMA-07",
    "/mots",
    "/mentions-legales",
    "/vie-privee",
    "/accessibilite",
    "/connexion",
    "/connexion?retour=/fr/bureau&poste=partage&fin=inactif",
    "/connexion/e-mail",
    "/connexion/sms",
    "/connexion/code/ancien",
    "/connexion/lien/ancien",
    "/connexion/equipe",
    "/carte",
    "/connexion/equipe?poste=partage&fin=inactif",
    "/mot-de-passe/ancien",
    "/mot-de-passe-oublie",
    "/compte-efface",
    "/messages-envoyes",
    "/composants",
    "/cette-page-n-existe-pas",
)
DESK_PAGES = (
    "/bureau/compte",
    "/bureau/compte/telephone",
    "/bureau/compte/codes",
    "/deconnexion",
    "/moi",
    "/moi/reglages",
    "/moi/messages",
    "/moi/bienvenue",
    "/moi/nom",
    "/moi/quartiers?q=orly",
    "/moi/joindre/telephone",
    "/moi/suivis",
    "/moi/suivre/quartier/orly-quartier-est",
    "/moi/brouillons",
    "/moi/donnees",
    "/moi/effacer",
    "/bureau",
    "/bureau/chartes",
    "/bureau/chartes/1/0",
    "/bureau/chartes/1/0/principe",
    "/bureau/recours",
    "/bureau/fonds",
    "/bureau/fonds/fonds-participatif-des-conseils-citoyens-fpcc-de-viry",
    "/bureau/fonds/fonds-participatif-des-conseils-citoyens-fpcc-de-viry/appels/projets-de-l-annee",
    "/bureau/projets",
    "/bureau/projets/appels/1",
    "/bureau/projets/13",
    "/bureau/projets/1",
    "/bureau/avis",
    "/bureau/commissions",
    "/bureau/commissions/fonds/3",
    "/bureau/commissions/reunions/3",
    "/bureau/commissions/reunions/4",
    "/bureau/bilans",
    "/bureau/bilans?etape=en-retard",
    "/bureau/bilans?etape=arrete",
    "/bureau/bilans/2",
    "/bureau/bilans/2/saisir",
    "/bureau/bilans/26",
    "/bureau/bilans/24/arreter",
    "/bureau/idees",
    "/bureau/idees/nouvelle",
    "/bureau/rappels",
    "/bureau/engagements/suivi",
    "/bureau/engagements",
    "/bureau/engagements?q=médiathèque",
    "/bureau/cartes",
    "/bureau/cartes/nouvelles",
    "/bureau/cartes/perdue",
    "/bureau/instances",
    "/bureau/langues",
    "/bureau/langues/nouveau",
    "/bureau/langues/1",
    "/bureau/mots-a-signaler",
    "/bureau/mots-a-signaler?q=zouzou",
    "/bureau/mots-a-signaler/ajouter",
    "/relais",
    "/relais/consultations",
    "/bureau/consultations",
    "/bureau/consultations/grigny-2-devant-l-ecole",
    "/bureau/consultations/grigny-2-devant-l-ecole/resultats",
    "/bureau/consultations/vivre-a-grand-paris-sud-2027/papier",
    "/bureau/consultations/vivre-a-grand-paris-sud-2027/rencontres",
    "/bureau/consultations/vivre-a-grand-paris-sud-2027/rencontres/rue",
    "/bureau/consultations/moissy-nom-de-la-placette/voix",
    "/bureau/consultations/savigny-le-temple-bruits-du-soir",
    "/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly",
)
ADMINISTRATORS_PAGES = (
    "/bureau/comptes",
    "/bureau/comptes?q=zzzzzz",
    "/bureau/comptes/1",
    "/bureau/comptes/1/role",
    "/bureau/comptes/1/role?role=relais&portee=commune:1",
    "/bureau/comptes/inviter",
    "/bureau/comptes/inviter?role=relais&sorte=quartier",
    "/bureau/comptes/inviter?role=holder&sorte=organisation&q=caf",
    "/bureau/comptes/inviter?role=relais&portee=commune:1",
    "/bureau/droits",
    "/bureau/comptes-inutilises",
    "/bureau/messages",
)
#: Public pages with a form that anybody may send: they set the cookie that proves it is theirs.
_WITH_FORM = ("/connexion/", "/carte", "/mot-de-passe")
_BODIES_OF_ORLY = "/bureau/instances?contrat=grand-orly-seine-bievre-2024-2030&q=orly"


def expected_status(path: str) -> int:
    """The status of a page of these lists."""
    return 404 if "n-existe-pas" in path else 410 if "ancien" in path else 200


def may_set_cookie(path: str) -> bool:
    """Whether a public page may set a cookie."""
    return path.partition("?")[0].startswith(_WITH_FORM)


def pages_of_one_body(read: Read) -> list[str]:
    """The desk's pages of a body: itself, its meetings, and one of each other kind."""
    first = _body(read)
    acts = _acts(read, first)
    for meeting in [link for name, link in acts.items() if name.startswith("rencontres ")]:
        acts |= _acts(read, meeting, first)
    assert {"modifier", "nouvelle", "annuler", "deplacer", "retablir", "presents", "feuille"} <= set(acts)
    return [first, *sorted(set(acts.values()))]


def pages_of_members_and_draws(read: Read) -> list[str]:
    """The desk's pages of the members of a body, and of its draws of lots."""
    body = _body(read)
    members, drawn = f"{body}/membres", f"{body}/tirages/2"
    paths = [members, f"{members}/nouveau", f"{members}/sieges"]
    paths += [f"{body}/tirages", f"{body}/tirages/nouveau", f"{body}/tirages/1", drawn, f"{drawn}/hasard"]
    for start in (members, drawn):
        by_act = {link.rpartition("/")[2]: link for link in reversed(_links(read, start, start))}
        paths += [by_act[act] for act in ("modifier", "fin", "compte", "retirer") if act in by_act]
    assert {path.rpartition("/")[2] for path in paths} >= {"fin", "compte", "retirer"}
    return paths


def pages_of_moderation(read: Read) -> list[str]:
    """The desk's pages of moderation: the lists of the staff of a contract, a text in each of its states, each act on
    it, an appeal that waits and one that has its answer, and a principle of a charter."""
    (first, *_rest) = _links(read, "/bureau", "/bureau/moderation/contrats")
    queue = first.partition("?")[0]
    paths = [queue]
    for shown in ("attente", "publics", "masques"):
        asked = f"{queue}?quoi={shown}"
        (case, *_others) = _links(read, asked, queue)
        paths += [asked, case, *_links(read, case, case)]
    appeals = _links(read, "/bureau/recours", "/bureau/recours")
    assert {path.rpartition("/")[2] for path in paths} >= {"masquer", "masquer-une-partie", "remontrer"}
    assert appeals, "the list of appeals leads to one that waits"
    charter = "/bureau/chartes/" + queue.rpartition("/")[2] + "/0"
    principles = _links(read, charter, "/bureau/chartes/principes")
    assert principles, "the staff's charter leads to its principles"
    return [*paths, *appeals, charter, principles[0]]


def pages_of_one_commitment(read: Read) -> list[str]:
    """The desk's pages of a commitment: itself and its acts."""
    first = next(iter(_links(read, "/bureau/engagements?q=ORL-EST-EMA-07", "/bureau/engagements")))
    acts = {link for link in _links(read, first, first) if not link.endswith(".csv")}
    assert acts, "the page of a commitment leads to its acts"
    return [first, *sorted(acts)]


def _links(read: Read, path: str, under: str) -> list[str]:
    """Where a page's main part leads to below `under`, in its order."""
    main = read(f"/fr{path}").partition("<main")[2]
    found: Iterable[str] = (html.unescape(link) for link in re.findall(r'href="/fr(/[^"#]*)', main))
    return list(dict.fromkeys(link for link in found if link.startswith(f"{under}/")))


def _body(read: Read) -> str:
    """The address of the conseil de quartier of Orly at the desk."""
    rows = read(f"/fr{_BODIES_OF_ORLY}").partition("<main")[2].partition("<table")[2]
    found = re.search(r'href="/fr(/bureau/instances/\d+)"[^>]*>[^<]*Conseil de Quartier', rows)
    assert found, "the list of bodies leads to the conseil de quartier"
    return found[1]


def _acts(read: Read, path: str, under: str = "") -> dict[str, str]:
    """The pages of a body that a page leads to: every meeting, and one of each other kind, by its last name."""
    found = {}
    for link in _links(read, path, under or path):
        *_rest, kind, name = link.partition("?")[0].split("/")
        if not name.endswith(".csv"):
            found[f"{kind} {name}" if name.isdigit() else name] = link
    return found
