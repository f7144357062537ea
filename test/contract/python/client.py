"""What clients in Python do with an API server: requests of PyPI's `kubernetes`, one line of output for each.

`test/cluster/PythonClient.test.ts` runs it on two servers and compares what is printed. Usage: client.py NAMESPACE GROUP IMAGE;
the namespace exists, GROUP is that of the twin of SparkApplication, IMAGE has a shell.
"""

import datetime
import json
import re
import sys
import time

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.dynamic import DynamicClient

namespace, group, image = sys.argv[1:]
config.load_kube_config()
core = client.CoreV1Api()
custom = client.CustomObjectsApi()
twin = {"group": group, "version": "v1beta2", "namespace": namespace, "plural": "sparkapplications"}


def step(title, run):
    """Prints the result of `run`, or how it was refused; maps by their keys, whose order is up to the server."""
    try:
        result = run()
        if isinstance(result, dict):
            result = dict(sorted(result.items()))
    except ApiException as error:
        answer = json.loads(error.body)
        message = re.sub(r" at \d{4}-\S+Z", " at <time>", answer["message"])
        result = f"{error.status} {answer['reason']}: {message}"
    print(f"{title}: {result}", flush=True)
    return result


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"team": "a"}), data=data)


def application(size, **more):
    spec = {
        "type": "Python",
        "sparkVersion": "4.1.4",
        "image": image,
        "mainApplicationFile": "local:///app.py",
        "driver": {"cores": 1},
        "executor": {"instances": size},
    }
    kind = {"apiVersion": f"{group}/v1beta2", "kind": "SparkApplication"}
    return {**kind, "metadata": {"name": "pi", "labels": {"team": "a"}}, "spec": {**spec, **more}}


def size(made):
    return made["spec"]["executor"]["instances"], made["metadata"]["generation"]


def events(*args, **how):
    """Type and name of the events until the watch ends by itself, without bookmarks: when those come is up to the server."""
    seen = watch.Watch().stream(*args, **how)
    return [(event["type"], event["object"].metadata.name) for event in seen if event["type"] != "BOOKMARK"]


# Objects of a built-in kind.
maps = (core.list_namespaced_config_map, namespace)
selected = {"label_selector": "team=a"}
step("create", lambda: core.create_namespaced_config_map(namespace, config_map("one", k="v")).data)
step("create again", lambda: core.create_namespaced_config_map(namespace, config_map("one", k="v")))
step("dry run", lambda: core.create_namespaced_config_map(namespace, config_map("dry"), dry_run="All").metadata.name)
step("list", lambda: [one.metadata.name for one in core.list_namespaced_config_map(namespace, **selected).items])
step("watch from none", lambda: events(*maps, timeout_seconds=2, **selected))
version = core.list_namespaced_config_map(namespace, **selected).metadata.resource_version
core.create_namespaced_config_map(namespace, config_map("two", k="v"))
core.patch_namespaced_config_map("one", namespace, {"data": {"l": "w"}})
core.delete_namespaced_config_map("two", namespace)
step("watch from a version", lambda: events(*maps, timeout_seconds=2, resource_version=version, **selected))
bookmarks = {"allow_watch_bookmarks": True, "timeout_seconds": 2, "resource_version": version}
step("watch with bookmarks", lambda: events(*maps, **bookmarks, **selected))
current = core.read_namespaced_config_map("one", namespace)
step("pages", lambda: len(core.list_namespaced_config_map(namespace, limit=1).items))
stale = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="one", resource_version=version), data={})
step("replace", lambda: core.replace_namespaced_config_map("one", namespace, current).data)
step("replace a stale version", lambda: core.replace_namespaced_config_map("one", namespace, stale))
step("JSON patch", lambda: core.patch_namespaced_config_map("one", namespace, [{"op": "remove", "path": "/data/l"}]).data)
step("not found", lambda: core.read_namespaced_config_map("nope", namespace))
step("selector", lambda: len(core.list_namespaced_config_map(namespace, field_selector="metadata.name=one,").items))

# Times, which this client sends with an offset.
moment = datetime.datetime(2026, 1, 1, 2, 0, 0, 500000, datetime.timezone(datetime.timedelta(hours=2)))
times = client.V1LeaseSpec(holder_identity="me", acquire_time=moment, renew_time=moment)
lease = client.V1Lease(metadata=client.V1ObjectMeta(name="lease"), spec=times)
made = client.CoordinationV1Api().create_namespaced_lease(namespace, lease, _preload_content=False)
step("times", lambda: json.loads(made.data)["spec"])

# Custom resources.
step("create application", lambda: size(custom.create_namespaced_custom_object(**twin, body=application(1))))
unknown = {**twin, "body": application(1, sparkversion="4"), "field_validation": "Strict"}
step("strict validation", lambda: custom.create_namespaced_custom_object(**unknown))
wrong = application(1, type="Cobol")
wrong["metadata"]["name"] = "wrong"
step("invalid", lambda: custom.create_namespaced_custom_object(**twin, body=wrong)[:0])
merge = {"spec": {"executor": {"instances": 2}}}
step("merge patch", lambda: size(custom.patch_namespaced_custom_object(**twin, name="pi", body=merge)))
status = {"status": {"applicationState": {"state": "RUNNING"}, "driverInfo": {}}}
patched = {**twin, "name": "pi", "body": status}
step("status", lambda: custom.patch_namespaced_custom_object_status(**patched)["status"]["applicationState"])
# As Airflow reads the state.
read = {**twin, "name": "pi"}
step("read the status", lambda: custom.get_namespaced_custom_object_status(**read)["status"]["applicationState"])

