"""The ten stages of the lesson, in order, and what a reader may edit in which.

Texts: a figure's own are ``figure.*``, an exercise's ``exercise.<name>.*``; the essay's are the page's affair.
"""

from __future__ import annotations

STAGES = (
    "silence",
    "article",
    "single",
    "probe",
    "herd",
    "halfopen",
    "cursors",
    "outbox",
    "tokens",
    "everything",
)
"""What ``data-stage`` may say."""

SEED = 8
"""The seed that every figure begins with, and that the text's numbers come from."""

EXERCISES = {
    "article": "single",
    "probe": "probe",
    "delays": "herd",
    "window": "herd",
    "beats": "halfopen",
    "outbox": "outbox",
}
"""The name of each exercise (:mod:`lesson.exercises`), and the stage it belongs to."""

NUMBERS = (
    "article_ticks",
    "article_intervals",
    "article_sockets",
    "article_heard",
    "outage",
    "polling_back",
    "probing_back",
    "herd_clients",
    "herd_rate",
    "herd_window",
    "herd_outage",
    "herd_fixed_peak",
    "herd_fixed_back",
    "herd_fixed_wait",
    "herd_backoff_peak",
    "herd_backoff_back",
    "herd_backoff_wait",
    "herd_jitter_peak",
    "herd_jitter_back",
    "herd_jitter_wait",
    "herd_window_peak",
    "herd_window_back",
    "herd_window_wait",
    "beat",
    "patience",
    "halfopen_noticed",
    "halfopen_woken",
    "stamps_written",
    "stamps_lost",
    "stamps_doubled",
    "cursors_lost",
    "cursors_doubled",
    "resend_doubled",
    "forget_lost",
    "outbox_doubled",
    "outbox_lost",
    "token_refused",
    "token_back",
    "torture_faults",
    "torture_messages",
    "torture_lost",
    "torture_doubled",
)
"""The names of the numbers that :func:`lesson.numbers.measured` gives, and ``written(language)`` as text.

Durations are seconds. ``*_ticks``: failed ticks of the article's interval; ``article_intervals``: intervals alive after
them; ``article_sockets``: sockets that open each second once the server is back; ``article_heard``: how often the page
hears one message five seconds later. ``outage``: seconds for which the server is away in the stages that quote it.
``*_back``: from the server's return until a client is live, in the median. ``*_peak``: most arrivals in 100 ms, once
the server is back; ``*_wait``: the longest that one of them stands at its door.
``herd_rate``: clients the server admits in a second; ``herd_window``: W. ``halfopen_noticed``: from the silent death
until a link knows; ``halfopen_woken``: the same after waking. ``stamps_*`` catches up by time-stamps, ``cursors_*`` by
cursors. ``resend_*`` sends again without ids, ``forget_*`` never does, ``outbox_*`` is a link's. ``token_refused``:
tries in a minute of a client that never renews its token; ``token_back``: the return of a link whose token expired.
"""
