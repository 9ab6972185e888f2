"""Guides as they are shipped: one Markdown file a topic, its head in TOML.

In a guide **bold** is what stands on a page, letter for letter: a button, a link, a heading. A
test finds each among the words of the product, and each link among its pages.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it.token import Token
from markupsafe import Markup
from PIL import Image

from web.layout.markdown import html_of

HERE = Path(__file__).parent
TEXTS = HERE / "guides"
PICTURES = HERE.parent / "static" / "help"
SHARPNESS = 1.5
"""Pixels of a picture for each on the page, for fine screens."""
_HEAD = "+++\n"


@dataclass(frozen=True, slots=True)
class Guide:
    key: str
    part: str
    title: str
    summary: str
    roles: frozenset[str]
    pages: tuple[str, ...]
    """Endpoints of the pages from which “Help” leads here; `studio.*` is all of the studio's."""
    related: tuple[str, ...]
    words: str
    """What else people may call it, for who searches."""
    public: bool
    """Also for who is not signed in."""
    flowcharts: tuple[str, ...]
    """The procedures whose pictures are drawn below."""
    text: str

    @property
    def html(self) -> Markup:
        return _html(self.text)


@cache
def guides() -> Mapping[str, Guide]:
    """All of them, in the order of their contents."""
    contents = tomllib.loads((TEXTS / "contents.toml").read_text(encoding="utf-8"))["part"]
    return {key: _read(key, part["title"]) for part in contents for key in part["guides"]}


def guides_for(roles: AbstractSet[str]) -> tuple[list[Guide], list[Guide]]:
    """Those for whoever holds one of these roles, and the others."""
    mine = [each for each in guides().values() if each.roles & roles]
    return mine, [each for each in guides().values() if each not in mine]


@cache
def guide_to(endpoint: str, roles: frozenset[str]) -> Guide | None:
    """The guide to a page: of several the one for this reader's roles, of two the nearer one."""
    fitting = [(_is_whole(each, endpoint), bool(each.roles & roles), each)
               for each in guides().values() if any(_covers(page, endpoint) for page in each.pages)]
    return max(fitting, key=lambda found: found[:2])[2] if fitting else None


def by_part(some: Iterable[Guide]) -> dict[str, list[Guide]]:
    found: dict[str, list[Guide]] = {}
    for each in some:
        found.setdefault(each.part, []).append(each)
    return found


def _covers(page: str, endpoint: str) -> bool:
    return page == endpoint or (page.endswith(".*") and endpoint.startswith(page[:-1]))


def _is_whole(guide: Guide, endpoint: str) -> bool:
    return endpoint in guide.pages


def _read(key: str, part: str) -> Guide:
    whole = (TEXTS / f"{key}.md").read_text(encoding="utf-8")
    _, head, text = whole.split(_HEAD, 2)
    said: dict[str, Any] = tomllib.loads(head)
    return Guide(
        key, part, said["title"], said["summary"], frozenset(said["roles"]),
        tuple(said.get("pages", ())), tuple(said.get("related", ())), said.get("words", ""),
        said.get("public", False), tuple(said.get("flowcharts", ())), text.strip(),
    )


@cache
def _html(text: str) -> Markup:
    return html_of(text, _place_picture)


def _place_picture(token: Token) -> None:
    """`![What it shows](my-tasks)` is the picture of this name, shown when it comes into sight."""
    if token.type != "image":
        return
    file = PICTURES / f"{token.attrGet('src')}.webp"
    for name, value in _of_picture(file):
        token.attrSet(name, value)


def _of_picture(file: Path) -> Iterator[tuple[str, str]]:
    with Image.open(file) as picture:
        width, height = picture.size
    yield "src", f"/static/help/{file.name}"
    yield "width", str(round(width / SHARPNESS))
    yield "height", str(round(height / SHARPNESS))
    yield "loading", "lazy"
    yield "class", "pepway-guide__picture"
