"""The words of a message that a bot sends: parsed, measured, refused where Telegram refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.bot_api.params import boolean, require_utf8, string, structure
from sandbox.cloud import Cloud
from sandbox.errors import bad_request
from sandbox.text.detection import detected
from sandbox.text.formatted import Entity, EntityError, FormattedText, in_order, trimmed, utf16_length
from sandbox.text.html import parse_html
from sandbox.text.links import LinkError, checked_link
from sandbox.text.markdown import parse_markdown
from sandbox.text.markdown_v2 import parse_markdown_v2

_LONGEST_TEXT = 4096  # UTF-16 units, after parsing
_LONGEST_CAPTION = 1024  # likewise
_MOST_ENTITIES = 100
_PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
_FOUND_ANYWAY = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_PLAIN_TYPES = _FOUND_ANYWAY | {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
}


def read_text(cloud: Cloud, params: Mapping[str, Any]) -> dict[str, Any]:
    """`text` and `entities` of the message to be. Raises Telegram's refusal."""
    source = string(params, "text")
    if not source:
        raise bad_request("message text is empty")
    formatted = _formatted(params, source, "entities")
    if not formatted.text:
        raise bad_request("text must be non-empty")
    if utf16_length(formatted.text) > _LONGEST_TEXT:
        raise bad_request("message is too long")
    entities = _found(cloud, formatted)
    return {"text": formatted.text, "entities": entities} if entities else {"text": formatted.text}


def read_caption(cloud: Cloud, params: Mapping[str, Any]) -> dict[str, Any]:
    """`caption` and `caption_entities` of the message to be; empty without one. Raises Telegram's refusal."""
    formatted = _formatted(params, string(params, "caption"), "caption_entities")
    if utf16_length(formatted.text) > _LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    if not formatted.text:
        return {}
    entities = _found(cloud, formatted)
    caption: dict[str, Any] = {"caption": formatted.text}
    if entities:
        caption["caption_entities"] = entities
    if boolean(params, "show_caption_above_media"):
        caption["show_caption_above_media"] = True
    return caption


def _formatted(params: Mapping[str, Any], source: str, entities: str) -> FormattedText:
    mode = string(params, "parse_mode").lower()
    if mode:
        return trimmed(_parsed(source, mode))
    return trimmed(FormattedText(source, _given_entities(params, source, entities)))


def _found(cloud: Cloud, formatted: FormattedText) -> list[Entity]:
    return _with_people(cloud, detected(formatted).entities)[:_MOST_ENTITIES]


def _parsed(source: str, mode: str) -> FormattedText:
    parser = _PARSERS.get(mode)
    if parser is None:
        raise bad_request("unsupported parse_mode")
    try:
        return parser(source)
    except EntityError as error:
        raise bad_request(f"can't parse entities: {error}") from error


def _with_people(cloud: Cloud, entities: list[Entity]) -> list[Entity]:
    """Mentions carry the whole person; a stranger's mention is dropped, as Telegram drops it."""
    kept = []
    for entity in entities:
        if entity["type"] == "text_mention":
            person = cloud.people.get(entity["user"]["id"])
            if person is None:
                continue
            kept.append({**entity, "user": person.as_user()})
        else:
            kept.append(entity)
    return kept


def _given_entities(params: Mapping[str, Any], source: str, name: str) -> list[Entity]:
    given = structure(params, name, "can't parse entities JSON object")
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad_request("expected an Array of MessageEntity")
    length = utf16_length(source)
    entities = [_given_entity(entity, length) for entity in given]
    return in_order([entity for entity in entities if entity["type"] not in _FOUND_ANYWAY])


def _given_entity(given: Any, text_length: int) -> Entity:
    if not isinstance(given, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    offset, length = _number(given, "offset"), _number(given, "length")
    entity: Entity = {"offset": offset, "length": length, "type": str(given.get("type", ""))}
    _add_target(entity, given)
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if length < 0:
        raise bad_request(f"receive an entity with incorrect length {length}")
    if offset > text_length:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > text_length:
        reason = f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
        raise bad_request(f"{reason} at UTF-16 offset {offset + length}")
    return entity


def _add_target(entity: Entity, given: dict[str, Any]) -> None:
    kind = entity["type"]
    if kind == "text_link":
        url = str(_required(given, "url"))
        try:
            entity["url"] = checked_link(url)
        except LinkError as error:
            raise bad_request(f"entity URL '{url}' is invalid: {error}") from error
    elif kind == "text_mention":
        user = _required(given, "user")
        user_id = user.get("id") if isinstance(user, dict) else None
        entity["user"] = {"id": user_id if isinstance(user_id, int) else 0}
    elif kind == "custom_emoji":
        value = str(_required(given, "custom_emoji_id"))
        if not (value.isascii() and value.isdecimal()) or int(value) >= 2**63:
            raise bad_request('can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number')
        entity["custom_emoji_id"] = value
    elif kind not in _PLAIN_TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    elif kind == "pre" and isinstance(given.get("language"), str):
        require_utf8(given["language"])
        entity["language"] = given["language"]


def _required(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    return given[name]


def _number(given: dict[str, Any], name: str) -> int:
    value = _required(given, name)
    if type(value) is not int:
        raise bad_request(f'can\'t parse MessageEntity: Field "{name}" must be of type Number')
    return value
