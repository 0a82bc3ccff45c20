"""A pydantic model as the strict JSON schema of structured answers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

# What strict mode refuses. Pydantic checks all of it on the answer anyway.
_REFUSED_BY_STRICT = frozenset(
    {"default", "title", "minLength", "maxLength", "uniqueItems", "discriminator", "examples"}
)
_REF = "#/$defs/"


@cache
def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of Chat Completions for this schema. Shared: do not change it.

    `strict` is off for a schema with free mappings, which strict mode cannot say.
    """
    body = strict_schema(schema)
    name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
    strict = not _has_free_mapping(body)
    return {"type": "json_schema", "json_schema": {"name": name, "strict": strict, "schema": body}}


def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema with references written out, every property required and nothing further allowed.

    Types that contain themselves stay references into `$defs`.
    """
    source = schema.model_json_schema()
    definitions: dict[str, Any] = source.pop("$defs", {})
    recursive: dict[str, Any] = {}
    inside: tuple[str, ...] = ()
    if "$ref" in source:
        # A root that contains itself.
        inside = (source["$ref"].removeprefix(_REF),)
        source = definitions[inside[0]]
    body: dict[str, Any] = _strict(source, definitions, recursive, inside)
    if recursive:
        body["$defs"] = recursive
    return body


def _strict(
    node: Any, definitions: dict[str, Any], recursive: dict[str, Any], inside: tuple[str, ...]
) -> Any:
    if isinstance(node, list):
        return [_strict(each, definitions, recursive, inside) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _written_out(node, definitions, recursive, inside)
    strict = {
        # Under `properties` the keys are names of fields, which may be called "title".
        "anyOf" if key == "oneOf" else key: (
            {name: _strict(each, definitions, recursive, inside) for name, each in value.items()}
            if key == "properties"
            else _strict(value, definitions, recursive, inside)
        )
        for key, value in node.items()
        if key not in _REFUSED_BY_STRICT
    }
    if strict.get("type") == "object":
        strict.setdefault("properties", {})
        strict["required"] = list(strict["properties"])
        strict.setdefault("additionalProperties", False)
    return strict


def _written_out(
    node: dict[str, Any], definitions: dict[str, Any], recursive: dict[str, Any], inside: tuple[str, ...]
) -> Any:
    name = node["$ref"].removeprefix(_REF)
    if name in inside:
        if name not in recursive:
            recursive[name] = {}
            recursive[name] = _strict(definitions[name], definitions, recursive, (name,))
        return {"$ref": node["$ref"]}
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return _strict({**definitions[name], **beside}, definitions, recursive, (*inside, name))


def _has_free_mapping(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_has_free_mapping, node))
    if not isinstance(node, dict):
        return False
    if node.get("additionalProperties", False) is not False:
        return True
    return any(map(_has_free_mapping, node.values()))
