"""``jiuzhu token``: tokens for machines that work in somebody's post; ``jiuzhu staff``: the first administrator's account."""

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


@click.group()
def staff() -> None:
    """工作人员账号（第一个系统管理员由此开设，其余在界面上办理）"""


@staff.command("open")
@click.argument("username")
@click.argument("name")
@click.argument("organ_code")
@click.argument("role")
def open_account(username: str, name: str, organ_code: str, role: str) -> None:
    """开设账号并分配岗位，打印初始密码，例如：staff open A0001 林涛 3715 SYSADMIN"""
    from jiuzhu.accounts import staffing
    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.accounts.models import Organisation
    from jiuzhu.core.refusal import Refusal

    organ = Organisation.objects.filter(code=organ_code).first()
    if organ is None:
        raise Refusal("E_NOT_FOUND", what=f"单位{organ_code}")
    with fence(PLATFORM):
        opened, password = staffing.open_account(
            PLATFORM, username=username, name=name, organ_id=organ.id, role=role
        )
    click.echo(
        f"已开设 {opened.username}，初始密码 {password}（只显示这一次，登录后先改密码、再绑定动态验证码）"
    )


commands = [token, staff]
