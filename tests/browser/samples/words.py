"""What the planted say on pages, in one language alone; and a photograph."""

from __future__ import annotations

from io import BytesIO

DISPUTE = (
    "楼上漏水的赔偿",
    "漏水三个月，天花板泡坏了。",
    "希望先修管道。",
    "一个月内修好。",
    "赵青禾",
    "钱大川",
)
WISH = "晚上走路看不清，请尽快看一下。"
NEAR = "临水巷口"
PETITION = (
    "楼道供暖一直不热",
    "请恢复供暖",
    "已收到将入户测温",
    "测温符合标准",
    "城镇供热条例",
    "区长",
)
TOGETHER = "带工具到场，当场定由谁来做。"
MAILBOX = ("云溪邮箱", "小云机器人")
HOTLINE = ("云溪热线", "小区门口的路灯不亮。", "没有这张单子。")
SYSTEMS = ("市级平台", "热线平台", "市政热线", "查无此灯", "路口的灯不亮。", "路口的路灯不亮了。")
SHARED = (
    *("道路施工时避让灯杆", "《城市照明管理规定》", "第二十条", "设施档案", "编号", "参保号"),
    *("地址不缺", "约定以外不用", "灯的位置"),
)
TABLES = ("街道台账", "街道每日", "台账.csv", "今日事项清单中没有此编码的类别。", "街道")
ASSET = "临水巷口12号灯"
ERRANDS = (
    "请看看灯柱有没有松动。",
    "今晚七点以后上门。",
    "临水巷口便民店",
    "灯柱松动，已拉上警戒带。",
)
HAZARD = ("临水巷市场东出口", "通道堆放货筐，即日清空。", "本区整改办法")
PATROL = ("临水巷一带巡查", "临水巷夜间巡查", "看设施，看通道。", "标签被雨水冲掉了。")
ANSWER = (
    "已更换灯泡和镇流器，现场恢复照明。"  # of a journey; quoted where a matter is like that one
)
PETITIONER = "王芳"
LEVEL = "青石街道平台", "街角的路灯一明一暗。", "这不应由该层级平台来说。"
SAID = (
    WISH,
    NEAR,
    TOGETHER,
    *DISPUTE,
    *PETITION,
    PETITIONER,
    *SYSTEMS,
    *HOTLINE,
    *MAILBOX,
    *SHARED,
    *LEVEL,
    *TABLES,
    ASSET,
    *ERRANDS,
    *HAZARD,
    *PATROL,
    ANSWER,
)  # what stands on pages in one language alone


def picture() -> bytes:
    """Return a small photograph: a lamp on a dark street, as JPEG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 480), (28, 36, 60))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill=(60, 60, 64))
    draw.rectangle((310, 120, 322, 400), fill=(110, 110, 110))
    draw.ellipse((280, 90, 352, 140), fill=(240, 220, 150))
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()
