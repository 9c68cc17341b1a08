"""Housekeeping of sign-in."""

from tulou.kernel.jobs import JobContext, every, job


@every(cron="10 3 * * *")
@job("accounts.sweep", "清理过期的登录限制和会话")
def sweep(ctx: JobContext) -> None:
    """Counts that no longer count, and sessions that can no longer be used; the list of sign-ins is kept."""
    from django.contrib.sessions.backends.db import SessionStore

    from tulou.kernel.identity import throttle

    throttle.sweep()
    SessionStore.clear_expired()