# Server-side apply.
dynamic = DynamicClient(client.ApiClient())
applications = dynamic.resources.get(api_version=f"{group}/v1beta2", kind="SparkApplication")


def apply(manager, count, **how):
    body = {key: value for key, value in application(count).items() if key != "spec"}
    body = {**body, "spec": {"executor": {"instances": count}}}
    made = applications.server_side_apply(body, name="pi", namespace=namespace, field_manager=manager, **how)
    return size(made.to_dict())


step("apply", lambda: apply("one", 2))
step("apply by another", lambda: apply("two", 3))
step("apply with force", lambda: apply("two", 3, force_conflicts=True))
step("apply, dry", lambda: apply("two", 4, dry_run="All"))
step("read", lambda: size(custom.get_namespaced_custom_object(**twin, name="pi")))

# Logs.
command = ["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 1; done"]
container = client.V1Container(name="main", image=image, command=command, image_pull_policy="IfNotPresent")
spec = client.V1PodSpec(containers=[container], restart_policy="Never", termination_grace_period_seconds=1)
task = {"dag_id": "d", "run_id": "manual__1", "role": "driver"}
core.create_namespaced_pod(namespace, client.V1Pod(metadata=client.V1ObjectMeta(name="printer", labels=task), spec=spec))
for event in watch.Watch().stream(core.list_namespaced_pod, namespace, timeout_seconds=120):
    if event["object"].status.phase in ("Running", "Succeeded", "Failed"):
        break


def log(**how):
    return core.read_namespaced_pod_log("printer", namespace, **how)


def followed():
    lines = list(watch.Watch().stream(core.read_namespaced_pod_log, "printer", namespace, timestamps=True))
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line ", line) for line in lines), lines
    return [line.split(" ", 1)[1] for line in lines]


step("followed log", followed)
while core.read_namespaced_pod("printer", namespace).status.phase != "Succeeded":
    time.sleep(0.2)
step("log", lambda: log().splitlines())
step("end of the log", lambda: log(tail_lines=1).splitlines())
step("begin of the log", lambda: log(limit_bytes=4))
step("recent log", lambda: log(since_seconds=3600).splitlines())
step("no log", lambda: log(tail_lines=0))
step("log of nothing", lambda: log(limit_bytes=0))

# As Airflow finds the driver pod of a task and marks it as seen.
def found():
    labels = "dag_id=d,run_id=manual__1,already_checked!=True,!airflow-worker,role=driver"
    phases = "status.phase!=Failed,status.phase!=Unknown"
    pods = core.list_namespaced_pod(namespace, label_selector=labels, field_selector=phases).items
    return [pod.metadata.name for pod in pods]


def mark(pod):
    pod.metadata.labels["already_checked"] = "True"
    body = client.ApiClient().sanitize_for_serialization(pod)
    return core.patch_namespaced_pod("printer", namespace, body).metadata.labels


def mark_now():
    """As it is now: the kubelet may still write the end of the pod."""
    global pod
    while True:
        pod = core.read_namespaced_pod("printer", namespace)
        try:
            return mark(pod)
        except client.ApiException as error:
            if error.status != 409:
                raise


def streamed(**how):
    lines = core.read_namespaced_pod_log("printer", namespace, _preload_content=False, **how)
    return b"".join(lines.stream()).decode().splitlines()


def events_of_pod(**how):
    about = f"involvedObject.name={pod.metadata.name}"
    return type(core.list_namespaced_event(namespace, field_selector=about, **how)).__name__


pod = core.read_namespaced_pod("printer", namespace)
step("find", found)
step("log of a container", lambda: streamed(container="main", since_seconds=3600, follow=True))
step("log of no container", lambda: log(container="base"))
step("mark", mark_now)
step("mark what was read before", lambda: mark(pod))
step("find again", found)
version = pod.metadata.resource_version
step("events", lambda: events_of_pod(resource_version=version, resource_version_match="NotOlderThan"))
step("events of no version", lambda: events_of_pod(resource_version_match="NotOlderThan"))

# Deletion.
foreground = client.V1DeleteOptions(propagation_policy="Foreground")
step("delete the pod", lambda: core.delete_namespaced_pod("printer", namespace, body=foreground).metadata.name)
step("delete in no way", lambda: core.delete_namespaced_config_map("one", namespace, propagation_policy="Later"))
step("delete", lambda: core.delete_namespaced_config_map("one", namespace, propagation_policy="Background")["status"])
gone = {**twin, "name": "pi", "body": foreground}
step("delete the application", lambda: custom.delete_namespaced_custom_object(**gone).get("status"))
while custom.list_namespaced_custom_object(**twin)["items"]:
    time.sleep(0.2)
step("delete it again", lambda: custom.delete_namespaced_custom_object(**gone))
