"""SIP without sockets: datagrams and time come in, datagrams and events go out.

`UserAgent` (in `user_agent`) is the front door. In come datagrams with their source, the time and
what a line wants done with a leg (`ring`, `answer`, `hangup`, ...). Out come datagrams with their
destination, the time of the next timer and `events`. Only `transport` may touch sockets and
clocks; nothing here knows flows, Call events, RTP packets or audio. Time is seconds as float and
always an argument; randomness is injected. Source: RFC 3261, 3264, 3581, 6026.
"""
