"""Datagrams that somebody has forged: from elsewhere they do nothing; from the address of a server they cost answers,
nobody gets another's, and the servers go on."""
import contextlib
import json
import socket
import struct
import subprocess
import unittest

from harness import SYNOD
from server_harness import SECONDS, Closed, Servers, request


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def submit(info, session, number, value=None, count=1):
    """A client's Submit of one run of so many pieces: docs/wire-format.md, src/synod/core/batch.hpp."""
    value = value or b""
    run = struct.pack("<QQQIIBH", int(session[:16], 16), int(session[16:], 16), number, count, len(value), 0, len(value))
    body = run + value
    front = struct.pack("<HBB", 0x5953, 2, 1)
    back = struct.pack("<IBBHQQQII", 48 + len(body), 0, 0, 9, int(info["synod_cluster"], 16), int(info["synod_run"], 16),
                       12345, 0, 0) + body
    return front + struct.pack("<I", crc32c(front + back)) + back


class Forged(Servers):
    def send_to_all(self, datagrams, port=0):
        """From this port; 0: from one that is no server's."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", port))
            for datagram in datagrams:
                for to in set(self.ports.values()) - {port}:
                    sender.sendto(datagram, ("127.0.0.1", to))

    def refused(self, sid):
        """Datagrams that the server has refused, as it says to who asks."""
        asked = subprocess.run([SYNOD, "status", self.configuration, "--json"], env=self.env, capture_output=True,
                               timeout=SECONDS)
        return next(one for one in json.loads(asked.stdout)["learners"] if one["id"] == sid)["losses"]["refused"]

    def session_of(self, sid):
        line = self.await_that(lambda: self.log(sid).read_text().splitlines())[0]
        return line.split()[1]

    def start_with_a_forger(self):
        """In the place of server 3. The first client of server 1, after its first write; INFO; the session."""
        self.start()
        self.servers[3].kill()
        client = self.client(1)
        client.ask("SET", "a", "1")
        return client, client.info(), self.session_of(1)

    def await_another_session(self, sid, forged):
        told = f"in its session {forged}".encode()
        self.await_that(lambda: told in bytes(self.servers[sid].output))

    def test_a_forged_operation_is_executed_and_the_server_goes_on_in_another_session(self):
        client, info, session = self.start_with_a_forger()
        self.send_to_all([submit(info, session, 1, bytes(9) + b"forged")], self.ports[3])
        self.await_another_session(1, session)
        self.assertEqual(client.ask("INCR", "n"), 1)
        self.assertEqual(client.ask("GET", "a"), b"1")
        sessions = {text.split()[0].strip('"'): its for _, its, text in self.executed(1)}
        self.assertEqual(sessions["forged"], session)
        self.assertNotEqual(sessions["INCR"], session)

    def test_whoever_takes_all_numbers_of_a_session_costs_answers_and_no_operation_runs_twice(self):
        client, info, session = self.start_with_a_forger()
        count = 2000
        client.socket.sendall(request("INCR", "n") * count)
        self.send_to_all([submit(info, session, 1 + k * 65536, count=65536) for k in range(8)], self.ports[3])
        answers = []
        with contextlib.suppress(Closed, ConnectionError):
            while len(answers) < count:
                answers.append(client.reply())
        self.assertEqual(answers, list(range(1, len(answers) + 1)))
        self.await_another_session(1, session)
        executed = self.client(1).ask("INCR", "n") - 1
        self.assertLessEqual(len(answers), executed)
        self.assertLessEqual(executed, count)
        self.assertEqual(self.client(2).ask("INCR", "n"), executed + 2)
        self.assertEqual(self.client(1).ask("GET", "a"), b"1")

    def test_who_has_no_address_of_a_server_is_not_heard(self):
        self.start()
        client = self.client(1)
        client.ask("SET", "a", "1")
        info, session = client.info(), self.session_of(1)
        self.send_to_all(submit(info, session, 1 + k * 65536, count=65536) for k in range(8))
        for sid in (1, 2, 3):
            self.await_that(lambda: self.refused(sid) >= 8)
        self.assertEqual(client.ask("INCR", "n"), 1)
        self.assertEqual(client.ask("GET", "a"), b"1")
        self.assertEqual(self.position(1), 2)


if __name__ == "__main__":
    unittest.main()
