import pytest

from dtmflow.compiling.targets import Targets

pytestmark = pytest.mark.unit

TARGETS = Targets(
    ["main", "main/play", "main/listen", "other", "other/play", "other/play/deep", "x"]
)


@pytest.mark.parametrize(
    ("target", "state", "path"),
    [
        ("listen", "main/play", "main/listen"),
        ("play", "main/listen", "main/play"),
        ("main", "main/play", "main"),
        ("x", "other/play/deep", "x"),
        ("play", "other/play/deep", "other/play"),
        ("deep", "main", "other/play/deep"),
        ("other/play", "main/play", "other/play"),
        ("main", "", "main"),
        ("end", "main/play", "end"),
        ("nope", "main", None),
        ("nope/x", "main", None),
    ],
)
def test_a_target_is_looked_up_from_the_inside_out(
    target: str, state: str, path: str | None
) -> None:
    assert TARGETS.resolve(target, state) == (path, ())


def test_a_name_that_several_states_bear_elsewhere_is_ambiguous() -> None:
    assert TARGETS.resolve("play", "x") == (None, ("main/play", "other/play"))


def test_a_state_of_ones_own_goes_before_the_built_in_end() -> None:
    assert Targets(["a", "a/end"]).resolve("end", "a/x") == ("a/end", ())
    assert Targets(["a", "a/end"]).resolve("end", "a") == ("end", ())


@pytest.mark.parametrize(
    ("path", "state", "text"),
    [
        ("main/play", "main/listen", "play"),
        ("main/play", "x", "main/play"),
        ("other/play/deep", "x", "deep"),
        ("end", "x", "end"),
    ],
)
def test_the_shortest_text_resolves_to_the_path(path: str, state: str, text: str) -> None:
    assert TARGETS.shortest(path, state) == text
    assert TARGETS.resolve(text, state)[0] == path
