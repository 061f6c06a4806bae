"""Tells what schemathesis left out, and what it only calls so.

    schemathesis-skipped.py REPORT.json EVENTS.ndjson   fails when an operation, a phase, a link or a call was left out

Its summary counts as skipped every call that no check was put to. Those that the check `ignored_auth` makes are among
them: it makes a call that succeeded again, without a token and with a wrong one, and judges the answers itself.
"""

import json
import sys
from pathlib import Path

REFUSED = {401, 403}
# GeWe calls it, which sends no token: the URL itself is the secret.
TOKENLESS = {"POST /v1/callbacks/{callbackId}"}


def scenarios(events):
    for event in events:
        recorder = event.get("ScenarioFinished", {}).get("recorder", {})
        yield recorder.get("cases", {}), recorder.get("checks", {}), recorder.get("interactions", {})


def is_refusal_of_token(case, checks, interactions):
    """Whether this is a call of `ignored_auth`: the child of one that passed it, to the same place, and refused."""
    parent = case.get("parent_id")
    judged = [check["status"] for check in checks.get(parent, []) if check["name"] == "ignored_auth"]
    if judged != ["success"]:
        return False
    call, model = interactions[case["value"]["id"]], interactions[parent]
    same = all(call["request"][part] == model["request"][part] for part in ("method", "uri"))
    return same and call["response"]["status_code"] in REFUSED and 200 <= model["response"]["status_code"] < 300


def label_of(case):
    return f"{case['value']['method']} {case['value']['path']}"


def main(report, events):
    report = json.loads(Path(report).read_text("utf-8"))
    events = [json.loads(line) for line in Path(events).read_text("utf-8").splitlines()]
    faults, refused, followed = [], [], set()

    operations = report["operations"]
    if not operations["total"] == operations["selected"] == operations["tested"]:
        faults.append(f"of {operations['total']} operations {operations['tested']} were tested")
    for name, phase in report["phases"].items():
        if phase["status"] != "success":
            faults.append(f"the phase {name}: {phase['skip_reason'] or phase['status']}")

    for cases, checks, interactions in scenarios(events):
        for name, case in cases.items():
            if case.get("transition") and not case["transition"]["is_inferred"]:
                followed.add(case["transition"]["id"])
            if checks.get(name):
                continue
            if is_refusal_of_token(case, checks, interactions):
                refused.append(label_of(case))
            else:
                faults.append(f"no check was put to a call of {label_of(case)}")

    [loaded] = [event["LoadingFinished"] for event in events if "LoadingFinished" in event]
    links = loaded["statistic"]["transitions"]["total"]
    if len(followed) != links:
        faults.append(f"of {links} links of openapi.yaml {len(followed)} were followed")
    # On the GeWe-compatible API, which rejects with HTTP 200, the check is off (schemathesis.toml).
    for label in report["valid_rates"]:
        if "/v1/" in label and label not in TOKENLESS and refused.count(label) != 2:
            faults.append(f"{label} was not called without a token and with a wrong one")
    skipped = report["test_cases"]["without_checks"]
    if not faults and skipped != len(refused):
        faults.append(f"{skipped} calls were skipped, and {len(refused)} of them are known")

    for fault in faults:
        print(f"left out: {fault}")
    if not faults:
        print(
            f"Nothing was left out: the {skipped} skipped calls are those of the check ignored_auth, one without a token"
            f" and one with a wrong token to each of the {len(set(refused))} operations under /v1. All were refused."
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
