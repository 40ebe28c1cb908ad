"""Many sessions at once: which flow takes a call, how many may run, when all are gone.

Comes in: what a line reports (`ports.CallListener`). Goes out: sessions. Knows no concrete line.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping

from dtmflow.clock import Clock
from dtmflow.compiling.program import Program
from dtmflow.errors import CallError
from dtmflow.ports import Call
from dtmflow.running.context import WrongTypeError
from dtmflow.running.journal import Journal
from dtmflow.running.session import Observer, Session
from dtmflow_schema.base import CallId, Event
from dtmflow_schema.methods.identity import DialledNumber
from dtmflow_schema.methods.lifecycle import Reject

_log = logging.getLogger(__name__)


def new_session_name() -> str:
    """Return a name that no other session bears: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class Supervisor:
    """Gives every incoming call a session of its own.

    A call goes to the flow whose name is the called number, else to the first flow.
    """

    def __init__(
        self,
        programs: Mapping[str, Program],
        clock: Clock,
        *,
        max_sessions: int = 1000,
        journals: Callable[[str], Journal] | None = None,
        observe: Callable[[Session], Observer] | None = None,
        on_idle: Callable[[], None] | None = None,
        new_name: Callable[[], str] = new_session_name,
    ) -> None:
        """Serve `programs`, by flow name; `journals` opens the journal of a session by its name.

        `on_idle` is called once all sessions have ended after `drain`.
        """
        if not programs:
            raise ValueError("a supervisor needs a flow")
        self._programs = dict(programs)
        self._clock = clock
        self._max_sessions = max_sessions
        self._journals = journals
        self._observe = observe
        self._on_idle = on_idle
        self._new_name = new_name
        self._sessions: dict[CallId, Session] = {}
        self._draining = False
        self.started = 0
        """Sessions begun since the start."""
        self.refused = 0
        """Calls refused because of `max_sessions` or `drain`."""
        self.outcomes: Counter[str] = Counter()
        """How the flows ended that are over."""

    @property
    def accepting(self) -> bool:
        """Whether a new call would get a session; if not, the line answers it 503."""
        return not self._draining and len(self._sessions) < self._max_sessions

    @property
    def active(self) -> int:
        """Sessions that run now."""
        return len(self._sessions)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The running sessions, oldest first."""
        return tuple(self._sessions.values())

    def incoming(self, call: Call, headers: Mapping[str, str]) -> None:
        """Begin a session for a call, or answer it 503 when none may begin."""
        if not self.accepting:
            self.refused += 1
            self._refuse(call)
            return
        program = self._choose(call)
        name = self._new_name()
        try:
            journal = self._journals(name) if self._journals is not None else None
        except OSError as problem:
            _log.error("no journal for session %s: %s", name, problem)
            journal = None
        try:
            session = Session(
                program,
                self._clock,
                call,
                name=name,
                headers=headers,
                journal=journal,
                on_end=self._ended,
            )
        except WrongTypeError as problem:
            _log.error("flow %s cannot take calls: %s", program.core.name, problem)
            self.refused += 1
            self._refuse(call)
            return
        if self._observe is not None:
            session.observe(self._observe(session))
        self._sessions[call.id] = session
        self.started += 1
        session.start()

    def event(self, call: Call, event: Event) -> None:
        """Hand an event to the session of its call; one of a call that is gone is dropped."""
        session = self._sessions.get(call.id)
        if session is not None:
            session.event(call, event)

    def replace(self, name: str, program: Program) -> None:
        """Give new calls of a flow another version; running calls keep theirs.

        Raises:
            KeyError: no flow of that name is served.
        """
        if name not in self._programs:
            raise KeyError(name)
        self._programs[name] = program

    def drain(self) -> None:
        """Refuse new calls and let the running ones end; then `on_idle` is called once."""
        if self._draining:
            return
        self._draining = True
        self._idle_if_drained()

    def _choose(self, call: Call) -> Program:
        try:
            number = call.do(DialledNumber())
        except CallError:
            number = ""
        return self._programs.get(number) or next(iter(self._programs.values()))

    def _refuse(self, call: Call) -> None:
        try:
            call.do(Reject(code=503))
        except CallError as problem:
            _log.warning("call %s cannot be refused: %s", call.id, problem)

    def _ended(self, session: Session) -> None:
        for call in session.calls.values():
            self._sessions.pop(call.id, None)
        self.outcomes[session.outcome or "fault"] += 1
        self._idle_if_drained()

    def _idle_if_drained(self) -> None:
        if self._draining and not self._sessions and self._on_idle is not None:
            on_idle, self._on_idle = self._on_idle, None
            on_idle()
