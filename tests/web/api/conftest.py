"""A program that uses the API in a person's name."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.domain import SYSTEM
from workflows.tokens import add_token


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def problems(self) -> dict[str, str]:
        """Sentence by path."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return {each["path"]: each["message"] for each in self.body.get("errors", [])}


@dataclass
class Program:
    client: FlaskClient
    token: str

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any) -> Answer:
        return self.ask("PUT", path, body)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        response = self.client.open(address, method=method, json=body, headers=sent)
        return Answer(response.status_code, response.get_json(silent=True), response.headers)


@pytest.fixture
def program(council):
    """A program with a token of this person's, for reading and writing unless told otherwise."""

    def with_token_of(name: str, *scopes: str) -> Program:
        system = council.installation.acting(SYSTEM)
        token = add_token(system, council.people[name], frozenset(scopes or ("read", "write")))
        return Program(council.app.test_client(), token)

    return with_token_of


@pytest.fixture
def without_token(council):
    return Program(council.app.test_client(), "")
