from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from records import OWNER, VERSION, new_batch, registered, sha256_of
from sqlalchemy import text

from warehouse.database import Database, open_database
from warehouse.leases import Arrival, claim, new_owner, register, release, renew, states


def test_a_leased_document_is_nobody_elses(database: Database) -> None:
    document_id = registered(database, "a")
    assert claim(database, [document_id], owner=OWNER, lease_s=60) == {document_id}
    assert claim(database, [document_id], owner="another|1|1|bb", lease_s=60) == set()
    assert states(database, [document_id]) == {document_id: "leased"}


def test_a_lease_ends(database: Database) -> None:
    document_id = registered(database, "a")
    claim(database, [document_id], owner=OWNER, lease_s=-1)
    assert claim(database, [document_id], owner="another|1|1|bb", lease_s=60) == {document_id}


def test_a_renewed_lease_does_not_end(database: Database) -> None:
    document_id = registered(database, "a")
    claim(database, [document_id], owner=OWNER, lease_s=-1)
    renew(database, [document_id], owner=OWNER, lease_s=60)
    assert claim(database, [document_id], owner="another|1|1|bb", lease_s=60) == set()


def test_only_the_owner_gives_a_lease_back(database: Database) -> None:
    document_id = registered(database, "a")
    claim(database, [document_id], owner=OWNER, lease_s=60)
    release(database, [document_id], owner="another|1|1|bb")
    assert states(database, [document_id])[document_id] == "leased"
    release(database, [document_id], owner=OWNER)
    assert states(database, [document_id])[document_id] == "received"


def test_a_living_owner_keeps_its_lease_and_a_dead_one_does_not(database: Database) -> None:
    own, dead = registered(database, "a"), registered(database, "b")
    claim(database, [own], owner=new_owner(), lease_s=60)
    code = "from warehouse.leases import new_owner; print(new_owner())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    claim(database, [dead], owner=gone, lease_s=60)
    assert claim(database, [own, dead], owner="another|1|1|bb", lease_s=60) == {dead}


def test_a_process_number_given_to_another_process_is_a_dead_owner(database: Database) -> None:
    document_id = registered(database, "a")
    place, pid, started, token = new_owner().rsplit("|", 3)
    if started == "0":
        pytest.skip("this system does not tell when a process began")
    claim(database, [document_id], owner=f"{place}|{pid}|{int(started) - 1}|{token}", lease_s=60)
    assert claim(database, [document_id], owner="another|1|1|bb", lease_s=60) == {document_id}


def test_an_owner_on_another_machine_is_not_judged(database: Database) -> None:
    document_id = registered(database, "a")
    claim(database, [document_id], owner="another-host:pid:[1]|999999999|1|aa", lease_s=60)
    assert claim(database, [document_id], owner=OWNER, lease_s=60) == set()


def test_simultaneous_claims_share_the_documents_without_overlap(url: str, tmp_path: Path) -> None:
    with open_database(url) as database:
        batch_id = new_batch(database)
        arrivals = [Arrival(sha256_of(str(number)), str(number), f"{number}.pdf") for number in range(60)]
        ids = [row.id for row in register(database, arrivals, pipeline_version=VERSION, batch_id=batch_id)]
        claimed: dict[str, set[int]] = {}
        barrier = threading.Barrier(4)

        def take(owner: str) -> None:
            barrier.wait()
            mine: set[int] = set()
            for start in range(0, 60, 7):
                mine |= claim(database, ids[start : start + 7], owner=owner, lease_s=60)
            claimed[owner] = mine

        threads = [threading.Thread(target=take, args=(f"elsewhere|{n}|1|aa",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(id for mine in claimed.values() for id in mine) == sorted(ids)


def test_postgresql_skips_rows_that_another_run_is_claiming(database: Database) -> None:
    first, second = registered(database, "a"), registered(database, "b")
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with database.engine.begin() as other:
        other.execute(text("SELECT id FROM documents WHERE id = :id FOR UPDATE"), {"id": first})
        begun = time.monotonic()
        assert claim(database, [first, second], owner=OWNER, lease_s=60) == {second}
        assert time.monotonic() - begun < 5, "waited for the other run"
    assert claim(database, [first], owner=OWNER, lease_s=60) == {first}
