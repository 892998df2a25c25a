"""The article's own client, unchanged but for the address, receives what is said."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from account import Account
from company import Company
from tests.support.running import RunningServer
from watch import OUTAGE

SNIPPET = Path(__file__).with_name("article.js")
AROUND = """
// Shows what arrives: in the article that is left to the reader.
globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      const row = document.createElement("li");
      row.textContent = data;
      document.body.append(row);
    });
  }
};
"""


@pytest.fixture
def page(crew: Company, own_server: RunningServer) -> Page:
    """A page of the server's own origin, with the snippet in it.

    An answer made up by the test would be of no known network, from which Chromium lets nobody connect to this
    machine; hence one of the server's, without the policy that keeps foreign scripts out.
    """
    reader = crew.person("Reader", bypass_csp=True)
    reader.watch.tolerates(OUTAGE)
    reader.watch.tolerates("favicon.ico")
    reader.page.goto("/api/alive")
    snippet = SNIPPET.read_text(encoding="utf-8").replace("wss://<WEBSOCKET_URL>", own_server.ws_url)
    assert own_server.ws_url in snippet
    reader.page.add_script_tag(content=AROUND)
    reader.page.add_script_tag(content=f"{snippet}\nglobalThis.init = init;", type="module")
    return reader.page


def test_the_articles_snippet_receives_what_is_said_also_after_a_restart(page: Page, own_server: RunningServer) -> None:
    host, reader = Account.register(own_server, "Host"), Account.register(own_server, "Reader")
    page.evaluate("(token) => init(token)", reader.token)
    frames = page.locator("li")
    welcomes = frames.filter(has_text='"welcome"')
    expect(welcomes).to_have_count(1)
    host.say("bonjour")
    expect(frames.filter(has_text="bonjour")).to_have_count(1)

    own_server.restart()
    expect(welcomes.nth(1)).to_be_visible()
    host.say("rebonjour")
    expect(frames.filter(has_text="rebonjour").first).to_be_visible()
    assert reader.token not in own_server.output()
