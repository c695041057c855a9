"""Every sentence that promises something about privacy has a test of what is stored, sent or shown.

`PROMISES` names the tests of each; `NO_PROMISE` lists what holds the same words and promises nothing. A sentence that is
new, or changed by a word, stands in neither: this fails until somebody has looked at what the code does.
"""

import ast
import re
from functools import lru_cache
from typing import Final

from cdv_civic.core.settings import ROOT
from tools.catalogues import sentences

#: Words of privacy, in the French of the sources.
OF_PRIVACY: Final = re.compile(
    r"jamais|effac|\boubli(?:e|é|és|ées|ée)\b"
    r"|sans (?:son |votre |mon |leur |les |sa |qui )?(?:noms?|comptes?)\b"
    r"|(?<!la )\bpersonne ne\b|nulle part|anonym|illisible|rien d’autre"
    r"|aucune? (?:nom|cookie|outil|page)|garde (?:aucun|sur|que|plus)|gardons"
    r"|lisent (?:vos|votre message)|vous lisent|lit (?:vos|votre message)|reli[ée]+ à|lié à (?:mon|votre)|choisissez si"
    r"|\bni (?:son|votre|leur) |ne voi(?:t|ent)|ne l’enregistre"
    r"|n’(?:y )?est pas (?:noté|montré|enregistré|lié)|publics? (?:sans|seulement)|sert une seule"
    r"|qui vous êtes|à savoir|peut (?:le )?lire|vous répond\b|s’est donné|fixé de date"
    r"|hors du site|qui a parlé|cookie|agenda|seul chemin|garde le reçu",
    re.IGNORECASE,
)

_PROJECTS = "tests/fund/projects"
_NAMELESS_PROJECT = (f"{_PROJECTS}/test_public_names.py::test_no_page_says_who_to_write_to",)
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
    f"{_ROWS}::test_what_a_relais_read_aloud_before_an_answer_is_what_is_kept",
    f"{_ROWS}::test_what_was_heard_before_an_answer_has_its_version",
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

_ANSWERS = "tests/consultations/answering/test_pages.py"
_ANSWERS_KEPT = "tests/consultations/answering/test_operations.py"
_RECEIPTS = "tests/consultations/answering/test_receipts.py"
_TABLE_SHEET: Final = (
    "tests/consultations/in_person/test_pages.py::test_only_those_who_read_all_words_see_the_sheet_of_a_table",
)
_RECORDED = "tests/consultations/recordings/test_operations.py"
_VOICE_GONE: Final = (f"{_RECORDED}::test_a_voice_that_is_taken_off_is_erased",)
_IDENTITY: Final = tuple(
    f"tests/consultations/answering/test_identity.py::{test}"
    for test in (
        "test_each_person_has_one_answer_and_is_nobody_here",
        "test_what_the_cookie_holds_is_a_keyed_hash_for_an_hour_and_goes_with_the_answer",
        "test_one_person_has_another_name_in_each_consultation",
    )
)
_ANSWER_GONE: Final = (
    f"{_RECEIPTS}::test_taking_back_asks_first_and_then_leaves_nothing",
    f"{_ANSWERS_KEPT}::test_an_answer_that_is_taken_back_leaves_nothing_and_does_not_come_back",
)

_COMMENTS = "tests/consultations/kinds/comments"
_VERBATIMS = "tests/consultations/verbatims/test_verbatims.py"
_WITHOUT_A_NAME: Final = (
    f"{_VERBATIMS}::test_it_is_shown_and_exported_without_what_tells_who_wrote_it",
    f"{_VERBATIMS}::test_it_waits_with_its_hints_whatever_the_charter_says_and_another_person_decides",
)
_SAID_BEFORE: Final = (
    f"{_VERBATIMS}::test_what_the_form_did_not_say_is_never_published",
    *_WITHOUT_A_NAME,
)

_MARKS = "tests/fund/juries/test_marking.py"
_MARK_GONE: Final = (
    f"{_MARKS}::test_declaring_a_link_after_marking_takes_the_mark_away_and_says_so",
    f"{_MARKS}::test_a_decision_that_counted_the_member_is_entered_anew",
)
_MINUTES: Final = ("tests/fund/juries/test_pages.py::test_minutes_say_who_was_there_by_side_and_name_nobody",)
_JURY_NAMES: Final = (
    "tests/fund/juries/test_meetings.py::test_a_name_goes_with_the_account_and_two_years_after_leaving",
)

