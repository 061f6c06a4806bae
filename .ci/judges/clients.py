"""Drives public GeWe clients, as they are published, against this service: only their base URL is changed.

    clients.py API_URL GEWE_MOCK_URL CLIENT=PROGRAM...   judges; PROGRAM: the Python that has the client, or the client
    clients.py settings   prints NAME=VALUE, one a line: what the service has to be started with, or deployed
    clients.py drive CLIENT BASE_URL TOKEN APP_ID CALL...   makes calls of one client, in the Python that has it

CLIENT=PROGRAM is what .ci/install-clients prints. The verdict is one line a client.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.request import urlopen

LISTS = ("friends", "chatrooms", "ghs")
SEED = json.loads(Path(__file__).parents[2].joinpath("mocks/gewe/seed-list.json").read_text("utf-8"))
SEED_COUNTS = (29, 5, 5)
INTERVAL_S = 3
# Whoever asks again gets the list that has just come, and never an earlier failure.
SETTINGS = {"MIN_REFRESH_INTERVAL_S": INTERVAL_S, "FAILURE_COOLDOWN_S": 0, "DEFAULT_WAIT_S": 2}
SLOW_S = 8
# The shortest limit of a client that is known of is 10 s.
ANSWER_LIMIT_S = 10

BOTH_PREFIXES = ("/v2/api", "/gewe/v2/api")
# What each client expects its base URL to end in. gewe-cli adds /gewe/v2/api itself.
PREFIXES = {"gewechat-client": BOTH_PREFIXES, "opengewe": BOTH_PREFIXES, "gewe-cli": ("",)}
# gewechat-client has no call for the cache; gewe-cli's takes no data from anybody ("expected unit"), GeWe included.
READ_CACHE = {"opengewe"}
# Of a whole session: nobody listens at the URL, which GeWe takes all the same.
WXIDS = ["wxid_phyyedw9xap22", "34757816141@chatroom"]
ROOM = "34757816141@chatroom"
TEXT = "\u4f60\u597d, hello"
CALLBACK_URL = "http://127.0.0.1:9/callback"


def gewechat_client(base_url, token, app_id):
    """The calls of a client. Each gives {"list": what came as `data`} or {"refused": what the client makes of it}."""
    from gewechat_client.client import GewechatClient

    def fetch():
        try:
            return {"list": GewechatClient(base_url, token).fetch_contacts_list(app_id)["data"]}
        except RuntimeError as error:
            return {"refused": str(error)}

    def session():
        client = GewechatClient(base_url, token)
        return {
            "online": client.check_online(app_id),
            "list": fetch(),
            "infos": client.get_brief_info(app_id, WXIDS),
            "room": client.get_chatroom_info(app_id, ROOM),
            "sent": client.post_text(app_id, WXIDS[0], TEXT),
            "callback": client.set_callback(token, CALLBACK_URL),
        }

    return {"list": fetch, "session": session}


def opengewe(base_url, token, app_id):
    from opengewe import GeweClient

    async def call(name):
        async with GeweClient(base_url, app_id=app_id, token=token) as client:
            answer = await getattr(client.contact, name)()
        return {"list": answer.get("data")} if answer["ret"] == 200 else {"refused": str(answer)}

    async def session():
        async with GeweClient(base_url, app_id=app_id, token=token, callback_url=CALLBACK_URL) as client:
            return {
                "online": await client.account.check_online(),
                "list": await call("fetch_contacts_list"),
                "infos": await client.contact.get_brief_info(WXIDS),
                "room": await client.group.get_chatroom_info(ROOM),
                "sent": await client.message.post_text(WXIDS[0], TEXT),
                "callback": await client.login.set_callback(),
            }

    return {
        "list": lambda: asyncio.run(call("fetch_contacts_list")),
        "cache": lambda: asyncio.run(call("fetch_contacts_list_cache")),
        "session": lambda: asyncio.run(session()),
    }


def gewe_cli(base_url, token, app_id):
    def run(name, *options):
        command = [os.environ["GEWE_CLI"], "--config", "none.toml", name, "--base-url", base_url, "--token", token, *options]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    def fetch():
        done = run("fetch-contacts-list", "--app-id", app_id)
        if done.returncode == 0:
            arrays = {name: re.search(rf"{name}: \[(.*?)\]", done.stdout, re.DOTALL)[1] for name in LISTS}
            return {"list": {name: re.findall(r'"([^"]*)"', text) for name, text in arrays.items()}}
        # Any other status is a crash.
        assert done.returncode == 1, done.stderr
        return {"refused": done.stderr}

    def told(name, *options):
        done = run(name, *options)
        # Some of it is its log, with times.
        return [done.returncode, re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", done.stdout)]

    def session():
        of_device = ["--app-id", app_id]
        return {
            "online": told("check-online", *of_device),
            "list": fetch(),
            "infos": told("get-contact-brief-info", *of_device, "--wxids", WXIDS[0]),
            "room": told("get-chatroom-info", *of_device, "--chatroom-id", ROOM),
            "sent": told("send-text", *of_device, "--to-wxid", WXIDS[0], "--content", TEXT),
            "callback": told("set-callback", "--callback-url", CALLBACK_URL),
        }

    return {"list": fetch, "session": session}


def drive(client, base_url, token, app_id, *calls):
    make = {"gewechat-client": gewechat_client, "opengewe": opengewe, "gewe-cli": gewe_cli}[client]
    operations = make(base_url, token, app_id)
    operations = {name: partial(timed, operation) for name, operation in operations.items()}
    operations["await"] = partial(until_settled, operations["list"])
    print(json.dumps([operations[call]() for call in calls]))


def timed(operation):
    began = time.monotonic()
    return {**operation(), "seconds": time.monotonic() - began}


def until_settled(operation):
    """Calls until it is told something else than that the list is under way."""
    for _ in range(30):
        seen = operation()
        if "202" not in seen.get("refused", ""):
            break
    return seen


class Judge:
    def __init__(self, api_url, gewe_mock_url, programs):
        self.api_url = api_url
        self.gewe_mock_url = gewe_mock_url
        self.programs = programs
        self.faults = {client: [] for client in programs}
        self.answers = dict.fromkeys(programs, 0)

    def scenario(self, name, seconds=1):
        body = json.dumps({"scenario": name, "seconds": seconds}).encode()
        urlopen(f"{self.gewe_mock_url}/__mock/scenario", body, timeout=5).close()
        # Refreshes that ended earlier are no longer joined.
        time.sleep(INTERVAL_S)

    def list_calls(self, app_id):
        with urlopen(f"{self.gewe_mock_url}/__mock/calls", timeout=5) as response:
            return sum(device["listCalls"] for device in json.load(response) if device["appId"] == app_id)

    def each(self, case, device, **expected):
        """All clients at once call what `expected` names, in its order."""
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda client: self.one(client, case, device, expected), self.programs))

    def one(self, client, case, device, expected):
        wanted = [(call.rstrip("_"), want) for call, want in expected.items()]
        wanted = [(call, want) for call, want in wanted if call != "cache" or client in READ_CACHE]
        for prefix in PREFIXES[client] if case == "normal" else PREFIXES[client][-1:]:
            token = f"canary-{client}"
            answers = self.driven(client, case, self.api_url + prefix, device, [call for call, _ in wanted])
            for (call, want), seen in zip(wanted, answers or [], strict=answers is not None):
                self.answers[client] += 1
                if client == "gewe-cli" and isinstance(want, str):
                    # It shows `ret` and `msg`, not `data.code`.
                    want = want.split()[0]
                fault = fault_of(seen, want, token)
                if fault:
                    self.faults[client].append(f"{case}, {prefix}, {call}: {fault}")

    def driven(self, client, case, base_url, device, calls):
        """What came of calls of a client, in a process of its own; None when that crashed."""
        python = sys.executable if client == "gewe-cli" else self.programs[client]
        command = [python, __file__, "drive", client, base_url, f"canary-{client}", f"wx_{client}_{device}", *calls]
        env = {**os.environ, "RUST_BACKTRACE": "0", "GEWE_CLI": self.programs["gewe-cli"]}
        done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            return json.loads(done.stdout.splitlines()[-1])
        self.faults[client].append(f"{case}, {base_url}: crashed: {done.stderr[-2000:]}")
        return None

    def sessions(self):
        """A whole session of each client: what it is told is what GeWe tells it when it is called directly."""
        for client in self.programs:
            for prefix in PREFIXES[client]:
                told = [
                    self.driven(client, "session", url + prefix, "session", ["session"])
                    for url in (self.gewe_mock_url, self.api_url)
                ]
                if None in told:
                    continue
                [(direct,), (passed,)] = told
                for call in direct:
                    if call == "seconds":
                        continue
                    self.answers[client] += 1
                    if passed[call] != direct[call]:
                        fault = f"{str(passed[call])[:500]} is not what GeWe said: {str(direct[call])[:500]}"
                        self.faults[client].append(f"session, {prefix}, {call}: {fault}")

    def run(self):
        assert tuple(len(SEED[name]) for name in LISTS) == SEED_COUNTS
        self.scenario("normal")
        self.each("nothing stored", "new", cache=None)
        self.each("normal", "known", list=SEED, cache=SEED)
        self.sessions()
        self.scenario("slow", SLOW_S)
        before = {client: self.list_calls(f"wx_{client}_known") for client in self.programs}
        self.each("slow, list known", "known", list="202", cache=SEED, await_=SEED)
        for client, calls in before.items():
            more = self.list_calls(f"wx_{client}_known") - calls
            if more != 1:
                self.faults[client].append(f"slow: {more} list calls reached GeWe instead of 1")
        self.each("slow, nothing known", "new", list="202", cache=None, await_=SEED, cache_=SEED)
        for scenario, code in {"token-rejected": "token-rejected", "offline": "device-offline"}.items():
            self.scenario(scenario)
            self.each(scenario, "known", list=f"500 {code}", cache=SEED)
        self.scenario("normal")
        self.each("well again", "known", list=SEED, cache=SEED)

        for client, faults in self.faults.items():
            if not self.answers[client]:
                faults.append("was not asked")
            verdict = " ".join("; ".join(faults).split()) if faults else "served as GeWe would"
            print(f"{client}: {self.answers[client]} answers, {verdict}")
        return 1 if any(self.faults.values()) else 0


def fault_of(seen, want, token):
    """`want`: a list, None for success without one, or what a refusal tells: `ret` and `data.code`."""
    if seen["seconds"] > ANSWER_LIMIT_S:
        return f"took {seen['seconds']:.1f} s"
    if isinstance(want, str):
        told = seen.get("refused")
        if told is None or not all(word in told for word in want.split()):
            return f"{want} was not told, but {str(seen)[:500]}"
        return "told the token" if token in told else None
    if seen.get("list", "refused") != want:
        return f"{str(seen)[:500]} is not {'the list' if want else 'an empty success'}"
    return None


if __name__ == "__main__":
    if sys.argv[1] == "settings":
        print(*(f"{name}={value}" for name, value in SETTINGS.items()), sep="\n")
    elif sys.argv[1] == "drive":
        drive(*sys.argv[2:])
    else:
        sys.exit(Judge(sys.argv[1], sys.argv[2], dict(arg.split("=", 1) for arg in sys.argv[3:])).run())
