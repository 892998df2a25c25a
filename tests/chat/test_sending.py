"""From the composer to the server, and what comes back from there."""

import pytest

from chat.archive import Archive
from chat.drafts import Leaving
from chat.messages import Outgoing, record
from rebond import wire
from rebond.codes import ErrorCode
from rebond.outbox import Entry, Refusal
from tests.chat.made import ME, NOON, YOU, Memory, message
from tests.chat.stay import FakeKeeper, FakeLink, House, Stay


async def test_the_composer_keeps_the_text_until_the_storage_has_it() -> None:
    keeper = FakeKeeper()
    stay = await Stay(House(general=0), keeper).start()
    stay.state.drafts.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == "send general hello"
    assert stay.state.drafts["general"] == "hello"
    assert stay.state.timeline("general").outgoing == []
    stay.saved("id-000003", "general", "hello")
    assert stay.state.drafts["general"] == ""
    assert [entry.text for entry in stay.state.timeline("general").outgoing] == ["hello"]
    assert not stay.state.unkept


async def test_a_second_enter_does_not_send_the_text_again_and_what_was_typed_since_stays() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.state.drafts.put("general", "hello")
    stay.visit.send()
    stay.visit.send()
    stay.state.writing.put("general", "hello and more")
    stay.visit.send()
    assert stay.link.did[2:] == ["send general hello", "send general  and more"]
    stay.saved("id-000003", "general", "hello")
    assert stay.state.drafts["general"] == " and more"
    stay.saved("id-000004", "general", " and more")
    assert stay.state.drafts["general"] == ""


@pytest.mark.parametrize("stored", [True, False])
async def test_what_was_being_stored_as_the_page_was_left_is_either_sent_or_in_the_composer(stored: bool) -> None:
    shelf = Memory()
    stay = await Stay(House(general=0), FakeKeeper(), shelf).start()
    stay.state.drafts.put("general", "hello and more")
    stay.state.drafts.leave("id-000003", Leaving("general", "hello"))
    again = Stay(House(general=0), FakeKeeper(), shelf)

    class Restoring(FakeLink):
        async def restore(self) -> None:
            assert again.state.writing.unsent("general") == " and more"
            if stored:
                again.saved("id-000003", "general", "hello")

    again.link = Restoring()
    await again.start()
    assert again.state.drafts["general"] == (" and more" if stored else "hello and more")
    assert again.state.writing.unsent("general") == again.state.drafts["general"]
    assert not again.state.drafts.leaving


async def test_without_a_storage_the_message_is_there_at_once_and_it_is_said_that_nothing_keeps_it() -> None:
    stay = Stay(House(general=0))

    class Hasty(FakeLink):
        def send(self, room: str, text: str, *, re: str | None = None) -> str:
            identifier = super().send(room, text, re=re)
            stay.saved(identifier, room, text)
            return identifier

    stay.link = Hasty()
    await stay.start()
    stay.state.drafts.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.state.drafts["general"] == ""
    assert [entry.kept for entry in stay.state.timeline("general").outgoing] == [False]
    assert stay.state.unkept


async def test_a_draft_that_cannot_be_sent_is_kept() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "x" * 5_000)
    assert stay.visit.send() == ErrorCode.TEXT_TOO_LONG
    assert len(stay.state.drafts["general"]) == 5_000


async def test_a_refused_message_goes_back_into_the_composer() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "hello")
    stay.visit.send()
    identifier = "id-000003"
    stay.saved(identifier, "general", "hello")
    stay.visit.refused(Refusal(identifier, "general", "hello", "bad_text", "…"))
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"


async def test_a_text_is_kept_when_the_outbox_is_full() -> None:
    class FullLink(FakeLink):
        def send(self, room: str, text: str, *, re: str | None = None) -> str:
            raise OverflowError("the outbox is full")

    stay = await Stay(House(general=0)).start()
    stay.visit.link = FullLink()
    stay.state.drafts.put("general", "one too many")
    assert stay.visit.send() == "outbox_full"
    assert stay.state.drafts["general"] == "one too many"
    assert stay.state.timeline("general").outgoing == []


# What was kept.


async def test_what_has_not_been_sent_is_what_any_tab_keeps_and_what_was_refused_in_any() -> None:
    keeper = FakeKeeper()
    keeper.outbox = [wire.Send("id-000001", "general", "one"), wire.Send("id-000002", "zoo", "of another tab")]
    stay = await Stay(House(general=0, zoo=0), keeper).start()
    keeper.outbox.append(wire.Send("id-000007", "general", "in the room already"))
    own = {"id": "id-000007", "author": {"id": ME.id, "name": ME.name}, "text": "in the room already"}
    stay.state.on_event(wire.Event("room:general", 1, "message", NOON, own))
    stay.saved("id-000001", "general", "one")
    stay.saved("id-000003", "general", "acknowledged")
    stay.state.own.on_ack(wire.Ack("id-000003", "general", 2, NOON))
    stay.visit.refused(Refusal("id-000004", "zoo", "refused", "not_a_member", "…"))
    stay.state.own.on_fated(Entry(wire.Edit("id-000005", "general", "target-1", "better"), kept=False))
    stay.state.own.on_fated(Entry(wire.Delete("id-000006", "general", "target-2")))
    other = Archive(keeper)
    other.note_refused("zoo", Outgoing("id-000008", "refused in another tab", NOON, refusal="not_a_member"))
    unsent = await stay.visit.unsent()
    assert [operation.id for operation in unsent] == ["id-000001", "id-000002", "id-000005", "id-000004", "id-000008"]
    assert unsent[-1] == wire.Send("id-000008", "zoo", "refused in another tab")


