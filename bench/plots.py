"""Draws the figures of the benchmark with gnuplot: one picture a group."""
import shutil
import subprocess
import sys

from figures import STEADY, USUAL

STYLE = """set terminal {terminal} font 'sans,11' size {size}
set output '{output}'
set grid ytics lc rgb '#cccccc'
set border 3
set tics nomirror
set key {key}
set title '{title}'
set xlabel '{xlabel}'
set ylabel '{ylabel}'
"""
STYLES = ("lc rgb 'black' pt 7", "lc rgb '#c04000' pt 5")
TERMINALS = {"pdf": ("pdfcairo", "15cm,9cm"), "svg": ("svg", "720,430")}


def rows(entries, of):
    return "".join(f"{e['x']} {of(e['figure']['median'])} {of(e['figure']['min'])} {of(e['figure']['max'])}\n"
                   for e in sorted(entries, key=lambda e: e["x"]))


def picture(path, title, xlabel, ylabel, commands, series):
    """`series`: rows by their title."""
    plots = ", ".join(f"'-' using 1:2:3:4 with yerrorlines {style} lw 1.5 ps 0.8 title '{name}'"
                      for name, style in zip(series, STYLES))
    data = "".join(f"{rows}e\n" for rows in series.values())
    for kind, (terminal, size) in TERMINALS.items():
        script = STYLE.format(terminal=terminal, size=size, output=path.with_suffix(f".{kind}"), title=title,
                              xlabel=xlabel, ylabel=ylabel, key="bottom right" if len(series) > 1 else "off")
        subprocess.run(["gnuplot"], input=f"{script}{commands}plot {plots}\n{data}", text=True, check=True)


def megabytes(entry):
    return lambda rate: rate if entry["unit"] == "MB/s" else rate * entry["x"] / 1e6


def draw(figures, directory):
    if not shutil.which("gnuplot"):
        sys.exit("the plots need gnuplot: apt-get install gnuplot-nox")
    directory.mkdir(parents=True, exist_ok=True)

    def group(name):
        return [entry for entry in figures if entry["group"] == name]

    if len(group("size")) > 1:
        picture(directory / "throughput_by_size", "Throughput by size of a value", "bytes of a value", "MB/s",
                "set logscale x\nset format x '%.0s%cB'\nset yrange [0:*]\n",
                {"": "".join(rows([entry], megabytes(entry)) for entry in group("size"))})
    if len(group("load p50")) > 1:
        picture(directory / "latency_by_load", "Latency by load, values of 64 bytes", "share of the maximum load", "us",
                "set logscale y\nset format x '%.1f'\nset xrange [0:1]\n",
                {key: rows(group(f"load {key}"), lambda us: us) for key in ("p99", "p50")})
    usual = [entry for entry in figures if entry["name"] == STEADY]
    for what, count in USUAL.items():
        entries = [*group(what), *({**entry, "x": count} for entry in usual)]
        if len(group(what)) > 0 and usual:
            picture(directory / f"cost_by_{what}", f"Cost of a value by the number of {what}", what,
                    "nanoseconds a value",
                    "set yrange [0:*]\nset xrange [0:*]\nset offsets graph 0, graph 0.03, graph 0, graph 0\n",
                    {"": rows(entries, lambda rate: 1e9 / rate)})
