"""Statistics of a simulated leg: reports at an interval, without figures."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.statistics import MediaStatisticsReceived
from dtmflow_schema.methods.statistics import MonitorMediaStatistics


@simulated.handles(MonitorMediaStatistics)
def monitor_media_statistics(call: SimulatedCall, command: MonitorMediaStatistics) -> None:
    """Report statistics at an interval until it is switched off or the leg ends."""
    if call.statistics is not None:
        call.statistics.cancel()
        call.statistics = None
    if command.parameters.monitor:
        _report_later(call, float(command.parameters.interval))


def _report_later(call: SimulatedCall, seconds: float) -> None:
    def report() -> None:
        call.emit(MediaStatisticsReceived)
        _report_later(call, seconds)

    call.statistics = call.clock.call_later(seconds, report)
