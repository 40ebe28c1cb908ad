"""Figures on the media of a call."""

from __future__ import annotations

from dtmflow_schema.base import LIVE, Command
from dtmflow_schema.events.statistics import MediaStatisticsReceived
from dtmflow_schema.parameters.statistics import MonitorMediaStatisticsParameters


class MonitorMediaStatistics(
    Command[None],
    name="monitorMediaStatistics",
    needs=LIVE,
    enables=(MediaStatisticsReceived,),
):
    """Switch regular reports on the media on or off.

    Source: VoxEngine `Call.monitorMediaStatistics`.
    """

    parameters: MonitorMediaStatisticsParameters
    """How often, and whether at all."""
