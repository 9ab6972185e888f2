"""A PDF as a reader and a screen reader find it."""

import io
import re
from functools import cached_property

from pypdf import PdfReader

HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")


class Pdf:
    def __init__(self, content):
        self.content = content
        self.reader = PdfReader(io.BytesIO(content), strict=True)
        self.root = self.reader.trailer["/Root"]

    @cached_property
    def pages(self):
        return [" ".join(page.extract_text().split()) for page in self.reader.pages]

    @cached_property
    def text(self):
        """Without the places where a long word may be broken."""
        return " ".join(self.pages).replace("\u200b", "")

    @cached_property
    def everything(self):
        """Each text and each name that is anywhere in the file, unpacked, seen or not."""
        found = [self.text, str(self.reader.metadata), self.reader.xmp_metadata.stream.get_data()
                 .decode()]
        for number in range(1, len(self.reader.xref_objStm) + len(self.reader.xref[0]) + 1):
            thing = self.reader.get_object(number)
            found.append(repr(thing))
        return "\n".join(found)

    @cached_property
    def tags(self):
        """(depth, tag) of each element of the structure, in the order in which it is read."""
        found = []

        def walk(node, depth):
            node = node.get_object() if hasattr(node, "get_object") else node
            if isinstance(node, list):
                for each in node:
                    walk(each, depth)
            elif isinstance(node, dict) and "/S" in node:
                found.append((depth, node["/S"]))
                walk(node.get("/K", []), depth + 1)

        walk(self.root["/StructTreeRoot"]["/K"], 0)
        return found

    @cached_property
    def alternatives(self):
        """What a screen reader says of each figure."""
        found = []

        def walk(node):
            node = node.get_object() if hasattr(node, "get_object") else node
            if isinstance(node, list):
                for each in node:
                    walk(each)
            elif isinstance(node, dict) and "/S" in node:
                if node["/S"] == "/Figure":
                    found.append(node.get("/Alt", ""))
                walk(node.get("/K", []))

        walk(self.root["/StructTreeRoot"]["/K"])
        return found

    @cached_property
    def images(self):
        return [image.image for page in self.reader.pages for image in page.images]

    @cached_property
    def headings(self):
        return [HEADINGS.index(tag) + 1 for _, tag in self.tags if tag in HEADINGS]

    @cached_property
    def rows(self):
        """The tags of the cells of each row of each table."""
        rows = []
        for _, tag in self.tags:
            if tag == "/TR":
                rows.append([])
            elif tag in ("/TH", "/TD"):
                rows[-1].append(tag)
        return rows

    def count(self, tag):
        return sum(1 for _, each in self.tags if each == tag)


def marks(text):
    """The planted words that are in a text."""
    return set(re.findall(r"qz\d+zq", text))
