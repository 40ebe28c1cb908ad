"""Agents joined by a network that loses, delays and doubles datagrams, by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from dtmflow.clock import VirtualClock
from dtmflow.sip.events import Address, SipEvent
from dtmflow.sip.transport.driver import Driver
from dtmflow.sip.user_agent import UserAgent


@dataclass(frozen=True)
class Weather:
    """How bad the network is; shares of 1, delays in seconds."""

    loss: float = 0.0
    duplicates: float = 0.0
    delay: float = 0.010
    jitter: float = 0.0


class LossyLink:
    """Carries datagrams between drivers in virtual time; the same seed is the same weather."""

    def __init__(self, clock: VirtualClock, weather: Weather, seed: int) -> None:
        self.clock, self.weather = clock, weather
        self._random = random.Random(seed)  # noqa: S311 - weather, not secrets
        self._drivers: dict[Address, Driver] = {}
        self.carried = self.lost = self.doubled = 0

    def join(
        self, agent: UserAgent, address: Address, on_event: Callable[[SipEvent], None]
    ) -> Driver:
        """Put an agent on the network."""

        def send(data: bytes, destination: Address) -> None:
            self._send(data, address, destination)

        driver = Driver(agent, self.clock, send, on_event)
        self._drivers[address] = driver
        return driver

    def _send(self, data: bytes, source: Address, destination: Address) -> None:
        weather = self.weather
        if self._random.random() < weather.loss:
            self.lost += 1
            return
        self._carry(data, source, destination)
        if self._random.random() < weather.duplicates:
            self.doubled += 1
            self._carry(data, source, destination)

    def _carry(self, data: bytes, source: Address, destination: Address) -> None:
        self.carried += 1
        delay = self.weather.delay + self._random.random() * self.weather.jitter

        def arrive() -> None:
            driver = self._drivers.get(destination)
            if driver is not None:
                driver.receive([(data, source)])

        self.clock.call_later(delay, arrive)
