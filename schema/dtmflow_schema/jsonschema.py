"""JSON Schema (draft-07) of documents, parameter types and events, for editors and validators.

In the form that was measured to serve people who type YAML best: one object with a property per
action, short forms by if/then/else, no null branches, no automatic titles. Verdicts equal those
of the models; `forms` holds the parts that pydantic cannot derive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from dtmflow_schema.arguments import adapter_of
from dtmflow_schema.base import Value
from dtmflow_schema.catalogue import EVENTS, PARAMETERS, FlatField, fields, model_in
from dtmflow_schema.units import EXPRESSION

Schema = dict[str, Any]
DRAFT: Final = "http://json-schema.org/draft-07/schema#"
NOT_NULL: Final = ("object", "array", "string", "number", "boolean")
_EXPRESSION: Final[Schema] = {"type": "string", "pattern": EXPRESSION}
_DOCS: Final[tuple[str, ...]] = ("description", "markdownDescription", "default")


class Generator(GenerateJsonSchema):
    """Pydantic's generator without titles and null branches."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's name
        """Set no title: editors would show it in place of the description."""
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave the null branch out: an optional key is left out, not null."""
        inner = self.generate_inner(schema["schema"])
        anything = inner in ({}, {"$ref": "#/$defs/JsonValue"})
        return {"type": list(NOT_NULL)} if anything else inner

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Hold every key against its type; pydantic only says what fits a key that does."""
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else {}
        made: Schema = {"type": "object", "additionalProperties": values or True}
        checks = {name: part for name, part in keys.items() if name not in ("type", *_DOCS)}
        return {**made, "propertyNames": checks} if checks else made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave out defaults that only mean "not given"."""
        made = super().default_schema(schema)
        if made.get("default", ...) in (None, {}, []):
            del made["default"]
        return made


def schemas_of(models: Mapping[str, TypeAdapter[Any]]) -> tuple[dict[str, Schema], Schema]:
    """Return the schema of each named type, and the definitions that they share."""
    mode: JsonSchemaMode = "validation"
    inputs = [(name, mode, adapter) for name, adapter in models.items()]
    made, shared = TypeAdapter.json_schemas(
        inputs, schema_generator=Generator, ref_template="#/$defs/{model}"
    )
    definitions = {name: polished(part) for name, part in shared.get("$defs", {}).items()}
    return {str(key[0]): polished(part) for key, part in made.items()}, definitions


def fields_of(takes: Mapping[str, FlatField]) -> tuple[dict[str, Schema], Schema]:
    """Return the schemas of arguments by name, expressions allowed, and shared definitions."""
    made, shared = schemas_of({name: adapter_of(flat.field) for name, flat in takes.items()})
    documented = {
        name: {"description": takes[name].doc, "markdownDescription": takes[name].doc, **schema}
        for name, schema in made.items()
    }
    values = {name: expressive(schema) for name, schema in shared.items()}
    return {name: or_expression(schema) for name, schema in documented.items()}, values


def polished(schema: Any) -> Any:
    """Return a schema without titles and with descriptions that editors render."""
    if isinstance(schema, list):
        return [polished(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") == "#/$defs/JsonValue":
        return {name: part for name, part in schema.items() if name in _DOCS}
    kept = {
        name: {key: polished(part) for key, part in value.items()}
        if name in ("properties", "$defs")
        else polished(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
    }
    if kept.pop("x-expression", False):
        kept = or_expression(kept)
    if isinstance(kept.get("description"), str):
        kept["markdownDescription"] = kept["description"]
    return kept


def or_expression(schema: Schema) -> Schema:
    """Return a schema that accepts a text with `${...}` as well, at any depth."""
    inner = expressive(schema)
    free = isinstance(inner.get("type"), list) and set(inner) <= {"type", *_DOCS}
    if free or set(inner) <= set(_DOCS):
        return inner
    docs: Schema = {name: inner.pop(name) for name in _DOCS if name in inner}
    return {**docs, "if": _EXPRESSION, "else": inner}


def expressive(schema: Schema) -> Schema:
    """Return a schema whose parts accept expressions; itself it does not."""
    made = dict(schema)
    for name in ("properties",):
        if name in made:
            made[name] = {key: or_expression(part) for key, part in made[name].items()}
    for name in ("items", "additionalProperties"):
        if isinstance(made.get(name), dict):
            made[name] = or_expression(made[name])
    if "anyOf" in made and not any("required" in part for part in made["anyOf"]):
        made["anyOf"] = [or_expression(part) for part in made["anyOf"]]
    return made


def document(root: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return a whole schema: the root and those definitions that it needs, in order.

    It has no title either: editors would head every hover with it.
    """
    needed: set[str] = set()
    waiting = list(references(root))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(references(definitions[name]))
    head = {"$schema": DRAFT, **root}
    if needed:
        head["$defs"] = {name: definitions[name] for name in sorted(needed)}
    return head


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)
    elif isinstance(schema, dict):
        for name, part in schema.items():
            if name == "$ref" and isinstance(part, str):
                yield part.removeprefix("#/$defs/")
            else:
                yield from references(part)


def value_schema(value: type[Value], title: str) -> Schema:
    """Return the schema of a parameter type or an event by itself."""
    made, shared = schemas_of({title: TypeAdapter(value)})
    root = made[title]
    if "$ref" in root:
        root = shared.pop(root["$ref"].removeprefix("#/$defs/"))
    order = list(fields(value))
    root["properties"] = {name: root["properties"][name] for name in order}
    return document(root, shared)


def parameter_schemas() -> dict[str, Schema]:
    """Return the schema of each parameter type by name."""
    return {name: value_schema(value, name) for name, value in PARAMETERS.items()}


def event_schemas() -> dict[str, Schema]:
    """Return the schema of each event's payload by name."""
    made = {name: value_schema(event, name) for name, event in EVENTS.items()}
    for name, event in EVENTS.items():
        named = made[name]["properties"]["name"]
        made[name]["properties"]["name"] = {**named, "const": event.string_value}
        made[name]["properties"]["name"]["default"] = event.string_value
    return made


def value_types() -> dict[str, type[BaseModel]]:
    """Return every value type that a parameter type is made of, by name."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[type[Value]] = list(PARAMETERS.values())
    while waiting:
        value = waiting.pop(0)
        if value.__name__ in found:
            continue
        found[value.__name__] = value
        inner = (model_in(info.annotation) for info in fields(value).values())
        waiting.extend(model for model in inner if model is not None)
    return found
