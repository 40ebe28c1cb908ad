"""`dtmflow run`: flows on a SIP address, for phones."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import flow_file
from dtmflow.cli.terminal import counted
from dtmflow.errors import UsageError

if TYPE_CHECKING:
    from dtmflow.cli.serving import Service
    from dtmflow.diagnostics import Diagnostic
    from dtmflow.running.journal import Journal

DEFAULT_ADDRESS = "127.0.0.1:5060"
_OTHER_FILES = 64
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "run",
        run,
        summary="serve flows to phones over SIP",
        description=(
            "Take calls over SIP and lead each through a flow. A call goes to the flow whose\n"
            "name is the called number, else to the first one. A flow file that changes is\n"
            "checked and taken for new calls; running calls keep their version. SIGTERM or\n"
            "Ctrl-C lets running calls end and answers new ones 503; a second one ends them\n"
            "at once.\n"
            "\n"
            "Audio uses UDP ports 16384 to 32767. Phones elsewhere reach it only when --sip\n"
            "names an address of this machine that they can reach."
        ),
        examples=[
            ("dtmflow run flows/front-desk", "phones on this machine: sip:front-desk@127.0.0.1"),
            ("dtmflow run --sip 192.0.2.7:5060 flows/*", "several flows, phones of the network"),
            ("dtmflow run --journal calls reception", "keep what happened in calls/*.jsonl"),
        ],
    )
    parser.add_argument("flows", metavar="FLOW", nargs="+", help="flow file or its folder")
    parser.add_argument(
        "--sip",
        metavar="HOST:PORT",
        help="address to take calls on; port 0 takes a free one (default: what dtmflow.yaml "
        f"beside or above the first flow says under sip:, else {DEFAULT_ADDRESS})",
    )
    parser.add_argument(
        "--advertise",
        metavar="HOST",
        default="",
        help="address that phones are told, where it differs (needed with --sip 0.0.0.0:...)",
    )
    parser.add_argument(
        "--journal", metavar="DIR", type=Path, help="write a journal of each call into this folder"
    )
    parser.add_argument(
        "--max-calls",
        metavar="N",
        type=int,
        default=1000,
        help="calls at once; more are answered 503 (default: 1000)",
    )
    parser.add_argument("--log", choices=("debug", "info", "warning"), default="warning")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; 0 when every call could end."""
    arguments.sip = arguments.sip or _address_of_project(arguments.flows[0])
    host, port = address(arguments.sip)
    told = arguments.advertise and _look_up(arguments.advertise, "--advertise")
    if host in _EVERYWHERE and not told:
        raise UsageError(
            f"--sip {arguments.sip} has no address that a phone could be told: "
            "add --advertise HOST with the one that phones reach"
        )
    if told and (":" in told) is not (":" in host):
        raise UsageError(f"--advertise {told} and --sip {host}: one is IPv4 and the other IPv6")
    if arguments.max_calls < 1:
        raise UsageError("--max-calls takes a whole number from 1")
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=arguments.log.upper(), handlers=[handler])
    return asyncio.run(_serve(arguments, host, port, told))


def _address_of_project(flow: str) -> str:
    from dtmflow.project import project_of
    from dtmflow.sip.grammar import host_port

    sip = project_of(flow_file(flow)).project.sip
    return host_port(sip.host, sip.port)


class OneLine(logging.Formatter):
    """Writes a record as one line without control characters: callers choose some of the text."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as the base has it
        """Return the line; a traceback, which is ours, follows it as it is."""
        line = super().formatMessage(record)
        return "".join(each if each.isprintable() else " " for each in line)


def address(text: str) -> tuple[str, int]:
    """Return IP address and port of `HOST:PORT`, also `[::1]:5060`; a name is looked up.

    Raises:
        UsageError: it has another form, or nobody knows the name.
    """
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else -1
    if not colon or not host or not 0 <= number <= 65535 or (":" in host) is not bracketed:
        raise UsageError(
            f"--sip {text}: write HOST:PORT, for example {DEFAULT_ADDRESS} or [::1]:5060"
        )
    return _look_up(host, f"--sip {text}"), number


def _look_up(host: str, option: str) -> str:
    """Return the IP address of a host, of version 4 where it has one.

    Raises:
        UsageError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as problem:
        raise UsageError(f"{option}: no address is known for {host}") from problem
    found.sort(key=lambda entry: entry[0] is not socket.AF_INET)
    return str(found[0][4][0])


