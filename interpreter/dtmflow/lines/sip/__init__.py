"""The sip line: Calls on real SIP dialogs and RTP streams.

Comes in: Commands on `SipCall`, events of the user agent and of the media gateway. Goes out:
CallEvents in the order of the Call reference. Flows, YAML and sessions are unknown here.
"""
