"""Did you mean."""

from __future__ import annotations

import pytest

from dtmflow.loading.suggest import closest

pytestmark = pytest.mark.unit

NAMES = ["say", "sendDigits", "startPlayback", "stopPlayback", "PlaybackFinished", "states"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sya", "say"),
        ("stats", "states"),
        ("startplayback", "startPlayback"),
        ("PlaybackFinish", "PlaybackFinished"),
        ("stopPlaybck", "stopPlayback"),
    ],
)
def test_a_slip_leads_to_the_name_that_was_meant(written: str, meant: str) -> None:
    assert closest(written, NAMES) == meant


@pytest.mark.parametrize("written", ["", "x", "answer", "sayings", "tasty"])
def test_a_stranger_leads_to_none(written: str) -> None:
    assert closest(written, NAMES) is None
