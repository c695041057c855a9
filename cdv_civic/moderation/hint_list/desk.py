"""The desk of the words that a territory asks to look at: the list of a contract, adding, taking off, its file."""

from typing import Any, Final

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.csv_export import csv_answer
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.fields import offer_languages
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit_for
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.spreadsheets.reading import BadSpreadsheet, decoded, is_spreadsheet, read_spreadsheet
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, numbers_in
from cdv_civic.core.web.request_limits import takes
from cdv_civic.core.web.search import typed_search
from cdv_civic.moderation.hint_list import queries, wording
from cdv_civic.moderation.hint_list.forms import ListForm
from cdv_civic.moderation.hint_list.operations import ACTION, AddedWords, add_words, put_back, take_off
from cdv_civic.moderation.hint_list.rules import LONGEST_TABLE, MOST_LINES, ReadList, read_list
from cdv_civic.moderation.queries.places import moderated_body
from cdv_civic.moderation.wording import HINTS
from cdv_civic.territory.scopes import touched_body

#: Bytes of a file; a spreadsheet is compressed, a text is cut at `LONGEST_TABLE`.
LARGEST_FILE: Final = 2 * 1024 * 1024
#: What is wrong with lines, as far as a page says it.
MOST_SAID: Final = 60

blueprint = desk_blueprint("hint_list_desk", __name__, "/mots-a-signaler")


@blueprint.get("/groupe/<int:body_id>")
@policy("charter.edit")
def of_body(body_id: int) -> AnyResponse:
    """The words of the contract of a body, from the menu of its pages."""
    place = moderated_body(body_id)
    if place is None:
        abort(404)
    require(actor(), ACTION, touched_body(db.session(), body_id))
    return redirect(url_for("hint_list_desk.table", contrat=place.contract), 303)


def _contract() -> tuple[queries.ListContract, list[queries.ListContract]]:
    """The contract that an address names (`?contrat=`), else the first; and all that there are. 1 statement."""
    found = queries.contracts_with_lists(reach_of(actor(), ACTION))
    asked = request.args.get("contrat", "")
    for each in found:
        if each.slug == asked:
            return each, found
    if not found or asked:
        abort(404)
    return found[0], found


