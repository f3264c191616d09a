"""Draws the figures of the benchmark with gnuplot: one picture a group."""
import shutil
import subprocess
import sys

STYLE = """set terminal {terminal} font 'sans,11' size {size}
set output '{output}'
set grid ytics lc rgb '#cccccc'
set border 3
set tics nomirror
set key off
set title '{title}'
set xlabel '{xlabel}'
set ylabel '{ylabel}'
"""
SERIES = "plot '-' using 1:2:3:4 with yerrorlines lc rgb 'black' lw 1.5 pt 7 ps 0.8\n{data}e\n"
TERMINALS = {"pdf": ("pdfcairo", "15cm,9cm"), "png": ("pngcairo", "900,540")}


def rows(entries, of):
    return "".join(f"{e['x']} {of(e['figure']['median'])} {of(e['figure']['min'])} {of(e['figure']['max'])}\n"
                   for e in sorted(entries, key=lambda e: e["x"]))


def picture(path, title, xlabel, ylabel, commands, data):
    for kind, (terminal, size) in TERMINALS.items():
        script = STYLE.format(terminal=terminal, size=size, output=path.with_suffix(f".{kind}"), title=title,
                              xlabel=xlabel, ylabel=ylabel)
        subprocess.run(["gnuplot"], input=script + commands + SERIES.format(data=data), text=True, check=True)


def draw(figures, directory):
    if not shutil.which("gnuplot"):
        sys.exit("the plots need gnuplot: apt-get install gnuplot-nox")
    directory.mkdir(parents=True, exist_ok=True)
    sizes = [entry for entry in figures if entry["group"] == "size"]
    if len(sizes) > 1:
        picture(directory / "throughput_by_size", "Throughput by size of a value", "bytes of a value",
                "values a second", "set logscale xy\nset format x '%.0s%cB'\nset format y '%.0s%c'\n",
                rows(sizes, lambda rate: rate))
    for what in ("acceptors", "learners", "proposers", "clients"):
        entries = [entry for entry in figures if entry["group"] == what]
        if len(entries) > 1:
            picture(directory / f"cost_by_{what}", f"Cost of a value by the number of {what}", what,
                    "nanoseconds a value", "set yrange [0:*]\nset xrange [0:*]\n",
                    rows(entries, lambda rate: 1e9 / rate))
