"""Tables of a page as their readers find them."""


def row_of(page, begins):
    """The cells of the first row whose first cell begins so; None where there is none."""
    for row in page.tree.xpath("//table//tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        if cells[0].startswith(begins):
            return cells
    return None
