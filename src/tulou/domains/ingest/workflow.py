"""汇聚批次: registered → running → landed | failed | cancelled.

The lake's ledger is the truth. A batch that it holds has landed, whatever the
hub believed before: `land` starts from every other state.
"""

from tulou.domains.ingest.events import failed_event, landed_event
from tulou.domains.ingest.models import Batch
from tulou.domains.ingest.policies import may_land, may_load
from tulou.domains.ingest.vocabulary import BatchStatus as S
from tulou.kernel.workflow import Flow, Move

BATCH: Flow[Batch] = Flow(
    "ingest.batch",
    Move("start", (S.REGISTERED,), S.RUNNING, may=may_land, label="开始入库"),
    Move(
        "land",
        (S.REGISTERED, S.RUNNING, S.FAILED, S.CANCELLED),
        S.LANDED,
        may=may_land,
        label="入库完成",
        emits=landed_event,
    ),
    Move("fail", (S.REGISTERED, S.RUNNING), S.FAILED, may=may_land, label="入库未成功", emits=failed_event),
    Move("cancel", (S.REGISTERED, S.RUNNING), S.CANCELLED, may=may_load, label="取消汇聚"),
    Move("retry", (S.FAILED, S.CANCELLED), S.REGISTERED, may=may_load, label="重新汇聚"),
    title="数据汇聚",
    subjects=lambda batch: [f"entry:{batch.entry_id}", f"agency:{batch.provider_id}"],
)
