"""Pages under docs/reference, written from the code that works by them: nothing there is typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings

from jiuzhu.accounts.roles import ROLES, role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.papers import TOPICS
from jiuzhu.core import refusal
from jiuzhu.documents import aid_words, engine
from jiuzhu.documents.catalogue import all_notices
from jiuzhu.infra import rule_index
from jiuzhu.onedoor.table import LEAD, LEAD_STATES, REFERRAL, REFERRAL_STATES, Place
from jiuzhu.policy import conditions, parameters
from jiuzhu.policy.regimes import all_regimes
from jiuzhu.workflow.clocks import deadlines
from jiuzhu.workflow.states import STATES
from jiuzhu.workflow.table import MoveTable

_HEAD = "<!-- 由 make docs 根据代码生成，请勿手改 -->\n"
_UNITS = {"wd": "工作日", "cal": "自然日", "hours": "小时", "months": "月", "publicity": "公示日"}


def write() -> list[str]:
    """Write every page that differs; returns their paths."""
    changed = stale()
    for name in changed:
        path = Path(settings.BASE_DIR) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PAGES[path.stem](), encoding="utf-8")
    return changed


def stale() -> list[str]:
    """Pages whose file is missing or says something else than the code."""
    return [name for name, text in _all() if not _same(Path(settings.BASE_DIR) / name, text)]


def _all() -> Iterable[tuple[str, str]]:
    return ((f"docs/reference/{stem}.md", page()) for stem, page in _PAGES.items())


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _page(title: str, intro: str, *parts: str) -> str:
    return "\n".join([_HEAD + f"# {title}", "", intro, "", *parts]).rstrip() + "\n"


def _table(heads: list[str], rows: Iterable[Iterable[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "／").replace("\n", " ") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _names(codes: Iterable[str]) -> str:
    return "、".join(STATES[code].name for code in codes) or "（立案）"


_DOOR_HEADS = ["动作", "从", "到", "谁办", "起算", "停止", "文书"]


def _door_rows(table: MoveTable, states: Mapping[str, Place]) -> list[tuple[str, ...]]:
    """Referrals and leads have tables of their own, the same under every regime (onedoor/table.py)."""

    def names(codes: Iterable[str]) -> str:
        return "、".join(states[code].name for code in codes) or "（登记）"

    return [
        (
            f"{row.key} {row.title}",
            names(row.sources),
            names(row.targets),
            "、".join(sorted(role_name(role) for role in row.roles)),
            "、".join((*row.starts, *(f"（{clock}）" for clock in row.may_start))),
            "、".join(row.stops),
            "、".join(row.papers),
        )
        for row in table
    ]


def _moves() -> str:
    parts = []
    for aid in registry.all_types():
        rows = [
            (
                f"{row.key} {row.title}",
                _names(row.sources),
                _names(row.targets),
                "、".join(sorted(role_name(role) for role in row.roles)),
                "、".join((*row.starts, *(f"（{clock}）" for clock in row.may_start))),
                "、".join(row.stops),
                "、".join((*row.papers, *(f"（{paper}）" for paper in row.optional_papers))),
                "、".join(sorted(row.regimes)),
            )
            for row in aid.moves
        ]
        heads = ["动作", "从", "到", "谁办", "起算", "停止", "文书（可选）", "制度"]
        parts += [f"## {aid.name}（{aid.code}）\n", _table(heads, rows), "```mermaid\nstateDiagram-v2"]
        arrows = {
            (source, target)
            for row in aid.moves
            for source in row.sources or ("[*]",)
            for target in row.targets
        }
        used = {code for arrow in arrows for code in arrow if code != "[*]"}
        parts += [f"    {code}: {STATES[code].name}" for code in STATES if code in used]
        parts += [f"    {source} --> {target}" for source, target in sorted(arrows)]
        parts.append("```\n")
    for title, table, states in (
        ("转办单（R）", REFERRAL, REFERRAL_STATES),
        ("困难线索（L）", LEAD, LEAD_STATES),
    ):
        parts += [f"## {title}\n", _table(_DOOR_HEADS, _door_rows(table, states))]
    return _page(
        "办理动作",
        "每一行是一个动作：按钮、权限、时限、文书和审计类型都由它派生（workflow/common_moves.py）。",
        *parts,
    )


def _permissions() -> str:
    parts = [
        _table(
            ["岗位", "层级", "核对明细", "权力", "限制"],
            [
                (
                    f"{role.name}（{role.code}）",
                    role.level,
                    f"L{role.sight}",
                    "、".join(sorted(role.powers)),
                    role.limits,
                )
                for role in ROLES.values()
            ],
        )
    ]
    for aid in registry.all_types():
        keys = sorted({row.key for row in aid.moves}, key=lambda key: (len(key), key))
        roles = sorted({role for row in aid.moves for role in row.roles})
        parts += [f"## {aid.name}：岗位 × 动作\n"]
        parts.append(
            _table(
                ["动作", *(role_name(role) for role in roles)],
                [
                    [
                        key,
                        *(
                            "●" if any(role in row.roles for row in aid.moves.named(key)) else ""
                            for role in roles
                        ),
                    ]
                    for key in keys
                ],
            )
        )
    return _page("岗位与权限", "由 accounts/roles.py 和动作表生成。", *parts)


def _clocks() -> str:
    rows = [
        (
            each.id,
            each.name,
            f"{each.days} {_UNITS.get(each.unit, each.unit)}",
            "；".join(f"{regime} {days}" for regime, days in each.by_regime.items()),
            "是" if each.pausable else "",
            f"`{each.parameter}`" if each.parameter else "",
            each.article,
        )
        for each in deadlines().values()
    ]
    heads = ["时限", "名称", "期限", "按制度", "可暂停", "参数", "依据"]
    return _page(
        "时限", "由 workflow/deadlines.yaml 生成。到期日由步骤、暂停和工作日历计算。", _table(heads, rows)
    )


def _refusals() -> str:
    rows = [
        (
            code,
            entry["sentence"],
            entry.get("next", ""),
            entry.get("status", 409),
            "已停用" if entry.get("retired") else "",
        )
        for code, entry in sorted(refusal.register().items())
    ]
    return _page(
        "拒绝代码",
        "页面、接口和命令行用同一代码和同一句话；代码不重用。",
        _table(["代码", "说明", "下一步", "HTTP", ""], rows),
    )


def _papers() -> str:
    """The catalogue with an ordinary aid's titles, then what each aid's papers cite (DOC-06)."""
    words = aid_words.words(registry.get(registry.ORDINARY), "P2019") | {"applicant_name": "（申请人）"}
    rows = [
        (
            each.code,
            engine.title(each, words, "P2019"),
            each.organ,
            "编号" if each.numbered else "",
            "盖章" if each.seal else "",
            "送达" if each.served else "",
        )
        for each in all_notices().values()
    ]
    listed = _table(["代码", "名称", "签发", "文号", "印章", "送达"], rows)
    law = _table(["类别", "事项", "文书", *all_regimes()], _cited())
    return _page(
        "文书",
        "由 documents/notices 和各类别的 papers.yaml 生成；名称以低保、2019年版为例。",
        listed,
        "## 各类别文书所引条款\n",
        law,
    )


def _cited() -> list[tuple[str, ...]]:
    rows = []
    for aid in registry.all_types():
        for topic, what in TOPICS.items():
            by_regime = [
                "、".join(aid.papers.articles((topic,), regime)) if regime in aid.regimes else ""
                for regime in all_regimes()
            ]
            if any(by_regime):
                codes = "、".join(each.code for each in all_notices().values() if topic in each.law)
                rows.append((aid.short_name, what, codes, *by_regime))
    return rows


def _parameters() -> str:
    rows = [
        (
            f"`{each.key}`",
            each.title,
            each.unit,
            "须公布" if each.default is None else each.default,
            each.tag,
            each.article,
        )
        for each in parameters.declarations().values()
    ]
    heads = ["参数", "名称", "单位", "缺省值", "把握", "依据"]
    return _page(
        "参数",
        "值由市、县公布（有文号、有日期、双人），缺省值在未公布时使用；把握：S 本市文件，F 上级文件，K 惯例，A 待本地核定。",
        _table(heads, rows),
    )


def _conditions() -> str:
    parts = []
    for path in sorted((Path(settings.BASE_DIR) / "jiuzhu" / "aid_types").glob("*/conditions.yaml")):
        rows = [
            (
                each.key,
                each.title,
                f"`{each.fact}` {each.test} `{each.limit}`",
                each.reason,
                each.rule,
                "；".join(dict.fromkeys(each.article.values())),
            )
            for each in conditions.load(path)
        ]
        parts += [
            f"## {path.parent.name}\n",
            _table(["条件", "名称", "比较", "理由代码", "规则", "依据"], rows),
        ]
    return _page("条件", "由 aid_types/*/conditions.yaml 生成。", *parts)


def _notice() -> str:
    """聊民发〔2019〕57号 sentence by sentence; what no code keeps yet says so."""
    known, rows = rule_index.rules(), rule_index.moves()

    def link(rule: str) -> str:
        if rule in known:
            return f"[{rule}](rules.md#{rule.lower()})"
        return f"[{rule}](moves.md)" if rule in rows else rule

    parts = []
    for title, sentences in rule_index.notice():
        lines = []
        for each in sentences:
            there, missing = rule_index.kept(each.rules)
            state = "尚未建设" if not there else f"{'、'.join(missing)} 尚未引用" if missing else ""
            lines.append((each.number, each.words, " ".join(link(rule) for rule in each.rules), state))
        parts += [f"## {title}\n", _table(["序号", "文件要求", "规则", "备注"], lines)]
    return _page(
        "聊民发〔2019〕57号逐句对照",
        "由 docs/notice.yaml 和代码中引用的规则编号生成：一句话 → 规则 → 代码和测试（rules.md）。",
        *parts,
    )


def _rules() -> str:
    """Every rule id → the functions whose docstring names it, other files, tests."""

    def file(path: str) -> str:
        return f"[`{path}`](../../{path})"

    parts, family = [], ""
    for rule, found in rule_index.rules().items():
        if rule.split("-")[0] != family:
            family = rule.split("-")[0]
            parts.append(f"## {family}\n")
        named = [each for each in sorted(found.code) if each[2]]
        also = sorted({path for path, _, words in found.code if not words} - {each[0] for each in named})
        lines = [
            f"- {file(path)} {f'`{name}` ' if name else ''}{words}".replace("|", "／")
            for path, name, words in named
        ]
        lines += [f"- 另见 {'、'.join(map(file, also))}"] if also else []
        lines += [f"- 测试 {'、'.join(map(file, sorted(found.tests)))}"] if found.tests else []
        parts.append(f"### {rule}\n\n" + "\n".join(lines) + "\n")
    return _page("规则在哪里", "由代码和测试中引用的规则编号生成。", *parts)


_PAGES: dict[str, Callable[[], str]] = {
    "moves": _moves,
    "permissions": _permissions,
    "clocks": _clocks,
    "refusals": _refusals,
    "papers": _papers,
    "parameters": _parameters,
    "conditions": _conditions,
    "notice": _notice,
    "rules": _rules,
}
