"""The one blueprint of the pages of records."""

from flask import Blueprint

blueprint = Blueprint("governance", "web.governance", template_folder="templates")
