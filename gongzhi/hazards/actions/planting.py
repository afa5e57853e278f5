"""Hazards for the demo, invented, in various states, and places that are due to be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.utils.timezone import localdate
from PIL import Image, ImageDraw

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import offices_above
from gongzhi.audit.actors import Actor
from gongzhi.hazards import queries
from gongzhi.hazards.actions import moving
from gongzhi.hazards.actions.checking import plan, seed_checklists, visit
from gongzhi.hazards.actions.kinds import seed
from gongzhi.hazards.actions.registering import Told, register
from gongzhi.hazards.models import Checklist, Hazard, Kind
from gongzhi.matters.uploads import Upload, tidy
from gongzhi.places.models import Place

FULL = ("fix", "protect", "order")


@dataclass(frozen=True, slots=True)
class Story:
    """One invented hazard: what and where, how many days ago, whose, and how far it came."""

    kind: str
    name: str
    words: str
    grades: tuple[int, int]
    duty: str
    days_ago: int
    days_given: int
    way: tuple[str, ...]


STORIES = (
    Story("exit_blocked", "临水巷农贸市场东出口", "两道卷帘门白天只开一道，通道堆放货筐。", (3, 4), "market", 20, 30, (*FULL, "rectify", "fail")),
    Story("gas_alarm", "望江路小吃街北段餐馆", "七家餐馆灶间没有燃气报警装置。", (3, 3), "market", 12, 15, FULL),
    Story("fire_lane", "青石里小区南门消防车道", "车道上划有停车位，消防车转不进来。", (3, 4), "fire", 40, 30, (*FULL, "supervise")),
    Story("facade", "供销大厦西侧外墙", "三层外墙砖空鼓，行人从下面过。", (4, 4), "housing", 25, 60, (*FULL, "supervise")),
    Story("pit", "柳堤路与学前街路口窨井", "井圈下沉，井盖翘起约五厘米。", (4, 3), "roads", 6, 7, (*FULL, "rectify")),
    Story("water_edge", "南湖公园北岸栈道", "栏杆缺损四处，旁边没有警示牌。", (3, 4), "greening", 30, 20, (*FULL, "rectify", "accept")),
    Story("lift", "便民服务中心二号电梯", "多次在两层之间停住。", (3, 3), "market", 3, 10, ("fix",)),
    Story("road_sink", "环城西路公交站前路面", "路面下沉约三平方米，雨后加重。", (4, 4), "roads", 1, 10, ()),
    Story("slope", "北山登山道半坡", "坡面开裂，雨季有石块滚落。", (3, 4), "emergency_management", 15, 90, FULL),
    Story("tree", "学府路小学门前行道树", "一棵悬铃木枯死，向路面倾斜。", (3, 3), "greening", 50, 14, (*FULL, "rectify", "accept")),
    Story("wiring", "老机械厂家属区车棚", "车棚顶上电线接头裸露。", (2, 3), "housing", 9, 20, ("withdraw",)),
    Story("flooding", "铁路桥下涵洞", "泵站一台水泵不转，暴雨会积水。", (3, 3), "water", 5, 12, FULL),
)  # fmt: skip


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Add kinds, matrix and checklists, a dozen invented hazards, and three places due to be checked."""
    begin = at - timedelta(days=60)
    seed(by=by, at=begin)
    seed_checklists(by=by, at=begin)
    if Hazard.objects.exists():
        return 0
    kinds = {row.code: row for row in queries.kinds()}
    grids = list(Place.objects.filter(level__code="grid", lat__isnull=False).defer("boundary"))
    planted = 0
    for n, story in enumerate(STORIES if grids else ()):
        grid = grids[n * max(len(grids) // len(STORIES), 1) % len(grids)]
        near = {office.duty: office for office in offices_above(grid.path)}
        office = near.get(story.duty) or next(iter(near.values()), None)
        if office:
            _walk(
                story,
                kinds[story.kind],
                grid,
                office,
                by=by,
                at=at - timedelta(days=story.days_ago),
            )
            planted += 1
    for n, checklist in enumerate(queries.checklists() if grids else ()):
        _check(checklist, grids[n % len(grids)], n, by=by, at=at)
    return planted


def _walk(
    story: Story, kind: Kind, grid: Place, office: Office, *, by: Actor, at: datetime
) -> None:
    likelihood, severity = story.grades
    told = Told(
        kind, story.name, story.words, likelihood, severity,
        lat=float(grid.lat or 0), lon=float(grid.lon or 0),
    )  # fmt: skip
    hazard = register(told, photos=[_photo("before")], by=by, at=at)
    points = moving.Points(
        office=office,
        charge=f"{office.name_zh}值班负责人",
        due_on=localdate(at) + timedelta(days=story.days_given),
        due_ground="本区隐患整改办法（演示）",
        measures="现场整改，完成后拍照申请验收。",
        money_cny=20000,
        money_from="单位年度安全经费",
        plan="出现险情立即封闭现场、疏散通行，并报应急值班。",
    )
    says: dict[str, dict[str, object]] = {
        "fix": {"points": points},
        "order": {},
        "protect": {"words": "拉起警戒线，绕行，白天专人看守。"},
        "rectify": {"words": "已按措施整改。", "photos": [_photo("after")]},
        "accept": {"words": "现场核对，已消除。"},
        "fail": {"words": "通道仍有货筐，未达到要求。"},
        "supervise": {"summary": f"{story.name}：{kind.name_zh}，限期整改。"},
        "withdraw": {"words": "现场核实为通信弱电线，无触电危险。"},
    }
    for n, name in enumerate(story.way, start=1):
        getattr(moving, name)(hazard, by=by, at=at + timedelta(hours=n), **says[name])


def _check(checklist: Checklist, grid: Place, n: int, *, by: Actor, at: datetime) -> None:
    check = plan(
        checklist,
        name=f"{checklist.name_zh}（{grid.name_zh}）",
        place=grid,
        every_days=30,
        due_on=localdate(at) - timedelta(days=30 * (n == 0)),
        by=by,
        at=at - timedelta(days=31),
    )
    if n == 1:
        asked = queries.questions(check.checklist_id)[0]
        visit(check, failed={asked.pk: "现场查看不合格。"}, due_on=check.due_on, by=by, at=at)


def _photo(words: str) -> Upload:
    """Return a drawn picture: nothing was photographed."""
    picture = Image.new("RGB", (640, 480), "#d8dee4" if words == "before" else "#dcefe3")
    ImageDraw.Draw(picture).rectangle((120, 140, 520, 360), outline="#536471", width=6)
    ImageDraw.Draw(picture).text((270, 240), f"demo: {words}", fill="#28343e")
    file = BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    return tidy(file)
