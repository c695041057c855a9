"""Every sentence that promises something about privacy has a test of what is stored, sent or shown.

`PROMISES` names the tests of each; `NO_PROMISE` lists what holds the same words and promises nothing. A sentence that is
new, or changed by a word, stands in neither: this fails until somebody has looked at what the code does.
"""

import ast
import re
from functools import lru_cache
from typing import Final

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from cdv_civic.core.settings import ROOT
from tools.catalogues import KEYWORDS

#: Words of privacy, in the French of the sources.
OF_PRIVACY: Final = re.compile(
    r"jamais|effac|\boubli(?:e|é|és|ées|ée)\b"
    r"|sans (?:son |votre |mon |leur |les |sa |qui )?(?:noms?|comptes?)\b"
    r"|(?<!la )\bpersonne ne\b|nulle part|anonym|illisible|rien d’autre"
    r"|aucune? (?:nom|cookie|outil|page)|garde (?:aucun|sur|que|plus)|gardons"
    r"|lisent vos|vous lisent|lit vos|reli[ée]+ à|lié à (?:mon|votre)|choisissez si"
    r"|\bni (?:son|votre|leur) |ne voi(?:t|ent)|ne l’enregistre"
    r"|n’(?:y )?est pas (?:noté|montré|enregistré|lié)|publics? (?:sans|seulement)|sert une seule"
    r"|qui vous êtes|à savoir|peut (?:le )?lire|vous répond\b|s’est donné|fixé de date"
    r"|hors du site|qui a parlé|cookie|agenda|seul chemin|garde le reçu",
    re.IGNORECASE,
)

_ROWS = "tests/promises/test_rows.py"
_LINKED = "tests/voices/test_linked.py"
_AT = "tests/voices/test_organisations.py"
_VOICES = "tests/voices/test_operations.py"
_PAGES = "tests/voices/test_pages.py"
_ERASURE = "tests/accounts/test_erasure.py"
_RETENTION = "tests/my_space/test_retention.py"
_LOGS = "tests/test_logs.py"
_CARDS = "tests/cards/test_operations.py"
_DRAWS = "tests/draws/test_operations.py"
_SEATS = "tests/seats/test_operations.py"
_SEATS_DESK = "tests/seats/test_desk.py"
_MINE = "tests/my_space/test_my_space.py"
_WAYS = "tests/sign_in/test_by_message.py"

