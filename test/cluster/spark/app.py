"""What the drivers of the cluster suite do: `app.py COMMAND [ARGUMENT…]`. Mounted from a ConfigMap, so that any Spark image runs it."""

import subprocess
import sys
import time

from pyspark.sql import SparkSession

command, *arguments = sys.argv[1:]
if command == "late":  # SECONDS until there is a context, as when packages are downloaded
    time.sleep(float(arguments[0]))
spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext


def each_sleeps(tasks, seconds):
    context.parallelize(range(tasks), tasks).foreach(lambda _: time.sleep(seconds))


def allocate(mebibytes):
    block = bytearray(mebibytes << 20)
    for page in range(0, len(block), 4096):
        block[page] = 1
    return block


def exhaust(_):
    """Small processes beside a large one: the kernel takes the large one, the JVM of the executor."""
    script = f"b = bytearray({100 << 20})\nfor i in range(0, len(b), 4096): b[i] = 1\nimport time; time.sleep(60)"
    children = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(5)]
    for child in children:
        child.wait()


match command:
    case "late":
        each_sleeps(1, 1)
    case "hold":  # TASKS tasks of SECONDS each
        each_sleeps(int(arguments[0]), float(arguments[1]))
    case "raise":
        raise ValueError("the user's code failed")
    case "exit":
        sys.exit(int(arguments[0]))
    case "allocate":  # more than the driver may have
        allocate(int(arguments[0]))
    case "exhaust":  # more than an executor may have, once; then it goes on
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
    case "serve":  # as a Spark Connect plugin: the driver waits for clients
        time.sleep(float(arguments[0]))
    case _:
        sys.exit(f"unknown command {command}")
spark.stop()
