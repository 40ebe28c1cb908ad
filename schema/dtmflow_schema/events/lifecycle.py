"""A call comes up, changes its state, is held, and ends."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import (
    NO_HEADERS,
    NO_SCHEME,
    Integer,
    Json,
    Number,
    PayloadHeaders,
    Sometimes,
    Text,
)


class AudioStarted(Event, name="AudioStarted"):
    """The far end sends media: it answered, or opened early media.

    Comes with the first 183 that carries SDP, whether or not RTP has arrived; without one just
    before `Connected`. Once per leg. Source: VoxEngine `CallEvents.AudioStarted`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""


class Connected(Event, name="Connected"):
    """The leg is up: an incoming one after `answer`, an outgoing one when the far end picks up.

    Source: VoxEngine `CallEvents.Connected`.
    """

    custom_data: Sometimes[Text] = ""
    """Text that a client attached when it accepted."""
    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    scheme: Sometimes[dict[str, Json]] = NO_SCHEME
    """Negotiated codecs, one entry per media line; its form is not fixed."""


class Forwarding(Event, name="Forwarding"):
    """The call is being forwarded: a 181 or a redirection came, or the INVITE told of one.

    Source: VoxEngine `CallEvents.Forwarding`.
    """


class Disconnected(Event, name="Disconnected"):
    """The call is over. The one last event of every leg that did not raise `Failed`.

    Only `RecordStopped` and `RecordError` may follow. Source: VoxEngine
    `CallEvents.Disconnected`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    internal_code: Integer = 0
    """SIP status code; 200 is a normal end, 408 no answer, 487 the caller gave up."""
    reason: Text = ""
    """Text that goes with the code."""
    duration: Integer = 0
    """Whole seconds from `Connected` to the end; 0 when it never connected."""
    cost: Number = 0.0
    """Price of the call in the account's currency; 0 without a rate table."""
    direction: Text = ""
    """`incoming_` or `outgoing_` with the client type, for example `outgoing_pstn`."""


class Failed(Event, name="Failed"):
    """An outgoing call ended before it was connected.

    Usual codes: 402 no funds, 404 no such number, 408 not answered in time, 480 unavailable,
    486 busy, 487 withdrawn by us, 603 declined. Source: VoxEngine `CallEvents.Failed`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    code: Integer = 0
    """SIP status code, 300 to 699 (RFC 3261 section 21)."""
    reason: Text = ""
    """Text that goes with the code."""


class OffHold(Event, name="OffHold"):
    """The other side took the call off hold. Source: VoxEngine `CallEvents.OffHold`."""


class OnHold(Event, name="OnHold"):
    """The other side put the call on hold. Source: VoxEngine `CallEvents.OnHold`."""


class PushSent(Event, name="PushSent"):
    """A push notification left, to wake the device of the callee.

    Source: VoxEngine `CallEvents.PushSent`.
    """

    result: Text = ""
    """`ok`, or why the push could not be sent."""


class Ringing(Event, name="Ringing"):
    """The far end of an outgoing call rings (180). Source: VoxEngine `CallEvents.Ringing`."""

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""


class StateChanged(Event, name="StateChanged"):
    """The state of the call changed. Comes just before the named event of the same cause.

    Source: VoxEngine `CallEvents.StateChanged`.
    """

    old_state: Text = ""
    """State before: `ALERTING`, `PROGRESSING`, `CONNECTED` or `TERMINATED`."""
    new_state: Text = ""
    """State from now on."""
