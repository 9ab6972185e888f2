"""Decision tables for tests, written as columns and rows."""

from html import escape

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(inputs, outputs, *rules, policy="UNIQUE", collect="", namespace=DMN):
    """A .dmn file. A column is its name or its attributes; of a rule the last cells are outputs."""
    attributes = f' hitPolicy="{policy}"' + (f' aggregation="{collect}"' if collect else "")
    columns = "".join(_input(n, each) for n, each in enumerate(inputs, 1))
    columns += "".join(_output(n, each) for n, each in enumerate(outputs, 1))
    rows = "".join(_rule(n, cells, len(inputs)) for n, cells in enumerate(rules, 1))
    return (
        f'<definitions xmlns="{namespace}" id="definitions" name="d" namespace="urn:d">'
        f'<decision id="decides" name="How often"><decisionTable id="t"{attributes}>'
        f"{columns}{rows}</decisionTable></decision></definitions>"
    ).encode()


def _input(number, column):
    column = {"name": column} if isinstance(column, str) else column
    kind = f' typeRef="{column["type"]}"' if "type" in column else ""
    allowed = _text("inputValues", column["allowed"]) if "allowed" in column else ""
    return (
        f'<input id="in_{number}" label="{column.get("label", column["name"])}">'
        f'<inputExpression id="expression_{number}"{kind}><text>{escape(column["name"])}</text>'
        f"</inputExpression>{allowed}</input>"
    )


def _output(number, column):
    column = {"name": column} if isinstance(column, str) else column
    kind = f' typeRef="{column["type"]}"' if "type" in column else ""
    order = _text("outputValues", column["order"]) if "order" in column else ""
    default = _text("defaultOutputEntry", column["default"]) if "default" in column else ""
    return f'<output id="out_{number}" name="{column["name"]}"{kind}>{order}{default}</output>'


def _rule(number, cells, inputs):
    texts = "".join(
        _text("inputEntry" if place < inputs else "outputEntry", cell)
        for place, cell in enumerate(cells)
    )
    return f'<rule id="rule_{number}">{texts}</rule>'


def _text(element, text):
    return f"<{element}><text>{escape(text, quote=False)}</text></{element}>"
