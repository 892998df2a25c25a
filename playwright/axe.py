"""axe-core, which finds what shuts people out of a page."""

from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page

SOURCE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

RUN = """(async () => {
  // What is just fading in has not got its colours yet. What follows the scrolling, or never ends, is not waited for.
  const moving = document.getAnimations().filter(({ effect, playState, timeline }) =>
    playState === "running" && timeline === document.timeline && effect.getComputedTiming().endTime !== Infinity);
  const late = new Promise((resolve) => setTimeout(resolve, 10_000));
  await Promise.race([late, Promise.allSettled(moving.map(({ finished }) => finished))]);
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target}): ${failureSummary}`));
})()"""

_debuggers: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
"""They stay: with one that is detached a page that has been taken offline thinks itself online again."""


def violations(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, one line for each element."""
    # By the debugger, which the page's policy does not bind: the page under test is the one that ships.
    debugger = _debuggers.get(page)
    if debugger is None:
        debugger = _debuggers[page] = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": SOURCE})
    answer: dict[str, Any] = debugger.send(
        "Runtime.evaluate", {"expression": RUN, "awaitPromise": True, "returnByValue": True}
    )
    assert "exceptionDetails" not in answer, answer
    found: list[str] = answer["result"]["value"]
    return found
