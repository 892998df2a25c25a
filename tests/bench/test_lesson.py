"""What the bench makes of the lesson's figures."""

from bench.lesson import Frames, Herd, Opening, report


def test_the_report_gives_frames_the_herd_and_openings() -> None:
    frames = [Frames("single", tuple([10.0] * 94 + [20.0] * 5)), Frames("single", (50.0,))]
    herds = [Herd(400, 20), Herd(600, 30), Herd(500, 25)]
    openings = [
        Opening("phone", later, 500, 900, usable, usable + 500, 4_200_000)
        for later, usable in ((False, 30_000), (True, 2_000))
    ]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in report((frames, herds, openings)).splitlines()
        if line.startswith("|") and "--" not in line
    ]
    assert rows == [
        ["", "frames a second", "median", "p95", "longest"],
        ["50 clients, stage single", "92", "10.0 ms", "20.0 ms", "50.0 ms"],
        ["", "drawn after: median, worst", "longest frame: median, worst"],
        ["10,000 come back", "0.50 s, 0.60 s", "25.0 ms, 30.0 ms"],
        ["", "first paint", "whole text", "first figure", "all figures", "kB"],
        ["phone, first visit", "0.50 s", "0.90 s", "30.00 s", "30.50 s", "4,200"],
        ["phone, later visit", "0.50 s", "0.90 s", "2.00 s", "2.50 s", "4,200"],
    ]
