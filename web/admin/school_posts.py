"""Who is the designated teacher of a school."""

from uuid import UUID

from flask import g, request, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from workflows.administration.school_posts import (
    add_post,
    end_post,
    form_of_ending_post,
    form_of_post,
    get_post,
    posts_at,
)
from workflows.administration.schools import get_school


@blueprint.get("/admin/schools/<uuid:school_id>/teacher")
@allow("administer_schools")
def teachers(school_id: UUID) -> str | Response | tuple[str, int]:
    return ask(form_of_post(reading()), "admin/teachers.html", button="Add this teacher",
               school=get_school(reading(), school_id), posts=posts_at(reading(), school_id))


@blueprint.post("/admin/schools/<uuid:school_id>/teacher")
@allow("administer_schools")
def add_teacher(school_id: UUID) -> Response:
    raw = raw_from_post(form_of_post(g.acting), request.form)
    return answered(lambda: add_post(g.acting, school_id, raw), "Saved.",
                    url_for("admin.teachers", school_id=school_id))


@blueprint.get("/admin/posts/<uuid:post_id>/end")
@allow("administer_schools")
def ask_to_end_post(post_id: UUID) -> str | Response | tuple[str, int]:
    post = get_post(reading(), post_id)
    return ask(form_of_ending_post(reading(), post_id), "admin/form.html", button="Save",
               back=(f"Designated teacher: {post.name}",
                     url_for("admin.teachers", school_id=post.school_id)))


@blueprint.post("/admin/posts/<uuid:post_id>/end")
@allow("administer_schools")
def end_a_post(post_id: UUID) -> Response:
    raw = raw_from_post(form_of_ending_post(g.acting, post_id), request.form)
    return answered(lambda: end_post(g.acting, post_id, raw), "Saved.",
                    url_for("admin.teachers", school_id=get_post(g.acting, post_id).school_id))