_NOBODY: Final = (
    f"{_ROWS}::test_a_visitors_word_says_nothing_of_who_sent_it",
    f"{_PAGES}::test_a_visitor_says_something_without_a_cookie_and_follows_it",
)
_CONTACT_ENDS: Final = (
    f"{_ROWS}::test_a_way_to_answer_is_erased_when_the_form_says",
    f"{_VOICES}::test_ways_to_answer_are_forgotten",
)
_DRAFT_FORMS = "tests/drafts/test_forms.py"
_DRAFT_BROWSER = "tests/browser/test_drafts.py"
_DRAFTS: Final = (
    f"{_DRAFT_FORMS}::test_somebody_else_finds_nothing_of_it",
    "tests/drafts/test_operations.py::test_drafts_that_nobody_saves_are_erased_after_ninety_days",
)
_DRAFT_ERASED: Final = ("tests/drafts/test_operations.py::test_one_erases_ones_own_and_nobody_elses",)
_ON_DEVICE: Final = (
    f"{_DRAFT_BROWSER}::test_old_drafts_go_on_any_page_and_few_are_kept",
    f"{_DRAFT_BROWSER}::test_a_refusal_and_a_lost_connection_keep_it_and_sending_clears_it",
    f"{_DRAFT_BROWSER}::test_signing_out_erases_it_and_nobody_else_ever_finds_it",
    f"{_DRAFT_BROWSER}::test_a_shared_device_keeps_nothing_and_forgets_what_was_there",
    f"{_DRAFT_FORMS}::test_a_shared_device_keeps_nothing_but_the_account_may",
)
_ORGANISATION: Final = (
    f"{_AT}::test_the_organisation_reads_the_words_and_nothing_of_who_said_them",
    f"{_AT}::test_a_contact_is_shown_where_the_person_agreed_and_gone_once_it_is_erased",
    f"{_AT}::test_only_its_own_contacts_read_what_lies_at_an_organisation",
)
_CHOSEN: Final = (
    f"{_LINKED}::test_the_form_says_what_will_be_kept_before_anything_is_sent",
    f"{_LINKED}::test_a_word_that_is_linked_is_found_again_in_ones_own_data",
    f"{_LINKED}::test_a_word_sent_without_the_account_is_kept_without_it_everywhere",
)
_READERS: Final = (
    f"{_ROWS}::test_who_reads_the_words_of_a_body",
    f"{_PAGES}::test_staff_and_members_write_down_and_never_read",
)
_PUBLIC: Final = (
    f"{_VOICES}::test_public_only_if_the_author_agreed_and_a_moderator_read_it",
    f"{_PAGES}::test_no_public_page_ever_shows_who_said_it",
)
_CONSENT: Final = (
    f"{_ROWS}::test_what_a_relais_read_aloud_is_what_is_kept",
    f"{_ROWS}::test_an_older_consent_keeps_the_text_that_was_heard",
)
_TAKEN_AWAY: Final = (
    "tests/voices/test_taken_away.py::test_whoever_has_the_receipt_takes_the_word_back_everywhere",
)
_DATE: Final = (f"{_ROWS}::test_a_day_to_answer_is_said_where_the_group_set_one_and_only_there",)
_OFF_SITE: Final = (f"{_AT}::test_what_the_moderators_passed_on_themselves_says_so_to_everybody",)
_MINOR: Final = (
    "tests/participation/test_public_names.py::test_a_minor_has_no_public_name",
    "tests/bodies/test_minors.py::test_ticking_it_takes_the_name_off_the_page_at_once",
    f"{_VOICES}::test_a_minors_word_asks_for_a_second_look",
)
_GONE: Final = (f"{_ERASURE}::test_nothing_of_the_person_stays",)
_UNUSED: Final = (
    f"{_RETENTION}::test_an_unused_account_is_warned_then_erased",
    f"{_RETENTION}::test_whoever_signs_in_is_left_alone",
)
_WORDS_STAY: Final = (f"{_VOICES}::test_a_residents_own_words_are_shown_and_left_without_them",)
_COUNTED: Final = (f"{_ROWS}::test_attendance_is_numbers_without_a_name",)
_CODES: Final = (
    f"{_CARDS}::test_a_batch_keeps_hashes_and_its_sheet_is_sealed",
    f"{_CARDS}::test_who_has_printed_says_so_and_the_codes_are_forgotten",
)
_ONCE: Final = (f"{_WAYS}::test_it_works_once", f"{_WAYS}::test_it_lasts_thirty_minutes_and_a_clock_five_minutes_off_does_not_matter")  # fmt: skip
_UNKNOWN_VISITOR: Final = (
    f"{_ROWS}::test_reading_the_site_writes_nothing_down",
    f"{_LOGS}::test_a_visitor_gets_no_cookie_but_the_proof_of_a_form",
)
_CALENDAR: Final = (f"{_ROWS}::test_a_calendar_is_a_file_that_stays_as_it_was_taken",)
_MY_DATA: Final = (
    f"{_MINE}::test_the_file_holds_all_that_was_entered",
    "tests/test_register.py::test_the_parts_of_the_file_are_those_of_the_register",
)
_LIST: Final = (f"{_DRAWS}::test_a_published_list_is_frozen_and_names_nobody",)

_DECLINED: Final = ("tests/draws/test_proposals.py::test_a_no_leaves_nothing_of_the_person",)

