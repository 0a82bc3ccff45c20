"""Time zones that exist, by the names that people give them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import available_timezones

# Files that lie among the zones and are none.
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})
_OFFSET: Final = re.compile(r"(?:utc|gmt|мск|msk)?\s*([+\-−–])\s*(\d{1,2})(?::?00)?")
_MOSCOW_OFFSET: Final = 3

# How people who write in Russian call where they are; other places go by the last part of their zone's name.
_PLACES: Final[Mapping[str, str]] = {
    "москва": "Europe/Moscow",
    "мск": "Europe/Moscow",
    "msk": "Europe/Moscow",
    "московское": "Europe/Moscow",
    "питер": "Europe/Moscow",
    "санкт-петербург": "Europe/Moscow",
    "saint petersburg": "Europe/Moscow",
    "казань": "Europe/Moscow",
    "нижний новгород": "Europe/Moscow",
    "ростов-на-дону": "Europe/Moscow",
    "краснодар": "Europe/Moscow",
    "сочи": "Europe/Moscow",
    "воронеж": "Europe/Moscow",
    "калининград": "Europe/Kaliningrad",
    "самара": "Europe/Samara",
    "саратов": "Europe/Saratov",
    "волгоград": "Europe/Volgograd",
    "екатеринбург": "Asia/Yekaterinburg",
    "челябинск": "Asia/Yekaterinburg",
    "пермь": "Asia/Yekaterinburg",
    "тюмень": "Asia/Yekaterinburg",
    "уфа": "Asia/Yekaterinburg",
    "омск": "Asia/Omsk",
    "новосибирск": "Asia/Novosibirsk",
    "томск": "Asia/Tomsk",
    "барнаул": "Asia/Barnaul",
    "красноярск": "Asia/Krasnoyarsk",
    "иркутск": "Asia/Irkutsk",
    "якутск": "Asia/Yakutsk",
    "чита": "Asia/Chita",
    "владивосток": "Asia/Vladivostok",
    "хабаровск": "Asia/Vladivostok",
    "магадан": "Asia/Magadan",
    "сахалин": "Asia/Sakhalin",
    "камчатка": "Asia/Kamchatka",
    "минск": "Europe/Minsk",
    "киев": "Europe/Kyiv",
    "київ": "Europe/Kyiv",
    "одесса": "Europe/Kyiv",
    "кишинев": "Europe/Chisinau",
    "алматы": "Asia/Almaty",
    "астана": "Asia/Almaty",
    "ташкент": "Asia/Tashkent",
    "бишкек": "Asia/Bishkek",
    "душанбе": "Asia/Dushanbe",
    "ашхабад": "Asia/Ashgabat",
    "тбилиси": "Asia/Tbilisi",
    "ереван": "Asia/Yerevan",
    "баку": "Asia/Baku",
    "рига": "Europe/Riga",
    "вильнюс": "Europe/Vilnius",
    "таллин": "Europe/Tallinn",
    "берлин": "Europe/Berlin",
    "париж": "Europe/Paris",
    "лондон": "Europe/London",
    "рим": "Europe/Rome",
    "мадрид": "Europe/Madrid",
    "прага": "Europe/Prague",
    "варшава": "Europe/Warsaw",
    "белград": "Europe/Belgrade",
    "лиссабон": "Europe/Lisbon",
    "стамбул": "Europe/Istanbul",
    "тель-авив": "Asia/Jerusalem",
    "tel aviv": "Asia/Jerusalem",
    "израиль": "Asia/Jerusalem",
    "дубай": "Asia/Dubai",
    "бангкок": "Asia/Bangkok",
    "пхукет": "Asia/Bangkok",
    "бали": "Asia/Makassar",
    "bali": "Asia/Makassar",
    "токио": "Asia/Tokyo",
    "нью-йорк": "America/New_York",
    "лос-анджелес": "America/Los_Angeles",
}


def is_timezone(name: str) -> bool:
    """Whether the time zone database knows this very name."""
    return name in _zones()


def timezone_of(said: str) -> str | None:
    """The IANA name of the zone that is meant; None where nobody can tell.

    Known are IANA names however written, a city of that database, large cities in Russian, and whole hours from
    UTC or from Moscow ("UTC+3", "+3", "МСК+2").
    """
    name = " ".join(said.split()).strip(" .,;").casefold()
    if not name:
        return None
    return _by_name().get(name.replace(" ", "_")) or _by_place(name) or _by_offset(name)


def _by_place(name: str) -> str | None:
    known = _PLACES.get(name.replace("ё", "е"))
    if known is not None and known in _zones():
        return known
    return _by_city().get(name.replace(" ", "_").replace("-", "_"))


def _by_offset(name: str) -> str | None:
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    hours = int(found[2]) * (1 if found[1] == "+" else -1)
    if name.startswith(("мск", "msk")):
        hours += _MOSCOW_OFFSET
    # The names of these zones count westwards.
    zone = "Etc/UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"
    return zone if zone in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_ZONES


@cache
def _by_name() -> Mapping[str, str]:
    return {zone.casefold(): zone for zone in sorted(_zones())}


@cache
def _by_city() -> Mapping[str, str]:
    """The last part of a zone's name, where only one zone ends so."""
    cities: dict[str, set[str]] = {}
    for zone in _zones():
        region, _, city = zone.rpartition("/")
        if region and region not in ("Etc", "SystemV", "US"):
            cities.setdefault(city.casefold().replace("-", "_"), set()).add(zone)
    return {city: zones.pop() for city, zones in cities.items() if len(zones) == 1}
