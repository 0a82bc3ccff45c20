"""Holds what was offered against what the database and Telegram's side say became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from bench.stage import Owner
from bench.telegram_side import Said

# What the dispatcher joins into one turn at most.
LONGEST_BURST = 10


@dataclass(frozen=True, slots=True)
class Offered:
    """One update as the bench sent it; `place` is its order within its chat."""

    update_id: int
    chat_id: int
    text: str


@dataclass(slots=True)
class Judgement:
    """What was found; each fault is named in words, so that it can be looked for."""

    updates: int = 0
    turns: int = 0
    handled_once: int = 0
    out_of_order: int = 0
    replies: int = 0
    lost: int = 0
    resent: int = 0
    repeats: int = 0
    repeated_more_than_once: int = 0
    buried: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_true(self) -> bool:
        """Did the product keep its word?"""
        return (
            self.handled_once == self.updates
            and not (self.out_of_order or self.lost or self.repeated_more_than_once or self.buried)
            and self.repeats <= self.resent
            and not self.faults
        )

    def add(self, other: Judgement) -> None:
        """Take another bot's judgement in."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    seq: int
    update_id: int
    lane: int
    outcome: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Sent:
    key: str
    chat_id: int
    state: str
    resends: int
    message_id: int | None


def judge(owner: Owner, bot_id: UUID, offered: Sequence[Offered], record: Sequence[Said]) -> Judgement:
    """Judge one bot: each update once, each chat in order, each reply out, few of them twice."""
    found = Judgement(updates=len(offered))
    rows = _inbound(owner, bot_id)
    _judge_words(owner, bot_id, offered, rows, found)
    answered = _answered(owner, bot_id, found)
    _judge_turns(rows, answered, found)
    _judge_replies(owner, bot_id, answered, record, found)
    return found


def _inbound(owner: Owner, bot_id: UUID) -> list[_Row]:
    # Work of the bot's own stands in the same queue, and answers nobody.
    query = (
        "SELECT id, seq, update_id, lane, outcome, settled_at FROM inbound_updates"
        " WHERE bot_id = %s AND update_id IS NOT NULL ORDER BY seq"
    )
    return [_Row(*row) for row in owner.execute(query, [bot_id])]


def _judge_words(
    owner: Owner, bot_id: UUID, offered: Sequence[Offered], rows: Sequence[_Row], found: Judgement
) -> None:
    """Each update is one settled row and one message of the person, with the words that were sent, in order."""
    by_update: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        by_update[row.update_id].append(row)
    words: dict[UUID, list[str]] = defaultdict(list)
    order: dict[int, list[str]] = defaultdict(list)
    query = (
        "SELECT m.inbound_id, c.chat_id, m.text FROM messages m JOIN conversations c"
        " ON c.bot_id = m.bot_id AND c.id = m.conversation_id"
        " WHERE m.bot_id = %s AND m.role = 'user' ORDER BY m.created_at, m.id"
    )
    for inbound_id, chat_id, text in owner.execute(query, [bot_id]):
        words[inbound_id].append(text)
        order[chat_id].append(text)
    expected: dict[int, list[str]] = defaultdict(list)
    for update in offered:
        expected[update.chat_id].append(update.text)
        kept = by_update.pop(update.update_id, [])
        if len(kept) != 1:
            found.faults.append(f"update {update.update_id}: {len(kept)} rows")
            continue
        row = kept[0]
        if row.outcome == "buried":
            found.buried += 1
        if row.outcome == "done" and words.pop(row.id, []) == [update.text]:
            found.handled_once += 1
        else:
            found.faults.append(
                f"update {update.update_id}: {row.outcome or 'open'}, its words are not kept once"
            )
    found.faults += [f"update {each}: never offered" for each in by_update]
    found.faults += [f"words of {each}: of no update" for each in words]
    for chat_id, texts in expected.items():
        if order[chat_id] != texts:
            found.out_of_order += 1
            found.faults.append(f"chat {chat_id}: {_difference(texts, order[chat_id])}")


def _difference(expected: Sequence[str], seen: Sequence[str]) -> str:
    for place, (left, right) in enumerate(zip(expected, seen, strict=False)):
        if left != right:
            return f"place {place} holds {right[:7]} where {left[:7]} was sent"
    return f"{len(seen)} kept of {len(expected)}"


def _answered(owner: Owner, bot_id: UUID, found: Judgement) -> set[UUID]:
    query = "SELECT inbound_id FROM messages WHERE bot_id = %s AND role = 'bot'"
    count = Counter(row[0] for row in owner.execute(query, [bot_id]))
    found.turns += len(count)
    found.faults += [f"inbound {each}: answered {times} times" for each, times in count.items() if times > 1]
    return set(count)


def _judge_turns(rows: Sequence[_Row], answered: set[UUID], found: Judgement) -> None:
    """A burst ends with the row that has the answer, and is settled with it, in the same transaction."""
    lanes: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        lanes[row.lane].append(row)
    for lane, there in lanes.items():
        burst: list[_Row] = []
        for row in there:
            burst.append(row)
            if row.id not in answered:
                continue
            if len(burst) > LONGEST_BURST or len({each.settled_at for each in burst}) != 1:
                found.lost += len(burst) - 1
                found.faults.append(f"chat {lane}: {len(burst)} updates before answer {row.seq} are no burst")
            burst = []
        if burst:
            found.lost += len(burst)
            found.faults.append(f"chat {lane}: the last {len(burst)} updates have no answer")


def _judge_replies(
    owner: Owner, bot_id: UUID, answered: Iterable[UUID], record: Sequence[Said], found: Judgement
) -> None:
    """Each answer has left, in order; what arrived besides is a repetition of one that says so of itself."""
    query = (
        "SELECT key, chat_id, state, resends, telegram_message_id FROM outbound_messages"
        " WHERE bot_id = %s ORDER BY seq"
    )
    posted = [_Sent(*row) for row in owner.execute(query, [bot_id])]
    found.replies += len(posted)
    posted_for = {each.key.partition(":")[0] for each in posted}
    for inbound_id in answered:
        if str(inbound_id) not in posted_for:
            found.lost += 1
            found.faults.append(f"inbound {inbound_id}: its answer was never posted")
    arrived = {each.message_id: each for each in record if each.is_answer}
    resent: dict[tuple[int, str], int] = defaultdict(int)
    last: dict[int, int] = {}
    for each in posted:
        said = arrived.pop(each.message_id, None) if each.message_id is not None else None
        if each.state != "sent" or said is None or said.chat_id != each.chat_id:
            found.lost += 1
            found.faults.append(f"reply {each.key}: {each.state}, not seen by Telegram")
            continue
        if each.resends:
            found.resent += 1
            resent[said.chat_id, said.text] += each.resends
        if said.index < last.get(said.chat_id, -1):
            found.out_of_order += 1
            found.faults.append(f"reply {each.key}: arrived after its successor")
        last[said.chat_id] = said.index
    _judge_repeats(arrived, resent, found)


def _judge_repeats(left: Mapping[int, Said], resent: dict[tuple[int, str], int], found: Judgement) -> None:
    for said in left.values():
        found.repeats += 1
        resent[said.chat_id, said.text] -= 1
        if resent[said.chat_id, said.text] < 0:
            found.repeated_more_than_once += 1
            found.faults.append(f"chat {said.chat_id}: message {said.message_id} repeats a reply unasked")
