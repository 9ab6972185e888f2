from flask import Blueprint

blueprint = Blueprint("board", __name__, template_folder="templates", url_prefix="/board")
