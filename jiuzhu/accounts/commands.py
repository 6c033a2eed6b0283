"""``jiuzhu token``: tokens for machines that work in somebody's post."""

from __future__ import annotations

import click


@click.group()
def token() -> None:
    """接口令牌"""


@token.command("issue")
@click.argument("username")
@click.option("--days", default=90, show_default=True, help="有效天数")
@click.option("--label", default="", help="用途说明")
def issue(username: str, days: int, label: str) -> None:
    """为某个工号的岗位签发接口令牌（只显示这一次）"""
    from jiuzhu.accounts import tokens
    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.accounts.models import Staff
    from jiuzhu.accounts.queries import posts_of
    from jiuzhu.core import clock
    from jiuzhu.core.refusal import Refusal

    staff = Staff.objects.filter(username=username, is_active=True).first()
    posts = posts_of(staff, clock.today()) if staff else []
    if not posts:
        raise Refusal("E_NOT_FOUND", what=f"工号{username}或其岗位")
    with fence(PLATFORM):
        click.echo(tokens.issue(PLATFORM, posts[0], label=label or username, days=days))


@token.command("revoke")
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """立即停用一个接口令牌"""
    from jiuzhu.accounts import tokens
    from jiuzhu.accounts.actor import PLATFORM, fence

    with fence(PLATFORM):
        tokens.revoke(PLATFORM, token_id)
    click.echo("已停用")


commands = [token]
