"""Requests that the OpenAPI text allows, and such as it forbids: the answers are as it says.

`Api` is a council that works by programs; `ask` makes so many requests out of a seed and returns
what was wrong, each with the request in words.
"""

from random import Random

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from put_back import standing
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from test_who_sees_what import Town

from engine.domain import SYSTEM
from workflows.tokens import SCOPES, add_token

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]
PRACTITIONERS = ("wilma", "tara", "vera")
SOMETIMES_OWN = 0.7
"""How often an address names a thing that is there; a made-up id leads no further than 404."""
OWN_IN_A_QUERY = {"case": "case_id", "child": "child_id", "person": "person_id",
                  "worker": "person_id", "team": "team_id", "school": "school_id",
                  "release": "release_id"}
"""What a filter of that name asks for."""
TOLD = {"given_names": "Kim", "born_on": "2015-05-04", "became_looked_after_on": "2026-03-25",
        "first_placement_on": "2026-03-25", "entry": "planned", "lives_out_of_area": "no"}
"""What a case system may tell beside the number and the family name."""
MOSTLY_WITH_A_TOKEN = 0.95
"""Else what stands in for a token is made up too, and leads no further than 401."""


class Api:
    def __init__(self, council):
        council.app.extensions["pepway_rates"].most = 10**9
        self.town = Town(council)
        council.home_visit()
        self.tasks = [council.task("wilma", "visit"), council.task("tara", "agree"),
                      self.town.things["task_id"]]
        system = council.installation.acting(SYSTEM)
        self.tokens = [add_token(system, council.people[name], frozenset({"read", "write", "care"}))
                       for name in PRACTITIONERS]
        self.tokens.append(add_token(system, council.people["ada"], frozenset(SCOPES)))
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", council.app)
        self.operations = [each.ok() for each in self.schema.get_all_operations()]

    def requests(self, operation):
        """Right by its schema or wrong."""
        return st.one_of([
            operation.as_strategy(generation_mode=mode)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ])

    def put_own_things(self, case, chance):
        for name in case.path_parameters or {}:
            if chance.random() < SOMETIMES_OWN:
                things = self.tasks if name == "task_id" else [self.town.things[name]]
                case.path_parameters[name] = str(chance.choice(things))
        for name, thing in OWN_IN_A_QUERY.items():
            if name in (case.query or {}) and chance.random() < SOMETIMES_OWN:
                case.query[name] = str(self.town.things[thing])
        if isinstance(case.body, dict) and "child" in case.body and chance.random() < SOMETIMES_OWN:
            case.body["child"] = str(self.town.things["child_id"])
        told = isinstance(case.body, dict) and "became_looked_after_on" in case.body
        if told and chance.random() < SOMETIMES_OWN:
            by_itself = {"number", "family_name"} & set(case.body)
            case.body = {**{name: case.body[name] for name in by_itself}, **TOLD,
                         "social_worker": str(self.town.council.people["wilma"])}

    def problem_with(self, case, chance):
        """What its answer breaks, in words; empty where it breaks nothing."""
        response = case.call(
            headers={"Accept-Encoding": "identity"}, environ_overrides=self._token(chance))
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            return f"{case.as_curl_command()}\n{response.status_code} {failure}"[:3000]
        return ""

    def _token(self, chance):
        """Past what schemathesis sends: it leaves the header out where it tries one that is
        missing, and that is most of what the text forbids."""
        if chance.random() > MOSTLY_WITH_A_TOKEN:
            return {}
        return {"HTTP_AUTHORIZATION": f"Bearer {chance.choice(self.tokens)}"}


def ask(api, number, requests):
    """What was wrong, of so many requests: as many of each operation."""
    chance, wrong, asked = Random(number), [], set()
    of_each = -(-requests // len(api.operations))
    for operation in api.operations:

        @seed(number)
        @settings(max_examples=of_each, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))
        @given(case=api.requests(operation))
        def one(case):
            api.put_own_things(case, chance)
            asked.add(f"{case.method} {case.path}")
            if problem := api.problem_with(case, chance):
                wrong.append(f"seed {number}: {problem}")

        one()
    return wrong, asked


def ask_a_thousand(number):
    """For `make soak`. Raises `AssertionError` with the first that was wrong."""
    wrong, _ = ask(standing(Api).as_it_was(), number, 1000)
    assert not wrong, wrong[0]
    return 1000
