# The latency of values at the time of their delivery: plot_cartesian.pdf and .png. Of many values these are some, and the
# longest of each interval. How to call it stands in style.gp.
here = system(sprintf("dirname '%s'", ARG0))
load here . "/over_time.gp"

eval headline("Latency over time")
set ylabel "latency"
set logscale y
set format y "%.0s\302\240%cs"
do for [kind in kinds] {
    eval begin("cartesian", kind)
    plot for [k = 1:runs] data("cartesian", k) using 1:($2 / 1000) with points linetype k title label(k), \
         for [k = 1:runs] data("throughput", k) using 1:($3 > 0 ? $3 / 1000 : NaN) with points linetype k title ""
}
