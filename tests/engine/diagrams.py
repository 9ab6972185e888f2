"""Small diagrams for the engine's tests, written as lists of nodes and flows."""

import json

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:pepway="urn:pepway:bpmn:1" id="d" targetNamespace="urn:test">'
)

ROLES = ("social_worker", "designated_teacher", "virtual_school")


def diagram(process: str, lanes: dict[str, list[str]], body: str) -> bytes:
    """One pool with these lanes (role -> node ids) around the process `body`."""
    lane_xml = "".join(
        f'<bpmn:lane id="lane_{role}" name="{role}" pepway:role="{role}">'
        + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
        + "</bpmn:lane>"
        for role, nodes in lanes.items()
    )
    return (
        f"{HEAD}"
        f'<bpmn:collaboration id="c"><bpmn:participant id="pool" name="Council" '
        f'processRef="{process}"/></bpmn:collaboration>'
        f'<bpmn:process id="{process}" isExecutable="true">'
        f'<bpmn:laneSet id="lanes">{lane_xml}</bpmn:laneSet>{body}'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def user_task(element: str, form: str, due: str = "") -> str:
    due_xml = f' pepway:due="{due}"' if due else ""
    name = element.replace("_", " ").capitalize()
    return f'<bpmn:userTask id="{element}" name="{name}" pepway:form="{form}"{due_xml}/>'


def flow(source: str, target: str, condition: str = "") -> str:
    inside = (
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    )
    return (
        f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" '
        f'targetRef="{target}">{inside}</bpmn:sequenceFlow>'
    )


def form(form_id: str, *fields: dict) -> bytes:
    return json.dumps(
        {"type": "default", "schemaVersion": 19, "id": form_id, "components": list(fields)}
    ).encode()


def text(key: str, **more: object) -> dict:
    return {"type": "textfield", "key": key, "label": f"What is the {key}?", "id": key, **more}


def radio(key: str, *values: str) -> dict:
    return {
        "type": "radio", "key": key, "label": f"Which {key}?", "id": key,
        "values": [{"value": value, "label": value} for value in values],
        "validate": {"required": True},
    }


def two_signatures(social_worker_by: str = "P2D") -> dict[str, bytes]:
    """Write, both sign side by side, check; a returned letter is written and signed again."""
    body = (
        '<bpmn:startEvent id="begun"/>'
        + user_task("write", "write", due="days_after(placement_start, 5)")
        + '<bpmn:parallelGateway id="sign"/>'
        + user_task("sign_teacher", "sign_teacher")
        + user_task("sign_social_worker", "sign_social_worker", due=social_worker_by)
        + '<bpmn:parallelGateway id="signed"/>'
        + user_task("check", "check")
        + '<bpmn:exclusiveGateway id="checked" default="checked_to_post"/>'
        + '<bpmn:sendTask id="post" name="Post" pepway:action="tell" '
        'pepway:to="social_worker" pepway:message="posted"/>'
        + '<bpmn:endEvent id="done"/>'
        + flow("begun", "write") + flow("write", "sign")
        + flow("sign", "sign_teacher") + flow("sign", "sign_social_worker")
        + flow("sign_teacher", "signed") + flow("sign_social_worker", "signed")
        + flow("signed", "check") + flow("check", "checked")
        + flow("checked", "write", 'rating == "red"') + flow("checked", "post")
        + flow("post", "done")
    )
    lanes = {
        "social_worker": ["begun", "write", "sign", "sign_social_worker", "signed", "post", "done"],
        "designated_teacher": ["sign_teacher"],
        "virtual_school": ["check", "checked"],
    }
    return {
        "letter.bpmn": diagram("letter", lanes, body),
        "write.form": form("write", text("letter_text", validate={"required": True})),
        "sign_teacher.form": form("sign_teacher", text("teacher_note")),
        "sign_social_worker.form": form("sign_social_worker", text("social_worker_note")),
        "check.form": form("check", radio("rating", "green", "red")),
    }


def waiting(
    when: str = "days_after(placement_start, 10)", action: str = "tell"
) -> dict[str, bytes]:
    """Wait for a date, do something, then one task."""
    body = (
        '<bpmn:startEvent id="begun"/>'
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">'
        f"<bpmn:timeDate>{when}</bpmn:timeDate>"
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        f'<bpmn:serviceTask id="act" name="Act" pepway:action="{action}"/>'
        + user_task("look", "look") + '<bpmn:endEvent id="done"/>'
        + flow("begun", "wait") + flow("wait", "act") + flow("act", "look") + flow("look", "done")
    )
    lanes = {"social_worker": ["begun", "wait", "act", "look", "done"]}
    return {
        "waiting.bpmn": diagram("waiting", lanes, body),
        "look.form": form("look", text("remark")),
    }


def dates_side_by_side(*days: int) -> dict[str, bytes]:
    """Wait for so many days after the placement began, side by side, then one task."""
    names = [f"after_{count}" for count in days]
    body = (
        '<bpmn:startEvent id="begun"/><bpmn:parallelGateway id="fork"/>'
        + "".join(
            f'<bpmn:intermediateCatchEvent id="{name}"><bpmn:timerEventDefinition id="t_{name}">'
            f"<bpmn:timeDate>days_after(placement_start, {count})</bpmn:timeDate>"
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
            + flow("fork", name) + flow(name, "joined")
            for name, count in zip(names, days, strict=True)
        )
        + '<bpmn:parallelGateway id="joined"/>' + user_task("look", "look")
        + '<bpmn:endEvent id="done"/>'
        + flow("begun", "fork") + flow("joined", "look") + flow("look", "done")
    )
    nodes = ["begun", "fork", *names, "joined", "look", "done"]
    return {
        "waiting.bpmn": diagram("waiting", {"social_worker": nodes}, body),
        "look.form": form("look", text("remark")),
    }
