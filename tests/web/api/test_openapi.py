"""The OpenAPI text is what the API is: every route, every reference, open to anyone."""

import json
import re

import pytest


@pytest.fixture
def described(without_token):
    answer = without_token.get("/openapi.json")
    assert answer.status == 200
    return answer.body


def test_it_is_openapi_31_and_names_every_route(council, described):
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in council.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint not in (
            "api.openapi", "api.signed_plan_schema", "api.nothing_here"
        )
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    named = {(path, method) for path, ways in described["paths"].items() for method in ways}

    assert described["openapi"].startswith("3.1.")
    assert named == routes
    assert len(named) == 30


def test_every_reference_leads_somewhere(described):
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described))):
        place = described
        for part in reference.split("/"):
            assert part in place, reference
            place = place[part]


def test_every_operation_says_that_it_needs_a_token_and_how_it_may_fail(described):
    for path, ways in described["paths"].items():
        for method, operation in ways.items():
            assert operation["security"] == [{"token": []}], path
            assert {"400", "401", "403", "404", "422", "429"} <= set(operation["responses"]), path
            assert ("409" in operation["responses"]) == (method != "get"), path
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
