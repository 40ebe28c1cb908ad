"""The source of truth: Call methods, CallEvents, parameter types and documents as typed models.

Imports pydantic and nothing else of the project. JSON Schemas, reference pages, lint facts,
expression types and the dispatch tables of the lines all derive from what is declared here.
"""
