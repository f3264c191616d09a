"""Datagrams that somebody has forged: they can cost an answer, but no server, and nobody gets another's answer."""
import socket
import struct
import unittest

from server_harness import Closed, Servers


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def submit(info, session, number, value):
    """A client's Submit of one run: docs/wire-format.md, src/synod/core/batch.hpp."""
    run = struct.pack("<QQQIIBH", int(session[:16], 16), int(session[16:], 16), number, 1, len(value), 0, len(value))
    body = run + value
    front = struct.pack("<HBB", 0x5953, 2, 1)
    back = struct.pack("<IBBHQQQII", 48 + len(body), 0, 0, 9, int(info["synod_cluster"], 16), int(info["synod_run"], 16),
                       12345, 0, 0) + body
    return front + struct.pack("<I", crc32c(front + back)) + back


class Forged(Servers):
    def send_to_all(self, datagram):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for port in self.ports.values():
                sender.sendto(datagram, ("127.0.0.1", port))

    def session_of(self, sid):
        line = self.await_that(lambda: self.log(sid).read_text().splitlines())[0]
        return line.split()[1]

    def test_an_operation_whose_number_was_forged_has_no_answer_and_the_next_has_its_own(self):
        self.start()
        client = self.client(1)
        client.ask("SET", "a", "1")
        self.send_to_all(submit(client.info(), self.session_of(1), 1, bytes(9) + b"forged"))
        self.await_that(lambda: self.position(1) == 2)
        with self.assertRaises((Closed, ConnectionError)):
            client.ask("INCR", "n")
        again = self.client(1)
        self.assertEqual(again.ask("INCR", "n"), 1)
        self.assertEqual(again.ask("GET", "a"), b"1")


if __name__ == "__main__":
    unittest.main()
