"""The staff's pages of words: what is explained in which language, and the form of one word."""

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.localized import TranslationState
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.core.web.search import typed_search
from cdv_civic.glossary import operations, queries
from cdv_civic.glossary.forms import explanation_form

blueprint = desk_blueprint("glossary", __name__, "/mots")


@blueprint.get("")
@policy("glossary.translate")
def table() -> str:
    """All words, those that lack a translation first; `?q=` looks for some."""
    typed = typed_search(request.args)
    languages = site_languages()
    return render_template(
        "glossary/table.html",
        q=typed,
        rows=queries.terms_to_translate(languages, typed),
        languages_to=languages,
    )


@blueprint.route("/<key>", methods=["GET", "POST"])
@policy("glossary.translate")
@keeps_form
def word(key: str) -> Answer:
    """The form of one term: its explanation in each language that the person may write in."""
    term = queries.term(key)
    if term is None:
        raise NotFound(_l("Ce mot n’est pas dans la liste."))
    languages = site_languages()
    allowed = operations.languages_of_actor(actor(), [each.tag for each in languages])
    languages = tuple(each for each in languages if each.tag in allowed)
    form = explanation_form(
        languages,
        {tag: stored.text for tag, stored in term.explanations.items()},
        {tag: stored.state for tag, stored in term.explanations.items()},
    )
    status = submit(
        form,
        lambda: operations.explain(
            key,
            form.explanations(),
            actor=actor(),
            state=form.translation_state(),
            version=form.version.number,
        ),
    )
    if status is None:
        if form.translation_state() is TranslationState.DRAFT:
            flash(_("C’est enregistré. Ce qui est à relire ne paraît pas encore sur le site."), "success")
        else:
            flash(
                _("C’est enregistré : « %(term)s » est expliqué ainsi sur le site.", term=term.term),
                "success",
            )
        return redirect(url_for("glossary.table") + f"#{key}", 303)
    page = render_template("glossary/word.html", word=term, form=form, languages_to=languages)
    return page, status
