"""The table engine: one numpy row a leg, a 5 ms wheel, vector steps; runs in its own process.

In come commands (`messages`) and datagrams (`ports`), out go datagrams and events. Time is an
argument, so the same engine runs on virtual time with ports in memory. Must not know asyncio.
"""
