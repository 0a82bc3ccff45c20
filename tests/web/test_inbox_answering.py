"""What operators do in a conversation: answering in the bot's place, and all that goes with it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from audit.models import AuditEntry
from bots.models import Bot
from bots.roles import Role
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from events.services.record_event import record_event
from mailbox.models import Media
from profiles.models import Profile
from sessions_app.models import Draft, SavedReply
from tests.dashboard.talks import Talk, make_talk
from tests.web.people import browser, make_coach, make_user

REPLIES = "/admin/sessions_app/savedreply/"


class Operator:
    """Somebody of the team with a conversation open."""

    def __init__(self, talk: Talk, user: User | None = None) -> None:
        self.talk = talk
        self.user = user or make_coach(talk.bot)
        self.client = browser(self.user)
        self.client.post(f"{talk.page}open/", {"reason": "asked"})

    def does(self, action: str, **fields: Any) -> Any:
        """Press a button as a live page does; what it is answered."""
        answer = self.client.post(f"{self.talk.page}do/{action}/", fields, headers={"X-Fragment": "1"})
        assert answer.status_code == 200
        return answer.json()

    def refused(self, action: str, **fields: Any) -> str:
        return str(self.does(action, **fields)["refused"])

    def gone(self, action: str, **fields: Any) -> bool:
        """Whether what the form names is not there."""
        return self.client.post(f"{self.talk.page}do/{action}/", fields).status_code == 404

    def sees(self) -> str:
        answer = self.client.get(self.talk.page)
        assert answer.status_code == 200
        return str(answer.content.decode())


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, "red").save(content, kind)
    return SimpleUploadedFile("me.png", content.getvalue(), "image/png")


@pytest.fixture
def vera(bot: Bot) -> Talk:
    talk = make_talk(bot, first_name="Vera")
    talk.says("He never listens.")
    return talk


@pytest.fixture
def anna(vera: Talk) -> Operator:
    user = make_coach(vera.bot)
    user.first_name = "Anna"
    user.save()
    return Operator(vera, user)


@pytest.fixture
def ben(vera: Talk) -> Operator:
    return Operator(vera)


# Taking over


def test_who_takes_over_writes_as_the_bot(vera: Talk, anna: Operator) -> None:
    taken = anna.does("take")
    assert (taken["refused"], taken["kind"]) == ("", "mine")
    assert "You answer until" in taken["parts"]["bar"]
    assert vera.items("mode", "operator_id") == [("human", anna.user.pk)]
    said = anna.does("say", text="I am here.\r\nTell me.")
    assert "I am here.\nTell me." in said["parts"]["flow"]
    assert vera.said("role", "text", "operator_id")[-1] == ("bot", "I am here.\nTell me.", anna.user.pk)
    (params,) = vera.posts()
    assert params == {
        "chat_id": vera.person.telegram_id,
        "parse_mode": "HTML",
        "text": "I am here.\nTell me.",
    }


def test_nobody_writes_without_having_taken_over(vera: Talk, anna: Operator) -> None:
    assert anna.refused("say", text="Hello") == "Take the conversation over first."
    assert vera.posts() == []


def test_that_the_time_was_up_stands_where_it_happened(
    vera: Talk, anna: Operator, stopped_clock: Clock
) -> None:
    words = "Anna wrote nothing for a while: the bot answers again"
    anna.client.post(f"{vera.page}open/", {"reason": "asked"})
    anna.does("take")
    assert words not in anna.sees()
    stopped_clock.advance(timedelta(minutes=31))
    vera.answers("And I am back.")
    page = anna.sees()
    assert page.index("Anna took over") < page.index(words) < page.index("And I am back.")


def test_who_reads_russian_is_refused_in_russian(vera: Talk, anna: Operator) -> None:
    anna.client.cookies["django_language"] = "ru"
    assert anna.refused("say", text="Hello") == "Сначала возьмите разговор на себя."
    anna.does("take")
    unfit = SimpleUploadedFile("me.png", b"<script>", "image/png")
    assert anna.refused("say", text="Look", photo=unfit) == "Это не картинка, или её не прочитать."


def test_signs_of_crisis_are_told_in_words(vera: Talk, anna: Operator) -> None:
    with in_bot(vera.bot.id):
        record_event(
            bot_id=vera.bot.id,
            kind="crisis.detected",
            profile_id=vera.person.id,
            payload={"sign": "self_harm"},
        )
    assert "Sign of crisis: self-harm" in anna.sees()
    assert ">self-harm<" in anna.client.get(f"{vera.page}aside/").content.decode()


def test_a_colleague_sees_who_writes_and_is_asked_before_taking_it(
    vera: Talk, anna: Operator, ben: Operator
) -> None:
    before = ben.does("note", text="Looks hard")
    anna.does("take")
    live = ben.client.get(f"{vera.page}live/", {"stamp": before["stamp"]}).json()
    assert "Anna answers since" in live["parts"]["bar"]
    assert "Take it from them" in live["parts"]["bar"]
    assert ben.refused("take") == "Somebody else answers in this conversation."
    assert ben.refused("hand-back") == "Somebody else answers in this conversation."
    assert vera.items("operator_id") == [anna.user.pk]
    assert f'name="instead-of" value="{anna.user.pk}"' in live["parts"]["bar"]
    # Only from who is named on the page: somebody else may have it by now.
    assert ben.refused("take", **{"instead-of": str(anna.user.pk + 1)})
    assert ben.does("take", **{"instead-of": str(anna.user.pk)})["refused"] == ""
    assert vera.items("operator_id") == [ben.user.pk]
    assert anna.refused("say", text="Still me?") == "Take the conversation over first."
    assert vera.posts() == []
    assert "took over" in anna.sees()


def test_handing_back_lets_the_bot_answer(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    back = anna.does("hand-back")
    assert (back["done"], back["kind"]) == ("The bot answers again.", "notes")
    assert vera.items("mode", "operator_id") == [("", None)]
    assert [each["by"] for each in vera.events("conversation.handed_back")] == [anna.user.pk]


def test_a_hold_ends_by_itself(vera: Talk, stopped_clock: Clock) -> None:
    anna = Operator(vera)
    anna.does("take")
    assert "You answer until" in anna.sees()
    stopped_clock.advance(timedelta(minutes=31))
    assert "You answer until" not in anna.sees()
    assert anna.refused("say", text="Hello") == "Take the conversation over first."


def test_who_has_not_agreed_is_not_written_to(bot: Bot) -> None:
    stranger = make_talk(bot, consented_at=None)
    anna = Operator(stranger)
    assert "No consent: not to be written to" in anna.sees()
    assert anna.refused("take") == "This person has not agreed to be written to."


def test_whom_staff_have_blocked_is_not_written_to(bot: Bot) -> None:
    blocked = make_talk(bot, blocked_at=clock.now())
    anna = Operator(blocked)
    assert "Blocked by staff: not to be written to" in anna.sees()
    assert anna.refused("take") == "Staff have blocked this person: that is taken back on their page."


def test_who_has_blocked_the_bot_cannot_be_reached(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    with in_bot(vera.bot.id):
        Profile.objects.for_bot(vera.bot.id).filter(id=vera.person.id).update(is_active=False)
    assert anna.refused("say", text="Hello") == "This person has blocked the bot."


def test_without_script_the_buttons_lead_back_to_the_page(vera: Talk, anna: Operator) -> None:
    answer = anna.client.post(f"{vera.page}do/take/")
    assert (answer.status_code, answer.headers["Location"]) == (302, vera.page)
    anna.client.post(f"{vera.page}do/say/", {"text": " "})
    page = anna.sees()
    assert "You answer now. The bot is silent." in page
    assert "Write something first." in page


def test_who_only_reads_has_no_buttons(vera: Talk) -> None:
    reader = Operator(vera, make_coach(vera.bot, role=Role.READ_ONLY))
    page = reader.sees()
    assert "He never listens." in page
    assert "/do/" not in page
    assert reader.client.post(f"{vera.page}do/take/").status_code == 403
    assert reader.client.post(f"{vera.page}do/note/", {"text": "Hm"}).status_code == 403
    assert vera.items() == []


# What is written


def test_buttons_go_out_as_links(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    sent = {"label-1": "Site", "url-1": "https://example.com", "label-3": "Chat", "url-3": "https://t.me/x"}
    assert anna.does("say", text="Look", **sent)["refused"] == ""
    (params,) = vera.posts()
    assert params["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Site", "url": "https://example.com"}],
            [{"text": "Chat", "url": "https://t.me/x"}],
        ]
    }
    assert "<span><bdi>Site</bdi></span><span><bdi>Chat</bdi></span>" in anna.sees()


def test_buttons_hang_under_the_last_part_of_what_is_long(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    anna.does("say", text="word " * 1500, **{"label-1": "<b>Site</b>", "url-1": "https://example.com"})
    assert len(vera.posts()) == 2
    assert anna.sees().count("<span><bdi>&lt;b&gt;Site&lt;/b&gt;</bdi></span>") == 1


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("", "https://example.com"),
        ("Site", ""),
        ("Site", "javascript:alert(1)"),
        ("x" * 61, "https://example.com"),
        ("Site", "https://example.com/" + "x" * 2000),
    ],
)
def test_a_button_that_leads_nowhere_is_refused(vera: Talk, anna: Operator, label: str, url: str) -> None:
    anna.does("take")
    assert "A button " in anna.refused("say", text="Look", **{"label-1": label, "url-1": url})
    assert vera.posts() == []


def test_a_picture_goes_along_and_goes_with_the_person(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    said = anna.does("say", text="This is me", photo=picture())
    assert "Photo" in said["parts"]["flow"]
    ((method, params),) = vera.posts("method", "params")
    with in_bot(vera.bot.id):
        (media,) = Media.objects.for_bot(vera.bot.id).values_list("id", "chat_id", "content_type")
    assert method == "sendPhoto"
    assert params["photo"] == {"media_id": str(media[0])}
    assert params["caption"] == "This is me"
    assert media[1:] == (vera.person.telegram_id, "image/png")
    # Whoever reads the conversation sees it, and nobody else.
    address = f"{vera.page}photo/{media[0]}/"
    assert f'src="{address}"' in said["parts"]["flow"]
    shown = anna.client.get(address)
    assert (shown.status_code, shown["Content-Type"], shown.content[:4]) == (200, "image/png", b"\x89PNG")
    assert shown["X-Content-Type-Options"] == "nosniff"
    other = make_talk(vera.bot)
    elsewhere = Operator(other)
    assert elsewhere.client.get(f"{other.page}photo/{media[0]}/").status_code == 404
    assert elsewhere.client.get(address).status_code == 403
    assert anna.client.get(f"{vera.page}photo/{new_id()}/").status_code == 404


def test_a_picture_of_which_the_bytes_are_gone_is_told_in_a_word(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    anna.does("say", text="", photo=picture())
    with in_bot(vera.bot.id):
        Media.objects.for_bot(vera.bot.id).update(content=b"")
    page = anna.sees()
    assert "Photo</p>" in page
    assert "/photo/" not in page


def test_the_same_picture_for_somebody_else_is_another_file(vera: Talk, anna: Operator) -> None:
    mark = make_talk(vera.bot)
    other = Operator(mark)
    for each in (anna, other, anna):
        each.does("take")
        assert each.does("say", text="", photo=picture())["refused"] == ""
    with in_bot(vera.bot.id):
        assert Media.objects.for_bot(vera.bot.id).count() == 2


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("me.png", b"<svg onload=alert(1)>", "image/png"),
        SimpleUploadedFile("me.png", b"\x89PNG\r\n\x1a\nbroken", "image/png"),
        picture("GIF"),
        picture(size=(3000, 20)),
        SimpleUploadedFile("me.png", b"x" * (10 * 2**20 + 1), "image/png"),
    ],
    ids=["svg", "broken", "gif", "thin", "large"],
)
def test_what_is_no_picture_for_telegram_is_refused(
    vera: Talk, anna: Operator, file: SimpleUploadedFile
) -> None:
    anna.does("take")
    file.seek(0)
    assert anna.refused("say", text="Look", photo=file) != ""
    assert vera.posts() == []
    with in_bot(vera.bot.id):
        assert not Media.objects.for_bot(vera.bot.id).exists()


def test_a_picture_that_could_not_be_said_is_not_kept(vera: Talk, anna: Operator) -> None:
    assert anna.refused("say", text="Look", photo=picture()) == "Take the conversation over first."
    with in_bot(vera.bot.id):
        assert not Media.objects.for_bot(vera.bot.id).exists()


def test_saved_replies_are_at_hand_with_the_name_filled_in(vera: Talk, anna: Operator) -> None:
    unique = str(new_id())
    SavedReply.objects.create(name=unique, language="en", text=f"Dear {{name}}, {unique}")
    assert f"Dear Vera, {unique}" not in anna.sees()
    assert f"Dear Vera, {unique}" in anna.does("take")["parts"]["composer"]


# Drafts


def test_drafts_are_sent_as_they_are_changed_or_dropped(vera: Talk, anna: Operator) -> None:
    assert anna.does("drafts", on="1")["done"] == "The bot writes drafts; you send them."
    assert vera.items("mode") == ["drafts"]
    first, second = vera.draft("As it is"), vera.draft("Not so")
    page = anna.sees()
    assert "As it is" in page
    sent = anna.does("draft", draft=str(first.id), decision="send", text="As I would say it")
    assert "As it is" not in sent["parts"]["drafts"]
    assert [params["text"] for params in vera.posts()] == ["As I would say it"]
    assert (
        anna.does("draft", draft=str(second.id), decision="drop", text="Not so")["parts"]["drafts"].strip()
        == ""
    )
    assert len(vera.posts()) == 1
    assert anna.does("drafts", on="0")["done"] == "The bot answers by itself again."


def test_the_second_to_decide_is_told(vera: Talk, anna: Operator, ben: Operator) -> None:
    draft = vera.draft("As it is")
    anna.does("draft", draft=str(draft.id), decision="send", text="Mine")
    refused = ben.refused("draft", draft=str(draft.id), decision="send", text="Mine too")
    assert refused == "Somebody has decided about this already."
    assert len(vera.posts()) == 1


def test_a_draft_of_another_conversation_is_not_there_and_that_it_was_asked_for_is_written_down(
    vera: Talk, anna: Operator
) -> None:
    other = make_talk(vera.bot, first_name="Boris").draft("For Boris")
    assert anna.gone("draft", draft=str(other.id), decision="send", text="Hello")
    assert anna.gone("draft", draft=str(other.id), decision="drop")
    with in_bot(vera.bot.id):
        assert Draft.objects.get(id=other.id).decided_at is None
    asked = AuditEntry.objects.filter(actor_id=anna.user.pk, action="refused", row_id=str(other.id))
    assert asked.count() == 2


def test_no_draft_goes_out_while_a_colleague_answers(vera: Talk, anna: Operator, ben: Operator) -> None:
    anna.does("drafts", on="1")
    draft = vera.draft("As the bot says")
    anna.does("take")
    refused = ben.refused("draft", draft=str(draft.id), decision="send", text="Meanwhile")
    assert refused == "Somebody else answers in this conversation."
    assert vera.posts() == []
    assert anna.refused("draft", draft=str(draft.id), decision="send", text="As the bot says") == ""


def test_who_has_withdrawn_consent_is_written_to_no_more(vera: Talk, anna: Operator) -> None:
    anna.does("take")
    draft = vera.draft("As the bot says")
    with in_bot(vera.bot.id):
        Profile.objects.filter(id=vera.person.id).update(consented_at=None)
    words = "This person has not agreed to be written to."
    assert anna.refused("say", text="Still there?") == words
    assert anna.refused("draft", draft=str(draft.id), decision="send", text="Still there?") == words
    assert vera.posts() == []


@pytest.mark.parametrize("draft", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_draft_that_is_none_is_not_there(vera: Talk, anna: Operator, draft: str) -> None:
    assert anna.gone("draft", draft=draft, decision="send", text="Hello")


# Notes and tasks


def test_notes_stay_with_the_team(vera: Talk, anna: Operator) -> None:
    noted = anna.does("note", text="Careful, grieving.")
    assert "Careful, grieving." in noted["parts"]["flow"]
    assert vera.notes() == ["Careful, grieving."]
    assert vera.posts() == []
    assert vera.said("text") == ["He never listens."]
    assert anna.refused("note", text=" ") == "Write something first."


def test_a_task_is_given_to_who_may_answer(vera: Talk, anna: Operator, ben: Operator, other_bot: Bot) -> None:
    given = anna.does("assign", to=str(ben.user.pk))
    assert given["done"] == f"It is {ben.user.username}'s now."
    assert vera.items("assigned_to_id") == [ben.user.pk]
    for user in (
        make_coach(other_bot),
        make_coach(vera.bot, role=Role.ANALYST),
        make_coach(vera.bot, role=Role.READ_ONLY),
        make_user(staff=False),
    ):
        assert anna.gone("assign", to=str(user.pk))
    assert vera.items("assigned_to_id") == [ben.user.pk]
    anna.does("assign", to="")
    assert vera.items("assigned_to_id") == [None]


def test_it_is_put_off_by_the_bots_clock(bot: Bot, stopped_clock: Clock) -> None:
    # Noon of a Monday in UTC is three in the afternoon there.
    talk = make_talk(bot)
    anna = Operator(talk)
    until = {
        ("hour", ""): clock.now() + timedelta(hours=1),
        ("tomorrow", ""): datetime(2026, 3, 3, 6, 0, tzinfo=UTC),
        ("date", "2026-03-10"): datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
        ("", ""): None,
    }
    for (asked, date), moment in until.items():
        assert anna.does("snooze", **{"for": asked, "date": date})["refused"] == ""
        assert talk.items("snoozed_until") == [moment]
    assert anna.refused("snooze", **{"for": "date", "date": "soon"}) == "Choose a day first."
    assert anna.refused("snooze", **{"for": "date", "date": "2026-03-01"}) == "This time has passed already."


def test_what_needs_a_human_is_marked_and_done(vera: Talk, anna: Operator) -> None:
    anna.does("mark")
    assert vera.items("need") == ["staff"]
    done = anna.does("done")
    assert "marked by the team" not in done["parts"]["bar"]
    assert vera.items("need", "needed_at") == [("", None)]


# Saved replies


def test_saved_replies_are_kept_by_those_who_answer(vera: Talk) -> None:
    name = str(new_id())
    coach = browser(make_coach(vera.bot))
    assert coach.get(f"{REPLIES}add/").status_code == 200
    coach.post(f"{REPLIES}add/", {"name": name, "language": "en", "text": "Hello, {name}"})
    reply = SavedReply.objects.get(name=name)
    assert name in coach.get(REPLIES).content.decode()
    coach.post(f"{REPLIES}{reply.pk}/change/", {"name": name, "language": "", "text": "Hi"})
    assert SavedReply.objects.get(name=name).text == "Hi"
    reader = browser(make_coach(vera.bot, role=Role.READ_ONLY))
    assert reader.get(REPLIES).status_code == 200
    assert reader.get(f"{REPLIES}add/").status_code == 403
    assert reader.post(f"{REPLIES}{reply.pk}/delete/", {"post": "yes"}).status_code == 403
    coach.post(f"{REPLIES}{reply.pk}/delete/", {"post": "yes"})
    assert not SavedReply.objects.filter(name=name).exists()


def test_saved_replies_are_not_for_strangers() -> None:
    assert Client().get(REPLIES).status_code == 302
