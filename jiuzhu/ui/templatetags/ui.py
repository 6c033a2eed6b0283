"""组件库：一个组件一个模板标签，样式页 /style/ 上有实例。

每个标签的说明就是样式页上显示的说明，请用中文写给画屏幕的人看。
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jiuzhu.accounts.roles import role_name as name_of_role
from jiuzhu.aid_types import registry as aid_types
from jiuzhu.aid_types.base import MONTHLY
from jiuzhu.policy.conditions import show
from jiuzhu.policy.parameters import sample_label
from jiuzhu.ui import formats, slots
from jiuzhu.ui.tables import Page, Table, with_query
from jiuzhu.workflow.states import STAGES, STATES

register = template.Library()

for _name in [
    "fen",
    "yuan_words",
    "cn_date",
    "short_date",
    "cn_weekday",
    "cn_datetime",
    "cn_month",
    "mask_id",
    "mask_name",
    "mask_phone",
    "mask_account",
    "percent",
]:
    register.filter(_name, getattr(formats, _name))

COLOURS = ("blue", "green", "orange", "red", "grey", "yellow")
TONES = {"GREEN": "green", "YELLOW": "yellow", "ORANGE": "orange", "RED": "red"}
NUMERALS = "一二三四五六七八九十"
SIZES = (10, 20, 50, 100)
PURPOSES = ("办理本案", "核对身份", "送达文书", "复核监督", "答复申请人询问")
MET = {
    True: ("met", "符合", "check-circle-fill"),
    False: ("not-met", "不符合", "x-circle-fill"),
    None: ("unknown", "尚不能判断", "question-circle-fill"),
}


@register.filter
def wd_left(state: Any) -> str:
    """时钟状态 → 还剩 3 个工作日。"""
    left, late = _of(state, "left", 0), _of(state, "breached", False)
    over = max(0, _of(state, "used", 0) - _of(state, "limit", 0)) if late and not left else left
    return formats.wd_left(over, _of(state, "unit", "wd"), late)


@register.filter
def shown(value: Any, unit: str) -> str:
    """条件中的值按单位读出：fen → 元，cars → 辆。"""
    return show(value, unit)


@register.filter
def aid_word(code: str, word: str) -> str:
    """救助类别 → 该类别的称呼：{{ case.aid_type|aid_word:"counted_word" }} 读作 保障人口、救助供养对象。"""
    return aid_types.get(code).paper_words[word]


@register.filter
def role_name(code: str) -> str:
    """角色代码 → 角色名称。"""
    return name_of_role(code)


@register.filter
def state_name(code: str) -> str:
    """状态代码 → 状态名称。"""
    return STATES[code].name if code in STATES else code


@register.filter
def state_plain(code: str) -> str:
    """状态代码 → 给群众看的一句话。"""
    return STATES[code].plain if code in STATES else code


def _of(thing: Any, key: str, default: Any = None) -> Any:
    """A value of a mapping or of an object alike."""
    if thing is None:
        return default
    found = thing.get(key, default) if isinstance(thing, dict) else getattr(thing, key, default)
    return default if found is None else found


def _fresh(context: Context, prefix: str) -> str:
    """An id not yet used on this page; counted on the request, because includes have contexts of their own."""
    request = context.get("request")
    counter = getattr(request, "ui_ids", None) or itertools.count(1)
    if request is not None:
        request.ui_ids = counter
    return f"{prefix}-{next(counter)}"


# —— small marks


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """图标。`{% icon "search" %}`；图标单独表意时给出 label。可用名称见 vendor/icons.svg。"""
    from django.templatetags.static import static

    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="gov-icon" {}><use href="{}#{}"></use></svg>', spoken, static("ui/vendor/icons.svg"), name
    )


@register.inclusion_tag("ui/parts/state_tag.html")
def state_tag(code: str = "", *, word: str = "", colour: str = "") -> dict[str, Any]:
    """状态标签，颜色加文字。`{% state_tag case.state %}` 或 `{% state_tag word="已冻结" colour="grey" %}`（blue green orange red grey yellow）。"""
    state = STATES.get(code)
    return {
        "word": word or (state.name if state else code) or formats.EMPTY,
        "colour": colour or (state.colour if state else "blue"),
    }


@register.inclusion_tag("ui/parts/due_tag.html")
def due_tag(state: Any = None, *, paused: bool = False) -> dict[str, Any]:
    """时限标签：绿、黄、橙、红加文字。`{% due_tag clock %}`，clock 为 ClockState 或有 colour、left、unit、breached、due_on 的对象或字典。"""
    if not state:
        return {"tone": "", "words": formats.EMPTY, "due": ""}
    due_on, paused = _of(state, "due_on"), paused or _of(state, "paused", False)
    words = "已暂停计时" if paused else wd_left(state)
    tone = "grey" if paused else TONES.get(_of(state, "colour", ""), "blue")
    return {
        "tone": tone,
        "words": words,
        "due": formats.cn_date(due_on) if due_on else "",
        "estimated": _of(state, "provisional", False),
    }


@register.inclusion_tag("ui/parts/sample_tag.html")
def sample_tag() -> dict[str, str]:
    """黄色「示例标准」标签：凡显示示例参数处必须有。`{% sample_tag %}`"""
    return {"title": sample_label()}


@register.simple_tag
def money(value: int | None, unit: str = "元") -> SafeString:
    """金额：千分位两位小数加单位，等宽数字。`{% money line.amount_fen %}`、`{% money fen "元/月" %}`"""
    return format_html(
        '<span class="gov-money">{}<span class="gov-unit">{}</span></span>',
        formats.fen(value),
        unit if value is not None else "",
    )


@register.simple_tag
def aid_money(aid_type: str, value: int | None) -> SafeString:
    """一类救助的待遇：按月、一次或只认定不发钱。`{% aid_money case.aid_type decision.amount_fen %}`"""
    aid = aid_types.get(aid_type)
    if not aid.has_money:
        return mark_safe("只认定，不发钱")
    return money(value, "元/月" if aid.pays == MONTHLY else "元")


@register.simple_tag
def money_words(value: int | None) -> SafeString:
    """金额加大写。`{% money_words run.total_fen %}`"""
    return format_html(
        '<span class="gov-money">{}<span class="gov-unit">元</span></span> <span class="gov-words">（大写：{}）</span>',
        formats.fen(value),
        formats.yuan_words(value),
    )


@register.inclusion_tag("ui/parts/masked.html", takes_context=True)
def masked(
    context: Context, value: str, url: str = "", *, what: str = "", purposes: Any = PURPOSES
) -> dict[str, Any]:
    """掩码值，给出 url 时可填写用途后查看（POST purpose，留痕）。`{% masked person.id_no_masked reveal_url what="身份证号" %}`；应答用 ui/parts/revealed.html。"""
    return {
        "value": value,
        "url": url,
        "what": what,
        "purposes": purposes,
        "id": _fresh(context, "masked"),
        "csrf_token": context.get("csrf_token"),
    }


# —— lists


@register.inclusion_tag("ui/parts/search_bar.html", takes_context=True)
def search_bar(context: Context, form: Any, *, main: int = 4) -> dict[str, Any]:
    """查询栏：前 main 项常显，其余点「展开」。`{% search_bar form %}`，form 为 GET 表单。"""
    fields = [field for field in form if not field.is_hidden]
    return {
        "form": form,
        "first": fields[:main],
        "rest": fields[main:],
        "open": any(field.value() for field in fields[main:]),
        "used": bool(context["request"].GET) if context.get("request") else False,
        "path": context["request"].path if context.get("request") else "",
    }


@register.inclusion_tag("ui/parts/data_table.html", takes_context=True)
def data_table(context: Context, table: Table) -> dict[str, Any]:
    """数据表：列定义、表头合并、排序、勾选列、右侧操作列、合计行、按键分页、空状态。`{% data_table table %}`，table 为 ui.tables.Table。"""
    request = context.get("request")
    query = request.GET if request else {}
    heads = table.heads(query) if request else []
    return {
        "table": table,
        "heads": heads,
        "lines": table.lines(),
        "sums": table.sums(),
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "lead": int(table.numbered) + int(bool(table.select)),
    }


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """按键翻页：上一页、下一页、每页条数；一页列完的清单不列条数。`{% pagination table.page %}`"""
    query = context["request"].GET
    return {
        "page": page,
        "first": with_query(query, after="", before="") if query.get("after") or query.get("before") else "",
        "next": with_query(query, after=page.next, before="") if page.next else "",
        "previous": with_query(query, before=page.previous, after="") if page.previous else "",
        "sized": page.size in SIZES,
        "sizes": [(size, with_query(query, size=size, after="", before="")) for size in SIZES],
    }


@register.inclusion_tag("ui/parts/empty_state.html")
def empty_state(sentence: str = "暂无数据", *, url: str = "", link: str = "") -> dict[str, str]:
    """空状态：一句话，可带一个去处。`{% empty_state "今天没有到期事项" %}`"""
    return {"sentence": sentence, "url": url, "link": link}


@register.inclusion_tag("ui/parts/tabs.html", takes_context=True)
def tabs(context: Context, items: Any, *, label: str = "内容分类") -> dict[str, Any]:
    """页签（普通链接）。items 为 [{title,url,count,current}]；没有 current 时按当前地址判断。`{% tabs items %}`"""
    full = context["request"].get_full_path() if context.get("request") else ""
    marked = [
        {
            "title": _of(each, "title"),
            "url": _of(each, "url"),
            "count": _of(each, "count"),
            "current": _of(each, "current", _of(each, "url") == full),
        }
        for each in items
    ]
    return {"items": marked, "label": label}


# —— steps and progress


@register.inclusion_tag("ui/parts/stepper.html")
def stepper(steps: Any, *, label: str = "办理流程") -> dict[str, Any]:
    """流程线，每步下方写完成时间。steps 为 [{title, state: done|now|todo|stopped, at, by, due}]。`{% stepper steps %}`"""
    words = {"done": "已完成", "now": "办理中", "todo": "未开始", "stopped": "已终止"}
    return {
        "steps": [{**_plain(each), "word": words[_of(each, "state", "todo")]} for each in steps],
        "label": label,
    }


@register.inclusion_tag("ui/parts/stepper.html")
def flow_line(state_code: str, done: Any = None, due: Any = None) -> dict[str, Any]:
    """案件流程线，由状态代码推出八个阶段。done 为 {阶段名: 完成日期}，due 为当前时限。`{% flow_line case.state done due %}`"""
    state = STATES[state_code]
    done = done or {}
    steps = []
    for index, title in enumerate(STAGES):
        here = index == state.stage
        mark = "done" if index < state.stage or (here and state.terminal) else "now" if here else "todo"
        ended_badly = state.terminal and state.colour in ("red", "grey")
        if here and ended_badly:
            mark = "stopped"
        if mark == "done" and ended_badly and not done.get(title):
            mark = "todo"  # a stage that never was
        steps.append(
            {
                "title": title,
                "state": mark,
                "at": done.get(title),
                "due": due if mark == "now" else None,
                "note": state.name if here else "",
            }
        )
    return stepper(steps, label="案件流程")


def _plain(thing: Any) -> dict[str, Any]:
    return {key: _of(thing, key) for key in ("title", "state", "at", "by", "due", "note")}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int, *, label: str = "") -> dict[str, Any]:
    """进度条加文字。`{% progress 6 8 label="已答复来源" %}`"""
    return {"done": done, "total": max(total, 1), "label": label, "shown": f"{done}/{total}"}


@register.inclusion_tag("ui/parts/trace_timeline.html")
def trace_timeline(entries: Any) -> dict[str, Any]:
    """办理轨迹。entries 为有 at、title、actor_name、role、organ、reason、papers 的步骤（Step 可直接用）。`{% trace_timeline steps %}`"""
    return {"entries": entries}


# —— forms


@register.simple_block_tag(takes_context=True)
def form_block(context: Context, content: str, anchor: str, title: str, *, note: str = "") -> SafeString:
    """表单分块：蓝条标题自动编号，并进入右侧目录。`{% form_block "family" "家庭成员" %}…{% endform_block %}`"""
    blocks = context.render_context.setdefault("ui_blocks", [])
    number = NUMERALS[len(blocks)] if len(blocks) < len(NUMERALS) else str(len(blocks) + 1)
    blocks.append((anchor, title))
    hint = format_html('<span class="gov-block-note">{}</span>', note) if note else ""
    return format_html(
        '<section class="gov-block" id="{}" aria-labelledby="{}-title"><h2 class="gov-block-title" id="{}-title">{}、{}{}</h2><div class="gov-block-body">{}</div></section>',
        anchor,
        anchor,
        anchor,
        number,
        title,
        hint,
        content,
    )


@register.simple_block_tag(takes_context=True)
def anchor_form(
    context: Context,
    content: str,
    *,
    action: str = "",
    submit: str = "保存",
    back: str = "",
    multipart: bool = False,
    label: str = "表单",
) -> SafeString:
    """锚点表单：编号分块、右侧目录、底部常驻保存条，自带 CSRF 与防重复提交。`{% anchor_form submit="提交" back=url %}{% form_block … %}…{% endanchor_form %}`"""
    blocks = context.render_context.get("ui_blocks") or []
    context.render_context["ui_blocks"] = []
    rendered = render_to_string(
        "ui/parts/anchor_form.html",
        {
            "content": content,
            "action": action,
            "submit": submit,
            "back": back,
            "multipart": multipart,
            "label": label,
            "blocks": blocks,
            "csrf_token": context.get("csrf_token"),
        },
    )
    return mark_safe(rendered)


@register.inclusion_tag("ui/parts/field.html")
def field(
    bound: BoundField, *, unit: str = "", help: str = "", wide: bool = False, label: str = ""
) -> dict[str, Any]:
    """一项表单：标签、必填星、控件、单位（也可由字段的 unit 给出）、说明、错误。`{% field form.phone unit="元" wide=True %}`"""
    return _field(bound, unit=unit or getattr(bound.field, "unit", ""), help=help, wide=wide, label=label)


def _field(
    bound: BoundField,
    *,
    unit: str = "",
    help: str = "",
    wide: bool = False,
    label: str = "",
    classes: str = "",
) -> dict[str, Any]:
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    many = kind == "radio" or (kind == "checkbox" and hasattr(widget, "choices"))
    single = kind == "checkbox" and not many
    css = (
        "form-check-input"
        if single
        else "form-select"
        if kind == "select"
        else ""
        if many
        else "form-control"
    )
    help_text = help or bound.help_text
    ids = " ".join(
        filter(
            None,
            (
                f"{bound.auto_id}-unit" if unit and not (many or single) else "",
                f"{bound.auto_id}-help" if help_text else "",
                f"{bound.auto_id}-error" if bound.errors else "",
            ),
        )
    )
    attrs: dict[str, Any] = {
        "class": " ".join(
            filter(
                None,
                (
                    css,
                    classes,
                    widget.attrs.get("class", ""),
                    "is-invalid" if bound.errors and not many else "",
                ),
            )
        )
    }
    if not many:
        attrs |= {"aria-describedby": ids} if ids else {}
        attrs |= {"aria-invalid": "true"} if bound.errors else {}
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "unit": unit,
        "help": help_text,
        "wide": wide,
        "label": label or bound.label,
        "many": many,
        "single": single,
    }


@register.inclusion_tag("ui/parts/money_field.html")
def money_field(bound: BoundField, *, unit: str = "元", help: str = "") -> dict[str, Any]:
    """金额输入：右对齐，下方随写随显大写。`{% money_field form.amount unit="元/月" %}`"""
    return _field(bound, unit=unit, help=help, classes="gov-right gov-money-input")


@register.inclusion_tag("ui/parts/photo_field.html", takes_context=True)
def photo_field(
    context: Context,
    name: str,
    label: str,
    *,
    required: bool = False,
    many: bool = False,
    help: str = "",
    errors: Any = (),
) -> dict[str, Any]:
    """拍照或选图：预览、在手机上先压缩、苹果 HEIC 照片也收。`{% photo_field "photo" "户主与住房合影" required=True %}`"""
    return {
        "name": name,
        "label": label,
        "required": required,
        "many": many,
        "help": help,
        "errors": errors,
        "id": _fresh(context, f"photo-{name}"),
    }


@register.inclusion_tag("ui/parts/signature_field.html", takes_context=True)
def signature_field(
    context: Context,
    name: str,
    label: str,
    *,
    signer: str = "",
    required: bool = True,
    upload_name: str = "",
    errors: Any = (),
) -> dict[str, Any]:
    """手写签名：手指或手写笔，PNG 写入隐藏项（data:image/png;base64,…）。不便手写时给 upload_name 上传纸质签名。`{% signature_field "signature" "授权人签名" signer="张明" %}`"""
    return {
        "name": name,
        "label": label,
        "signer": signer,
        "required": required,
        "upload_name": upload_name,
        "errors": errors,
        "id": _fresh(context, f"sign-{name}"),
    }


@register.inclusion_tag("ui/parts/phrase_list.html")
def phrase_list(phrases: Any, target: str) -> dict[str, Any]:
    """常用语：点一下填入 target 指定的文本框。`{% phrase_list phrases "id_opinion" %}`"""
    return {"phrases": phrases, "target": target}


@register.inclusion_tag("ui/parts/opinion_box.html")
def opinion_box(bound: BoundField, phrases: Any = ()) -> dict[str, Any]:
    """意见框加常用语。`{% opinion_box form.opinion phrases %}`"""
    return {"phrases": phrases, **_field(bound, wide=True)}


@register.inclusion_tag("ui/parts/approval_panel.html", takes_context=True)
def approval_panel(
    context: Context,
    form: Any,
    *,
    title: str = "审批意见",
    action: str = "",
    submit: str = "提交",
    phrases: Any = (),
    earlier: Any = (),
    confirm: str = "",
) -> dict[str, Any]:
    """审批栏：结论单选、意见与常用语、日期由系统给出、此前各级意见。form 含 result 与 opinion，其余字段照列。earlier 为 [{title,opinion,name,organ,on}]。`{% approval_panel form phrases=phrases earlier=opinions %}`"""
    others = [each for each in form if each.name not in ("result", "opinion") and not each.is_hidden]
    return {
        "form": form,
        "title": title,
        "action": action,
        "submit": submit,
        "phrases": phrases,
        "earlier": earlier,
        "confirm": confirm,
        "others": others,
        "asker": context.get("asker"),
        "today": context.get("business_date"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/confirm_button.html", takes_context=True)
def confirm_button(
    context: Context,
    title: str,
    url: str,
    *,
    ask: str = "",
    tone: str = "primary",
    name: str = "",
    value: str = "",
) -> dict[str, Any]:
    """一键办理的按钮，先弹框确认再 POST；没有脚本时直接提交。`{% confirm_button "提交审核" url ask="提交后不能修改，确认提交？" tone="danger" %}`"""
    return {
        "title": title,
        "url": url,
        "ask": ask,
        "tone": tone,
        "name": name,
        "value": value,
        "csrf_token": context.get("csrf_token"),
    }


# —— explaining


@register.inclusion_tag("ui/parts/calculation_table.html")
def calculation_table(outcome: Any, names: Any = None) -> dict[str, Any]:
    """计算过程：项目、算法、结果、依据，可展开所用标准及来源。outcome 为 Outcome 或其 to_dict()；names 把成员代号换成姓名。`{% calculation_table outcome names %}`"""
    names = names or {}
    lines = [
        {
            **{key: _of(line, key, "") for key in ("label", "formula", "value_fen", "rule", "article")},
            "member": names.get(_of(line, "member", ""), _of(line, "member", "")),
        }
        for line in _of(outcome, "lines", ())
    ]
    code = _of(outcome, "aid_type", "")
    monthly = not code or aid_types.get(code).pays == MONTHLY
    return {
        "lines": lines,
        "unit": "元/月" if monthly else "元",
        "total": f"每月{aid_types.get(code).money_name if code else '保障金'}额" if monthly else "救助金额",
        "amount": _of(outcome, "amount_fen"),
        "parameters": _of(outcome, "parameters", ()),
        "is_sample": _of(outcome, "is_sample", False),
    }


def _seen(value: Any, limit: Any, unit: str, comparison: str) -> str:
    """What was found against what is asked; a yes, a no or a nothing is said by the title and its mark."""
    if unit == "flag" or (value == limit == 0):
        return "情况不详" if value is None else ""
    found = show(value, unit)
    if value is not None and value == limit and comparison == "等于":
        return format_html("现值 <strong>{}</strong>", found)
    if limit == 0 and comparison == "不超过":
        return format_html("现值 <strong>{}</strong>，应当没有", found)
    return format_html(
        "现值 <strong>{}</strong>，要求{} <strong>{}</strong>", found, comparison, show(limit, unit)
    )


@register.inclusion_tag("ui/parts/condition_list.html")
def condition_list(outcome: Any) -> dict[str, Any]:
    """条件逐条：符合、不符合、尚不能判断，带现值、限值、条款。`{% condition_list outcome %}`"""
    results = []
    for each in _of(outcome, "conditions", ()):
        tone, word, sign = MET[each.get("met") if isinstance(each, dict) else each.met]
        unit = _of(each, "unit", "")
        value, limit = (
            (each.get("value"), each.get("limit")) if isinstance(each, dict) else (each.value, each.limit)
        )
        results.append(
            {
                "title": _of(each, "title"),
                "tone": tone,
                "word": word,
                "sign": sign,
                "seen": _seen(value, limit, unit, _of(each, "comparison", "")),
                "article": _of(each, "article", ""),
                "sentence": _of(each, "sentence", ""),
                "silent": _of(each, "silent", ()),
            }
        )
    return {"results": results, "is_sample": _of(outcome, "is_sample", False)}


@register.inclusion_tag("ui/parts/diff_view.html")
def diff_view(
    rows: Any, *, before: str = "变更前", after: str = "变更后", word: str = "有变化"
) -> dict[str, Any]:
    """前后对照，只标出不同。rows 为 [{label, before, after}]。`{% diff_view rows before="本人申报" after="部门反馈" word="不一致" %}`"""
    return {
        "rows": [
            {
                "label": _of(row, "label"),
                "before": _of(row, "before", ""),
                "after": _of(row, "after", ""),
                "changed": _of(row, "before", "") != _of(row, "after", ""),
            }
            for row in rows
        ],
        "before": before,
        "after": after,
        "word": word,
    }


@register.inclusion_tag("ui/parts/notice_bar.html")
def notice_bar(sentence: str, *, tone: str = "info", title: str = "") -> dict[str, str]:
    """提示条：info、success、warning、danger。`{% notice_bar "本户有 2 个来源尚未答复" tone="warning" %}`"""
    signs = {
        "info": "info-circle-fill",
        "success": "check-circle-fill",
        "warning": "exclamation-triangle-fill",
        "danger": "x-circle-fill",
        "error": "x-circle-fill",
        "debug": "info-circle-fill",
    }
    return {
        "sentence": sentence,
        "tone": "danger" if tone == "error" else tone,
        "title": title,
        "sign": signs.get(tone, "info-circle-fill"),
    }


@register.inclusion_tag("ui/parts/refusal_box.html")
def refusal_box(refusal: Any) -> dict[str, Any]:
    """不能办理的说明：发生了什么、为什么、下一步，附代码。`{% refusal_box refusal %}`，refusal 为 Refusal；为空时不显示。"""
    return {"refusal": refusal}


# —— pieces of a page


@register.inclusion_tag("ui/parts/kv_card.html")
def kv_card(title: str, items: Any, *, columns: int = 2) -> dict[str, Any]:
    """键值卡：items 为 [(名称, 值)] 或字典，值可为标签输出。`{% kv_card "户主信息" items columns=3 %}`"""
    pairs = list(items.items()) if isinstance(items, dict) else list(items)
    return {"title": title, "pairs": pairs, "columns": columns}


@register.simple_block_tag
def card(content: str, title: str = "", *, note: str = "", tone: str = "") -> SafeString:
    """卡片：`{% card "家庭成员" %}…{% endcard %}`；tone="flush" 时内容贴边，适合表格。"""
    head = (
        format_html(
            '<div class="gov-card-head"><h2>{}</h2>{}</div>',
            title,
            format_html('<span class="gov-note">{}</span>', note) if note else "",
        )
        if title
        else ""
    )
    return format_html(
        '<section class="gov-card">{}<div class="gov-card-body{}">{}</div></section>',
        head,
        " gov-flush" if tone == "flush" else "",
        content,
    )


@register.inclusion_tag("ui/parts/stat_tile.html")
def stat_tile(
    label: str, value: Any, *, unit: str = "", url: str = "", tone: str = "", note: str = ""
) -> dict[str, Any]:
    """数字块：点数字看明细。tone：green yellow orange red。`{% stat_tile "3 个工作日内到期" 4 unit="件" url=url tone="orange" %}`"""
    return {"label": label, "value": value, "unit": unit, "url": url, "tone": tone, "note": note}


@register.inclusion_tag("ui/parts/attachment_tiles.html")
def attachment_tiles(files: Any) -> dict[str, Any]:
    """附件墙：按类型一块，缩略图、张数。files 为 [{title, count, url, thumb, missing, required}]。`{% attachment_tiles files %}`"""
    return {"files": files}


@register.inclusion_tag("ui/parts/document_list.html")
def document_list(documents: Any) -> dict[str, Any]:
    """文书清单。documents 为 [{title, number, issued_on, url, digest, state, served}]。`{% document_list papers %}`"""
    return {"documents": documents}


@register.inclusion_tag("ui/parts/chart.html", takes_context=True)
def chart(
    context: Context, title: str, categories: Any, series: Any, *, kind: str = "bar", unit: str = ""
) -> dict[str, Any]:
    """图表，下附同数据的表格供读屏和打印。series 为 [(名称, [数…])]。`{% chart "各月发放" months series kind="line" unit="万元" %}`（bar、line、pie）"""
    categories, series = list(categories), [(name, list(values)) for name, values in series]
    rows = [(category, [values[index] for _, values in series]) for index, category in enumerate(categories)]
    spec = {
        "kind": kind,
        "unit": unit,
        "categories": categories,
        "series": [{"name": name, "values": values} for name, values in series],
    }
    return {
        "id": _fresh(context, "chart"),
        "title": title,
        "spec": spec,
        "series": series,
        "rows": rows,
        "unit": unit,
    }


@register.filter
def as_json(value: Any) -> SafeString:
    """数据写进 application/json 脚本块，尖括号已转义。"""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@register.inclusion_tag("ui/parts/big_button.html")
def big_button(
    title: str, url: str, *, icon_name: str = "", note: str = "", tone: str = "", count: int = 0
) -> dict[str, Any]:
    """大按钮：图标、标题、一句说明。手机首页用。tone：primary plain。`{% big_button "帮人申请" url icon_name="person-plus" note="…" %}`"""
    return {"title": title, "url": url, "icon_name": icon_name, "note": note, "tone": tone, "count": count}


@register.inclusion_tag("ui/parts/display_switch.html", takes_context=True)
def display_switch(context: Context) -> dict[str, Any]:
    """长者模式与高对比开关，存入 cookie；没有脚本也能用。`{% display_switch %}`"""
    request = context.get("request")
    return {
        "mode": context.get("display_mode", ""),
        "contrast": context.get("display_contrast", ""),
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/copy_button.html")
def copy_button(value: str, label: str = "复制") -> dict[str, str]:
    """复制按钮。`{% copy_button case.number %}`"""
    return {"value": value, "label": label}


@register.inclusion_tag("ui/parts/left_menu.html", takes_context=True)
def left_menu(context: Context) -> dict[str, Any]:
    """左侧菜单，由框架调用；内容来自 slots.provide("menu", …)。"""
    request, sections = context.get("request"), list(context.get("menu") or [])
    return {"sections": sections, "current": slots.current_url(sections, request.path) if request else ""}
