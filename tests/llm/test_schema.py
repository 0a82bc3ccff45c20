"""Pydantic models as strict JSON schemas."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from llm.schema import response_format, strict_schema


class Mood(StrEnum):
    LOW = "low"
    HIGH = "high"


class Sign(BaseModel):
    title: str
    weight: int = Field(default=1, ge=0, le=10)


class Judgement(BaseModel):
    mood: Mood
    sign: Sign
    signs: list[Sign] = Field(default_factory=list, max_length=3)
    worst: Sign | None = None
    note: str = Field(default="", max_length=200)


class Tree(BaseModel):
    name: str
    branches: list[Tree] = []


class Forest(BaseModel):
    oldest: Tree


class Free(BaseModel):
    facts: dict[str, str]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Pet(BaseModel):
    animal: Annotated[Cat | Dog, Field(discriminator="kind")]


SIGN: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "weight": {"type": "integer", "minimum": 0, "maximum": 10}},
    "required": ["title", "weight"],
    "additionalProperties": False,
}


def test_references_are_written_out_and_everything_is_required() -> None:
    assert strict_schema(Judgement) == {
        "type": "object",
        "properties": {
            "mood": {"type": "string", "enum": ["low", "high"]},
            "sign": SIGN,
            "signs": {"type": "array", "items": SIGN, "maxItems": 3},
            "worst": {"anyOf": [SIGN, {"type": "null"}]},
            "note": {"type": "string"},
        },
        "required": ["mood", "sign", "signs", "worst", "note"],
        "additionalProperties": False,
    }


def test_a_type_that_contains_itself_stays_a_reference() -> None:
    tree = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "branches": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        },
        "required": ["name", "branches"],
        "additionalProperties": False,
    }

    assert strict_schema(Tree) == tree | {"$defs": {"Tree": tree}}
    assert strict_schema(Forest)["properties"]["oldest"] == tree
    assert strict_schema(Forest)["$defs"] == {"Tree": tree}


def test_what_it_makes_is_a_schema_that_accepts_what_the_model_says() -> None:
    for schema, value in [
        (Judgement, Judgement(mood=Mood.LOW, sign=Sign(title="x"))),
        (Forest, Forest(oldest=Tree(name="a", branches=[Tree(name="b")]))),
        (Pet, Pet(animal=Dog(kind="dog"))),
    ]:
        body = strict_schema(schema)
        Draft202012Validator.check_schema(body)
        Draft202012Validator(body).validate(value.model_dump(mode="json"))


def test_one_of_becomes_any_of() -> None:
    animal = strict_schema(Pet)["properties"]["animal"]

    assert set(animal) == {"anyOf"}
    assert [each["properties"]["kind"]["const"] for each in animal["anyOf"]] == ["cat", "dog"]


def test_free_mappings_are_not_promised_to_be_strict() -> None:
    free = response_format(Free)["json_schema"]

    assert free["strict"] is False
    assert free["schema"]["properties"]["facts"]["additionalProperties"] == {"type": "string"}
    assert response_format(Judgement)["json_schema"]["strict"] is True


def test_the_name_is_one_that_servers_accept() -> None:
    odd = type("Суд[int]", (Sign,), {})

    assert response_format(odd)["json_schema"]["name"] == "____int_"
