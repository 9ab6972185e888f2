"""Sections of the plan: what is left to do, where and by whom; and what is said about each."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, Refused
from web.access import allow, may_see
from web.forms import error_targets
from web.forms.parts import part_with
from web.reading import reading
from web.typed import done_with, send_back, sent_back, words_posted
from workflows.contributions.asking import VOICES
from workflows.pep.sections import Gap
from workflows.section_comments import comment_on_section
from workflows.sections_page import sections_page

blueprint = Blueprint("sections", __name__, template_folder="templates", url_prefix="/cases")


@blueprint.get("/<uuid:case_id>/sections")
@allow("see_plan", kind="case", arg="case_id")
def sections(case_id: UUID) -> str | tuple[str, int]:
    """With the words of a comment that could not be kept."""
    typed = sent_back(request.path)
    words = words_posted(typed)
    errors = typed.said.get("errors", {}) if typed else {}
    about = typed.said.get("section", "") if typed else ""
    page = render_template(
        "sections/sections.html", page=sections_page(reading(), case_id, may_see),
        errors={f"comment-{about}": each for each in errors.values()}, about=about,
        words=words.get("text", ""), address=_address, new_id=uuid4, voices=VOICES,
    )
    return (page, 422) if errors else page


@blueprint.post("/<uuid:case_id>/sections/<section>/comments")
@allow("comment_on_section", kind="case", arg="case_id")
def comment(case_id: UUID, section: str) -> Response:
    page = url_for("sections.sections", case_id=case_id)
    try:
        comment_on_section(g.acting, case_id, section, request.form.get("text", ""), _sent_id())
    except AnswersInvalid as problem:
        return send_back(page, errors=problem.errors, section=section)
    done_with()
    flash("Your comment is there.")
    return redirect(f"{page}#{section}")


def _sent_id() -> UUID:
    try:
        return UUID(request.form.get("comment", ""))
    except ValueError:
        raise Refused("This form is not whole. Open the page again.") from None


def _address(gap: Gap) -> str:
    """Of the box in which a gap is filled, in a long form on the page of its part; empty for
    whoever may not."""
    if not gap.step.theirs or gap.step.task_id is None:
        return ""
    box = next(iter(error_targets(gap.step.form, {gap.place: gap.sentence})))
    part = part_with(gap.step.form, gap.question.key)
    page = url_for("tasks.see_task", task_id=gap.step.task_id, part=part.key if part else None)
    return f"{page}#{box}"
