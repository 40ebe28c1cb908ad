"""The forms of the language in JSON Schema: actions, transitions, short forms, test steps.

What `doing`, `kinds`, `flow` and `scenario` read by hand is stated here a second time, in the
words of JSON Schema; a property test holds the two together.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from dtmflow_schema.actions import SESSION_ACTIONS
from dtmflow_schema.arguments import Signature, signature
from dtmflow_schema.catalogue import EVENTS, METHODS, actions
from dtmflow_schema.doing import ACTION_NAMES, Transition, signature_of
from dtmflow_schema.expectations import CHECKS, Requested
from dtmflow_schema.flow import LANGUAGE, TYPES, Flow, State, Variable
from dtmflow_schema.jsonschema import (
    NOT_NULL,
    Schema,
    document,
    event_schemas,
    fields_of,
    parameter_schemas,
    schemas_of,
)
from dtmflow_schema.kinds import CHOICE, HTTP_METHODS, SOUNDS, Prompt, Run
from dtmflow_schema.project import Project
from dtmflow_schema.scenario import (
    LEG,
    STEP_KINDS,
    FlowTests,
    HttpAnswer,
    Incoming,
    Keys,
    payload_fields,
)
from dtmflow_schema.units import END, EXPRESSION, IDENTIFIER, OWN_EVENT, Duration

TEXT: Final[Schema] = {"type": ["string", "number"]}
GIVEN: Final[Schema] = {"type": list(NOT_NULL)}
_PREFIX: Final = r"^[A-Za-z_][A-Za-z0-9_]*\."
_OTHER_EVENTS: Final = rf"{_PREFIX}({'|'.join(EVENTS)}){END}|{OWN_EVENT}"
"""Keys of `on:` besides the names of events: events of other legs, and own ones."""
_DURATION: Final = TypeAdapter[Any](Duration).json_schema()["pattern"]


def ref(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def one_or_list(item: Schema, *, least: int = 0) -> Schema:
    """Return the schema of one item, or a list of them."""
    several: Schema = {"type": "array", "items": item}
    if least:
        several["minItems"] = least
    return {"if": {"type": "array"}, "then": several, "else": item}


def short(kind: str, when: Schema, other: Schema) -> Schema:
    """Return a schema that the JSON type of the value decides."""
    return {"if": {"type": kind}, "then": when, "else": other}


def of_names(names: list[str], prefixed: list[str]) -> Schema:
    """Return the schema of a bare action or event, with a leg's prefix where it may have one."""
    pattern = f"{_PREFIX}({'|'.join(prefixed)}){END}"
    known = {"enum": names, "enumDescriptions": [_text(name).split("\n")[0] for name in names]}
    return {"type": "string", "anyOf": [known, {"pattern": pattern}]}


def _text(name: str) -> str:
    declared = EVENTS.get(name) or SESSION_ACTIONS.get(name) or METHODS[name]
    return inspect.cleandoc(declared.__doc__ or "")


def described(name: str, page: str, text: str) -> Schema:
    """Return the documentation of a name for plain and for rendering editors."""
    return {
        "description": text,
        "markdownDescription": f"{text}\n\n[{name}](../reference/{page}.md#{name.lower()})",
    }


def action_schema(takes: Signature, text: str, *, partial: bool) -> tuple[Schema, Schema]:
    """Return the schema of an action's value, and the definitions that it needs."""
    if takes.name == "set":
        names = {"propertyNames": {"pattern": IDENTIFIER}, "additionalProperties": GIVEN}
        return {"type": "object", "minProperties": 1, **names, "description": text}, {}
    properties, shared = fields_of(takes.fields)
    docs = described(takes.name, "methods", text)
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if not partial:
        made |= _demands(takes)
    made |= docs
    if takes.shorthand is not None:
        made = {**docs, **short("object", made, {**properties[takes.shorthand], **docs})}
    return made, shared


