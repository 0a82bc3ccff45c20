"""The page on which a broadcast is written: one form, criteria both ways, texts, buttons, files, segments."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bots.models import Bot
from broadcast.models import BroadcastFile, Segment
from core.tenancy import in_bots
from tests.broadcast.campaigns import begun, content, read, written
from tests.cast import make_bot, make_profile
from tests.web.broadcast_forms import ADD, HOSTILE, LIST, coach, count, html, in_state, only, page, typed
from tests.web.people import browser

CHECK, BUBBLES = f"{LIST}check/", f"{LIST}bubbles/"


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    return drawn.getvalue()


def test_a_broadcast_is_written_in_one_form(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(
        bot,
        **{
            "criteria": " gender=female ",
            "text-0-en": "Hello,\r\n{name}!\x00",
            "buttons-0-en": "4",
            "label-0-en-0": "Look",
            "kind-0-en-0": "link",
            "target-0-en-0": "https://example.com",
            "label-0-en-1": "Tell me",
            "kind-0-en-1": "say",
            "target-0-en-1": "Tell me more",
            "joins-0-en-1": "1",
            "label-0-en-3": "Later",
            "kind-0-en-3": "say",
        },
    )
    answer = me.post(ADD, sent)
    broadcast = only(bot)
    assert answer.headers["Location"] == page(broadcast, "write")
    assert (broadcast.title, broadcast.criteria, broadcast.cap_a_day) == ("News", "gender=female", None)
    assert broadcast.content == {
        "fallback": "en",
        "variants": [
            {
                "label": "A",
                "wordings": {
                    "en": {
                        "text": "Hello,\n{name}!",
                        "buttons": [
                            [
                                {"label": "Look", "url": "https://example.com"},
                                {"label": "Tell me", "say": "Tell me more"},
                            ],
                            [{"label": "Later"}],
                        ],
                    }
                },
            }
        ],
    }
    shown = html(me.get(page(broadcast, "write")))
    for said in ('value="Tell me more"', 'value="https://example.com"', "Hello,\n{name}!", "gender=female"):
        assert said in shown, said


def test_each_button_leads_where_it_says(bot: Bot) -> None:
    me = browser(coach(bot))
    draft = written(bot)
    for op, name in (("save", "write"), ("look", "look"), ("start", "start")):
        assert me.post(page(draft, "write"), typed(bot, op=op)).headers["Location"] == page(draft, name)


def test_a_field_that_is_wrong_keeps_it_from_being_saved(bot: Bot) -> None:
    me = browser(coach(bot))
    for fields in (
        {"title": ""},
        {"quiet_from": "24"},
        {"rate": "5000"},
        {"control_percent": "95"},
        {"test_percent": "0"},
        {"error_percent": "x"},
        {"bots": []},
        {"criteria": "gender=female," * 400},
    ):
        shown = html(me.post(ADD, typed(bot, **fields)))
        assert 'role="alert"' in shown, fields
        # What was typed is not lost.
        assert "Hello, {name|friend}!" in shown, fields
    assert count(bot) == 0


def test_another_bot_cannot_be_smuggled_in(bot: Bot, other_bot: Bot) -> None:
    me = browser(coach(bot))
    assert other_bot.name not in html(me.get(ADD))
    shown = html(me.post(ADD, typed(bot, other_bot)))
    assert "Not saved" in shown
    assert count(bot) == count(other_bot) == 0


def test_hostile_words_stay_words(bot: Bot) -> None:
    make_profile(bot, first_name=HOSTILE)
    me = browser(coach(bot))
    sent = typed(
        bot,
        **{
            "title": HOSTILE,
            "text-0-en": f"</textarea>{HOSTILE}",
            "buttons-0-en": "1",
            "label-0-en-0": f'"{HOSTILE}',
            "target-0-en-0": f'javascript:"{HOSTILE}',
            "segment-name": HOSTILE,
        },
    )
    me.post(ADD, sent)
    draft = only(bot)
    for shown in (
        html(me.get(page(draft, "write"))),
        html(me.get(page(draft, "look"))),
        html(me.get(page(draft, "start"))),
        html(me.post(BUBBLES, sent)),
        html(me.post(CHECK, {**sent, "criteria": HOSTILE})),
        html(me.post(ADD, {**sent, "op": "check", "criteria": f"</textarea>{HOSTILE}"})),
    ):
        assert HOSTILE not in shown
        assert 'href="javascript' not in shown


def test_criteria_are_checked_while_they_are_typed(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot, gender="female", first_name="Vera")
    make_profile(bot, gender="female", first_name="Olga")
    make_profile(other_bot, gender="female", first_name="Nina")
    me = browser(coach(bot, other_bot))
    found = html(me.post(CHECK, typed(bot, other_bot, criteria="gender=female")))
    for said in (
        "women",
        "<strong>3</strong>",
        f"{bot.name} <b>2</b>",
        f"{other_bot.name} <b>1</b>",
        "Vera",
        "Nina",
    ):
        assert said in found, said
    assert "Choose bots" in html(me.post(CHECK, typed(criteria="gender=female")))
    wrong = html(me.post(CHECK, typed(bot, criteria="gender=female, gander=male")))
    assert "\n               ^^^^^^</pre>" in wrong
    assert "Perhaps gender?" in wrong
    assert "everybody who may be written to" in html(me.post(CHECK, typed(bot)))


def test_bots_of_others_are_not_counted(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot)
    make_profile(other_bot)
    found = html(browser(coach(bot)).post(CHECK, typed(bot, other_bot)))
    assert "<strong>1</strong>" in found


def test_criteria_become_fields_and_text_again(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(bot, criteria="gender=female, age=18..30, !source=ads, markers.city=Paris", op="fields")
    shown = html(me.post(ADD, sent))
    for said in (
        'name="criteria-as" value="fields"',
        'name="c-gender" value="female" checked',
        'name="c-age_from" value="18"',
        'name="c-age_until" value="30"',
        'name="c-source_not" value="1" checked',
        'name="c-markers_name" value="city"',
    ):
        assert said in shown, said
    assert count(bot) == 0
    fields = {
        "criteria-as": "fields",
        "c-gender": ["female", "male"],
        "c-journey_stage": ["ORDEAL"],
        "c-journey_stage_not": "1",
        "c-last_seen_until": "30d",
        "c-is_active": "no",
        "c-more": "age=20|40",
    }
    back = html(me.post(ADD, typed(bot, **fields, op="text")))
    said = "gender=female|male, age=20|40, !journey_stage=ORDEAL, last_seen&lt;30d, is_active=no"
    assert f">{said}</textarea>" in back
    me.post(ADD, typed(bot, **fields))
    assert only(bot).criteria == said.replace("&lt;", "<")


def test_fields_that_are_not_understood_are_not_saved(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(bot, **{"criteria-as": "fields", "c-age_from": "old", "c-more": "gander=x"})
    shown = html(me.post(ADD, sent))
    assert "The criteria are not understood yet" in shown
    assert "Perhaps gender?" in shown
    assert "<strong>Age:</strong>" in shown
    assert count(bot) == 0
    shown = html(me.post(ADD, {**sent, "op": "text"}))
    assert "Put the criteria right first" in shown
    assert 'name="criteria-as" value="fields"' in shown


def test_criteria_as_text_may_be_saved_half_done(bot: Bot) -> None:
    browser(coach(bot)).post(ADD, typed(bot, criteria="gander="))
    assert only(bot).criteria == "gander="


@pytest.fixture
def _no_segments(as_staff: None) -> Any:
    Segment.objects.all().delete()
    yield
    Segment.objects.all().delete()


@pytest.mark.usefixtures("_no_segments")
def test_segments_are_kept_applied_and_forgotten(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(bot, **{"criteria": "last_seen<7d,gender=f", "segment-name": " Women  here "})
    assert "Saved as “Women here”." in html(me.post(ADD, {**sent, "op": "segment-keep"}))
    segment = Segment.objects.get()
    assert (segment.name, segment.criteria) == ("Women here", "gender=female, last_seen<7d")
    again = html(me.post(ADD, typed(bot, segment=str(segment.id), op="segment-apply")))
    assert ">gender=female, last_seen&lt;7d</textarea>" in again
    both = typed(bot, segment=str(segment.id), op="segment-apply", **{"criteria-as": "fields"})
    assert 'name="c-gender" value="female" checked' in html(me.post(ADD, both))
    for op in ("segment-apply", "segment-forget"):
        assert "Choose a saved segment first." in html(me.post(ADD, typed(bot, segment="x", op=op)))
    assert "up to 60 characters" in html(me.post(ADD, {**sent, "op": "segment-keep", "segment-name": " "}))
    assert "leave nobody out" in html(me.post(ADD, {**sent, "op": "segment-keep", "criteria": ""}))
    assert "not understood yet" in html(me.post(ADD, {**sent, "op": "segment-keep", "criteria": "x"}))
    html(me.post(ADD, typed(bot, segment=str(segment.id), op="segment-forget")))
    assert not Segment.objects.exists()
    assert count(bot) == 0


def test_texts_languages_and_buttons_are_added_and_removed(bot: Bot) -> None:
    me = browser(coach(bot))

    def after(op: str, **fields: Any) -> str:
        return html(me.post(ADD, typed(bot, op=op, **fields)))

    assert 'name="text-1-en"' in after("add-variant")
    assert 'name="text-0-ru"' in after("add-language", **{"new-language": "RU"})
    assert 'name="label-0-en-0"' in after("add-button:0:en")
    two = {"variants": "2", "text-0-en": "One", "text-1-en": "Two", "buttons-1-en": "0"}
    gone = after("remove-variant:0", **two)
    assert 'name="text-1-en"' not in gone
    assert ">Two</textarea>" in gone
    both = {"languages": ["en", "ru"], "text-0-ru": "Привет", "fallback": "en"}
    left = after("remove-language:en", **both)
    assert 'name="fallback" value="ru"' in left
    assert 'name="text-0-en"' not in left
    buttons = {"buttons-0-en": "2", "label-0-en-0": "First", "label-0-en-1": "Second"}
    assert "First" not in after("remove-button:0:en:0", **buttons)
    for nonsense in (
        "remove-variant:0",
        "remove-variant:9",
        "remove-language:en",
        "add-button:7:xx",
        "x:y:z",
        "",
    ):
        assert 'name="text-0-en"' in after(nonsense), nonsense
    most = after("add-variant", variants="6")
    assert 'name="text-6-en"' not in most
    assert count(bot) == 0


def test_a_language_without_words_is_left_out(bot: Bot) -> None:
    me = browser(coach(bot))
    fields = {"languages": ["en", "ru", "de"], "text-0-de": "Hallo", "text-0-ru": "  "}
    me.post(ADD, typed(bot, **fields))
    draft = only(bot)
    assert sorted(draft.content["variants"][0]["wordings"]) == ["de", "en"]


def test_a_link_without_an_address_is_told_of(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(bot, **{"buttons-0-en": "1", "label-0-en-0": "Look", "kind-0-en-0": "link"})
    assert "button 1 of row 1" in html(me.post(BUBBLES, sent))


def test_texts_are_shown_as_their_first_reader_gets_them(bot: Bot) -> None:
    make_profile(bot, first_name="Vera & Co")
    me = browser(coach(bot))
    sent = typed(bot, **{"text-0-en": "<b>{name}</b> & <a href='https://e.com/?a=1&amp;b=2'>more</a>, {bot}"})
    found = html(me.post(BUBBLES, sent))
    assert "<strong>Vera &amp; Co</strong> &amp; " in found
    assert (
        '<a href="https://e.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">more</a>'
        in found
    )
    assert f", {bot.name}" in found
    nobody = html(me.post(BUBBLES, {**sent, "bots": []}))
    assert "<strong>friend</strong>" in nobody


def test_a_file_goes_along_and_is_removed_again(bot: Bot) -> None:
    me = browser(coach(bot))
    file = SimpleUploadedFile("cat.png", picture(), "image/png")
    me.post(ADD, typed(bot, file=file))
    draft = only(bot)
    assert draft.media == "photo"
    shown = me.get(page(draft, "file"))
    assert shown.content == picture()
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert page(draft, "file") in html(me.get(page(draft, "look")))
    assert "cat.png" in html(me.get(page(draft, "write")))
    me.post(page(draft, "write"), typed(bot, detach="1"))
    assert read(draft).media == ""
    assert me.get(page(draft, "file")).status_code == 404


def test_a_document_is_never_shown_by_the_browser(bot: Bot) -> None:
    me = browser(coach(bot))
    file = SimpleUploadedFile("x.html", HOSTILE.encode(), "text/html")
    me.post(ADD, typed(bot, file=file, kind="document"))
    answer = me.get(page(only(bot), "file"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_photo_that_is_none_is_refused_and_the_rest_is_kept(bot: Bot) -> None:
    me = browser(coach(bot))
    file = SimpleUploadedFile("cat.png", b"no picture", "image/png")
    answer = me.post(ADD, typed(bot, file=file), follow=True)
    assert "Saved, but without the file: This is no picture that can be read." in html(answer)
    draft = only(bot)
    assert (draft.title, draft.media) == ("News", "")
    with in_bots([bot.id]):
        assert not BroadcastFile.objects.filter(broadcast=draft).exists()


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_unseen(bot: Bot) -> None:
    me, other = browser(coach(bot)), browser(coach(bot))
    draft = written(bot)
    seen = draft.changed_at.isoformat()
    other.post(page(draft, "write"), typed(bot, title="Theirs", seen=seen))
    shown = html(me.post(page(draft, "write"), typed(bot, title="Mine", seen=seen)))
    assert "Somebody has changed this broadcast" in shown
    assert read(draft).title == "Theirs"
    again = shown.partition('name="seen" value="')[2].partition('"')[0]
    me.post(page(draft, "write"), typed(bot, title="Mine", seen=again))
    assert read(draft).title == "Mine"


def test_a_change_of_what_is_scheduled_makes_it_a_draft_again(bot: Bot) -> None:
    me = browser(coach(bot))
    draft = written(bot)
    in_state(draft, "scheduled")
    assert "becomes a draft again" in html(me.get(page(draft, "write")))
    answer = me.post(page(draft, "write"), typed(bot), follow=True)
    assert "It is a draft again, and has to be started anew." in html(answer)
    assert read(draft).state == "draft"


def test_what_is_under_way_cannot_be_written(bot: Bot) -> None:
    make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    assert me.post(page(running, "write"), typed(bot, title="Other")).headers["Location"] == page(running)
    assert read(running).title == "News"


def test_damaged_texts_are_written_anew(bot: Bot) -> None:
    draft = written(bot, texts={"variants": "none"})
    me = browser(coach(bot))
    for name in ("write", "look", "start", "compare"):
        assert me.get(page(draft, name)).status_code == 200, name


def test_the_language_of_the_bot_comes_first(as_staff: None) -> None:
    bot = make_bot(language="ru")
    assert 'name="languages" value="ru"' in html(browser(coach(bot)).get(ADD))
    both = content("Hello", ru="Привет") | {"fallback": "ru"}
    shown = html(browser(coach(bot)).get(page(written(bot, texts=both), "write")))
    assert shown.index('name="text-0-ru"') < shown.index('name="text-0-en"')
