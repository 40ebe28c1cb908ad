"""Lines: what makes and takes Calls. They differ in how; the interpreter does not see which.

In come commands, out go events to a `ports.CallListener`. A line knows no flow and no other line.
"""