def _demands(takes: Signature) -> Schema:
    demands: Schema = {}
    if required := [name for name, flat in takes.fields.items() if flat.required]:
        demands["required"] = required
    if takes.constraints:
        demands["allOf"] = [rule.json_schema() for rule in takes.constraints]
    inside = [flat for flat in takes.fields.values() if flat.in_parameters]
    needed = [flat.name for flat in inside if flat.required_inside and not flat.required]
    if needed:
        demands["dependencies"] = {flat.name: needed for flat in inside}
    return demands


def actions_schemas(prefix: str, *, partial: bool) -> tuple[Schema, Schema]:
    """Return the schema of a mapping with one action, and a definition for each action."""
    definitions: Schema = {}
    properties: Schema = {}
    patterns: Schema = {}
    for name in ACTION_NAMES:
        made, shared = action_schema(signature_of(name), _text(name), partial=partial)
        definitions |= shared
        definitions[prefix + name] = made
        properties[name] = ref(prefix + name)
        if name not in SESSION_ACTIONS:
            patterns[f"{_PREFIX}{name}{END}"] = ref(prefix + name)
    one: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return one, definitions


def flow_forms() -> Schema:
    """Return the definitions of everything that a flow is made of."""
    one, definitions = actions_schemas("action.", partial=False)
    bare = [name for name in actions() if signature(name).bare]
    entry = ref("transition")
    sound: Schema = {
        "type": "object",
        "properties": {name: ref(f"action.{name}") for name in SOUNDS},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    named = {
        name: {
            **described(name, "events", inspect.cleandoc(event.__doc__ or "")),
            **ref("transitions"),
        }
        for name, event in EVENTS.items()
    }
    return definitions | {
        "action": short("string", of_names(bare, bare), one),
        "actions": one_or_list(ref("action")),
        "transition": short(
            "object", ref("Transition"), {"type": ["string", "number"], "minLength": 1}
        ),
        "transitions": one_or_list(entry, least=1),
        "handlers": {
            "type": "object",
            "properties": named,
            "patternProperties": {_OTHER_EVENTS: ref("transitions")},
            "additionalProperties": False,
        },
        "timers": _mapping(_DURATION, ref("transitions")),
        "choices": _mapping(CHOICE, ref("transitions")),
        "say": ref("action.say"),
        "startPlayback": ref("action.startPlayback"),
        "sounds": one_or_list(sound, least=1),
        "prompt": short("array", ref("sounds"), ref("Prompt")),
        "run": short("string", {"type": "string"}, ref("Run")),
        "states": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": IDENTIFIER, "not": {"const": "end"}},
            "additionalProperties": ref("State"),
        },
        "given": GIVEN,
        "declaration": short("string", {"enum": list(TYPES)}, ref("Variable")),
        "variable": short("object", ref("Variable"), GIVEN),
        "catalogue_prompt": short(
            "object", {**_mapping(LANGUAGE, TEXT), "minProperties": 1}, TEXT
        ),
    }


