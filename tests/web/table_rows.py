"""Tables of a page as their readers find them."""


def row_of(page, begins):
    """The cells of the first row whose first cell begins so; None where there is none."""
    for row in page.tree.xpath("//table//tr"):
        cells = [_told(cell) for cell in row.xpath("./th|./td")]
        if cells[0].startswith(begins):
            return cells
    return None


def _told(cell):
    """Without its column's name, which a phone shows in it."""
    words = cell.xpath(".//text()[not(ancestor::*[contains(@class, 'pepway-list__label')])]")
    return " ".join("".join(words).split())
