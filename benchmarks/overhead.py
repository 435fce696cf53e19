"""What bookkeeping costs per document, and whether memory stays flat: ``python -m benchmarks.overhead 200 2000``.

Extraction is a stand-in that takes no time, so what is measured is everything else: hashing, document store, leases, queues, judgement and
the database, in processor seconds of the coordinating process, which other programs on the machine do not change much.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure(count: int) -> dict[str, float]:
    """One run over ``count`` stand-in documents in this process. Memory in MiB, times in seconds."""
    sys.path.insert(0, str(ROOT / "tests" / "flows"))
    import stand_in

    from flows.composition import run_batch
    from flows.settings import Settings

    with tempfile.TemporaryDirectory(prefix="lineitem-overhead-") as scratch:
        folder = Path(scratch) / "inbox"
        for number in range(count):
            stand_in.write(folder, f"d{number:05}", seller=f"Seller {number % 50}")
        before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        settings = Settings(database=f"sqlite:///{Path(scratch) / 'lineitem.db'}", orchestrator="none", settle_s=0)
        summary = run_batch(str(folder), settings, options=stand_in.options(chunk=25))
        after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "documents": summary.processed,
        "cpu_s_per_document": cpu_s / count,
        "wall_s_per_document": (time.perf_counter() - begun) / count,
        "peak_mib": after.ru_maxrss / 1024,
    }


def main() -> None:
    """Measure each count in a process of its own, so that memory of one does not stand in another's figure."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    print("| documents | bookkeeping, processor ms per document | peak memory of the coordinator, MiB |\n|---|---|---|")
    for count in sys.argv[1:] or ["200", "2000"]:
        command = [sys.executable, "-m", "benchmarks.overhead", "--one", count]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
        print(f"| {found['documents']} | {1000 * found['cpu_s_per_document']:.1f} | {found['peak_mib']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