@blueprint.get("")
@policy("charter.edit")
def table() -> str:
    """The words of a contract's list; `?langue=`, `?q=` and `?retires=1` narrow it."""
    contract, contracts = _contract()
    args = request.args
    tags = [each.tag for each in site_languages()]
    filters = queries.ListFilters(
        lang=args.get("langue", "") if args.get("langue") in tags else "",
        q=typed_search(args),
        retired=args.get("retires") == "1",
    )
    kept: dict[str, Any] = {
        "contrat": contract.slug,
        "langue": filters.lang or None,
        "retires": "1" if filters.retired else None,
        "q": filters.q or None,
    }
    cursor = read_cursor(args.get("apres"), args.get("avant"), parts=queries.KEY_PARTS)
    page = queries.list_page(contract.id, filters, cursor)
    sizes = queries.sizes(contract.id)

    def address(**where: Any) -> str:
        return url_for("hint_list_desk.table", **{**kept, **where})

    return render_template(
        "moderation/hint_list/table.html",
        contract=contract,
        contracts=contracts,
        filters=filters,
        kept=[(name, value) for name, value in kept.items() if value and name != "q"],
        rows=page.rows,
        languages_named={each.tag: each for each in site_languages()},
        sizes=sizes,
        total=sum(sizes.values()),
        by_kind=queries.alarms_by_kind(contract.id),
        most_wrong=queries.most_wrong(contract.id),
        hint_words=HINTS,
        alarms_text=wording.alarms_text,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.route("/ajouter", methods=["GET", "POST"])
@policy("charter.edit")
@keeps_form
@takes(megabytes_of_files=3, megabytes_of_text=3)
def add() -> Answer:
    """Paste words or choose a file; what is wrong with a line is said, and nothing is added by halves."""
    contract, _contracts = _contract()
    form = ListForm()
    offer_languages(form.lang, site_languages())
    _take_file(form)
    reading: ReadList | None = None

    def act() -> AddedWords:
        nonlocal reading
        if form.file_problem:
            raise DomainError(form.file_problem, field="words")
        reading = read_list(
            form.words.data or "", form.lang.data or "", [each.tag for each in site_languages()]
        )
        _check(reading)
        return add_words(actor(), contract.id, reading.words)

    status, done = submit_for(form, act)
    if done is not None:
        flash(_added_text(done), "success")
        return redirect(url_for("hint_list_desk.table", contrat=contract.slug), 303)
    problems = wording.fault_texts(reading.bad[:MOST_SAID]) if reading else []
    page = render_template(
        "moderation/hint_list/add.html",
        contract=contract,
        form=form,
        problems=problems,
        more=len(reading.bad) - len(problems) if reading else 0,
        most=MOST_LINES,
    )
    return page, status


def _check(reading: ReadList) -> None:
    if reading.too_long:
        raise DomainError(
            _l("Il y a plus de %(most)s lignes. Envoyez-les en plusieurs fois.", most=MOST_LINES),
            field="words",
        )
    if reading.bad:
        raise DomainError(_l("Des lignes sont à corriger. Rien n’est encore ajouté."), field="words")
    if not reading.words:
        raise DomainError(_l("Écrivez au moins un mot, ou choisissez un fichier."), field="words")


def _take_file(form: ListForm) -> None:
    """Put a file that was chosen in the place of what was pasted."""
    uploaded = request.files.get("file")
    if not form.is_submitted() or uploaded is None or not uploaded.filename:
        return
    data = uploaded.read(LARGEST_FILE)
    if not is_spreadsheet(data):
        form.words.data = decoded(data)[:LONGEST_TABLE]
        return
    try:
        form.words.data = read_spreadsheet(data)
    except BadSpreadsheet:
        form.file_problem = _l(
            "Ce fichier ne se lit pas ici. Enregistrez-le en CSV ou en XLSX sans mot de passe, ou collez ses lignes."
        )


def _added_text(added: AddedWords) -> str:
    said = ngettext("%(num)s mot ajouté.", "%(num)s mots ajoutés.", added.new)
    if added.known:
        said += " " + ngettext(
            "%(num)s était déjà sur la liste.", "%(num)s étaient déjà sur la liste.", added.known
        )
    return said


@blueprint.post("/retirer")
@policy("charter.edit")
def withdraw() -> AnyResponse:
    """Look for the chosen words no more."""
    contract, _contracts = _contract()
    press(
        lambda: take_off(actor(), contract.id, numbers_in(request.form.getlist("word"))),
        lambda count: ngettext(
            "%(num)s mot retiré. Vous pouvez le remettre.",
            "%(num)s mots retirés. Vous pouvez les remettre.",
            count,
        ),
    )
    return redirect(url_for("hint_list_desk.table", contrat=contract.slug), 303)


@blueprint.post("/remettre")
@policy("charter.edit")
def restore() -> AnyResponse:
    """Look for the chosen words again."""
    contract, _contracts = _contract()
    press(
        lambda: put_back(actor(), contract.id, numbers_in(request.form.getlist("word"))),
        lambda count: ngettext("%(num)s mot remis.", "%(num)s mots remis.", count),
    )
    return redirect(url_for("hint_list_desk.table", contrat=contract.slug, retires="1"), 303)


@blueprint.get("/liste.csv")
@policy("charter.edit")
def export() -> Response:
    """The words that are looked for, as a file that can be sent back."""
    contract, _contracts = _contract()
    return csv_answer(
        f"mots-{contract.slug}.csv",
        (_("Langue"), _("Mot"), _("Alertes"), _("Fausses alertes")),
        [
            (each.lang, each.words, each.alarms.seen, each.alarms.false)
            for each in queries.whole_list(contract.id)
        ],
    )