PROMISES: Final[dict[str, tuple[str, ...]]] = {
    "Personne ne reçoit encore de messages ici, sur ce site.": (
        "tests/voices/test_one_tap_away.py::"
        "test_where_nobody_listens_no_button_leads_to_a_closed_door_and_the_page_says_whom_to_ask",
    ),
    # Taking part
    "Personne ne peut voter à la place de quelqu’un d’autre.": (
        "tests/participation/test_eligibility.py::test_nobody_ever_votes_in_anybodys_place",
    ),
    "Tout le monde, sans compte": (
        "tests/core/test_policy.py::test_a_visitor_may_do_what_is_open_to_anybody_and_nothing_else",
    ),
    # Seats after a draw, cards
    "C’est noté. Son nom et ses coordonnées sont effacés de cette liste.": _DECLINED,
    "Son nom et ses coordonnées s’effacent de cette liste. Appelez ensuite la première personne de la liste "
    "des remplacements.": _DECLINED,
    "Le code sert une seule fois, pendant 30 minutes. Avec lui, la nouvelle carte ouvre cet espace.": (
        "tests/attacks/test_cards.py::test_a_code_shown_in_ones_own_space_serves_at_the_desk",
        "tests/attacks/test_cards.py::test_a_code_for_one_card_serves_for_no_other_and_not_late",
    ),
    # Reading
    "Aucun cookie n’est posé.": _UNKNOWN_VISITOR,
    "Aucun outil ne compte ni ne suit vos visites.": _UNKNOWN_VISITOR,
    "Aucune page ne demande quoi que ce soit à un autre site : ni carte, ni police, ni vidéo.": (
        "tests/core/web/test_headers.py::test_the_policy_of_content_allows_no_inline_code",
    ),
    "Le quartier que vous cherchez n’est relié à personne.": _UNKNOWN_VISITOR,
    "Vous lisez ce site sans compte, et sans que nous sachions qui vous êtes.": _UNKNOWN_VISITOR,
    "Pour vous envoyer une page, le serveur reçoit l’adresse de votre connexion. Pour lire, le site ne l’enregistre pas. "
    "L’hébergeur peut tenir un journal technique pour la sécurité : c’est à lui de dire combien de temps il le garde.": (
        *_UNKNOWN_VISITOR,
        f"{_LOGS}::test_nothing_that_people_do_is_logged_with_who_they_are",
    ),
    "Pour éviter les abus, le site compte les envois faits depuis une même connexion ou vers une même adresse : mots de "
    "passe, liens, codes, cartes, reçus, messages sans compte. Ce compte est illisible. Il s’efface en un jour environ.": (
        f"{_ROWS}::test_what_is_counted_against_abuse_names_no_address",
        f"{_ROWS}::test_what_is_counted_against_abuse_is_forgotten_within_a_day",
    ),
    # Saying something to a body
    "Sans compte, sans nom.": _NOBODY,
    "Une question, une idée, une difficulté : dites-le, sans compte, en deux minutes.": _NOBODY,
    "Lisez la réponse à ce que vous avez dit, sans compte, avec le code de votre reçu.": _NOBODY,
    "Sans compte, nous gardons ce que vous écrivez dans le formulaire, et la date. Rien d’autre ne dit qui vous êtes.": _NOBODY,
    "Votre espace est ouvert. Avant d’envoyer, choisissez si ce message y est lié.": _CHOSEN,
    "Lié à mon espace : j’y retrouve mes mots et la réponse": _CHOSEN,
    "Si votre espace est ouvert, vous choisissez avant d’envoyer : lié à votre espace, ou non.": _CHOSEN,
    "Ce message est lié à votre espace : vous le retrouvez dans « Mes données ».": _CHOSEN,
    "Ce message n’est pas lié à votre espace. Gardez le reçu.": _CHOSEN,
    "Sans lien avec mon espace : je garde le reçu pour lire la réponse": _CHOSEN,
    "Votre espace s’est fermé avant l’envoi : ce message n’y est pas lié. Gardez le reçu.": (
        f"{_LINKED}::test_who_was_signed_out_before_sending_is_told_that_the_word_is_not_linked",
    ),
    "Ce reçu est le seul chemin vers la réponse : notez-le, ou prenez-le en photo.": (
        *_NOBODY,
        f"{_LINKED}::test_the_receipt_is_the_only_way_but_for_who_has_another",
    ),
    "Le groupe ne voit votre nom dans aucun des deux cas.": (
        f"{_ROWS}::test_moderators_never_see_who_said_it",
    ),
    "Les personnes qui animent ce groupe vous lisent.": _READERS,
    "Les personnes qui animent le groupe lisent vos mots. Les personnes qui gèrent le site le peuvent aussi.": _READERS,
    "Une adresse e-mail ou un téléphone. Effacé %(num)s jour après la réponse, ou après deux ans sans réponse.": _CONTACT_ENDS,
    "Son e-mail ou son téléphone, pour une réponse. Effacé %(num)s jour après, ou après deux ans sans réponse.": _CONTACT_ENDS,
    "E-mail ou téléphone, pour une réponse. Effacé %(num)s jour après la réponse.": _CONTACT_ENDS,
    "Si vous voulez une réponse, nous gardons aussi votre e-mail ou votre téléphone, et la langue de la réponse. Effacés "
    "%(num)s jour après la réponse, ou après deux ans sans réponse.": _CONTACT_ENDS,
    "La réponse part par e-mail. L’adresse n’est pas montrée.": (
        f"{_ROWS}::test_moderators_never_see_who_said_it",
    ),
    "Pas de visage, pas de plaque. Elle n’est jamais publiée.": (
        f"{_PAGES}::test_the_photo_is_for_the_moderators_only",
    ),
    "Ce groupe s’est donné %(num)s jour pour répondre.": _DATE,
    "Ce groupe s’est donné une date pour répondre : %(when)s.": _DATE,
    "Votre message est arrivé. Ce groupe n’a pas fixé de date pour répondre.": _DATE,
    "Vos mots et votre contact s’effacent tout de suite, pour le groupe et pour l’organisme. Vous ne pourrez pas revenir "
    "en arrière.": _TAKEN_AWAY,
    "Vos mots sont effacés. Le groupe n’a plus votre contact, et ce reçu ne sert plus.": _TAKEN_AWAY,
    "Avec votre reçu, vous effacez votre message quand vous voulez.": _TAKEN_AWAY,
    # Public words
    "Mes mots peuvent être publics, sans mon nom": _PUBLIC,
    "La personne veut bien que ses mots soient publics, sans son nom": _PUBLIC,
    "Vos mots deviennent publics seulement si vous le voulez, et sans votre nom.": _PUBLIC,
    "Si vous le voulez, le groupe vérifie vos mots et peut les publier ici, sans votre nom.": _PUBLIC,
    "Public, sans votre nom": _PUBLIC,
    "Publier sans nom": _PUBLIC,
    "C’est public. Aucun nom n’est montré.": _PUBLIC,
    "la personne veut bien, sans son nom": _PUBLIC,
    # A relais
    "Le groupe lit vos mots. Il peut les transmettre à l’organisme qui doit répondre.": (*_CONSENT, *_ORGANISATION),
    "Je n’écris pas votre nom. Je suis la seule personne à savoir que c’est vous.": _CONSENT,
    "Personne ne peut faire cela à la place de quelqu’un d’autre.": (
        f"{_VOICES}::test_a_relais_writes_words_with_consent_and_does_nothing_else_in_anybodys_place",
    ),
    # Organisations
    "Un organisme les lit si le groupe les lui transmet. Il ne voit votre e-mail ou votre téléphone que si vous l’avez accepté.": _ORGANISATION,
    "Sinon, il ne voit ni votre e-mail ni votre téléphone.": _ORGANISATION,
    "L’organisme ne voit ni l’e-mail ni le téléphone de la personne.": _ORGANISATION,
    "L’organisme lit le message sur ce site, après connexion. Il ne voit pas qui a parlé.": (
        *_ORGANISATION,
        f"{_AT}::test_the_link_of_the_letter_asks_who_one_is",
    ),
    "C’est noté : transmis par l’animation, hors du site.": _OFF_SITE,
    "Je l’ai transmis moi-même, hors du site": _OFF_SITE,
    "par l’animation, hors du site": _OFF_SITE,
    # One's own space
    "Nous gardons votre adresse e-mail ou votre numéro de téléphone, et ce que vous choisissez de dire de vous.": _MY_DATA,
    "Pour lire, il n’en faut pas. Avec un espace, vous retrouvez ce que vous avez écrit, et les réponses. Nous gardons :": _MY_DATA,
    "Voici ce que le site garde sur vous.": _MY_DATA,
    "Ce que le site garde sur vous.": _MY_DATA,
    "Nous ne demandons jamais votre origine, votre nationalité, votre religion, votre date de naissance ni l’adresse de "
    "votre logement. Nous demandons dans quelle langue vous répondre, si vous voulez.": (
        f"{_ROWS}::test_no_form_and_no_column_asks_what_we_say_we_never_ask",
    ),
    "Moins de 18 ans : aucune page publique ne montre votre nom. Une personne vérifie ce que vous écrivez avant de le publier.": _MINOR,
    "Aucune page publique ne montre alors votre nom. Une personne vérifie ce que vous écrivez avant de le publier.": _MINOR,
    "moins de 18 ans : aucune page publique ne montre votre nom": _MINOR,
    "Pour vous saluer. Aucune page publique ne montre ce nom sans votre accord.": (
        f"{_PAGES}::test_no_public_page_ever_shows_who_said_it",
        "tests/sign_in/test_password.py::test_public_pages_know_nothing_of_who_is_signed_in",
    ),
    "Votre espace reste tant que vous vous en servez. Vous l’effacez quand vous voulez, en deux gestes.": (
        *_UNUSED,
        f"{_MINE}::test_who_erases_the_account_is_out_and_told",
    ),
    "Sans visite encore %(num)s jour après, tout ce qui dit qui vous êtes est effacé.": _UNUSED,
    "Votre compte n’a pas servi depuis longtemps. Pour le garder, connectez-vous une fois avant le %(day)s. Sinon, ce "
    "jour-là, tout ce qui dit qui vous êtes est effacé.": _UNUSED,
    "%(site)s : pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s": _UNUSED,
    "Pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s": _UNUSED,
    "le jour de votre dernière visite, pour effacer les espaces qui ne servent plus.": _UNUSED,
    "Ce que vous avez écrit pour votre quartier reste, sans votre nom.": _WORDS_STAY,
    "Ce qui reste, sans votre nom": _WORDS_STAY,
    "Vos mots restent, sans votre nom et sans votre adresse.": _WORDS_STAY,
    "Vos traductions restent sur le site, sans votre nom.": (
        f"{_ERASURE}::test_translations_stay_without_the_name_of_whoever_wrote_or_reviewed_them",
    ),
    "Le site ne garde plus rien qui dise qui vous êtes. Plus aucun appareil n’est connecté à votre compte.": _GONE,
    "Votre compte est effacé": _GONE,
    "Le compte est effacé": _GONE,
    "Le journal garde qu’un compte, sans nom, a eu un rôle, et ce qu’il a publié.": (
        f"{_ERASURE}::test_roles_end_and_the_trail_says_so_without_a_name",
    ),
    "Votre adresse e-mail est effacée.": (f"{_MINE}::test_removing_one_way_in_leaves_the_other",),
    "Votre numéro de téléphone est effacé.": (f"{_MINE}::test_removing_one_way_in_leaves_the_other",),
    "Vous pouvez aussi demander à voir, à corriger ou à effacer ce qui vous concerne, sans compte.": (
        f"{_ROWS}::test_the_page_on_privacy_says_whom_to_ask",
    ),
    "Un cookie garde votre compte ouvert : jusqu’à 30 jours sans visite. Avec un mot de passe, 12 heures sans rien faire "
    "suffisent pour le fermer. Ce cookie ne suit pas vos visites.": (
        "tests/my_space/test_open_sessions.py::test_a_residents_cookie_is_renewed_by_use_and_outlives_the_browser",
        f"{_ROWS}::test_the_cookie_lasts_as_long_as_is_said",
        f"{_LOGS}::test_a_visitor_who_was_signed_in_is_unknown_on_public_pages",
    ),
    "votre mot de passe, transformé de telle façon que personne ne peut le lire ;": (
        "tests/accounts/test_passwords.py::test_only_argon2id_hashes_are_kept",
    ),
    "Votre mot de passe suffira de nouveau pour ouvrir votre compte. Vos codes de secours sont effacés.": (
        f"{_ROWS}::test_turning_the_second_factor_off_erases_its_codes",
    ),
    "Imprimez-les ou écrivez-les, et gardez-les loin du téléphone. Nous ne les montrons plus jamais.": (
        "tests/sign_in/test_second_factor.py::test_nothing_is_kept_in_clear",
    ),
    "Prenez un des codes que vous avez gardés sur papier. Chacun sert une seule fois.": (
        "tests/sign_in/test_second_factor.py::test_a_recovery_code_opens_once",
    ),
    # Drafts
    "Dans un long formulaire, une personne connectée ne perd pas ce qu’elle écrit : son appareil le garde 14 jours, et "
    "l’oublie quand elle l’envoie ou se déconnecte. Un poste partagé n’en garde rien.": _ON_DEVICE,
    "Personne d’autre ne lit vos brouillons. Nous les effaçons %(num)s jour après la dernière fois que vous les avez "
    "gardés.": _DRAFTS,
    "Le brouillon est effacé.": _DRAFT_ERASED,
    # Links and codes
    "Ce lien sert une seule fois, pendant 30 minutes.": (
        "tests/sign_in/test_recovery.py::test_a_link_for_a_lost_password_lasts_thirty_minutes",
        "tests/sign_in/test_recovery.py::test_of_fifty_requests_at_once_one_uses_the_link",
    ),
    "Ce lien sert une seule fois, pendant 7 jours.": (
        "tests/sign_in/test_recovery.py::test_an_invitation_lasts_seven_days_and_another_one_replaces_it",
        "tests/sign_in/test_recovery.py::test_of_fifty_requests_at_once_one_uses_the_link",
    ),
    "Son lien sert une seule fois, pendant 30 minutes. Rien n’arrive ? Regardez dans les indésirables.": _ONCE,
    "Le code sert une seule fois, pendant 30 minutes. Ne le donnez à personne.": (
        "tests/my_space/test_ways_in.py::test_a_code_is_good_once_for_its_account_and_for_half_an_hour",
        *_ONCE,
    ),
    "Vous n’avez rien demandé ? Ne faites rien : personne ne peut se connecter sans ce message.": (
        f"{_WAYS}::test_only_hashes_are_kept",
        f"{_WAYS}::test_a_new_address_opens_an_account_when_the_link_is_used_never_before",
    ),
    "Vous n’avez rien demandé ? Ne faites rien : votre adresse n’est ajoutée nulle part.": (
        "tests/my_space/test_ways_in.py::test_only_hashes_of_the_code_are_kept",
    ),
    # Cards
    "Chaque carte porte un code que personne d’autre n’a. Le site l’oublie dès que c’est imprimé.": _CODES,
    "C’est noté. Le site a oublié les codes : ils ne sont plus que sur les cartes.": _CODES,
    "Ces codes sont oubliés": _CODES,
    "Tout est sur papier ? Le site oublie alors les codes.": _CODES,
    "Une carte ouvre un espace sans e-mail ni mot de passe. Ici, on les imprime et on voit combien ont servi, jamais qui "
    "s’en sert.": (f"{_CARDS}::test_the_report_tells_how_many_but_never_few",),
    # Bodies, seats, draws
    "Des nombres seulement : aucun nom n’est gardé. Une correction reste dans le journal.": _COUNTED,
    "Imprimez cette feuille, comptez les personnes, puis écrivez le nombre ici. Déchirez la feuille ensuite : le site ne "
    "garde aucun nom.": _COUNTED,
    "Les personnes qui ont mis cette date dans leur agenda doivent la changer elles-mêmes. Prévenez-les.": _CALENDAR,
    "La personne a moins de 18 ans : aucun nom ne paraît": (
        f"{_SEATS_DESK}::test_with_consent_the_whole_name_is_public_and_a_minor_has_none",
    ),
    "Cette réponse sert à compter les femmes et les hommes. Aucune page publique ne la montre. Elle s’efface à "
    "la fin du siège.": (
        f"{_SEATS}::test_a_seat_that_ends_keeps_no_contact",
    ),
    "Le siège est terminé. Les coordonnées sont effacées.": (
        f"{_SEATS}::test_a_seat_that_ends_keeps_no_contact",
    ),
    "Les noms s’effacent un an après la fin du siège.": (
        f"{_SEATS}::test_names_of_former_members_go_a_year_later",
    ),
    "Le prénom disparaît du site aujourd’hui. L’adresse e-mail, le téléphone et la réponse « femme ou homme » s’effacent, "
    "et l’accès de membre se ferme.": (f"{_SEATS}::test_a_seat_that_ends_keeps_no_contact",),
    "nom effacé": (f"{_SEATS_DESK}::test_a_forgotten_person_keeps_the_seat_without_a_name",),
    "une habitante ou un habitant, sans son nom": (
        f"{_SEATS}::test_erasing_an_account_leaves_a_resident_without_a_name",
    ),
    "une personne, sans son nom": (f"{_SEATS_DESK}::test_a_forgotten_person_keeps_the_seat_without_a_name",),
    "La liste est publiée d’abord, sans les noms. Les numéros au hasard viennent ensuite d’un tirage public. "
    "Tout le monde peut refaire le calcul.": _LIST,
    "Le nom ne paraît nulle part : la personne reçoit un numéro au hasard.": _LIST,
    "Pour chaque valeur, dites combien de personnes il faut, ou rien. Gardez peu de critères, et des groupes larges : la "
    "liste publique montre ces réponses, sans les noms.": _LIST,
    "Les noms des personnes qui n’ont pas été tirées sont effacés depuis le": (
        f"{_DRAWS}::test_names_of_those_who_were_not_drawn_go_after_the_set_days",
    ),
    "Le tirage et sa liste sont effacés.": (f"{_DRAWS}::test_a_draft_is_thrown_away_with_its_names",),
    "Rien n’est publié : vous pouvez tout effacer, avec les noms.": (
        f"{_DRAWS}::test_a_draft_is_thrown_away_with_its_names",
    ),
    "Une nouvelle liste est publiée, avec une nouvelle empreinte. L’ancienne reste visible. Le nom et le "
    "contact s’effacent. Les numéros au hasard doivent venir après aujourd’hui.": (
        f"{_DRAWS}::test_a_withdrawal_publishes_a_new_list_and_keeps_the_old",
    ),
    # Photos and figures
    "Les photos sont refaites à l’arrivée : le lieu exact, l’heure et l’appareil en sont effacés. On ne doit y reconnaître "
    "personne. Si une photo vous montre, écrivez-nous : elle est retirée.": (
        "tests/core/photos/test_re_encoding.py::test_the_place_where_a_photo_was_taken_is_gone",
    ),
    "Nous montrons le nombre de personnes et leur âge, jamais leur origine, leurs revenus ou leur famille.": (
        "tests/pages/test_quartier.py::test_only_harmless_figures_are_shown_and_each_once",
    ),
}  # fmt: skip

