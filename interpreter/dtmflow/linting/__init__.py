"""Rules and the engine that runs them: text in, diagnostics with places and fixes out.

A rule is one file in `rules`; what several rules need to know about a flow is computed once in
`analysis`; `render` shows findings. Nothing here runs a flow.
"""
