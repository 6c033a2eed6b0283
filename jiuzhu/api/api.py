"""/api/v1: the same acts and reads as the screens, for machines. Errors are problem+json with the refusal's code."""

from __future__ import annotations

from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from jiuzhu.core.refusal import Refusal
from jiuzhu.ui.middleware import unstorable

PROBLEM = "application/problem+json"


class Readable(JSONRenderer):
    """Chinese stays Chinese."""

    json_dumps_params = {"ensure_ascii": False}


class Token(HttpBearer):
    """The middleware has already turned the token into an asker and raised the fence."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return request.asker  # type: ignore[attr-defined]


api = NinjaAPI(
    title="社会救助综合管理平台接口",
    version="1.0.0",
    description="与界面相同的动作、权限和拒绝代码。令牌由系统管理员签发，范围与岗位相同。",
    auth=Token(),
    renderer=Readable(),
    docs_url=None,
    urls_namespace="api",
)


def problem(
    request: HttpRequest, *, code: str, title: str, detail: str, status: int, **more: Any
) -> HttpResponse:
    """RFC 9457 with our stable ``code``."""
    body = {
        "type": f"urn:jiuzhu:refusal:{code}",
        "title": title,
        "detail": detail,
        "status": status,
        "code": code,
    }
    response = api.create_response(request, body | more, status=status)
    response["Content-Type"] = PROBLEM
    return response


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refused: Refusal) -> HttpResponse:
    return problem(
        request,
        code=refused.code,
        title=refused.sentence,
        detail=refused.next_step,
        status=refused.status,
    )


@api.exception_handler(DataError)
@api.exception_handler(UnicodeEncodeError)
def _unstorable(request: HttpRequest, unstored: Exception) -> HttpResponse:
    return _refused(request, unstorable())


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in each["loc"]), "problem": each["msg"]}
        for each in invalid.errors
    ]
    first = errors[0] if errors else {"field": "请求", "problem": "格式不对"}
    wrong = Refusal("E_INPUT", field=first["field"], problem="格式不对")
    return problem(
        request,
        code=wrong.code,
        title=wrong.sentence,
        detail=wrong.next_step,
        status=wrong.status,
        errors=errors,
    )


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, unknown: AuthenticationError) -> HttpResponse:
    return problem(
        request,
        code="E_TOKEN",
        title="接口令牌缺失、过期或已停用。",
        detail="请在请求头写 Authorization: Bearer 令牌；令牌由系统管理员签发。",
        status=401,
    )


@api.exception_handler(Http404)
def _missing(request: HttpRequest, missing: Http404) -> HttpResponse:
    lost = Refusal("E_NOT_FOUND", what="资源")
    return problem(request, code=lost.code, title=lost.sentence, detail=lost.next_step, status=404)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address nobody has: a problem for machines, a page for people."""
    if request.path.startswith("/api/"):
        return _missing(request, Http404())
    return defaults.page_not_found(request, exception)


from jiuzhu.api import acts, benefits, divisions, dynamic, money, onedoor, reads, support, transfers  # noqa: E402, F401  (they register their endpoints on the api above)
