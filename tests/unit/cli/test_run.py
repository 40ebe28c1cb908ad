from __future__ import annotations

import resource

import pytest

from dtmflow.cli.run import calls_possible

pytestmark = pytest.mark.unit


class Limits:
    """Stands for the system's limit of open files."""

    def __init__(self, soft: int, hard: int) -> None:
        self.now = (soft, hard)

    def get(self, which: int) -> tuple[int, int]:
        assert which == resource.RLIMIT_NOFILE
        return self.now

    def set(self, which: int, limits: tuple[int, int]) -> None:
        assert which == resource.RLIMIT_NOFILE
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "possible", "then"),
    [
        (1024, 4096, 500, 500, 1024),
        (1024, 4096, 1000, 1000, 1064),
        (1024, resource.RLIM_INFINITY, 3000, 3000, 3064),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 3000, 3000, resource.RLIM_INFINITY),
        (256, 512, 1000, 448, 512),
        (30, 30, 5, 1, 30),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_the_calls_need(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    soft: int,
    hard: int,
    wanted: int,
    possible: int,
    then: int,
) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    assert calls_possible(wanted) == possible
    assert limits.now == (then, hard)
    said = capsys.readouterr().err
    assert (f"{possible} calls at once instead of {wanted}" in said) == (possible < wanted)
