"""Servers that say once, to a group, what is for all of them."""
import random
import socket
import struct
import unittest

from server_harness import SECONDS, Servers


class Multicast(Servers):
    def setUp(self):
        super().setUp()
        number = random.getrandbits(16)
        self.group = f"239.255.{number >> 8}.{number & 255}", self.group_port
        self.write_servers(multicast="{}:{}".format(*self.group))
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.listener.close)
        self.listener.settimeout(SECONDS)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(self.group)
        membership = struct.pack("4s4s", socket.inet_aton(self.group[0]), socket.inet_aton("127.0.0.1"))
        self.listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)

    def await_speakers(self):
        """Until each server has said something to the group."""
        missing = {("127.0.0.1", port) for port in self.ports.values()}
        while missing:
            missing.discard(self.listener.recvfrom(1 << 16)[1])

    def test_servers_of_a_group_go_on_when_the_leader_is_killed_and_it_catches_up(self):
        self.start()
        self.await_speakers()
        for sid in (1, 2, 3):
            self.assertEqual(self.client(sid).ask("INCR", "n"), sid)
        leader = self.await_leader()
        others = [sid for sid in (1, 2, 3) if sid != leader]
        self.servers[leader].kill()
        client = self.client(others[0])
        self.assertEqual([client.ask("INCR", "n") for _ in range(500)], list(range(4, 504)))
        self.start_one(leader, "--log", self.log(leader))
        self.assertEqual(self.client(leader).ask("INCR", "n"), 504)
        self.assertEqual(self.info(leader)["synod_observes"], "1")
        self.await_same_position()
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.executed(others[0]), self.executed(others[1]))
        self.assertEqual(self.executed(others[0]), self.executed(leader))


if __name__ == "__main__":
    unittest.main()
