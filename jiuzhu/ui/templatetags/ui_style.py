"""Only for the style page: shows what is inside, and the usage of the tag named."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jiuzhu.ui.templatetags import ui

register = template.Library()


@register.simple_block_tag
def sample(content: str, name: str) -> SafeString:
    """``{% sample "state_tag" %}live example{% endsample %}``: the docstring of the tag is its usage."""
    said, _, usage = (getattr(ui, name).__doc__ or "").partition("`")
    code = format_html("<p><code>{}</code></p>", usage.replace("`", " ").strip()) if usage else ""
    return format_html(
        '<section class="gov-card" id="{}"><div class="gov-card-head"><h2>{}</h2></div>'
        '<div class="gov-card-body"><p class="gov-note">{}</p>{}<div class="gov-sample">{}</div></div></section>',
        name, name, said, code, content,
    )  # fmt: skip
