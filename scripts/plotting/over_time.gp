# For plots over time: the axis from the first submission to the last delivery, and what happened meanwhile, each event a
# line across the plot with its name above it. The names take turns in three rows, the first on top, so that what is
# close in time can be read. A file of events begins with the start of the run, which needs no line.

load here . "/style.gp"

times = ""
names = ""
end = 0
do for [k = 1:runs] {
    of = runs > 1 ? sprintf("\302\240(%d)", k) : ""
    stats data("events", k) using ($0 > 0 ? (times = times . sprintf("%.6f ", $1), names = names . \
        sprintf("%s\302\240%s\302\240%s%s ", strcol(2), strcol(3), strcol(4), of), $1) : $1) nooutput
    stats data("throughput", k) using (end = $1 > end ? $1 : end) nooutput
}
do for [e = 1:words(times)] {
    at = word(times, e) + 0
    level = 1.135 - 0.05 * ((e - 1) % 3)
    set arrow from at, graph 0 to at, graph level - 0.02 nohead lc rgb '#333333' lw 1 dt (6,4)
    if (at < 0.8 * end) {
        set label word(names, e) at at, graph level left offset 0.4,0 noenhanced
    } else {
        set label word(names, e) at at, graph level right offset -0.4,0 noenhanced
    }
}
if (words(times) > 0) { set tmargin 8 }
set xlabel "time, in seconds after the first submission"
set xrange [0:end * 1.01]
