"""Values inside header fields."""

from __future__ import annotations

import pytest
import sipmessage
from hypothesis import given
from hypothesis import strategies as st

from dtmflow.errors import RemoteProtocolError
from dtmflow.sip.grammar import (
    address_of,
    host_port,
    parse_name_addr,
    parse_parameters,
    parse_uri,
    parse_via,
    split_list,
    user_of,
)

pytestmark = pytest.mark.unit


def test_lists_are_split_outside_of_quotes_and_brackets() -> None:
    value = '"a, \\"b" <sip:a,b@c>;x="1,2" , sip:d@e'
    assert split_list(value) == ['"a, \\"b" <sip:a,b@c>;x="1,2"', "sip:d@e"]


@pytest.mark.parametrize("value", ["a,", ",a", "a,,b", 'a,"b', "a,<b"])
def test_broken_lists_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        split_list(value)


@pytest.mark.parametrize(
    ("value", "name", "uri", "tag"),
    [
        ("sip:a@b;tag=x", "", "sip:a@b", "x"),
        ("<sip:a@b;tag=no>;tag=x", "", "sip:a@b;tag=no", "x"),
        ("A  B <sip:a@b>", "A B", "sip:a@b", ""),
        ('"A \\"B\\" \\\\"<sip:a@b> ; Tag = "x y"', 'A "B" \\', "sip:a@b", "x y"),
        ('"<sip:fake@b>" <sip:a@b>', "<sip:fake@b>", "sip:a@b", ""),
        ("<isbn:2983792873>", "", "isbn:2983792873", ""),
    ],
)
def test_addresses_are_read(value: str, name: str, uri: str, tag: str) -> None:
    read = parse_name_addr(value)
    assert (read.display_name, read.uri, read.tag) == (name, uri, tag)


@pytest.mark.parametrize(
    "value", ["", "a@b", '"a <sip:a@b>', "<sip:a@b", "<>", "<sip:a b@c>", "sip:a@b;", "<sip:a>x"]
)
def test_broken_addresses_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_name_addr(value)


def test_parameters_named_like_python_words_are_read() -> None:
    assert parse_parameters(';self=1;lr;X="a;b"') == {"self": "1", "lr": "", "x": "a;b"}


@pytest.mark.parametrize(
    ("value", "host", "port"),
    [
        ("SIP/2.0/UDP h.example:5;branch=b", "h.example", 5),
        ("sip / 2.0 / tls   h;ttl=1;branch=b", "h", None),
        ("SIP/2.0/UDP [2001:db8::1]:5060;branch=b", "[2001:db8::1]", 5060),
    ],
)
def test_vias_are_read(value: str, host: str, port: int | None) -> None:
    via = parse_via(value)
    assert (via.host, via.port, via.branch) == (host, port, "b")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "SIP/2.0 h",
        "SIP/3.0/UDP h",
        "SIP/2.0/UDP h:0",
        "SIP/2.0/UDP h:65536",
        "SIP/2.0/UDP h;;a",
    ],
)
def test_broken_vias_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_via(value)


def test_user_parts_are_unescaped_and_strange_uris_have_none() -> None:
    assert user_of("sip:%2B49;x=1@h") == "+49;x=1"
    assert user_of("SIP:a:secret@h?Subject=x") == "a"
    assert user_of("tel:+49-30") == "+49-30"
    assert user_of("sip:h") == user_of("isbn:1") == user_of("sip:a@b;self=1") == ""


def test_only_ip_addresses_are_destinations() -> None:
    assert address_of("sip:a@192.0.2.1:7;lr") == ("192.0.2.1", 7)
    assert address_of("sip:[2001:db8::1]") == ("2001:db8::1", 5060)
    assert address_of("sip:a@example.org") is None
    assert address_of("sip:a@192.0.2.1:99999") is None
    assert address_of("sip:a@999.0.2.1") is None
    assert host_port("2001:db8::1", 7) == "[2001:db8::1]:7"


LABEL = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)


@given(LABEL, LABEL, st.integers(1, 65535), st.dictionaries(LABEL, LABEL, max_size=3))
def test_what_sipmessage_reads_we_read_the_same(
    user: str, host: str, port: int, parameters: dict[str, str]
) -> None:
    tail = "".join(f";{key}={value}" for key, value in parameters.items() if key != "self")
    via = f"SIP/2.0/UDP {host}.example:{port}{tail}"
    theirs, ours = sipmessage.Via.parse(via), parse_via(via)
    assert (ours.host, ours.port) == (theirs.host, theirs.port)
    assert ours.parameters == dict(theirs.parameters)
    address = f'"{user}" <sip:{user}@{host}.example:{port}>{tail}'
    named, read = sipmessage.Address.parse(address), parse_name_addr(address)
    assert (read.display_name, read.parameters) == (named.name, dict(named.parameters))
    assert parse_uri(read.uri) == named.uri
