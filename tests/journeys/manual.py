"""The operating manual: what the journeys showed, chapter by chapter, with pictures at desktop and phone width."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

CHAPTERS = {
    "citizen": ("01-群众", "群众：手机上办理", "申请人在手机上从第一句话办到领取结果。"),
    "village": (
        "02-村居协理员",
        "村（居）社会救助协理员",
        "三个大按钮：帮人申请、发现急难、公示拍照；下面是待办、报告变化（去世放在最前）、报告有困难的人、一门受理。",
    ),
    "clerk": (
        "03-乡镇经办人员",
        "乡镇（街道）经办人员",
        "每天从“今日待办”开始：登记、受理、调查、公示；急难先救助；待遇变更和复核；一门受理。",
    ),
    "verifier": ("04-核对人员", "核对人员", "启动核对、查看结果、出具报告；定期复核时重新核对。"),
    "lead": (
        "05-乡镇负责人",
        "乡镇（街道）负责人",
        "审核；已下放的县（市、区）由乡镇审批；急难盖章、变更和复核决定。",
    ),
    "county": ("06-县级审批与监管", "县级审批与监管", "审批、入户核查、监督。"),
    "money": (
        "07-资金发放",
        "资金发放",
        "编制花名册、乡镇核对、县级核对、财政确认、送银行、对账；提高标准。",
    ),
    "city": ("08-市级与系统管理", "市级与系统管理", "标准发布、审批权限下放、权限表、账号、审计。"),
}


# a chapter follows the work: first the whole way of a family, then what comes beside and after it
ORDER = (
    "the_village_assistant",
    "a_family_is_granted_on",
    "a_family_is_granted_by",
    "a_family_with_a_new_car",
    "a_neighbour_objects",
    "a_pensioner",
    "a_neighbour_is_noticed",
    "an_emergency",
    "an_old_man",
    "a_death",
    "a_review",
    "the_month",
    "a_new_standard",
    "the_city",
    "a_new_colleague",
)


def _place(part: Path) -> int:
    return next((number for number, name in enumerate(ORDER) if part.name.startswith(name)), len(ORDER))


@dataclass
class Manual:
    """Pictures go to ``folder``/图; the words wait in a file per journey until ``write`` joins them."""

    folder: Path
    journey: str
    count: int = 0

    def keep(self, chapter: str, title: str, text: str, pictures: dict[str, bytes]) -> None:
        assert chapter in CHAPTERS, chapter
        self.count += 1
        images = self.folder / "images"
        images.mkdir(parents=True, exist_ok=True)
        entry = {"chapter": chapter, "title": title, "text": text}
        for name, png in pictures.items():
            file = f"{self.journey}-{self.count:02d}-{name}.png"
            _small(png).save(images / file, optimize=True)
            entry[name] = f"images/{file}"
        with (self.folder / f"{self.journey}.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _small(png: bytes) -> Image.Image:
    """Few colours are enough for a screen; a very long page is cut."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    longest = 2600
    if picture.height > longest:
        picture = picture.crop((0, 0, picture.width, longest))
    return picture.quantize(64, dither=Image.Dither.NONE)


def write(folder: Path) -> list[Path]:
    """Join what the journeys kept into one Chinese chapter per role; returns the files written."""
    entries = []
    for part in sorted(folder.glob("*.jsonl"), key=_place):
        entries += [json.loads(line) for line in part.read_text(encoding="utf-8").splitlines()]
        part.unlink()
    written = []
    for key, (name, title, summary) in CHAPTERS.items():
        own = [entry for entry in entries if entry["chapter"] == key]
        lines = [f"# {title}", "", summary, ""]
        for number, entry in enumerate(own, 1):
            lines += [f"## {number}. {entry['title']}", "", entry["text"], ""]
            lines += [f"![{entry['title']}（电脑）]({entry['desktop']})", ""]
            lines += [f"![{entry['title']}（手机）]({entry['phone']})", ""]
        path = folder / f"{name}.md"
        path.write_text("\n".join(lines), encoding="utf-8")
        written.append(path)
    index = [
        "# 操作手册",
        "",
        "每章一个岗位。截图由 `make manual` 在真实浏览器中走流程时拍下，数据为模拟数据。",
        "",
        "办不了的时候：页面上方出现红框，写明为什么、下一步怎么办；数据没有改动，填过的内容还在。",
        "照着下一步办；还不行，把红框里的代码告诉系统管理员。",
        "",
    ]
    index += [f"- [{title}]({name}.md)：{summary}" for name, title, summary in CHAPTERS.values()]
    (folder / "README.md").write_text("\n".join([*index, ""]), encoding="utf-8")
    return written
