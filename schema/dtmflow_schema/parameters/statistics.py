"""How often figures on the media are reported."""

from __future__ import annotations

from typing import Annotated

from dtmflow_schema.base import Value
from dtmflow_schema.units import Between, Boolean, Integer


class MonitorMediaStatisticsParameters(Value):
    """Options of `monitorMediaStatistics`.

    Source: VoxEngine `MonitorMediaStatisticsParameters`.
    """

    interval: Annotated[Integer, Between(3, 10, "seconds")]
    """Seconds between two reports, 3 to 10."""
    monitor: Boolean
    """Whether reports are on."""
