"""The sheet on the village board: whitelist columns only, seven days with the rolling rule (PUBL-02, WD-06)."""

from __future__ import annotations

import secrets

from jiuzhu.accounts.organisations import village_name
from jiuzhu.cases import guards
from jiuzhu.cases.acts._act import Act
from jiuzhu.parameters import queries as parameters
from jiuzhu.publicity import acts as publicity
from jiuzhu.publicity.models import Posting

_PAPERS = {Posting.RESULT: "W25", Posting.PRELIMINARY: "W25-CS", Posting.ANNOUNCEMENT: "W25"}


def post(act: Act, *, members_count: int, amount_fen: int, kind: str = Posting.RESULT) -> Posting:
    """Hang a sheet today and issue its paper: the result (P2019), the preliminary opinion or the announcement (3.3)."""
    case = act.case
    values = parameters.plain_values(case.county, on=act.today, regime=case.regime)
    end = parameters.calendar().publicity_end(
        act.today, int(values["publicity_days"]), bool(values["publicity_roll"])
    )
    last = guards.latest_posting(case)
    sheet = {
        "applicant_name": case.applicant.name,
        "members_count": members_count,
        "amount_fen": amount_fen,
        "village_name": village_name(case.village_code),
        "hotline": case.county.phone or case.town.phone,
    }
    publicity.take_down(case.id, act.today)
    posting = Posting.objects.create(
        token=secrets.token_hex(8),
        case_id=case.id,
        round=last.round + 1 if last else 1,
        kind=kind,
        town=case.town,
        village_code=case.village_code,
        aid_type=case.aid_type,
        posted_on=act.today,
        ends_on=end.on,
        posted_at=act.at,
        posted_by_id=act.actor.id,
        **sheet,
    )
    act.paper(
        _PAPERS[kind],
        token=posting.token,
        starts_on=posting.posted_on,
        ends_on=posting.ends_on,
        **sheet,
    )
    act.note(posting=posting.token, ends_on=posting.ends_on.isoformat())
    return posting
