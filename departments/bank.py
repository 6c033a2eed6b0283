"""The agent bank's front end, simulated. 模拟银行，不发生真实支付.

Takes a batch file, pays nobody, and answers with a return file in which some accounts fail — always the same ones
for the same seed: closed accounts, names that differ, names with characters older systems cannot write.
Written without a look at the platform's own code: two sides that read one file description.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from departments.signing import refused_signature

BANNER = "模拟银行，不发生真实支付"
SEED = int(os.environ.get("JIUZHU_WORLD_SEED", "57"))
# of a thousand accounts: closed, owner's name differs, dormant
CLOSED, MISMATCH, DORMANT = 12, 8, 5
batches: dict[str, dict[str, Any]] = {}
nonces: dict[str, float] = {}
# "late": still working; "down": the front end is off
state: dict[str, str] = {"fault": ""}


def _sm3(content: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def _draw(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{SEED}:{text}".encode()).digest()[:4], "big") % 1000


def answer_for(batch_no: str, account: str, name: str) -> tuple[str, str]:
    """The bank's code and words for one sum; decided by seed and account, so every run of the demo agrees.

    A customer whose name or card was put right at the counter is paid when the sum comes again (batch R1, R2 …).
    """
    again = not batch_no.endswith("-REGULAR")
    drawn = _draw(account)
    if drawn < CLOSED:
        return "2003", "账户已销户"
    if again:
        return "0000", "交易成功"
    if drawn < CLOSED + MISMATCH:
        return "2002", "户名不符"
    if drawn < CLOSED + MISMATCH + DORMANT:
        return "2005", "账户久悬"
    try:
        name.encode("gbk")
    except UnicodeEncodeError:
        return "2002", "户名不符（生僻字）"
    return "0000", "交易成功"


def make_return(content: bytes) -> bytes:
    """The return file for a batch file; raises ``ValueError`` for a file whose tail does not fit."""
    rows = content.decode("gb18030").split("\r\n")
    rows = [row.split("|") for row in rows if row]
    head, tail = rows[0], rows[-1]
    body = content[: content.rindex("|".join(tail).encode("gb18030"))]
    if head[0] != "H" or tail[0] != "T" or tail[3] != _sm3(body) or int(tail[1]) != len(rows) - 2:
        raise ValueError("控制总数或校验码不符")
    good, bad, lines = [0, 0], [0, 0], []
    for _, seq, account, name, amount, *_rest in rows[1:-1]:
        code, words = answer_for(head[2], account, name)
        cents = int(amount.replace(".", ""))
        kept = good if code == "0000" else bad
        kept[0], kept[1] = kept[0] + 1, kept[1] + cents
        lines.append(f"D|{seq}|{account}|{name}|{amount}|{code}|{words}\r\n")
    top = f"H|R|{head[2]}|{head[3]}|{head[4]}|{good[0]}|{_yuan(good[1])}|{bad[0]}|{_yuan(bad[1])}\r\n"
    made = "".join([top, *lines]).encode("gb18030")
    return made + f"T|{len(lines)}|{_yuan(good[1] + bad[1])}|{_sm3(made)}\r\n".encode("gb18030")


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


async def hand_in(request: Request) -> Response:
    """One batch, once: the same file again gives the same receipt, another file under its number is refused."""
    content = await request.body()
    reason = refused_signature(request, content, nonces)
    if reason or state["fault"] == "down":
        return JSONResponse({"msg": reason or "前置机停机"}, 401 if reason else 503)
    asked = json.loads(content)
    file = base64.b64decode(asked["content"])
    known = batches.get(asked["batchNo"])
    if known and known["digest"] != asked["digest"]:
        return JSONResponse({"msg": "该批号已受理另一份文件"}, 409)
    if asked["digest"] != _sm3(file):
        return JSONResponse({"msg": "文件校验码不符"}, 400)
    try:
        made = make_return(file)
    except (ValueError, IndexError, UnicodeDecodeError) as wrong:
        return JSONResponse({"msg": f"文件不合格式：{wrong}"}, 400)
    kept = batches.setdefault(
        asked["batchNo"],
        {
            "digest": asked["digest"],
            "name": asked["fileName"],
            "receipt": f"MN{_sm3(file)[:12]}",
            "back": made,
            "at": time.strftime("%F %T"),
        },
    )
    return JSONResponse({"receipt": kept["receipt"], "note": BANNER})


async def returned(request: Request) -> Response:
    reason = refused_signature(request, b"", nonces)
    if reason:
        return JSONResponse({"msg": reason}, 401)
    known = batches.get(request.path_params["batch"])
    if known is None:
        return JSONResponse({"state": "UNKNOWN", "note": BANNER})
    if state["fault"] == "late":
        return JSONResponse({"state": "WORKING", "note": BANNER})
    return JSONResponse(
        {"state": "DONE", "content": base64.b64encode(known["back"]).decode(), "note": BANNER}
    )


async def console(request: Request) -> Response:
    """What a person sees who opens the bank's address."""
    rows = "".join(
        f"<tr><td>{batch}</td><td>{each['name']}</td><td>{each['receipt']}</td><td>{each['at']}</td></tr>"
        for batch, each in batches.items()
    )
    return HTMLResponse(
        f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>模拟银行</title><h1>模拟银行前置机</h1><p>{BANNER}</p>"
        f"<table border='1'><tr><th>批号<th>文件<th>回执<th>受理时间</tr>{rows}</table>"
    )


async def set_fault(request: Request) -> Response:
    state["fault"] = (await request.json()).get("fault", "")
    return JSONResponse(state)


routes = [
    Route("/bank/", console),
    Route("/bank/fault", set_fault, methods=["POST"]),
    Route("/bank/batch", hand_in, methods=["POST"]),
    Route("/bank/batch/{batch}", returned),
]
