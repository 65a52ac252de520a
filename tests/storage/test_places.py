"""All nodes with one database have the same place for files, and for the record."""

import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from consult.foundation.files.services import check_storages
from consult.foundation.storage.local_storage import LocalStorage
from consult.foundation.storage.services import refuse_another_place
from consult.foundation.storage.storage import StorageError
from tests.object_server import ObjectServer

SETTING = "CONSULT_RECORD"


@pytest.mark.postgresql
def test_a_node_with_another_folder_is_refused(app: Flask, tmp_path: Path) -> None:
    assert app
    shared, own = LocalStorage(tmp_path / "shared"), LocalStorage(tmp_path / "own")
    refuse_another_place(shared, SETTING)
    refuse_another_place(LocalStorage(tmp_path / "shared"), SETTING)
    with pytest.raises(StorageError) as refusal:
        refuse_another_place(own, SETTING)
    assert str(refusal.value).startswith(f"CONSULT_RECORD ({own.name}) is not the place")
    assert "all nodes must name the same one" in str(refusal.value)
    refuse_another_place(own, "CONSULT_STORAGE_URL")


@pytest.mark.postgresql
def test_what_is_moved_with_its_mark_is_the_same_place(
    app: Flask, tmp_path: Path, object_server: ObjectServer
) -> None:
    assert app
    old, new = LocalStorage(tmp_path), object_server.storage(f"moved-{tmp_path.name}")
    refuse_another_place(old, SETTING)
    for one in old.list():
        new.write(one.key, (tmp_path / one.key).read_bytes())
    refuse_another_place(new, SETTING)


@pytest.mark.postgresql
def test_of_two_nodes_that_come_first_one_marks_it(app: Flask, tmp_path: Path) -> None:
    faults: list[BaseException] = []
    together = threading.Barrier(4)

    def come() -> None:
        with app.app_context():
            together.wait()
            try:
                refuse_another_place(LocalStorage(tmp_path), SETTING)
            except BaseException as error:  # noqa: BLE001  (whatever it is, the test must see it)
                faults.append(error)

    nodes = [threading.Thread(target=come) for _ in range(4)]
    for one in nodes:
        one.start()
    for one in nodes:
        one.join()
    assert not faults


@pytest.mark.postgresql
def test_who_lost_it_for_good_says_so(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_storages()
    monkeypatch.setitem(app.config, "RECORD", str(tmp_path / "new"))
    with pytest.raises(StorageError, match="use-storage"):
        check_storages()
    done: Any = app.test_cli_runner().invoke(args=["consult", "use-storage"])
    assert done.exit_code == 0
    check_storages()


@pytest.mark.one_engine
def test_a_site_of_one_machine_is_asked_nothing(app: Flask, tmp_path: Path) -> None:
    assert app
    refuse_another_place(LocalStorage(tmp_path / "never-made"), SETTING)
    assert list(tmp_path.iterdir()) == []
