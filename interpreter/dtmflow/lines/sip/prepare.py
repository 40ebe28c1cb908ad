"""Which texts a flow will speak for sure, so that they are spoken before the first call."""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.compiling.core import Action, Plain
from dtmflow.compiling.program import Program
from dtmflow.lines.sip.speech import utterance
from dtmflow.media.codecs import Law
from dtmflow.ports import Utterance
from dtmflow_schema.catalogue import build
from dtmflow_schema.methods.speech import Say

_PROMPT = "${prompts."


def spoken_texts(program: Program) -> Iterator[tuple[Utterance, Law]]:
    """Yield every constant text, in both codecs; what depends on a call is left out."""
    seen: set[Utterance] = set()
    for element, _ in program.requirements():
        if not isinstance(element, Action) or element.name != Say.method_name:
            continue
        for arguments in _variants(program, dict(element.arguments)):
            command = build(Say.method_name, arguments)
            if isinstance(command, Say) and (found := utterance(command)) not in seen:
                seen.add(found)
                yield from ((found, law) for law in Law)


def _variants(program: Program, arguments: dict[str, Plain]) -> Iterator[dict[str, Plain]]:
    """Yield the arguments as a call would have them: a catalogue prompt once per language."""
    text = str(arguments.get("text", ""))
    texts = {"": text}
    if text.startswith(_PROMPT) and text.endswith("}"):
        texts = dict(program.core.prompts.get(text[len(_PROMPT) : -1].strip(), {}))
    for language, words in texts.items():
        variant: dict[str, Plain] = {**arguments, "text": words}
        if language and "voice" not in variant:
            variant["voice"] = language
        if not any("${" in str(value) for value in variant.values()):
            yield variant
