"""schema - records checked by the schema of the manual, more strictly

Who reads records ignores members that he does not know, for later versions may
have more; what we write today has none but those of the schema.
"""

import json
import pathlib

import jsonschema

PATH = pathlib.Path(__file__).parent.parent.parent / "doc/record.schema.json"


def _closed(schema):
    """The same, where every object has the members that are named alone."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def strict():
    return jsonschema.Draft202012Validator(_closed(json.loads(PATH.read_text())))
