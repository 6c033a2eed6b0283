"""The exchange platform and nine departments behind it, simulated. 模拟系统，非真实部门数据.

Calls are signed, timestamped and never accepted twice; purpose and consent number must be there.
Faults are switched on per source at the console: 401 429 500 timeout garbled late not_covered mismatch lost_fields.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections import deque
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from departments import bank, desks, world
from departments.register import Register
from departments.signing import refused_signature

BANNER = "模拟系统，非真实部门数据"
FOLDER = Path(os.environ.get("JIUZHU_DEPARTMENTS_FOLDER", "var/departments"))
SEED = int(os.environ.get("JIUZHU_WORLD_SEED", "57"))
register = Register(seed=SEED, size=int(os.environ.get("JIUZHU_WORLD_SIZE", "5000")), folder=FOLDER)
desks.slips.kept_in(FOLDER)
calls: deque[dict[str, Any]] = deque(maxlen=500)
faults: dict[str, str] = {}
tickets: dict[str, dict[str, Any]] = {}
_TICKETS = uuid.uuid4()
nonces: dict[str, float] = {}
_ENVELOPE = ("requestId", "purpose", "consentNo", "operator", "caseNo", "asOf")


class _Refused(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


async def _receive(request: Request, source: str) -> dict[str, Any]:
    """Check signature, replay, purpose and consent; act out a fault if one is set; write the call down."""
    content = await request.body()
    reason = refused_signature(request, content, nonces)
    fault = faults.get(source, "")
    if reason or fault == "401":
        raise _Refused(JSONResponse({"code": "401", "msg": reason or "签名错误"}, 401))
    if fault in ("429", "500"):
        raise _Refused(JSONResponse({"msg": "模拟故障"}, int(fault)))
    if fault == "timeout":
        await asyncio.sleep(30)
    if fault == "garbled":
        raise _Refused(Response(b"\xff\xfe<not json", 200))
    if request.method == "GET":
        return {}
    body: dict[str, Any] = json.loads(content)
    lacking = [name for name in _ENVELOPE if not body.get(name)]
    if lacking:
        raise _Refused(JSONResponse({"msg": f"缺少{lacking}"}, 400))
    calls.appendleft(
        {name: body[name] for name in _ENVELOPE} | {"source": source, "at": time.strftime("%F %T")}
    )
    return body


def _handler(source: str, answer: Any) -> Any:
    async def handle(request: Request) -> Response:
        try:
            body = await _receive(request, source)
        except _Refused as refused:
            return refused.response
        return answer(request, body)

    return handle


def _person(name: str, number: str, as_of: str, source: str) -> tuple[str, dict[str, Any]]:
    """``HIT``, ``NONE``, ``MISMATCH`` or ``NOT_COVERED`` and the truth that was so on the day asked about."""
    if faults.get(source) == "not_covered":
        return "NOT_COVERED", {}
    known = register.find(number)
    if known is None:
        return "NONE", {}
    if known["name"] != name or faults.get(source) == "mismatch":
        return "MISMATCH", {}
    return "HIT", known | {"truth": known["truth"] | {"_as_of": as_of}}


def _until(rows: list[dict[str, Any]], as_of: str) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if row.get("on", "") <= as_of and not (row.get("sold_on") and row["sold_on"] <= as_of)
    ]


def household(request: Request, body: dict[str, Any]) -> Response:
    codes = {"HIT": "00", "NONE": "01", "MISMATCH": "02", "NOT_COVERED": "09"}
    rows = []
    for each in body["cxry"]:
        result, known = _person(each["xm"], each["gmsfhm"], body["asOf"], "HJ")
        info = []
        if result == "HIT":
            state = (
                "注销"
                if _dead(known, body["asOf"]) and known["truth"].get("cancelled")
                else known["truth"]["register"]
            )
            info = [
                {
                    "hh": known.get("household", ""),
                    "hzxm": known.get("head", known["name"]),
                    "zt": state,
                    "zz": "示例地址",
                }
            ]
        rows.append({"xh": each["xh"], "jgdm": codes[result], "hjxx": info, "sjrq": body["asOf"]})
    if faults.get("HJ") == "lost_fields":
        rows = [{"xh": row["xh"]} for row in rows]
    return JSONResponse({"jg": rows, "note": BANNER})


def _dead(known: dict[str, Any], as_of: str) -> bool:
    died = known["truth"]["died_on"]
    return bool(died and died <= as_of)


def funeral(request: Request, body: dict[str, Any]) -> Response:
    rows = []
    for each in body["persons"]:
        result, known = _person(each["name"], each["idCard"], body["asOf"], "SW")
        row = {
            "no": each["no"],
            "found": {"NOT_COVERED": "X", "MISMATCH": "M"}.get(result, "N"),
            "dataDate": body["asOf"],
        }
        if result == "HIT" and _dead(known, body["asOf"]):
            row |= {
                "found": "Y",
                "deathDate": known["truth"]["died_on"],
                "cremationDate": known["truth"]["died_on"],
            }
        rows.append(row)
    return JSONResponse({"list": rows, "note": BANNER})


def marriage(request: Request, body: dict[str, Any]) -> Response:
    found = {}
    for seq, name, number in body["dxlb"]:
        result, known = _person(name, number, body["asOf"], "HY")
        record = known["truth"]["marriage"] if result == "HIT" else None
        row = (
            {
                "djlb": record["kind"],
                "dfxm": record["partner"],
                "dfzjh": record["partner_no"],
                "djrq": record["on"],
            }
            if record
            else None
        )
        found[str(seq)] = [row] if row and row["djrq"] <= body["asOf"] else []
    return JSONResponse({"djxx": found, "jzrq": body["asOf"], "note": BANNER})


def vehicles_apply(request: Request, body: dict[str, Any]) -> Response:
    return JSONResponse({"ticket": _ticket("CL", body), "note": BANNER})


def _ticket(source: str, body: dict[str, Any]) -> str:
    """The same request id gets the same ticket; a late source needs to be asked once more."""
    ticket = uuid.uuid5(_TICKETS, f"{source}|{body['requestId']}").hex
    tickets.setdefault(ticket, {"body": body, "asked": 0, "source": source})
    return ticket


def _ready(ticket: str, source: str) -> dict[str, Any] | None:
    kept = tickets.get(ticket)
    if kept is None or faults.get(source) == "late":
        return None
    return dict(kept["body"])


def vehicles_result(request: Request, _: dict[str, Any]) -> Response:
    body = _ready(request.path_params["ticket"], "CL")
    if body is None:
        return JSONResponse({"status": "running", "data": [], "asked": []})
    rows, asked = [], []
    for each in body["sfz"]:
        seq, name, number = each.split("|")
        asked.append(int(seq))
        result, known = _person(name, number, body["asOf"], "CL")
        for car in _until(known["truth"]["vehicles"], body["asOf"]) if result == "HIT" else []:
            rows.append(
                {
                    "xh": seq,
                    "hphm": car["plate"],
                    "cllx": car["kind"],
                    "syxz": car["use"],
                    "ccdjrq": car["on"],
                    "zt": car["state"],
                }
            )
    return JSONResponse(
        {"status": "done", "data": rows, "asked": asked, "sjrq": body["asOf"], "note": BANNER}
    )


def real_estate(request: Request, body: dict[str, Any]) -> Response:
    parts = []
    for each in body["QLR"]:
        result, known = _person(each["XM"], each["ZJH"], body["asOf"], "BDC")
        owned = _until(known["truth"]["real_estate"], body["asOf"]) if result == "HIT" else []
        inner = "".join(
            f"<bdc zsh={quoteattr(o['no'])} zl={quoteattr(o['place'])} mj={quoteattr(o['area'])} yt={quoteattr(o['use'])} "
            f"djrq={quoteattr(o['on'])} cqaz={quoteattr(o.get('replaces', '否'))}/>"
            for o in owned
        )
        parts.append(f'<qlr xh="{each["XH"]}" fg="{0 if result == "NOT_COVERED" else 1}">{inner}</qlr>')
    return JSONResponse({"xml": f'<jg sjrq="{body["asOf"]}">{"".join(parts)}</jg>', "note": BANNER})


def social_insurance(request: Request, body: dict[str, Any]) -> Response:
    rows = []
    for each in body["aac"]:
        result, known = _person(each["aac003"], each["aac002"], body["asOf"], "SB")
        paid, received = [], []
        if result == "HIT":
            work, pension = known["truth"]["contribution"], known["truth"]["pension_yuan"]
            if work:
                paid = [
                    {
                        "dwmc": work["employer"],
                        "jfjs": f"{work['base_yuan']}.00",
                        "zjny": body["asOf"][:7].replace("-", ""),
                    }
                ]
            if pension:
                received = [{"yffje": f"{pension}.00", "xz": "城乡居民基本养老保险"}]
        rows.append({"seq": each["seq"], "jf": paid, "dy": received})
    return JSONResponse({"rows": rows, "sjrq": body["asOf"], "note": BANNER})


def business(request: Request, body: dict[str, Any]) -> Response:
    rows = []
    for each in body["RY"]:
        result, known = _person(each["XM"], each["SFZ"], body["asOf"], "GS")
        companies = _until(known["truth"]["companies"], body["asOf"]) if result == "HIT" else []
        owned = [
            {
                "QYMC": c["name"],
                "TYDM": c["uscc"],
                "ZTLX": c["kind"],
                "JS": c["role"],
                "ZCZB": c["capital_wan"],
                "DJZT": c["state"],
            }
            for c in companies
        ]
        rows.append({"XH": each["XH"], "ZT": None if result == "NOT_COVERED" else owned})
    text = json.dumps({"JG": rows, "SJRQ": body["asOf"], "note": BANNER}, ensure_ascii=False)
    return Response(text.encode("gb18030"), media_type="application/json; charset=gb18030")


_HELD = {"PRISON": "01", "DRUG_ISOLATION": "02"}


def prisons(request: Request, body: dict[str, Any]) -> Response:
    """Who is held on the day asked about: in prison, or in compulsory isolation; "to" is blank where no end is set."""
    states = {"HIT": "0", "NONE": "0", "MISMATCH": "2", "NOT_COVERED": "8"}
    rows = []
    for each in body["dxlb"]:
        result, known = _person(each["dxxm"], each["zjhm"], body["asOf"], "SF")
        held = known["truth"].get("held") if result == "HIT" else None
        if held and not held["on"] <= body["asOf"] <= (held.get("until") or body["asOf"]):
            held = None
        info = (
            {
                "lb": _HELD[held["kind"]],
                "qsrq": held["on"].replace("-", ""),
                "jzrq": (held.get("until") or "").replace("-", ""),
            }
            if held
            else None
        )
        rows.append(
            {"dxxh": each["dxxh"], "zt": "1" if info else states[result], "zyxx": [info] if info else []}
        )
    return JSONResponse({"cxjg": rows, "sjrq": body["asOf"].replace("-", ""), "note": BANNER})


def deposits_apply(request: Request, body: dict[str, Any]) -> Response:
    return JSONResponse({"batchNo": _ticket("CK", body), "note": BANNER})


def deposits_result(request: Request, _: dict[str, Any]) -> Response:
    body = _ready(request.path_params["ticket"], "CK")
    if body is None:
        return JSONResponse({"state": "ACCEPTED"})
    rows, over, held_fen = [], False, 0
    for each in body["family"]:
        result, known = _person(each["custName"], each["certNo"], body["asOf"], "CK")
        if result == "HIT":
            over = over or bool(known["truth"]["deposit_over"])
            held_fen += int(known["truth"].get("deposit_fen", 0))
        rows.append({"seq": each["seq"], "familyOver": "9" if result == "NOT_COVERED" else None})
    over = over or held_fen > int(body["familyLimitFen"])
    for row in rows:
        row["familyOver"] = row["familyOver"] or ("1" if over else "0")
    return JSONResponse({"state": "RETURNED", "result": rows, "asOf": body["asOf"], "note": BANNER})


async def console(request: Request) -> Response:
    rows = "".join(
        f"<tr><td>{c['at']}</td><td>{c['source']}</td><td>{c['operator']}</td><td>{c['caseNo']}</td>"
        f"<td>{c['purpose']}</td><td>{c['consentNo']}</td></tr>"
        for c in calls
    )
    page = (
        f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>部门模拟器</title><h1>部门模拟器</h1><p>{BANNER}</p>"
        f"<p>当前故障：{json.dumps(faults, ensure_ascii=False)}</p><table border='1'><tr><th>时间<th>来源<th>操作人<th>案号<th>用途<th>授权编号</tr>{rows}</table>"
    )
    return HTMLResponse(page)


async def call_list(request: Request) -> Response:
    return JSONResponse(list(calls))


async def set_faults(request: Request) -> Response:
    faults.clear()
    faults.update(await request.json())
    return JSONResponse(faults)


async def plant(request: Request) -> Response:
    people = await request.json()
    for person in people:
        register.plant(person)
    return JSONResponse({"planted": len(people)})


async def families(request: Request) -> Response:
    offset, limit = (
        int(request.query_params.get("offset", 0)),
        min(int(request.query_params.get("limit", 10)), 500),
    )
    return JSONResponse(
        [world.family(SEED, index) for index in range(offset, min(offset + limit, register.size))]
    )


async def front(request: Request) -> Response:
    return RedirectResponse("/console/")


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True, "note": BANNER, "today": date.today().isoformat()})


app = Starlette(
    routes=[
        Route("/ga/hjcx", _handler("HJ", household), methods=["POST"]),
        Route("/mz/funeral/query", _handler("SW", funeral), methods=["POST"]),
        Route("/mz/hydj", _handler("HY", marriage), methods=["POST"]),
        Route("/jj/cl/apply", _handler("CL", vehicles_apply), methods=["POST"]),
        Route("/jj/cl/result/{ticket}", _handler("CL", vehicles_result)),
        Route("/zrzy/bdc", _handler("BDC", real_estate), methods=["POST"]),
        Route("/rs/sbcx", _handler("SB", social_insurance), methods=["POST"]),
        Route("/scjg/ztxx", _handler("GS", business), methods=["POST"]),
        Route("/sfxz/zyry", _handler("SF", prisons), methods=["POST"]),
        Route("/yh/deposit/batch", _handler("CK", deposits_apply), methods=["POST"]),
        Route("/yh/deposit/batch/{ticket}", _handler("CK", deposits_result)),
        Route("/", front),
        Route("/console/", console),
        Route("/console/calls.json", call_list),
        Route("/console/faults", set_faults, methods=["POST"]),
        Route("/console/people", plant, methods=["POST"]),
        Route("/console/families", families),
        Route("/healthz", health),
        *bank.routes,
        *desks.routes,
    ]
)
