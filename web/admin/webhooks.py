"""Programs that are told what happens: their addresses, and what became of each message."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from web.access import allow
from web.admin.blueprint import blueprint
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.reading import reading
from web.settings import Settings
from workflows.accounts.sealing import Sealing
from workflows.webhooks.addresses import (
    FORM,
    add_webhook,
    change_secret,
    end_webhook,
    send_delivery_again,
    webhook_page,
    webhooks_listed,
)

SECRET = "webhook_secret"  # noqa: S105 - where it is kept between two pages


@blueprint.get("/admin/programs")
@allow("administer_webhooks")
def webhooks() -> str | Response | tuple[str, int]:
    page = ask(FORM, "admin/webhooks.html", button="Add this program",
               webhooks=webhooks_listed(reading()), secret=session.get(SECRET, ""))
    if not isinstance(page, Response):
        session.pop(SECRET, None)
    return page


@blueprint.post("/admin/programs")
@allow("administer_webhooks")
def add_a_webhook() -> Response:
    raw, settings = raw_from_post(FORM, request.form), _settings()

    def do() -> None:
        _, session[SECRET] = add_webhook(g.acting, raw, _sealing(), loopback=settings.demo)

    return answered(do, "The program was added.", url_for("admin.webhooks"))


@blueprint.get("/admin/programs/<uuid:webhook_id>")
@allow("administer_webhooks")
def webhook(webhook_id: UUID) -> str:
    shown, deliveries = webhook_page(reading(), webhook_id)
    return render_template("admin/webhook.html", webhook=shown, deliveries=deliveries,
                           secret=session.pop(SECRET, ""))


@blueprint.post("/admin/programs/<uuid:webhook_id>/secret")
@allow("administer_webhooks")
def new_secret(webhook_id: UUID) -> Response:
    session[SECRET] = change_secret(g.acting, webhook_id, _sealing())
    return redirect(url_for("admin.webhook", webhook_id=webhook_id))


@blueprint.post("/admin/programs/<uuid:webhook_id>/end")
@allow("administer_webhooks")
def end_a_webhook(webhook_id: UUID) -> Response:
    end_webhook(g.acting, webhook_id)
    flash("The program is told nothing any more.")
    return redirect(url_for("admin.webhooks"))


@blueprint.post("/admin/programs/<uuid:webhook_id>/deliveries/<uuid:message_id>/again")
@allow("administer_webhooks")
def deliver_again(webhook_id: UUID, message_id: UUID) -> Response:
    send_delivery_again(g.acting, webhook_id, message_id)
    flash("It is sent again within a minute.")
    return redirect(url_for("admin.webhook", webhook_id=webhook_id))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings


def _sealing() -> Sealing:
    return Sealing(_settings().secret_keys)
