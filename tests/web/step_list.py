"""The studio's list of steps, used as people use it: a link of a step, what will change, saved."""


def choose(page, command, step):
    """The link of one command at one step, found as it is read out."""
    [address] = {href for text, href in page.links.items()
                 if text.startswith(f"{command}:") and text.endswith(step)}
    return page.visitor.open(address)


def save(preview):
    assert preview.heading == "What will change", preview.text
    return preview.press("Save")
