"""Regular work of the sharing room: what ran out is marked, and what nobody answered goes to somebody else."""

from tulou.kernel.identity import Actor
from tulou.kernel.jobs import JobContext, every, job

SYSTEM = Actor.system("共享时限")


@every(cron="10 0 * * *")
@job("sharing.expire", "到期授权处理")
def expire_grants(ctx: JobContext) -> None:
    """Shortly after midnight; the gate refuses by the date anyway."""
    from tulou.domains.sharing.delivery import expire_due

    expire_due(actor=SYSTEM)


@every(seconds=1800)
@job("sharing.escalate", "逾期共享申请转办")
def escalate_overdue(ctx: JobContext) -> None:
    """Safe to run as often as one likes: what was handed on is not handed on again."""
    from tulou.domains.sharing.escalation import escalate_overdue as run

    run(actor=SYSTEM)
