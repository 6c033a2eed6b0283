"""What every frame shows: who is at work, the business day, demo and sample marks, size and contrast chosen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jiuzhu.accounts.roles import role_name
from jiuzhu.core import clock
from jiuzhu.parameters.models import PublishedValue
from jiuzhu.ui import slots

SYSTEM_NAME = "社会救助综合管理平台"
PORTAL_NAME = "社会救助服务"
MODE_COOKIE, CONTRAST_COOKIE = "gov_mode", "gov_contrast"
# what a government site must show at its foot; a city fills it in with the setting SITE_FOOT
SITE_FOOT = (
    ("主办单位", "（部署时填写）"),
    ("ICP备案", "（部署时填写）"),
    ("公安备案", "（部署时填写）"),
    ("网站标识码", "（部署时填写）"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Views may override any of these names."""
    asker = getattr(request, "asker", None)
    return {
        "system_name": SYSTEM_NAME,
        "portal_name": PORTAL_NAME,
        "asker": asker,
        "asker_role": role_name(asker.role) if asker else "",
        "business_date": clock.today(),
        "demo": settings.DEMO,
        "sample_profile": SimpleLazyObject(sample_in_force),
        "display_mode": _chosen(request, MODE_COOKIE, "elder"),
        "display_contrast": _chosen(request, CONTRAST_COOKIE, "high"),
        "site_foot": getattr(settings, "SITE_FOOT", SITE_FOOT),
        "menu": SimpleLazyObject(lambda: slots.fill("menu", request, [])),
        "phone_tabs": SimpleLazyObject(lambda: slots.fill("tabs", request, [])),
        "demo_switch": SimpleLazyObject(
            lambda: slots.fill("demo_switch", request, {}) if settings.DEMO else {}
        ),
        "unread": SimpleLazyObject(lambda: slots.fill("unread", request, 0)),
    }


def _chosen(request: HttpRequest, cookie: str, allowed: str) -> str:
    return allowed if request.COOKIES.get(cookie) == allowed else ""


def sample_in_force() -> bool:
    """Whether any published value is a sample: then every page says 示例标准."""
    known = cache.get("ui:sample")
    if known is None:
        known = PublishedValue.objects.filter(is_sample=True, state=PublishedValue.PUBLISHED).exists()
        cache.set("ui:sample", known, 60)
    return known
