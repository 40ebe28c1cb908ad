"""Rules on values and expressions: messages, places and fixes."""

from pathlib import Path

import pytest

from support.findings import codes, diagnostics, found, mended

pytestmark = pytest.mark.unit

RULES = Path(__file__).parents[2] / "golden" / "rules"
BAD = sorted(RULES.glob("V*/bad-*.yaml"))
GOOD = sorted(RULES.glob("V*/good-*.yaml"))


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", BAD, ids=name)
def test_a_bad_flow_is_found(path: Path) -> None:
    assert path.parent.name in codes(path.read_text())


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_a_good_flow_is_clean(path: Path) -> None:
    assert not [code for code in codes(path.read_text()) if code[0] in "FCV"]


def guarded(guard: str) -> str:
    """Return a flow whose line 8 holds the guard of a key's handler, from column 15 on."""
    return f"""version: 1
vars: {{ tries: 0 }}
states:
  ringing: {{ do: [answer, {{ handleTones: true }}], on: {{ Connected: main }} }}
  main:
    on:
      ToneReceived:
        - if: {guard}
          to: end
        - do: {{ set: {{ tries: "${{tries + 1}}" }} }}
    after: {{ 20s: [{{ if: tries > 2, to: main }}, {{ to: end }}] }}
"""


def mark(text: str, code: str) -> str:
    """Return the source text that a finding marks."""
    span = found(code, text).span
    assert span.line == span.end_line
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


def test_a_syntax_error_is_marked_inside_quotes_and_folds() -> None:
    assert mark(guarded("'event.tone == == \"1\"'"), "V301") == "=="
    folded = guarded('>-\n            event.tone == "1" &&\n            tries ! 3')
    finding = found("V301", folded)
    assert (finding.span.line, finding.span.column) == (10, 19)


def test_an_unknown_name_is_marked_and_mended() -> None:
    flow = guarded("tires < 3")
    assert mark(flow, "V302") == "tires"
    finding = found("V302", flow)
    assert finding.help == "did you mean `tries`?"
    assert mended(flow, finding) == guarded("tries < 3")


def test_a_bare_field_of_the_event_is_qualified() -> None:
    flow = guarded("'tone == \"1\"'")
    assert mended(flow, found("V302", flow)) == guarded("'event.tone == \"1\"'")


def test_an_unknown_function_gets_the_one_that_is_close() -> None:
    flow = guarded("'digit(event.tone) == \"1\"'")
    assert mark(flow, "V302") == "digit"
    assert mended(flow, found("V302", flow)) == guarded("'digits(event.tone) == \"1\"'")


def test_an_assignment_to_an_undeclared_variable_is_marked_at_its_key() -> None:
    flow = guarded("tries < 3").replace("set: { tries", "set: { tires")
    assert mark(flow, "V302") == "tires"
    assert mended(flow, found("V302", flow)) == guarded("tries < 3")


def test_a_gather_into_an_undeclared_variable_is_marked() -> None:
    flow = """version: 1
vars: { pin: "" }
states:
  ringing: { do: answer, on: { Connected: ask } }
  ask:
    gather: { say: "PIN ${pin}?", into: pinn, digits: 4, timeout: 5s, retries: 1 }
    on: { ok: end, exhausted: end }
"""
    assert mark(flow, "V302") == "pinn"
    assert codes(mended(flow, found("V302", flow))) == []


def test_a_bare_leg_is_qualified() -> None:
    flow = guarded("'caller.number == \"1\"'")
    assert found("V302", flow).help == "did you mean `legs.caller`?"


def test_an_unknown_field_lists_the_fields_of_the_event() -> None:
    flow = guarded("'event.digit == \"1\"'")
    finding = found("V303", flow)
    assert mark(flow, "V303") == "digit"
    assert finding.message == "`event` has no field `digit` in `ToneReceived`"
    assert finding.help == "fields: tone, type, call, name, id"


def test_a_misspelt_field_is_mended() -> None:
    flow = guarded("'event.tne == \"1\"'")
    assert mended(flow, found("V303", flow)) == guarded("'event.tone == \"1\"'")


def test_the_length_of_a_text_is_its_size() -> None:
    assert found("V303", guarded("event.tone.length == 1")).help == "its length is `size(...)`"


