"""A browser or OBS sees the newest picture at an address, and no viewer holds up the show."""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from livegan.builtin.outputs import web
from livegan.builtin.outputs.web import WebOutput, open_web, parsed


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def output(notes: list[str], unused_port: int) -> Iterator[WebOutput]:
    output = open_web(f"127.0.0.1:{unused_port}/live", note=notes.append)
    yield output
    output.close()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def plain(value: int, height: int = 48, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def asked(port: int, path: str, host: str = "localhost") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    return connection.getresponse()


def next_picture(stream: http.client.HTTPResponse) -> np.ndarray:
    """The next part of a multipart stream, decoded."""
    assert stream.readline() == b"--livegan-picture\r\n"
    about = {}
    while (line := stream.readline().strip()) != b"":
        key, _, value = line.partition(b": ")
        about[key] = value
    assert about[b"Content-Type"] == b"image/jpeg"
    jpeg = stream.read(int(about[b"Content-Length"]))
    assert stream.readline() == b"\r\n"
    return np.asarray(Image.open(io.BytesIO(jpeg)))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/live", ("127.0.0.1", 8090, "/live")),
        ("live", ("127.0.0.1", 8090, "/live")),
        ("/", ("127.0.0.1", 8090, "")),
        ("/wall/left/", ("127.0.0.1", 8090, "/wall/left")),
        ("0.0.0.0:8080/live", ("0.0.0.0", 8080, "/live")),
        ("0.0.0.0", ("0.0.0.0", 8090, "/live")),
        (":8080", ("127.0.0.1", 8080, "/live")),
        ("stage-pc:8080", ("stage-pc", 8080, "/live")),
        ("http://localhost:8080/a", ("localhost", 8080, "/a")),
        ("[::]:8080/live", ("::", 8080, "/live")),
    ],
)
def test_an_address_may_leave_out_what_is_usual(text: str, address: tuple[str, int, str]) -> None:
    assert parsed(text) == address


@pytest.mark.parametrize(
    "text", ["a b", "/live?x", "localhost:99999/live", ":0/live", "host:port/live"]
)
def test_what_is_no_address_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(RuntimeError, match='is no address: write "/live"'):
        parsed(text)


def test_a_viewer_sees_each_picture_in_its_own_size(
    output: WebOutput, notes: list[str], unused_port: int
) -> None:
    assert notes == [f"open http://127.0.0.1:{unused_port}/live in a browser or in OBS"]
    output.send(plain(40))
    stream = asked(unused_port, "/live.mjpg")
    assert stream.headers.get_content_type() == "multipart/x-mixed-replace"
    assert next_picture(stream).shape == (48, 64, 3)
    output.send(plain(200, 33, 21))
    second = next_picture(stream)
    assert second.shape == (33, 21, 3)
    assert abs(int(second[5, 5, 0]) - 200) <= 2
    stream.close()


def test_the_page_shows_the_stream_and_the_still_is_the_newest_picture(
    output: WebOutput, unused_port: int
) -> None:
    output.send(plain(40))
    output.send(plain(90))
    page = asked(unused_port, "/live")
    assert page.headers.get_content_type() == "text/html"
    assert b'src="/live.mjpg"' in page.read()
    still = np.asarray(Image.open(io.BytesIO(asked(unused_port, "/live.jpg").read())))
    assert abs(int(still[5, 5, 0]) - 90) <= 2
    elsewhere = asked(unused_port, "/other")
    assert (elsewhere.status, elsewhere.reason) == (404, "the picture is at /live")


def test_a_site_that_points_its_name_at_this_machine_sees_nothing(
    output: WebOutput, unused_port: int
) -> None:
    output.send(plain(40))
    assert asked(unused_port, "/live.jpg", host="evil.example").status == 403
    assert asked(unused_port, "/live.jpg", host="127.evil.example").status == 403
    assert asked(unused_port, "/live.jpg", host=f"127.0.0.1:{unused_port}").status == 200
    assert asked(unused_port, "/live.jpg", host=f"[::1]:{unused_port}").status == 200


def test_a_viewer_that_stops_reading_costs_the_show_nothing_and_is_let_go(
    output: WebOutput, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.Viewer, "timeout", 0.2)
    monkeypatch.setattr(web, "MOST", 1)
    server = output._server
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect(("127.0.0.1", unused_port))
        stuck.sendall(b"GET /live.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        end = time.monotonic() + 60
        seated = False
        while time.monotonic() < end:
            output.send(noise)
            free = server.seats._value  # of MOST of them, this one has one until it is let go
            seated = seated or free < 16
            if seated and free == 16:
                break
            time.sleep(0.005)
        assert seated and free == 16
    # Others see the newest picture meanwhile and afterwards.
    assert asked(unused_port, "/live.jpg").status == 200


def test_a_picture_is_encoded_once_for_all_viewers_and_never_for_none(
    output: WebOutput, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    save = Image.Image.save
    monkeypatch.setattr(
        Image.Image, "save", lambda *args, **more: (encoded.append(1), save(*args, **more))
    )
    for value in range(9):
        output.send(plain(value))
    assert encoded == []
    streams = [asked(unused_port, "/live.mjpg") for _ in range(3)]
    for stream in streams:
        next_picture(stream)
        stream.close()
    assert len(encoded) == 1


def test_too_many_viewers_are_told_so(unused_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST", 1)
    output = open_web(f":{unused_port}", note=lambda text: None)
    try:
        output.send(plain(40))
        first = asked(unused_port, "/live.mjpg")
        next_picture(first)
        assert asked(unused_port, "/live.mjpg").status == 503
        first.close()
    finally:
        output.close()


def test_a_port_that_stays_taken_is_refused_with_what_to_write(
    output: WebOutput, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "HANDOVER", 0.0)
    with pytest.raises(RuntimeError, match=f"127.0.0.1:{unused_port} cannot be used") as error:
        open_web(f":{unused_port}/b", note=print)
    assert f'name another port, such as web=":{unused_port + 1}/b"' in str(error.value)


def test_a_host_that_is_not_this_machine_is_refused_with_what_to_write(unused_port: int) -> None:
    with pytest.raises(RuntimeError, match="cannot be used") as error:
        open_web(f"192.0.2.1:{unused_port}/b", note=print)
    assert f'write web=":{unused_port}/b" for this machine' in str(error.value)


def test_a_port_that_becomes_free_is_taken_over(unused_port: int) -> None:
    first = open_web(f":{unused_port}/a", note=lambda text: None)
    threading.Timer(0.2, first.close).start()
    second = open_web(f":{unused_port}/b", note=lambda text: None)
    try:
        second.send(plain(40))
        assert asked(unused_port, "/b.jpg").status == 200
    finally:
        second.close()


def test_other_machines_are_let_in_only_when_asked(unused_port: int) -> None:
    notes: list[str] = []
    output = open_web(f"0.0.0.0:{unused_port}/live", note=notes.append)
    try:
        output.send(plain(40))
        assert asked(unused_port, "/live.jpg", host="stage-pc").status == 200
    finally:
        output.close()
    (told,) = notes
    assert told.endswith("and from other machines of the network")
