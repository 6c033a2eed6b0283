"""What people do on the screens, step by step; journeys are sentences made of these."""

from __future__ import annotations

from typing import Any

from tests.journeys.city import City, Screen


def enter(screen: Screen, family: dict[str, Any], *, manual: bool = False) -> None:
    """A citizen shows who he is (simulated identity service)."""
    screen.open("/enter/")
    if manual:
        screen.tell(
            "citizen",
            "登录",
            "填姓名和公民身份号码，收短信验证码进入。号码填错当场提示；输错五次要等半小时。演示环境的短信直接显示在页面上。",
        )
    head = family["people"][0]
    screen.fill("姓名", head["name"]).fill("公民身份号码", head["id_no"]).press("发送验证码")
    code = screen.page.locator(".gov-sms strong").inner_text()
    screen.fill("6 位验证码", code).press("进入")


def register(screen: Screen, city: City, family: dict[str, Any], town: str, *, manual: bool = False) -> None:
    """The intention: where, who, what is hard."""
    screen.open("/apply/")
    county = {"371522102": "莘县", "371581101": "临清市", "371502101": "东昌府区"}[family["town"]]
    screen.press(county)
    screen.press(town)
    fill_family(screen, family)
    if manual:
        screen.tell(
            "citizen",
            "登记救助意愿",
            "填家里每个人和有什么困难，点“登记”。不用交任何证明；号码填错、有人已经在别处申请，会当场说明怎么办。",
        )
    screen.press("登记")
    if manual:
        screen.tell(
            "citizen", "登记成功", "登记成功，会告诉您下一步：家里每位成年人签授权。点“现在去签授权”。"
        )


def fill_family(screen: Screen, family: dict[str, Any]) -> None:
    """Names, numbers and relations of everybody; the rest from the family's own words."""
    page = screen.page
    for number, person in enumerate(family["people"]):
        if number > 3:
            screen.press("再加")
        page.locator(f"[name=p{number}-name]").fill(person["name"])
        page.locator(f"[name=p{number}-id_no]").fill(person.get("typed_id_no", person["id_no"]))
        if number:
            page.locator(f"[name=p{number}-relation]").select_option(person["relation"])
        for name in ("health", "labour", "employment", "marital", "disability_category", "disability_grade"):
            box = page.locator(f"[name=p{number}-{name}]")
            if person.get(name) and box.locator(f"option[value='{person[name]}']").count():
                box.evaluate("box => box.closest('details') && (box.closest('details').open = true)")
                box.select_option(person[name])
    villages = page.locator("[name=home-village]")
    villages.select_option(index=min(1, villages.locator("option").count() - 1))
    page.locator(f"[name=home-area_type][value={family['area']}]").check()
    page.locator("[name=home-address]").fill(family["address"])
    page.locator("[name=home-hardship]").fill(family["hardship"])


def fill_at_the_door(screen: Screen, family: dict[str, Any]) -> None:
    """Who the family is, at the one door; the need is already there."""
    page = screen.page
    for number, person in enumerate(family["people"]):
        if number > 3:
            screen.press("再加一人")
        page.locator(f"[name=p{number}-name]").fill(person["name"])
        page.locator(f"[name=p{number}-id_no]").fill(person.get("typed_id_no", person["id_no"]))
        if number:
            page.locator(f"[name=p{number}-relation]").select_option(person["relation"])
    page.locator("[name=home-village]").select_option(index=1)
    page.locator(f"[name=home-area_type][value={family['area']}]").check()


def sign_all(screen: Screen, *, manual: bool = False) -> None:
    """Every adult signs on this one phone."""
    if manual:
        screen.tell(
            "citizen",
            "谁要签授权",
            "家里每位成年人都要签，签齐了才能核对。在身边的点“在这里签”；不在身边的，点“发给本人签”，把链接发给他。",
        )
    while screen.page.get_by_role("link", name="在这里签").count():
        screen.press("在这里签")
        screen.page.locator("#read").check()
        screen.draw()
        if manual:
            screen.tell(
                "citizen",
                "手写签名",
                "先看授权内容，勾选已看过，再用手指在框里签名，点“同意并签字”。写坏了点“清除重写”；不便手写的上传纸质签名照片。",
            )
            manual = False
        screen.press("同意并签字")


