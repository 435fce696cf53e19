"""Shards of documents to training windows beside them: ``python -m extractors.training.prepare DIRECTORY --workers 2``.

Features are computed once, here, so that training only reads arrays. Run it again after generating more: finished shards are skipped.
"""

from __future__ import annotations

import argparse
import pickle
from multiprocessing import get_context
from pathlib import Path
from random import Random

from extractors.training.windows_data import document_windows, load_shard
from extractors.training.word_noise import noisy


def prepare_shard(shard: Path) -> int:
    """Write ``shard-00000.windows`` beside ``shard-00000.pkl``; the number of windows."""
    rng = Random(f"noise {shard.parent.name} {shard.name}")
    found = [w for document in load_shard(shard) for w in document_windows(noisy(document, rng))]
    part = shard.with_suffix(".part")
    part.write_bytes(pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))
    part.replace(shard.with_suffix(".windows"))
    return len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    shards = [p for p in sorted(arguments.directory.glob("shard-*.pkl")) if not p.with_suffix(".windows").exists()]
    with get_context("spawn").Pool(arguments.workers) as pool:
        for number, count in enumerate(pool.imap(prepare_shard, shards), 1):
            print(f"\rshard {number} of {len(shards)}, {count} windows", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
