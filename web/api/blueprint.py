"""The one blueprint that all routes of the API hang on."""

from apiflask import APIBlueprint

api = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Pepway")