@pytest.mark.parametrize(
    ("guard", "better"),
    [
        ("event.tone == 1", 'event.tone == "1"'),
        ('"event.tone == 1"', "\"event.tone == '1'\""),
        ("'event.tone == 1'", "'event.tone == \"1\"'"),
        ("1 == event.tone", "'\"1\" == event.tone'"),
        ("tries == '3'", "tries == 3"),
        ("'tries < \"3\" || tries > 7'", "'tries < 3 || tries > 7'"),
    ],
)
def test_a_constant_of_the_wrong_type_is_written_right(guard: str, better: str) -> None:
    flow = guarded(guard)
    assert mended(flow, found("V304", flow)) == guarded(better)
    assert not {"V304", "Y105", "Y106"} & {*codes(guarded(better))}


def test_a_type_mismatch_names_what_it_is() -> None:
    finding = found("V304", guarded("event.tone == 1"))
    assert finding.message == "`==` does not work with text and a whole number: `tone` is text"
    assert finding.help == 'write `"1"`'


def test_text_is_not_added_to_a_number() -> None:
    finding = found("V304", guarded('event.tone + tries == "3"'))
    assert "string(" in finding.help


@pytest.mark.parametrize(
    ("guard", "answer"),
    [
        ("tries < 3 || tries > 2", "true"),
        ('\'event.tone == "1" && event.tone == "2"\'', "false"),
        ("1 > 2", "false"),
    ],
)
def test_a_constant_condition_is_told_with_its_answer(guard: str, answer: str) -> None:
    assert found("V305", guarded(guard)).message == f"this condition is always {answer}"


def test_an_impossible_value_is_told_instead_of_the_constant_condition() -> None:
    flow = guarded("'event.tone == \"12\"'")
    assert mark(flow, "V306") == '"12"'
    assert found("V306", flow).message == "`event.tone` is never `12`"
    assert "V305" not in codes(flow)


def test_opening_hours_that_cannot_be_read_are_an_error() -> None:
    flow = guarded('\'hours("Mon-Fri 9-17", "Europe/Berlin")\'')
    assert mark(flow, "V306") == '"Mon-Fri 9-17"'
    assert found("V306", flow).level == "error"


def test_a_guard_that_is_text_is_told_what_to_compare() -> None:
    finding = found("V308", guarded("event.tone"))
    assert finding.message == "this is text, not true or false"
    assert finding.help == 'compare it: `event.tone != ""`'


@pytest.mark.parametrize(
    ("guard", "better"),
    [
        ("tries < 3 and tries > 1", "tries < 3 && tries > 1"),
        ("tries < 3 or not tries == 5", "tries < 3 || !(tries == 5)"),
        ("tries === 3", "tries == 3"),
        ("tries !== 3", "tries != 3"),
        ("tries <> 3", "tries != 3"),
        ("tries = 3", "tries == 3"),
        ("tries == 3 == True", "tries == 3 == true"),
        ("tries not in [1, 2]", "'!(tries in [1, 2])'"),
        ("tries not in [1, 2] && tries > 0", "'!(tries in [1, 2]) && tries > 0'"),
        ("not (tries in [1, 2])", "'!(tries in [1, 2])'"),
        ("not tries == 1 and tries > 0", "'!(tries == 1) && tries > 0'"),
        ("(not tries == 1)", "(!(tries == 1))"),
        ("len(event.tone) == tries", "size(event.tone) == tries"),
        ("'event.tone != None'", "'event.tone != null'"),
    ],
)
def test_python_and_javascript_become_cel(guard: str, better: str) -> None:
    flow = guarded(guard)
    assert "V301" not in codes(flow)
    assert "V302" not in codes(flow)
    for _ in range(3):
        foreign = [each for each in diagnostics(flow) if each.code == "V309"]
        if foreign:
            assert foreign[0].fix is not None
            assert foreign[0].fix.safe
            flow = mended(flow, foreign[0])
    assert flow == guarded(better)
    assert not {"V301", "V309", "Y105", "Y106"} & {*codes(flow)}


def test_a_guard_of_several_outcomes_is_told_once() -> None:
    flow = """version: 1
vars: { tries: 0 }
states:
  ringing: { do: answer, on: { Connected: call } }
  call:
    http: { get: https://example.org, timeout: 20s }
    on: { else: [{ if: tries === 1, to: end }, { to: end }] }
"""
    assert codes(flow) == ["V309"]


