"""scripts/soak.sh: clusters of random shapes under load, while processes are killed, stopped and started at random;
and one cluster that runs undisturbed for the whole time, whose memory must stay flat.

A line a round, a summary, exit status 1 when anything was wrong."""
import argparse
import random
import signal
import sys
import time

from load_harness import MIB, Cluster

ROUND_SECONDS = 60
STOPS = (0.5, 1, 2, 5, 10, 30)
MEMORY_MAX = 64 * MIB          # of clients, proposers and learners
FLAT_GROWTH_MAX = 8 * MIB      # of the same in the cluster that runs undisturbed, once it has run for a while
FORGOTTEN = "cannot be had any more"


class Wrong(Exception):
    """What must not happen did."""


def acceptor_bound(history):
    """1.2 times the payload kept, 64 bytes an instance (batches here hold at least 500 bytes) and 64 MiB."""
    return 1.2 * history + 64 * history // 500 + 64 * MIB


class Memory:
    """The most that processes of each role have used."""

    def __init__(self, history):
        self.history = history
        self.most = {}

    def look(self, members):
        for member in members:
            used = member.rss()
            self.most[member.role] = max(self.most.get(member.role, 0), used)
            bound = acceptor_bound(self.history) if member.role == "acceptor" else MEMORY_MAX
            if used > bound:
                raise Wrong(f"{member} uses {used // MIB} MiB; it may use {int(bound) // MIB}")

    def __str__(self):
        return " ".join(f"{role} {used // MIB}" for role, used in sorted(self.most.items())) + " MiB"