def scenario_forms() -> Schema:
    """Return the definitions of everything that a flow test is made of."""
    one, definitions = actions_schemas("expect.", partial=True)
    payloads: Schema = {}
    patterns: Schema = {}
    for name, event in EVENTS.items():
        properties, shared = fields_of(payload_fields(name))
        definitions |= shared
        definitions[f"fire.{name}"] = {
            **described(name, "events", inspect.cleandoc(event.__doc__ or "")),
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        payloads[name] = ref(f"fire.{name}")
        patterns[f"{_PREFIX}{name}{END}"] = ref(f"fire.{name}")
    one_of_these = {"additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    fire: Schema = {"type": "object", "properties": payloads, "patternProperties": patterns}
    expectation: Schema = {
        **one,
        "properties": {**_checks(), **one["properties"]},
        "anyOf": [{"maxProperties": 1}, {"propertyNames": {"enum": list(CHECKS)}}],
    }
    del expectation["maxProperties"]
    names = of_names(list(ACTION_NAMES), list(actions()))
    keys = TypeAdapter[Any](Keys).json_schema()
    code = {"type": ["integer", "string"], "minimum": 300, "maximum": 699, "pattern": EXPRESSION}
    kinds: dict[str, Schema] = {
        "incoming": ref("Incoming"),
        "request": _mapping(IDENTIFIER, {}),
        "fire": short("object", fire | one_of_these, of_names(list(EVENTS), list(EVENTS))),
        "press": keys,
        "hear": short("object", _mapping(LEG, TEXT) | _ONE, TEXT),
        "silence": {"type": "string", "pattern": _DURATION},
        "wait": {"type": "string", "pattern": _DURATION},
        "answer": {"type": "string", "pattern": LEG},
        "fail": _mapping(LEG, code) | _ONE,
        "drop": {"type": "string", "pattern": LEG},
        "http": ref("HttpAnswer"),
        "expect": one_or_list(short("string", names, expectation), least=1),
    }
    step: Schema = {
        "type": "object",
        "properties": {
            name: {"description": text, "markdownDescription": text, **kinds[name]}
            for name, text in STEP_KINDS.items()
        },
        **one_of_these,
    }
    scalar = {"type": ["string", "number", "boolean"]}
    row: Schema = {
        "type": [*scalar["type"], "object"],
        "propertyNames": {"pattern": IDENTIFIER},
        "additionalProperties": scalar,
    }
    return definitions | {"step": step, "row": row}


_ONE: Final[Schema] = {"minProperties": 1, "maxProperties": 1}


def _checks() -> Schema:
    _, shared = schemas_of({"requested": TypeAdapter(Requested)})
    requested = shared["Requested"]
    own = {
        name: part
        for name, part in requested["properties"].items()
        if name not in ("method", "url")
    }
    return {
        "state": TEXT,
        "dialed": TEXT,
        "outcome": TEXT,
        "vars": _mapping(IDENTIFIER, {}),
        "requested": {
            "type": "object",
            "properties": {**dict.fromkeys(HTTP_METHODS, TEXT), **own},
            "additionalProperties": False,
            "oneOf": [{"required": [name]} for name in HTTP_METHODS],
        },
    }


def _mapping(keys: str, values: Schema) -> Schema:
    return {
        "type": "object",
        "patternProperties": {keys: values},
        "additionalProperties": False,
    }


def _linked(schema: Any) -> Any:
    """Return a schema whose marks of forms are references to their definitions."""
    if isinstance(schema, list):
        return [_linked(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-form" in schema:
        rest = {name: part for name, part in schema.items() if name != "x-form"}
        return rest | ref(schema["x-form"])
    return {name: _linked(part) for name, part in schema.items()}


def _document(models: tuple[type[Any], ...], forms: Mapping[str, Schema]) -> Schema:
    made, shared = schemas_of({model.__name__: TypeAdapter(model) for model in models})
    definitions = {**shared, **{name: part for name, part in made.items() if "$ref" not in part}}
    linked = _linked({**definitions, **forms})
    root = linked[models[0].__name__]
    return document(root, linked)


def document_schemas() -> dict[str, Schema]:
    """Return the schemas of the three documents by file name."""
    flow = (Flow, State, Transition, Prompt, Run, Variable)
    tests = (FlowTests, Incoming, HttpAnswer)
    return {
        "flow": _document(flow, flow_forms()),
        "flow-test": _document(tests, scenario_forms()),
        "project": _document((Project,), {}),
    }


def files() -> dict[str, Schema]:
    """Return every schema by its path below `schema/json`."""
    found = {f"{name}.json": made for name, made in document_schemas().items()}
    found |= {f"parameters/{name}.json": made for name, made in parameter_schemas().items()}
    found |= {f"events/{name}.json": made for name, made in event_schemas().items()}
    return found