def test_only_the_wrong_expression_of_a_text_is_told() -> None:
    flow = spoken('"${params.name} and ${params.name == None}"')
    assert codes(flow) == ["V309"]


def test_what_cannot_be_quoted_has_no_fix() -> None:
    finding = found("V309", guarded("not event.tone in ['1', '2']"))
    assert finding.fix is None


def test_a_template_as_key_is_marked_but_not_mended() -> None:
    flow = guarded("tries < 3").replace("20s: [", '"${tires}s": [')
    assert mark(flow, "V302") == '"${tires}s"'
    assert found("V302", flow).fix is None


@pytest.mark.parametrize(
    ("guard", "help_text"),
    [
        ("zzzzz < 3", "declare it under `vars`, or put texts in quotes"),
        ("zzzzz(3)", "the own functions are `digits(text)` and `hours(opening, zone)`"),
        (
            "event == 3",
            "there are `event.call`, `event.name`, `event.id`, `event.tone`, `event.type`",
        ),
    ],
)
def test_a_name_that_nothing_comes_close_to_gets_a_hint(guard: str, help_text: str) -> None:
    assert found("V302", guarded(guard)).help == help_text


@pytest.mark.parametrize(
    ("guard", "help_text"),
    [
        (
            "double(tries) + tries > 1.0",
            "turn the whole number into one with decimals: `double(...)`",
        ),
        ('"!event.tone"', '`!` turns true and false; compare other values, as in `!= ""`'),
        ("event.tone && tries > 1", ""),
    ],
)
def test_a_mismatch_without_a_constant_gets_a_hint(guard: str, help_text: str) -> None:
    assert found("V304", guarded(guard)).help == help_text


def test_an_impossible_number_is_marked_whole() -> None:
    flow = """version: 1
legs: { a: { to: sip:a@example.org } }
states:
  ringing: { do: answer, on: { Connected: calling } }
  calling:
    do: { dial: a }
    on: { a.Failed: [{ if: event.code == 1000, to: end }, { to: end }], a.Connected: end }
"""
    assert mark(flow, "V306") == "1000"
    assert found("V306", flow).help == "SIP codes are 100 to 699"


def test_a_computed_guard_that_is_a_number_is_told_simply() -> None:
    assert found("V308", guarded("tries + 1")).help == "compare it with something"


def spoken(text: str) -> str:
    return f"""version: 1
params: {{ name: string }}
states:
  ringing: {{ do: answer, on: {{ Connected: main }} }}
  main:
    do: {{ say: {text} }}
    on: {{ PlaybackFinished: [{{ do: {{ log: "${{params.name}}" }}, to: end }}] }}
"""


def test_braces_round_a_known_name_become_an_expression() -> None:
    flow = spoken('"Hello {params.name}."')
    finding = found("V310", flow)
    assert finding.message == "`{params.name}` is plain text here"
    assert mended(flow, finding) == spoken('"Hello ${params.name}."')
    doubled = spoken('"Hello {{ params.name }}."')
    assert mended(doubled, found("V310", doubled)) == spoken('"Hello ${params.name}."')


def test_what_a_menu_weaves_in_several_times_is_told_once() -> None:
    flow = """version: 1
states:
  ringing: { do: answer, on: { Connected: main } }
  main:
    menu:
      say: Press a key.
      timeout: 5s
      interdigit: 1s
      retries: 2
      choices:
        "1": { do: { log: "{input} ${input === '1'}" }, to: end }
        "12": end
    on: { exhausted: end }
"""
    assert codes(flow) == ["V310", "V309"]


def test_braces_in_a_text_that_a_menu_repeats_are_told_once() -> None:
    flow = """version: 1
states:
  ringing: { do: answer, on: { Connected: main } }
  main:
    menu: { say: "Press {input}.", timeout: 5s, retries: 2, choices: { "1": end } }
    on: { exhausted: end }
"""
    assert codes(flow) == ["V310"]


def test_braces_round_an_unknown_name_have_no_fix() -> None:
    finding = found("V310", spoken('"Hello {name}."'))
    assert finding.help == "write `${name}` to insert its value"
    assert finding.fix is None


def test_a_reserved_variable_is_marked_at_its_name() -> None:
    flow = guarded("tries < 3").replace("vars: { tries: 0 }", "vars: { tries: 0, now: 1 }")
    assert mark(flow, "V311") == "now"
    assert found("V311", flow).message == "`now` is built in"