#: Buttons, names of columns, advice, and what is said of things rather than of people.
NO_PROMISE: Final = frozenset({
    "Effacer ce brouillon ?",
    "Effacer le brouillon",
    "Vous avez déjà %(most)s brouillons. Envoyez ou effacez-en un, puis recommencez.",
    "Une chose ne peut pas être reliée à elle-même.",
    "%(what)s Pas vous ? Effacez-le : %(url)s",
    "Ce n’est pas vous ? Connectez-vous. Sous « Comment je me connecte », effacez ce que vous ne connaissez "
    "pas ; puis fermez les connexions que vous ne connaissez pas.",
    "Les noms de ce tirage sont effacés : notez la réponse de chaque personne.",
    "Personne ne prolonge son propre rôle. Demandez-le à une autre personne de l’équipe.",
    "Avertissement avant effacement",
    "Ce jour doit venir après aujourd’hui : personne ne doit connaître les numéros tirés avant la liste.",
    "Ce message est envoyé par le site. Personne ne lit les réponses.",
    "Ce sujet est délicat : personne ne risque rien si ces mots sont publics",
    "Ce sujet est délicat. Confirmez que personne ne risque rien si ces mots sont publics.",
    "Ces comptes ont un rôle, et personne n’y est entré depuis %(num)s jour. Ils ne s’effacent pas seuls : mettez fin au rôle, ou fermez le compte.",
    "Cette adresse e-mail ou ce numéro ouvre déjà un autre espace. Connectez-vous avec, ou effacez d’abord cet "
    "espace.",
    "Chaque rôle vaut pour un lieu, un groupe, un organisme ou une langue, et nulle part ailleurs.",
    "C’est fermé : cet appareil demande de nouveau qui vous êtes.",
    "C’est un fichier JSON : un autre programme peut le lire.",
    "C’est votre seul moyen de vous connecter : sans lui, vous ne pourriez plus ouvrir votre espace. Ajoutez "
    "d’abord un autre moyen. Ou, si vous voulez partir, effacez votre compte.",
    "Effacer",
    "Effacer ce tirage et sa liste",
    "Effacer mon adresse e-mail",
    "Effacer mon compte",
    "Effacer mon compte maintenant",
    "Effacer mon numéro de téléphone",
    "La personne ne veut aucun nom sur le site, même pas son prénom",
    "La photo n’est jamais publiée.",
    "Laissez vide si personne ne l’a compté.",
    "Le compte de cette carte est effacé. Donnez à la personne une carte d’un autre lot.",
    "Le contrat la nomme, mais n’y range aucune action. C’est utile à savoir : vous pouvez demander pourquoi.",
    "Le texte est celui du contrat : personne ne l’a changé.",
    "Le texte est effacé.",
    "Mot de passe oublié",
    "Mot de passe oublié ?",
    "Mot de passe oublié ? La personne qui gère le site chez vous en donne un nouveau.",
    "Par exemple : « La ville regarde et vous répond avant le 12 mai. »",
    "Partenaires cités sans nom précis",
    "Personne ne porte ce nom",
    "Pour les personnes qui ne voient pas la photo. Par exemple : deux jardiniers plantent un arbre.",
    "Pour publier, il faut un compte. Nous gardons :",
    "Sans nom",
    "Si vous enregistrez le PDF, effacez-le après : il contient les codes.",
    "Voir, corriger, emporter et effacer ses propres données",
    "Voir, corriger, emporter, effacer",
    "Mettre dans mon agenda",
    "Toutes les dates dans mon agenda",
    "effacé",
    "jamais",
    "relié à un compte",
    "sans nom",
})  # fmt: skip


def plain(sentence: str) -> str:
    """A sentence with spaces of one kind."""
    return re.sub("[\u00a0\u202f]", " ", sentence)


def sentences_of_privacy() -> set[str]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    said = {
        message if isinstance(message, str) else message[0] for _f, _l, message, _c, _x in found if message
    }
    return {plain(each) for each in said if OF_PRIVACY.search(plain(each))}


@lru_cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_sentence_that_promises_something_has_a_test_of_it() -> None:
    new = sentences_of_privacy() - set(PROMISES) - NO_PROMISE
    assert not new, (
        "look at what is stored, then name its test in PROMISES (or say in NO_PROMISE that it promises nothing)"
    )


def test_no_promise_is_listed_that_nobody_makes() -> None:
    assert not (set(PROMISES) | NO_PROMISE) - sentences_of_privacy()
    assert not set(PROMISES) & NO_PROMISE


def test_the_tests_of_promises_are_there() -> None:
    named = sorted({test for tests in PROMISES.values() for test in tests})
    assert [name for name in named if name.partition("::")[2] not in named_in(name.partition("::")[0])] == []
