"""The functions that we add to CEL: `digits` and `hours`.

`hours` asks for the time of day; it takes the `now` of the evaluation that is running, so that a
run can be replayed.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cel_expr_python import cel

NOW: ContextVar[datetime] = ContextVar("now")
"""The `now` of the evaluation that is running."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS_CALL = re.compile(
    r"\bhours\(\s*(\"([^\"\\]*)\"|'([^'\\]*)')\s*,\s*(\"([^\"\\]*)\"|'([^'\\]*)')"
)
_TIMES = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def digits(text: str) -> str:
    """Return only the digits 0 to 9 of a text."""
    return "".join(character for character in text if character in "0123456789")


def hours(opening: str, zone: str) -> bool:
    """Tell whether `now` lies within the opening hours.

    Args:
        opening: `Mon-Fri 09:00-17:00`; several times `Mon,Wed 9:00-12:00 14:00-18:00`, several
            lines `Mon-Fri 9:00-17:00; Sat 10:00-14:00`. A range over midnight belongs to the day
            on which it begins. The end is exclusive, `24:00` is midnight.
        zone: IANA name of a time zone, for example `Europe/Berlin`.

    Raises:
        ValueError: `opening` or `zone` cannot be read.
    """
    ranges, place = parse_hours(opening), _zone(zone)
    local = NOW.get().astimezone(place)
    minute = local.hour * 60 + local.minute
    today, yesterday = local.weekday(), (local - timedelta(days=1)).weekday()
    return any(
        (each.day == today and each.begin <= minute < each.end)
        or (each.day == yesterday and minute < each.end - 1440)
        for each in ranges
    )


@dataclass(frozen=True, slots=True)
class OpenRange:
    """Open from `begin` to `end`, minutes since midnight of `day`; `end` may pass 1440."""

    day: int
    """0 is Monday."""
    begin: int
    end: int


@lru_cache(maxsize=256)
def parse_hours(opening: str) -> tuple[OpenRange, ...]:
    """Read opening hours.

    Raises:
        ValueError: saying what cannot be read.
    """
    ranges: list[OpenRange] = []
    for line in opening.split(";"):
        days, _, times = line.strip().partition(" ")
        spans = re.split(r"[\s,]+", times.strip())
        if not days or spans == [""]:
            raise ValueError(f"`{line.strip()}` is not like `Mon-Fri 09:00-17:00`")
        for day in _days(days):
            ranges += [OpenRange(day, *_minutes(span)) for span in spans]
    return tuple(ranges)


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        for name in (first, last) if dash else (first,):
            if name not in DAYS:
                raise ValueError(f"`{name}` is not a day; days are {', '.join(DAYS)}")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return found


def _minutes(text: str) -> tuple[int, int]:
    match = _TIMES.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is not like `09:00-17:00`")
    hour, minute, end_hour, end_minute = (int(group) for group in match.groups())
    begin, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or begin > 1440 or end > 1440:
        raise ValueError(f"`{text}` is not a time of day")
    return begin, end if end > begin else end + 1440


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"`{name}` is not a time zone; write one like `Europe/Berlin`") from None


def wrong_hours(text: str) -> list[tuple[int, int, str]]:
    """Find literal opening hours and zones that cannot be read.

    Returns:
        Offset, length and message of each, counted in the expression `text`.
    """
    found = []
    for call in _HOURS_CALL.finditer(text):
        for group, check in ((1, parse_hours), (4, _zone)):
            try:
                check(call[group][1:-1])
            except ValueError as error:
                found.append((call.start(group), len(call[group]), str(error)))
    return found


def extension() -> cel.CelExtension:
    """Declare our functions to CEL."""
    text, truth = cel.Type.STRING, cel.Type.BOOL
    return cel.CelExtension(
        "dtmflow",
        functions=[
            cel.FunctionDecl(
                "digits",
                [
                    cel.Overload(
                        "digits_string",
                        return_type=text,
                        parameters=[text],
                        is_member=False,
                        impl=digits,
                    )
                ],
            ),
            cel.FunctionDecl(
                "hours",
                [
                    cel.Overload(
                        "hours_string_string",
                        return_type=truth,
                        parameters=[text, text],
                        is_member=False,
                        impl=hours,
                    )
                ],
            ),
        ],
    )
