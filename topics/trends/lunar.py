"""The Vietnamese lunar new year, from the moon and the sun: new moons and the winter solstice, in the calendar days of UTC+7."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache

VIETNAM, CHINA = 7.0, 8.0  # hours ahead of Greenwich that the two calendars reckon with
MONTH = 29.530588861
MOON_2000 = 2451550.09766  # the new moon of 6 January 2000
JULIAN_OF_DAY_ZERO = 1721424.5  # Julian date of the midnight that begins proleptic day 0 of `date.toordinal`
# Periodic terms of the time of a new moon, in days: value, power of the eccentricity factor, multiples of M, M' and F.
MOON_TERMS = (
    (-0.40720, 0, 0, 1, 0), (0.17241, 1, 1, 0, 0), (0.01608, 0, 0, 2, 0), (0.01039, 0, 0, 0, 2), (0.00739, 1, -1, 1, 0),
    (-0.00514, 1, 1, 1, 0), (0.00208, 2, 2, 0, 0), (-0.00111, 0, 0, 1, -2), (-0.00057, 0, 0, 1, 2), (0.00056, 1, 1, 2, 0),
    (-0.00042, 0, 0, 3, 0), (0.00042, 1, 1, 0, 2), (0.00038, 1, 1, 0, -2), (-0.00024, 1, -1, 2, 0),
)  # fmt: skip


def _dynamical_lead(years_since_2000: float) -> float:
    """Days by which the time of the planets leads that of the turning earth; Espenak and Meeus 2006, for 2005 to 2050."""
    return (62.92 + 0.32217 * years_since_2000 + 0.005589 * years_since_2000**2) / 86400


def new_moon(number: int) -> float:
    """Return the Julian date (universal time) of a new moon, counted from that of 6 January 2000.

    Source: Meeus, Astronomical Algorithms, 2nd edition 1998, chapter 49, without the terms below 20 seconds.
    """
    t = number / 1236.85
    sun = math.radians(2.5534 + 29.10535670 * number - 0.0000014 * t**2)
    moon = math.radians(201.5643 + 385.81693528 * number + 0.0107582 * t**2)
    latitude = math.radians(160.7108 + 390.67050284 * number - 0.0016118 * t**2)
    node = math.radians(124.7746 - 1.56375588 * number + 0.0020672 * t**2)
    shrink = 1 - 0.002516 * t - 0.0000074 * t**2
    shifts = (value * shrink**power * math.sin(a * sun + b * moon + c * latitude) for value, power, a, b, c in MOON_TERMS)
    planets = 0.000325 * math.sin(math.radians(299.77 + 0.107408 * number - 0.009173 * t**2))
    mean = MOON_2000 + MONTH * number + 0.00015437 * t**2
    return mean + sum(shifts) - 0.00017 * math.sin(node) + planets - _dynamical_lead(100 * t)


def sun_longitude(julian: float) -> float:
    """Return the apparent longitude of the sun in degrees, to about 0.01, at a Julian date in universal time.

    Source: Meeus, Astronomical Algorithms, 2nd edition 1998, chapter 25, low accuracy.
    """
    t = (julian + _dynamical_lead((julian - 2451545) / 365.25) - 2451545) / 36525
    anomaly = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (1.914602 - 0.004817 * t) * math.sin(anomaly) + (0.019993 - 0.000101 * t) * math.sin(2 * anomaly)
    centre += 0.000289 * math.sin(3 * anomaly)
    bend = 0.00569 + 0.00478 * math.sin(math.radians(125.04 - 1934.136 * t))
    return (280.46646 + 36000.76983 * t + 0.0003032 * t**2 + centre - bend) % 360


def _day_of_moon(number: int, zone: float) -> int:
    """The calendar day, as `date.toordinal` counts, on which a new moon falls."""
    return math.floor(new_moon(number) + zone / 24 - JULIAN_OF_DAY_ZERO)


def _sign(day: int, zone: float) -> int:
    """The twelfth of the ecliptic (0 begins at the spring equinox) that the sun stands in as a day begins."""
    return int(sun_longitude(day + JULIAN_OF_DAY_ZERO - zone / 24) // 30)


def _eleventh_month(year: int, zone: float) -> int:
    """The number of the new moon that begins the month which holds the winter solstice of a year."""
    number = round((date(year, 12, 31).toordinal() + JULIAN_OF_DAY_ZERO - MOON_2000) / MONTH) + 1
    while _day_of_moon(number, zone) > date(year, 12, 31).toordinal() or _sign(_day_of_moon(number, zone), zone) >= 9:
        number -= 1
    return number


@lru_cache(maxsize=512)
def tet(year: int, zone: float = VIETNAM) -> date:
    """Return the day of the lunar new year in a solar year.

    The month that holds the winter solstice is the eleventh. Where thirteen new moons lie between two of these, the first month in which
    the sun enters no new sign is the leap month; a leap month after the eleventh or the twelfth moves the new year by one month.

    Args:
        year: 1950 to 2100, for which the astronomy is exact enough; near midnight within some seconds it is not certain.
        zone: hours ahead of Greenwich; Vietnam has reckoned with 7 since 1968, China with 8.
    """
    first, last = _eleventh_month(year - 1, zone), _eleventh_month(year, zone)
    moons = 2
    if last - first == 13:
        signs = [_sign(_day_of_moon(first + month, zone), zone) for month in range(14)]
        leap = next(month for month in range(1, 13) if signs[month] == signs[month + 1])
        moons += leap <= 2
    return date.fromordinal(_day_of_moon(first + moons, zone))
