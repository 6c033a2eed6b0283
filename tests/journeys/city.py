"""A whole city for one journey: web over a database of its own, departments in a process, a browser, a business day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.jobs.queue import run_waiting
from jiuzhu.parameters import queries as parameters
from tests.journeys.manual import Manual

DESKTOP = {"width": 1366, "height": 820}
PHONE = {"width": 390, "height": 844}
# the menu is folded on a phone and open at a desk; the page itself decides when it is loaded
_FOLD_MENU = "open => document.querySelectorAll('[data-fold]').forEach(each => each.open = open)"
# a bar that stays at the window's edge would lie across the middle of a picture of the whole page
_LAY_BARS = """() => document.querySelectorAll('.gov-savebar, .gov-phone-tabs, .gov-menu, .gov-head')
  .forEach(each => { each.style.position = 'static'; })"""
SERIOUS = ("serious", "critical")


@dataclass
class City:
    """``first`` is the made-up family's data; ``manual`` collects screenshots when the manual is being written."""

    url: str
    departments: str
    browser: Browser
    families: Callable[[int], dict[str, Any]]
    manual: Manual | None = None
    screens: list[Screen] = field(default_factory=list)

    def on(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Set the business clock of the whole city."""
        moment = clock.instant(day, hour, minute)
        clock.use(lambda: moment)

    def working_days_later(self, days: int, hour: int = 9) -> None:
        calendar = parameters.calendar()
        self.on(calendar.add_working_days(clock.today(), days).on, hour)

    def departments_answer(self) -> None:
        """Do what waits in the queue, as the worker would; late answers are asked for again."""
        run_waiting()

    def staff(self, username: str) -> Screen:
        """A member of staff at a desk, signed in with one click of the demo."""
        screen = self._screen(DESKTOP)
        screen.open("/demo/")
        screen.page.locator(f"button[value='{username}'], [data-username='{username}']").first.click()
        screen.settle()
        return screen

    def phone(self) -> Screen:
        """Somebody with a phone who has not said who they are."""
        return self._screen(PHONE, touch=True)

    def _screen(self, size: dict[str, int], touch: bool = False) -> Screen:
        context = self.browser.new_context(
            base_url=self.url, viewport=size, locale="zh-CN", has_touch=touch, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(8_000)
        screen = Screen(self, context, context.new_page())
        screen.page.on("pageerror", lambda error: screen.errors.append(str(error)))
        screen.page.on(
            "console",
            lambda said: (
                screen.errors.append(said.text)
                if said.type == "error" and "status of 4" not in said.text
                else None
            ),
        )
        self.screens.append(screen)
        return screen

    def keep_last_looks(self, folder: Path) -> None:
        """What every window showed when a journey failed."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, screen in enumerate(self.screens):
            screen.page.screenshot(path=folder / f"{number:02d}.png", full_page=True)

    def close(self) -> None:
        for screen in self.screens:
            screen.context.close()


@dataclass
class Screen:
    """One browser window of one person."""

    city: City
    context: BrowserContext
    page: Page
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Screen:
        self.page.goto(path)
        self.settle()
        return self

    def settle(self) -> None:
        self.page.wait_for_load_state("load")

    def press(self, words: str) -> Screen:
        """Press the button or link with these words and wait for the page that follows."""
        target = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words))
        return self.click(target.first)

    def click(self, target: Locator) -> Screen:
        """Press something that leads to another page."""
        with self.page.expect_navigation():
            target.click()
        return self

    def fill(self, label: str, text: str) -> Screen:
        self.page.get_by_label(label).first.fill(text)
        return self

    def choose(self, label: str, option: str) -> Screen:
        self.page.get_by_label(label).first.select_option(label=option)
        return self

    def sees(self, words: str) -> Screen:
        expect(self.page.locator("body")).to_contain_text(words)
        return self

    def attach(self, selector: str, kind: str = "home") -> Screen:
        """Put a drawn picture into a file field."""
        picture = drawn_picture(kind)
        self.page.locator(selector).first.set_input_files(
            {"name": f"{kind}.png", "mimeType": picture.mime, "buffer": picture.content}
        )
        return self

    def draw(self, selector: str = "canvas") -> Screen:
        """Sign with the finger: a stroke over the signature field."""
        box = self.page.locator(selector).first
        box.scroll_into_view_if_needed()
        area = box.bounding_box()
        assert area
        mouse = self.page.mouse
        mouse.move(area["x"] + area["width"] * 0.2, area["y"] + area["height"] * 0.6)
        mouse.down()
        for share in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            wave = 0.3 if int(share * 10) % 2 else 0.7
            mouse.move(area["x"] + area["width"] * share, area["y"] + area["height"] * wave, steps=4)
        mouse.up()
        return self

    def sound(self) -> Screen:
        """No serious finding of axe, no script error, nothing wider than the window."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in SERIOUS
        ]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert serious == [], f"{self.page.url}: {serious}"
        assert self.errors == [], f"{self.page.url}: {self.errors}"
        assert wide <= 1, f"{self.page.url} is {wide} pixels wider than the window"
        return self

    def tell(self, chapter: str, title: str, text: str) -> Screen:
        """Check the screen and, when the manual is being written, keep it with these words."""
        self.sound()
        if self.city.manual:
            self.city.manual.keep(chapter, title, text, self._pictures())
        return self

    def _pictures(self) -> dict[str, bytes]:
        size = self.page.viewport_size or DESKTOP
        pictures = {}
        for name, wanted in (("desktop", DESKTOP), ("phone", PHONE)):
            self.page.set_viewport_size(wanted)
            self.page.evaluate(_FOLD_MENU, name == "desktop")
            self.page.evaluate(_LAY_BARS)
            self.page.wait_for_timeout(150)
            pictures[name] = self.page.screenshot(full_page=True, animations="disabled")
        self.page.set_viewport_size(size)
        return pictures


@contextmanager
def browser_of(playwright: Any) -> Iterator[Browser]:
    """Debian's Chromium; never a downloaded one."""
    path = next(p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists())
    browser = playwright.chromium.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"],
        env={**os.environ, "LANGUAGE": "zh_CN"},
    )
    try:
        yield browser
    finally:
        browser.close()


def manual_wanted() -> str:
    return os.environ.get("JIUZHU_MANUAL", "")
