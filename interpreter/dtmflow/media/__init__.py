"""Audio of calls: RTP, G.711, RFC 4733, prompts.

In come clips to play and digits to send; out go packets and events. `gateway` is the control
process's side, `engine` the table engine in its own process. Knows nothing of SIP or of flows.
"""
