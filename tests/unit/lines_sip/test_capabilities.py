from __future__ import annotations

import inspect

import pytest

from dtmflow.lines.sip.call import sip
from dtmflow.lines.sip.line import CAPABILITIES
from dtmflow_schema.base import Command, MethodKind

pytestmark = pytest.mark.unit


def test_what_the_line_can_do_is_what_has_a_handler() -> None:
    assert CAPABILITIES.commands == sip.commands
    names = {command.method_name for command in CAPABILITIES.commands}
    assert {"answer", "ring", "reject", "hangup", "say", "startPlayback", "stopPlayback"} <= names
    assert "record" in sip.missing()


def test_every_getter_is_answered() -> None:
    getters = {
        command for command in Command.registry.values() if command.kind is MethodKind.GETTER
    }
    assert getters <= CAPABILITIES.commands


def test_each_handler_takes_the_command_that_it_is_registered_for() -> None:
    for command in sip.commands:
        handler = sip.handler(command)
        assert handler is not None
        annotation = inspect.get_annotations(handler, eval_str=False)["command"]
        assert annotation == command.__name__
