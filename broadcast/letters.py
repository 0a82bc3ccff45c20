"""What each recipient gets: the text for them, filled in, with buttons that lead back to their row of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from broadcast.content import Content, Wording
from broadcast.contracts import Candidate, Letter
from broadcast.keys import tap_data
from broadcast.wording import Template, compiled

METHODS: Final[Mapping[str, tuple[str, str]]] = {
    # The method, and the parameter that takes the file.
    "": ("sendMessage", ""),
    "photo": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
    "voice": ("sendVoice", "voice"),
    "document": ("sendDocument", "document"),
}

# A recipient and the number of a button: the counted link to where it leads.
Linker = Callable[[UUID, int], str]


class Letters:
    """The letters of one broadcast of one bot; its texts are read once. Not to be shared between threads.

    `names(language)` gives the names of stages and programmes by their codes, `bot_name` how the bot is called.
    Without a `linker` buttons lead to their addresses directly, and nothing is counted.
    """

    def __init__(
        self,
        content: Content,
        *,
        media: str,
        media_id: UUID | None,
        is_paid: bool,
        bot_name: str,
        names: Callable[[str], Mapping[str, str]],
        linker: Linker | None,
    ) -> None:
        self._content = content
        self._media, self._media_id = media, media_id
        self._is_paid = is_paid
        self._bot_name = bot_name
        self._names = names
        self._linker = linker
        self._templates: dict[str, Template] = {}

    def letter(self, candidate: Candidate, *, variant: int, now: datetime) -> Letter:
        """The message for this person."""
        language, wording = self._content.wording_for(variant, candidate.language)
        method, file_field = METHODS[self._media]
        params: dict[str, object] = {"chat_id": candidate.telegram_id}
        text = self._filled(wording.text, candidate, language, now)
        if file_field:
            params[file_field] = {"media_id": str(self._media_id)}
            if text:
                params |= {"caption": text, "parse_mode": "HTML"}
        else:
            params |= {"text": text, "parse_mode": "HTML"}
        keyboard = self._keyboard(wording, candidate.recipient_id)
        if keyboard:
            params["reply_markup"] = {"inline_keyboard": keyboard}
        if self._is_paid:
            params["allow_paid_broadcast"] = True
        return Letter(method, params, language)

    def _filled(self, text: str, candidate: Candidate, language: str, now: datetime) -> str:
        template = self._templates.get(text)
        if template is None:
            template = self._templates[text] = compiled(text)
        names = self._names(language)
        came = candidate.created_at or now
        return template.filled(
            {
                "name": candidate.first_name,
                "stage": names.get(candidate.journey_stage, ""),
                "stream": names.get(candidate.interested_stream, ""),
                "bot": self._bot_name,
                "days": str(max(0, (now - came).days)),
            },
            language,
        )

    def _keyboard(self, wording: Wording, recipient_id: UUID) -> list[list[dict[str, str]]]:
        rows, number = [], 0
        for row in wording.buttons:
            shown = []
            for button in row:
                if not button.url:
                    shown.append({"text": button.label, "callback_data": tap_data(recipient_id, number)})
                elif self._linker is None or not button.url.startswith(("http:", "https:")):
                    shown.append({"text": button.label, "url": button.url})
                else:
                    shown.append({"text": button.label, "url": self._linker(recipient_id, number)})
                number += 1
            rows.append(shown)
        return rows
