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
    "clerk": ("03-乡镇经办人员", "乡镇（街道）经办人员", "登记、受理、调查、公示。"),
    "verifier": ("04-核对人员", "核对人员", "启动核对、查看结果、出具报告。"),
    "lead": ("05-乡镇负责人", "乡镇（街道）负责人", "审核；已下放的县（市、区）由乡镇审批。"),
    "county": ("06-县级审批与监管", "县级审批与监管", "审批、入户核查、监督。"),
    "money": ("07-资金发放", "资金发放", "生成发放批次、县级审核、财政确认、银行文件、退回重发。"),
    "city": ("08-市级与系统管理", "市级与系统管理", "标准发布、审批权限下放、权限表、审计。"),
}


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
    for part in sorted(folder.glob("*.jsonl")):
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
    ]
    index += [f"- [{title}]({name}.md)：{summary}" for name, title, summary in CHAPTERS.values()]
    (folder / "README.md").write_text("\n".join([*index, ""]), encoding="utf-8")
    return written
