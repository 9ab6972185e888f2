"""A person at a browser without JavaScript: reads pages, fills in by label, presses buttons."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pyotp
from flask.testing import FlaskClient
from lxml import html
from lxml.html import FormElement, HtmlElement


class Visitor:
    """Keeps the cookies of one browser; every step returns the page that is shown then."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str) -> "Page":
        return self._page(self.client.get(address, follow_redirects=True))

    def send(self, address: str, fields: list[tuple[str, str]]) -> "Page":
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        return self._page(self.client.post(address, data=data, follow_redirects=True))

    def search(self, what: str, at: str = "/find", **more: str) -> "Page":
        """By the form of this page, as its button sends it."""
        fields = [("csrf_token", self.open(at).token), ("search", what), *more.items()]
        return self.send(at, fields)

    def sign_in(self, email: str, password: str = "demonstration") -> "Page":
        page = self.open("/sign-in")
        page.fill({"E-mail address": email, "Password": password})
        return page.press("Sign in")

    def sign_in_with(self, email: str, phone: "Phone", password: str = "demonstration") -> "Page":
        """Where everybody is asked for a code; whose phone has no app yet sets it up."""
        page = self.sign_in(email, password)
        if page.heading == "Set up an authenticator app":
            phone.look_at(page)
            page = page.fill({"Security code": phone.code}).press("Continue")
            phone.recovery_codes = [words(node) for node in page.tree.xpath("//li/code")]
            return page.follow("I have kept them")
        return page.fill({"Security code": phone.code}).press("Continue")

    def _page(self, response: Any) -> "Page":
        return Page(self, response, html.fromstring(response.get_data(as_text=True)))


@dataclass
class Phone:
    """An authenticator app, on a phone whose clock is right but for `ahead`."""

    clock: Any
    secret: str = ""
    recovery_codes: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta()

    def look_at(self, page: "Page") -> None:
        self.secret = page.answers["Key"].replace(" ", "")

    @property
    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now() + self.ahead)


