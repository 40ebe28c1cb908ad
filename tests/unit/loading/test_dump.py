import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.loading.dump import dump
from dtmflow.loading.read import load

pytestmark = pytest.mark.unit

TEXTS = st.one_of(
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff")
    ),
    st.sampled_from(
        ["no", "on", "0123", "+4930", "1e3", "${a}", "a: b", "# x", "*", "a\nb", " a", "a "]
    ),
)
DATA = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(10**9), 10**9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(TEXTS.filter(bool), inner, max_size=4)
    ),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "on", "1", "#"]), DATA, min_size=1))
def test_what_is_dumped_reads_back(data: dict[str, object]) -> None:
    document = load(dump(data), "dumped.yaml")
    assert document.diagnostics == ()
    assert document.data == data


def test_small_collections_stand_on_one_line() -> None:
    data = {
        "do": ["answer", {"say": "Hi"}],
        "on": {"Connected": "end"},
        "to": [{"if": "a", "to": "b"}],
    }
    assert dump(data) == (
        "do:\n  - answer\n  - say: Hi\non: {Connected: end}\nto:\n  - {if: a, to: b}\n"
    )


def test_text_that_other_readers_misread_is_quoted() -> None:
    assert dump({"a": "no", "1": "0123"}) == '{a: "no", "1": "0123"}\n'
