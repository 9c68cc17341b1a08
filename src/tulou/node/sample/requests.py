"""Requests under way: one in use, one waiting for a decision, one waiting to be taken in."""

from datetime import timedelta

from tulou.domains.catalog.public import items
from tulou.domains.law.public import BasisUse, bases_in_force
from tulou.domains.sharing import services as sharing
from tulou.domains.sharing.models import Request, RequestStatus
from tulou.domains.sharing.services import RequestSpec, Wish
from tulou.kernel.calendar import today
from tulou.kernel.identity import Actor
from tulou.node.sample import holdings, reader
from tulou.node.sample.people import acting, holder
from tulou.trust.plans import Mask

AUTHORITY = "bureau-sharing"


def play() -> None:
    """Ask as three departments do, and take each request to another point of its way."""
    county = _ask("gaj-consumer", "mz-region-county", "户籍地址区划核对", "核对户籍地址所属县级区划", 6)
    _take_in(county)
    _grant_all(county)
    person = _ask("rs-consumer", "ga-person", "社会保险参保资格核验", "核验参保人身份信息是否一致", 3)
    _take_in(person)
    _ask("yb-consumer", "sg-company", "定点机构登记信息核对", "核对定点机构的登记状态", 4)


def _ask(login: str, entry_code: str, scenario: str, purpose: str, columns: int) -> Request:
    """One request, endorsed by its own office and sent; the one that already stands where it was made before."""
    actor = acting(login)
    if actor.party is None:
        raise LookupError(f"样例账号 {login} 没有机构")
    spec = next(spec for spec in reader.entries() if spec.code == entry_code)
    entry = holdings.entry_of(spec)
    if entry is None:
        raise LookupError(f"样例目录“{spec.name}”尚未发布")
    known = Request.objects.filter(entry=entry, applicant=actor.party, scenario=scenario).first()
    request = known or sharing.draft_request(
        RequestSpec(
            entry=entry.id,
            contact="数据管理岗（样例）",
            scenario=scenario,
            purpose=purpose,
            basis=bases_in_force(today(), BasisUse.REQUEST)[0].id,
            methods=["preview", "file"],
            frequency="monthly",
            use_from=today(),
            use_to=today() + timedelta(days=365),
            disposal="使用期满后三十日内删除，并反馈删除情况",
            wishes=[Wish(item.name) for item in items(entry.id)[:columns]],
            calls_per_day=200,
            rows_per_day=100_000,
        ),
        applicant=actor.party,
        actor=actor,
    )
    if request.status == RequestStatus.DRAFT:
        sharing.endorse(request, actor=_office_of(actor), note="同意申请")
    if request.status == RequestStatus.ENDORSED:
        sharing.submit(request, actor=actor)
    return request


def _office_of(actor: Actor) -> Actor:
    for spec in reader.accounts():
        for given in spec.assignments:
            if given.role == "office_approver" and holder("office_approver", given.organisation).party == actor.party:
                return acting(spec.login)
    raise LookupError(f"{actor.label}所在机构没有审批人账号")


def _take_in(request: Request) -> None:
    if request.status == RequestStatus.SUBMITTED:
        sharing.accept(request, actor=acting(AUTHORITY), note="要素齐全，予以受理")


def _grant_all(request: Request) -> None:
    provider = next(
        spec.login
        for spec in reader.accounts()
        if any(a.role == "data_manager" for a in spec.assignments) and acting(spec.login).party == request.provider_id
    )
    for item in request.items.filter(status="pending"):
        sharing.grant_item(item, mask=Mask(**item.mask), actor=acting(provider), opinion="同意")
