"""Files: kept once, uploaded once, gone with the person; and messages that are better not sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from mailbox.contracts import MediaFile, Outcome, Outgoing
from mailbox.models import Media, Priority
from mailbox.selectors.media import media_files, media_with
from mailbox.selectors.sent_message import SentMessage, sent_message
from mailbox.services.deliver import mark
from mailbox.services.erase_mail import erase_mail
from mailbox.services.keep_media import keep_media, note_file_ids
from mailbox.services.trim_mailbox import trim_mailbox
from mailbox.services.withdraw import withdraw
from runtime.delivery.files import file_ids_of, files_in, with_files
from runtime.delivery.verdict import judge, too_late
from telegram_client.contracts import Upload
from telegram_client.failures import Failure, FailureKind
from tests.mailbox.conftest import hold
from tests.mailbox.letters import message_of, pick, say, word


def kept(bot: Bot, digest: str = "d", *, chat_id: int | None = None) -> UUID:
    with in_bot(bot.id):
        return keep_media(
            bot_id=bot.id,
            digest=digest,
            filename="journey.png",
            content_type="image/png",
            content=b"png",
            chat_id=chat_id,
        )


def files(bot: Bot, *ids: UUID) -> dict[UUID, MediaFile]:
    with in_bot(bot.id):
        return media_files(bot_id=bot.id, ids=ids)


def test_a_file_is_kept_once_per_digest_and_bot(bot: Bot, other_bot: Bot) -> None:
    first = kept(bot)
    assert kept(bot) == first
    assert kept(bot, "e") != first
    assert kept(other_bot) != first
    with in_bot(bot.id):
        assert media_with(bot_id=bot.id, digest="d") == first
        assert media_with(bot_id=bot.id, digest="x") is None


def test_bytes_are_read_until_telegram_has_them(bot: Bot) -> None:
    media_id = kept(bot)
    assert (files(bot, media_id)[media_id].content, files(bot)) == (b"png", {})
    with in_bot(bot.id):
        note_file_ids(bot_id=bot.id, file_ids={media_id: "AgAC"})
    known = files(bot, media_id)[media_id]
    assert (known.content, known.file_id) == (b"", "AgAC")
    with in_bot(bot.id):
        note_file_ids(bot_id=bot.id, file_ids={media_id: ""})
    assert files(bot, media_id)[media_id].content == b"png"


def test_files_about_a_person_go_with_them(bot: Bot) -> None:
    about, of_nobody = kept(bot, "a", chat_id=7), kept(bot, "b")
    with in_bot(bot.id):
        erase_mail(bot_id=bot.id, telegram_id=7)
    assert set(files(bot, about, of_nobody)) == {of_nobody}


def test_files_that_nobody_uses_are_trimmed(bot: Bot, stopped_clock: Clock) -> None:
    old = kept(bot, "old")
    stopped_clock.advance(timedelta(days=46))
    new = kept(bot, "new")
    with in_bot(bot.id):
        assert trim_mailbox() == 1
        assert list(Media.objects.for_bot(bot.id).values_list("id", flat=True)) == [new]
    assert old != new


def photo(media_id: UUID, **fields: object) -> Outgoing:
    params = {"photo": {"media_id": str(media_id)}, "caption": "<b>Way</b>", "parse_mode": "HTML"}
    return Outgoing(
        **{  # type: ignore[arg-type]
            "id": uuid4(), "seq": 1, "key": "k", "chat_id": 1, "method": "sendPhoto", "params": params,
            "priority": 0, "attempts": 1, "resends": 0, "is_farewell": False, "correlation_id": "",
            "created_at": clock.now(), **fields,
        }
    )  # fmt: skip


def refused(kind: FailureKind, description: str = "") -> Failure:
    return Failure(kind, None, None, description)


def test_a_file_goes_as_bytes_once_and_by_its_id_afterwards() -> None:
    media_id = uuid4()
    message = photo(media_id)
    fresh = {media_id: MediaFile(media_id, "j.png", "image/png", b"png", "")}
    known = {media_id: MediaFile(media_id, "j.png", "image/png", b"", "AgAC")}
    assert files_in(message.params) == {"photo": media_id}
    assert with_files(message.params, fresh)["photo"] == Upload(
        content=b"png", filename="j.png", content_type="image/png"
    )
    assert with_files(message.params, known)["photo"] == "AgAC"
    answer = {"photo": [{"file_id": "small"}, {"file_id": "large"}]}
    assert file_ids_of(message.params, fresh, answer) == {media_id: "large"}
    assert file_ids_of(message.params, known, answer) == {}
    assert file_ids_of(message.params, fresh, {"photo": "nonsense"}) == {}
    assert file_ids_of({"document": {"media_id": str(media_id)}}, fresh, {"document": {"file_id": "d"}}) == {
        media_id: "d"
    }


def test_what_is_too_late_or_has_lost_its_file_is_not_tried() -> None:
    media_id, now = uuid4(), clock.now()
    file = {media_id: MediaFile(media_id, "j", "image/png", b"", "x")}
    assert too_late(photo(media_id, not_after=now + timedelta(seconds=1)), file, now=now) is None
    late = too_late(photo(media_id, not_after=now - timedelta(seconds=1)), file, now=now)
    assert late is not None
    assert (late.outcome.state, late.outcome.error) == ("failed", "its time was over")
    gone = too_late(photo(media_id), {}, now=now)
    assert gone is not None
    assert (gone.outcome.state, gone.outcome.error) == ("failed", "a file that goes along is gone")


def test_an_id_that_telegram_knows_no_longer_is_forgotten_and_the_bytes_go_out() -> None:
    media_id = uuid4()
    failure = refused(FailureKind.BAD_REQUEST, "wrong file identifier/HTTP URL specified")
    outcome = judge(photo(media_id), failure, now=clock.now()).outcome
    assert (outcome.state, outcome.file_ids) == ("pending", {media_id: ""})
    assert judge(photo(media_id, attempts=12), failure, now=clock.now()).outcome.state == "failed"


def test_words_go_out_where_the_picture_cannot() -> None:
    outcome = judge(photo(uuid4()), refused(FailureKind.UNSUPPORTED), now=clock.now()).outcome
    assert (outcome.state, outcome.method) == ("pending", "sendMessage")
    assert outcome.params == {"text": "<b>Way</b>", "parse_mode": "HTML"}
    blocked = judge(photo(uuid4()), refused(FailureKind.BLOCKED), now=clock.now())
    assert (blocked.outcome.state, blocked.is_person_gone) == ("failed", True)


def test_a_caption_with_refused_markup_goes_out_plain() -> None:
    outcome = judge(photo(uuid4()), refused(FailureKind.BAD_MARKUP), now=clock.now()).outcome
    assert outcome.params is not None
    assert (outcome.params["caption"], "parse_mode" in outcome.params) == ("Way", False)


def test_another_form_is_written_down(bot: Bot) -> None:
    hand = hold(bot)
    (said,) = say(bot, word(5, method="sendPhoto", params={"photo": "x", "caption": "c"}))
    pick(hand)
    with in_bot(bot.id):
        mark(hand=hand, outcomes=[Outcome(said.id, "pending", params={"text": "c"}, method="sendMessage")])
    row = message_of(bot, said)
    assert (row.method, row.params, row.state) == ("sendMessage", {"text": "c"}, "pending")


def test_what_the_bot_was_about_to_say_by_itself_is_taken_back(bot: Bot) -> None:
    hand = hold(bot)
    reply, first, elsewhere = say(
        bot,
        word(5, priority=Priority.REPLY),
        word(5, priority=Priority.PROACTIVE),
        word(6, priority=Priority.PROACTIVE, not_after=clock.now() + timedelta(hours=1)),
    )
    with in_bot(bot.id):
        assert withdraw(bot_id=bot.id, chat_id=5) == 1
        assert withdraw(bot_id=bot.id, chat_id=5) == 0
        assert sent_message(bot_id=bot.id, message_id=first.id) is None
        assert sent_message(bot_id=bot.id, message_id=reply.id) == SentMessage(5, None)
    assert [(each.id, each.not_after is None) for each in pick(hand)] == [
        (reply.id, True),
        (elsewhere.id, False),
    ]
