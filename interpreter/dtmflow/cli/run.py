"""`dtmflow run`: flows on a SIP address, for phones."""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import flow_file
from dtmflow.cli.terminal import counted
from dtmflow.errors import UsageError

if TYPE_CHECKING:
    from dtmflow.cli.serving import Service
    from dtmflow.diagnostics import Diagnostic

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
        default=DEFAULT_ADDRESS,
        help=f"address to take calls on (default: {DEFAULT_ADDRESS}); port 0 takes a free one",
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
    host, port = address(arguments.sip)
    if host in _EVERYWHERE and not arguments.advertise:
        raise UsageError(
            f"--sip {arguments.sip} has no address that a phone could be told: "
            "add --advertise HOST with the one that phones reach"
        )
    if arguments.max_calls < 1:
        raise UsageError("--max-calls takes a whole number from 1")
    logging.basicConfig(
        level=arguments.log.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return asyncio.run(_serve(arguments, host, port))


def address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, also `[::1]:5060`.

    Raises:
        UsageError: it has another form.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"--sip {text}: write HOST:PORT, for example {DEFAULT_ADDRESS}")
    return host, int(port)


async def _serve(arguments: argparse.Namespace, host: str, port: int) -> int:
    from dtmflow.cli.serving import Report, Service
    from dtmflow.media.engine.scheduling import give_way
    from dtmflow.running.journal import JournalFolder

    journals = JournalFolder(arguments.journal) if arguments.journal else None
    files = [flow_file(flow) for flow in arguments.flows]
    print("dtmflow: checking flows, preparing their prompts ...", file=sys.stderr, flush=True)
    service = Service(
        files,
        journals=journals,
        report=Report(_print_reload, _print_refusal, _print_trouble),
        max_sessions=calls_possible(arguments.max_calls),
    )
    try:
        host, port = await service.open(host, port, advertise=arguments.advertise)
        _stop_on_signals(service)
        give_way()
        flows = ", ".join(service.flows)
        print(f"ready: {flows} on sip:{arguments.advertise or host}:{port}", flush=True)
        await service.idle.wait()
    finally:
        await service.close()
    calls, packets = counted(service.supervisor.started, "call"), service.packets
    audio = f"{packets.sent} out, {packets.received} in, {packets.lost} lost on their way in"
    print(f"stopped after {calls}; audio packets: {audio}", flush=True)
    return 0


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
        if asked > 1:
            service.hang_up_all()
            return
        active = service.supervisor.active
        if active:
            print(
                f"draining: {counted(active, 'call')} left, new ones get 503; "
                "once more ends them at once",
                flush=True,
            )
        service.drain()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _print_reload(flow: str, version: str) -> None:
    print(f"reloaded {flow}: new calls take version {version}", flush=True)


def _print_refusal(flow: str, findings: tuple[Diagnostic, ...]) -> None:
    from dtmflow.linting.render import concise

    print(concise.render(findings), end="", file=sys.stderr)
    print(
        f"{flow} was changed and is refused; the old version goes on", file=sys.stderr, flush=True
    )


def _print_trouble(text: str) -> None:
    print(f"dtmflow: {text}", file=sys.stderr, flush=True)
