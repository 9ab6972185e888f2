from flask import Blueprint

blueprint = Blueprint("workload", __name__, template_folder="templates")