@dataclass
class Page:
    visitor: Visitor
    response: Any
    tree: HtmlElement
    typed: dict[FormElement, dict[str, Any]] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def address(self) -> str:
        return str(self.response.request.full_path.rstrip("?"))

    @property
    def title(self) -> str:
        return words(self.tree.find(".//title"))

    @property
    def heading(self) -> str:
        return words(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        """All that is read out of the main part, without the caption of hidden inputs."""
        return words(self.tree.get_element_by_id("main-content"))

    @property
    def whole(self) -> str:
        return words(self.tree.body)

    @property
    def headings(self) -> list[str]:
        return [words(node) for node in self.tree.xpath("//h1|//h2|//h3")]

    @property
    def links(self) -> dict[str, str]:
        return {words(node): node.get("href") for node in self.tree.xpath("//a[@href]")}

    @property
    def navigation(self) -> list[str]:
        path = "//*[contains(@class, 'service-navigation__item')]"
        return [words(node) for node in self.tree.xpath(path)]

    @property
    def errors(self) -> dict[str, str]:
        """Sentence of the summary at the top, by the id of the field that it leads to."""
        links = self.tree.xpath("//*[contains(@class,'govuk-error-summary__list')]//a")
        return {node.get("href").removeprefix("#"): words(node) for node in links}

    @property
    def answers(self) -> dict[str, str]:
        """Question and answer of every list of such pairs."""
        keys = self.tree.xpath("//dl//dt")
        return {words(node): words(node.getnext()) for node in keys}

    def section(self, heading: str) -> str:
        """What stands between this heading and the next of its level or above."""
        for node in self.tree.xpath("//h1|//h2|//h3"):
            if words(node).startswith(heading):
                found = []
                for follower in node.itersiblings():
                    if follower.tag in ("h1", "h2", "h3") and follower.tag <= node.tag:
                        break
                    found.append(words(follower))
                return " ".join(found)
        raise AssertionError(f"no heading {heading!r} in {self.headings}")

    def value(self, label: str) -> str | list[str] | None:
        """What a field holds; of a date its three boxes, of boxes and radios what is ticked."""
        group = self._group(label)
        if group is not None:
            inputs = group.xpath(".//input[not(@type='hidden')]")
            if inputs[0].get("type") in ("radio", "checkbox"):
                return [self._label_of(node) for node in inputs if node.get("checked") is not None]
            return [node.get("value") or "" for node in inputs]
        control = self._control(label)
        if control.tag == "select":
            return words(next(o for o in control.iter("option") if o.get("selected") is not None))
        return control.value or ""

    def follow(self, link: str) -> "Page":
        name = next(text for text in self.links if text.startswith(link))
        return self.visitor.open(self.links[name])

    def fill(self, answers: dict[str, Any]) -> "Page":
        """By label; a date as (day, month, year), radios and boxes by their own labels."""
        for label, answer in answers.items():
            self._fill(label, answer)
        return self

    def press(self, button: str) -> "Page":
        for node in self.tree.xpath("//button"):
            if words(node).startswith(button) and node.get("type") != "button":
                form = next(parent for parent in node.iterancestors("form"))
                fields = list(form.form_values())
                if node.get("name"):
                    fields.append((node.get("name"), node.get("value") or ""))
                address = form.get("action") or self.address
                if form.method == "GET":
                    return self.visitor.open(f"{address}?{urlencode(fields)}")
                return self.visitor.send(address, fields)
        raise AssertionError(f"no button {button!r} in {self.buttons}")

    @property
    def token(self) -> str:
        """The page's token against forged forms, for a request that a script would make."""
        return str(self.tree.xpath("//input[@name='csrf_token']/@value")[0])

    @property
    def buttons(self) -> list[str]:
        return [words(node) for node in self.tree.xpath("//button")]

    def _fill(self, label: str, answer: Any) -> None:
        group = self._group(label)
        if group is None:
            control = self._control(label)
            if control.tag == "select":
                control.value = next(
                    option.get("value") for option in control.iter("option")
                    if words(option) == answer
                )
            elif control.get("type") == "checkbox":
                control.checked = answer
            else:
                control.value = answer
            return
        inputs = group.xpath(".//input[not(@type='hidden')]")
        if inputs[0].get("type") in ("radio", "checkbox"):
            chosen = [answer] if isinstance(answer, str) else answer
            for node in inputs:
                node.attrib.pop("checked", None)
                if self._label_of(node) in chosen:
                    node.set("checked", "checked")
        else:
            for node, part in zip(inputs, answer, strict=True):
                node.set("value", part)

    def _group(self, legend: str) -> HtmlElement | None:
        for node in self.tree.xpath("//fieldset/legend"):
            if question(node) == legend:
                return node.getparent()
        return None

    def _control(self, label: str) -> HtmlElement:
        for node in self.tree.xpath("//label"):
            if question(node) == label:
                return self.tree.get_element_by_id(node.get("for"))
        raise AssertionError(f"no field {label!r} in {self.labels}")

    @property
    def labels(self) -> list[str]:
        return [question(node) for node in self.tree.xpath("//main//label|//main//legend")]

    def _label_of(self, control: HtmlElement) -> str:
        return words(self.tree.xpath(f"//label[@for='{control.get('id')}']")[0])


def where_it_leads(client: FlaskClient, address: str) -> str:
    """`/find?search=robin`, as the form of that page sends it: the address that shows what is
    found. Any other address as it is."""
    path, _, query = address.partition("?")
    words = dict(parse_qsl(query))
    if "search" not in words:
        return address
    return Visitor(client).search(words.pop("search"), path, **words).address


def question(node: HtmlElement) -> str:
    """What a label asks, whether or not it must be answered."""
    return words(node).removesuffix(" (optional)")


def words(node: HtmlElement | None) -> str:
    """The text as it is read, white space run together."""
    return re.sub(r"\s+", " ", node.text_content()).strip() if node is not None else ""
