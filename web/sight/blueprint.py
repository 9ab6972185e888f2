from flask import Blueprint

blueprint = Blueprint("sight", __name__, template_folder="templates")