async def _serve(arguments: argparse.Namespace, host: str, port: int, told: str) -> int:
    from dtmflow.cli.serving import Report, Service
    from dtmflow.media.engine.scheduling import give_way_to
    from dtmflow.sip.grammar import host_port

    journals = _journals(arguments.journal)
    files = [flow_file(flow) for flow in arguments.flows]
    tell("dtmflow: checking flows, preparing their prompts ...", sys.stderr)
    service = Service(
        files,
        journals=journals,
        report=Report(_print_reload, _print_refusal, _print_trouble),
        max_sessions=calls_possible(arguments.max_calls),
    )
    try:
        host, port = await service.open(host, port, advertise=told)
        _stop_on_signals(service)
        if service.media_process is not None:
            give_way_to(service.media_process)
        flows, where = ", ".join(service.flows), host_port(told or host, port)
        tell(f"ready: {flows} on sip:{where}")
        await service.idle.wait()
    finally:
        await service.close()
    tell(_farewell(service))
    return 0


def _journals(folder: Path | None) -> Callable[[str], Journal] | None:
    """Return what opens journals in a folder, which is made and tried.

    Raises:
        UsageError: nothing can be written there.
    """
    from dtmflow.running.journal import JournalFolder

    if folder is None:
        return None
    try:
        journals = JournalFolder(folder)
        with tempfile.TemporaryFile(dir=folder):
            return journals
    except OSError as problem:
        raise UsageError(f"--journal {folder}: {problem.strerror}") from problem


def _farewell(service: Service) -> str:
    """Return the last line: calls, how their flows ended, who was refused, packets."""
    calls, packets = counted(service.supervisor.started, "call"), service.packets
    ended = [f"{number} {name}" for name, number in service.supervisor.outcomes.most_common()]
    if service.refused:
        ended.append(f"{service.refused} more refused (503)")
    how = f" ({', '.join(ended)})" if ended else ""
    audio = f"{packets.sent} out, {packets.received} in, {packets.lost} lost on their way in"
    return f"stopped after {calls}{how}; audio packets: {audio}"


def calls_possible(wanted: int) -> int:
    """Raise the limit of open files as far as so many calls need and the system lets it.

    A call keeps a journal open here and a port in the media process, which inherits the limit.

    Returns:
        How many calls at once the limit leaves room for, at most `wanted`.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    if hard == resource.RLIM_INFINITY or hard >= needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    possible = max(1, hard - _OTHER_FILES)
    print(
        f"dtmflow: {possible} calls at once instead of {wanted}: "
        f"the system allows {hard} open files (ulimit -Hn)",
        file=sys.stderr,
    )
    return possible


def _stop_on_signals(service: Service) -> None:
    loop = asyncio.get_running_loop()
    asked = 0

    def stop() -> None:
        nonlocal asked
        asked += 1
        active = counted(service.supervisor.active, "call")
        if asked == 1:
            service.drain()
            if not service.idle.is_set():
                tell(f"draining: {active} left, new ones get 503; once more ends them at once")
        elif asked == 2:
            tell(f"ending {active}")
            service.hang_up_all()
        else:
            service.idle.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def tell(text: str, stream: TextIO | None = None) -> None:
    """Print a line; that nobody reads any more is no reason to end calls."""
    stream = stream or sys.stdout
    try:
        print(text, file=stream, flush=True)
    except OSError:
        # What is still buffered must not raise at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print_reload(flow: str, version: str) -> None:
    tell(f"reloaded {flow}: new calls take version {version}")


def _print_refusal(flow: str, findings: tuple[Diagnostic, ...]) -> None:
    from dtmflow.linting.render import concise

    found = concise.render(findings)
    tell(f"{found}{flow} was changed and is refused; the old version goes on", sys.stderr)


def _print_trouble(text: str) -> None:
    tell(f"dtmflow: {text}", sys.stderr)
