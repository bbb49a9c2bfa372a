"""JSON Schema (draft 2020-12) of a policy file, for editors. What hours and days mean together is checked by the loader."""

from __future__ import annotations

from typing import Any

from scorecards.policy import ADDRESSES, RULES
from scorecards.policy_reading import (
    CLOSED,
    DURATION,
    FORMAT,
    HOLIDAYS,
    HOURS,
    MEASURED_CHANNELS,
    POLICY_FIELDS,
    RESPONSE_FIELDS,
    TERM_FIELDS,
)

_TEXT = {"type": "string", "minLength": 1}
_ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_PATTERNS = {"type": "array", "minItems": 1, "items": _TEXT}
_HOURS = {"type": "string", "pattern": f"^{HOURS}( *, *{HOURS})*$"}
_DURATION = {"type": "string", "pattern": f"^{DURATION}$"}
_TERM = {
    "id": _ID,
    "name": _TEXT,
    "days": {"type": "number", "minimum": 0.04, "maximum": 3660},
    "rule": {"enum": list(RULES)},
    "working": {"type": "boolean"},
    "about": _PATTERNS,
}
_RESPONSE = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": dict.fromkeys(RESPONSE_FIELDS, _DURATION),
}
_FIELDS: dict[str, Any] = {
    "format": {"const": FORMAT},
    "id": _ID,
    "version": {"type": "integer", "minimum": 1},
    "name": _TEXT,
    "hours": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$": _HOURS},
    },
    "holidays": {"enum": list(HOLIDAYS)},
    "days": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {r"^\d{4}-\d{2}-\d{2}$": {"anyOf": [_HOURS, {"const": CLOSED}]}},
    },
    "response": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": dict.fromkeys(MEASURED_CHANNELS, _RESPONSE),
    },
    "terms": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": list(TERM_FIELDS[0]),
            "properties": {name: _TERM[name] for name in (*TERM_FIELDS[0], *TERM_FIELDS[1])},
        },
    },
    "style": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "address": {"enum": list(ADDRESSES)},
            "avoid": _PATTERNS,
            "longest_sentence": {"type": "integer", "minimum": 8, "maximum": 200},
        },
    },
}

POLICY_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Odsłuch policy",
    "type": "object",
    "additionalProperties": False,
    "required": list(POLICY_FIELDS[0]),
    "properties": {name: _FIELDS[name] for name in (*POLICY_FIELDS[0], *POLICY_FIELDS[1])},
}
