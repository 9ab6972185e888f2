"""Files that somebody might upload as a diagram, by the number of the list of bad inputs."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from html import escape

from walking import arrow, ask, choice, drawn, end, parallel, path, reminder, start, step, wait

ONE_STEP = drawn(start() + step("a") + end() + path("begun", "a", "done"))
GOOD = ONE_STEP["case.bpmn"]
RATING = ask({"type": "textfield", "key": "rating"})
Files = Mapping[str, bytes]


def alone(content: bytes) -> Files:
    return {"case.bpmn": content}


def with_doctype(inside: str, encoding: str = "utf-8") -> Files:
    said = GOOD.decode().replace("?>", f'?><!DOCTYPE d {inside}>', 1)
    return alone(said.replace("UTF-8", encoding.upper(), 1).encode(encoding))


def around(inside: str) -> Files:
    """A sound diagram with something more among its process's shapes."""
    return drawn(start() + step("a") + end() + path("begun", "a", "done") + inside)


def packed(name: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr(name, GOOD)
    return kept.getvalue()


def timed(text: str, kind: str = "timeDuration") -> Files:
    return drawn(start() + step("a") + reminder("r", "a", text, kind=kind) + step("b") + end()
                 + end("late") + path("begun", "a", "done") + path("r", "b", "late"))


def calling(*targets: str) -> Files:
    """Each process calls the next one."""
    files: dict[str, bytes] = {}
    for name, target in zip(("case", *targets), targets, strict=False):
        body = (start(f"{name}_begun") + step(f"{name}_a") + end(f"{name}_done")
                + f'<bpmn:callActivity id="{name}_call" calledElement="{target}"/>'
                + path(f"{name}_begun", f"{name}_a", f"{name}_call", f"{name}_done"))
        files |= drawn(body, key=name)
    return files


def in_a_row(steps: int, back: str) -> Files:
    """One step and then so many shapes that nobody waits at, from the last of them back."""
    names = [f"g_{number}" for number in range(steps)]
    return drawn(
        start() + step("a", form="a") + "".join(choice(name) for name in names[:-1])
        + choice(names[-1], f"{names[-1]}_to_done") + end() + path("begun", "a", *names, "done")
        + arrow(names[-1], back, 'rating == "red"'), a=RATING)


def forked(join: str, *, ways: int = 2, fork: str = "parallel") -> Files:
    opening = parallel("fork") if fork == "parallel" else choice("fork", "fork_to_s_0")
    closing = parallel("join") if join == "parallel" else choice("join")
    said = 'rating == "red"' if fork != "parallel" else ""
    names = [f"s_{number}" for number in range(ways)]
    return drawn(
        start() + step("a", form="a") + opening + closing + end()
        + "".join(step(name) for name in names)
        + path("begun", "a", "fork") + path("join", "done")
        + "".join(arrow("fork", name, said if number else "") + arrow(name, "join")
                  for number, name in enumerate(names)), a=RATING)


def element(name: str, inside: str = "") -> Files:
    return drawn(start() + step("a") + end() + path("begun", "a", "x", "done")
                 + f'<bpmn:{name} id="x" name="X">{inside}</bpmn:{name}>')


def named(identity: str) -> Files:
    return drawn(start() + step(identity) + end() + path("begun", identity, "done"))


def placed(numbers: str) -> Files:
    """A sound diagram with a picture of it."""
    di = "http://www.omg.org/spec/BPMN/20100524/DI"
    picture = (
        f'<di:BPMNDiagram xmlns:di="{di}" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
        f'<di:BPMNPlane bpmnElement="c"><di:BPMNShape bpmnElement="a"><dc:Bounds {numbers}/>'
        "</di:BPMNShape></di:BPMNPlane></di:BPMNDiagram></bpmn:definitions>")
    return alone(GOOD.replace(b"</bpmn:definitions>", picture.encode()))


LOL = '[<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]'
QUADRATIC = f'[<!ENTITY a "{"a" * 50_000}">]'
PARAMETER = '[<!ENTITY % a "<!ENTITY b SYSTEM \'file:///etc/passwd\'>">%a;]'
REPEATED = "bpmn:multiInstanceLoopCharacteristics"
VENDORS = 'xmlns:v="urn:vendor:of-something"'

REFUSED: Mapping[str, tuple[Files, str]] = {
    "1 a file that is fetched": (
        with_doctype('SYSTEM "file:///etc/passwd"'), "unreadable"),
    "1 a page that is fetched": (
        with_doctype('SYSTEM "http://127.0.0.1:9/a.dtd"'), "unreadable"),
    "1 a server that is asked": (
        with_doctype('SYSTEM "ftp://127.0.0.1:9/a.dtd"'), "unreadable"),
    "1 an entity of a file": (
        with_doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]'), "unreadable"),
    "1 a parameter entity": (with_doctype(PARAMETER), "unreadable"),
    "1 in UTF-16": (with_doctype('SYSTEM "file:///etc/passwd"', "utf-16"), "unreadable"),
    "1 in UTF-7": (with_doctype('SYSTEM "file:///etc/passwd"', "utf-7"), "unreadable"),
    "2 a billion laughs": (with_doctype(LOL), "unreadable"),
    "2 one long text, many times": (
        alone(with_doctype(QUADRATIC)["case.bpmn"].replace(
            b"</bpmn:process>", b"&a;" * 50_000 + b"</bpmn:process>")), "unreadable"),
    "2 parameters of parameters": (
        with_doctype('[<!ENTITY % a "1"><!ENTITY % b "%a;%a;"><!ENTITY % c "%b;%b;">%c;]'),
        "unreadable"),
    "3 a harmless DOCTYPE": (with_doctype(""), "unreadable"),
    "4 300 elements within each other": (
        around("<a>" * 300 + "</a>" * 300), "too-complex"),
    "4 5,000 elements within each other": (
        around("<a>" * 5_000 + "</a>" * 5_000), "too-complex"),
    "4 a text of 50 MB": (alone(GOOD + b" " * 50_000_000), "too-complex"),
    "5 nothing": (alone(b""), "unreadable"),
    "5 a mark of order and nothing more": (alone(b"\xef\xbb\xbf"), "unreadable"),
    "5 a page": (alone(b"<!doctype html><title>x</title><p>Hello"), "unreadable"),
    "5 JSON": (alone(b'{"definitions": []}'), "unreadable"),
    "5 a zip": (alone(packed("case.bpmn")), "unreadable"),
    "5 a zip of a zip": (alone(packed("a.zip")), "unreadable"),
    "5 gzip": (alone(gzip.compress(GOOD)), "unreadable"),
    "5 a picture that is XML, too": (
        alone(b"\x89PNG\r\n\x1a\n" + GOOD), "unreadable"),
    "9 more years than there are": (timed("P99999999999Y"), "expression"),
    "9 a time before": (timed("-PT1H"), "expression"),
    "9 no time": (timed("PT0S"), "expression"),
    "9 no time, over and over": (timed("R/PT0S", "timeCycle"), "timer"),
    "9 a billion times": (timed("R1000000000/PT1S", "timeCycle"), "timer"),
    "9 a day that there is not": (timed("2026-02-30", "timeDate"), "expression"),
    "9 without a time zone": (timed("2026-02-03T10:00:00", "timeDate"), "expression"),
    "9 digits of another script": (timed("PT\u0661H"), "expression"),
    "10 it calls itself": (calling("case"), "call"),
    "10 they call each other": (calling("other", "case"), "call"),
    "10 it calls what is not there": (calling("nowhere"), "call"),
    "10 it calls another folder's": (calling("initial-pep"), "call"),
    "11 round and round": (in_a_row(3, "g_0"), "loop-without-wait"),
    "11 a thousand shapes without a wait": (in_a_row(900, "a"), "way-too-long"),
    "12 one of two, and both are waited for": (
        forked("parallel", fork="exclusive"), "deadlock"),
    "12 a reminder on a gateway": (
        drawn(start() + choice("g") + step("a") + reminder("r", "g") + end()
              + path("begun", "g", "a", "done") + path("r", "done")), "arrows"),
    "12 an inclusive join in a loop": (element("inclusiveGateway"), "element-not-allowed"),
    "13 no end": (drawn(start() + step("a") + path("begun", "a")), "end-missing"),
    "13 no start": (drawn(step("a") + end() + path("a", "done")), "start-one"),
    "13 two starts": (
        drawn(start() + start("again") + step("a") + end() + path("begun", "a", "done")
              + path("again", "a")), "start-one"),
    "13 a shape apart": (
        drawn(start() + step("a") + step("b") + end() + path("begun", "a", "done")),
        "unreachable"),
    "13 an arrow to nowhere": (
        around('<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="nowhere"/>'), "flow-dangling"),
    "13 an id twice": (around(step("a")), "id-duplicate"),
    "14 20,000 steps": (
        drawn(start() + "".join(step(f"a{number}") for number in range(20_000)) + end()
              + path("begun", *(f"a{number}" for number in range(20_000)), "done")),
        "too-complex"),
    "14 3,000 steps": (
        drawn(start() + "".join(step(f"a{number}") for number in range(3_000)) + end()
              + path("begun", *(f"a{number}" for number in range(3_000)), "done")), "too-large"),
    "14 500 ways side by side": (forked("parallel", ways=500), "fork-too-wide"),
    "14 a step a million times": (
        element("userTask", f"<{REPEATED}><bpmn:loopCardinality>1000000</bpmn:loopCardinality>"
                f"</{REPEATED}>"), "not-yet"),
    "15 a gateway of events": (element("eventBasedGateway"), "element-not-allowed"),
    "15 a transaction": (element("transaction"), "element-not-allowed"),
    "15 steps in any order": (element("adHocSubProcess"), "element-not-allowed"),
    "15 a compensation": (
        drawn(start() + step("a") + '<bpmn:boundaryEvent id="r" attachedToRef="a">'
              '<bpmn:compensateEventDefinition id="d"/></bpmn:boundaryEvent>' + end()
              + path("begun", "a", "done")), "element-not-allowed"),
    "15 a store of data": (
        around('<bpmn:dataStoreReference id="x"/>'), "element-not-allowed"),
    "15 a shape of nobody's": (
        around(f'<v:task {VENDORS} id="x"/>'), "element-not-allowed"),
    "16 a NUL": (alone(GOOD.replace(b'"A"', b'"A\x00"')), "unreadable"),
    "16 a NUL as an entity": (alone(GOOD.replace(b'"A"', b'"A&#0;"')), "unreadable"),
    "16 half of a character": (alone(GOOD.replace(b'"A"', b'"A\xed\xa0\x80"')), "unreadable"),
    "16 half of one as an entity": (alone(GOOD.replace(b'"A"', b'"A&#xD800;"')), "unreadable"),
    "18 a role that there is not": (
        alone(GOOD.replace(b"</bpmn:process>", b"").replace(
            b"<bpmn:startEvent", b'<bpmn:laneSet id="ls"><bpmn:lane id="l" name="L" '
            b'pepway:role="wizard"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
            b"</bpmn:laneSet><bpmn:startEvent", 1).replace(
            b"</bpmn:definitions>", b"</bpmn:process></bpmn:definitions>")), "role-unknown"),
    "18 a form that there is not": (
        drawn(start() + step("a", form="nothing") + end() + path("begun", "a", "done")),
        "form-not-found"),
    "18 a field that was renamed": (
        drawn(start() + step("a", form="a") + choice("g", "g_to_done") + step("b") + end()
              + path("begun", "a", "g", "done") + arrow("g", "b", 'raiting == "red"')
              + path("b", "done"), a=RATING), "expression"),
    "9 without quotes in a date": (
        drawn(start() + wait("w", "next Tuesday") + end() + path("begun", "w", "done")),
        "expression"),
}
"""Files, and the rule of the check that refuses them."""

WAYPOINTS = '<dd:waypoint xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" x="1" y="1"/>' * 10_000
LABELS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
          "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>", "\u202edlihc",
          "Z\u0351\u036e\u0301a\u0300\u0301\u0302l\u0300g\u0301o", "a" * 1_000_000)
