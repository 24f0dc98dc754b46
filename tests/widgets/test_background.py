import threading
import time

from pytestqt.qtbot import QtBot

from widgets.background import Background, Tell


def test_results_come_in_order_and_in_the_own_thread(qtbot: QtBot) -> None:
    background = Background()
    found: list[tuple[object, bool]] = []
    home = threading.get_ident()
    background.result.connect(lambda value: found.append((value, threading.get_ident() == home)))
    elsewhere: list[bool] = []

    def work(tell: Tell) -> None:
        elsewhere.append(threading.get_ident() != home)
        for i in range(3):
            tell(i)

    background.run(work)
    qtbot.waitUntil(lambda: len(found) == 3)
    assert found == [(0, True), (1, True), (2, True)]
    assert elsewhere == [True]


def test_what_was_replaced_tells_nothing_more(qtbot: QtBot) -> None:
    background = Background()
    found: list[object] = []
    background.result.connect(found.append)
    started, ended = threading.Event(), threading.Event()

    def slow(tell: Tell) -> None:
        started.set()
        while tell("old"):
            time.sleep(0.001)
        ended.set()

    background.run(slow)
    assert started.wait(5.0)
    background.run(lambda tell: (tell("new"), None)[1])
    qtbot.waitUntil(lambda: "new" in found)
    assert ended.wait(5.0), "it is told that nobody wants more"
    count = len(found)
    qtbot.wait(30)
    assert found[count - 1] == "new" and len(found) == count


def test_a_failure_is_logged_and_nothing_else(qtbot: QtBot, caplog) -> None:
    background = Background()
    found: list[object] = []
    background.result.connect(found.append)

    def failing(tell: Tell) -> None:
        raise ValueError("out of ideas")

    background.run(failing)
    qtbot.waitUntil(lambda: "out of ideas" in caplog.text)
    background.run(lambda tell: (tell(1), None)[1])
    qtbot.waitUntil(lambda: found == [1])


def test_its_end_in_the_middle_of_work_is_no_accident(qtbot: QtBot) -> None:
    background = Background()
    started, ended = threading.Event(), threading.Event()

    def slow(tell: Tell) -> None:
        started.set()
        while tell(0):
            time.sleep(0.001)
        ended.set()

    background.run(slow)
    assert started.wait(5.0)
    background.deleteLater()
    del background
    qtbot.wait(60)
    assert ended.wait(5.0)
