"""What a beep detector listens for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dtmflow_schema.base import Value
from dtmflow_schema.units import Hertz, Integer, Maybe


class CallEnableBeepDetectionParameters(Value):
    """Options of `enableBeepDetection`.

    Source: VoxEngine `CallEnableBeepDetectionParameters`.
    """

    frequencies: Maybe[tuple[Hertz, ...]] = None
    """Frequencies to listen for, Hz, 0 to 4000; left out, any steady tone of 300 to 3000 Hz."""
    timeout: Maybe[Annotated[Integer, Field(ge=0)]] = None
    """How long to listen, ms; left out, 20 s."""
