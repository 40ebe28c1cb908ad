import pytest

from dtmflow.compiling.substitute import in_expression, in_plain, in_template, names

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("input", "main_input"),
        ('input == "input"', 'main_input == "input"'),
        ("'\\'input' + input", "'\\'input' + main_input"),
        ("event.input", "event.input"),
        ("inputs + input_2 + my.input", "inputs + input_2 + my.input"),
        ('input.matches("^[0-9]$")', 'main_input.matches("^[0-9]$")'),
        ("input(1)", "input(1)"),
        ("input.size()", "main_input.size()"),
        ("size(input)+1", "size(main_input)+1"),
    ],
)
def test_only_the_name_itself_is_replaced(text: str, changed: str) -> None:
    assert in_expression(text, {"input": "main_input"}) == changed


def test_only_the_slots_of_a_template_are_changed() -> None:
    text = "input: ${input}, $${input}, ${ 'x' + input }"
    assert in_template(text, {"input": "i"}) == "input: ${i}, $${input}, ${ 'x' + i }"
    assert in_template("broken ${input", {"input": "i"}) == "broken ${input"


def test_plain_data_is_changed_all_the_way_down() -> None:
    value = {"a": ("${input}", 1, {"b": "${prompts.x}"})}
    changed = in_plain(value, {"input": "i", "prompts.x": "prompts.y"})
    assert changed == {"a": ("${i}", 1, {"b": "${prompts.y}"})}


def test_the_names_of_a_template_are_those_of_its_slots() -> None:
    assert names("input ${prompts.x + 'y'} ${tries + size(z)}") == {"prompts.x", "tries", "z"}
    assert names("${") == frozenset()