# Changing what one has said.


def edits(stay: Stay) -> bool:
    return stay.state.writing.editing is not None


async def test_another_text_is_an_operation_and_the_draft_waits_meanwhile() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    own = message(1, ME, "helo")
    stay.state.on_event(wire.Event("room:general", 1, "message", NOON, {**record(own)}))
    stay.state.drafts.put("general", "begun")
    stay.state.begin_edit(own.id)
    assert stay.state.writing.text("general") == "helo"
    stay.state.writing.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == f"edit general {own.id} hello"
    assert edits(stay)
    stay.state.own.on_fated(Entry(wire.Edit("id-000003", "general", own.id, "hello")))
    assert not edits(stay)
    assert stay.state.writing.text("general") == "begun"
    assert stay.state.timeline("general").changes[own.id].text == "hello"


async def test_a_text_left_as_it_was_is_no_operation() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.saved("id-000009", "general", "hello")
    stay.state.begin_edit("id-000009")
    assert stay.visit.send() is None
    assert stay.link.did == ["restore", "start"]
    assert not edits(stay)


async def test_a_message_that_has_not_left_is_changed_in_place() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.saved("id-000009", "general", "helo")
    stay.state.begin_edit("id-000009")
    stay.state.writing.put("general", "hello")
    stay.visit.send()
    changed = wire.Edit("id-000003", "general", "id-000009", "hello")
    stay.state.own.on_fated(Entry(wire.Send("id-000009", "general", "helo"), change=changed, saved=False))
    assert edits(stay)
    stay.saved("id-000009", "general", "hello")
    assert not edits(stay)
    assert [entry.text for entry in stay.state.timeline("general").outgoing] == ["hello"]


async def test_trying_again_and_giving_up() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.visit.release("id-000002")
    stay.visit.give_up("id-000003")
    assert stay.link.did[2:] == ["release id-000002", "cancel id-000003"]


async def test_a_reply_names_its_message_until_the_storage_has_it() -> None:
    stay = await Stay(House(general=3)).start()
    stay.state.begin_reply(f"{YOU.id}/id-000003")
    stay.state.drafts.put("general", "yes")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == f"send general yes re {YOU.id}/id-000003"
    assert stay.state.writing.replying("general") is None
    assert stay.state.drafts.target("general") == f"{YOU.id}/id-000003"
    stay.saved("id-000003", "general", "yes")
    assert stay.state.drafts.target("general") is None


async def test_a_refused_reply_is_one_again_unless_its_message_is_gone() -> None:
    for code, target in (("bad_text", "u-you/id-000003"), (ErrorCode.NO_SUCH_MESSAGE, None)):
        stay = await Stay(House(general=3)).start()
        stay.state.own.on_fated(Entry(wire.Send("own-1", "general", "yes", re="u-you/id-000003")))
        [waiting] = stay.state.timeline("general").outgoing
        assert waiting.re == "u-you/id-000003"
        stay.visit.refused(Refusal("own-1", "general", "yes", code, "…"))
        stay.visit.edit_again("own-1")
        assert (stay.state.drafts["general"], stay.state.drafts.target("general")) == ("yes", target)


async def test_a_reply_that_is_taken_back_before_it_was_sent_is_one_again() -> None:
    stay = await Stay(House(general=3)).start()
    stay.state.own.on_dropped(Entry(wire.Send("own-1", "general", "yes", re="u-you/id-000003")))
    assert stay.state.drafts.target("general") == "u-you/id-000003"


async def test_a_reaction_goes_through_the_outbox_and_is_shown_meanwhile() -> None:
    stay = await Stay(House(general=3)).start()
    key = f"{YOU.id}/id-000003"
    stay.visit.react(key, "👍", on=True)
    assert stay.link.did[-1] == f"react general {key} 👍 True"
    stay.state.own.on_fated(Entry(wire.React("op-1", "general", key, "👍", True)))
    assert [each.emoji for each in stay.state.timeline("general").reactings[key]] == ["👍"]
    stay.visit.refused(Refusal("op-1", "general", "", "no_such_message", "…", key))
    assert stay.state.timeline("general").reactings == {}
    assert stay.told == ["no_such_message"]


async def test_one_who_is_muted_is_told_and_keeps_the_text() -> None:
    house = House(general=1)
    house.muted_until = NOON + 9
    stay = await Stay(house).start()
    stay.state.writing.put("general", "but")
    assert stay.visit.send() == "muted"
    assert stay.state.writing.text("general") == "but"
    assert stay.link.did == ["restore", "start"]
