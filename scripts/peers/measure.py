"""Inside a peer's process: options, and the timing that scripts/bench/measure.mjs does on our side."""
import json
import re
import resource
import sys
import time


def contender_options() -> dict:
    return {"steps": 3, "warmup": 2, "threads": 2, "precision": "float32", **json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}")}


def measure_steps(options: dict, step, note=lambda: {}) -> None:
    """Runs `step(index)` warm-up + steps times and prints one JSON line."""
    started = time.perf_counter()
    for index in range(options["warmup"]):
        step(index)
    warmup_ms = 1000 * (time.perf_counter() - started)
    step_ms = []
    for index in range(options["steps"]):
        begin = time.perf_counter()
        step(options["warmup"] + index)
        step_ms.append(1000 * (time.perf_counter() - begin))
    result = {
        "imagesPerSecond": 1000 * options["batchSize"] / min(step_ms),
        "stepMs": step_ms,
        "warmupMs": warmup_ms,
        "peakRssMb": peak_rss_mb(),
        **note(),
    }
    print(json.dumps(result), flush=True)


def peak_rss_mb() -> float:
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
