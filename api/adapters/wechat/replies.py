"""What somebody reads in WeChat as the answer to what they said: Chinese, then English. Source: screens, owner."""

from domain.intakes import Intake
from domain.tickets import Ticket

NOT_KEPT = (
    "系统正忙，刚才这条消息没有保存，请稍后再发一次；紧急情况请直接致电。\n"
    "We are slow just now and your last message was not saved. Please send it again; if it is urgent, call us."
)
WELCOME = (
    "请直接用文字、照片或位置告诉我们哪里坏了。\nTell us what is broken: write, send a photo, or share your location."
)


def to(intake: Intake | None, ticket: Ticket | None, link: str | None) -> str:
    """`link` is where we must ask who they are."""
    if ticket:
        return (
            f"已记录到工单 {ticket.number}。可以继续发送照片或文字补充。\n"
            f"Saved with ticket {ticket.number}. You may add photos or words."
        )
    if not intake:
        return WELCOME
    saved = f"已收到，编号 {intake.number}。"
    english = f"Received: {intake.number}."
    if link:
        return (
            f"{saved}请点击填写电话和住址，我们马上处理：{link}\n"
            f"{english} Please tell us your phone number and address behind the link."
        )
    return f"{saved}调度员会尽快与您联系，也可以继续补充。\n{english} A dispatcher will contact you; you may add to it."
