"""Two servers that draw the same plans at the same moment, as processes of their own, on both databases."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from qa.services.sampling import plans
from qa.storage.audit import SYSTEM
from qa.storage.database import open_storage
from qa.storage.people import PlanRow, SampleItemRow, SampleRow
from qa.storage.tables import AuditRow
from tests.unit.qa.sampling_rows import LEAD, add_account, add_conversations

PLANS, SIZE, SERVERS = 12, 5, 2
SERVER = """
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from qa.services.sampling.automatic import draw_due, due
from qa.storage.database import open_storage

storage = open_storage(sys.argv[1])
morning = datetime(2026, 11, 9, 6, tzinfo=UTC)  # 7:00 in Poland, and the week of the conversations is over
with storage.reading() as session:
    print(len(due(session, morning.date())), flush=True)
sys.stdin.readline()  # until the other one is ready too
print(len(draw_due(SimpleNamespace(storage=storage), morning)), flush=True)
storage.close()
"""


def test_each_plan_is_drawn_once_by_two_servers(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    with storage.writing() as session:
        add_account(session, LEAD)
        add_conversations(session, 40)
        session.flush()
        content = {"cycle": "weekly", "method": "random", "size": SIZE, "automatic": True}
        for number in range(PLANS):
            plans.create(session, LEAD, f"Plan {number}", content)
        session.flush()
        session.execute(update(PlanRow).values(created_at=datetime(2026, 10, 1, 8, tzinfo=UTC)))
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", SERVER, fresh_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(SERVERS)
    ]
    seen = [one.stdout.readline().strip() for one in servers if one.stdout]
    assert seen == [str(PLANS)] * SERVERS  # both found everything to do
    drawn = []
    for one in servers:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    for one in servers:
        said, _ = one.communicate(timeout=60)
        assert one.returncode == 0
        drawn.append(int(said))
    assert sum(drawn) == PLANS, drawn
    with storage.reading() as session:
        per_plan = session.execute(select(SampleRow.plan_id, func.count()).group_by(SampleRow.plan_id)).all()
        assert [count for _, count in per_plan] == [1] * PLANS
        assert session.scalar(select(func.count()).select_from(SampleItemRow)) == PLANS * SIZE
        entries = select(func.count()).where(AuditRow.action == "sample_draw", AuditRow.actor == SYSTEM)
        assert session.scalar(entries) == PLANS
    storage.close()
