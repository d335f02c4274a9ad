"""PostgREST's query strings as SQL: which rows, which columns, in which order, and how many.

Grammar: https://docs.postgrest.org/en/stable/references/api/tables_views.html
"""

import re
from typing import Any, Final

from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder
from starlette.datastructures import QueryParams

from tests.database.gateway.refusals import not_known

OPERATORS: Final = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
NOT_FILTERS: Final = {"select", "order", "limit", "offset", "columns", "on_conflict"}
LOGIC: Final = re.compile(r"(not\.)?(and|or)\((.*)\)", re.DOTALL)


class Values(dict[str, Any]):
    """The parameters of a statement. Nothing a caller sent is ever part of its text."""

    def add(self, value: Any) -> Placeholder:
        """Keep a value; what stands for it in the statement."""
        name = f"value{len(self)}"
        self[name] = value
        return Placeholder(name)


def name(text: str) -> Identifier:
    """A column or table name."""
    text = text.strip('"')
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise not_known(f"the name {text!r}")
    return Identifier(text)


def names(text: str) -> list[Identifier]:
    """A comma-separated list of names."""
    return [name(part) for part in split(text)]


def split(text: str) -> list[str]:
    """Parts between the commas that stand outside quotes and parentheses. A backslash inside quotes escapes."""
    parts, part, depth, is_quoted, is_escaped = [], "", 0, False, False
    for letter in text:
        if letter == "," and depth == 0 and not is_quoted:
            parts.append(part)
            part = ""
            continue
        if letter == '"' and not is_escaped:
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (letter == "(") - (letter == ")")
        is_escaped = letter == "\\" and is_quoted and not is_escaped
        part += letter
    return [*parts, part] if part or parts else []


def where(query: QueryParams, values: Values) -> Composed:
    """The rows a query asks for: ` WHERE …`, or nothing when it asks for all."""
    conditions = []
    for key, text in query.multi_items():
        if key in NOT_FILTERS:
            continue
        is_logic = key.removeprefix("not.") in ("and", "or")
        conditions.append(_tree(key + text, values) if is_logic else _condition(key, text, values))
    return SQL(" WHERE {}").format(SQL(" AND ").join(conditions)) if conditions else Composed([])


def columns(query: QueryParams) -> Composable:
    """The columns a query asks for. Embedding, casts, aggregates and renaming are not known."""
    wanted = query.get("select", "*")
    return SQL("*") if wanted in ("", "*") else SQL(", ").join(names(wanted))


def order_and_limit(query: QueryParams, values: Values, max_rows: int) -> Composed:
    """` ORDER BY … LIMIT … OFFSET …`; never more than the project's `max_rows`."""
    order = [_order(part) for part in split(query.get("order", ""))]
    limit = min(int(query.get("limit", max_rows)), max_rows)
    sorting = SQL(" ORDER BY ") + SQL(", ").join(order) if order else SQL("")
    paging = SQL(" LIMIT {} OFFSET {}").format(values.add(limit), values.add(int(query.get("offset", 0))))
    return Composed([sorting, paging])


def _order(text: str) -> Composed:
    words = {"asc": " ASC", "desc": " DESC", "nullsfirst": " NULLS FIRST", "nullslast": " NULLS LAST"}
    column, *modifiers = text.split(".")
    if not set(modifiers) <= set(words):
        raise not_known(f"order={text!r}")
    return Composed([name(column), *(SQL(words[modifier]) for modifier in modifiers)])


def _tree(text: str, values: Values) -> Composed:
    """`and(…)` and `or(…)` with conditions `column.operator.value` or further trees inside."""
    if logic := LOGIC.fullmatch(text):
        negated, word, inside = logic.groups()
        parts = SQL(f" {word.upper()} ").join([_tree(part, values) for part in split(inside)])
        return SQL("NOT ({})" if negated else "({})").format(parts)
    column, _, expression = text.partition(".")
    operator, quote, value = expression.partition('"')
    if quote and operator.endswith("."):
        expression = operator + _unquoted(quote + value)
    return _condition(column, expression, values)


def _condition(column: str, expression: str, values: Values) -> Composed:
    plain = expression.removeprefix("not.")
    operator, _, value = plain.partition(".")
    if operator in OPERATORS:
        condition = SQL("{} {} {}").format(name(column), SQL(OPERATORS[operator]), values.add(value))
    elif operator == "is" and value in ("null", "true", "false"):
        condition = SQL("{} IS {}").format(name(column), SQL(value.upper()))
    elif operator == "in" and value.startswith("(") and value.endswith(")"):
        among = [values.add(_unquoted(part)) for part in split(value[1:-1])]
        condition = SQL("{} IN ({})").format(name(column), SQL(", ").join(among)) if among else SQL("false")
    else:
        raise not_known(f"the filter {expression!r}")
    return SQL("NOT ({})").format(condition) if plain != expression else Composed([condition])


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
