"""Answers by a Telegram bot, polled for and by webhook."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from apprise import Apprise
from structlog.testing import capture_logs

from tests.support.chat_servers import TelegramEmulator
from tests.support.listening import listening
from tests.support.scripted import Scripted, scripted
from troth.domain.incoming import Address, AddressKind
from troth.inbound.hook import ForgedError, Hook, UnreadableError
from troth.inbound.telegram import TelegramHook, TelegramListener, TelegramSettings, read_update

TOKEN = "123456789:alphanumeric_characters_of_35____"
BOT = "123456789"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BUTTON = "abcdefghijklmnopqrstuvwxyz234567"
CHAT = {"id": 4711, "type": "private"}


@pytest.fixture
def provider() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


def settings(url: str, **more: object) -> TelegramSettings:
    return TelegramSettings.model_validate({"token": TOKEN, "base_url": url, **more})


def update(number: int, text: str, **more: object) -> dict[str, object]:
    message = {"message_id": number, "from": {"id": 5}, "chat": CHAT, "text": text, **more}
    return {"update_id": number, "message": message}


def test_an_answer_comes_back_from_the_chat_that_was_written_to(emulator: TelegramEmulator) -> None:
    plugin = Apprise.instantiate(f"tgram://{TOKEN}/4711?format=text")
    plugin.notify_url = f"{emulator.url}/bot"
    assert plugin.notify(body="Hold each other. 3")
    sent = emulator.history(TOKEN)[-1]["message"]
    assert isinstance(sent, dict)
    with listening(TelegramListener(settings(emulator.url))) as ear:
        replied = {"from": {"id": int(BOT), "is_bot": True}, "text": sent["text"]}
        emulator.write_to_bot(TOKEN, 4711, "we did ❤️", reply_to_message=replied)
        incoming = ear.next()
        emulator.press(TOKEN, 4711, f"done:{BUTTON}")
        press = ear.next()
    assert incoming.address == Address(AddressKind.TELEGRAM, "4711")
    assert incoming.text == "we did ❤️"
    assert incoming.quoted is not None
    assert "Hold each other. 3" in incoming.quoted
    assert (press.text, press.token, press.address) == ("done", BUTTON, incoming.address)


@pytest.mark.parametrize(
    ("written", "text"),
    [("/start", "start"), ("/done@our_bot lovely", "done lovely"), ("/", ""), ("a/b", "a/b")],
)
def test_a_command_to_the_bot_is_its_word(written: str, text: str) -> None:
    incoming = read_update(update(7, written), BOT)
    assert (incoming.text if incoming else "") == text


def test_an_update_is_confirmed_only_after_it_was_taken(provider: Scripted) -> None:
    with listening(TelegramListener(settings(provider.url))) as ear:
        assert "offset" not in provider.next_asked().body
        ear.shut.set()
        provider.say({"ok": True, "result": [update(7, "done")]})
        assert ear.refused.acquire(timeout=30)
        assert provider.asked.empty()
        ear.shut.clear()
        assert ear.next().text == "done"
        assert provider.next_asked().body["offset"] == 8
        provider.end()


def test_what_was_not_taken_before_a_stop_comes_again(provider: Scripted) -> None:
    first = TelegramListener(settings(provider.url))
    with listening(first) as ear:
        ear.shut.set()
        provider.say({"ok": True, "result": [update(7, "done")]})
        assert ear.refused.acquire(timeout=30)
    provider.next_asked()
    with listening(TelegramListener(settings(provider.url))) as ear:
        assert "offset" not in provider.next_asked().body
        provider.say({"ok": True, "result": [update(7, "done")]})
        assert ear.next().provider_id == f"{BOT}:7"


def test_after_a_silence_no_old_number_stands_in_the_way_of_new_ones(provider: Scripted) -> None:
    with listening(TelegramListener(settings(provider.url))) as ear:
        provider.say({"ok": True, "result": [update(900, "done")]})
        ear.next()
        provider.say({"ok": True, "result": []})
        asked = [provider.next_asked().body.get("offset") for _ in range(3)]
        provider.say({"ok": True, "result": [update(4, "later")]})
        assert ear.next().text == "later"
    assert asked == [None, 901, None]


@pytest.mark.parametrize(
    "trouble",
    [
        {"told": {"ok": False}, "status": 502},
        {"told": {"ok": False, "parameters": {"retry_after": 1}}, "status": 429},
        {"raw": b"<html>"},
        {"raw": b"[" * 100_000},
        {"told": {"ok": True, "result": [{"update_id": "what"}]}},
    ],
)
def test_trouble_of_the_provider_is_waited_out_and_said_without_the_token(
    provider: Scripted, trouble: dict[str, object]
) -> None:
    with capture_logs() as lines, listening(TelegramListener(settings(provider.url))) as ear:
        provider.say(**trouble)  # type: ignore[arg-type]
        provider.say({"ok": True, "result": [update(1, "a word of mine")]})
        assert ear.next().text == "a word of mine"
        provider.end()
    assert "way.unreachable" in [line["event"] for line in lines]
    assert not any(secret in str(lines) for secret in (TOKEN, "a word of mine", "4711"))


def test_a_stop_does_not_wait_for_a_long_poll(provider: Scripted) -> None:
    with listening(TelegramListener(settings(provider.url))):
        provider.next_asked()  # and it is never answered


@pytest.mark.parametrize(
    "told",
    [
        update(1, "done", **{"from": {"id": 9, "is_bot": True}}),
        update(1, "done", reply_to_message={"from": {"id": 8}, "text": "the bins?"}),
        {"update_id": 1, "edited_message": {"chat": CHAT, "text": "done"}},
        {"update_id": 1, "message": {"chat": CHAT, "sticker": {}}},
        {"update_id": 1, "message_reaction": {"chat": {"id": -5, "type": "group"}}},
    ],
)
def test_what_is_not_said_to_the_bot_is_no_answer(told: object) -> None:
    assert read_update(told, BOT) is None


def test_a_reaction_is_what_was_added() -> None:
    heart, thumb = ({"type": "emoji", "emoji": emoji} for emoji in "❤👍")
    reaction = {"chat": CHAT, "old_reaction": [heart], "new_reaction": [heart, thumb]}
    incoming = read_update({"update_id": 3, "message_reaction": reaction}, BOT)
    assert incoming is not None
    assert (incoming.text, incoming.quoted) == ("👍", None)


@pytest.mark.parametrize("after", [[], [{"type": "custom_emoji", "custom_emoji_id": "5"}]])
def test_a_reaction_taken_away_names_the_one_that_it_was(after: list[object]) -> None:
    heart = {"type": "emoji", "emoji": "❤"}
    on = {"chat": CHAT, "message_id": 12}
    added = {**on, "old_reaction": [], "new_reaction": [heart]}
    removed = {**on, "old_reaction": [heart], "new_reaction": after}
    first = read_update({"update_id": 3, "message_reaction": added}, BOT)
    then = read_update({"update_id": 4, "message_reaction": removed}, BOT)
    assert first is not None
    assert then is not None
    assert (first.tap, first.is_taken_away) == (then.tap, False) == ("12", False)
    assert then.is_taken_away
    assert then.address == first.address


def posted(told: object, secret: str | None) -> Hook:
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Hook("POST", "https://troth.example.org/in/telegram", "", headers, body)


HOOK = TelegramHook(settings("https://api.telegram.org", hook_secrets=("new", "old")))


@pytest.mark.parametrize("secret", ["new", "old"])
def test_a_webhook_knows_both_secrets_while_they_change(secret: str) -> None:
    received = HOOK.read(posted(update(1, "done"), secret), NOW)
    assert [message.text for message in received.messages] == ["done"]
    assert received.answer == ""


@pytest.mark.parametrize("secret", [None, "", "older", "new "])
def test_a_webhook_without_the_secret_is_forged(secret: str | None) -> None:
    with pytest.raises(ForgedError):
        HOOK.read(posted(update(1, "done"), secret), NOW)


def test_without_a_secret_of_ours_no_webhook_is_genuine() -> None:
    with pytest.raises(ForgedError):
        TelegramHook(settings("https://api.telegram.org")).read(posted({}, ""), NOW)


def test_a_webhook_that_is_no_update_is_unreadable() -> None:
    told: object
    for told in (b"", b"{", b"\xff", {"update_id": True}, []):
        with pytest.raises(UnreadableError):
            HOOK.read(posted(told, "new"), NOW)


def test_a_press_by_webhook_is_answered_by_its_answer() -> None:
    query = {"id": "99", "data": f"later:{BUTTON}", "message": {"chat": CHAT}}
    received = HOOK.read(posted({"update_id": 1, "callback_query": query}, "new"), NOW)
    assert json.loads(received.answer)["callback_query_id"] == "99"
    assert [(one.text, one.token) for one in received.messages] == [("later", BUTTON)]


def test_the_same_update_has_the_same_name_by_either_way() -> None:
    by_hook = HOOK.read(posted(update(12, "done"), "new"), NOW).messages[0]
    assert by_hook == read_update(update(12, "done"), BOT)
