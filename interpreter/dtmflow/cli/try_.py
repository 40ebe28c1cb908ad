"""`dtmflow try`: call a flow from the terminal, over real SIP and RTP on the loopback."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import flow_file
from dtmflow.errors import UsageError

PAUSE, LISTEN = "w", "W"
"""In `--keys`: half a second, and until the prompt that plays has ended."""


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "try",
        run,
        summary="call a flow from this terminal",
        description=(
            "Start a flow on a free loopback port and call it, over real SIP and RTP: the keys\n"
            "you type are pressed as DTMF, what the caller hears is printed, and written to a\n"
            "WAV file. Needs no softphone, no account and no sound card; where the Python\n"
            "package sounddevice and a sound device are there, you hear it too."
        ),
        examples=[
            ("dtmflow try flows/front-desk", "type 0-9 * #, and q to hang up"),
            ('dtmflow try flows/front-desk --keys "w2w1"', "unattended: w waits half a second"),
            ('dtmflow try flows/front-desk --keys "W2"', "W waits until the prompt has ended"),
        ],
    )
    parser.add_argument("flow", metavar="FLOW", help="flow file or its folder")
    parser.add_argument(
        "--keys",
        metavar="KEYS",
        help="press these, hear what the last one leads to and hang up: 0-9 * #, "
        "w: half a second, W: until the prompt has ended",
    )
    parser.add_argument(
        "--caller", metavar="NUMBER", default="+493012345", help="who calls (default: +493012345)"
    )
    parser.add_argument(
        "--wav",
        metavar="FILE",
        type=Path,
        help="where to write what was heard (default: NAME.wav)",
    )
    parser.add_argument(
        "--mute", action="store_true", help="play no sound, where a sound device is there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Call the flow; 0 when it ended well, 1 when it ended with a fault or was never connected."""
    keys = arguments.keys
    if keys is not None and set(keys) - set("0123456789*#" + PAUSE + LISTEN):
        raise UsageError(f"--keys {keys}: use 0-9 * #, w for half a second, W for a whole prompt")
    file = flow_file(arguments.flow)
    folder = arguments.wav.parent if arguments.wav else Path()
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise UsageError(f"--wav: what is heard cannot be written into {folder.absolute()}")
    return asyncio.run(_call(arguments, file))


async def _call(arguments: argparse.Namespace, file: Path) -> int:
    from dtmflow.cli.calling import Caller, sound_card
    from dtmflow.cli.serving import Service

    on_audio = None if arguments.mute else sound_card()
    print("preparing the prompts ...", file=sys.stderr, flush=True)
    caller = Caller(arguments.keys, on_audio)
    service = Service([file], journals=lambda _session: caller.screen)
    wav = arguments.wav or Path(f"{service.flows[0]}.wav")
    try:
        address = await service.open("127.0.0.1", 0)
        return await caller.call(service.flows[0], address, arguments.caller, wav)
    finally:
        await service.close()