def fill_the_form(
    screen: Screen, family: dict[str, Any], *, manual: bool = False, account: bool = True
) -> None:
    """The one form, page by page; ends on the case page."""
    page = screen.page
    if manual:
        screen.tell(
            "citizen",
            "申请表",
            "登记过的内容不用再填，只补没有的。填一页点一次“保存，下一步”，中间断网也不会丢。",
        )
    screen.press("保存，下一步")
    incomes = family["declared"]["incomes"]
    for number, income in enumerate(incomes):
        if number:
            screen.press("再加一项")
        name = family["people"][income["person"]]["name"]
        page.locator(f"[name=incomes{number}-person]").select_option(label=name)
        page.locator(f"[name=incomes{number}-kind]").select_option(income["kind"])
        page.locator(f"[name=incomes{number}-month]").fill(str(income["month_yuan"]))
    screen.press("保存，下一步")
    screen.press("保存，下一步")
    given = family["declared"]["account"]
    if account:
        page.locator("[name=holder]").select_option(label=family["people"][0]["name"])
        page.locator("[name=bank_code]").select_option(given["bank_code"])
        page.locator("[name=number]").fill(given["number"])
        screen.press("保存，下一步")
    else:
        screen.click(screen.page.get_by_role("link", name="亲属"))
    screen.press("保存，下一步")
    screen.page.locator("#commitment").check()
    if manual:
        screen.tell(
            "citizen",
            "确认提交",
            "最后看一遍，不对的点上面的步骤回去改。勾选承诺，点“提交申请”；哪一项没填会直接带您回到那一页。",
        )
    screen.press("提交申请")


def verify(city: City, town: str, uid: str, *, manual: bool = False) -> None:
    """The verifier asks the departments; two days later the report; the clerk tells the family."""
    verifier = city.staff(f"verifier-{town}")
    if manual:
        verifier.tell(
            "verifier", "今日待办", "进来就是要办的案件，快到期的在前，颜色旁边有字。点右边的字直接去办。"
        )
    verifier.open(f"/office/cases/{uid}/").press("开始核对")
    if manual:
        verifier.tell(
            "verifier",
            "启动核对",
            "选本级直接查询或委托县级，点“开始核对”。授权没签齐、您的保密协议过期，系统不让启动，会写明缺什么。",
        )
    verifier.click(verifier.page.get_by_role("button", name="开始核对"))
    city.departments_answer()
    city.working_days_later(2, 15)
    city.departments_answer()
    verifier.open(f"/office/cases/{uid}/?tab=verification")
    if manual:
        verifier.tell(
            "verifier",
            "各部门应答",
            "哪个部门答了、哪个没答都在表里，没答的系统会自动再问。没有应答不等于没有财产，出报告时会写成“不能判断”。",
        )
    verifier.press("出具核对报告")
    verifier.click(verifier.page.get_by_role("button", name="出具核对报告"))
    verifier.open(f"/office/cases/{uid}/?tab=verification")
    if manual:
        verifier.tell(
            "verifier",
            "核对报告",
            "超标项标红，不一致项要处理：点“处理这一项”，选属实、已说明或豁免，写理由。报告出具以后不能改，复查另出一份。",
        )
    city.working_days_later(1)


def do(screen: Screen, uid: str, title: str, *, chapter: str = "", told: tuple[str, str] = ("", "")) -> None:
    """Open a move's screen from the case page, look at it, make the move."""
    screen.open(f"/office/cases/{uid}/").press(title)
    if chapter:
        screen.tell(chapter, *told)
    screen.click(screen.page.locator("main form").last.get_by_role("button", name=title))


def visit(city: City, town: str, uid: str, *, manual: bool = False) -> None:
    """Two clerks go, write down, photograph, sign; one of them submits."""
    one, two = city.staff(f"clerk-{town}"), city.staff(f"clerk2-{town}")
    one.open(f"/office/cases/{uid}/visit/")
    page = one.page
    for name, words in (
        ("housing", "自有平房三间，陈设简单。"),
        ("income_note", "与申报一致。"),
        ("expense_note", "以口粮、医药为主。"),
        ("health_note", "与申报一致。"),
        ("conclusion", "家庭生活困难，申报情况属实。"),
    ):
        page.locator(f"[name={name}]").fill(words)
    one.press("保存入户情况")
    one.attach("[name=photo]", "home").press("上传照片")
    if manual:
        one.tell(
            "clerk",
            "入户调查",
            "两人以上一起去，手机上填、拍照、签字，填一块点一次保存，断网也不丢。两位调查人都签了字、有照片，才能点“提交入户调查表”。",
        )
    forms = page.locator("form[action$='/visit/present/']")
    one.draw("form[action$='/visit/present/'] canvas")
    one.click(forms.get_by_role("button", name="保存成员签名"))
    one.draw("form[action$='/visit/sign/'] canvas")
    one.click(page.get_by_role("button", name="保存我的签名"))
    two.open(f"/office/cases/{uid}/visit/")
    two.draw("form[action$='/visit/sign/'] canvas")
    two.click(two.page.get_by_role("button", name="保存我的签名"))
    one.open(f"/office/cases/{uid}/visit/")
    while one.page.get_by_role("button", name="保存说明").count():
        one.page.locator(".gov-difference textarea").first.fill("入户核实，情况已说明并留存证据。")
        one.click(one.page.get_by_role("button", name="保存说明").first)
        one.open(f"/office/cases/{uid}/visit/")
    confirmed(one, "提交入户调查表")


def confirmed(screen: Screen, title: str) -> None:
    """Press a button that asks first, and say yes."""
    screen.page.get_by_role("button", name=title).last.click()
    yes = screen.page.locator("dialog[open]").get_by_role("button", name="确认")
    yes.wait_for()
    with screen.page.expect_navigation():
        yes.click()
