"""JSON Schema (draft 2020-12) of a scorecard file, for editors. Sums and names are checked by the loader."""

from __future__ import annotations

from typing import Any

from scorecards.card import STATUSES
from scorecards.checks import registered
from scorecards.loader import (
    CARD_FIELDS,
    CRITERION_FIELDS,
    FORMAT,
    REASON,
    SECTION,
    SECTION_FIELDS,
    THRESHOLD_FIELDS,
)
from scorecards.scale import HIGHEST, SCALES
from transcripts.conversation import CHANNELS

_TEXT = {"type": "string", "minLength": 1}
_ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_WEIGHT = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
_CHECK = {"enum": sorted(registered())}
_LEVEL = {
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"description": _TEXT, "check": _CHECK, "parameters": {"type": "object"}},
        },
    ]
}
_FIELDS: dict[str, Any] = {
    "format": {"const": FORMAT},
    "id": _ID,
    "version": {"type": "integer", "minimum": 1},
    "name": _TEXT,
    "question": _TEXT,
    "not_applicable": _TEXT,
    "guide": _TEXT,
    "weight": _WEIGHT,
    "critical": {"enum": [True, False, SECTION]},
    "status": {"enum": list(STATUSES)},
    "only": {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "reasons": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "pattern": f"^{REASON}$"},
            },
            "channels": {"type": "array", "minItems": 1, "items": {"enum": list(CHANNELS)}},
        },
    },
    "check": _CHECK,
    "parameters": {"type": "object"},
    "scale": {"enum": list(SCALES)},
    "pass_from": {"type": "integer", "minimum": 1, "maximum": HIGHEST},
    "levels": {
        "type": "object",
        "additionalProperties": False,
        "properties": {str(number): _LEVEL for number in range(HIGHEST + 1)},
    },
    "least_coverage": _SHARE,
    "thresholds": {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(THRESHOLD_FIELDS, _SHARE),
    },
    "criteria": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/criterion"}},
    "sections": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/section"}},
}


def _mapping(fields: tuple[tuple[str, ...], tuple[str, ...]]) -> dict[str, Any]:
    required, optional = fields
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name: _FIELDS[name] for name in required + optional},
    }


# a criterion has a check of its own, or its levels have
_CRITERION = {
    **_mapping(CRITERION_FIELDS),
    "anyOf": [{"required": ["check"]}, {"required": ["scale", "pass_from", "levels"]}],
}
SCORECARD_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Odsłuch scorecard",
    **_mapping(CARD_FIELDS),
    "$defs": {"section": _mapping(SECTION_FIELDS), "criterion": _CRITERION},
}
