"""Every defect of the catalogue can be planted; that each is caught, ``make defects`` shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.defects.catalogue import CATALOGUE, Defect
from tests.defects.plant import ROOT, Outcome, PlantingError, examine, main, plant

FINE = Defect("fine", "none", "web/py/rebond/text.py", "MAX_TEXT = 4_000", "MAX_TEXT = 4_000 ", ())


@pytest.mark.parametrize("defect", CATALOGUE, ids=lambda defect: defect.name)
def test_the_code_that_a_defect_replaces_stands_once(defect: Defect) -> None:
    assert (ROOT / defect.path).read_text().count(defect.code) == 1
    assert all((ROOT / test.partition("::")[0]).exists() for test in defect.tests)


def test_names_are_told_apart() -> None:
    assert len({defect.name for defect in CATALOGUE}) == len(CATALOGUE) >= 25


def test_a_defect_whose_code_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\nx = 1\n")
    with pytest.raises(PlantingError, match="holds its code 2 times"):
        plant(Defect("twice", "none", "module.py", "x = 1", "x = 2", ()), tmp_path)


def test_what_no_test_notices_is_said() -> None:
    defect = Defect(FINE.name, FINE.rule, FINE.path, FINE.code, FINE.instead, ("tests/rebond/test_codes.py",))
    assert examine(defect) == Outcome(defect, None)


def test_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-defect"]) == 2
    assert "There is no defect no-such-defect." in capsys.readouterr().err
