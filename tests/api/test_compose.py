"""docker-compose.yml and the Dockerfile, as far as they can be proved without an engine."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from saq import Worker
from saq.queue.redis import RedisQueue

from api.cli import COMMANDS
from api.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "doorstep"}
SECRETS = {"POSTGRES_PASSWORD": "0123456789abcdef", "DOORSTEP_SECRET": "0123456789abcdef" * 4}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def compose_command() -> list[str]:
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    pytest.skip("no docker compose here")


def test_docker_compose_itself_accepts_the_file_once_the_secrets_are_there(tmp_path: Path) -> None:
    config = [*compose_command(), "--file", str(ROOT / "docker-compose.yml"), "--env-file", os.devnull]
    config += ["--profile", "roads", "config", "--quiet"]
    bare = {name: value for name, value in os.environ.items() if name not in SECRETS}
    without = subprocess.run(config, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "POSTGRES_PASSWORD" in without.stderr
    given = subprocess.run(config, env=bare | SECRETS, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (given.returncode, given.stderr) == (0, "")


def test_the_parts_are_all_there() -> None:
    assert set(SERVICES) == {"postgres", "valkey", "migrate", "api", "worker", "osrm"}
    assert SERVICES["postgres"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_up_is_watched_and_started_again(name: str) -> None:
    service = SERVICES[name]
    if name == "migrate":
        assert (service["healthcheck"], service["restart"]) == ({"disable": True}, "no")
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert {"interval", "timeout", "retries"} <= set(service["healthcheck"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_waits_for_services_that_can_become_what_it_waits_for(name: str) -> None:
    for needed, wait in SERVICES[name].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "test" in SERVICES[needed]["healthcheck"]
        else:
            assert wait["condition"] == "service_completed_successfully"
            assert SERVICES[needed]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_real_commands_with_real_settings(name: str) -> None:
    settings = {setting.metadata["variable"] for setting in Settings.__dataclass_fields__.values()}
    assert OURS[name]["command"][0] in COMMANDS
    assert set(OURS[name]["environment"]) <= settings
    assert {"DATABASE_URL", "REDIS_URL", "DOORSTEP_SECRET"} <= set(OURS[name]["environment"])
    for variable in re.findall(r"\b(DOORSTEP_\w+)=", DOCKERFILE):
        assert variable in settings | {"DOORSTEP_HOME"}


def test_the_addresses_we_pass_are_those_of_the_services() -> None:
    environment = OURS["api"]["environment"]
    assert environment["DATABASE_URL"].endswith("@postgres:5432/doorstep")
    assert environment["REDIS_URL"].startswith("redis://valkey:6379/")
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == "doorstep"


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in SECRETS:
        uses = re.findall(rf"\$\{{{secret}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_only_the_site_can_be_reached_and_only_from_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"api"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["api"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey", "osrm"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_any_number_of_workers_can_run() -> None:
    assert not {"container_name", "ports", "hostname"} & set(SERVICES["worker"])


def test_what_must_last_lies_in_volumes() -> None:
    mounted = {name: [volume.split(":") for volume in service.get("volumes", [])] for name, service in SERVICES.items()}
    named = {source for volumes in mounted.values() for source, *_ in volumes if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    # The image for version 18 refuses to start with a volume at /var/lib/postgresql/data.
    assert mounted["postgres"] == [["database", "/var/lib/postgresql"]]
    home = re.search(r"DOORSTEP_HOME=(\S+)", DOCKERFILE)
    assert home
    assert all(mounted[name] == [["home", home[1]]] for name in OURS)


def test_the_worker_is_healthy_while_it_reports_to_the_queue(redis_url: str) -> None:
    _, python, *check = SERVICES["worker"]["healthcheck"]["test"]
    assert python == "python"

    async def healthy() -> bool:
        environment = os.environ | {"REDIS_URL": redis_url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *check, env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, complained = await process.communicate()
        assert complained == b""
        return process.returncode == 0

    async def watch() -> tuple[bool, bool]:
        queue = RedisQueue.from_url(redis_url, name="doorstep")
        before = await healthy()
        worker: Worker[Any] = Worker(queue, functions=[("nothing", watch)])
        working = asyncio.create_task(worker.start())
        while not (await queue.info())["workers"]:  # noqa: ASYNC110 (the queue tells nobody when a worker reports)
            await asyncio.sleep(0.01)
        after = await healthy()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await queue.disconnect()
        return before, after

    assert asyncio.run(watch()) == (False, True)


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_site_is_healthy_when_it_is_ready(status: int, healthy: bool) -> None:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        *_, check = SERVICES["api"]["healthcheck"]["test"]
        check = check.replace(":8311/", f":{server.server_port}/")
        done = subprocess.run([sys.executable, "-c", check], stderr=subprocess.DEVNULL, check=False)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (done.returncode == 0) is healthy


def test_the_image_is_small_and_its_program_no_root() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert stages[-1] == "python:3.12-slim"
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM") :]
    assert re.search(r"^USER doorstep$", last, re.MULTILINE)
    assert last.index("USER doorstep") < last.index("ENTRYPOINT")
    assert "uv" not in re.sub("useradd|COPY.*", "", last)


def test_the_image_is_built_with_what_the_launcher_uses() -> None:
    pinned = re.search(r"^UV_VERSION=(\S+)$", (ROOT / "doorstep").read_text(), re.MULTILINE)
    assert pinned
    assert f"FROM ghcr.io/astral-sh/uv:{pinned[1]} AS uv" in DOCKERFILE
    for copied in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        for source in copied.split():
            assert (ROOT / source).exists(), source
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert re.search(r'^ENTRYPOINT \["(.*)"\]$', DOCKERFILE, re.MULTILINE)[1] in project["scripts"]  # type: ignore[index]
