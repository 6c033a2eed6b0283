"""审计记录: who did or looked at what, for what purpose."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit import queries
from jiuzhu.benefits import table as benefits
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import staff_only
from jiuzhu.onedoor import table as onedoor
from jiuzhu.payments import table as payments
from jiuzhu.ui.tables import Column, Page, Table

ACTIONS = {
    "case.read": "查看案件",
    "person.reveal": "查看完整号码",
    "verification.read": "查看核对结果",
    "document.read": "打开文书",
    "document.serve": "送达文书",
    "citizen.enter": "群众登录",
}
_OTHERS = {
    "account.open": "开设账号",
    "account.close": "停用账号",
    "account.renew": "重设密码",
    "agreement.sign": "签订保密协议",
    "authorisation.excuse": "登记未签授权的原因",
    "benefit.claim": "认定多发",
    "benefit.recovery": "定追回办法",
    "benefit.repay": "登记追回款",
    "benefit.review_visit": "复核入户",
    "benefit.plan_reviews": "安排复核",
    "benefit.standard_open": "编制调标名单",
    "benefit.standard_confirm": "确认调标名单",
    "benefit.standard_apply": "调标生效",
    "benefit.standard_undo": "撤销调标",
    "case.archive": "归档",
    "case.refused": "办理被拦下",
    "change.report": "报告变化",
    "change.answer": "答复变化报告",
    "clock.extend": "延长时限",
    "clock.pause": "暂停计时",
    "clock.resume": "恢复计时",
    "delegation.step": "变更审批权下放",
    "division.merge": "撤并乡镇",
    "division.plan": "登记撤并乡镇",
    "division.renumber": "区划更名改码",
    "division.withdraw": "撤销撤并登记",
    "fund.propose": "登记备用金拨款",
    "fund.cancel": "取消备用金拨款",
    "holidays.load": "载入放假安排",
    "intake.assist": "登记代办委托",
    "lead.read": "查看困难线索",
    "lead.report": "报告困难线索",
    "lead.informant": "查看反映人",
    "lead.answer_order": "答复热线工单",
    "matter.enter": "录入事项",
    "matter.publish": "发布事项",
    "matter.withdraw": "作废事项草稿",
    "member.keep_away": "登记成员还没有回家",
    "obligor.add": "登记义务人",
    "obligor.describe": "登记义务人能力",
    "parameter.enter": "录入标准",
    "parameter.publish": "发布标准",
    "parameter.withdraw": "撤下标准",
    "payroll.read": "查看发放批次",
    "payroll.account": "更正收款账户",
    "payroll.file_read": "打开银行文件",
    "payroll.owe": "列入补发",
    "payroll.withdraw": "撤下待发",
    "payroll.hold": "暂缓一笔",
    "payroll.waive": "写明理由后照发",
    "person.carry": "带出本人信息",
    "person.search": "查找家庭",
    "post.give": "分配岗位",
    "post.end": "办理离岗",
    "reception.read": "查看一门受理",
    "referral.read": "查看转办事项",
    "referral.slip": "打开转办单",
    "seal.register": "登记印章",
    "support.funeral": "登记丧葬费",
    "support.institution": "登记供养机构",
    "support.other_aid": "登记其他救助核查",
    "support.self_care_report": "登记自理能力变化",
    "token.issue": "签发接口令牌",
    "token.revoke": "停用接口令牌",
    "training.record": "登记培训",
    "verification.start": "开始核对",
    "verification.answer": "收到部门应答",
    "verification.failure": "部门没有应答",
    "verification.answer_finding": "处理核对项",
    "transfer.accept": "接收转入",
    "transfer.check": "转入核实",
    "transfer.return": "退回转入",
    "window.keep": "维护服务窗口",
    "window.station": "维护村级工作站",
}


_AREAS = {
    "authorisation": "核对授权办理",
    "case": "案件办理",
    "fund": "备用金收支",
    "payroll": "资金发放办理",
    "support": "特困供养办理",
    "verification": "核对办理",
}


@cache
def _titles() -> dict[str, str]:
    """Every move by what the record calls it: the same titles as on the buttons."""
    titles: dict[str, str] = {}
    for aid in registry.all_types():
        for move in aid.moves:
            titles.setdefault(f"case.{move.event}", move.title)
    titles |= {f"lead.{move.event}": move.title for move in onedoor.LEAD}
    titles |= {f"referral.{move.event}": move.title for move in onedoor.REFERRAL}
    titles |= {f"benefit.{move.key}": move.title for move in benefits.MOVES.values()}
    titles |= {f"payroll.{move.key}": move.title for move in payments.MOVES.values()}
    return titles | _OTHERS | ACTIONS


def action_words(action: str) -> str:
    """What was done, in words; a refused act says that it was stopped."""
    titles = _titles()
    done = action.removesuffix(".refused")
    words = titles.get(action) or titles.get(done) or _AREAS.get(done.partition(".")[0], "其他操作")
    return words if action in titles or done == action else f"{words}（未办成）"


class SearchForm(forms.Form):
    who = forms.CharField(label="操作人", required=False, max_length=40)
    case_no = forms.CharField(label="案号", required=False, max_length=30)
    action = forms.ChoiceField(label="动作", required=False, choices=[("", "全部"), *ACTIONS.items()])


@staff_only
def search(request: HttpRequest) -> HttpResponse:
    actor = request.asker
    if not has_power(actor.role, "audit.read"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="查看审计记录", why="")
    form = SearchForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    after = request.GET.get("after", "")
    size = 50
    found = list(
        queries.search(
            None if actor.organ_kind == "CITY" else accounts.chains_of(actor),
            who=given.get("who", "").strip(),
            case_no=given.get("case_no", "").strip(),
            action=given.get("action", ""),
            after=int(after) if after.isdigit() else None,
            limit=size + 1,
        )
    )
    page = Page(rows=found[:size], size=size, next=str(found[size - 1].id) if len(found) > size else "")
    table = Table(
        columns=[
            Column("at", "时间", kind="datetime"),
            Column("actor_name", "操作人"),
            Column(lambda row: role_name(row.role), "岗位"),
            Column("organ", "单位"),
            Column(lambda row: action_words(row.action), "动作"),
            Column("case_no", "案号"),
            Column("purpose", "用途"),
        ],
        page=page,
        caption="审计记录（只增不改，前后相连）",
    )
    return render(
        request, "office/admin/audit.html", {"page_title": "审计记录", "form": form, "table": table}
    )
