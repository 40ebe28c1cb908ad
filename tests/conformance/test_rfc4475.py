"""Torture by RFC 4475: what each of its messages is about, in messages of our own.

The table in facts/rfc4475.json names each test of the RFC with what a user agent that takes INVITE
and OPTIONS, but is no registrar, has to do with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dtmflow.sip.events import Answered, Failed, IncomingCall, Progress
from dtmflow.sip.messages import Request, Response, parse
from dtmflow.sip.offer_answer import LocalMedia
from support.sip_wire import OFFER, Wire, codes

pytestmark = pytest.mark.conformance

FACTS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "facts" / "rfc4475.json").read_text()
)
SOURCE = ("192.0.2.15", 5060)


def message(
    start: str,
    *extra: str,
    drop: tuple[str, ...] = (),
    body: str = "",
    **fields: str,
) -> bytes:
    """Write a request: usual fields, some replaced by keyword or dropped, others added."""
    method = start.split(" ", maxsplit=1)[0]
    usual = {
        "Via": "SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKtorture",
        "Max-Forwards": "70",
        "From": "<sip:caller@example.net>;tag=f",
        "To": "<sip:ivr@example.com>",
        "Call-ID": "torture@example.net",
        "CSeq": f"1 {method}",
        "Contact": "<sip:caller@192.0.2.15>",
        "Content-Type": "application/sdp" if body else "",
        "Content-Length": str(len(body.encode())),
    }
    usual |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [start]
    lines += [f"{k}: {v}" for k, v in usual.items() if k not in drop and v]
    return ("\r\n".join([*lines, *extra]) + "\r\n\r\n" + body).encode()


OPTIONS = "OPTIONS sip:ivr@example.com SIP/2.0"
INVITE = "INVITE sip:ivr@example.com SIP/2.0"
REGISTER = "REGISTER sip:example.com SIP/2.0"
STRANGE_USER = "1_strange.Name~(yes!it)&is'nt+it$/odd?,/;;*:&some+words=1,pass!*wor~d_(x)"
LONG = "long" * 250

REQUESTS: dict[str, bytes] = {
    "wsinv": (
        "INVITE sip:ivr@gate.example.com;odd SIP/2.0\r\n"
        "TO :\r\n sip:ivr@gate.example.com ;   tag    = \r\n".replace(" ;   tag    = \r\n", "\r\n")
        + 'from   : "Quo\\\\ted \\"name\\""\r\n  <sip:caller@example.com>\r\n  ;\r\n'
        "  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: ws.1@192.0.2.15\r\n"
        "Content-Length   : 155\r\ncseq: 0009\r\n  INVITE\r\n"
        "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.15;branch=390skdjuw\r\ns :\r\n"
        "NewFangledHeader:   new value\r\n continued here\r\n"
        "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
        "Route:\r\n <sip:services.example.com;lr;odd=value;odder>\r\n"
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        'm:"Quoted string \\"\\"" <sip:caller@example.com> ; new =\r\n      value ;\r\n'
        "  second ; q = 0.33\r\n\r\n" + OFFER
    )
    .replace("Content-Length   : 155", f"Content-Length   : {len(OFFER)}")
    .encode(),
    "intmeth": message(
        f"!odd-Method0123456789_*+`.%indeed'~ sip:{STRANGE_USER}@example.com SIP/2.0",
        "extension-!.%*+_`'~: \N{CYRILLIC SMALL LETTER DE}",
        From="t1~` t2'+_ t3*%!.- <sip:plain@example.com>;p''~+*_!.-%=\"\N{GREEK SMALL LETTER PI}\""
        ";tag=_t~1'+`*%!-.",
        To=f'"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:{STRANGE_USER}@example.com>',
    ),
    "esc01": message(
        "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
        To="sip:%75se%72@example.com",
        From="<sip:I%20have%20spaces@example.net>;tag=938",
        Contact='"Caller" <sip:cal%6Cer@192.0.2.15;%6C%72;n%61me=v%61lue%25%34%31>',
        body=OFFER,
    ),
    "escnull": message(
        REGISTER,
        To="sip:null-%00-null@example.com",
        From="sip:null-%00-null@example.com;tag=1",
        Contact="<sip:%00@192.0.2.15>, <sip:%00%00@192.0.2.15>",
    ),
    "esc02": message(
        "RE%47IST%45R sip:example.com SIP/2.0",
        To='"%Z%45" <sip:resource@example.com>',
        Contact="<sip:alias2@host2.example.com>",
    ),
    "lwsdisp": message(OPTIONS, From="caller<sip:caller@example.com>;tag=323"),
    "longreq": message(
        "INVITE sip:ivr@example.com SIP/2.0",
        *(f"Via: SIP/2.0/TCP sip{n}.example.com;branch=z9hG4bK{LONG}" for n in range(30)),
        f"Unknown-{LONG}: unknown-{LONG}-value; p1={LONG}",
        To=f'"{LONG}" <sip:ivr@example.com:6000;p1={LONG};{LONG}=v>',
        From=f"sip:{LONG}@example.net;tag=12{LONG}",
        Call_ID=f"{LONG}@example.net",
        Contact=f"<sip:{LONG}@192.0.2.15;p={LONG}>",
        body=OFFER,
    ),
    "dblreq": message(REGISTER) + message(INVITE, body=OFFER),
    "semiuri": message("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"),
    "transports": message(
        OPTIONS,
        *(
            f"Via: SIP/2.0/{transport} t{n}.example.com;branch=z9hG4bK{n}"
            for n, transport in enumerate(("SCTP", "TLS", "UNKNOWN", "TCP"))
        ),
    ),
    "mpart01": message(
        "MESSAGE sip:ivr@example.com SIP/2.0",
        Content_Type="multipart/mixed;boundary=7a9cbec02ceef655",
        body="--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n\0\x01\x7f\r\n"
        "--7a9cbec02ceef655--\r\n",
    ),
    "badinv01": message(
        INVITE,
        Via="SIP/2.0/UDP 192.0.2.15;;,;,,",
        Contact='"Caller" <sip:caller@example.org>;;;;',
        body=OFFER,
    ),
    "clerr": message(INVITE, Content_Length="9999", body=OFFER),
    "ncl": message(INVITE, Content_Length="-999", body=OFFER),
    "scalar02": message(
        REGISTER,
        "Expires: 10000000000000",
        CSeq="36893488147419103232 REGISTER",
        Max_Forwards="300",
        Contact="<sip:caller@192.0.2.15>;expires=280297596632815",
    ),
    "quotbal": message(INVITE, To='"Mr. I <sip:ivr@example.com>', body=OFFER),
    "ltgtruri": message("INVITE <sip:ivr@example.com> SIP/2.0", body=OFFER),
    "lwsruri": message("INVITE sip:ivr@example.com; lr SIP/2.0", body=OFFER),
    "lwsstart": message("INVITE  sip:ivr@example.com  SIP/2.0", body=OFFER, CSeq="1 INVITE"),
    "trws": message("OPTIONS sip:remote-target@example.com SIP/2.0  "),
    "escruri": message(
        "INVITE sip:ivr@example.com?Route=%3Csip:example.com%3E SIP/2.0", body=OFFER
    ),
    "baddate": message(INVITE, "Date: Fri, 01 Jan 2010 16:00:00 EST", body=OFFER),
    "regbadct": message(REGISTER, Contact="sip:user@example.com?Route=%3Csip:s.example.com%3E"),
    "badaspec": message(OPTIONS, To='"Watson, T" < sip:t.watson@example.org >'),
    "baddn": message(OPTIONS, From="Bell, A <sip:a.g.bell@example.com>;tag=43"),
    "badvers": message(
        "OPTIONS sip:ivr@example.org SIP/7.0", Via="SIP/7.0/UDP 192.0.2.15;branch=z"
    ),
    "mismatch01": message(OPTIONS, CSeq="8 INVITE"),
    "mismatch02": message("NEWMETHOD sip:ivr@example.com SIP/2.0", CSeq="8 INVITE"),
    "badbranch": message(OPTIONS, Via="SIP/2.0/UDP 192.0.2.15;branch=z9hG4bK"),
    "insuf": message(INVITE, drop=("Call-ID", "From", "To"), body=OFFER),
    "unkscm": message("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
    "novelsc": message("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"),
    "unksm2": message(
        REGISTER,
        To="isbn:2983792873",
        From="<http://www.example.com>;tag=3234233",
        Contact="<name:John_Smith>",
    ),
    "bext01": message(
        OPTIONS, "Require: nothingSupportsThis, norThis", "Proxy-Require: noProxiesSupportThis"
    ),
    "invut": message(INVITE, Content_Type="application/unknownformat", body="<audio/>"),
    "regaut01": message(REGISTER, "Authorization: NoOneKnowsThisScheme opaque-data=here"),
    "multi01": message(
        INVITE,
        "CSeq: 59 INVITE",
        "Call-ID: other@example.net",
        "Max-Forwards: 5",
        "From: <sip:other@example.net>;tag=2",
        "To: <sip:other@example.net>",
        body=OFFER,
    ),
    "mcl01": message(OPTIONS, "Content-Length: 5", body="There's no way to know"),
    "zeromf": message(OPTIONS, Max_Forwards="0"),
    "cparam01": message(REGISTER, Contact="sip:+19725552222@gw1.example.net;unknownparam"),
    "cparam02": message(REGISTER, Contact="<sip:+19725552222@gw1.example.net;unknownparam>"),
    "regescrt": message(REGISTER, Contact="<sip:user@example.com?Route=%3Csip:s.example.com%3E>"),
    "sdp01": message(INVITE, "Accept: text/nobodyKnowsThis", body=OFFER),
    "inv2543": message(
        INVITE,
        drop=("Max-Forwards", "Contact"),
        Via="SIP/2.0/UDP iftgw.example.com",
        From="<sip:+13035551111@ift.client.example.net;user=phone>",
        Record_Route="<sip:UserB@example.com;maddr=ss1.example.com>",
        Call_ID="inv2543.1717@ift.client.example.com",
        CSeq="56 INVITE",
        body=OFFER,
    ),
}
REQUESTS["inv2543"] = REQUESTS["inv2543"].replace(
    b"Record-Route", b"Contact: <sip:+13035551111@192.0.2.15>\r\nRecord-Route"
)


def response(start: str, invite: Request, **fields: str) -> bytes:
    """Write a response to our INVITE."""
    usual = {
        "Via": invite.get("via"),
        "From": invite.get("from"),
        "To": invite.get("to") + ";tag=callee",
        "Call-ID": invite.call_id,
        "CSeq": invite.get("cseq"),
        "Contact": "<sip:callee@192.0.2.15>",
        "Content-Type": "application/sdp",
    }
    usual |= {name.replace("_", "-"): value for name, value in fields.items()}
    return (
        "\r\n".join([start, *(f"{k}: {v}" for k, v in usual.items())]) + "\r\n\r\n" + OFFER
    ).encode()


RESPONSES: dict[str, tuple[str, dict[str, str]]] = {
    "unreason": ("SIP/2.0 200 = 2**3 * 5**2 \N{CYRILLIC SMALL LETTER EN}\N{EURO SIGN}", {}),
    "noreason": ("SIP/2.0 183 ", {}),
    "scalarlg": (
        "SIP/2.0 503 Service Unavailable",
        {"CSeq": "9292394834772304023312 INVITE", "Retry-After": "949302838503028349304023988"},
    ),
    "bigcode": ("SIP/2.0 4294967301 better not break the receiver", {}),
    "bcast": (
        "SIP/2.0 200 OK",
        {"Via": "SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923, SIP/2.0/UDP 255.255.255.255"},
    ),
}


def test_every_test_of_the_rfc_is_here() -> None:
    assert set(FACTS) == REQUESTS.keys() | RESPONSES.keys()
    assert len(FACTS) == 49


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_taken_or_gets_the_answer_that_the_rfc_names(name: str) -> None:
    wire = Wire()
    fact = FACTS[name]
    wire.agent.receive(REQUESTS[name], SOURCE, 0.0)
    ((data, destination),) = wire.agent.datagrams()
    assert data.startswith(f"SIP/2.0 {fact['answer']} ".encode())
    assert destination == SOURCE
    wire.flush()
    assert bool(wire.heard(IncomingCall)) == (fact["answer"] == 100)
    if fact["legal"]:
        request, answer = parse(REQUESTS[name]), parse(data)
        assert answer.headers["from"] == request.headers["from"]
        assert answer.call_id == request.call_id
        for header in fact.get("with", ()):
            assert answer.get(header)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_taken_or_dropped_as_the_rfc_says(name: str) -> None:
    wire = Wire()
    wire.agent.invite("sip:callee@192.0.2.15", LocalMedia("192.0.2.1", 40000), 0.0)
    (invite,) = wire.flush()
    assert isinstance(invite, Request)
    start, fields = RESPONSES[name]
    wire.send(response(start, invite, **fields), SOURCE)
    heard = bool(wire.heard(Answered) or wire.heard(Progress) or wire.heard(Failed))
    assert heard == FACTS[name]["legal"]


def test_the_tortuous_invite_is_read_to_the_letter() -> None:
    wire = Wire()
    wire.send(REQUESTS["wsinv"], SOURCE)
    (call,) = wire.heard(IncomingCall)
    assert (call.display_name, call.caller, call.number) == ('Quo\\ted "name"', "caller", "ivr")
    assert call.offer is not None
    wire.agent.answer(call.leg, LocalMedia("192.0.2.1", 40000), 0.0)
    (ok,) = wire.flush()
    assert isinstance(ok, Response)
    assert len(ok.values("via")) == 3
    assert ok.cseq == 9


def test_the_extra_octets_after_a_request_start_no_call() -> None:
    wire = Wire()
    wire.send(REQUESTS["dblreq"], SOURCE)
    assert wire.events == []


def test_requests_with_an_empty_magic_branch_are_told_apart() -> None:
    wire = Wire()
    first = REQUESTS["badbranch"].replace(b"OPTIONS", b"INVITE")
    assert codes(wire.send(first, SOURCE)) == [100]
    assert codes(wire.send(first.replace(b"torture@", b"other@"), SOURCE)) == [100]
    assert len(wire.heard(IncomingCall)) == 2


def test_display_names_and_numbers_are_unescaped() -> None:
    wire = Wire()
    wire.send(REQUESTS["esc01"], SOURCE)
    (call,) = wire.heard(IncomingCall)
    assert (call.number, call.caller) == ("sips:user@example.com", "I have spaces")
