"""Invented data for the style page: one family of 张庄村, nobody real (area code 371599 belongs to nobody)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from jiuzhu.aid_types import registry
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.outcome import ConditionResult, Line, Outcome
from jiuzhu.ui.slots import MenuItem, Section
from jiuzhu.ui.tables import Action, Column, Page, Table

START = date(2019, 9, 2)
PHRASES = (
    "情况属实，同意。",
    "经调查核实，符合低保条件，同意上报。",
    "材料不齐，请一次补齐。",
    "家庭人均月收入高于标准，不予批准。",
)


class SearchForm(forms.Form):
    name = forms.CharField(label="姓名", required=False)
    number = forms.CharField(label="案号", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("ACCEPTED", "已受理"), ("TOWN_REVIEW", "乡镇审核")],
    )
    village = forms.CharField(label="村（居）", required=False)
    accepted_on = forms.DateField(
        label="受理日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    handler = forms.CharField(label="经办人", required=False)


class FamilyForm(forms.Form):
    name = forms.CharField(label="户主姓名", initial="张明")
    id_no = forms.CharField(
        label="身份证号", help_text="18 位，最后一位可以是 X", initial="371599196803120014"
    )
    phone = forms.CharField(label="联系电话", initial="13906350000")
    relation = forms.ChoiceField(
        label="户口类别", choices=[("R", "农村"), ("U", "城镇")], widget=forms.RadioSelect
    )
    income = forms.CharField(label="打工收入", initial="1234.50")
    area = forms.CharField(label="住房面积", required=False, initial="86.5")
    reason = forms.CharField(
        label="申请理由", widget=forms.Textarea(attrs={"rows": 3}), initial="本人患病，无法外出务工。"
    )
    agreed = forms.BooleanField(label="以上内容由本人如实填写")


class DecisionForm(forms.Form):
    result = forms.ChoiceField(
        label="审批结论",
        choices=[("GRANT", "同意"), ("RETURN", "退回补充"), ("REFUSE", "不予批准")],
        widget=forms.RadioSelect,
        initial="GRANT",
    )
    opinion = forms.CharField(label="审批意见", widget=forms.Textarea(attrs={"rows": 3}))


def _clock(left: int, colour: str, *, breached: bool = False, provisional: bool = False) -> dict[str, Any]:
    due_on = START + timedelta(days=28)
    return {
        "left": left, "colour": colour, "unit": "wd", "breached": breached, "due_on": due_on, "provisional": provisional,
    }  # fmt: skip


def _rows() -> list[dict[str, Any]]:
    people = (
        ("371599196803120014", "张明", "张庄村", "TOWN_REVIEW", 3, 80100, _clock(3, "ORANGE")),
        ("371599195511020021", "李秀英", "刘楼村", "INVESTIGATING", 2, 56000, _clock(12, "GREEN")),
        ("371599197207150032", "王建国", "前王村", "CORRECTION", 4, 143200, _clock(6, "YELLOW")),
        ("371599194912240045", "赵桂兰", "东街社区", "OBJECTION", 1, 92800, _clock(2, "RED", breached=True)),
        ("371599198801090051", "陈卫东", "陈集村", "RESULT_PUBLICITY", 5, 201500, _clock(9, "GREEN")),
        (
            "371599196004180067",
            "阿依古丽·买买提",
            "和平社区",
            "VER_NOT_FIT",
            2,
            0,
            _clock(15, "GREEN", provisional=True),
        ),
    )
    return [
        {
            "id": index, "number": f"LC2019-{1200 + index}", "head": name, "id_no": id_no, "village": village, "state": state,
            "people": people_count, "amount_fen": amount, "due": due, "accepted_on": START + timedelta(days=index),
        }
        for index, (id_no, name, village, state, people_count, amount, due) in enumerate(people, 1)
    ]  # fmt: skip


def _table() -> Table:
    rows = _rows()
    tones = {"RED": "red", "ORANGE": "orange"}
    return Table(
        columns=[
            Column("number", "案号", href=lambda row: "#data_table", sort="number"),
            Column("head", "户主", group="家庭"),
            Column("id_no", "身份证号", kind="id", group="家庭"),
            Column("people", "人口", kind="number", group="家庭"),
            Column("village", "村（居）", group="家庭"),
            Column("state", "状态", kind="state", group="办理"),
            Column("accepted_on", "受理日期", kind="date", sort="accepted_on", group="办理"),
            Column("due", "时限", kind="due", sort="due_on", group="办理"),
            Column("amount_fen", "拟保障金（元/月）", kind="money"),
        ],
        page=Page(rows=rows, size=20, next="x", total=128),
        sort="due_on",
        select="case",
        row_tone=lambda row: tones.get(row["due"]["colour"], ""),
        actions=lambda row: [
            Action("办理", "#data_table"),
            Action("退回", "/style/", post=True, confirm=f"确认把 {row['number']} 退回补充？", danger=True),
        ],
        totals={
            "人口": sum(row["people"] for row in rows),
            "拟保障金（元/月）": sum(row["amount_fen"] for row in rows),
        },
    )


def _outcome() -> Outcome:
    law = "国务院令第649号第九条、民发〔2012〕220号第十六条"
    conditions = (
        ConditionResult("income", "家庭人均月收入低于标准", True, 26700, 53400, "fen", "低于", law, "RC-INC", ""),
        ConditionResult(
            "cars", "家庭没有机动车辆", False, 1, 0, "cars", "不超过", "聊民发〔2019〕57号", "RC-CAR",
            "家庭名下有机动车辆 1 辆，超过规定。",
        ),
        ConditionResult(
            "cash", "家庭金融资产不超过限额", None, None, 3845000, "fen", "不超过", "聊民发〔2019〕57号", "RC-CASH",
            "金融资产暂时不能判断。", ("银行存款",),
        ),
    )  # fmt: skip
    lines = (
        Line("工资性收入（打工）", "12个月14,814.00元，除以12", 123450, "INC-02", law, "A"),
        Line("必要就业成本", "工资的20%与低保标准的20%取较小者", -10680, "INC-20", law, "A"),
        Line("家庭人均月收入", "12个月家庭收入9,612.00元 ÷ 12 ÷ 3人", 26700, "INC-02", law),
        Line(
            "保障金（差额）",
            "（标准534.00元 − 人均月收入267.00元）× 3人，不足一元的进到元",
            80100,
            "AMT-01",
            law,
        ),
    )
    parameters = (
        {"key": "dibao.standard", "title": "低保标准", "value": 53400, "unit": "fen", "source": "示例标准 STD-T", "article": "国务院令第649号第十条"},
    )  # fmt: skip
    return Outcome(
        registry.ORDINARY,
        "P2019",
        "NEED_REVIEW",
        3,
        26700,
        26700,
        80100,
        0,
        80100,
        conditions,
        lines,
        parameters,
        is_sample=True,
    )


def _steps() -> list[dict[str, Any]]:
    return [
        {"title": "意愿登记", "state": "done", "at": START, "by": "刘芳"},
        {"title": "核对", "state": "done", "at": START + timedelta(days=7), "by": "县核对中心"},
        {"title": "受理", "state": "done", "at": START + timedelta(days=8), "by": "王立"},
        {"title": "入户调查", "state": "now", "due": _clock(3, "ORANGE")},
        {"title": "审核", "state": "todo"},
        {"title": "审批", "state": "todo"},
    ]


def _trace() -> list[dict[str, Any]]:
    return [
        {
            "title": "受理申请", "from_state": "APPLIED", "to_state": "ACCEPTED", "at": clock.instant(START + timedelta(days=8), 10, 5),
            "actor_name": "王立", "role": "TOWN_CLERK", "organ": "示例县沙镇镇人民政府", "reason": "材料齐全，符合法定形式。", "papers": ["受理通知书"],
        },
        {
            "title": "完成核对", "from_state": "VERIFYING", "to_state": "VERIFIED", "at": clock.instant(START + timedelta(days=7), 16, 40),
            "actor_name": "孙洁", "role": "COUNTY_VERIFIER", "organ": "示例县居民家庭经济状况核对中心", "papers": ["核对报告"],
        },
        {
            "title": "登记意愿", "to_state": "INTENT", "at": clock.instant(START, 9, 12),
            "actor_name": "刘芳", "role": "VILLAGE_ASSIST", "organ": "张庄村", "reason": "入户走访时家属口头提出。",
        },
    ]  # fmt: skip


def _files() -> list[dict[str, Any]]:
    return [
        {"title": "身份证", "count": 3, "url": "#attachment_tiles", "required": True},
        {"title": "户口簿", "count": 4, "url": "#attachment_tiles", "required": True},
        {"title": "核对授权书", "count": 2, "url": "#attachment_tiles", "required": True},
        {"title": "入户照片", "missing": True, "required": True},
        {"title": "病历", "count": 6, "url": "#attachment_tiles"},
    ]


def context() -> dict[str, Any]:
    """Everything the style page shows."""
    bad = FamilyForm(
        {"name": "张明", "id_no": "37159919680312001X", "income": "1,234.50", "relation": "R"}, prefix="bad"
    )
    bad.is_valid()
    bad.add_error("id_no", "校验码不符，号码可能有误")
    return {
        "page_title": "组件样式",
        "crumbs": [("系统管理", "#")],
        "sample_profile": True,
        "menu": [
            Section("工作台", "house", url="/style/"),
            Section("受理办理", "list-task", (MenuItem("今日待办", "/style/todo/", count=12), MenuItem("案件查询", "/style/cases/"), MenuItem("主动发现", "/style/leads/", count=2))),
            Section("经济状况核对", "shield-check", (MenuItem("核对任务", "/style/ver/", count=5), MenuItem("核对报告", "/style/rep/"))),
            Section("公示监督", "megaphone", (MenuItem("公示管理", "/style/post/"), MenuItem("异议处理", "/style/obj/"))),
            Section("资金发放", "cash-stack", (MenuItem("发放批次", "/style/run/"), MenuItem("银行回盘", "/style/ret/"))),
            Section("系统管理", "gear", (MenuItem("参数标准", "/style/par/"),)),
        ],
        "phone_tabs": [
            MenuItem("工作台", "/style/", "house"), MenuItem("走访", "/style/a/", "person-walking", 2),
            MenuItem("档案", "/style/b/", "folder2-open"), MenuItem("我的", "/style/c/", "person"),
        ],
        "search": SearchForm(),
        "family": FamilyForm(),
        "bad": bad,
        "decision": DecisionForm(),
        "phrases": PHRASES,
        "earlier": [
            {"title": "调查意见", "opinion": "经两人入户调查，情况属实。", "organ": "沙镇镇", "name": "王立、周强", "on": START + timedelta(days=12)},
            {"title": "审核意见", "opinion": "同意上报。", "organ": "沙镇镇", "name": "孙主任", "on": START + timedelta(days=15)},
        ],
        "clocks": [
            _clock(12, "GREEN"), _clock(6, "YELLOW"), _clock(3, "ORANGE"), _clock(0, "ORANGE"),
            _clock(2, "RED", breached=True), _clock(15, "GREEN", provisional=True),
        ],
        "states": ["INTENT", "VERIFYING", "MAY_APPLY", "CORRECTION", "GRANTED", "REFUSED", "TERMINATED"],
        "table": _table(),
        "empty_table": Table(columns=[Column("number", "案号"), Column("head", "户主")], page=Page(rows=[])),
        "outcome": _outcome(),
        "names": {"A": "张明"},
        "steps": _steps(),
        "done": {"意愿": START, "核对": START + timedelta(days=7), "申请": START + timedelta(days=8)},
        "clock_now": _clock(3, "ORANGE"),
        "trace": _trace(),
        "files": _files(),
        "documents": [
            {"title": "低保申请受理通知书", "number": "沙政救受〔2019〕37号", "issued_on": START, "url": "#document_list", "digest": "9f2ab4c1d0e7a6b5", "served": "本人签收"},
            {"title": "家庭经济状况核对报告", "number": "核报〔2019〕112号", "issued_on": START, "url": "#document_list", "digest": "17c0ffee5a1e2b3c", "state": "内部"},
        ],
        "diff": [
            {"label": "机动车", "before": "无", "after": "小型普通客车 1 辆（2019年6月登记）"},
            {"label": "住房", "before": "1 套 86.5 平方米", "after": "1 套 86.5 平方米"},
            {"label": "养老金", "before": "0.00 元/月", "after": "118.00 元/月"},
        ],
        "pairs": [("户主", "张明"), ("户口类别", "农村"), ("家庭人口", "3 人（计入 3 人）"), ("住址", "示例县沙镇镇张庄村 36 号"), ("受理日期", "2019年9月10日"), ("开户银行", "农村商业银行沙镇支行")],
        "refusal": Refusal("E_ID", reason="校验码不符，号码可能有误"),
        "months": [f"{month}月" for month in range(1, 9)],
        "series": [("低保", [412, 415, 418, 417, 423, 430, 436, 441]), ("特困", [96, 96, 97, 98, 98, 99, 101, 102])],
        "tab_items": [
            {"title": "基本情况", "url": "/style/", "current": True}, {"title": "核对结果", "url": "/style/?t=2", "count": 2},
            {"title": "条件与金额", "url": "/style/?t=3"}, {"title": "文书", "url": "/style/?t=4", "count": 5}, {"title": "轨迹", "url": "/style/?t=5"},
        ],
        "total_fen": 80100,
    }  # fmt: skip
