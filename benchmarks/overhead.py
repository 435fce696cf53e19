"""What bookkeeping costs per document, and whether memory stays flat: ``python -m benchmarks.overhead 200 2000`` or ``… --folder DIR``.

With counts, extraction is a stand-in that takes no time, so what is measured is everything else: hashing, document store, leases, queues, judgement and
the database, in processor seconds of the coordinating process, which other programs on the machine do not change much.

With a folder, its documents are really extracted, in turn without Prefect and with it: the shares of reading, of bookkeeping with the database, and of
Prefect with its temporary server, in processor seconds, and the wall time. Reading is what the worker processes took, bookkeeping what the coordinating
process took without Prefect, and Prefect what that process took more with it; of several rounds (``--rounds``) the median of each. What all processes
together took more with Prefect is told too: it holds the workers' own differences between two runs, which are larger than what is looked for.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

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


def measure_folder(folder: Path, orchestrator: str) -> dict[str, float]:
    """One run over the documents of ``folder`` in this process, seconds of processor time of this process and of its workers."""
    from flows.composition import run_batch
    from flows.settings import Settings

    with tempfile.TemporaryDirectory(prefix="lineitem-overhead-") as scratch:
        settings = Settings(database=f"sqlite:///{Path(scratch) / 'lineitem.db'}", orchestrator=orchestrator, settle_s=0, ignore_xml=True)
        begun = time.perf_counter()
        summary = run_batch(str(folder), settings)
        wall_s = time.perf_counter() - begun
    return {
        "documents": summary.processed,
        "own_s": _cpu_s(resource.RUSAGE_SELF),
        "workers_s": _cpu_s(resource.RUSAGE_CHILDREN),
        "wall_s": wall_s,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _cpu_s(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _in_own_process(*arguments: str) -> dict[str, float]:
    """What a measurement printed."""
    command = [sys.executable, "-m", "benchmarks.overhead", *arguments]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
    return json.loads(found.strip().splitlines()[-1])


def compare_folder(folder: Path, rounds: int) -> str:
    """The shares, in Markdown."""
    runs: dict[str, list[dict[str, float]]] = {"none": [], "prefect": []}
    for _ in range(rounds):
        for orchestrator, found in runs.items():
            found.append(_in_own_process("--one", str(folder), "--orchestrator", orchestrator))

    def middle(name: str, *orchestrators: str) -> float:
        return median(run[name] for orchestrator in orchestrators for run in runs[orchestrator])

    reading_s, bookkeeping_s = middle("workers_s", "none", "prefect"), middle("own_s", "none")
    prefect_s = max(middle("own_s", "prefect") - bookkeeping_s, 0.0)
    total_s = reading_s + bookkeeping_s + prefect_s
    parts = (
        ("reading, in the workers", reading_s),
        ("bookkeeping and database", bookkeeping_s),
        ("Prefect and its temporary server", prefect_s),
        ("all but reading", bookkeeping_s + prefect_s),
    )
    lines = [f"{middle('documents', 'none'):.0f} documents, {rounds} rounds", "", "| | processor s | share |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.1f} | {seconds / total_s:.1%} |" for name, seconds in parts]
    workers_more_s = middle("workers_s", "prefect") - middle("workers_s", "none")
    lines += [
        "",
        f"all processes together took {prefect_s + workers_more_s:+.1f} s with Prefect (the workers {workers_more_s:+.1f} s)",
        "",
        f"wall time {middle('wall_s', 'none'):.1f} s without Prefect, {middle('wall_s', 'prefect'):.1f} s with it; "
        f"peak memory of the coordinator {middle('peak_mib', 'none'):.0f} and {middle('peak_mib', 'prefect'):.0f} MiB",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure each run in a process of its own, so that memory of one does not stand in another's figure."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    options.add_argument("counts", nargs="*", default=["200", "2000"], help="numbers of stand-in documents (default 200 2000)")
    options.add_argument("--folder", type=Path, help="extract the documents of this folder instead")
    options.add_argument("--rounds", type=int, default=3, help="runs of each kind over the folder (default 3)")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--orchestrator", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one is not None:
        found = measure(int(given.one)) if given.orchestrator is None else measure_folder(Path(given.one), given.orchestrator)
        print(json.dumps(found))
        return
    if given.folder is not None:
        print(compare_folder(given.folder.resolve(), given.rounds))
        return
    print("| documents | bookkeeping, processor ms per document | peak memory of the coordinator, MiB |\n|---|---|---|")
    for count in given.counts:
        found = _in_own_process("--one", count)
        print(f"| {found['documents']} | {1000 * found['cpu_s_per_document']:.1f} | {found['peak_mib']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
