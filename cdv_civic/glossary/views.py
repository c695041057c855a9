"""The staff's pages of words: what is explained in which language, and the form of one word."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import languages_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.glossary import operations, queries
from cdv_civic.glossary.forms import word_form

blueprint = desk_blueprint("glossary", __name__, "/mots")


@blueprint.get("")
@policy("glossary.translate")
def table() -> str:
    """All words, those that lack a translation first; `?q=` looks for some."""
    typed = " ".join(request.args.get("q", "").split())[:100]
    languages = languages_of(current_settings())
    return render_template(
        "glossary/table.html",
        q=typed,
        rows=queries.words_to_translate(languages, typed),
        languages_to=languages,
    )


@blueprint.route("/<key>", methods=["GET", "POST"])
@policy("glossary.translate")
@keeps_form
def word(key: str) -> str | tuple[str, int] | AnyResponse:
    """The form of one word: its explanation in each language."""
    languages = languages_of(current_settings())
    dossier = queries.word(key)
    if dossier is None:
        raise NotFound(_l("Ce mot n’est pas dans la liste."))
    mine = operations.languages_of_actor(actor(), [each.tag for each in languages])
    languages = tuple(each for each in languages if each.tag in mine)
    form = word_form(languages, {tag: told.text for tag, told in dossier.explanations.items()})
    if form.validate_on_submit():
        try:
            operations.explain(key, form.explanations(), actor=actor())
        except DomainError as refused:
            form.refuse(refused.field, refused.sentence)
        else:
            flash(
                _("C’est enregistré : « %(term)s » est expliqué ainsi sur le site.", term=dossier.term),
                "success",
            )
            return redirect(url_for("glossary.table") + f"#{key}")
    page = render_template("glossary/word.html", word=dossier, form=form, languages_to=languages)
    return (page, 422) if request.method == "POST" else page
