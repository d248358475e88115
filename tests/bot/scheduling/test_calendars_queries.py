"""Which calendars are due, on both databases."""

from bot.scheduling.accounts import new_row
from bot.store import calendar_queries as queries
from bot.store.rows import CalendarAccount
from bot.store.store import Store, Tx


async def test_what_is_due_comes_in_order_and_all_of_it_after_a_rest(store: Store) -> None:
    def fill(tx: Tx) -> None:
        for n, due in enumerate((30, 10, 20)):
            row = new_row("t", f"ca_{n}", "p", "ics", b"x", 0)
            tx.insert(CalendarAccount, {**row, "due_at": due, "state": "ok", "synced_at": n})

    await store.commit(fill)
    due = await store.read(lambda tx: queries.due_accounts(tx, 20, 5))
    assert [r["id"] for r in due] == ["ca_1", "ca_2"]
    assert [r["id"] for r in await store.read(lambda tx: queries.due_accounts(tx, 99, 1))] == ["ca_1"]
    assert await store.commit(lambda tx: queries.all_due(tx, 5)) == 3
    assert len(await store.read(lambda tx: queries.due_accounts(tx, 5, 5))) == 3
