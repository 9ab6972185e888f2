"""A professional who asks by a link, and somebody who opens it."""

import re

import pytest


class Asking:
    """Links of one task, made by whoever has it on its page, as in a browser."""

    def __init__(self, council, name, step):
        self.council, self.name, self.step = council, name, step
        self.task = council.task(name, step)
        self.visitor = council.sign_in(name).visitor

    def page(self):
        return self.visitor.open(f"/tasks/{self.task}/links")

    def ask(self, called, whom=None):
        """The path of the new link, and its code."""
        page = self.page()
        page.fill({"Their name": called, **({"Whom do you ask?": whom} if whom else {})})
        made = page.press("Make a link")
        said = made.section("The new link and its code")
        path = re.search(r"https?://[^/]+(/contribute/\S+)", said).group(1)
        return path, re.search(r"\b\d{3} \d{3}\b", said).group()

    def enter(self, path, code):
        """The page behind the link, in a browser of its own."""
        page = self.council.visitor().open(path)
        return page.fill({"Your code": code}).press("Go on")


@pytest.fixture
def asking_carer(council):
    council.gathering()
    return Asking(council, "wilma", "record_carer_view")


@pytest.fixture
def asking_child(council):
    council.gathering()
    return Asking(council, "tara", "record_child_views")
