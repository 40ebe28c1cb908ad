"""The command line: one file per command.

What comes in: arguments, files, a terminal. What goes out: text and an exit code (0 clean,
1 findings or failures, 2 usage, 3 internal). Commands join the other rooms together; no other room
may know this one.
"""
