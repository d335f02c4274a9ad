"""Whatever cannot be parsed is a `ValueError`."""

import pytest

from recsys.parsing import parse_json, parse_json_object, parse_toml

DEEP = 200_000


def test_texts_become_values():
    assert parse_json('[1, {"a": null}]') == [1, {"a": None}]
    assert parse_json('["ä"]'.encode()) == ["ä"]
    assert parse_json_object(b'{"a": 1}') == {"a": 1}
    assert parse_toml("a = [1]") == {"a": [1]}


@pytest.mark.parametrize(
    "text",
    ["", "{", b"\xff\xfe\x00", "1" * 5_000, "[" * DEEP, '{"a":' * DEEP, b"[" * DEEP],
    ids=lambda text: str(text)[:6],
)
@pytest.mark.parametrize("parse", [parse_json, parse_json_object])
def test_broken_and_bottomless_json_is_a_value_error(parse, text):
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"{}"'])
def test_where_an_object_is_expected_other_values_are_refused(text):
    parse_json(text)
    with pytest.raises(ValueError, match="not a JSON object"):
        parse_json_object(text)


@pytest.mark.parametrize(
    "text", ["a", "a = " + "[" * DEEP, "a = " + "1" * 5_000, "a" + ".a" * 1_000 + " = 1"], ids=lambda text: text[:6]
)
def test_broken_and_bottomless_toml_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_toml(text)
