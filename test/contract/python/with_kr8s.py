"""What PyPI's `kr8s` does with an API server, one line of output for each; usage and purpose as of client.py."""

import re
import sys
import time
import warnings

import kr8s
from kr8s.objects import ConfigMap, Pod, new_class

namespace, group, image = sys.argv[1:]
# That it does not know the newest Kubernetes yet.
warnings.simplefilter("ignore", UserWarning)
api = kr8s.api()
api.namespace = namespace


def step(title, run):
    """Prints the result of `run`, or how it was refused; maps by their keys, whose order is up to the server."""
    try:
        result = run()
        if isinstance(result, dict):
            result = dict(sorted(result.items()))
    except (kr8s.ServerError, kr8s.NotFoundError, ValueError) as error:
        result = f"{type(error).__name__}: {error}"
    print(f"{title}: {result}", flush=True)


def named(objects):
    return [one.name for one in objects]


def after(change, read):
    change()
    return read()


def lookup(name):
    # A definition of another test may be deleted while kr8s asks each group for its resources.
    for _ in range(20):
        try:
            return api.lookup_kind(name)
        except kr8s.ServerError as error:
            if "404" not in str(error):
                raise
            time.sleep(0.2)


# Kinds, by any of their names.
for name in ["po", "Pod", "jobs.batch", "sparkapplications", f"SparkApplication.{group}/v1beta2", "nope"]:
    step(f"kind {name}", lambda: lookup(name))

# Objects of a built-in kind.
one = ConfigMap({"metadata": {"name": "one", "labels": {"team": "a"}}, "data": {"k": "v"}})
step("create", lambda: after(one.create, lambda: one.data))
step("create again", one.create)
step("exists", one.exists)
step("get", lambda: named(kr8s.get("configmaps", "one", "two")))
step("get by labels", lambda: named(kr8s.get("configmaps", label_selector={"team": "a"})))
step("get by a set", lambda: named(kr8s.get("cm", label_selector="team in (a, b),!role")))
step("get by fields", lambda: named(kr8s.get("cm", "one", field_selector={"metadata.namespace": namespace})))
step("get none", lambda: ConfigMap.get("two", timeout=1))
step("label", lambda: after(lambda: one.label({"example.com/role": "x"}), lambda: one.labels))
step("remove a label", lambda: after(lambda: one.label("example.com/role-"), lambda: one.labels))
step("remove it again", lambda: one.label("example.com/role-"))
step("annotate", lambda: after(lambda: one.annotate(note="x"), lambda: one.annotations))
step("remove the annotation", lambda: after(lambda: one.annotate({"note": None}), lambda: one.annotations))
step("patch", lambda: after(lambda: one.patch({"data": {"l": "w"}}), lambda: one.data))
child = ConfigMap({"metadata": {"generateName": "child-"}})
step("generate a name", lambda: after(child.create, lambda: child.name.startswith("child-")))
step("adopt", lambda: after(lambda: one.adopt(child), lambda: child.metadata.ownerReferences[0].name))

Table = new_class("Table", version="meta.k8s.io/v1", namespaced=False)
rows = [row.cells[:2] for table in kr8s.get("cm", "one", as_object=Table) for row in table.raw.rows]
step("table", lambda: rows)

# Custom resources.
Application = new_class("SparkApplication", version=f"{group}/v1beta2", namespaced=True)
spec = {
    "type": "Python",
    "sparkVersion": "4.1.4",
    "mainApplicationFile": "local:///app.py",
    "driver": {"cores": 1},
    "executor": {"instances": 1},
}
pi = Application({"metadata": {"name": "pi"}, "spec": spec})
step("create application", lambda: after(pi.create, lambda: pi.metadata.generation))
step("invalid", Application({"metadata": {"name": "wrong"}, "spec": {**spec, "type": "Cobol"}}).create)
status = {
    "applicationState": {"state": "COMPLETED"},
    "driverInfo": {},
    "lastSubmissionAttemptTime": None,
    "terminationTime": None,
}


def watched():
    """The events from the version that was read, up to the state of the patch."""
    since = pi.metadata.resourceVersion
    pi.patch({"status": status}, subresource="status")
    for event, seen in api.watch("sparkapplications", namespace=namespace, since=since):
        return event, seen.name, seen.status.applicationState.state


step("watch", watched)
step("wait", lambda: pi.wait("jsonpath='{.status.applicationState.state}'=COMPLETED", timeout=10))
step("status", lambda: Application.get("pi").status.applicationState.state)

# Pods.
command = ["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 1; done"]
container = {"name": "main", "image": image, "command": command, "imagePullPolicy": "IfNotPresent"}
pod_spec = {"containers": [container], "restartPolicy": "Never", "terminationGracePeriodSeconds": 1}
printer = Pod({"metadata": {"name": "printer"}, "spec": pod_spec})
printer.create()
printer.wait(["condition=Ready", "jsonpath='{.status.phase}'=Succeeded"], timeout=120)
step("followed log", lambda: list(printer.logs(follow=True)))
printer.wait("jsonpath='{.status.phase}'=Succeeded", timeout=60)
step("log", lambda: list(printer.logs(tail_lines=1)))
timed = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line \d")
step("times", lambda: [timed.fullmatch(line) is not None for line in printer.logs(timestamps=True, since_seconds=3600)])
step("log of another container", lambda: list(printer.logs(container="other")))
step("delete the pod", lambda: after(printer.delete, lambda: printer.wait("delete", timeout=60)))

# Deletion, in the foreground and of what is owned.
step("delete", lambda: after(lambda: pi.delete(propagation_policy="Foreground"), lambda: pi.wait("delete", timeout=60)))
step("delete it again", pi.delete)
step("delete the owner", lambda: after(one.delete, lambda: child.wait("delete", timeout=60)))
