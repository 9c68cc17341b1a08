"""出错页面: what went wrong and what to do, in words; never a trace."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(request: HttpRequest, status: int, heading: str, reason: str, remedy: str) -> HttpResponse:
    referer = urlsplit(request.headers.get("Referer", ""))
    back = referer.path if referer.netloc == request.get_host() and referer.path != request.path else ""
    context = {"status": status, "heading": heading, "reason": reason, "remedy": remedy, "back": back}
    return render(request, "ui/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. Words of ours are passed on; those of a library are not."""
    told = str(exception)
    reason = told if any("\u4e00" <= sign <= "\u9fff" for sign in told) else "浏览器发来的内容不完整或格式不对。"
    return _page(request, 400, "请求无法受理", reason, "请返回上一页核对后重新提交；如多次出现，请联系本单位管理员。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    told = str(exception)
    reason = told if any("\u4e00" <= sign <= "\u9fff" for sign in told) else "当前身份没有打开此页面的权限。"
    return _page(
        request, 403, "没有权限", reason, "请确认右上角代表的机构是否正确；如确需办理，请联系本单位管理员开通相应角色。"
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; also what a stranger sees of another agency's object."""
    return _page(
        request,
        404,
        "没有找到",
        "地址有误，或者该内容已被撤销、不在您的可见范围。",
        "请核对地址，或回到首页通过检索和菜单查找；如从他人处得到该地址，请与其核对。",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500. Drawn without the request: whatever failed may be what the shell needs."""
    context = {
        "status": 500,
        "heading": "系统出错",
        "reason": "这一步没有完成，系统已经记录下来。",
        "remedy": "已提交的内容不会重复生效。请稍后重试；仍不行时，请把当前时间和所办事项告知平台运营单位。",
    }
    return HttpResponse(render_to_string("ui/error.html", context), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's guard against forgery did not match, mostly because the page was open too long."""
    return _page(
        request, 403, "页面已过期", "为防止他人冒用您的身份，这次提交没有受理。", "请返回上一页，刷新后重新提交。"
    )
