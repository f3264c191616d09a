"""The figures of bench.sh: what is run for each, and what it is compared with in the same round."""
from dataclasses import dataclass, field

KIB, MIB = 1 << 10, 1 << 20
ONE_AT_A_TIME = 1000  # values a second: each has been delivered long before the next one comes
LINE_BYTES = 22       # of a line, on average
HALF = 0.5            # as long as the others: one of many of its kind
SHAPES = 0.6          # of which there are even more


@dataclass(frozen=True)
class Figure:
    """`how` names a method of Runner. Figures that need the same run share it."""
    name: str
    unit: str
    key: str = "rate"      # of what the run measures
    group: str = ""        # figures of one group are drawn together
    x: float = 0           # where in that drawing
    how: str = "run"
    options: tuple = ()    # of `synod run`
    shape: dict = field(default_factory=dict)  # of the cluster, where it is not the usual one
    size: int = 64         # bytes of a value
    share_of_max: float = 0  # runs at this share of the rate of "64 B values" in this round
    length: float = 1      # of a run, in what --seconds says
    better: str = "higher"
    limit: tuple = ()      # options of the limit program that is run beside it; () for none
    base: str = ""         # or the figure of the same round that it is a share of
    asked: str = "figure"  # whether the next two mean the figure or its ratio
    first: float = 0       # what was set out to be reached; 0: nothing
    stretch: float = 0     # and what would be better still


MAX = "64 B values"
STEADY = "64 B values, while all goes on"


def limit_of(size, *options):
    return ("--size", str(size), *options)


def throughput():
    sizes = [(MAX, 64, 10e6, 17e6), ("1 KB values", KIB, 0.75e6, 1.2e6), ("8 KB values", 8 * KIB, 90e3, 160e3)]
    for name, size, first, stretch in sizes:
        yield Figure(name, "values/s", group="size", x=size, options=("-c", "1"), size=size, limit=limit_of(size),
                     first=first, stretch=stretch)
    yield Figure("1 MiB values", "MB/s", key="megabytes", group="size", x=MIB, options=("-c", "1"), size=MIB,
                 limit=limit_of(32 * KIB), first=800, stretch=1500)
    yield Figure("lines of 4-40 bytes", "values/s", how="run_lines", options=("-c", "1"), limit=limit_of(LINE_BYTES),
                 first=3e6, stretch=6e6)
    yield Figure("64 B values, wire-like", "values/s", how="run_wire_like", limit=limit_of(64), asked="ratio",
                 first=0.8, stretch=0.9)


def latency():
    yield Figure("one value at a time, p50", "us", key="p50", options=("-c", "1", "--rate", str(ONE_AT_A_TIME)),
                 better="lower", limit=limit_of(64, "--rate", str(ONE_AT_A_TIME), "--alone"), asked="ratio",
                 first=1.5, stretch=1.25)
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        for key in ("p50", "p99"):
            half = share == 0.5
            asked = {"limit": limit_of(64), "first": 2000, "stretch": 500} if half and key == "p99" else {}
            yield Figure(f"at {share:.0%} of the maximum load, {key}", "us", key=key, group=f"load {key}", x=share,
                         options=("-c", "1"), share_of_max=share, length=1 if half else HALF, better="lower", **asked)


def faults():
    yield Figure("1 % loss", "values/s", options=("-c", "1", "--loss", "0.01"), base=MAX, asked="ratio",
                 first=0.5, stretch=0.8)
    yield Figure("a late learner gains, at 1M/s live", "values/s", how="run_late_learner", limit=limit_of(64),
                 first=2e6, stretch=5e6)


def allocations():
    for role in ("client", "proposer", "acceptor", "learner"):
        yield Figure(f"allocations in a {role}", "a million", key=role, how="count_allocations", better="lower")


def shapes():
    """Clusters of other shapes, measured like the usual one, which is a point of each group (plots.py). The limit of
    the same shape is what the deliveries themselves cost."""
    yield Figure(STEADY, "values/s", how="run_steady", length=SHAPES, limit=limit_of(64))
    for what, counts in (("acceptors", (1, 5, 7)), ("learners", (1, 4, 8)), ("proposers", (1, 4)),
                         ("clients", (4, 16, 64))):
        for count in counts:
            compared = {"base": STEADY} if what == "proposers" else {"limit": limit_of(64, f"--{what}", str(count))}
            yield Figure(f"{count} {what}", "values/s", group=what, x=count, how="run_steady", shape={what: count},
                         length=SHAPES, **compared)


USUAL = {"acceptors": 3, "learners": 2, "proposers": 2, "clients": 1}  # what the other figures are measured with

FIGURES = [*throughput(), *latency(), *faults(), *allocations(), *shapes()]
