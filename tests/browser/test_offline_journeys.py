"""Work without network, on a telephone: what was done there arrives once, whatever happens in between."""

from __future__ import annotations

import urllib.request

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.samples import picture
from tests.browser.telephones import arrived, without_network

N = 50
OF_FIELD = 60 * 1024, 300 * 1024  # bytes before it can be used, and of the first load as a whole


def test_two_devices_settle_the_same_and_no_words_are_lost(telephone, town):
    one, other = telephone(), telephone()
    one.signs_in()
    one.reports("宣传栏上贴满了小广告")
    one.goes("/field/")
    address = next(at for at in one.at_hand("/field/matters/") if one.may_settle(at))
    other.signs_in()
    assert address in other.at_hand("/field/matters/")
    with without_network(town):
        for device, words in ((one, "撕掉了广告"), (other, "刷白了灯杆")):
            device.goes(address)
            Person.wrote.add(words)
            device.page.locator("[name=words]").fill(words)
            device.page.locator("form[data-act] button[type=submit]").click()
            device.page.wait_for_url("**/offline/")
    one.syncs()
    one.all_arrived()
    other.syncs()
    other.waits("store.all('acts').then((all) => all[0].state === 'refused')")
    other.goes("/offline/")
    row = other.page.locator("[data-acts] > li")
    expect(row).to_contain_text("刷白了灯杆")
    expect(row.locator("[data-said] li")).to_have_count(1)


def test_fifty_reports_survive_a_dead_battery_and_arrive_once(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        for n in range(N):
            worker.reports(f"无网络上报第{n:02}件：路面有坑", photo=n % 10 == 0)
        assert worker.acts() == {"waiting": N}
        expect(worker.page.locator("[data-acts] > li")).to_have_count(N)
        worker.kill()
    worker.start()
    worker.signs_in()  # the browser's own session ended with it
    worker.all_arrived()
    found = arrived(town, "无网络上报")
    assert len(found) == N
    assert set(found.values()) == {1}


def test_a_server_that_dies_in_the_middle_loses_nothing(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        for n in range(12):
            worker.reports(f"服务器中断第{n:02}件：井盖松动")
        assert worker.acts()["waiting"] == 12
    worker.syncs()
    worker.waits("store.all('acts').then((all) => all.some((act) => act.state === 'done'))")
    with without_network(town):
        pass
    worker.goes("/offline/")
    worker.page.locator("[data-send]").click()
    worker.all_arrived()
    found = arrived(town, "服务器中断")
    assert (len(found), set(found.values())) == (12, {1})


def test_a_draft_with_its_photo_outlives_the_battery(telephone):
    worker = telephone()
    worker.signs_in()
    worker.goes("/field/report/")
    worker.page.locator("[name=text]").fill("写到一半没电了")
    worker.page.locator("[name=photos]").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(worker.page.locator("[data-previews] li")).to_have_count(1)
    worker.waits("store.all('drafts').then((all) => all.length === 1 && all[0].files.length === 1)")
    worker.kill()
    worker.start()
    worker.signs_in()
    worker.goes("/field/report/")
    expect(worker.page.locator("[name=text]")).to_have_value("写到一半没电了")
    expect(worker.page.locator("[data-previews] li")).to_have_count(1)


def test_what_is_kept_is_sealed_and_what_was_changed_is_not_sent(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        worker.reports("这一件将被改动")
        worker.reports("这一件原样保存")
    held = worker.page.evaluate(
        "(async () => { const text = new TextDecoder(); const seen = [];"
        "for (const name of ['acts', 'pages', 'drafts']) for (const row of await store.all(name))"
        "  for (const part of Object.values(row)) {"
        "    if (typeof part === 'string') seen.push(part);"
        "    else if (part?.sealed) seen.push(text.decode(part.sealed)); }"
        "return seen.join('|'); })()"
    )
    assert "这一件" not in held
    assert "<html" not in held
    worker.page.evaluate(
        "(async () => { const acts = (await store.all('acts')).sort((a, b) => a.at - b.at);"
        "const head = acts[0].head; new Uint8Array(head.sealed)[3] ^= 1;"
        "await store.put('acts', acts[0].id, { ...acts[0], head }); })()"
    )
    worker.syncs()
    worker.waits("store.all('acts').then((all) => !all.some((act) => act.state === 'waiting'))")
    assert worker.acts() == {"broken": 1, "done": 1}
    assert arrived(town, "这一件") == {"这一件原样保存": 1}
    worker.goes("/offline/")
    expect(worker.page.locator("[data-state=broken]")).to_contain_text("已损坏")


def test_signing_out_and_wiping_leave_nothing(telephone, town):
    worker, lost = telephone(), telephone()
    kept = "Promise.all(['pages', 'acts', 'drafts'].map((n) => store.all(n))).then((all) => all.flat().length)"
    lost.signs_in()
    assert lost.page.evaluate(kept) > 3
    worker.signs_in()
    worker.goes("/offline/")
    for _device in range(worker.page.locator("form[action*=wipe]").count()):
        worker.page.locator("form[action*=wipe] button").first.click()
        worker.page.wait_for_load_state()
    lost.syncs()
    lost.waits(f"{kept}.then((n) => n === 0)")
    worker.goes("/field/")
    worker.page.once("dialog", lambda dialog: dialog.accept())
    worker.page.locator("form[data-leave] button[type=submit]").click()
    worker.page.wait_for_url(lambda url: "/field/" not in url)
    assert (
        worker.page.evaluate(
            "new Promise((done) => { const asked = indexedDB.open('gongzhi-work'); asked.onsuccess = () => {"
            "const all = asked.result.transaction(['pages', 'acts', 'drafts', 'keys']);"
            "const counts = ['pages', 'acts', 'drafts', 'keys'].map((n) => all.objectStore(n).count());"
            "all.oncomplete = () => done(counts.reduce((n, one) => n + one.result, 0)); }; })"
        )
        == 0
    )


def test_the_first_load_is_small_and_little_of_it_is_waited_for(telephone, town):
    """By the bytes that came over the wire, compressed, headers and all; each address once."""
    worker = telephone()
    worker.signs_in()
    worker.page.evaluate(
        "caches.keys().then((all) => Promise.all(all.map((one) => caches.delete(one))))"
    )
    session = worker.context.new_cdp_session(worker.page)
    names: dict[str, str] = {}
    came: dict[str, float] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda said: names.update({said["requestId"]: said["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda said: came.update({names.get(said["requestId"], ""): said["encodedDataLength"]}),
    )
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    worker.goes("/field/")
    usable = dict(came)
    assert usable
    assert sum(usable.values()) <= OF_FIELD[0], usable
    ahead = worker.page.evaluate(
        "Promise.all([fetch('/worker.js').then((answer) => answer.text()), store.all('pages')])"
    )
    paths = ahead[0].split("ASSETS = new Set([")[1].split("]")[0].replace('"', "").split(", ")
    paths += ["/worker.js", *(page["address"] for page in ahead[1])]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in worker.context.cookies())
    for path in paths:
        came.setdefault(f"{town.address}{path}", _size(f"{town.address}{path}", cookies))
    assert sum(came.values()) <= OF_FIELD[1], came


def _size(address: str, cookies: str) -> int:
    """Return how many bytes an answer has as the server sends it to a browser."""
    headers = {"Accept-Encoding": "gzip, br", "Cookie": cookies, "Accept-Language": "zh-CN"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return len(answer.read()) + len(str(answer.headers))
