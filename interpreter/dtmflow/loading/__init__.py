"""YAML text in, `Document` (plain data with a span on everything) out; then a validated `Flow`.

The only room that knows ruamel. It never raises on bad text: what is wrong comes back as
diagnostics (Y codes while reading, S codes while validating). It must not know what a flow means:
states, legs and expressions are the business of the rooms above.
"""