"""Words that are only words."""
TAKEN: Mapping[str, Files] = {
    "4 100,000 attributes": around(
        f"<bpmn:extensionElements><v:a {VENDORS} "
        + " ".join(f'a{number}="1"' for number in range(100_000)) + "/></bpmn:extensionElements>"),
    "6 another file by XInclude": around(
        '<bpmn:extensionElements><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        'href="file:///etc/passwd" parse="text"/></bpmn:extensionElements>'),
    "6 a style sheet": alone(GOOD.replace(
        b"?>", b'?><?xml-stylesheet href="http://127.0.0.1:9/a.xsl"?><?php system("id") ?>', 1)),
    "6 a schema to fetch": alone(GOOD.replace(
        b" id=\"d\"", b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="urn:a http://127.0.0.1:9/a.xsd" id="d"', 1)),
    **{f"13 an id of {said}": named(identity) for said, identity in (
        ("__proto__", "__proto__"), ("constructor", "constructor"), ("10 kB", "a" * 10_000),
        ("a tenth of that", "a" * 1_000))},
    **{f"16 the label {number}": alone(GOOD.replace(b'"A"', f'"{escape(label)}"'.encode()))
       for number, label in enumerate(LABELS, 1)},
    **{f"17 shapes at {numbers.split()[0]}": placed(numbers) for numbers in (
        'x="NaN" y="NaN" width="NaN" height="NaN"', 'x="1e308" y="-1e308" width="1" height="1"',
        'x="INF" y="0" width="-5" height="0"', 'x="here" y="" width="1" height="1"',
        'y="0"')},
    "17 an arrow of 10,000 points": alone(placed('x="1" y="1" width="1" height="1"')[
        "case.bpmn"].replace(b"</di:BPMNPlane>", (
            '<di:BPMNEdge bpmnElement="a_to_done">' + WAYPOINTS
            + "</di:BPMNEdge></di:BPMNPlane>").encode())),
    "17 no picture of it": ONE_STEP,
    "9 the last year": timed("9999-12-31T23:59:59Z", "timeDate"),
    "12 two tokens after a fork": forked("exclusive"),
}
"""Nothing of this does harm: what the check says of it, it says in words."""
