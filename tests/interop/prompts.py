"""What the example flows say, synthesised apart from the program that runs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from dtmflow.media.codecs import Law, clip
from dtmflow.ports import Utterance
from dtmflow.speech.espeak import EspeakSynthesizer
from support.hearing import Samples, mu_law_to_linear
from support.peers import ROOT

FRONT_DESK = ROOT / "flows" / "front-desk"


def spoken(text: str) -> Samples:
    """Return a text as it sounds after G.711."""
    audio = EspeakSynthesizer().synthesize(Utterance(text))
    payload = np.frombuffer(clip(text, audio, Law.PCMU).payload, "u1")
    return mu_law_to_linear(payload)


def said_in(flow: Path, *path: str) -> str:
    """Return the words that stand at a place of a flow, read by a stock YAML loader."""
    node = YAML(typ="safe").load(flow)
    for key in path:
        node = node[key]
    return str(node["say"])


def welcome() -> Samples:
    """Return the menu of the front desk."""
    return spoken(said_in(FRONT_DESK / "flow.yaml", "states", "main", "menu"))


def hours() -> Samples:
    """Return what stands behind key 2 of the front desk."""
    path = ("states", "answers", "states", "hours", "prompt")
    return spoken(said_in(FRONT_DESK / "flow.yaml", *path))


def states(journal: list[dict[str, object]]) -> list[str]:
    """Return the states that a session went through, each once in a row."""
    path: list[str] = []
    for line in journal:
        state = str(line["state"])
        if state and (not path or path[-1] != state):
            path.append(state)
    return path
