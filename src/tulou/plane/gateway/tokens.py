"""Signed plans as callers present them (访问凭据): opened, and refused unless in force here, for this channel.

A token in the address is accepted only when it lives an hour at most: an
address ends up in histories. Tokens are never logged.
"""

from datetime import datetime, timedelta
from urllib.parse import unquote
from uuid import UUID

from tulou.plane.gateway.http import Refusal, Request
from tulou.trust.keys import KeySource
from tulou.trust.plans import AccessPlan, Channel
from tulou.trust.signed import Forged, UnknownKey, WrongKind, open_signed

KIND, PURPOSE = "access-plan", "plans"
LINK_LIFE = timedelta(hours=1)
_ASK_AGAIN = "请在平台上重新获取访问凭据"


def open_plan(request: Request, channel: Channel, *, keys: KeySource, node: str, at: datetime) -> AccessPlan:
    """The plan of a request.

    Raises:
        Refusal: 401 without a true token, 403 when it is not for this.
    """
    token, in_address = _token(request)
    plan = _opened(token, keys)
    if plan.node != node:
        raise Refusal(401, "token_other_node", "访问凭据由其他节点签发，本节点不受理", "请使用签发节点的地址")
    if not plan.in_force(at):
        early = at < plan.not_before
        raise Refusal(401, "token_expired", f"访问凭据{'尚未生效' if early else '已过期'}", _ASK_AGAIN)
    if in_address and plan.expires - plan.not_before > LINK_LIFE:
        raise Refusal(401, "token_in_address", "长期凭据不能放在网址中", "请放在 Authorization 请求头：Bearer 凭据")
    if channel not in plan.channels:
        raise Refusal(403, "channel", "授权不包含这种交付方式", "请使用已批准的方式，或重新申请")
    _check_purpose(request, plan, channel)
    return plan


def _token(request: Request) -> tuple[str, bool]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip(), False
    if request.query.get("plan"):
        return request.query["plan"], True
    raise Refusal(401, "token_missing", "缺少访问凭据", "请在 Authorization 请求头中提供：Bearer 凭据")


def _opened(token: str, keys: KeySource) -> AccessPlan:
    try:
        plan = AccessPlan.from_payload(open_signed(KIND, token, keys, purpose=PURPOSE))
        UUID(plan.id), UUID(plan.basis.ref), UUID(plan.caller)
    except (Forged, UnknownKey, WrongKind):
        raise Refusal(401, "token_forged", "访问凭据无效：被改动、种类不符或不是本节点签发", _ASK_AGAIN) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal(401, "token_malformed", "访问凭据的内容不完整", _ASK_AGAIN) from None
    return plan


def _check_purpose(request: Request, plan: AccessPlan, channel: Channel) -> None:
    """A caller that states its purpose must state the granted one. Chinese comes percent-encoded or as UTF-8."""
    stated = request.headers.get("x-purpose")
    if channel != "api" or stated is None:
        return
    spellings = {unquote(stated), stated.encode("latin-1").decode("utf-8", "replace")}
    if plan.purpose not in spellings:
        raise Refusal(403, "purpose", "声明的用途与授权的用途不一致", "请按授权的用途使用，或就新用途重新申请")