PROMISES: Final[dict[str, tuple[str, ...]]] = {
    # Projects that come in
    "J’écris votre projet, avec vos mots. S’il est accepté, tout le monde pourra le lire sur ce site, sans votre nom.": _NAMELESS_PROJECT,
    "Si votre projet peut être choisi, tout le monde peut le lire, sans votre nom ni votre contact.": _NAMELESS_PROJECT,
    "Personne ne le voit sur le site.": _NAMELESS_PROJECT,
    "Votre projet n’est jamais publié. Seules les personnes qui suivent ce fonds le lisent.": (
        f"{_PROJECTS}/test_deposit_pages.py::test_money_for_one_person_asks_no_name_that_is_shown",
        f"{_PROJECTS}/test_public_names.py::test_money_for_one_person_is_on_no_page",
    ),
    "Ce projet est lié à votre compte.": (f"{_PROJECTS}/test_drafts.py::test_the_draft_goes_with_the_project_linked_or_not",),
    "Lié à mon compte": (f"{_PROJECTS}/test_drafts.py::test_the_draft_goes_with_the_project_linked_or_not",),
    "Sans compte. Un reçu vous dit ce que devient votre projet.": (
        f"{_PROJECTS}/test_deposit_pages.py::test_a_project_is_put_without_an_account_and_followed_by_its_receipt",
    ),
    "Vos projets restent, sans votre nom, votre âge et votre contact.": (
        f"{_PROJECTS}/test_keeping.py::test_my_data_show_my_projects_and_an_erased_account_leaves_them_without_me",
    ),
    # Votes of the past
    "Tout le monde peut compter de nouveau. Le fichier contient tous les bulletins, sans aucun nom.": (
        "tests/fund/test_archive.py::test_nobody_is_named_in_the_file",
    ),
    # Commissions of funds, and opinions on projects
    "0 : pas du tout. 20 : tout à fait. Personne d’autre ne voit votre note. Vous pouvez la changer jusqu’à la fin de la réunion.": (
        f"{_MARKS}::test_members_see_their_own_marks_alone_until_all_is_decided",
        f"{_MARKS}::test_few_marks_are_not_told_as_a_mean",
    ),
    "C’est noté : vous ne prenez pas part au choix de ce projet. Votre note est effacée.": _MARK_GONE,
    "La note que vous avez donnée s’efface.": _MARK_GONE,
    "La note qu’elle avait donnée est effacée.": _MARK_GONE,
    "Un membre lié à un projet ne voit pas ses notes et ne prend pas part à son choix. Sa note, s’il en a donné une, s’efface. Le compte rendu dit combien de membres étaient liés, et ne nomme personne.": (
        f"{_MARKS}::test_members_see_their_own_marks_alone_until_all_is_decided",
        *_MARK_GONE,
        *_MINUTES,
    ),
    "Elle ne prend plus part aux réunions. Ce qu’elle a décidé avec les autres reste, et son nom s’efface dans deux ans.": _JURY_NAMES,
    "Les noms s’effacent deux ans après le départ.": _JURY_NAMES,
    "La place reste comptée dans les comptes rendus, sans votre nom.": (*_JURY_NAMES, *_MINUTES),
    "Zéro si personne. Nous publions ce nombre, sans aucun nom.": (
        "tests/fund/opinions/test_pages.py::test_a_moderator_reads_a_project_and_gives_the_opinion",
    ),
    # Texts of answers that are published
    "Votre texte peut être publié, sans votre nom. Une personne le lit avant.": _WITHOUT_A_NAME,
    "L’organisateur aimerait publier ce texte, sans votre nom. Une personne le lit avant.": _WITHOUT_A_NAME,
    "Ce texte est publié avec les résultats, sans votre nom.": _WITHOUT_A_NAME,
    "Chaque personne a écrit avec ses mots. L’équipe les lit, et peut en publier, sans nom.": _WITHOUT_A_NAME,
    "Des textes choisis peuvent être publiés, sans nom": _SAID_BEFORE,
    "Le formulaire a dit que des textes choisis peuvent être publiés, sans nom.": _SAID_BEFORE,
    "Des textes écrits sont publiés là seulement où le formulaire l’a dit, sans nom. Une personne lit chacun avant tout le "
    "monde.": _SAID_BEFORE,
    # Ideas
    "Votre idée est liée à votre compte. Votre nom n’est pas montré.": ('tests/consultations/kinds/ideas/test_speakers.py::test_the_account_that_is_asked_for_is_named_to_nobody',),
    "Votre nom n’est pas montré. Vous pouvez changer d’avis.": ('tests/consultations/kinds/ideas/test_speakers.py::test_the_account_that_is_asked_for_is_named_to_nobody',),
    # Moderation
    "Ce texte n’est pas montré. On demande de l’écrire autrement.": ('tests/ideas/test_pages.py::test_an_author_who_is_asked_writes_it_otherwise',),
    'Personne d’autre ne lit plus ce texte, nulle part sur le site. La personne qui l’a écrit reçoit vos raisons, et peut contester.': ('tests/ideas/test_pages.py::test_what_is_hidden_is_hidden_everywhere_and_can_be_shown_again', 'tests/moderation/test_letters.py::test_the_author_reads_what_for_how_long_why_and_how_to_contest'),
    'Vous n’êtes pas d’accord ? Vous pouvez contester jusqu’au %(day)s. C’est gratuit, et une autre personne vous répond.': ('tests/moderation/appeals/test_appealing.py::test_nobody_answers_an_appeal_against_their_own_decision_or_about_their_own_text', 'tests/moderation/appeals/test_appealing.py::test_six_months_and_no_day_more'),
    # Funds
    'Pour une personne (une bourse) : son nom n’est jamais public': ('tests/fund/public/test_pages.py::test_money_for_persons_is_counted_and_never_listed',),
    # Ideas
    'Sans compte, sans nom. Vous pouvez changer d’avis.': ('tests/ideas/test_pages.py::test_a_support_is_one_tap_and_one_tap_back',),
    'En dessous de 18 ans, il n’est jamais montré.': ('tests/ideas/test_putting.py::test_minors_are_never_named',),
    'Si vous voulez des nouvelles, j’écris un e-mail ou un téléphone. Personne ne le voit sur le site.': ('tests/ideas/test_entering.py::test_a_relais_writes_an_idea_for_somebody_who_agreed',),
    'Sans compte. Un reçu vous dit ce que devient votre idée.': ('tests/ideas/test_pages.py::test_an_idea_is_put_without_an_account_and_read_by_everybody',),
    'Sans nom. Personne ne répond à un point : chacun dit le sien.': ('tests/ideas/test_pages.py::test_points_stand_in_two_columns_without_a_thread',),
    'Sans prénom, personne ne sait que c’est vous. En dessous de 18 ans, il n’est jamais montré.': ('tests/ideas/test_putting.py::test_minors_are_never_named',),
    'Une adresse e-mail ou un téléphone. Personne ne le voit sur le site.': ('tests/ideas/test_pages.py::test_an_author_takes_an_idea_back_and_its_words_are_gone',),
    'Vos mots sont effacés. Personne ne peut plus les lire.': ('tests/ideas/test_pages.py::test_an_author_takes_an_idea_back_and_its_words_are_gone',),
    'Vos mots s’effacent tout de suite. Vous ne pourrez pas revenir en arrière.': ('tests/ideas/test_pages.py::test_an_author_takes_an_idea_back_and_its_words_are_gone',),
    'Vos mots, la photo, votre prénom, votre contact et les soutiens s’effacent tout de suite. Vous ne pourrez pas revenir en arrière.': ('tests/ideas/test_pages.py::test_an_author_takes_an_idea_back_and_its_words_are_gone',),
    # Comments
    "L’embargo est levé. Tout le monde peut lire le document.": (f"{_COMMENTS}/test_embargo.py::test_the_desk_says_that_everybody_reads_it_where_everybody_does",),
    "Sans votre nom.": (f"{_COMMENTS}/test_after.py::test_nothing_that_is_read_of_it_tells_who_wrote_it",),
    "Votre commentaire n’est pas montré": (
        f"{_COMMENTS}/test_commenting.py::test_hidden_it_is_nowhere_and_its_author_reads_why",
    ),
    # Consultations
    "Un calcul a rapproché les réponses qui se ressemblent. Nous ne gardons pas qui est dans quel groupe. Les tailles sont "
    "arrondies.": (
        "tests/consultations/kinds/statements/test_results.py"
        "::test_groups_of_opinions_hold_sizes_and_sentences_and_nobody",
    ),
    "Nous gardons vos réponses, le jour, et votre quartier si vous le dites. Sans compte, rien d’autre ne dit qui vous "
    "êtes.": (f"{_ANSWERS}::test_one_question_a_screen_without_an_account",),
    "Avant l’envoi, votre appareil garde vos réponses 14 jours au plus, puis il les oublie. S’il sert à plusieurs "
    "personnes, cochez la case : il n’en garde rien.": (
        f"{_ANSWERS}::test_a_device_that_several_people_use_keeps_nothing",
        "tests/browser/test_consultations_answer.py::test_a_device_that_several_people_use_keeps_nothing",
        f"{_DRAFT_BROWSER}::test_old_drafts_go_on_any_page_and_few_are_kept",
    ),
    "Après l’envoi sans compte, un cookie rappelle qu’une réponse est partie de cet appareil. Il dure jusqu’à la fermeture. Il "
    "ne dit ni qui vous êtes, ni ce que vous avez répondu.": (
        f"{_ANSWERS}::test_no_cookie_before_an_answer_is_sent_and_one_that_names_nobody_after",
    ),
    "Si un compte est demandé, il sert à compter une réponse par personne. Ce lien est effacé %(num)s jour après la "
    "réponse de l’organisateur.": (
        f"{_ANSWERS_KEPT}::test_one_account_has_one_answer_whatever_the_form",
        f"{_ANSWERS_KEPT}::test_answers_lose_what_joins_them_to_people_ninety_days_after_the_answer",
    ),
    "Si FranceConnect est demandé, nous ne recevons ni votre nom ni votre adresse. Nous recevons seulement un numéro, qui "
    "change d’un site à l’autre. Un cookie garde, une heure au plus, un code tiré de ce numéro. Ce code ne sert qu’à cette "
    "consultation. Il reste avec votre réponse, pour qu’elle compte une fois.": _IDENTITY,
    "Ce code est effacé %(num)s jour après la réponse de l’organisateur.": (
        f"{_ANSWERS_KEPT}::test_answers_lose_what_joins_them_to_people_ninety_days_after_the_answer",
    ),
    "Vos réponses aux consultations restent comptées, sans lien avec vous. Tant que les résultats ne sont pas publiés, une "
    "réponse donnée avec votre compte est effacée.": (
        f"{_ANSWERS_KEPT}::test_an_account_that_is_erased_leaves_its_counted_answers_without_the_person",
        f"{_ANSWERS_KEPT}::test_nobody_answers_twice_by_erasing_an_account_and_opening_another",
    ),
    "Avec votre reçu, vous changez ou effacez votre réponse jusqu’à la fermeture.": (
        f"{_ANSWERS_KEPT}::test_whoever_holds_the_receipt_changes_the_answer_until_it_closes",
        *_ANSWER_GONE,
    ),
    "Votre réponse est effacée et n’est plus comptée. Ce reçu ne sert plus.": _ANSWER_GONE,
    "Votre réponse s’efface tout de suite et n’est plus comptée. Tant que la consultation est ouverte, vous pouvez "
    "répondre de nouveau.": _ANSWER_GONE,
    "Un seul geste, sans nom.": (
        "tests/consultations/restitution/test_pages.py::"
        "test_one_tap_is_counted_once_for_a_device_and_sets_no_other_cookie",
    ),
    "C’est compté, sans votre nom. Les nombres paraissent demain.": (
        "tests/consultations/restitution/test_pages.py::test_taps_show_from_the_next_day_on_and_in_steps",
    ),
    "La voix est effacée.": _VOICE_GONE,
    "L’enregistrement est effacé. Personne n’est prévenu. On ne peut pas revenir en arrière.": _VOICE_GONE,
    "la voix que vous remplacez est effacée.": (
        f"{_RECORDED}::test_another_one_takes_its_place_and_the_first_is_erased",
    ),
    "Les voix enregistrées sont effacées.": (f"{_RECORDED}::test_voices_go_with_what_they_read",),
    "Une photo ou un PDF. Elle n’est jamais publiée.": _TABLE_SHEET,
    "Ce que cette table a dit est effacé, avec sa feuille. Vous pouvez la noter de nouveau.": (
        "tests/consultations/in_person/test_operations.py::test_the_sheet_of_a_table_goes_with_it",
    ),
    "Ce que ce groupe a dit est effacé, et ne compte plus. Vous pouvez le noter de nouveau.": (
        "tests/consultations/in_person/test_correcting.py::test_a_group_is_withdrawn",
    ),
    "Ce que la personne a dit est effacé, et ne compte plus. Son reçu ne servira plus.": (
        "tests/consultations/in_person/test_correcting.py::"
        "test_an_answer_that_is_taken_out_takes_its_consent_and_its_receipt_along",
    ),
    "Son jour, son lieu et le nombre de personnes sont effacés. Aucune table n’y est notée.": (
        "tests/consultations/in_person/test_correcting.py::test_a_workshop_is_removed_once_it_is_empty",
    ),
    "Pour prouver ce qui était écrit. Elle n’est jamais publiée.": (
        "tests/consultations/paper/test_pages.py::"
        "test_photos_are_for_those_who_read_all_words",
    ),
    "Ses réponses et ses photos sont effacées pour toujours. Elles ne comptent plus.": (
        "tests/consultations/paper/test_operations.py::"
        "test_what_is_taken_back_is_gone_and_not_looked_for",
    ),
    "La saisie de la feuille %(number)s est effacée.": (
        "tests/consultations/paper/test_operations.py::"
        "test_what_is_taken_back_is_gone_and_not_looked_for",
    ),
    "Qui lit vos réponses : %(who)s": (
        "tests/consultations/paper/test_pages.py::"
        "test_a_relais_reads_no_sheet_that_somebody_else_typed",
    ),
    "Avec un texte deux fois plus grand, aucune page publique ne défile de côté.": (
        "tests/browser/test_pages.py::test_a_public_page_is_in_order",
    ),
    "Personne ne reçoit encore de messages ici, sur ce site.": (
        "tests/voices/test_one_tap_away.py::"
        "test_where_nobody_listens_no_button_leads_to_a_closed_door_and_the_page_says_whom_to_ask",
    ),
    # Results of consultations
    "Les nombres ne sont pas publiés, pour que personne ne soit reconnu.": (
        "tests/ideas/test_choice.py::test_a_small_count_hides_all_ranks",
    ),
    "Non publié, pour que personne ne soit reconnu.": (
        "tests/consultations/results/test_attacked.py::test_nothing_that_is_published_gives_anybody_away",
    ),
    "Choisissez avant la fin. Une question ne se croise qu’une fois, pour que personne ne soit reconnu.": (
        "tests/consultations/results/test_pages.py::test_two_questions_are_crossed_before_the_end_only",
    ),
    "Une ligne par réponse, textes compris, sans compte ni adresse. Le site garde qui a pris ce fichier.": (
        "tests/consultations/results/test_pages.py::test_the_file_of_staff_has_all_answers_and_nobody",
    ),
    "« Non publié » : des réponses sont trop peu nombreuses. D’autres nombres sont cachés avec elles, pour que personne ne soit reconnu.": (
        "tests/consultations/results/test_attacked.py::test_nothing_that_is_published_gives_anybody_away",
    ),
    "Attendez d’avoir tout retrouvé : avec moins de %(least)s feuilles, les nombres publiés restent comme ils sont, pour que personne ne soit reconnu.": (
        "tests/consultations/results/test_late.py::test_a_few_change_no_number",
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
    "Le code sert une seule fois, pendant 30 minutes. Avec lui, la nouvelle carte ouvre ce compte.": (
        "tests/attacks/test_cards.py::test_a_code_shown_in_ones_own_space_serves_at_the_desk",
        "tests/attacks/test_cards.py::test_a_code_for_one_card_serves_for_no_other_and_not_late",
    ),
    # Reading
    "Aucun cookie n’est posé.": _UNKNOWN_VISITOR,
    "Aucun outil ne compte ni ne suit vos visites.": _UNKNOWN_VISITOR,
    "Aucune page ne demande rien à un autre site : ni carte, ni police, ni vidéo.": (
        "tests/core/web/test_headers.py::test_the_policy_of_content_allows_no_inline_code",
    ),
    "Le quartier que vous cherchez n’est relié à personne.": _UNKNOWN_VISITOR,
    "Votre appareil retient votre dernière liste d’actions. Il l’oublie quand vous fermez la page.": (
        "tests/browser/test_finding_ones_way.py::test_the_last_list_is_forgotten_with_the_visit",
    ),
    "Vous lisez ce site sans compte, et sans que nous sachions qui vous êtes.": _UNKNOWN_VISITOR,
    "Pour vous envoyer une page, le serveur reçoit l’adresse de votre connexion. Pour lire, le site ne l’enregistre pas. "
    "L’hébergeur peut tenir un journal technique pour la sécurité. C’est à lui de "
"dire combien de temps il le garde.": (
        *_UNKNOWN_VISITOR,
        f"{_LOGS}::test_nothing_that_people_do_is_logged_with_who_they_are",
    ),
    "Pour éviter les abus, le site compte les envois faits depuis une même connexion ou vers une même adresse : mots de "
    "passe, liens, codes, cartes, reçus, messages sans compte. Ce compte est illisible. Il s’efface en un jour environ.": (
        f"{_ROWS}::test_what_is_counted_against_abuse_names_no_address",
        f"{_ROWS}::test_what_is_counted_against_abuse_is_forgotten_within_a_day",
    ),
    # Reporting a text, contesting a decision
    "Ce reçu est le seul chemin vers la décision : notez-le, ou prenez-le en photo.": (
        "tests/moderation/reports/test_reporting.py::test_a_receipt_leads_to_where_the_report_stands",
    ),
    "Dites ce qui ne va pas dans un texte du site, sans compte.": (
        "tests/moderation/reports/test_reporting.py::test_a_report_keeps_words_reason_and_a_way_to_be_told",
    ),
    "Sous chaque texte, « Signaler ce texte ». Sans compte, avec un reçu.": (
        "tests/moderation/reports/test_reporting.py::test_a_report_keeps_words_reason_and_a_way_to_be_told",
    ),
    "Les décisions que vous avez prises vous-même ne viennent jamais ici.": (
        "tests/moderation/appeals/test_appealing.py::test_the_desk_shows_to_each_what_they_may_answer",
    ),
    "Une autre personne que celle qui a décidé vous répond.": (
        "tests/moderation/appeals/test_appealing.py::test_nobody_answers_an_appeal_against_their_own_decision_or_about_their_own_text",
    ),
    "Une autre personne relit et vous répond dans les 30 jours.": (
        "tests/moderation/appeals/test_appealing.py::test_an_appeal_is_due_in_thirty_days",
    ),
    "Une autre personne vous lit et vous répond. Dans votre langue.": (
        "tests/moderation/appeals/test_appealing.py::test_both_sides_are_told_each_in_their_language",
    ),
    "Une personne décide, jamais une machine.": (
        "tests/moderation/reports/test_reporting.py::test_a_crowd_against_one_text_hides_nothing_and_keeps_few_words",
    ),
    "Vos recours restent, sans votre nom.": (
        "tests/moderation/test_personal_data.py::test_reports_and_appeals_are_shown_and_lose_the_person_with_the_account",
    ),
    "Vos signalements restent, sans votre nom et sans votre adresse e-mail.": (
        "tests/moderation/test_personal_data.py::test_reports_and_appeals_are_shown_and_lose_the_person_with_the_account",
    ),
    # Saying something to a body
    "Sans compte, sans nom.": _NOBODY,
    "Une question, une idée, une difficulté : dites-le, sans compte, en deux minutes.": _NOBODY,
    "Lisez la réponse à votre message, sans compte, avec le code de votre reçu.": _NOBODY,
    "Lisez la réponse à votre message, sans compte.": _NOBODY,
    "Sans compte, nous gardons ce que vous écrivez dans le formulaire, et la date. Rien d’autre ne dit qui vous êtes.": _NOBODY,
    "Votre compte est ouvert. Avant d’envoyer, choisissez si ce message y est lié.": _CHOSEN,
    "Lié à mon compte : j’y retrouve mon message et la réponse": _CHOSEN,
    "Si votre compte est ouvert, vous choisissez avant d’envoyer : lié à votre compte, ou non.": _CHOSEN,
    "Ce message est lié à votre compte : vous le retrouvez dans « Mes messages ».": _CHOSEN,
    "Ce message n’est pas lié à votre compte. Gardez le reçu.": _CHOSEN,
    "Sans lien avec mon compte : je garde le reçu pour lire la réponse": _CHOSEN,
    "Votre compte s’est fermé avant l’envoi : ce message n’y est pas lié. Gardez le reçu.": (
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
    "Les personnes qui animent le groupe lisent votre message. Les personnes qui "
"gèrent le site le peuvent aussi.": _READERS,
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
    "Ce groupe n’a pas fixé de date pour répondre.": _DATE,
    "Votre message et votre contact s’effacent tout de suite, pour le groupe et pour "
"l’organisme. Vous ne pourrez pas revenir en arrière.": _TAKEN_AWAY,
    "Votre message est effacé. Le groupe n’a plus votre contact, et ce reçu ne sert "
"plus.": _TAKEN_AWAY,
    "Avec votre reçu, vous effacez votre message quand vous voulez.": _TAKEN_AWAY,
    "Votre message est retiré. Vos mots sont effacés.": (
        "tests/voices/test_own_messages.py::test_whoever_lost_the_receipt_takes_a_word_back_with_the_account",
    ),
    # Public words
    "Mon message peut être public, sans mon nom": _PUBLIC,
    "La personne veut bien que ses mots soient publics, sans son nom": _PUBLIC,
    "Votre message devient public seulement si vous le voulez, et sans votre nom.": _PUBLIC,
    "Si vous le voulez, le groupe vérifie votre message. Il peut le publier ici, sans "
"votre nom.": _PUBLIC,
    "Public, sans votre nom": _PUBLIC,
    "Publier sans nom": _PUBLIC,
    "C’est public. Aucun nom n’est montré.": _PUBLIC,
    "la personne veut bien, sans son nom": _PUBLIC,
    # A relais
    "Le groupe lit votre message. Il peut le transmettre à l’organisme qui doit "
"répondre.": (*_CONSENT, *_ORGANISATION),
    "Je n’écris pas votre nom. Je suis la seule personne à savoir que c’est vous.": _CONSENT,
    "Personne ne peut faire cela à la place de quelqu’un d’autre.": (
        f"{_VOICES}::test_a_relais_writes_words_with_consent_and_does_nothing_else_in_anybodys_place",
    ),
    # Organisations
    "Un organisme le lit si le groupe le lui transmet. Il ne voit votre e-mail ou votre téléphone que si vous l’avez accepté.": _ORGANISATION,
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
    "Pour lire, il n’en faut pas. Avec un compte, vous retrouvez ce que vous avez écrit, et les réponses. Nous gardons :": _MY_DATA,
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
    "Votre compte reste tant que vous vous en servez. Vous l’effacez quand vous voulez, en deux gestes.": (
        *_UNUSED,
        f"{_MINE}::test_who_erases_the_account_is_out_and_told",
    ),
    "Sans visite encore %(num)s jour après, tout ce qui dit qui vous êtes est effacé.": _UNUSED,
    "Votre compte n’a pas servi depuis longtemps. Pour le garder, connectez-vous une fois avant le %(day)s. Sinon, ce "
    "jour-là, tout ce qui dit qui vous êtes est effacé.": _UNUSED,
    "%(site)s : pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s": _UNUSED,
    "Pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s": _UNUSED,
    "le jour de votre dernière visite, pour effacer les comptes qui ne servent plus.": _UNUSED,
    "Ce que vous avez écrit pour votre quartier reste, sans votre nom.": _WORDS_STAY,
    "Ce qui reste, sans votre nom": _WORDS_STAY,
    "Vos messages restent, sans votre nom et sans votre adresse e-mail.": _WORDS_STAY,
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
    "Connectez-vous : dans un long formulaire, votre appareil garde 14 jours ce que "
"vous écrivez. L’appareil oublie tout quand vous l’envoyez ou vous déconnectez. "
"Un appareil partagé n’en garde rien.": _ON_DEVICE,
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
    "Une carte ouvre un compte sans e-mail ni mot de passe. Ici, on les imprime et on voit combien ont servi, jamais qui "
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
    "Cette personne a quitté son siège. Ses coordonnées sont effacées.": (
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
    "Nous montrons le nombre de personnes et leur âge. Jamais leur origine, leurs "
"revenus ou leur famille.": (
        "tests/pages/test_quartier.py::test_only_harmless_figures_are_shown_and_each_once",
    ),
}  # fmt: skip

#: Buttons, names of columns, advice, and what is said of things rather than of people.
NO_PROMISE: Final = frozenset({
    # How a vote was counted.
    "Non retenu : personne ne l’a choisi.",
    "De l’argent restait. On a recommencé avec des parts de plus en plus grandes, jusqu’à %(raised)s (%(percent)s %% de plus). Ce n’est qu’un calcul : l’argent dépensé ne dépasse jamais la somme prévue.",
    # What becomes of a project.
    "Nous ne demandons jamais vos coordonnées bancaires ici.",
    "Personne ne pourra plus le choisir, et vous ne pourrez pas revenir en arrière. Ce que vous avez écrit reste chez les personnes qui suivent ce fonds.",
    "Une personne le lit et vous répond avant le %(day)s.",
    "Une personne le lit et vous répond.",
    "Une personne lit votre projet et vous répond ici avant le %(day)s.",
    "Une personne lit votre projet et vous répond ici.",
    "Votre compte est ouvert. Avant d’envoyer, choisissez si ce projet y est lié.",
    "À savoir",
    # What the desk of commissions is told: nothing of privacy.
    "Après le premier avis, plus personne ne change ce que dit le projet, ni les règles de cet appel.",
    "Cette personne ne siège plus ?",
    "Cette personne ne siège plus.",
    "C’est noté : cette personne ne prend pas part au choix de ce projet.",
    "Effacer la décision",
    "Il n’attend plus le choix : effacez sa décision, puis fermez la réunion.",
    "La décision entrée est effacée.",
    "Personne ne siège encore dans cette commission.",
    "Tout le monde lit ces mots avec la décision. N’écrivez aucun nom de personne.",
    # How a sentence is written, and written otherwise.
    "%(most)s caractères au plus, sans nom de personne.",
    "Personne ne demande d’écrire cette phrase autrement en ce moment.",
    # What the desk of funds is told, and rules of money: nothing of privacy.
    'Cet appel à projets n’a jamais été ouvert.',
    'Effacer cette enveloppe',
    'Effacer cette enveloppe ?',
    'Effacer l’enveloppe',
    'Jamais tout le projet : une partie de l’argent vient d’ailleurs.',
    'Le nom du programme. La page le dit, pour que personne ne compte deux fois un même euro.',
    'L’enveloppe est effacée.',
    'Personne ne voit encore ce fonds : montrez-le d’abord à tout le monde.',
    'Personne ne voit plus ses appels ni ses projets, et personne ne peut plus déposer. Rien n’est effacé : les reçus marchent encore, et vous pouvez le montrer de nouveau.',
    'Toujours moins que ce montant (jamais ce montant exact)',
    # What the desk and the authors of ideas are told: nothing of privacy.
    'Une idée, puis la suivante. Les mots de la personne, sans son nom.',
    'Avec ce reçu, vous pouvez le retirer, ou lire pourquoi il n’est pas montré.',
    'Dites qui répond aux idées : sans cela, personne ne sait à qui il parle.',
    'Donnez un dernier jour : sans lui, les soutiens ne seraient jamais montrés.',
    'Aucune idée ne change de groupe, et personne ne peut plus dire que son groupe ne va pas. Répondez d’abord aux personnes qui l’ont dit.',
    'Personne ne demande d’écrire ce texte autrement en ce moment.',
    'Personne ne lit plus ses idées. Rien n’est effacé : les reçus marchent encore, et vous pouvez la montrer de nouveau.',
    'Proposer une idée, la soutenir, dire un avis que tout le monde peut lire',
    'Sans lien avec mon compte : je garde le reçu',
    'Tout le monde peut le lire',
    'Tout le monde peut le lire.',
    'Votre compte est ouvert. Avant d’envoyer, choisissez si cette idée y est liée.',
    'Vous pouvez le dire une fois. Une personne vous répond ici.',
    # What a sentence should be, and what became of it.
    "Une seule idée, à laquelle on peut dire « d’accord » ou « pas d’accord ». %(most)s caractères au "
    "plus, sans nom de personne.",
    "Votre phrase n’est pas montrée.",
    # A closed door, and whom to ask.
    "Ce site n’est pas encore relié à FranceConnect. On ne peut donc pas répondre ici pour le moment. Demandez à la mairie "
    "ou à la maison de quartier comment répondre autrement.",
    # Why voices are recorded.
    "Beaucoup de téléphones ne lisent pas à voix haute en arabe ou dans d’autres langues. Une personne du quartier peut "
    "lire chaque question.",
    # Of a door of home: what follows is said by each consultation.
    "On vous demande, on vous répond",
    "Effacer cette saisie",
    # What whoever writes an announcement is asked.
    "Quand, où, avec qui. Les habitantes et les habitants les lisent. Sans nom de personne.",
    "Effacer la saisie",
    "Effacer la saisie de la feuille %(number)s ?",
    "Ces feuilles ne comptent pas encore. Si personne ne peut les saisir une deuxième fois, gardez la première saisie.",
    "Perdue, ou jamais rendue",
    "Une feuille écartée ne compte pas, et plus personne ne la cherche. Vous pourrez la remettre.",
    "Cette consultation n’est pas publiée : vous pouvez l’effacer.",
    "Effacer cette consultation",
    "Effacer cette consultation ?",
    "Effacer cette question ?",
    "Effacer cette réponse ?",
    "Effacer cette étape ?",
    "Effacer la consultation",
    "Effacer la question",
    "Effacer la réponse",
    "Effacer l’étape",
    "La consultation n’est plus visible, et personne ne peut répondre, jusqu’à ce que vous la publiiez de nouveau.",
    "La consultation est effacée.",
    "La question est effacée.",
    "La réponse est effacée.",
    "L’étape est effacée.",
    "Nommez les publics d’avance, chacun avec un moyen de les joindre. Personne ne doit dire qui il est pour répondre. À la fin, vous dites qui n’a pas été entendu.",
    "On répond sans compte. Une personne peut répondre deux fois, et les résultats le disent.",
    "Un service ou un lieu, jamais le nom d’une personne.",
    "Quatre cartes en images, sans mots. On vise le QR code, on écrit, on garde le reçu.",
    "Nulle part où dormir ce soir : gratuit, jour et nuit",
    "Effacer ce tirage ?",
    "Le tirage et tous les noms s’effacent. On ne peut pas revenir en arrière.",
    "Son nom, ses réponses et son contact s’effacent. Pour revenir en arrière, il faudra tout écrire de nouveau.",
    "Le site oublie le téléphone et les codes de secours. Ses connexions se ferment.",
    # Warnings of what is lost, before it is.
    "Changer de langue efface ce que vous avez écrit ici. Changer quand même ?",
    "Dans une minute, nous vous déconnectons et ce que vous écrivez est effacé.",
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
    "Cette adresse e-mail ou ce numéro ouvre déjà un autre compte. Connectez-vous avec, ou effacez d’abord ce "
    "compte.",
    "Chaque rôle vaut pour un lieu, un groupe, un organisme ou une langue, et nulle part ailleurs.",
    "C’est fermé : cet appareil demande de nouveau qui vous êtes.",
    "C’est un fichier JSON : un autre programme peut le lire.",
    "C’est votre seul moyen de vous connecter : sans lui, vous ne pourriez plus ouvrir votre compte. Ajoutez "
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
    "Qui lit vos mots :",  # what the organiser says follows
    "Pour répondre ici, dites d’abord qui vous êtes. Vos réponses restent sur cette page.",
    "Sans nom",
    "Si vous enregistrez le PDF, effacez-le après : il contient les codes.",
    "Voir, corriger, emporter et effacer ses propres données",
    "Voir, corriger, emporter, effacer",
    "Mettre dans mon agenda",
    "Toutes les dates dans mon agenda",
    "Texte effacé",
    "effacé",
    "jamais",
    "relié à un compte",
    "sans nom",
})  # fmt: skip


def plain(sentence: str) -> str:
    """A sentence with spaces of one kind."""
    return re.sub("[\u00a0\u202f]", " ", sentence)


def sentences_of_privacy() -> set[str]:
    said = {message if isinstance(message, str) else message[0] for message in sentences()}
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


def test_the_tests_that_documents_name_are_there() -> None:
    named = {
        (page.name, test)
        for page in (ROOT / "docs").glob("*.md")
        for test in re.findall(r"`(tests/[\w/.]+)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert [each for each in sorted(named) if not (ROOT / each[1]).exists()] == []
