"""Lists in pages: `{items, next}`, where `next` is the address of the page that follows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from pydantic import BaseModel, ConfigDict, Field, create_model

from web.api.shapes import Shape

MOST = 200
USUAL = 50


class Listing(BaseModel):
    """How much of a list is asked for; lists take further filters."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many at most")
    after: UUID | None = Field(None, description="Comes with `next`; not to be made up")


def page(items: Sequence[Any], limit: int, last: object = None) -> dict[str, Any]:
    """One page; there is a next one where this one is full. `last` is its last item's place."""
    following = None
    if len(items) == limit and items:
        asked = {**request.args.to_dict(), "after": str(last or items[-1].id)}
        following = f"{request.path}?{urlencode(asked)}"
    return {"items": items, "next": following}


def whole(items: Sequence[Any]) -> dict[str, Any]:
    """A list that is never so long that it needs pages."""
    return {"items": items, "next": None}


def page_of(item: type[Shape]) -> type[BaseModel]:
    """The shape of a page of these."""
    name = f"{item.__name__.removesuffix('Out')}Page"
    following: Any = (str | None, Field(None, description="Address of the next page, or null"))
    items = (list[item], ...)  # type: ignore[valid-type]
    made: type[BaseModel] = create_model(name, items=items, next=following)
    return made
