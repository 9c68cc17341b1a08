"""Who acts in the sample: every step is taken by the account whose role it is, so that the timelines show it."""

from functools import cache

from tulou.domains.directory.public import agency_by_code
from tulou.kernel.identity import Account, Actor
from tulou.node.sample import reader

LOADER = Actor.system("样例导入")


@cache
def acting(login: str) -> Actor:
    """The account of this login, acting for its first organisation."""
    account = Account.objects.get(login=login)
    spec = next(spec for spec in reader.accounts() if spec.login == login)
    place = agency_by_code(spec.assignments[0].organisation)
    if place is None:
        raise LookupError(f"样例账号 {login} 的机构 {spec.assignments[0].organisation} 未登记")
    return Actor(account.party_id, place.id, "person", account.label)


def holder(role: str, organisation: str) -> Actor:
    """The first account that holds this role at an organisation."""
    for spec in reader.accounts():
        if any(a.role == role and a.organisation == organisation for a in spec.assignments):
            return acting(spec.login)
    raise LookupError(f"样例机构 {organisation} 没有角色 {role} 的账号")
