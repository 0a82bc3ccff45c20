"""Who answers in a conversation: the bot, a person of the team, or the bot once a person agrees."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import clock
from core.ids import new_id
from core.sql import notify
from events.services.record_event import record_event
from sessions_app.errors import InboxError
from sessions_app.models import Conversation, InboxItem, Mode, Need

# So long after what the operator did last the bot answers again by itself.
HELD = timedelta(minutes=30)
# Live pages listen here; the payload is the id of the conversation.
CHANNEL = "relove_inbox"


def take_over(
    *, bot_id: UUID, conversation_id: UUID, user_id: int, instead_of: int | None = None
) -> InboxItem:
    """Answer in the bot's place from now on: a turn that is under way ends without a word.

    Raises InboxError: `unknown`; `taken` where somebody else holds it than who is known to, `instead_of` whom one
    answers then; `no_consent`, `blocked`.
    """
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        check_consent(item)
        if is_held_by_another(item, user_id) and item.operator_id != instead_of:
            raise InboxError("taken", _("Somebody else answers in this conversation."))
        now = clock.now()
        is_new = item.mode != Mode.HUMAN or item.operator_id != user_id or not is_held(item)
        if is_new:
            item.taken_at = now
        item.mode, item.operator_id, item.hand_back_at = Mode.HUMAN, user_id, now + HELD
        item.snoozed_until = None
        save_item(item)
        if is_new:
            _record(item, "conversation.taken_over", user_id)
    return item


def hand_back(*, bot_id: UUID, conversation_id: UUID, user_id: int) -> InboxItem:
    """Let the bot answer again. Nobody else's conversation is handed back: they may still be writing.

    Raises InboxError: `unknown`, `taken`.
    """
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        if is_held_by_another(item, user_id):
            raise InboxError("taken", _("Somebody else answers in this conversation."))
        was_held = is_held(item)
        item.mode, item.operator_id, item.taken_at, item.hand_back_at = Mode.BOT, None, None, None
        save_item(item)
        if was_held:
            _record(item, "conversation.handed_back", user_id)
    return item


def ask_for_drafts(*, bot_id: UUID, conversation_id: UUID, user_id: int, is_on: bool) -> InboxItem:
    """Have the bot write answers that go out only once a person agrees; or by itself again.

    Raises InboxError: `unknown`, `taken`, `no_consent`.
    """
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        check_consent(item)
        if is_held_by_another(item, user_id):
            raise InboxError("taken", _("Somebody else answers in this conversation."))
        item.mode = Mode.DRAFTS if is_on else Mode.BOT
        item.operator_id, item.taken_at, item.hand_back_at = None, None, None
        save_item(item)
        _record(item, "conversation.drafts_on" if is_on else "conversation.drafts_off", user_id)
    return item


def locked_item(*, bot_id: UUID, conversation_id: UUID) -> InboxItem:
    """What the team has to do with a conversation, nobody else's until the transaction ends.

    Raises InboxError `unknown`.
    """
    conversation = Conversation.objects.for_bot(bot_id).filter(id=conversation_id)
    if not conversation.exists():
        raise InboxError("unknown", _("There is no such conversation."))
    InboxItem.objects.bulk_create(
        [InboxItem(id=new_id(), bot_id=bot_id, conversation_id=conversation_id, changed_at=clock.now())],
        ignore_conflicts=True,
    )
    return (
        InboxItem.objects.for_bot(bot_id)
        .select_for_update(of=("self",))
        .select_related("conversation__profile")
        .get(conversation_id=conversation_id)
    )


def save_item(item: InboxItem) -> None:
    """Write it down, and let live pages know."""
    item.changed_at = clock.now()
    item.save()
    notify(CHANNEL, str(item.conversation_id))


def is_held(item: InboxItem) -> bool:
    """Whether a person answers in it now."""
    return item.mode == Mode.HUMAN and item.hand_back_at is not None and item.hand_back_at > clock.now()


def is_held_by_another(item: InboxItem, user_id: int) -> bool:
    """Whether somebody else does."""
    return is_held(item) and item.operator_id not in (None, user_id)


def need_human(*, bot_id: UUID, conversation_id: UUID, need: str) -> None:
    """Put a conversation before the team, in the caller's transaction; a sign of crisis outweighs all else."""
    item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
    if item.need == Need.CRISIS and need != Need.CRISIS:
        return
    item.need = need
    item.needed_at = item.needed_at or clock.now()
    item.snoozed_until = None
    save_item(item)


def check_consent(item: InboxItem) -> None:
    """Whether the person may be written to. Raises InboxError: `no_consent`, `blocked`."""
    person = item.conversation.profile
    if person.consented_at is None or person.is_underage:
        raise InboxError("no_consent", _("This person has not agreed to be written to."))
    if person.blocked_at is not None:
        raise InboxError("blocked", _("Staff have blocked this person: that is taken back on their page."))


def _record(item: InboxItem, kind: str, user_id: int) -> None:
    record_event(
        bot_id=item.bot_id,
        kind=kind,
        profile_id=item.conversation.profile_id,
        payload={"by": user_id, "conversation": str(item.conversation_id)},
    )