class Round:
    """One cluster, its load, and what is done to it."""

    def __init__(self, rng, seconds, loss):
        self.rng, self.seconds = rng, seconds
        self.shape = {"acceptor": rng.choice((3, 3, 5)), "proposer": rng.choice((2, 2, 3)),
                      "learner": rng.choice((2, 3)), "client": rng.choice((1, 2, 4))}
        self.loss = loss if loss is not None else rng.choice((0, 0, 0.01, 0.05))
        self.paced = rng.random() < 0.5
        self.size = rng.choice((16, 64, 64, 1000, 20_000))
        # Paced: everything fits, so nobody may ever miss anything. Else: whoever is away for long may.
        self.history = (1024 if self.paced else 64) * MIB
        total_rate = min(40_000, self.history // 3 // int(seconds) // (self.size + 40))
        self.rate = max(1, total_rate // self.shape["client"]) if self.paced else 0
        self.memory = Memory(self.history)
        self.events = 0
        self.killed_acceptors = set()
        self.killed_clients = set()
        self.whole_learners = []  # that have to deliver everything
        self.next_id = 100

    def __str__(self):
        shape = " ".join(f"{count} {role}s" for role, count in self.shape.items())
        return (f"{shape}, {self.size} B, loss {self.loss}, "
                f"{f'{self.rate}/s a client' if self.paced else 'full speed'}")

    def run(self):
        settings = f"history {self.history}\nloss {self.loss}\nseed {self.rng.randrange(1000)}\n"
        with Cluster(self.shape["acceptor"], settings) as self.cluster:
            try:
                self.whole_learners = self.cluster.start_servers(
                    self.shape["acceptor"], self.shape["proposer"], self.shape["learner"])
                for k in range(1, self.shape["client"] + 1):
                    self.cluster.generate(k, seconds=self.seconds, size=self.size, rate=self.rate, wait=False)
                self.disturb()
                return self.finish()
            except (AssertionError, Wrong) as wrong:
                raise Wrong(f"{wrong}\n{self.cluster.state()}") from wrong

    # What is done to it.

    def alive(self, role):
        return [member for member in self.cluster.of(role) if member.alive()]

    def disturb(self):
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends:
            self.watch(min(self.rng.uniform(0.3, 2), ends - time.monotonic()))
            if time.monotonic() < ends - 1:
                self.rng.choice((self.stop, self.stop, self.kill_acceptor, self.kill_proposer, self.kill_learner,
                                 self.kill_client, self.start_late_learner))()

    def watch(self, seconds):
        def look():
            self.memory.look([member for member in self.cluster.members if member.alive()])
            self.check_deaths()

        look()
        self.cluster.observe(seconds, look)

    def check_deaths(self):
        for member in self.cluster.members:
            if member.alive() or member.process.returncode in (0, -signal.SIGKILL):
                continue
            if self.paced or member.role != "learner" or FORGOTTEN not in member.said():
                raise Wrong(f"{member} ended by itself: {member.process.returncode}")
            if member in self.whole_learners:
                self.whole_learners.remove(member)

    def stop(self):
        victim = self.rng.choice([member for member in self.cluster.members if member.alive()])
        self.events += 1
        victim.stop_clock()
        self.watch(self.rng.choice([each for each in STOPS if each <= max(1, self.seconds / 2)]))
        victim.go_on()

    def kill(self, member):
        self.events += 1
        member.signal(signal.SIGKILL)
        member.process.wait()

    def kill_acceptor(self):
        """At most a minority in a round: one that starts again is an observer, which has no vote."""
        candidates = [each for each in self.alive("acceptor") if each.id not in self.killed_acceptors]
        if len(self.killed_acceptors) >= (self.shape["acceptor"] - 1) // 2 or not candidates:
            return
        victim = self.rng.choice(candidates)
        self.killed_acceptors.add(victim.id)
        self.kill(victim)
        if self.rng.random() < 0.5:
            self.cluster.start("acceptor", victim.id)

    def kill_proposer(self):
        """The leader, more often than not; another one comes."""
        victim = self.cluster.leader() if self.rng.random() < 0.7 else None
        victim = victim or self.rng.choice(self.alive("proposer") or [None])
        if victim is None:
            return
        self.kill(victim)
        self.cluster.start("proposer", victim.id, "-d")

    def kill_learner(self):
        victim = self.rng.choice(self.alive("learner") or [None])
        if victim is None or len(self.alive("learner")) < 2:
            return
        if victim in self.whole_learners:
            self.whole_learners.remove(victim)
        self.kill(victim)

    def start_late_learner(self):
        self.next_id += 1
        self.events += 1
        self.whole_learners.append(self.cluster.start("learner", self.next_id, "--verify"))

    def kill_client(self):
        candidates = self.alive("client")
        if len(candidates) < 2:
            return
        victim = self.rng.choice(candidates)
        self.killed_clients.add(victim.id)
        self.kill(victim)

    # What must have come of it.

    def finish(self):
        cluster = self.cluster
        clients = cluster.of("client")
        for client in clients:
            cluster.wait(lambda each=client: not each.alive(), 60, f"{client} is done")
            client.thread.join(10)
            if client.process.returncode != 0 and client.id not in self.killed_clients:
                raise Wrong(f"{client} ended with status {client.process.returncode}")
        needed = sum(each.decided if each.id in self.killed_clients else each.progress["submitted"] for each in clients)
        for learner in list(self.whole_learners):
            cluster.wait(lambda each=learner: each.delivered >= needed or not each.alive(), 60,
                         f"{learner} has {needed} values")
        self.wait_until_equally_far()
        self.watch(0.1)
        cluster.end(self.whole_learners)
        self.judge(clients)
        return needed

    def wait_until_equally_far(self):
        """What a killed client left behind may still be on its way."""
        learners = [each for each in self.whole_learners if each.alive()]
        for _ in range(20):
            before = [each.delivered for each in learners]
            self.cluster.observe(0.3)
            if before == [each.delivered for each in learners] and len(set(before)) <= 1:
                return
        raise Wrong("the learners do not become equally far")

    def judge(self, clients):
        if not self.whole_learners and self.paced:
            raise Wrong("no learner is left")
        for learner in self.whole_learners:
            final = learner.final
            if final is None or learner.violations or final["duplicated"] or final["misordered"] or final["corrupt"]:
                raise Wrong(f"{learner}: {final and {k: final[k] for k in ('duplicated', 'misordered', 'corrupt')}} "
                            f"{learner.violations}")
            for client in clients:
                count = final["per_client"].get(str(client.id), 0)
                exact = client.id not in self.killed_clients
                least = client.progress["submitted"] if exact else client.decided
                if count < least or (exact and count > least):
                    raise Wrong(f"{learner} delivered {count} values of {client} instead of {least}")
        if len({learner.final["hash"] for learner in self.whole_learners}) > 1:
            raise Wrong("learners delivered in different orders")


class Undisturbed:
    """A cluster that just runs, all the time."""

    RATE = 50_000
    HISTORY = 16 * MIB

    def __init__(self, seconds):
        self.began = time.monotonic()
        self.seconds = seconds
        self.memory = Memory(self.HISTORY)
        self.base = {}
        self.cluster = Cluster(3, f"history {self.HISTORY}\n")
        self.learners = self.cluster.start_servers()
        self.client = self.cluster.generate(1, seconds=seconds, rate=self.RATE)

    def look(self):
        members = [member for member in self.cluster.members if member.alive()]
        self.memory.look(members)
        if time.monotonic() < self.began + min(10, self.seconds / 5):
            return
        for member in members:
            base = self.base.setdefault(member, member.rss())
            if member.rss() > base + FLAT_GROWTH_MAX:
                raise Wrong(f"{member}, undisturbed, grew from {base // MIB} to {member.rss() // MIB} MiB")

    def finish(self):
        self.cluster.wait(lambda: not self.client.alive(), 60, "the undisturbed client is done")
        self.client.thread.join(10)
        total = self.client.progress["submitted"]
        for learner in self.learners:
            self.cluster.wait(lambda each=learner: each.delivered >= total, 30, f"{learner} has all")
        self.look()
        self.cluster.end(self.learners)
        if len({(each.final["hash"], each.final["progress"]["delivered"]) for each in self.learners}) != 1:
            raise Wrong("the undisturbed learners disagree")
        return total


def parse():
    parser = argparse.ArgumentParser(prog="scripts/soak.sh", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--loss", type=float, help="of every round; else at random 0 to 0.05")
    parser.add_argument("--round", type=float, default=ROUND_SECONDS, help=f"seconds of load a round ({ROUND_SECONDS})")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31), help="of what is done at random")
    options = parser.parse_args()
    if options.minutes <= 0 or options.round <= 0 or not 0 <= (options.loss or 0) < 1:
        parser.error("--minutes and --round must be positive, --loss from 0 to below 1")
    return options


def run_rounds(options, undisturbed, ends):
    """How many rounds ran, and how many of them were wrong."""
    count = wrong = 0
    while (left := ends - time.monotonic()) > 5 or count == 0:
        count += 1
        rng = random.Random(options.seed * 1000 + count)
        each = Round(rng, min(options.round, max(5, left - 5)), options.loss)
        began = time.monotonic()
        try:
            values = each.run()
            undisturbed.look()
            verdict = "ok"
        except Wrong as what:
            values, verdict = 0, f"WRONG: {what}"
            wrong += 1
        print(f"round {count}: {time.monotonic() - began:.0f} s, {each}, {each.events} events, {values} values, "
              f"at most {each.memory}: {verdict}", flush=True)
    return count, wrong


def main():
    options = parse()
    seconds = options.minutes * 60
    print(f"soak: {options.minutes:g} minutes, seed {options.seed}", flush=True)
    ends = time.monotonic() + seconds
    undisturbed = Undisturbed(max(5, seconds - 5))
    try:
        count, wrong = run_rounds(options, undisturbed, ends)
        try:
            total = undisturbed.finish()
            print(f"undisturbed: {total} values, at most {undisturbed.memory}: ok")
        except (AssertionError, Wrong) as what:
            wrong += 1
            print(f"undisturbed: WRONG: {what}")
    finally:
        undisturbed.cluster.__exit__()
    print(f"soak: {count} rounds, {wrong} wrong: {'violated' if wrong else 'ok'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
