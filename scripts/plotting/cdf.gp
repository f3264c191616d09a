# How the latencies are distributed: plot_cdf.pdf and .png. How to call it stands in style.gp.
here = system(sprintf("dirname '%s'", ARG0))
load here . "/style.gp"

eval headline("Latency of a value, from its submission to its delivery")
set xlabel "latency"
set ylabel "share of the values that took no longer"
set logscale x
set format x "%.0s\302\240%cs"
set yrange [0:1]
set ytics ("0" 0, "25\302\240%%" 0.25, "50\302\240%%" 0.5, "75\302\240%%" 0.75, "90\302\240%%" 0.9, "99\302\240%%" 0.99)
do for [kind in kinds] {
    eval begin("cdf", kind)
    plot for [k = 1:runs] data("cdf", k) using ($1 / 1000):2 with steps linetype k title label(k)
}
