"""What the video of a recording looks like."""

from __future__ import annotations

from typing import Annotated, Literal

from dtmflow_schema.base import Value
from dtmflow_schema.names import (
    RecorderDirection,
    RecorderLabelPosition,
    RecorderLabelTextAlign,
    RecorderLayout,
    RecorderObjectFit,
    RecorderProfile,
)
from dtmflow_schema.units import Boolean, Integer, Json, Maybe, OneOrList, Text


class RecorderGridDefinition(Value):
    """Grid of an area. Source: VoxEngine `RecorderGridDefinition`."""

    from_count: Integer
    """Fewest participants for which it holds."""
    to_count: Maybe[Integer] = None
    """Most participants for which it holds."""
    col_count: Integer
    """Columns."""
    row_count: Integer
    """Rows."""


class RecorderDrawArea(Value):
    """Area of a custom layout. Source: VoxEngine `RecorderDrawArea`."""

    priority: Integer
    """Order in which areas are filled."""
    width: Integer
    """Width in pixels."""
    height: Integer
    """Height in pixels."""
    top: Integer
    """Distance from the upper edge, pixels."""
    left: Integer
    """Distance from the left edge, pixels."""
    grid: tuple[RecorderGridDefinition, ...]
    """How participants stand in it, by their number."""


class RecorderLabels(Value):
    """Name labels on the pictures. Source: VoxEngine `RecorderLabels`."""

    font: Maybe[Text] = None
    """A font of the Roboto families."""
    text_align: Maybe[RecorderLabelTextAlign] = None
    """Where the text stands in the label."""
    margin: Maybe[Integer] = None
    """Distance from the edge, pixels."""
    position: Maybe[RecorderLabelPosition] = None
    """Where the label stands in the picture."""
    background: Maybe[Text] = None
    """Colour behind the text, for example `#000000`."""
    color: Maybe[Text] = None
    """Colour of the text."""
    width: Maybe[Integer] = None
    """Width in pixels."""
    height: Maybe[Integer] = None
    """Height in pixels."""


class RecorderVad(Value):
    """Frame around the picture of who speaks. Source: VoxEngine `RecorderVad`."""

    thickness: Maybe[Integer] = None
    """Thickness in pixels: left out, 3 above a width of 1280, else 1."""
    color: Maybe[Text] = None
    """Colour; left out, `#009933`."""


class RecorderVideoParameters(Value):
    """Video part of a recording. Source: VoxEngine `RecorderVideoParameters`."""

    layout: Maybe[RecorderLayout] = None
    """How participants share the frame."""
    layout_settings: Maybe[tuple[RecorderDrawArea, ...]] = None
    """Areas of the layout `custom`."""
    layout_priority: Maybe[
        Annotated[Literal["vad"] | tuple[Text, ...], OneOrList(Literal["vad"])]
    ] = None
    """Who gets the big picture of the layout `tribune`: who speaks, or these in order."""
    labels: Maybe[RecorderLabels] = None
    """Name labels."""
    vad: Maybe[RecorderVad] = None
    """Frame around who speaks."""
    background: Maybe[Text] = None
    """Colour or picture behind all."""
    direction: Maybe[RecorderDirection] = None
    """From which side the frame is filled."""
    object_fit: Maybe[RecorderObjectFit] = None
    """How a picture fits its place."""
    custom_data: Maybe[dict[str, Json]] = None
    """Plain data kept with the recording."""
    mixing: Boolean
    """Whether all pictures go into one video."""
    profile: Maybe[RecorderProfile] = None
    """Size by its usual name."""
    width: Maybe[Integer] = None
    """Width in pixels."""
    height: Maybe[Integer] = None
    """Height in pixels."""
    bitrate: Maybe[Integer] = None
    """Bits per second."""
    fps: Maybe[Integer] = None
    """Pictures per second."""
