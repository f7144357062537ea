"""What the drivers of the cluster suite do: `app.py COMMAND [ARGUMENT…]`. Mounted from a ConfigMap, so that any Spark image runs it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import zipfile

from pyspark.sql import SparkSession

command, *arguments = sys.argv[1:]
if command == "late":  # SECONDS before there is a SparkContext: packages, catalogues, models
    time.sleep(float(arguments[0]))
spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext


def each_sleeps(tasks, seconds):
    context.parallelize(range(tasks), tasks).foreach(lambda _: time.sleep(seconds))


def told_to_finish():
    return os.path.exists("/tmp/finish")


def allocate(mebibytes):
    block = bytearray(mebibytes << 20)
    for page in range(0, len(block), 4096):
        block[page] = 1
    return block


def exhaust(_):
    """Small processes next to a large one: the kernel takes the large one, the JVM of the executor."""
    script = f"b = bytearray({100 << 20})\nfor i in range(0, len(b), 4096): b[i] = 1\nimport time; time.sleep(60)"
    children = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(5)]
    for child in children:
        child.wait()


def deafen():
    """Closes the block manager's port in one executor, from a class that is compiled here and loaded there. Method handles,
    because a call would make the compiler load every class that the methods of SparkEnv name, and Spark 4.3 does not contain all of them."""
    jvm = context._jvm
    compiler = jvm.org.codehaus.janino.SimpleCompiler()
    compiler.cook("""
        public class Deafen implements org.apache.spark.api.java.function.VoidFunction {
          private static Object get(String owner, Object target, String method, String type) throws Throwable {
            java.lang.invoke.MethodType returned = java.lang.invoke.MethodType.methodType(Class.forName(type));
            java.lang.invoke.MethodHandles.Lookup lookup = java.lang.invoke.MethodHandles.publicLookup();
            return target == null
              ? lookup.findStatic(Class.forName(owner), method, returned).invokeWithArguments(new Object[] {})
              : lookup.findVirtual(Class.forName(owner), method, returned).invokeWithArguments(new Object[] {target});
          }
          public void call(Object ignored) throws Exception {
            try {
              String env = "org.apache.spark.SparkEnv", manager = "org.apache.spark.storage.BlockManager";
              String service = "org.apache.spark.network.BlockTransferService";
              Object blocks = get(env, get(env, null, "get", env), "blockManager", manager);
              ((java.io.Closeable) get(manager, blocks, "blockTransferService", service)).close();
            } catch (Throwable reason) {
              throw new Exception(reason);
            }
          }
        }""")
    with zipfile.ZipFile("/tmp/deafen.jar", "w") as jar:
        for name, code in dict(compiler.getBytecodes()).items():
            jar.writestr(f"{name}.class", bytes(code))
    context._jsc.addJar("/tmp/deafen.jar")
    one = jvm.java.util.ArrayList()
    one.add(1)
    function = compiler.getClassLoader().loadClass("Deafen").getDeclaredConstructor(None).newInstance(None)
    context._jsc.parallelize(one, 1).foreach(function)


def shuffled_twice():
    """Reads a shuffle, waits until it is told to finish, and reads it again: what was lost meanwhile has to be made again, and is counted."""
    made = context.accumulator(0)

    def pair(number):
        made.add(1)
        return number % 16, bytes(1024)

    pairs = context.parallelize(range(4096), 4).map(pair).partitionBy(4)
    pairs.count()
    print("made", made.value, flush=True)
    while not told_to_finish():
        time.sleep(0.5)
    pairs.count()
    print("made in the end", made.value, flush=True)


def report(collector, name):
    """A span over OTLP without any attribute, as a library sends it that knows nothing of Kubernetes."""
    span = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": name, "kind": 1}
    span |= {"startTimeUnixNano": str(time.time_ns()), "endTimeUnixNano": str(time.time_ns())}
    body = json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [span]}]}]}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{collector}/v1/traces", body, headers), timeout=10).read()


match command:
    case "late":
        each_sleeps(1, 1)
    case "deafen":  # one executor, then TASKS tasks of SECONDS
        deafen()
        each_sleeps(int(arguments[0]), float(arguments[1]))
    case "shuffle":
        shuffled_twice()
    case "hold":  # TASKS tasks of SECONDS each
        each_sleeps(int(arguments[0]), float(arguments[1]))
    case "work":  # short tasks until a signal to finish; then, if asked for, a wave of TASKS tasks of SECONDS each
        while not told_to_finish():
            each_sleeps(1, 0.5)
        if arguments:
            each_sleeps(int(arguments[0]), float(arguments[1]))
    case "raise":
        raise ValueError("the user's code failed")
    case "exit":
        sys.exit(int(arguments[0]))
    case "allocate":  # more than the driver may have
        allocate(int(arguments[0]))
    case "exhaust":  # more than an executor may have, once; then it continues
        try:
            context.parallelize([0], 1).foreach(exhaust)
        except Exception as error:
            print("the task failed:", type(error).__name__)
        each_sleeps(1, 5)
    case "burst":  # a wave of TASKS tasks, then SECONDS of silence
        each_sleeps(int(arguments[0]), 2)
        time.sleep(float(arguments[1]))
    case "stream":
        rows = spark.readStream.format("rate").option("rowsPerSecond", 1).load()
        rows.writeStream.format("noop").trigger(processingTime="2 seconds").start().awaitTermination()
    case "report":  # a span of the driver and one of an executor to the Collector at URL
        collector = arguments[0]
        report(collector, "in the driver")
        context.parallelize([0], 1).foreach(lambda _: report(collector, "in an executor"))
    case "serve":  # as a Spark Connect plugin: the driver waits for clients
        time.sleep(float(arguments[0]))
    case _:
        sys.exit(f"unknown command {command}")
spark.stop()
