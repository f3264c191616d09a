"""A bad neighbour: floods addresses with datagrams at full speed until it is killed, round and round.

    load_flood.py FILE        FILE: JSON {"targets": [[ip, port]...], "sources": [[ip, port]...],
                              "datagrams": [hex...]}

With sources it makes up the IP packets itself (root), one source after the other; else it sends plainly."""

import itertools
import json
import random
import socket
import struct
import sys


def garbage(rng):
    return rng.randbytes(rng.choice((0, 1, 7, 31, 47, 48, 200, 1400, 9000)))


def damaged(rng, datagram):
    """The same with bytes changed; with its end cut off; with more behind it."""
    changed = bytearray(datagram)
    for _ in range(rng.randrange(1, 4)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return [bytes(changed), datagram[:rng.randrange(len(datagram))], datagram + rng.randbytes(rng.randrange(1, 100))]


def packet(source, target, payload):
    """An IP packet with a UDP datagram that claims to come from `source`. The kernel fills in the IP checksum;
    a UDP checksum of 0 means none."""
    udp = struct.pack("!HHHH", source[1], target[1], 8 + len(payload), 0) + payload
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 1, socket.IPPROTO_UDP, 0,
                       socket.inet_aton(source[0]), socket.inet_aton(target[0])) + udp


def sender(sources):
    if not sources:
        plain = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        plain.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        return lambda target, payload: plain.sendto(payload, target)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    turn = itertools.cycle(sources)
    return lambda target, payload: raw.sendto(packet(next(turn), target, payload), target)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    rng = random.Random(7)
    recorded = [bytes.fromhex(each) for each in plan["datagrams"]]
    datagrams = [garbage(rng) for _ in range(500)] + recorded
    datagrams += [bad for each in recorded for bad in damaged(rng, each)]
    rng.shuffle(datagrams)
    targets = [tuple(each) for each in plan["targets"]]
    send = sender([tuple(each) for each in plan["sources"]])
    print("flooding", flush=True)
    for turn in itertools.count():
        # Each datagram goes to another target in each turn, however many there are of both.
        for place, datagram in enumerate(datagrams, turn):
            try:
                send(targets[place % len(targets)], datagram)
            except OSError:
                pass  # whoever was there has gone, or the queue is full


if __name__ == "__main__":
    main()
