"""Inboxes of other departments (medical insurance, education, housing …), simulated. 模拟部门，非真实答复.

A slip is taken at once, answered after a day or two of the demo's own time (here: the second time it is asked for),
always the same way for the same slip. Slips outlive a restart (``slips.jsonl``). At /desk/ somebody may play the department and answer by hand.
Faults at /desk/fault: down, late (never answers by itself), garbled.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from departments.signing import refused_signature

BANNER = "模拟部门，非真实答复"
SEED = int(os.environ.get("JIUZHU_WORLD_SEED", "57"))
# of a hundred slips: sent back, not fit; all others are helped
RETURNED, NOT_FIT = 8, 17


class Slips(dict[str, dict[str, Any]]):
    """By number. Every state a slip comes to is a line of a file; who reads the file again knows them all."""

    path: Path | None = None

    def kept_in(self, folder: Path) -> None:
        """From now on in this folder, with what lies there already; a line torn by a kill is left out."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "slips.jsonl"
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            with suppress(json.JSONDecodeError):
                self.update(json.loads(line))
        draft = self.path.with_suffix(".new")
        draft.write_text("".join(self._line(number) for number in self), encoding="utf-8")
        draft.replace(self.path)

    def keep(self, number: str) -> None:
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self._line(number))

    def _line(self, number: str) -> str:
        return json.dumps({number: self[number]}, ensure_ascii=False) + "\n"


slips = Slips()
nonces: dict[str, float] = {}
state: dict[str, str] = {"fault": ""}
_WORDS = {
    "TAKEN": "已收到转办单，正在办理。",
    "RETURNED": "不属于本单位职责，请改转。",
    "NOT_FIT": "已核实，不符合本单位救助条件，已向本人说明。",
    "DONE": "已联系本人并办理，符合条件，已落实帮扶。",
}


def _draw(number: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{SEED}:{number}".encode()).digest()[:4], "big") % 100


async def _checked(request: Request) -> tuple[bytes, Response | None]:
    content = await request.body()
    reason = refused_signature(request, content, nonces)
    if reason:
        return content, JSONResponse({"msg": reason}, 401)
    if state["fault"] == "down":
        return content, JSONResponse({"msg": "收件系统停机"}, 503)
    if state["fault"] == "garbled":
        return content, Response(b"\xff\xfe<not json", 200)
    return content, None


def _say(slip: dict[str, Any], kind: str, text: str, helped: bool | None = None) -> None:
    slip["answers"].append(
        {
            "seq": len(slip["answers"]) + 1,
            "kind": kind,
            "helped": helped,
            "text": text,
            "officer": "模拟经办人",
        }
    )


async def hand_in(request: Request) -> Response:
    """One slip, once: the same number again gives the same receipt; another content under it is refused."""
    content, refusal = await _checked(request)
    if refusal:
        return refusal
    asked = json.loads(content)
    lacking = [
        name for name in ("slipId", "slipNo", "matter", "name", "need", "answerBy") if not asked.get(name)
    ]
    if lacking:
        return JSONResponse({"msg": f"缺少{lacking}"}, 400)
    known = slips.get(asked["slipId"])
    if known and known["asked"] != asked:
        return JSONResponse({"msg": "该转办单号已收到另一份内容"}, 409)
    digest = hashlib.sha256(asked["slipId"].encode()).hexdigest()[:10]
    if not known:
        slips[asked["slipId"]] = {
            "asked": asked,
            "inbox": request.path_params["inbox"],
            "receipt": f"SJ{digest}",
            "answers": [],
            "reminded": 0,
        }
        slips.keep(asked["slipId"])
    return JSONResponse({"receipt": f"SJ{digest}", "simulated": True, "note": BANNER})


async def answers(request: Request) -> Response:
    _, refusal = await _checked(request)
    if refusal:
        return refusal
    slip = slips.get(request.path_params["number"])
    if slip is None:
        return JSONResponse({"msg": "没有这份转办单"}, 404)
    said = len(slip["answers"])
    if state["fault"] != "late":
        _work(slip, request.path_params["number"])
    if len(slip["answers"]) > said:
        slips.keep(request.path_params["number"])
    return JSONResponse({"answers": slip["answers"], "simulated": True, "note": BANNER})


def _work(slip: dict[str, Any], number: str) -> None:
    """What the department does by itself: takes the slip, then answers it."""
    drawn = _draw(number)
    if not slip["answers"]:
        if drawn < RETURNED:
            _say(slip, "RETURNED", _WORDS["RETURNED"])
        else:
            _say(slip, "TAKEN", _WORDS["TAKEN"])
    elif slip["answers"][-1]["kind"] == "TAKEN":
        fit = drawn >= RETURNED + NOT_FIT
        _say(slip, "DONE", _WORDS["DONE" if fit else "NOT_FIT"], fit)


async def remind(request: Request) -> Response:
    _, refusal = await _checked(request)
    if refusal:
        return refusal
    slip = slips.get(request.path_params["number"])
    if slip is None:
        return JSONResponse({"msg": "没有这份转办单"}, 404)
    slip["reminded"] += 1
    slips.keep(request.path_params["number"])
    return JSONResponse({"reminded": slip["reminded"], "simulated": True, "note": BANNER})


async def console(request: Request) -> Response:
    """Every slip with what was said, and a form to answer as that department."""
    rows = "".join(
        f"<tr><td>{html.escape(slip['asked']['slipNo'])}<td>{html.escape(slip['inbox'])}<td>{html.escape(slip['asked']['need'])}"
        f"<td>{'；'.join(html.escape(each['kind'] + ' ' + each['text']) for each in slip['answers'])}<td>{slip['reminded']}"
        f"<td><form method='post' action='/desk/answer'><input type='hidden' name='number' value='{html.escape(number)}'>"
        "<select name='kind'><option>TAKEN<option>RETURNED<option>DONE<option>NOT_FIT</select>"
        "<input name='text' maxlength='200'><button>答复</button></form></tr>"
        for number, slip in slips.items()
    )
    return HTMLResponse(
        f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>模拟部门收件箱</title><h1>模拟部门收件箱</h1><p>{BANNER}</p>"
        f"<p>当前故障：{html.escape(state['fault'] or '无')}</p>"
        f"<table border='1'><tr><th>转办单号<th>部门<th>诉求<th>答复<th>催办<th>扮演部门</tr>{rows}</table>"
    )


async def answer_by_hand(request: Request) -> Response:
    given = dict(part.partition("=")[::2] for part in (await request.body()).decode().split("&"))
    from urllib.parse import unquote_plus

    number, kind, text = (unquote_plus(given.get(name, "")) for name in ("number", "kind", "text"))
    slip = slips.get(number)
    if slip is not None and kind in _WORDS:
        said = "DONE" if kind == "NOT_FIT" else kind
        _say(slip, said, text or _WORDS[kind], {"DONE": True, "NOT_FIT": False}.get(kind))
        slips.keep(number)
    return RedirectResponse("/desk/", 303)


async def set_fault(request: Request) -> Response:
    state["fault"] = (await request.json()).get("fault", "")
    return JSONResponse(state)


routes = [
    Route("/desk/", console),
    Route("/desk/fault", set_fault, methods=["POST"]),
    Route("/desk/answer", answer_by_hand, methods=["POST"]),
    Route("/desk/{inbox}/slips", hand_in, methods=["POST"]),
    Route("/desk/{inbox}/slips/{number}", answers),
    Route("/desk/{inbox}/slips/{number}/remind", remind, methods=["POST"]),
]
