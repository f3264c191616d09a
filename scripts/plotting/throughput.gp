# How many values a second are delivered: plot_throughput.pdf and .png. How to call it stands in style.gp.
here = system(sprintf("dirname '%s'", ARG0))
load here . "/over_time.gp"

eval headline("Throughput over time")
set ylabel "values delivered a second"
set format y "%.1s\302\240%c"
set yrange [0:*]
do for [kind in kinds] {
    eval begin("throughput", kind)
    plot for [k = 1:runs] data("throughput", k) using 1:2 with lines linetype k title label(k)
}
