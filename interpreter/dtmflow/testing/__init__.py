"""Flow tests: a flow on the simulated line in virtual time, led through the steps of a test.

In come a compiled flow and a flow test file; out come results with what was expected and what
happened. The composition root of the simulated line.
"""
