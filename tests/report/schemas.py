"""The public interface of ``--json`` as JSON schemas: DESIGN.md, section 6, and what has been added since."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
DOLLARS: Schema = {"type": "number"}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def array(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def exactly(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


MEDIA = exactly(file=STRING, alt=maybe(STRING))
PROBLEM = exactly(line=maybe(NUMBER), message=STRING)
PART = exactly(text=STRING, length=NUMBER, limit=maybe(NUMBER), unit={"enum": ["characters"]})
PART["properties"]["sent"] = STRING  # only where it is another than the text
PART["properties"]["leads_to"] = {"type": "object", "additionalProperties": STRING}  # where there is any
POST = {
    "parts": array(PART),
    "link": maybe(STRING),
    "media": array(MEDIA),
    "content_warning": maybe(STRING),
    "language": maybe(STRING),
}
STATUS = {"enum": ["pending", "sending", "sent", "failed", "in_doubt", "held", "adopted", "retracted"]}
ORIGIN = {"revision": maybe(NUMBER), "editors": array(STRING)}
REFUSAL = exactly(page=STRING, item=STRING, channel=STRING, reason=STRING, until=maybe(TIME), **ORIGIN)

COSTS = array(
    exactly(channel=STRING, run=maybe(DOLLARS), month=DOLLARS, budget=DOLLARS, left=DOLLARS),
)

ALERTS = array(
    exactly(
        key=STRING,
        kind={
            "enum": ["doubt", "failure", "credentials", "expiry", "brake", "stop", "channel", "wiki", "run"]
        },
        subject=maybe(STRING),
        thing=STRING,
        cause=maybe(STRING),
        step=STRING,
        since=TIME,
        messengers=array(STRING),
    )
)

PARSE = exactly(
    page=STRING,
    revision=NUMBER,
    layout=STRING,
    items=array(
        exactly(
            key=STRING,
            date=maybe({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}),
            text=STRING,
            links=array(exactly(text=STRING, url=STRING)),
            main_link=maybe(STRING),
            media=array(MEDIA),
            content_warning=maybe(STRING),
            language=maybe(STRING),
            channels=maybe(array(STRING)),
            share=maybe(STRING),
            line=NUMBER,
            units=array(STRING),
        )
    ),
    problems=array(PROBLEM),
    reasons=array(STRING),
)
EDITS = array(exactly(page=STRING, summary=STRING, text=STRING, revision=maybe(NUMBER)))
SYNC = exactly(
    simulate=FLAG,
    posts=array(
        exactly(
            page=STRING,
            item=STRING,
            channel=STRING,
            network=STRING,
            action={"enum": ["publish", "share", "edit", "adopt", "settle"]},
            **POST,
            shares=maybe(STRING),
            status={"enum": [*STATUS["enum"], "simulated"]},
            url=maybe(STRING),
            error=maybe(STRING),
            cost=maybe(DOLLARS),
            **ORIGIN,
        )
    ),
    held=array(REFUSAL),
    skipped=array(REFUSAL),
    problems=array(
        exactly(message=STRING, page=maybe(STRING), line=maybe(NUMBER), channel=maybe(STRING), failure=FLAG)
    ),
    refused=maybe(STRING),
    costs=COSTS,
    edits=EDITS,
    alerts=exactly(told=ALERTS, over=ALERTS),
)
DELIVERIES = exactly(
    deliveries=array(
        exactly(
            site=STRING,
            page=STRING,
            item=STRING,
            channel=STRING,
            part=NUMBER,
            status=STATUS,
            url=maybe(STRING),
            remote_id=maybe(STRING),
            chosen_id=maybe(STRING),
            digest=maybe(STRING),
            shares=maybe(STRING),
            revision=maybe(NUMBER),
            editor=maybe(STRING),
            attempts=NUMBER,
            retry_at=maybe(TIME),
            error=maybe(STRING),
            updated_at=TIME,
        )
    ),
    costs=COSTS,
)
PREVIEWS = exactly(
    previews=array(
        exactly(
            page=STRING,
            item=STRING,
            channel=STRING,
            network=STRING,
            **POST,
            shares=maybe(STRING),
            cost=maybe(DOLLARS),
            note=maybe(STRING),
            **ORIGIN,
        )
    )
)
FINDINGS = exactly(
    findings=array(
        exactly(
            subject=STRING,
            verdict={"enum": ["good", "warning", "bad"]},
            message=STRING,
            remedy=maybe(STRING),
        )
    )
)


EXPLAINED = exactly(
    channels=array(
        exactly(
            page=STRING,
            item=STRING,
            channel=STRING,
            decision=STRING,
            reason=STRING,
            until=maybe(TIME),
            recognition=maybe(exactly(by=STRING, score=SHARE, doubt=maybe(STRING))),
            **ORIGIN,
            changes=array(
                exactly(
                    kind=STRING,
                    revision=NUMBER,
                    editor=STRING,
                    at=TIME,
                    comment=STRING,
                    tags=array(STRING),
                    detail=STRING,
                )
            ),
            deliveries=DELIVERIES["properties"]["deliveries"],
            events=array(exactly(at=TIME, before=maybe(STATUS), after=STATUS, detail=STRING)),
        )
    )
)


def check(shape: object, schema: Schema) -> None:
    """Fail where ``shape`` is not what the interface promises."""
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(shape)
