"""The error tree: whose fault it is decides what happens next.

`FlowError` is the author's, `CallError` the world's, `ProtocolError` a peer's or ours,
`UsageError` the user's at the command line. Anything else is a bug of dtmflow.
"""

from __future__ import annotations

from dtmflow.diagnostics import Diagnostic


class DtmflowError(Exception):
    """Root of all errors that dtmflow raises on purpose."""


class FlowError(DtmflowError):
    """A flow is wrong: the author's to mend. Exit code 1."""


class FlowInvalid(FlowError):  # noqa: N818 - reads as what the flow is
    """A flow has findings that forbid running it; holds all of them, never just the first."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        first = diagnostics[0]
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        super().__init__(
            f"{first.file}:{first.span.line}:{first.span.column}: {first.code} "
            f"{first.message}{more}"
        )


class ExpressionError(FlowError):
    """An expression cannot be compiled or evaluated. `offset` counts characters from its start."""

    def __init__(self, message: str, *, offset: int = 0) -> None:
        self.message, self.offset = message, offset
        super().__init__(message)


class CallError(DtmflowError):
    """The world failed; becomes an event or a `fault`, never a crash."""


class CallFailed(CallError):  # noqa: N818 - named after the Call event
    """A leg ended or was refused with a SIP status code."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code} {reason}")


class TransportError(CallError):
    """A datagram could not be sent or a socket not be opened."""


class MediaError(CallError):
    """Audio could not be read, decoded or sent."""


class SpeechError(CallError):
    """A text could not be spoken."""


class ProtocolError(DtmflowError):
    """A protocol rule was broken."""


class LocalProtocolError(ProtocolError):
    """We were about to break a protocol rule; names the rule."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something that no rule allows."""


class UsageError(DtmflowError):
    """A wrong call or option at the command line. Exit code 2."""
