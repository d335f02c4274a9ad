"""The day of each guest's last visit, as long as there are rows of theirs."""

import sqlite3

from recsys.storage.sqlite.schema import LISTENER_TABLES


def note_visit(connection: sqlite3.Connection, guest: str, today: str) -> None:
    """Remember that a guest was here; a guest without rows is forgotten instead. Days are ISO 8601."""
    there = (f"SELECT 1 FROM {table} WHERE user_id = ? LIMIT 1" for table in LISTENER_TABLES)
    if not any(connection.execute(one, (guest,)).fetchone() for one in there):
        connection.execute("DELETE FROM guest_visits WHERE guest = ?", (guest,))
        return
    upsert = (
        "INSERT INTO guest_visits VALUES (?, ?) ON CONFLICT (guest) DO UPDATE "
        "SET visited_on = excluded.visited_on WHERE guest_visits.visited_on < excluded.visited_on"
    )
    connection.execute(upsert, (guest, today))


def forget_visit(connection: sqlite3.Connection, guest: str, before: str) -> bool:
    """Forget a guest who was not here on that day or later; whether there was one."""
    forget = "DELETE FROM guest_visits WHERE guest = ? AND visited_on < ?"
    return connection.execute(forget, (guest, before)).rowcount > 0
