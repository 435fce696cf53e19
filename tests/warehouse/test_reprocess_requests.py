from __future__ import annotations

from decimal import Decimal

import pytest
from records import OWNER, invoice_of, record, registered

from schemas.errors import ConfigurationError
from schemas.invoice import Issue, Severity, Status
from warehouse.database import Database
from warehouse.reprocess_requests import end_request, keep_request, list_requests, request_reprocessing, take_request
from warehouse.selections import Selection, select_documents, version_key

OTHER = "elsewhere|2|1|bb"
BROKEN = (Issue("BR-CO-15", Severity.ERROR, None, None, None, "Gross is not net plus tax."),)


FLAGGED = Selection(flagged=True)


def asked(database: Database, selection: Selection = FLAGGED, **more) -> int:
    with database.write() as session:
        return request_reprocessing(session, selection, requested_by="anna", **more)


def test_a_request_is_taken_once_and_its_outcome_is_kept(database: Database) -> None:
    request_id = asked(database, Selection(ids=(3, 4), rules=("BR-02",)), route="foundation_model", replace_corrections=True)
    taken = take_request(database, owner=OWNER, lease_s=60)
    assert taken is not None
    assert (taken.id, taken.requested_by, taken.route, taken.replace_corrections) == (request_id, "anna", "foundation_model", True)
    assert taken.selection == Selection(ids=(3, 4), rules=("BR-02",))
    assert take_request(database, owner=OTHER, lease_s=60) is None
    end_request(database, request_id, state="done", outcome={"documents": 2, "changed": 1})
    (request,) = list_requests(database)
    assert (request.state, request.outcome) == ("done", {"documents": 2, "changed": 1})
    assert request.finished_at is not None
    assert take_request(database, owner=OTHER, lease_s=60) is None


def test_requests_are_taken_in_the_order_of_arrival_or_by_id(database: Database) -> None:
    first, second, third = asked(database), asked(database), asked(database)
    taken = [take_request(database, owner=OWNER, lease_s=60, request_id=third), take_request(database, owner=OWNER, lease_s=60)]
    assert [request.id for request in taken if request] == [third, first]
    assert [request.id for request in list_requests(database)] == [third, second, first]


def test_a_request_whose_run_fell_silent_is_taken_again(database: Database) -> None:
    request_id = asked(database)
    take_request(database, owner=OWNER, lease_s=-1)
    again = take_request(database, owner=OTHER, lease_s=-1)
    assert again is not None
    assert again.id == request_id
    keep_request(database, request_id, owner=OTHER, lease_s=60)
    assert take_request(database, owner=OWNER, lease_s=60) is None


def test_a_request_that_fails_to_be_written_leaves_nothing(database: Database) -> None:
    with pytest.raises(ConfigurationError, match="Nothing is selected"):
        asked(database, Selection())
    with pytest.raises(ConfigurationError, match="Unknown route"):
        asked(database, route="human")
    assert list_requests(database) == []


@pytest.mark.parametrize("data", [{"everything": True}, {"ids": ["x"]}, {"ids": 3}])
def test_a_selection_that_cannot_be_understood_is_refused(data: dict) -> None:
    with pytest.raises(ConfigurationError, match="Selection"):
        Selection.from_json(data)


def test_what_a_selection_means(database: Database) -> None:
    good = record(database, invoice_of("a", invoice_number="1", seller_name="Alpha 100% GmbH"))
    flagged = record(database, invoice_of("b", invoice_number="2", status=Status.REVIEW, seller_name="Beta AG").replace(issues=BROKEN))
    rejected = record(
        database, invoice_of("c", invoice_number="3", status=Status.REJECTED, gross_total=Decimal("1")).replace(issues=BROKEN)
    )
    registered(database, "never read")

    def selected(**conditions) -> list[int]:
        with database.read() as session:
            return select_documents(session, Selection(**conditions))

    assert selected() == []
    assert selected(flagged=True) == [flagged]
    assert selected(rules=("BR-CO-15",)) == [flagged, rejected]
    assert selected(sellers=("beta",)) == [flagged]
    assert selected(sellers=("100%",)) == [good]
    assert selected(ids=(rejected, good, 999)) == [good, rejected]
    assert selected(ids=(rejected, good), flagged=True) == []
    assert selected(model_older_than="model-2") == [good, flagged, rejected]
    assert selected(model_older_than="model-1") == []


def test_versions_are_compared_as_people_count() -> None:
    assert version_key("1.9") < version_key("1.10") < version_key("1.10.1") < version_key("2")
