"""Pages of sign-in and of one's own account. They only translate; the rules are in the services."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tulou.kernel.accounts import services, totp
from tulou.kernel.accounts.forms import CodeForm, ConfirmForm, PasswordForm, SignInForm
from tulou.kernel.accounts.signing_in import SignInRefused, check_code, check_password
from tulou.kernel.evidence import record
from tulou.kernel.identity import acting, sessions
from tulou.kernel.identity.actor import Actor, actor_of
from tulou.kernel.identity.models import Account
from tulou.kernel.identity.sealing import seal, unseal
from tulou.kernel.permissions import public_page, signed_in
from tulou.kernel.ui.shell import door
from tulou.kernel.ui.slots import render_slot

PENDING = "half_signed_in"
PENDING_FOR = timedelta(minutes=5)
ENROLLING = "totp_pending"


@public_page
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """First step: login and password."""
    following = safe_next(request)
    if not actor_of(request).is_guest:
        return redirect(following)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            account = check_password(given["login"], given["password"], address=sessions.address_of(request))
        except SignInRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if not account.has_totp:
                return _let_in(request, account, following)
            request.session.cycle_key()
            request.session[PENDING] = [str(account.pk), timezone.now().isoformat(), following]
            return redirect("accounts:code")
    status = 200 if not form.errors else 422
    panels = render_slot("accounts.login", request, form)
    return render(request, "accounts/login.html", {"form": form, "next": following, "panels": panels}, status=status)


@public_page
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Second step, where enabled: the one-time code."""
    account, following = _half_signed_in(request)
    if account is None:
        messages.info(request, "请重新输入登录名和口令")
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            check_code(account, form.cleaned_data["code"], address=sessions.address_of(request))
        except SignInRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            return _let_in(request, account, following)
    return render(request, "accounts/code.html", {"form": form}, status=200 if not form.errors else 422)


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    sessions.close_session(request)
    return redirect("accounts:login")


@signed_in
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Act for another organisation."""
    chosen = sessions.as_uuid(request.POST.get("organisation"))
    try:
        acting.switch(request, owner(request), chosen or UUID(int=0))
    except acting.NotAWorkplace as refusal:
        messages.error(request, str(refusal))
    return redirect(safe_next(request))


@signed_in
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: password, authenticator, sessions."""
    mine = owner(request)
    context = {
        "account": mine,
        "sessions": sessions.open_sessions(mine),
        "current": actor_of(request).session,
        "codes_left": mine.recovery_codes.filter(used_at=None).count(),
    }
    return render(request, "accounts/account.html", context)


@signed_in
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change the password."""
    mine = owner(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.change_password(mine, given["old"], given["new"], actor=actor_of(request))
        except ValidationError as refusal:
            _show(form, refusal)
        else:
            update_session_auth_hash(request, mine)
            messages.success(request, "口令已修改，其他设备上的登录已全部退出")
            return redirect("accounts:account")
    context = {"form": form, "account": mine}
    return render(request, "accounts/password.html", context, status=200 if not form.errors else 422)


@signed_in
@never_cache
def totp_enrol(request: HttpRequest) -> HttpResponse:
    """Show a new secret to be scanned, and put it in force when a code proves it."""
    mine = owner(request)
    if mine.has_totp:
        return redirect("accounts:account")
    secret = _pending_secret(request, mine)
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = "扫码之后，输入手机验证器上显示的6位数字"
    if request.method == "POST" and form.is_valid():
        try:
            codes = totp.enable(mine, secret, form.cleaned_data["code"], actor=actor_of(request))
        except totp.WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            request.session.pop(ENROLLING, None)
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    # the drawing is made here from our own text; nothing a user typed is in it
    drawing = mark_safe(totp.qr_code(mine, secret))  # noqa: S308
    context = {"form": form, "drawing": drawing, "secret": secret}
    return render(request, "accounts/totp.html", context, status=200 if not form.errors else 422)


@signed_in
@never_cache
@sensitive_post_parameters()
def totp_off(request: HttpRequest) -> HttpResponse:
    """Disable the authenticator, on repeating the password."""
    mine = owner(request)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            check_password(mine.login, form.cleaned_data["password"], address=sessions.address_of(request))
        except SignInRefused as refusal:
            form.add_error("password", str(refusal))
        else:
            totp.disable(mine, actor=actor_of(request))
            messages.success(request, "动态口令已停用，今后仅凭口令登录")
            return redirect("accounts:account")
    return render(request, "accounts/totp_off.html", {"form": form}, status=200 if not form.errors else 422)


@signed_in
@require_POST
def end_session(request: HttpRequest, sign_in: UUID) -> HttpResponse:
    """End one of one's own sessions elsewhere; another account's session looks as if it did not exist."""
    if sessions.revoke(owner(request), sign_in):
        messages.success(request, "该设备上的登录已退出")
    else:
        messages.info(request, "该登录已经结束")
    return redirect("accounts:account")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = sessions.revoke_others(owner(request), actor_of(request).session)
    messages.success(request, f"已退出其他{ended}处登录")
    return redirect("accounts:account")


def owner(request: HttpRequest) -> Account:
    """The signed-in account; the guard has seen to it that there is one."""
    if not isinstance(request.user, Account):
        raise TypeError("a page without @signed_in asked for the account")
    return request.user


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this node, else the workbench where there is one."""
    usual = door("todo") or "/"
    wanted = request.POST.get("next") or request.GET.get("next") or usual
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if own else usual


def _let_in(request: HttpRequest, account: Account, following: str) -> HttpResponseRedirect:
    row = sessions.open_session(request, account)
    request.session.pop(PENDING, None)
    actor = Actor(account.party_id, None, "person", account.label, row.pk)
    record("identity.session.opened", actor=actor, subjects=[f"account:{account.pk}"], data={})
    return HttpResponseRedirect(following)


def _half_signed_in(request: HttpRequest) -> tuple[Account | None, str]:
    """Who gave the right password a moment ago, and where they wanted to go."""
    pending = request.session.get(PENDING)
    if not pending:
        return None, "/"
    account_id, since, following = pending
    if timezone.now() - datetime.fromisoformat(since) > PENDING_FOR:
        del request.session[PENDING]
        return None, following
    return Account.objects.filter(pk=account_id, is_active=True).first(), following


def _pending_secret(request: HttpRequest, account: Account) -> str:
    """The secret being enrolled, sealed in the session until it is proven."""
    known = request.session.get(ENROLLING)
    if known:
        return unseal(bytes.fromhex(known), account.pk)
    secret = totp.new_secret()
    request.session[ENROLLING] = seal(secret, account.pk).hex()
    return secret


def _show(form: PasswordForm, refusal: ValidationError) -> None:
    """The service's refusal beside the field it is about."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error("new", refusal)
