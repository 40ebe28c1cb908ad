"""Loading survives any text, and its places are true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtmflow.diagnostics import Span
from dtmflow.loading.document import Document
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow_schema.flow import Flow
from support.thoroughness import examples

pytestmark = pytest.mark.properties

PIECES = [
    *("a: ", "b: ", "- ", "? ", ": ", "{", "}", "[", "]", ", ", "'", '"', "''", "\\n", "\\x41"),
    *("\\", "\\u00e9", "\\UFFFFFFFF", "\n", "\n  ", "\n    ", "\n\n", "\r\n", "\r", "\t", " # c"),
    *("|\n  ", ">\n  ", ">-\n ", "|+2\n   ", "&x ", "*x", "*", ":", "#", "!t ", "!!str ", "~"),
    *("<<: *x", "%YAML 1.1\n---\n", "---\n", "...\n", "${x}", "{{x}}", "choices:\n  #: x\n"),
    *("foo", "0123", "no", "é", "😀", "\x85", "\u2028", "\ufeff", "\x00", "@", "`", "do: "),
    *("version: 1\n", "states:\n", "  main:\n    ", "on: ", "after: { 5: x }", "say: ", "to: "),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60)
KINDLY = settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def inside(document: Document, span: Span) -> bool:
    lines = document.lines
    start = lines.offset(span.line, span.column)
    end = lines.offset(span.end_line, span.end_column)
    return (
        0 <= start <= end <= len(document.text)
        and lines.position(start) == (span.line, span.column)
        and lines.position(end) == (span.end_line, span.end_column)
    )


def nodes(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from nodes(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries.values():
            yield from nodes(key)
            yield from nodes(value)


@KINDLY
@given(TEXTS)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    document = load(text, "f")
    found = document.diagnostics
    if document.readable:
        found += validate(document, Flow)[1]
    for finding in found:
        assert finding.message
        assert inside(document, finding.span), finding
        for edit in finding.fix.edits if finding.fix else ():
            assert inside(document, edit.span)
        for related in finding.related:
            assert inside(document, related.span)


@KINDLY
@given(st.binary(max_size=60))
def test_no_bytes_are_too_strange_to_be_read(raw: bytes) -> None:
    document = load(raw, "f")
    assert all(inside(document, finding.span) for finding in document.diagnostics)


@KINDLY
@given(TEXTS)
def test_every_node_lies_in_the_text(text: str) -> None:
    document = load(text, "f")
    for node in nodes(document.root):
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, Scalar):
            place = document.lines.span(node.start, node.end)
            assert document.lines.slice(place) == text[node.start : node.end]


@KINDLY
@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30),
       st.sampled_from(["'", '"']))  # fmt: skip
def test_a_quoted_text_reads_back_and_leads_to_each_of_its_characters(
    value: str, quote: str
) -> None:
    if quote == "'":
        written = "'" + value.replace("'", "''") + "'"
    else:
        written = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    document = load(f"a: {written}\n", "f")
    assert document.data == {"a": value}
    for at, character in enumerate(value):
        source = document.lines.slice(document.scalar_span(("a",), at, 1))
        assert source.endswith((character, "'", "\\"))


@KINDLY
@given(
    st.lists(st.text("ab c", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=6),
    st.sampled_from(["|", ">", "|-", ">-", "|+"]),
)
def test_a_block_text_leads_to_each_of_its_characters(words: list[str], style: str) -> None:
    block = "".join(f"    {word}\n" for word in words)
    document = load(f"a: {style}\n{block}b: c\n", "f")
    assert isinstance(document.data, dict)
    value = document.data["a"]
    assert isinstance(value, str)
    for at, character in enumerate(value.rstrip("\n")):
        if not character.isspace():
            span = document.scalar_span(("a",), at, 1)
            assert document.lines.slice(span) == character


MISREAD = st.sampled_from(
    ["Note: press 1", '"x" == y', "!known", "!a && b", "@x y", "{{ x }} y", "*", "* x", "'it's'"]
)


@KINDLY
@given(st.lists(MISREAD, min_size=1, max_size=6), st.booleans())
def test_fixes_give_what_was_read_without_them(values: list[str], flow: bool) -> None:
    if flow:
        text = "{ " + ", ".join(f"k{at}: {value}" for at, value in enumerate(values)) + " }\n"
    else:
        text = "".join(f"k{at}: {value}\n" for at, value in enumerate(values))
    document = load(text, "f")
    meant = [value.strip("'") if value == "'it's'" else value for value in values]
    assert document.data == {f"k{at}": value for at, value in enumerate(meant)}
    assert len(document.diagnostics) == len(values)
    edits = [edit for found in document.diagnostics if found.fix for edit in found.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start = document.lines.offset(edit.span.line, edit.span.column)
        end = document.lines.offset(edit.span.end_line, edit.span.end_column)
        text = text[:start] + edit.text + text[end:]
    mended = load(text, "f")
    assert mended.diagnostics == ()
    assert mended.data == document.data
